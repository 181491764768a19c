// Running a function outside the editor: the same runs as the editor's. The command line gives them the progress and Ctrl+C of a terminal, tools for agents theirs.
import { dirname, resolve } from "node:path";
import { parseReport } from "../../engine/report/read.ts";
import type { RunResult, Site } from "../protocol.ts";
import { startRunOrComparison } from "../compareEngine.ts";
import { type Profiled, type RunOptions, type Runs, checkOptions, failureOf, nameOf } from "./asked.ts";
import type { Context } from "./context.ts";
import { type Source, siteOf, textOfSite } from "./functions.ts";
import { parseTarget, readSource } from "./target.ts";

/** Whoever asks for values at a terminal waits for them. */
const VALUES_SECONDS = 60;
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
async function runOnce(runs: Runs, source: Source, site: Site, o: RunOptions, mode: "profile" | "trace"): Promise<RunResult> {
  const { folder, signal } = runs;
  if (signal?.aborted) return { kind: "cancelled" };
  const run = startRunOrComparison(
    runs.dist,
    {
      id: "cli",
      ...textOfSite(source, site),
      root: folder,
      languageId: source.language.id,
      mode,
      nodePath: process.execPath,
      electron: false,
      site,
      sites: [...source.sites],
      args: o.args ?? null,
      // A notebook runs in its own folder, as its kernel does.
      cwd: source.cells ? dirname(source.file) : folder,
      collect: { calls: 100_000, seconds: o.seconds ?? 10 },
      ...(o.values ? { values: { seconds: VALUES_SECONDS } } : {}),
      ...(o.entry === undefined ? {} : { entry: resolve(o.entry) }),
      ...(o.pin?.length ? { pins: [...o.pin], compare: true } : {}),
      ...(o.device === undefined ? {} : { device: o.device }),
      ...(o.native ? { native: true } : {}),
      ...(o.compareEngine ? { compareEngine: true } : {}),
      ...(o.advice === undefined ? {} : { advice: o.advice }),
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
