// Trials: a change is made to the compiled program, and both run in turns in this process. A single run under load was seen to show a gain that was none:
// what counts is that three measurements, one after the other, all show it.
import { runToEnd } from "../../backends/device.ts";
import { Compiled, compile } from "../../backends/programs.ts";
import { Compilation } from "../../compiler/compile.ts";
import { kernelCost } from "../../compiler/cost/kernelCost.ts";
import { residency } from "../../compiler/cost/residency.ts";
import { routineCost } from "../../compiler/cost/routines.ts";
import { trafficOf } from "../../compiler/cost/traffic.ts";
import { parsePins } from "../../compiler/fusion/pins.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { rewriteProgram } from "../../compiler/passes/rewrite.ts";
import { numberProgram } from "../../graph/regions.ts";
import type { NDArray } from "../../core/value.ts";
import { functionsOf, withCalls } from "../record/calibrate.ts";
import { summarize } from "../record/measure.ts";
import { largestDifference } from "../record/trial.ts";
import type { Facts } from "./facts.ts";
import type { Change, Experiment, Outcome } from "./types.ts";

/** What a remedy has to gain in each measurement. */
export const LEAST_GAIN = 0.05;
export const MEASUREMENTS = 3;
const QUICK_RUNS = 4;
const LEAST_RUNS = 5;
const MOST_RUNS = 60;
const MEASURE_MS = 150;
const WARM_MS = 300;

/** The program as the change makes it; nothing is generated or run. @throws where the change does not fit the program */
export function changedProgram(change: Exclude<Change, { kind: "experiment" }>, { context: { traced, compiled } }: Facts): Compiled {
  if (change.kind === "pins") return compile(traced.jaxpr, parsePins(change.pins), compiled.device);
  const { graph } = compiled.compilation;
  const changed = change.kind === "graph" ? change.transform(graph) : rewriteProgram(graph, change.rewrite);
  numberProgram(changed);
  const pins = change.kind === "rewrite" && change.pins ? parsePins(change.pins) : undefined;
  return new Compiled(new Compilation(traced.jaxpr, pins, changed, compiled.compilation.target), compiled.device);
}
/** Milliseconds of one run by the cost model, loops counted as often as the measured program ran their kernels. */
export function predictedMs({ compilation: { plan } }: Compiled, f: Facts): number {
  const costs = withCalls(f.costs, functionsOf(plan));
  const schedules = new Map(plan.kernels.map((k) => [k, k.kernel.body.length ? scheduleKernel(k.kernel, f.target) : null]));
  const since = residency(plan, (k) => schedules.get(k) ?? null);
  let sum = 0;
  for (const [k, schedule] of schedules) {
    const moved = trafficOf(k, schedule, since.get(k.id));
    sum += (schedule ? kernelCost(schedule, moved, costs) : routineCost(k.nodes, moved, costs)).ms * f.callsIn(k.region.name);
  }
  return sum;
}
/** Both programs in turns. Null: it is no faster at a first look. */
export function raceThrice(f: Facts, changed: Compiled, milliseconds: number): Experiment | null {
  const base = f.context.compiled;
  const began = performance.now();
  const error = largestDifference(base, changed, f.operands);
  const times = inTurns([() => timed(base, f.operands), () => timed(changed, f.operands)], milliseconds - (performance.now() - began));
  return times && { of: "call", ...times, error, notes: { scale: f.largestResult } };
}
/** Milliseconds of one run. */
export function timed(c: Compiled, args: readonly NDArray[]): number {
  const start = performance.now();
  const outs = runToEnd(c.loaded, args);
  const took = performance.now() - start;
  for (const o of outs) o.release();
  return took;
}
/**
 * Three measurements of two things in turns. Null: the second is no faster at a first look.
 * @param sides each does its work once, and says how many milliseconds that took
 */
export function inTurns(sides: readonly [() => number, () => number], milliseconds: number): Pick<Experiment, "before" | "after"> | null {
  const began = performance.now();
  const warm = Math.min(WARM_MS, milliseconds / 6);
  const early: [number[], number[]] = [[], []];
  for (const side of [1, 0] as const) {
    const start = performance.now();
    while (early[side].length < QUICK_RUNS || (performance.now() - start < warm && early[side].length < 400)) early[side].push(sides[side]());
  }
  // After so many runs nobody is slow because its code is new; what takes longer now does so for good.
  const late = early.map((times) => Math.min(...times.slice(-Math.max(QUICK_RUNS, times.length >> 1))));
  if (late[1]! > late[0]! * (1 - LEAST_GAIN / 2)) return null;
  const each = Math.max(20, Math.min(MEASURE_MS, (milliseconds - (performance.now() - began)) / MEASUREMENTS));
  const before: number[] = [];
  const after: number[] = [];
  for (let m = 0; m < MEASUREMENTS; m++) {
    const times: [number[], number[]] = [[], []];
    const start = performance.now();
    for (let round = 0; round < LEAST_RUNS || (round < MOST_RUNS && performance.now() - start < each); round++) {
      for (const side of round % 2 ? ([1, 0] as const) : ([0, 1] as const)) times[side].push(sides[side]());
      if (performance.now() - start > 4 * each && round >= 2) break;
    }
    before.push(fast(times[0]));
    after.push(fast(times[1]));
  }
  return { before, after };
}
/** The time that a quarter of the runs stays below: what else the machine does makes runs slower, never faster. */
const fast = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 2]!;
/** Whether each measurement shows the gain. */
export function outcomeOf(e: Experiment): Outcome {
  const gained = e.before.length > 0 && e.before.every((b, i) => e.after[i]! <= b * (1 - LEAST_GAIN));
  return { ...e, gained, factor: summarize(e.before).median / Math.max(summarize(e.after).median, 1e-9) };
}
