// Measuring: warm-up, then repetitions until the median is stable. Three times over: the steady call as the person makes it, the program alone, and the
// program with a clock reading around every kernel, whose own cost is measured too.
import type { NDArray } from "../../core/value.ts";
import type { Loaded } from "../../backends/device.ts";
import type { Measurement, Timing } from "../types.ts";
import type { Clock } from "./clock.ts";

const MIN_RUNS = 15;
const MAX_RUNS = 400;
/** For how long a function is run before it is measured, and while it is, milliseconds. */
export interface Effort {
  readonly warmup: number;
  readonly budget: number;
}
const EFFORT: Effort = { warmup: 250, budget: 500 };
const TIMELINE_RUNS = 3;
const MAX_SPANS = 30_000;

export interface Measured {
  readonly timing: Timing;
  readonly kernels: ReadonlyMap<number, { readonly time: Measurement; readonly calls: number }>;
  /** Between the first and the last kernel of a run, outside of kernels, without the clock's own cost. */
  readonly between: number;
}
/**
 * @param call a steady call of the function, or null where it cannot be repeated
 * @param clock is told what was done when, and the first profiled runs kernel by kernel
 */
export function measure(loaded: Loaded, args: readonly NDArray[], call: (() => void) | null, clock: Clock, effort: Effort = EFFORT): Measured {
  const once = (): number => {
    const start = performance.now();
    const outs = loaded.run(args);
    const took = performance.now() - start;
    for (const o of outs) o.release();
    return took;
  };
  // The first runs are in the baseline compiler's code: go on until the optimizing compiler has taken over.
  const warmups = clock.time("measure", "warm up", () => warm(once, effort.warmup));
  const program = clock.time("measure", "the program alone", () => repeat(once, effort.budget));
  const profile = profiler(loaded, args, clock);
  const profiled = clock.time("measure", "with a clock around every kernel", () => repeat(profile.once, effort.budget));
  const steady = call && clock.time("measure", "steady calls", () => steadyCall(call, effort));
  const timerMs = timerOverhead();
  const total = withSamples(steady ?? program);
  const calls = [...profile.calls.values()].reduce((a, b) => a + b, 0);
  return {
    timing: {
      warmups,
      repetitions: program.length,
      total,
      program: withSamples(program),
      profiled: summarize(profiled),
      timerOverheadNs: timerMs * 1e6,
    },
    kernels: new Map([...profile.times].map(([id, list]) => [id, { time: withSamples(list), calls: profile.calls.get(id) ?? 1 }])),
    // Every kernel but the last is followed by one clock reading that lies outside of kernels.
    between: Math.max(0, summarize(profile.between).median - timerMs * Math.max(0, calls - 1)),
  };
}
/** The time of steady calls; null where the call fails: a function that takes its arguments' memory cannot be called twice. */
function steadyCall(call: () => void, effort: Effort): number[] | null {
  const once = (): number => {
    const start = performance.now();
    call();
    return performance.now() - start;
  };
  try {
    warm(once, effort.warmup / 4);
    return repeat(once, effort.budget);
  } catch {
    return null;
  }
}
function warm(once: () => number, budget: number): number {
  let runs = 0;
  for (const start = performance.now(); performance.now() - start < budget && runs < 2000; runs++) once();
  return runs;
}
interface Profile {
  readonly once: () => number;
  readonly times: ReadonlyMap<number, readonly number[]>;
  readonly calls: ReadonlyMap<number, number>;
  readonly between: readonly number[];
}
/** Runs with a clock reading at the start and end of every kernel. */
function profiler(loaded: Loaded, args: readonly NDArray[], to: Clock): Profile {
  const times = new Map<number, number[]>();
  const calls = new Map<number, number>();
  const between: number[] = [];
  const events: number[] = [];
  const clock: number[] = [];
  let told = 0;
  const tick = (k: number): void => {
    events.push(k);
    clock.push(performance.now());
  };
  let run = 0;
  const once = (): number => {
    events.length = clock.length = 0;
    const start = performance.now();
    const outs = loaded.run(args, tick);
    const took = performance.now() - start;
    for (const o of outs) o.release();
    const shown = run < TIMELINE_RUNS && told < MAX_SPANS;
    if (shown) to.add("runs", start, took, { name: `run ${run + 1}`, run });
    const sums = new Map<number, number>();
    const open = new Map<number, number>();
    let inside = 0;
    events.forEach((k, i) => {
      const now = clock[i]!;
      if (k >= 0) {
        open.set(k, now);
        return;
      }
      const id = -1 - k;
      const from = open.get(id)!;
      const length = now - from;
      inside += length;
      sums.set(id, (sums.get(id) ?? 0) + length);
      if (run === 0) calls.set(id, (calls.get(id) ?? 0) + 1);
      if (shown && told++ < MAX_SPANS) to.add("kernels", from, length, { run, kernel: `k${id}` });
    });
    for (const [id, s] of sums) {
      const list = times.get(id);
      if (list) list.push(s);
      else times.set(id, [s]);
    }
    if (clock.length) between.push(clock.at(-1)! - clock[0]! - inside);
    run++;
    return took;
  };
  return { once, times, calls, between };
}
/** Repeats until the quartiles lie within 5 % of the median, the time budget is spent, or the runs are many. */
function repeat(run: () => number, budget: number): number[] {
  const list: number[] = [];
  const start = performance.now();
  const goesOn = (): boolean => {
    if (list.length < MIN_RUNS) return true;
    if (list.length >= MAX_RUNS || performance.now() - start >= budget) return false;
    return list.length % 10 !== 0 || unstable(list);
  };
  while (goesOn()) {
    list.push(run());
    if (performance.now() - start > 4 * budget && list.length >= 3) break;
  }
  return list;
}
const unstable = (list: readonly number[]): boolean => {
  const m = summarize(list);
  return m.spread > 0.05 * m.median;
};
/** Minimum, median and interquartile range; between two values in the middle, the median is half-way. */
export function summarize(list: readonly number[]): Measurement {
  const sorted = [...list].sort((a, b) => a - b);
  const quantile = (p: number): number => {
    if (!sorted.length) return 0;
    const at = p * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
  };
  return { min: sorted[0] ?? 0, median: quantile(0.5), spread: quantile(0.75) - quantile(0.25) };
}
const SAMPLES = 24;
/** With some of the times, for comparing this profile with another one; of neighbours one is enough: they tell the same of the machine. */
function withSamples(list: readonly number[]): Measurement {
  const step = Math.max(1, list.length / SAMPLES);
  const count = Math.min(SAMPLES, list.length);
  return { ...summarize(list), samples: Array.from({ length: count }, (_v, i) => Number(list[Math.floor(i * step)]!.toPrecision(4))) };
}
/** What reading the clock once costs, milliseconds: the middle of many pairs of readings. */
function timerOverhead(): number {
  const pairs: number[] = [];
  for (let i = 0; i < 2001; i++) {
    const a = performance.now();
    const b = performance.now();
    pairs.push(b - a);
  }
  const middle = pairs.sort((a, b) => a - b).slice(500, 1500);
  return middle.reduce((x, y) => x + y, 0) / middle.length;
}
