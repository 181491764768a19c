// One run: a runner process is started for it, watched, and killed with its children when it has an outcome or is cancelled. The host never runs user
// code. A run that has shown its report goes on for a while; if it is stopped then, the report stands.
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { makeRunFolder, removeRunFolder } from "./folders.ts";
import { languageOf } from "./languages.ts";
import { LineReader } from "./lines.ts";
import { killTree } from "./processes.ts";
import {
  type LiveMessage,
  type LiveRequest,
  type ProgramToRun,
  type RunParams,
  type RunResult,
  type TrialsNow,
  type UserError,
  liveMessage,
  runnerMessage,
} from "./protocol.ts";
import { SEEN } from "./seen.ts";
import { nodeSource } from "./sources/node.ts";
import { pythonSource } from "./sources/python.ts";
import { stablehloSource } from "./sources/stablehlo.ts";
import type { Explained, ReportSource } from "./sources/source.ts";
import { type Spares, type StartedRunner, startRunner } from "./spares.ts";

export interface RunCallbacks {
  readonly progress: (message: string, fraction: number, trials?: TrialsNow) => void;
  /** Text that the file printed. Where it gives a promise, the file waits for it before it can print much more. */
  readonly output: (text: string) => void | Promise<void>;
  /** The report of the first call, while the file still runs. */
  readonly partial?: (report: unknown, early: boolean) => void;
  /** What a runner says that has stayed to follow edits. */
  readonly live?: (message: LiveMessage) => void;
  /** A runner that had stayed is gone. */
  readonly liveEnded?: () => void;
  /** The program of the function for our own engine, or why there is none. */
  readonly program?: (found: ProgramToRun | { readonly why: string }) => void;
}
export interface ActiveRun {
  readonly result: Promise<RunResult>;
  cancel(): void;
  /** Whether the runner has stayed after its result. */
  readonly isWarm: boolean;
  /** Asks a runner that stays, or will stay, to follow an edit. */
  edit(request: LiveRequest): void;
  /** Remedies are tried no more: what was found is the result. */
  stopTrials(): void;
  /** The picture of its early report is painted: measuring need not wait for it any more. */
  seen(): void;
  /** Ends a runner that has stayed. */
  close(): void;
}
/** What can make a Report, by the name that rows of languages have. */
export const SOURCES: Readonly<Record<ReportSource["id"], ReportSource>> = {
  node: nodeSource,
  python: pythonSource,
  stablehlo: stablehloSource,
};
/** How long a file may take beyond its own limit, before the report that is there is taken; and for the rest of its output to arrive at the end. */
const GRACE_MS = 3000,
  /** A trial that has begun is finished: advice may take this much longer than it was given. */
  ADVICE_SLACK = 1.5,
  OUTPUT_MS = 1000,
  DEFAULT_SECONDS = 10,
  HINT_MS = 8000;

const failure = ({ message, action }: Explained, file: string | null = null, line: number | null = null): UserError => ({
  kind: "error",
  message,
  file,
  line,
  column: null,
  action,
});
/**
 * @param dist the folder of the built runner and engine
 * @param spares where a runner may be ready already
 */
