// How long things take at best: they are gone through in passes, so that what else the machine does weighs on all alike, until none becomes faster.
interface Times {
  /** Of the last pass. */
  readonly last: readonly number[];
  /** The lower quartile of the fastest pass. */
  readonly best: number;
}
const MOST_PASSES = 12;
/** Passes without one that became faster by more than a part: then they are as fast as they get. */
const QUIET_PASSES = 2;
const FASTER = 0.04;
const LEAST_RUNS = 3;
/** After so long no further pass begins, but for the first ones: they are in slow code, and memory that is new is given a page at a time. */
const MOST_MS = 1200;
const LEAST_PASSES = 4;
/** @param runs each gives its own time. What is new is in slow code until the optimizing compiler, a thread of its own, is done with it. */
export function fastest(runs: readonly (() => number)[], passMs: number): Times[] {
  const times = runs.map((): { last: number[]; best: number } => ({ last: [], best: Infinity }));
  const start = performance.now();
  let quiet = 0;
  for (let pass = 0; pass < MOST_PASSES && quiet < QUIET_PASSES; pass++) {
    let isFaster = false;
    runs.forEach((r, i) => {
      const own = times[i]!;
      own.last = [];
      for (const from = performance.now(); own.last.length < LEAST_RUNS || performance.now() - from < passMs;) own.last.push(r());
      const now = lowerQuartile(own.last);
      isFaster ||= now < (1 - FASTER) * own.best;
      own.best = Math.min(own.best, now);
    });
    quiet = isFaster ? 0 : quiet + 1;
    if (pass + 1 >= LEAST_PASSES && performance.now() - start > MOST_MS) break;
  }
  return times;
}
/** Of the faster runs, which nothing interrupted. */
export function lowerQuartile(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[sorted.length >> 2] ?? 0;
}
