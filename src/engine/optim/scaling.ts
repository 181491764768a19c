// Transformations that scale updates by a number, a schedule, the parameters, or signs; and what else reshapes them.
import { type Tree, leavesOf, structure } from "../core/pytree.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import { isComplex } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { rsqrt } from "../lax/elementwise.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { relu } from "../nn/index.ts";
import {
  type GradientTransformation,
  type ScalarOrSchedule,
  type Schedule,
  identity,
  isSchedule,
  mapLeaves,
  needParams,
  statelessOf,
  transformation,
} from "./base.ts";
import * as n from "./numerics.ts";

/** Every update times a number.
 * @example const tx = optim.scale(-0.1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [-0.05, 0.1] */
export const scale = (stepSize: ArrayLike): GradientTransformation => statelessOf((u) => n.scaleTree(stepSize, u));
interface Counter {
  readonly count: Value;
}
/** Every update times a schedule's value at the step, which counts from 0.
 * @example const tx = optim.scaleBySchedule((i: Array) => np.divide(1, i.add(1))), w = np.array([1]); tx.update(w, tx.init(w), w)[0] // [1] */
export const scaleBySchedule = (stepSize: Schedule): GradientTransformation =>
  transformation<Counter>(
    () => ({ count: n.zeroCount() }),
    (updates, state) => {
      const step = stepSize(state.count);
      return [mapLeaves((g) => np.asarray(step).astype(g.dtype).mul(g), updates), { count: n.safeIncrement(state.count) }];
    },
  );
/** Options of `scaleByLearningRate`. */
export interface ScaleByLearningRateOptions {
  /** Whether the sign turns, so that adding the updates descends; true by default. */
  readonly flipSign?: boolean;
}
/** Every update times the learning rate, downhill. A rate of null leaves the updates alone.
 * @example const tx = optim.scaleByLearningRate(0.1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [-0.05, 0.1] */
export function scaleByLearningRate(learningRate: ScalarOrSchedule | null, options: ScaleByLearningRateOptions = {}): GradientTransformation {
  if (learningRate === null) return identity();
  const sign = (options.flipSign ?? true) ? -1 : 1;
  if (isSchedule(learningRate)) return scaleBySchedule((count) => np.multiply(sign, learningRate(count)));
  return scale(typeof learningRate === "number" ? sign * learningRate : np.multiply(sign, learningRate));
}
/** The sign of every update.
 * @example const tx = optim.scaleBySign(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export const scaleBySign = (): GradientTransformation => statelessOf((u) => mapLeaves((g) => np.sign(g), u));
/** Each leaf times the norm of its parameters.
 * @example const tx = optim.scaleByParamBlockNorm(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1.118, -2.236] */
export const scaleByParamBlockNorm = (options: { readonly minScale?: number } = {}): GradientTransformation =>
  statelessOf((u, p) => mapLeaves((g, q) => g.mul(n.safeNorm(q, options.minScale ?? 1e-3)), u, needParams("scaleByParamBlockNorm", p)));
/** Each leaf times the root mean square of its parameters.
 * @example const tx = optim.scaleByParamBlockRms(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.7906, -1.581] */
export const scaleByParamBlockRms = (options: { readonly minScale?: number } = {}): GradientTransformation =>
  statelessOf((u, p) => mapLeaves((g, q) => g.mul(n.safeRootMeanSquares(q, options.minScale ?? 1e-3)), u, needParams("scaleByParamBlockRms", p)));

/** Options of `scaleByTrustRatio`. */
export interface ScaleByTrustRatioOptions {
  readonly minNorm?: ArrayLike;
  readonly trustCoefficient?: ArrayLike;
  readonly eps?: ArrayLike;
}
/** Each leaf by the ratio of its parameters' norm to its own (You et al., 2017).
 * @example const tx = optim.scaleByTrustRatio(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -2] */
export function scaleByTrustRatio(options: ScaleByTrustRatioOptions = {}): GradientTransformation {
  const { minNorm = 0, trustCoefficient = 1, eps = 0 } = options;
  return statelessOf((u, params) =>
    mapLeaves(
      (g, p) => {
        const ofParam = n.safeNorm(p, minNorm);
        const ofUpdate = n.safeNorm(g, minNorm);
        const ratio = np.multiply(trustCoefficient, ofParam).div(np.add(ofUpdate, eps));
        const none = np.logicalOr(ofParam.eq(0), ofUpdate.eq(0));
        return g.mul(np.where(none, np.onesLike(ratio), ratio).astype(p.dtype));
      },
      u,
      needParams("scaleByTrustRatio", params),
    ),
  );
}
/** Options of `normalizeByUpdateNorm`. */
export interface NormalizeByUpdateNormOptions {
  readonly scaleFactor?: number;
  readonly eps?: number;
}
/** All leaves together to the norm `scaleFactor`.
 * @example const tx = optim.normalizeByUpdateNorm(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.4472, -0.8944] */