export function startRun(dist: string, p: RunParams, on: RunCallbacks, spares: Spares | null = null): ActiveRun {
  const run = new Run(dist, p, on, spares);
  return {
    result: run.result,
    cancel: () => run.cancel(),
    get isWarm() {
      return run.isWarm;
    },
    edit: (request) => run.edit(request),
    stopTrials: () => run.stopTrials(),
    seen: () => run.seen(),
    close: () => run.end(),
  };
}
class Run {
  readonly result: Promise<RunResult>;
  #resolve: (r: RunResult) => void = () => {};
  #child: ChildProcess | null = null;
  #settled = false;
  #killed = false;
  #ended = false;
  #warm = false;
  #deadlines = 0;
  /** For how long the file may go on after what was heard of it last, while it does. */
  #goesOnFor: number | null = null;
  #partial: { readonly report: unknown } | null = null;
  #stderr = "";
  readonly #folder = makeRunFolder();
  #mark = "";
  readonly #source: ReportSource;
  readonly #read: (raw: unknown) => unknown;
  readonly #timers = new Set<NodeJS.Timeout>();
  constructor(
    dist: string,
    private readonly p: RunParams,
    private readonly on: RunCallbacks,
    private readonly spares: Spares | null,
  ) {
    this.result = new Promise((resolve) => (this.#resolve = resolve));
    this.#source = SOURCES[p.program ? "stablehlo" : (languageOf(p.languageId)?.source ?? "node")];
    this.#read = this.#source.reader?.(p, (found) => on.program?.(found)) ?? ((raw) => raw);
    this.#start(dist);
  }
  #after(ms: number, f: () => void): void {
    const t = setTimeout(() => {
      this.#timers.delete(t);
      f();
    }, ms);
    this.#timers.add(t);
  }
  #start(dist: string): void {
    const { p } = this,
      command = this.#source.command(dist, p),
      cwd = p.cwd ?? dirname(p.file),
      token = randomBytes(16).toString("hex");
    let started: StartedRunner;
    let extra: Readonly<Record<string, unknown>>;
    try {
      extra = this.#source.extra?.(p) ?? {};
    } catch (e) {
      // Nothing of the user's has run: what was typed cannot be read.
      const { message } = e as Error;
      this.#settle(failure({ message, action: "Correct the argument types and click again." }, p.file, p.site.line + 1));
      return;
    }
    const about = this.#source.about?.(p);
    if (about) void this.on.output(`${about}\n`);
    try {
      started = this.spares?.take(command) ?? startRunner(command, cwd);
    } catch (e) {
      this.#settle(failure(this.#source.notStarted(p, e as NodeJS.ErrnoException)));
      return;
    }
    const { child } = started;
    this.#mark = started.mark;
    this.#child = child;
    liveRuns.add(this);
    this.#pass(child.stdout!, false);
    this.#pass(child.stderr!, true);
    const channel = child.stdio[3] as Duplex,
      reader = new LineReader(
        token,
        (m) => this.#message(m),
        () =>
          this.#settle(failure({ message: "the report is too large to be read", action: "Profile a smaller function." }, p.file, p.site.line + 1)),
      );
    channel.on("data", (d: Buffer) => reader.push(d));
    channel.on("error", () => {});
    channel.write(`${JSON.stringify({ token, params: { ...p, ...extra, cwd, folder: this.#folder, mark: this.#mark } })}\n`);
    child.on("error", (e) => this.#settle(failure(this.#source.notStarted(p, e))));
    child.on("exit", (code, signal) => {
      this.#ended = true;
      if (this.#warm) {
        this.end();
        return;
      }
      this.#killed = false;
      // Children of the file live on in its group; what it wrote last is still in the pipes.
      this.#kill();
      const end = (): void => {
        const ended = this.#source.ended(p, { code, signal, stderr: this.#stderr });
        this.#settle(this.#outcome(failure(ended, p.file, ended.line ?? p.site.line + 1)));
      };
      child.once("close", end);
      this.#after(OUTPUT_MS, end);
    });
    this.#hint(Date.now());
  }
  /** A report that is there is worth more than how the run ended. */
  #outcome(otherwise: RunResult): RunResult {
    return this.#partial ? { kind: "report", report: this.#partial.report } : otherwise;
  }
  #pass(stream: Readable, isError: boolean): void {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      if (isError) this.#stderr = (this.#stderr + text).slice(-8000);
      const taken = this.on.output(text);
      if (!taken) return;
      stream.pause();
      void taken.finally(() => stream.resume());
    });
    stream.on("error", () => {});
  }
  #message(raw: unknown): void {
    if (this.#warm) {
      const live = liveMessage.safeParse(raw);
      if (live.success) this.#live(live.data);
      return;
    }
    const m = runnerMessage.safeParse(raw);
    if (!m.success)
      return this.#settle(
        failure({
          message: `the runner sent a message that is not understood (${m.error.issues[0]?.message})`,
          action: "Reload the window; if it happens again, report it.",
        }),
      );
    if (m.data.kind === "progress") {
      this.on.progress(m.data.message, m.data.fraction, m.data.trials);
      // Compiling once more is no standing still; the runner says when it is enough.
      if (this.#goesOnFor !== null) this.#deadline(this.#goesOnFor);
    } else if (m.data.kind === "partial") {
      const report = this.#reportOf(m.data.report);
      if (!report) return;
      this.#partial = report;
      this.on.partial?.(report.report, m.data.early ?? false);
      // A file that never comes back to the runner is stopped from here; measuring takes the time it takes.
      if (!m.data.early) {
        const values = this.p.values?.seconds ?? 0;
        const seconds = m.data.advising ? ADVICE_SLACK * (this.p.advice ?? 0) : (this.p.collect?.seconds ?? DEFAULT_SECONDS);
        const ms = 1000 * (seconds + values) + GRACE_MS;
        this.#goesOnFor = m.data.advising ? null : ms;
        this.#deadline(ms);
      }
    } else if (m.data.kind === "report") {
      const report = this.#reportOf(m.data.report);
      if (report && m.data.live) this.#stay({ kind: "report", ...report });
      else if (report) this.#finish({ kind: "report", ...report });
    } else this.#finish(m.data);
  }
  #live(m: LiveMessage): void {
    try {
      this.on.live?.(m.kind === "live-report" ? { ...m, report: this.#read(m.report) } : m);
    } catch (e) {
      void this.on.output(`the picture of an edit cannot be read: ${(e as Error).message.split("\n")[0]}\n`);
    }
  }
  /** What the runner sent, as a Report. */
  #reportOf(raw: unknown): { readonly report: unknown } | null {
    try {
      return { report: this.#read(raw) };
    } catch (e) {
      const message = `what the runner found out cannot be read: ${(e as Error).message.split("\n")[0]}`;
      this.#settle(
        this.#outcome(failure({ message, action: "Reload the window; if it happens again, report it." }, this.p.file, this.p.site.line + 1)),
      );
      return null;
    }
  }
  /** The outcome is here: the runner ends, and what it printed before is waited for. */
  #finish(r: RunResult): void {
    const child = this.#child;
    this.#kill();
    const end = (): void => this.#settle(r);
    child?.once("close", end);
    this.#after(OUTPUT_MS, end);
  }
  get isWarm(): boolean {
    return this.#warm;
  }
  /** The outcome is here, and the runner waits for edits. */
  #stay(r: RunResult): void {
    this.#warm = true;
    this.#settled = true;
    this.#clearTimers();
    this.#resolve(r);
  }
  edit(request: LiveRequest): void {
    this.#say(JSON.stringify(request));
  }
  /** Any line ends the trying; this one asks for nothing else. */
  stopTrials(): void {
    this.#say(JSON.stringify({ stopTrials: true }));
  }
  seen(): void {
    if (this.p.picture !== undefined) this.#say(SEEN);
  }
  #say(line: string): void {
    (this.#child?.stdio[3] as Duplex | undefined)?.write(`${line}\n`);
  }
  /** The report that is there is taken then; each one moves the end. */
  #deadline(ms: number): void {
    const own = ++this.#deadlines;
    this.#after(ms, () => {
      if (own === this.#deadlines) this.#settle(this.#outcome({ kind: "cancelled" }));
    });
  }
  #clearTimers(): void {
    for (const t of this.#timers) clearTimeout(t);
    this.#timers.clear();
  }
  #hint(from: number): void {
    this.#after(HINT_MS, () => {
      if (this.#settled || this.#partial) return;
      const { name } = this.p.site;
      this.on.progress(
        `running your file for ${Math.round((Date.now() - from) / 1000)} s: ${name} was not called yet. If the file waits for something (a server does), cause a call, or cancel and give its types: ${languageOf(this.p.languageId)?.tag ?? ""}`,
        0.1,
      );
      this.#hint(from);
    });
  }
  #settle(r: RunResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#clearTimers();
    this.end();
    this.#resolve(r);
  }
  #kill(): void {
    // Once it has ended and its children were looked for, its number may be another's.
    if (this.#killed && this.#ended) return;
    this.#killed = true;
    killTree(this.#child?.pid, this.#mark);
  }
  /** Ends the processes and removes the folder, at once. */
  end(): void {
    this.#kill();
    removeRunFolder(this.#folder);
    liveRuns.delete(this);
    if (!this.#warm) return;
    this.#warm = false;
    this.on.liveEnded?.();
  }
  cancel(): void {
    if (this.#warm) this.end();
    this.#settle(this.#outcome({ kind: "cancelled" }));
  }
}
const liveRuns = new Set<Run>();
/** Ends every run, for the end of the host. */
export function endAllRuns(): void {
  for (const r of liveRuns) r.end();
}
