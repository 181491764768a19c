// optim.contrib: schedule-free training (Defazio et al., 2024): averages of iterates in place of a schedule.
import type { Tree } from "../../core/pytree.ts";
import { leavesOf } from "../../core/pytree.ts";
import type { DType } from "../../core/dtypes.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { scaleByRms } from "../adaptive.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type OptState, type ScalarOrSchedule, isSchedule, mapLeaves, needParams, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import * as n from "../numerics.ts";
import { sgd } from "../optimizers.ts";
import { scaleByLearningRate } from "../scaling.ts";
import { warmupConstantSchedule } from "../schedules.ts";

/** State of `scheduleFree`. */
export interface ScheduleFreeState {
  readonly b1: Value;
  readonly weightSum: Value;
  readonly stepCount: Value;
  readonly maxLr: Value;
  readonly baseOptimizerState: OptState;
  readonly z: Tree;
}
/** Options of `scheduleFree`. */
export interface ScheduleFreeOptions {
  readonly b1?: number;
  /** Power of the learning rate that weighs an iterate in the average. */
  readonly weightLrPower?: number;
  readonly stateDtype?: DType | null;
}
/** The parameters to evaluate with: the average, where training goes on between it and the last iterate.
 * @example const tx = optim.contrib.scheduleFree(optim.sgd(0.5), 0.5); const params = { w: np.array([1, 2]) };
 * optim.contrib.scheduleFreeEvalParams(tx.init(params), params) // { w: [1, 2] } */
export const scheduleFreeEvalParams = <P>(state: ScheduleFreeState, params: P): P =>
  mapLeaves((y, z) => y.sub(np.subtract(1, state.b1).mul(z)).div(state.b1), params, state.z);

/** A base optimizer without momentum, made schedule-free.
 * @example const tx = optim.contrib.scheduleFree(optim.sgd(0.5), 0.5), w = np.array([1, 2]); tx.update(np.array([1, -1]), tx.init(w), w)[0] // [-0.5, 0.5] */
export function scheduleFree(
  baseOptimizer: GradientTransformation,
  learningRate: ScalarOrSchedule,
  options: ScheduleFreeOptions = {},
): GradientTransformation {
  const { b1 = 0.9, weightLrPower = 2, stateDtype } = options;
  const init = (params: Tree): ScheduleFreeState => {
    const dtype = asArray(leavesOf(params)[0], "optim.contrib.scheduleFree").dtype;
    const scalar = (x: number): Value => np.array(x, { dtype });
    return {
      b1: scalar(b1),
      weightSum: scalar(0),
      stepCount: np.array(1, { dtype: "int32" }),
      maxLr: scalar(0),
      baseOptimizerState: baseOptimizer.init(params) as OptState,
      z: n.castTree(params, stateDtype),
    };
  };
  return transformation<ScheduleFreeState>(init, (updates, state, given, extra) => {
    const params = needParams("contrib.scheduleFree", given);
    const rate: ArrayLike = isSchedule(learningRate) ? np.asarray(learningRate(state.stepCount)).astype(state.maxLr.dtype) : learningRate;
    const maxLr = np.maximum(state.maxLr, rate);
    const weight = np.power(maxLr, weightLrPower);
    const weightSum = state.weightSum.add(weight);
    const unknown = np.logicalOr(np.isnan(weight), np.isnan(weightSum));
    const part = np.where(unknown, NaN, np.nanToNum(weight.div(weightSum), { nan: 0, posinf: Infinity }));
    const [moves, baseOptimizerState] = baseOptimizer.update(updates, state.baseOptimizerState, params, extra);
    const z = mapLeaves((p, u) => p.add(u).astype(p.dtype), state.z, moves);
    const out = mapLeaves(
      (y, zBefore, zNow) => {
        const before = y.sub(np.multiply(1 - b1, zBefore)).div(b1);
        const average = np.subtract(1, part).mul(before).add(part.mul(zNow));
        return np
          .multiply(b1, average)
          .add(np.multiply(1 - b1, zNow))
          .sub(y);
      },
      params,
      state.z,
      z,
    );
    return [
      out,
      { b1: state.b1, weightSum, stepCount: n.safeIncrement(state.stepCount), maxLr, baseOptimizerState: baseOptimizerState as OptState, z },
    ];
  });
}
/** Options of `scheduleFreeSgd`. */
export interface ScheduleFreeSgdOptions extends ScheduleFreeOptions {
  readonly warmupSteps?: number | null;
  readonly weightDecay?: number | null;
}
const warm = (learningRate: number, steps: number | null | undefined): ScalarOrSchedule =>
  steps === undefined || steps === null ? learningRate : warmupConstantSchedule(0, learningRate, steps);
/** Schedule-free gradient descent.
 * @example const tx = optim.contrib.scheduleFreeSgd(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.95, 2.1] */
export function scheduleFreeSgd(learningRate: number = 1, options: ScheduleFreeSgdOptions = {}): GradientTransformation {
  const { warmupSteps = null, weightDecay = null, ...rest } = options;
  const rate = warm(learningRate, warmupSteps);
  const base = weightDecay === null ? sgd(rate) : chain(addDecayedWeights(weightDecay), sgd(rate));
  return scheduleFree(base, rate, rest);
}
/** Options of `scheduleFreeAdamw`. */
export interface ScheduleFreeAdamwOptions extends ScheduleFreeOptions {
  readonly warmupSteps?: number | null;
  readonly b2?: ArrayLike;
  readonly eps?: ArrayLike;
  readonly weightDecay?: number;
}
/** Schedule-free AdamW.
 * @example const tx = optim.contrib.scheduleFreeAdamw(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export function scheduleFreeAdamw(learningRate: number = 0.0025, options: ScheduleFreeAdamwOptions = {}): GradientTransformation {
  const { warmupSteps = null, b2 = 0.999, eps = 1e-8, weightDecay = 0, ...rest } = options;
  const rate = warm(learningRate, warmupSteps);
  const base = chain(
    scaleByRms({ decay: b2, eps, epsInSqrt: false, biasCorrection: true }),
    addDecayedWeights(weightDecay),
    scaleByLearningRate(rate),
  );
  return scheduleFree(base, rate, rest);
}
