// What pins gain or cost: the program with them and the one without, run in turns in one process so that neither has the quieter machine, and their
// results compared.
import type { NDArray, Storage } from "../../core/value.ts";
import { fromBytes } from "../../graph/evaluate/tensor.ts";
import type { TensorType } from "../../graph/graph.ts";
import { type Device, runToEnd } from "../../backends/device.ts";
import type { Compiled } from "../../backends/programs.ts";
import type { Decision, Kernel, Trial, TrialSide } from "../types.ts";
import { summarize } from "./measure.ts";

const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 60;
const BUDGET_MS = 500;
const LEAST_WARM_MS = 150;
const MOST_WARM_MS = 1500;
const WARM_RUNS = 6;

interface Run {
  readonly times: readonly number[];
  /** Of each kernel in one run: its calls, and milliseconds of all together. */
  readonly kernels: ReadonlyMap<number, { readonly ms: number; readonly calls: number }>;
}
interface Timed {
  readonly without: Run;
  readonly with: Run;
  readonly error: number | null;
}
/** Runs both in turns; who goes first changes each round. */
export function race(without: Compiled, pinned: Compiled, args: readonly NDArray[]): Timed {
  const sides = [without, pinned] as const;
  const once = (c: Compiled): number => {
    const start = performance.now();
    const outs = runToEnd(c.loaded, args);
    const took = performance.now() - start;
    for (const o of outs) o.release();
    return took;
  };
  const error = largestDifference(without, pinned, args);
  for (const c of sides) warm(() => once(c));
  const times: [number[], number[]] = [[], []];
  const start = performance.now();
  for (let round = 0; round < LEAST_ROUNDS || (round < MOST_ROUNDS && performance.now() - start < BUDGET_MS); round++)
    for (const side of round % 2 ? ([1, 0] as const) : ([0, 1] as const)) times[side].push(once(sides[side]));
  const [first, second] = sides.map((c, i): Run => ({ times: times[i]!, kernels: kernelTimes(c, args) }));
  return { without: first!, with: second!, error };
}
/** Until the optimizing compiler has taken over: the last runs are no faster any more than those before. */
function warm(once: () => number): void {
  const times: number[] = [];
  const fastest = (from: number, to?: number): number => Math.min(...times.slice(from, to));
  for (const start = performance.now(); performance.now() - start < MOST_WARM_MS;) {
    times.push(once());
    const settled = times.length >= 2 * WARM_RUNS && fastest(-WARM_RUNS) > 0.9 * fastest(-2 * WARM_RUNS, -WARM_RUNS);
    if (settled && performance.now() - start > LEAST_WARM_MS) return;
  }
}
const PROFILED = 9;
function kernelTimes(c: Compiled, args: readonly NDArray[]): Run["kernels"] {
  const runs: Map<number, { ms: number; calls: number }>[] = [];
  for (let i = 0; i < PROFILED; i++) {
    const sums = new Map<number, { ms: number; calls: number }>();
    let from = 0;
    const outs = c.loaded.run(args, (k, at = performance.now()) => {
      if (k >= 0) from = at;
      else {
        const have = sums.get(-1 - k) ?? { ms: 0, calls: 0 };
        sums.set(-1 - k, { ms: have.ms + at - from, calls: have.calls + 1 });
      }
    });
    for (const o of outs) o.release();
    runs.push(sums);
  }
  return new Map([...runs[0]!].map(([k, { calls }]) => [k, { ms: summarize(runs.map((r) => r.get(k)?.ms ?? 0)).median, calls }]));
}
/** Of all results; null where one side has a number and the other has none. */
export function largestDifference(a: Compiled, b: Compiled, args: readonly NDArray[], argsOfB: readonly NDArray[] = args): number | null {
  const first = a.loaded.run(args);
  const second = b.loaded.run(argsOfB);
  const most = differenceOf(a.compilation.plan.outs, { device: a.device, outs: first }, { device: b.device, outs: second });
  for (const o of [...first, ...second]) o.release();
  return most;
}
/** What a run gave, on the device that it ran on. */
interface Results {
  readonly device: Device;
  readonly outs: readonly Storage[];
}
/** The largest difference of two runs' results of the same types; null where one has a number and the other has none. */
export function differenceOf(types: readonly TensorType[], a: Results, b: Results): number | null {
  let most: number | null = 0;
  types.forEach((t, i) => {
    const xs = fromBytes(t, readStorage(a.device, a.outs[i]!)).data;
    const ys = fromBytes(t, readStorage(b.device, b.outs[i]!)).data;
    for (let k = 0; k < xs.length && most !== null; k++) {
      const x = Number(xs[k]);
      const y = Number(ys[k]);
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
      const difference = Math.abs(x - y);
      most = Number.isNaN(difference) ? null : Math.max(most, difference);
    }
  });
  return most;
}
/** The largest finite size among numbers; 0 where there is none. */
export function largestSize(numbers: ArrayLike<unknown>): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(Number(numbers[i]));
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}
export const readStorage = (device: Device, s: Storage): Uint8Array => (device.readSync ? device.readSync(s).slice() : s.bytes().slice());

export function trialOf(pins: readonly string[], timed: Timed, without: readonly Kernel[], pinned: readonly Kernel[]): Trial {
  return {
    pins,
    rounds: timed.with.times.length,
    error: timed.error,
    without: side(timed.without, without, pinned),
    with: side(timed.with, pinned, without),
  };
}
function side({ times, kernels }: Run, own: readonly Kernel[], other: readonly Kernel[]): TrialSide {
  // The same operations make the same kernel, whatever its number.
  const key = (k: Kernel): string => [...k.nodes].sort().join();
  const known = new Set(other.map(key));
  const measured = (k: Kernel) => kernels.get(Number(k.id.slice(1)));
  return {
    total: summarize(times),
    kernels: own.length,
    bytes: own.reduce((s, k) => s + (k.bytesRead + k.bytesWritten) * (measured(k)?.calls ?? 0), 0),
    changed: own
      .filter((k) => !known.has(key(k)))
      .map((k) => {
        const ms = measured(k)?.ms;
        return { label: k.label, ...(ms === undefined ? {} : { ms }) };
      }),
  };
}
/** The decisions that the pins turned, with a whole run either way. */
export function withMeasured(decisions: readonly Decision[], { pins, without, with: pinned }: Trial): Decision[] {
  const verdicts = new Map(pins.map((p) => [p.replace(/=.*/, ""), p.endsWith("=fuse")]));
  return decisions.map((d) => {
    const fuse = verdicts.get(d.id);
    if (fuse === undefined) return d;
    return { ...d, ms: { ...d.ms, measured: fuse ? { fused: pinned.total, kept: without.total } : { fused: without.total, kept: pinned.total } } };
  });
}
