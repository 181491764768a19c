// Profiles a program with advice, in a real runner, and judges what was said of it against what is known of the program.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Insight, Report } from "../../src/engine/report/types.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import { languageOfFile } from "../../src/host/languages.ts";
import { startRun } from "../../src/host/run.ts";
import { findSites } from "../../src/host/sites.ts";

export interface Expected {
  readonly function: string;
  readonly measure: "steady" | "cold" | "memory";
  readonly kind: string;
  readonly line: number;
  readonly lines: readonly number[];
  readonly named: readonly string[];
  readonly remedyPatterns: readonly string[];
  readonly gain: number;
  readonly compilations?: number;
  readonly compileCause?: string;
}
export interface ProfileOptions {
  readonly advice: number;
  readonly dist: string;
  /** The function's name; the file's last one without it. */
  readonly site?: string;
}
export async function profileFile(file: string, o: ProfileOptions): Promise<Report> {
  const text = readFileSync(file, "utf8");
  const { id: languageId } = languageOfFile(file)!;
  const sites = await findSites(`${o.dist}/grammars`, languageId, text, { file });
  const site = o.site === undefined ? sites.at(-1) : sites.find((s) => s.name === o.site);
  if (!site) throw new Error(`${file}: no jit function ${o.site ?? ""}; there are ${sites.map((s) => s.name).join(", ")}`);
  const result = await startRun(
    o.dist,
    {
      id: "insight",
      file,
      text,
      languageId,
      mode: "profile",
      nodePath: process.execPath,
      electron: false,
      site,
      sites: [...sites],
      args: null,
      root: dirname(file),
      advice: o.advice,
    },
    { progress: () => {}, output: () => {} },
  ).result;
  if (result.kind !== "report") throw new Error(`${file}: ${JSON.stringify(result)}`);
  return parseReport(result.report);
}
export interface Verdict {
  /** The planted line is among the first three: by time, by compilations, by what it holds. */
  readonly line: boolean;
  readonly cause: boolean;
  readonly remedy: boolean;
  /** Before over after, as measured by the trial. */
  readonly gain: number | null;
  /** The same of the mended twin; where a call of it is no measure of that, as it is listed. */
  readonly twinGain: number;
  readonly gainFits: boolean;
  /** The compiler does what the remedy would be: its ledger says so at the line, or the program is no slower than its twin. There is nothing to advise. */
  readonly done: boolean;
  /** The twin gets no such advice. */
  readonly silent: boolean;
  /** All compilations are listed with their cause; null where the program has no such problem. */
  readonly compilations: boolean | null;
}
const matches = (patterns: readonly string[], text: string): boolean => patterns.some((p) => new RegExp(p, "i").test(text));
/** Of an insight, before over after. */
export const factorOf = (i: Insight): number | null => (i.gain ? i.gain.before.median / i.gain.after.median : null);

export function judge(report: Report, twin: Report, e: Expected): Verdict {
  const own = (report.insights ?? []).filter((i) => e.lines.includes(i.line) || i.lines.some((l) => e.lines.includes(l)));
  const named = own.filter((i) => matches(e.named, i.text));
  const both = named.filter((i) => matches(e.remedyPatterns, i.remedy));
  const best = both[0] ?? named[0];
  const gain = best ? factorOf(best) : null;
  const twinGain = twinGainOf(report, twin, e);
  const done = !best && (isDone(report, e) || (e.measure === "steady" && isSameFunction(report, twin) && twinGain < NO_SLOWER));
  const near = (a: number, b: number): boolean => a / b < 1.3 && b / a < 1.3;
  return {
    line: firstLines(report, e).some((l) => e.lines.includes(l)),
    cause: named.length > 0 || done,
    remedy: both.length > 0 || done,
    done,
    gain,
    twinGain,
    gainFits: done || (gain !== null && (near(gain, twinGain) || near(gain, e.gain))),
    silent: !(twin.insights ?? []).some((i) => matches(e.named, i.text) && matches(e.remedyPatterns, i.remedy)),
    compilations:
      e.compilations === undefined
        ? null
        : report.compilations.length === e.compilations && report.compilations.slice(1).every((c) => c.causes.some((x) => x.kind === e.compileCause)),
  };
}
/** A program that takes no longer than its twin has no fault left. */
const NO_SLOWER = 1.1;
const isSameFunction = (r: Report, twin: Report): boolean => r.function.name === twin.function.name;
/** Whether a value of the line is stored because storing it costs less, and the ledger says of what. */
function isDone(r: Report, e: Expected): boolean {
  return (r.programs[0]?.decisions ?? []).some((d) => {
    const frame = d.stack === undefined ? undefined : r.frames[r.stacks[d.stack]![0]!];
    return d.kept === "cheaper" && frame !== undefined && e.lines.includes(frame.line) && matches(e.named, `${d.reason}. ${d.otherwise ?? ""}`);
  });
}
function firstLines(r: Report, e: Expected): number[] {
  const weights = new Map<number, number>();
  const add = (line: number | undefined, weight: number): void => void (line !== undefined && weights.set(line, (weights.get(line) ?? 0) + weight));
  if (e.measure === "memory") for (const h of r.memory?.holders ?? []) add(h.line, h.bytes);
  else if (e.compilations !== undefined) for (const c of r.compilations) add(c.call === null ? undefined : r.frames[r.stacks[c.call]![0]!]?.line, 1);
  else if (e.measure === "cold") for (const c of r.compiled ?? []) add(c.line, c.ms);
  else for (const l of r.lines ?? []) add(l.line, l.ms);
  return [...weights]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([line]) => line);
}
function twinGainOf(r: Report, twin: Report, e: Expected): number {
  if (e.measure === "memory") return (r.memory?.peak ?? 0) / Math.max(1, twin.memory?.peak ?? 0);
  const time = (x: Report): number => x.timing?.total.median ?? 0;
  if (e.measure === "cold" && isSameFunction(r, twin)) return runOf(r, loadOf(r)) / runOf(twin, loadOf(r));
  if (e.measure === "steady" && isSameFunction(r, twin)) return time(r) / time(twin);
  // All calls of the run are what a loop on the host costs: a single one says nothing of it.
  return (r.calls?.count ?? 1) >= MANY_CALLS ? callsOf(r) / callsOf(twin) : e.gain;
}
const MANY_CALLS = 100;
/** Milliseconds of loading the library: the same of both sides, what differs is the disk's. */
const loadOf = (r: Report): number =>
  (r.spans ?? []).filter((s) => s.track === "road" && s.name === "load the engine").reduce((t, s) => t + s.duration, 0);
/** Milliseconds of a run of the file: the library loaded, all compilations, and the calls with what the host does between them. */
function runOf(r: Report, load: number): number {
  const compiled = r.compilations.reduce((t, c) => t + (c.phases.trace ?? 0) + (c.phases.lower ?? 0) + (c.phases.compile ?? 0), 0);
  return load + compiled + callsOf(r);
}
/** Milliseconds of all calls of a run, with what the host does between them. */
function callsOf(r: Report): number {
  const calls = r.calls?.count ?? 1;
  return calls * (r.timing?.total.median ?? 0) + (calls - 1) * (r.calls?.between?.median ?? 0);
}