export const normalizeByUpdateNorm = ({ scaleFactor = 1, eps = 1e-6 }: NormalizeByUpdateNormOptions = {}): GradientTransformation =>
  statelessOf((u) => {
    const norm = n.globalNorm(u).add(eps).div(scaleFactor);
    return mapLeaves((g) => g.div(norm), u);
  });
/** Takes the mean of each output unit's gradient away (Yong et al., 2020); vectors stay.
 * @example const tx = optim.centralize(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export const centralize = (): GradientTransformation =>
  statelessOf((u) =>
    mapLeaves((g) => (g.ndim < 2 ? g : g.sub(np.mean(g, { axis: Array.from({ length: g.ndim - 1 }, (_x, i) => i + 1), keepdims: true }))), u),
  );

/** Options of `scaleByRprop`. */
export interface ScaleByRpropOptions {
  readonly etaMinus?: number;
  readonly etaPlus?: number;
  readonly minStepSize?: number;
  readonly maxStepSize?: number;
}
/** Resilient backpropagation (Riedmiller and Braun, 1993): a step size an element, by the signs of two gradients.
 * @example const tx = optim.scaleByRprop(0.1), w = np.array([1, 2]), g = np.array([3, -4]); const [, next] = tx.update(g, tx.init(w), w); tx.update(g, next,
 * w)[0] // [0.1, -0.1] */
export function scaleByRprop(learningRate: ArrayLike, options: ScaleByRpropOptions = {}): GradientTransformation {
  const { etaMinus = 0.5, etaPlus = 1.2, minStepSize = 1e-6, maxStepSize = 50 } = options;
  return transformation<{ readonly stepSizes: Tree; readonly prevUpdates: Tree }>(
    (params) => ({ stepSizes: n.fullOf(params, learningRate), prevUpdates: n.zerosOf(params) }),
    (updates, state) => {
      const agree = mapLeaves((g, past) => g.mul(past), updates, state.prevUpdates);
      const stepSizes = mapLeaves(
        (s, step) => np.where(s.eq(0), step, np.clip(step.mul(np.where(s.gt(0), etaPlus, etaMinus)), minStepSize, maxStepSize)),
        agree,
        state.stepSizes,
      );
      const prevUpdates = mapLeaves((s, g, step) => np.where(s.lt(0), np.zerosLike(g), step.mul(np.sign(g))), agree, updates, stepSizes);
      // As Optax does it: each step takes the update that the one before found.
      const out = mapLeaves((s, past) => np.where(s.lt(0), np.zerosLike(past), past), agree, state.prevUpdates);
      return [out, { stepSizes, prevUpdates }];
    },
  );
}
/** Options of `scaleByOptimisticGradient`. */
export interface ScaleByOptimisticGradientOptions {
  readonly alpha?: ArrayLike;
  readonly beta?: ArrayLike;
}
/** (α + β)·gradient − β·the gradient before: steps that look ahead in games (Mokhtari et al., 2019).
 * @example const tx = optim.scaleByOptimisticGradient(); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [3, 4] } */
export function scaleByOptimisticGradient({ alpha = 1, beta = 1 }: ScaleByOptimisticGradientOptions = {}): GradientTransformation {
  return transformation<{ readonly isInitialStep: Value; readonly previousGradient: Tree }>(
    (params) => ({ isInitialStep: np.array(true), previousGradient: n.zerosOf(params) }),
    (updates, state) => {
      const out = mapLeaves(
        (g, before) => {
          const past = np.where(state.isInitialStep, g, before);
          return np.multiply(np.add(alpha, beta), g).sub(np.multiply(beta, past));
        },
        updates,
        state.previousGradient,
      );
      return [out, { isInitialStep: np.array(false), previousGradient: updates }];
    },
  );
}
/** Options of `scaleBySm3`. */
export interface ScaleBySm3Options {
  readonly b1?: number;
  readonly b2?: number;
  readonly eps?: number;
}
/** SM3 (Anil et al., 2019): AdaGrad with one vector of sums an axis in place of one of the parameters' shape.
 * @example const tx = optim.scaleBySm3(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.1, -0.1] */
