// What tools work with: files of a workspace, the profiles that were made, and something that runs functions. The MCP server has one of its own process; in the
// editor, runs go through the extension's host, so that the person sees them.
import { parseReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import { EXIT, Failure } from "../cli/failure.ts";
import type { Profiled, RunOptions, Runs } from "../cli/asked.ts";
import { type Source, siteOf } from "../cli/functions.ts";
import type { Site } from "../protocol.ts";
import { type Kept, Profiles } from "./profiles.ts";
import type { Workspace } from "./workspace.ts";

/** One call of a tool. */
export interface Call {
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction: number) => void;
}
/** How a function is run. */
export interface How extends RunOptions {
  readonly mode: "profile" | "trace";
  /** Everything together may take so long, seconds. */
  readonly limit: number;
}
export interface Made extends Profiled {
  readonly kept: Kept;
  readonly printed: string;
}
/** What runs a function of a file that was checked. Throws a Failure. */
export type Runner = (runs: Runs, source: Source, site: Site, how: How) => Promise<Profiled>;
export class Bench {
  readonly profiles: Profiles;
  #last: Promise<unknown> = Promise.resolve();
  /** @param read the jit functions of a file */
  constructor(
    readonly dist: string,
    readonly workspace: Workspace,
    private readonly read: (file: string) => Promise<Source>,
    private readonly runner: Runner,
  ) {
    this.profiles = new Profiles(workspace);
  }
  source(file: string): Promise<Source> {
    return this.read(this.workspace.file(file));
  }
  /** Runs FILE#FUNCTION; runs follow one another, because two at a time would measure each other. Throws a Failure. */
  async run(target: string, how: How, call: Call): Promise<Made> {
    const { file, function: wanted } = this.workspace.target(target);
    const source = await this.read(file);
    const site = siteOf(source, wanted);
    const entry = how.entry === undefined ? {} : { entry: this.workspace.file(how.entry) };
    const before = this.#last;
    const run = (async () => {
      await before.catch(() => {});
      return this.#run(source, site, { ...how, ...entry }, call);
    })();
    this.#last = run;
    return run;
  }
  async #run(source: Source, site: Site, how: How, call: Call): Promise<Made> {
    const printed = new Printed();
    const late = AbortSignal.timeout(1000 * how.limit);
    const runs: Runs = {
      dist: this.dist,
      folder: this.workspace.rootOf(source.file),
      progress: call.progress,
      output: (text) => printed.push(text),
      signal: AbortSignal.any([call.signal, late]),
    };
    try {
      const made = await this.runner(runs, source, site, how);
      // What was read once is checked at the door, whoever ran it.
      const report: Report = parseReport(made.report);
      return { ...made, report, kept: this.profiles.add(report, printed.text), printed: printed.text };
    } catch (e) {
      if (late.aborted && !call.signal.aborted)
        throw new Failure(
          EXIT.userError,
          `it was stopped after ${how.limit} s, its process and its children were ended`,
          "Give it more time (limit, at most 600), or a smaller problem.",
        );
      throw e;
    }
  }
}
/** What a program prints: its beginning and its end. */
class Printed {
  static readonly #PART = 700;
  #head = "";
  #tail = "";
  #length = 0;
  push(text: string): void {
    this.#length += text.length;
    const room = Printed.#PART - this.#head.length;
    this.#head += text.slice(0, Math.max(0, room));
    this.#tail = (this.#tail + text.slice(Math.max(0, room))).slice(-Printed.#PART);
  }
  get text(): string {
    const left = this.#length - this.#head.length - this.#tail.length;
    return left > 0 ? `${this.#head}\n… ${left} characters more …\n${this.#tail}` : this.#head + this.#tail;
  }
}
