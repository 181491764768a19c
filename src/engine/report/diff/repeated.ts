// Comparisons that were measured several times in turns. Runs of one process are alike, and two processes differ though the program is the same; a difference
// counts only where every pair of runs shows it.
import { summarize } from "../record/measure.ts";
import type { Kernel, Measurement, Report } from "../types.ts";
import { diffReports } from "./diff.ts";
import type { DiffOptions, KernelDiff, ReportDiff, TimeChange } from "./types.ts";

/** @param pairs of runs, as they were made one after another */
export function diffRepeated(pairs: readonly (readonly [before: Report, after: Report])[], o: DiffOptions = {}): ReportDiff {
  const whole = diffReports(mergeReports(pairs.map((p) => p[0])), mergeReports(pairs.map((p) => p[1])), o);
  if (pairs.length < 2) return whole;
  const single = pairs.map(([a, b]) => diffReports(a, b, o));
  const confirmed = (t: TimeChange, of: (d: ReportDiff) => TimeChange | undefined): TimeChange => {
    const { verdict } = t.significance;
    const agree = single.every((d) => {
      const one = of(d);
      return !one || (t.ratio < 1 ? one.ratio < 1 : one.ratio > 1);
    });
    return (verdict === "faster" || verdict === "slower") && !agree ? { ...t, significance: { ...t.significance, verdict: "unknown" } } : t;
  };
  const kernelOf = (d: ReportDiff, program: number, id: string | undefined): KernelDiff | undefined =>
    d.programs[program]?.kernels.find((k) => k.after?.id === id);
  return {
    ...whole,
    notes: [...whole.notes, `measured ${pairs.length} times in turns: a difference counts only where every time shows it`],
    ...(whole.call ? { call: confirmed(whole.call, (d) => d.call) } : {}),
    ...(whole.program ? { program: confirmed(whole.program, (d) => d.program) } : {}),
    programs: whole.programs.map((p, i) => ({
      ...p,
      kernels: p.kernels.map((k) => (k.time ? { ...k, time: confirmed(k.time, (d) => kernelOf(d, i, k.after?.id)?.time) } : k)),
    })),
  };
}
/** Several runs of one program as one Report: the first, with the times of all. */
export function mergeReports(list: readonly Report[]): Report {
  const [first, ...others] = list;
  if (!first) throw new RangeError("mergeReports: there is no report");
  if (!others.length) return first;
  const { timing } = first;
  const timings = list.flatMap((r) => (r.timing ? [r.timing] : []));
  return {
    ...first,
    ...(timing ? { timing: { ...timing, total: merged(timings.map((t) => t.total)), program: merged(timings.map((t) => t.program)) } } : {}),
    programs: first.programs.map((p, i) => ({
      ...p,
      ...(p.kernels ? { kernels: p.kernels.map((k) => withTimes(k, others, i)) } : {}),
    })),
  };
}
/** The same program has the same kernels under the same ids. */
function withTimes(k: Kernel, others: readonly Report[], program: number): Kernel {
  const same = others.flatMap((r) => r.programs[program]?.kernels?.filter((x) => x.id === k.id && x.label === k.label) ?? []);
  const times = [k, ...same].flatMap((x) => (x.time ? [x.time] : []));
  return times.length > 1 ? { ...k, time: merged(times) } : k;
}
function merged(times: readonly Measurement[]): Measurement {
  const samples = times.flatMap((t) => t.samples ?? [t.median]);
  return { ...summarize(samples), min: Math.min(...times.map((t) => t.min)), samples };
}