export function scaleBySm3({ b1 = 0.9, b2 = 1, eps = 1e-8 }: ScaleBySm3Options = {}): GradientTransformation {
  const along = (g: Value, v: Value, axis: number): Value =>
    np.reshape(
      v,
      g.shape.map((d, i) => (i === axis ? d : 1)),
    );
  const others = (rank: number, axis: number): number[] => Array.from({ length: rank }, (_x, i) => i).filter((i) => i !== axis);
  return transformation<{ readonly mu: readonly (readonly Value[])[]; readonly nu: Tree }>(
    (params) => {
      const leaves = (leavesOf(params) as ArrayLike[]).map((p) => asArray(p, "optim.scaleBySm3"));
      if (leaves.some((p) => isComplex(p.dtype))) throw new DTypeError("optim.scaleBySm3: parameters are real, got complex ones");
      return { mu: leaves.map((p) => p.shape.map((d) => np.zeros([d], { dtype: p.dtype }))), nu: n.zerosOf(params) };
    },
    (updates, state) => {
      const gradients = leavesOf(updates) as Value[];
      const sums = gradients.map((g, i) => {
        const parts = state.mu[i]!.map((v, axis) => along(g, v, axis));
        const least = parts.reduce<Value | null>((a, b) => (a ? np.minimum(a, b) : b), null) ?? np.zerosLike(g);
        return np.multiply(b2 === 1 ? 1 : 1 - b2, g.mul(g)).add(np.multiply(b2, least));
      });
      const scaled = structure(updates).unflatten(sums.map((s, i) => gradients[i]!.mul(np.where(s.gt(0), rsqrt(s.add(eps)), 0))));
      const nu = n.updateMoment(scaled, state.nu, b1, 1);
      const mu = sums.map((s) => s.shape.map((_d, axis) => (s.ndim < 2 ? s : np.max(s, { axis: others(s.ndim, axis) }))));
      return [nu, { mu, nu }];
    },
  );
}
/** Options of `scaleByPolyak`. */
export interface ScaleByPolyakOptions {
  readonly fMin?: number;
  readonly maxLearningRate?: number;
  readonly eps?: number;
  /** "sps", or "sps+" which takes no step where the loss is below `fMin`. */
  readonly variant?: "sps" | "sps+";
}
/** Polyak's step: (value − fMin) / ‖gradient‖², at most `maxLearningRate`. `update` needs `{ value }`.
 * @example const tx = optim.scaleByPolyak(); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params, { value: np.array(5) })[0] // { w: [0.6, 0.8] } */
export function scaleByPolyak(options: ScaleByPolyakOptions = {}): GradientTransformation {
  const { fMin = 0, maxLearningRate = 1, eps = 0, variant = "sps" } = options;
  if (variant !== "sps" && variant !== "sps+")
    throw new ArgumentError(`optim.scaleByPolyak: variant is ${JSON.stringify(variant)}, expected "sps" or "sps+"`);
  return statelessOf((u, _params, { value }) => {
    if (value === undefined)
      throw new ArgumentError("optim.scaleByPolyak: update was called without the loss. Instead: tx.update(grads, state, params, { value })");
    const square = n.squaredNorm(u).add(eps);
    const above = np.subtract(value, fMin).astype(square.dtype);
    const gap = variant === "sps+" ? relu(above) : above;
    const step = np.where(square.le(SMALLEST), 0, np.minimum(gap.div(square), maxLearningRate));
    return n.scaleTree(step, u);
  });
}
/** float32's machine epsilon: gradients whose squared norm is below it stand still. */
const SMALLEST = 2 ** -23;
/** Options of `scaleByDistanceOverGradients`. */
export interface ScaleByDistanceOverGradientsOptions {
  readonly repsRel?: number;
  readonly eps?: number;
  readonly globalScale?: number;
}
/** Distance over gradients (Ivgi et al., 2023), layer by layer: the step is how far the parameters have come over the gradients' norms.
 * @example const tx = optim.scaleByDistanceOverGradients(); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [0.000001942, 0.000002589] } */
export function scaleByDistanceOverGradients(options: ScaleByDistanceOverGradientsOptions = {}): GradientTransformation {
  const { repsRel = 1e-6, eps = 1e-8, globalScale = 1 } = options;
  const l2 = (x: Value): Value => np.sqrt(np.sum(np.square(x)));
  return transformation<{ readonly maxDist: Tree; readonly gradSumOfSquares: Tree; readonly initParams: Tree }>(
    (params) => ({
      maxDist: mapLeaves((x) => np.multiply(repsRel, l2(x).add(1)), params),
      gradSumOfSquares: mapLeaves(() => np.zeros([1]), params),
      initParams: mapLeaves((x) => x.astype("float32"), params),
    }),
    (updates, state, params) => {
      const here = needParams("scaleByDistanceOverGradients", params);
      const maxDist = mapLeaves((d, x, start) => np.maximum(d, l2(x.sub(start))), state.maxDist, here, state.initParams);
      const gradSumOfSquares = mapLeaves((sum, g) => sum.add(np.sum(np.square(g))), state.gradSumOfSquares, updates);
      const out = mapLeaves((g, d, sum) => np.multiply(globalScale, d.div(np.sqrt(sum.add(eps)))).mul(g), updates, maxDist, gradSumOfSquares);
      return [out, { maxDist, gradSumOfSquares, initParams: state.initParams }];
    },
  );
}
