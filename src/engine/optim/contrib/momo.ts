// optim.contrib: momentum with Polyak's step sizes, from the loss and a bound that it is never below (Schaipp et al., 2023).
import { StructureError } from "../../core/errors.ts";
import type { Tree } from "../../core/pytree.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import * as np from "../../numpy/index.ts";
import { type ExtraArgs, type GradientTransformation, type ScalarOrSchedule, mapLeaves, needParams, transformation } from "../base.ts";
import * as n from "../numerics.ts";
import { scalarLike } from "./scalars.ts";

/** What both have in common. */
interface BoundOptions {
  /** What the loss is never below. 0. */
  readonly lowerBound?: ArrayLike;
  readonly weightDecay?: number;
  /** Whether a better bound is looked for on the way. False. */
  readonly adaptLowerBound?: boolean;
}
/** Options of `momo`. */
export interface MomoOptions extends BoundOptions {
  /** The largest step size. 1. */
  readonly learningRate?: ScalarOrSchedule;
  /** Decay of the average of gradients. 0.9. */
  readonly beta?: ArrayLike;
}
/** Options of `momoAdam`. */
export interface MomoAdamOptions extends BoundOptions {
  /** The largest step size. 1e-2. */
  readonly learningRate?: ScalarOrSchedule;
  readonly b1?: number;
  readonly b2?: number;
  readonly eps?: ArrayLike;
}
interface MomoState {
  readonly expAvg: Tree;
  readonly barf: Value;
  readonly gamma: Value;
  readonly lb: Value;
  readonly count: Value;
}
const startOf = (params: Tree, lowerBound: ArrayLike): MomoState => ({
  ...{ expAvg: n.zerosOf(params), barf: scalarLike(params, 0), gamma: scalarLike(params, 0) },
  ...{ lb: scalarLike(params, lowerBound), count: n.zeroCount() },
});
function lossOf(who: string, extra: ExtraArgs): ArrayLike {
  if (extra.value === undefined)
    throw new StructureError(`optim.contrib.${who}: update needs the loss. Instead: tx.update(grads, state, params, { value })`);
  return extra.value;
}
/** The machine epsilon of NumPy's float, which is float32 here. */
const TINY = 2 ** -23;

/** What the averages say of a step: the loss, its slope along the way, and how steep it is. `correction` is that of a biased average, or 1. */
interface Model {
  readonly barf: Value;
  readonly gamma: Value;
  readonly inner: Value;
  readonly steepness: Value;
  readonly rate: ArrayLike;
  readonly correction: ArrayLike;
  readonly lb: Value;
}
/** The step size that the model of the loss gives, at most the rate, and the next bound. */
function step({ barf, gamma, inner, steepness, rate, correction, lb }: Model, options: BoundOptions): { tau: Value; next: Value; shrink: Value } {
  const { lowerBound = 0, weightDecay = 0, adaptLowerBound = false } = options;
  const grown = np.add(1, np.multiply(rate, weightDecay)),
    floor = grown.mul(correction);
  const cap = grown.mul(barf.sub(gamma)).add(inner);
  const bound = adaptLowerBound ? np.where(cap.lt(floor.mul(lb)), np.maximum(cap.div(floor.mul(2)), lowerBound), lb) : lb;
  const polyak = np.maximum(grown.mul(barf.sub(np.multiply(correction, bound)).sub(gamma)).add(inner), 0).div(steepness);
  const tau = np.minimum(np.divide(rate, correction), np.where(steepness.le(TINY), 0, polyak));
  const next = adaptLowerBound ? np.maximum(barf.add(inner).sub(gamma).sub(tau.mul(0.5).mul(steepness)).div(correction), lowerBound) : lb;
  return { tau, next: next.astype(lb.dtype), shrink: np.multiply(rate, weightDecay).div(grown) };
}
/** Gradient descent with momentum and Polyak's step sizes. `update` needs parameters and `{ value }`, the loss.
 * @example const tx = optim.contrib.momo(), w = np.array([1, 2]); tx.update(w, tx.init(w), w, { value: np.array(2.5) })[0] // [-0.5, -1] */
export function momo(options: MomoOptions = {}): GradientTransformation {
  const { learningRate = 1, beta = 0.9, lowerBound = 0 } = options;
  return transformation<MomoState>(
    (params) => startOf(params, lowerBound),
    (updates, state, given, extra) => {
      const params = needParams("contrib.momo", given),
        loss = np.asarray(lossOf("momo", extra)).astype(state.barf.dtype),
        decay = np.where(state.count.eq(0), 0, beta);
      const average = (old: Value, now: Value): Value => decay.mul(old).add(np.subtract(1, decay).mul(now));
      const barf = average(state.barf, loss),
        expAvg = mapLeaves(average, state.expAvg, updates),
        gamma = average(state.gamma, n.vdot(updates, params));
      const { tau, next, shrink } = step(
        {
          ...{ barf, gamma, inner: n.vdot(expAvg, params), steepness: n.squaredNorm(expAvg) },
          ...{ rate: n.at(learningRate, state.count), correction: 1, lb: state.lb },
        },
        options,
      );
      const out = mapLeaves((m, p) => np.negative(shrink.mul(p)).sub(tau.mul(m)), expAvg, params);
      return [out, { expAvg, barf, gamma, lb: next, count: n.safeIncrement(state.count) }];
    },
  );
}
interface MomoAdamState extends MomoState {
  readonly expAvgSq: Tree;
}
/** Adam with Polyak's step sizes. `update` needs parameters and `{ value }`, the loss.
 * @example const tx = optim.contrib.momoAdam(), w = np.array([1, 2]); tx.update(w, tx.init(w), w, { value: np.array(2.5) })[0] // [-0.01, -0.01] */
export function momoAdam(options: MomoAdamOptions = {}): GradientTransformation {
  const { learningRate = 1e-2, b1 = 0.9, b2 = 0.999, eps = 1e-8, lowerBound = 0 } = options;
  return transformation<MomoAdamState>(
    (params) => ({ ...startOf(params, lowerBound), expAvgSq: n.zerosOf(params) }),
    (updates, state, given, extra) => {
      const params = needParams("contrib.momoAdam", given),
        count = n.safeIncrement(state.count);
      const average = (old: Value, now: ArrayLike): Value => old.mul(b1).add(np.multiply(now, 1 - b1));
      const corrected = (b: number): Value => np.subtract(1, np.power(b, count)).astype(state.barf.dtype);
      const barf = average(state.barf, np.asarray(lossOf("momoAdam", extra)).astype(state.barf.dtype)),
        expAvg = n.updateMoment(updates, state.expAvg, b1, 1),
        expAvgSq = n.updateMoment(updates, state.expAvgSq, b2, 2),
        gamma = average(state.gamma, n.vdot(updates, params));
      const size = mapLeaves((v) => np.sqrt(v.div(corrected(b2))).add(eps), expAvgSq);
      const steepness = n.vdot(
        expAvg,
        mapLeaves((m, s) => m.div(s), expAvg, size),
      );
      const { tau, next, shrink } = step(
        {
          ...{ barf, gamma, inner: n.vdot(expAvg, params), steepness },
          ...{ rate: n.at(learningRate, state.count), correction: corrected(b1), lb: state.lb },
        },
        options,
      );
      const out = mapLeaves((m, s, p) => np.negative(shrink.mul(p)).sub(tau.mul(m).div(s)), expAvg, size, params);
      return [out, { expAvg, expAvgSq, barf, gamma, lb: next, count }];
    },
  );
}
