// Measuring: warm-up, then repetitions until the median is stable; per kernel by timers inside the program, whose cost is measured too.
import type { NDArray } from "../core/value.ts";
import type { Loaded } from "../backends/device.ts";
import type { Measurement, ReportSpan, ReportTiming } from "./migrations/v1types.ts";

const MIN_RUNS = 15,
  MAX_RUNS = 400,
  BUDGET_MS = 700,
  WARMUP_MS = 250,
  TIMELINE_RUNS = 3;
export interface Measured {
  readonly timing: ReportTiming;
  readonly kernels: ReadonlyMap<number, { readonly time: Measurement; readonly calls: number }>;
  readonly timeline: readonly ReportSpan[];
}

export function measure(loaded: Loaded, args: readonly NDArray[]): Measured {
  const once = (): number => {
    const t = performance.now(),
      outs = loaded.run(args),
      d = performance.now() - t;
    for (const o of outs) o.release();
    return d;
  };
  let warmups = 0;
  // The first runs are in the baseline compiler's code: go on until the optimizing compiler has taken over.
  for (const start = performance.now(); performance.now() - start < WARMUP_MS && warmups < 2000; warmups++) once();
  const totals = repeat(once),
    spans: ReportSpan[] = [],
    perRun = new Map<number, number[]>(),
    calls = new Map<number, number>(),
    profiled: number[] = [];
  const events: number[] = [],
    times: number[] = [],
    origin = performance.now();
  const tick = (k: number): void => {
    events.push(k);
    times.push(performance.now());
  };
  repeat(() => {
    events.length = times.length = 0;
    const run = profiled.length,
      t = performance.now(),
      outs = loaded.run(args, tick),
      d = performance.now() - t;
    for (const o of outs) o.release();
    const sums = new Map<number, number>(),
      open = new Map<number, number>();
    events.forEach((k, i) => {
      if (k >= 0) {
        open.set(k, times[i]!);
        return;
      }
      const id = -1 - k,
        from = open.get(id)!,
        length = times[i]! - from;
      sums.set(id, (sums.get(id) ?? 0) + length);
      if (run === 0) calls.set(id, (calls.get(id) ?? 0) + 1);
      if (run < TIMELINE_RUNS && spans.length < 5000) spans.push({ run, kernel: id, start: from - origin, duration: length });
    });
    for (const [id, s] of sums) {
      const list = perRun.get(id);
      if (list) list.push(s);
      else perRun.set(id, [s]);
    }
    profiled.push(d);
    return d;
  });
  const kernels = new Map([...perRun].map(([id, list]) => [id, { time: summarize(list), calls: calls.get(id) ?? 1 }]));
  return {
    timing: { warmups, repetitions: totals.length, total: summarize(totals), profiled: summarize(profiled), timerOverheadNs: timerOverhead() },
    kernels,
    timeline: spans,
  };
}
/** Repeats until the quartiles lie within 5 % of the median, the time budget is spent, or the runs are many. */
function repeat(run: () => number): number[] {
  const list: number[] = [],
    start = performance.now();
  while (list.length < MIN_RUNS || (list.length < MAX_RUNS && performance.now() - start < BUDGET_MS && (list.length % 10 !== 0 || unstable(list)))) {
    list.push(run());
    if (performance.now() - start > 4 * BUDGET_MS && list.length >= 3) break;
  }
  return list;
}
const unstable = (list: readonly number[]): boolean => {
  const m = summarize(list);
  return m.spread > 0.05 * m.median;
};
export function summarize(list: readonly number[]): Measurement {
  const s = [...list].sort((a, b) => a - b),
    q = (p: number): number => s[Math.min(s.length - 1, Math.floor(p * s.length))] ?? 0;
  return { min: s[0] ?? 0, median: q(0.5), spread: q(0.75) - q(0.25) };
}
/** Median cost of the two readings around a kernel, in nanoseconds. */
function timerOverhead(): number {
  const pairs: number[] = [];
  for (let i = 0; i < 2001; i++) {
    const a = performance.now(),
      b = performance.now();
    pairs.push((b - a) * 1e6);
  }
  const m = pairs.sort((a, b) => a - b);
  return m.slice(500, 1500).reduce((x, y) => x + y, 0) / 1000;
}
