// Schedules: functions from the step, which counts from 0, to a value such as a learning rate. They work on traced steps.
import { ArgumentError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import type { Schedule } from "./base.ts";
export { injectHyperparams, injectHyperparams as injectStatefulHyperparams } from "./inject.ts";
export type { Schedule };

/** The same value at every step.
 * @example optim.schedules.constantSchedule(0.1)(np.array(7)) // 0.1 */
export const constantSchedule =
  (value: ArrayLike): Schedule =>
  () =>
    value;
/** Options of schedules that begin later than at step 0. */
export interface TransitionOptions {
  readonly transitionBegin?: number;
}
/** From one value to another over `transitionSteps`, as (1 − t)^power.
 * @example optim.schedules.polynomialSchedule(1, 0, 2, 10)(np.array(5)) // 0.25 */
export function polynomialSchedule(
  initValue: ArrayLike,
  endValue: ArrayLike,
  power: ArrayLike,
  transitionSteps: number,
  options: TransitionOptions = {},
): Schedule {
  const begin = Math.max(0, options.transitionBegin ?? 0);
  if (transitionSteps <= 0) return constantSchedule(initValue);
  return (count) => {
    const left = np.subtract(1, np.clip(np.subtract(count, begin), 0, transitionSteps).div(transitionSteps));
    return np.multiply(np.subtract(initValue, endValue), power === 1 ? left : np.power(left, power)).add(endValue);
  };
}
/** From one value to another along a line.
 * @example optim.schedules.linearSchedule(1, 0, 10)(np.array(5)) // 0.5 */
export const linearSchedule = (initValue: ArrayLike, endValue: ArrayLike, transitionSteps: number, options: TransitionOptions = {}): Schedule =>
  polynomialSchedule(initValue, endValue, 1, transitionSteps, options);

/** Steps and the factors that hold from each of them on: a Map, or an object. */
export type BoundariesAndScales = ReadonlyMap<number, number> | Readonly<Record<number, number>>;
/** Options of the piecewise schedules. */
export interface PiecewiseOptions {
  readonly boundariesAndScales?: BoundariesAndScales | null;
}
function sortedScales(who: string, given: BoundariesAndScales | null | undefined): [boundary: number, scale: number][] {
  const entries: [number, number][] = given instanceof Map ? [...given] : Object.entries(given ?? {}).map(([k, v]) => [Number(k), v as number]);
  const negative = entries.find(([, scale]) => !(scale >= 0));
  if (negative) throw new ArgumentError(`optim.schedules.${who}: scales are not negative, got ${negative[1]} at step ${negative[0]}`);
  return entries.sort((a, b) => a[0] - b[0]);
}
/** A value that is multiplied by each factor from its step on.
 * @example optim.schedules.piecewiseConstantSchedule(1, { boundariesAndScales: { 5: 0.1 } })(np.array(6)) // 0.1 */
export function piecewiseConstantSchedule(initValue: ArrayLike, options: PiecewiseOptions = {}): Schedule {
  const scales = sortedScales("piecewiseConstantSchedule", options.boundariesAndScales);
  return (count) =>
    scales.reduce<ArrayLike>((value, [boundary, scale]) => {
      const before = np.maximum(0, np.sign(np.subtract(boundary, count)));
      return np.multiply(value, before).add(np.multiply(np.subtract(1, before), np.multiply(scale, value)));
    }, initValue);
}
const INTERPOLATE: Readonly<Record<string, (a: Value, b: Value, part: Value) => Value>> = {
  linear: (a, b, part) => b.sub(a).mul(part).add(a),
  cosine: (a, b, part) =>
    b.add(
      a
        .sub(b)
        .div(2)
        .mul(np.cos(np.multiply(Math.PI, part)).add(1)),
    ),
};
/** Between values that change by a factor at each boundary, along lines or cosines.
 * @example optim.schedules.piecewiseInterpolateSchedule("linear", 1, { boundariesAndScales: { 10: 0 } })(np.array(5)) // 0.5 */
export function piecewiseInterpolateSchedule(interpolateType: "linear" | "cosine", initValue: ArrayLike, options: PiecewiseOptions = {}): Schedule {
  const interpolate = INTERPOLATE[interpolateType];
  if (!interpolate)
    throw new ArgumentError(`optim.schedules.piecewiseInterpolateSchedule: "linear" or "cosine" is expected, got ${JSON.stringify(interpolateType)}`);
  const scales = sortedScales("piecewiseInterpolateSchedule", options.boundariesAndScales);
  return (count) => {
    const bounds = np.array([0, ...scales.map(([boundary]) => boundary)], { dtype: "int32" });
    const values = np.cumprod(np.stack([initValue, ...scales.map(([, scale]) => scale)].map((v) => np.asarray(v).astype("float32"))));
    const starts = bounds.get(":-1");
    const ends = bounds.get("1:");
    const inside = np.logicalAnd(np.lessEqual(starts, count), np.less(count, ends));
    const part = np.subtract(count, starts).div(np.maximum(ends.sub(starts), 1));
    const between = np.dot(inside.astype("float32"), interpolate(values.get(":-1"), values.get("1:"), part));
    return between.add(np.lessEqual(bounds.get(-1), count).astype("float32").mul(values.get(-1)));
  };
}
/** Options of the one-cycle schedules. */
export interface OnecycleOptions {
  readonly pctStart?: number;
  readonly pctFinal?: number;
  readonly divFactor?: number;
  readonly finalDivFactor?: number;
}
const positiveSteps = (who: string, steps: number): void => {
  if (!(steps > 0)) throw new ArgumentError(`optim.schedules.${who}: the number of steps is positive, got ${steps}`);
};
/** Up to a peak, down, and further down, along lines (Smith, 2018).
 * @example optim.schedules.linearOnecycleSchedule(100, 1)(np.array(30)) // 1 */
export function linearOnecycleSchedule(transitionSteps: number, peakValue: number, options: OnecycleOptions = {}): Schedule {
  positiveSteps("linearOnecycleSchedule", transitionSteps);
  const { pctStart = 0.3, pctFinal = 0.85, divFactor = 25, finalDivFactor = 1e4 } = options;
  const boundariesAndScales = new Map([
    [Math.trunc(pctStart * transitionSteps), divFactor],
    [Math.trunc(pctFinal * transitionSteps), 1 / divFactor],
    [transitionSteps, 1 / finalDivFactor],
  ]);
  return piecewiseInterpolateSchedule("linear", peakValue / divFactor, { boundariesAndScales });
}
/** Up to a peak and down, along cosines (Smith, 2018).
 * @example optim.schedules.cosineOnecycleSchedule(100, 1)(np.array(30)) // 1 */
export function cosineOnecycleSchedule(transitionSteps: number, peakValue: number, options: Omit<OnecycleOptions, "pctFinal"> = {}): Schedule {
  positiveSteps("cosineOnecycleSchedule", transitionSteps);
  const { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
  const boundariesAndScales = new Map([
    [Math.trunc(pctStart * transitionSteps), divFactor],
    [Math.trunc(transitionSteps), 1 / (divFactor * finalDivFactor)],
  ]);
  return piecewiseInterpolateSchedule("cosine", peakValue / divFactor, { boundariesAndScales });
}
/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions extends TransitionOptions {
  /** Whether the value changes once every `transitionSteps` only. */
  readonly staircase?: boolean;
  /** The value at which the decay (or growth) stops. */
  readonly endValue?: number | null;
}
/** initValue · decayRate^(step / transitionSteps).
 * @example optim.schedules.exponentialDecay(1, 10, 0.5)(np.array(20)) // 0.25 */
export function exponentialDecay(initValue: ArrayLike, transitionSteps: number, decayRate: number, options: ExponentialDecayOptions = {}): Schedule {
  const { staircase = false, endValue = null } = options;
  const begin = Math.max(0, options.transitionBegin ?? 0);
  if (transitionSteps <= 0 || decayRate === 0) return constantSchedule(initValue);
  return (count) => {
    const steps = np.subtract(count, begin);
    const exponent = steps.div(transitionSteps);
    const decayed = np.where(steps.le(0), initValue, np.multiply(initValue, np.power(decayRate, staircase ? np.floor(exponent) : exponent)));
    if (endValue === null) return decayed;
    return decayRate < 1 ? np.maximum(decayed, endValue) : np.minimum(decayed, endValue);
  };
}
/** Options of `cosineDecaySchedule`. */
export interface CosineDecayOptions {
  /** The part of the value that is left at the end. */
  readonly alpha?: number;
  readonly exponent?: number;
}
/** A value that falls along half a cosine (Loshchilov and Hutter, 2017).
 * @example optim.schedules.cosineDecaySchedule(1, 10)(np.array(5)) // 0.5 */
export function cosineDecaySchedule(initValue: ArrayLike, decaySteps: number, options: CosineDecayOptions = {}): Schedule {
  positiveSteps("cosineDecaySchedule", decaySteps);
  const { alpha = 0, exponent = 1 } = options;
  return (count) => {
    const wave = np
      .cos(np.multiply(Math.PI, np.minimum(count, decaySteps)).div(decaySteps))
      .add(1)
      .mul(0.5);
    return np.multiply(initValue, np.multiply(1 - alpha, exponent === 1 ? wave : np.power(wave, exponent)).add(alpha));
  };
}
/** Schedules one after the other: the next one begins, at its own step 0, at each boundary.
 * @example optim.schedules.joinSchedules([optim.schedules.constantSchedule(1), optim.schedules.constantSchedule(0.1)], [5])(np.array(6)) // 0.1 */
export const joinSchedules =
  (schedules: readonly Schedule[], boundaries: readonly number[]): Schedule =>
  (step) =>
    schedules
      .slice(1)
      .reduce<ArrayLike>(
        (value, next, i) => np.where(np.less(step, boundaries[i]!), value, next(np.subtract(step, boundaries[i]!))),
        schedules[0]!(step),
      );
/** A line up to a value that then stays.
 * @example optim.schedules.warmupConstantSchedule(0, 1, 10)(np.array(5)) // 0.5 */
export const warmupConstantSchedule = (initValue: ArrayLike, peakValue: ArrayLike, warmupSteps: number): Schedule =>
  linearSchedule(initValue, peakValue, warmupSteps);
/** Options of `warmupCosineDecaySchedule`. */
export interface WarmupCosineDecayOptions {
  readonly endValue?: number;
  readonly exponent?: number;
}
/** A line up over `warmupSteps`, then a cosine down until `decaySteps` (which counts from step 0).
 * @example optim.schedules.warmupCosineDecaySchedule(0, 1, 10, 100)(np.array(5)) // 0.5 */
export function warmupCosineDecaySchedule(
  initValue: number,
  peakValue: number,
  warmupSteps: number,
  decaySteps: number,
  options: WarmupCosineDecayOptions = {},
): Schedule {
  const { endValue = 0, exponent = 1 } = options;
  const alpha = peakValue === 0 ? 0 : endValue / peakValue;
  const down = cosineDecaySchedule(peakValue, decaySteps - warmupSteps, { alpha, exponent });
  return joinSchedules([linearSchedule(initValue, peakValue, warmupSteps), down], [warmupSteps]);
}
/** A line up over `warmupSteps`, then `exponentialDecay`.
 * @example optim.schedules.warmupExponentialDecaySchedule(0, 1, 10, 10, 0.5)(np.array(20)) // 0.5 */
export function warmupExponentialDecaySchedule(
  initValue: number,
  peakValue: number,
  warmupSteps: number,
  transitionSteps: number,
  decayRate: number,
  options: ExponentialDecayOptions = {},
): Schedule {
  const down = exponentialDecay(peakValue, transitionSteps, decayRate, options);
  return joinSchedules([linearSchedule(initValue, peakValue, warmupSteps), down], [warmupSteps]);
}
/** One cycle of `sgdrSchedule`: the arguments of `warmupCosineDecaySchedule`. */
export interface CosineCycle {
  readonly initValue: number;
  readonly peakValue: number;
  readonly warmupSteps: number;
  readonly decaySteps: number;
  readonly endValue?: number;
  readonly exponent?: number;
}
/** Cosine decays with warm restarts (Loshchilov and Hutter, 2017).
 * @example optim.schedules.sgdrSchedule([{ initValue: 0, peakValue: 1, warmupSteps: 5, decaySteps: 10 }])(np.array(5)) // 1 */
export function sgdrSchedule(cycles: readonly CosineCycle[]): Schedule {
  const schedules = cycles.map(({ initValue, peakValue, warmupSteps, decaySteps, ...rest }) =>
    warmupCosineDecaySchedule(initValue, peakValue, warmupSteps, decaySteps, rest),
  );
  let step = 0;
  const boundaries = cycles.map((c) => (step += c.decaySteps));
  return joinSchedules(schedules, boundaries.slice(0, -1));
}
