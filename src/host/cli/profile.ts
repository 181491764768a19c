// Running a function outside the editor: the same runs as the editor's. The command line gives them the progress and Ctrl+C of a terminal, tools for agents theirs.
import { existsSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { flat } from "../../engine/report/exporters/text.ts";
import { parseReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import { parseArgumentTypes } from "../argumentTypes.ts";
import type { RunResult, Site } from "../protocol.ts";
import { startRunOrComparison } from "../compareEngine.ts";
import type { Context } from "./context.ts";
import { EXIT, Failure, usage } from "./failure.ts";
import { type Source, parseTarget, readSource, siteOf } from "./target.ts";
import { worded } from "./wording.ts";

const ARGS_ADVICE = 'Write them as in --args "f32[32,64], i32[8]".';
/** Whoever asks for values at a terminal waits for them. */
const VALUES_SECONDS = 60;
export interface RunOptions {
  readonly args?: string;
  readonly entry?: string;
  readonly device?: string;
  readonly python?: string;
  readonly pin?: readonly string[];
  readonly seconds?: number;
  readonly values?: boolean;
  /** For how long changes that may make it faster are tried, seconds. */
  readonly advice?: number;
  /** A Python function's program is run by JitLens's own engine too. */
  readonly compareEngine?: boolean;
}
export interface Profiled {
  readonly report: Report;
  /** "digits.trainStep": what files made of it are called. */
  readonly name: string;
  readonly file: string;
  readonly site: Site;
  /** Of JitLens's own engine, where it was asked for. */
  readonly engine?: Report;
}
/** Where runs stand, who hears of them, and what ends them. */
export interface Runs {
  readonly dist: string;
  /** What files run in, and what paths of a Report are relative to. */
  readonly folder: string;
  readonly progress: (message: string, fraction: number) => void;
  readonly output: (text: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
}
/** @param target FILE#FUNCTION. Throws a Failure. */
export async function profileTarget(c: Context, target: string, o: RunOptions, mode: "profile" | "trace"): Promise<Profiled> {
  const { file, function: wanted } = parseTarget(target);
  const source = await readSource(c.dist, file);
  const site = siteOf(source, wanted);
  const { terminal } = c;
  if (wanted === null && source.sites.length > 1)
    terminal.note(`${site.name} is the first of ${source.sites.length} jit functions; name another as ${file}#NAME (jitlens list ${file})`);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.on("SIGINT", interrupt);
  try {
    const runs: Runs = {
      dist: c.dist,
      folder: process.cwd(),
      progress: (message) => terminal.progress(`${site.name}: ${message}`),
      output: (text) => terminal.fileOutput(text),
      signal: interrupted.signal,
    };
    return await profileSite(runs, source, site, o, mode);
  } finally {
    process.off("SIGINT", interrupt);
    terminal.clear();
  }
}
/** Throws a Failure. */
export async function profileSite(runs: Runs, source: Source, site: Site, o: RunOptions, mode: "profile" | "trace"): Promise<Profiled> {
  checkOptions(o, source);
  const result = await runOnce(runs, source, site, o, mode);
  if (result.kind === "report") {
    const { engine } = result;
    if (engine && "kind" in engine) throw failureOf(engine, source, site, o);
    const profiled = { report: parseReport(result.report), name: nameOf(source.file, site.name), file: source.file, site };
    return engine ? { ...profiled, engine: parseReport(engine.report) } : profiled;
  }
  throw failureOf(result, source, site, o);
}
/** What is wrong with the options is said before anything runs. */
function checkOptions(o: RunOptions, { language }: Source): void {
  if (language.source === "python" && o.device !== undefined)
    throw usage("--device is for programs on JitLens's own engine", "Choose JAX's platform: JAX_PLATFORMS=cpu jitlens …");
  if (language.source !== "python" && o.compareEngine)
    throw usage("--compare-engine is for Python files", "A TypeScript function runs on JitLens's own engine already.");
  if (language.source === "python" && o.pin?.length)
    throw usage("--pin is for programs on JitLens's own engine", "XLA decides what is fused in Python programs.");
  try {
    if (o.args !== undefined) parseArgumentTypes(o.args);
  } catch (e) {
    throw usage((e as Error).message, ARGS_ADVICE);
  }
  if (o.entry !== undefined && !existsSync(o.entry)) throw usage(`there is no file ${flat(o.entry)}`, "--entry names the file that calls the function.");
}
async function runOnce(runs: Runs, source: Source, site: Site, o: RunOptions, mode: "profile" | "trace"): Promise<RunResult> {
  const { folder, signal } = runs;
  if (signal?.aborted) return { kind: "cancelled" };
  const run = startRunOrComparison(
    runs.dist,
    {
      id: "cli",
      file: source.file,
      root: folder,
      text: source.text,
      languageId: source.language.id,
      mode,
      nodePath: process.execPath,
      electron: false,
      site,
      sites: [...source.sites],
      args: o.args ?? null,
      cwd: folder,
      collect: { calls: 100_000, seconds: o.seconds ?? 10 },
      ...(o.values ? { values: { seconds: VALUES_SECONDS } } : {}),
      ...(o.entry === undefined ? {} : { entry: resolve(o.entry) }),
      ...(o.pin?.length ? { pins: [...o.pin], compare: true } : {}),
      ...(o.device === undefined ? {} : { device: o.device }),
      ...(o.advice === undefined ? {} : { advice: o.advice }),
      ...(o.compareEngine ? { compareEngine: true } : {}),
      ...(o.python === undefined ? {} : { python: { setting: o.python, named: "--python" } }),
    },
    { progress: runs.progress, output: runs.output },
  );
  const cancel = (): void => run.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    const result = await run.result;
    // A run that has its report keeps it when it is stopped: who stops it wants no more.
    return signal?.aborted ? { kind: "cancelled" } : result;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
function failureOf(r: Exclude<RunResult, { kind: "report" }>, source: Source, site: Site, o: RunOptions): Failure {
  const place = { file: source.file, line: site.line + 1, column: site.column + 1 };
  switch (r.kind) {
    case "error": {
      const device = /JITLENS_DEVICE: (.*)/.exec(r.message)?.[1];
      if (o.device !== undefined && device !== undefined) return usage(`--device: ${device}`);
      if (o.args !== undefined && /^\d+ argument types? for /.test(r.message)) return usage(`--args: ${r.message}`, ARGS_ADVICE, place);
      if (o.pin?.length && /^the pin /.test(r.message)) return usage(`--pin: ${r.message}`, "jitlens explain lists the edges of the function.");
      return new Failure(
        o.python !== undefined && /^there is no program "/.test(r.message) ? EXIT.usage : EXIT.userError,
        worded(r.message),
        worded(r.action),
        r,
      );
    }
    case "needs-arguments":
      return usage(
        `${site.name} is not called while the file runs, so the types of its arguments are not known`,
        `Give them: --args "f32[2,3]${r.parameters.length > 1 ? ", …" : ""}" for ${site.name}(${r.parameters.join(", ")}); or name the file that calls it: --entry FILE.`,
        place,
      );
    case "cancelled":
      return new Failure(EXIT.cancelled, "cancelled");
    default:
      return r satisfies never;
  }
}
/** Without what some file system refuses in names. */
const nameOf = (file: string, site: string): string => `${basename(file, extname(file))}.${site}`.replace(/[^\p{L}\p{N}._$ -]+/gu, "_").slice(0, 150);
