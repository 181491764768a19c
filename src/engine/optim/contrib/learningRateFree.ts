// optim.contrib: optimizers that find their own learning rate, from how far the parameters have come from where they started.
import { ArgumentError } from "../../core/errors.ts";
import type { Tree } from "../../core/pytree.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import * as np from "../../numpy/index.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type ScalarOrSchedule, identity, mapLeaves, needParams, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import type { Mask } from "../masking.ts";
import * as n from "../numerics.ts";
import { scaleByLearningRate } from "../scaling.ts";
import { absSum, adamRate, scalarLike } from "./scalars.ts";

interface Decay {
  /** How much of the parameters is taken off at each step. */
  readonly weightDecay?: ScalarOrSchedule | null;
  /** Which parameters. */
  readonly mask?: Mask | null;
}
const decayed = ({ weightDecay = null, mask = null }: Decay): GradientTransformation =>
  weightDecay === null ? identity() : addDecayedWeights(weightDecay, { mask });

/** Options of `scaleByCocob`. */
export interface ScaleByCocobOptions {
  /** The part of what is won that is bet. 100. */
  readonly alpha?: ArrayLike;
  /** Keeps the first steps from dividing by 0. 1e-8. */
  readonly eps?: ArrayLike;
}
interface CocobState {
  readonly initParticles: Tree;
  readonly cumulativeGradients: Tree;
  readonly scale: Tree;
  readonly subgradients: Tree;
  readonly reward: Tree;
}
/** Continuous coin betting (Orabona and Tommasi, 2017): each parameter bets on the sign of its next gradient. Needs parameters.
 * @example const tx = optim.contrib.scaleByCocob(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [-0.01, 0.01] */
export function scaleByCocob(options: ScaleByCocobOptions = {}): GradientTransformation {
  const { alpha = 100, eps = 1e-8 } = options;
  const init = (params: Tree): CocobState => ({
    ...{ initParticles: params, cumulativeGradients: n.zerosOf(params), scale: n.fullOf(params, eps) },
    ...{ subgradients: n.zerosOf(params), reward: n.zerosOf(params) },
  });
  return transformation<CocobState>(init, (updates, state, given) => {
    const params = needParams("contrib.scaleByCocob", given);
    const scale = mapLeaves((l, g) => np.maximum(l, np.abs(g)), state.scale, updates),
      subgradients = mapLeaves((s, g) => s.add(np.abs(g)), state.subgradients, updates),
      reward = mapLeaves((r, g, p, p0) => np.maximum(r.sub(g.mul(p.sub(p0))), 0), state.reward, updates, params, state.initParticles),
      cumulativeGradients = n.subtract(state.cumulativeGradients, updates);
    const out = mapLeaves(
      (p, p0, sum, l, s, r) => p0.add(sum.div(l.mul(np.maximum(s.add(l), np.multiply(alpha, l)))).mul(l.add(r))).sub(p),
      params,
      ...[state.initParticles, cumulativeGradients, scale, subgradients, reward],
    );
    return [out, { initParticles: state.initParticles, cumulativeGradients, scale, subgradients, reward }];
  });
}
/** Options of `cocob`. */
export interface CocobOptions extends ScaleByCocobOptions {
  /** What gradients are multiplied by, such as a schedule. 1. */
  readonly learningRate?: ScalarOrSchedule;
  readonly weightDecay?: ScalarOrSchedule;
  readonly mask?: Mask | null;
}
/** Continuous coin betting (Orabona and Tommasi, 2017). Needs parameters.
 * @example const tx = optim.contrib.cocob(), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.99, 2.01] */
export function cocob(options: CocobOptions = {}): GradientTransformation {
  const { learningRate = 1, weightDecay = 0, mask = null, ...rest } = options;
  return chain(addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate, { flipSign: false }), scaleByCocob(rest));
}

/** Options of `dadaptAdamw`. */
export interface DadaptAdamwOptions {
  /** Beside the rate that is found: 1, or a schedule that ends at 0. */
  readonly learningRate?: ScalarOrSchedule;
  /** Decays of both averages. 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  readonly eps?: ArrayLike;
  /** The rate to start from, too small rather than too large. 1e-6. */
  readonly estimLr0?: number;
  readonly weightDecay?: ArrayLike;
}
interface AdaptedState {
  readonly expAvg: Tree;
  readonly expAvgSq: Tree;
  readonly gradSum: Tree;
  readonly estimLr: Value;
  readonly numeratorWeighted: Value;
  readonly count: Value;
}
const startOf = (params: Tree, estimLr0: number): AdaptedState => ({
  ...{ expAvg: n.zerosOf(params), expAvgSq: n.zerosOf(params), gradSum: n.zerosOf(params) },
  ...{ estimLr: scalarLike(params, estimLr0), numeratorWeighted: scalarLike(params, 0), count: n.zeroCount() },
});
/** AdamW that estimates the distance to the solution, and takes it for its learning rate (Defazio and Mishchenko, 2023). Needs parameters.
 * @example const tx = optim.contrib.dadaptAdamw(), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [1, 2] */
export function dadaptAdamw(options: DadaptAdamwOptions = {}): GradientTransformation {
  const { learningRate = 1, betas = [0.9, 0.999], eps = 1e-8, estimLr0 = 1e-6, weightDecay = 0 } = options;
  const [b1, b2] = betas,
    root = Math.sqrt(b2);
  return transformation<AdaptedState>(
    (params) => startOf(params, estimLr0),
    (updates, state, given) => {
      const params = needParams("contrib.dadaptAdamw", given),
        count = n.safeIncrement(state.count);
      const rate = state.estimLr
        .mul(n.at(learningRate, state.count))
        .mul(adamRate(b1, b2, count))
        .astype(state.estimLr.dtype);
      const weighted = n.vdot(
        updates,
        mapLeaves((s, v) => s.div(np.sqrt(v).add(eps)), state.gradSum, state.expAvgSq),
      );
      const expAvg = mapLeaves((m, g) => m.mul(b1).add(rate.mul(1 - b1).mul(g)), state.expAvg, updates),
        expAvgSq = n.updateMoment(updates, state.expAvgSq, b2, 2),
        gradSum = mapLeaves((s, g) => s.mul(root).add(rate.mul(1 - root).mul(g)), state.gradSum, updates);
      const numeratorWeighted = state.numeratorWeighted.mul(root).add(rate.mul(1 - root).mul(weighted));
      const estimLr = np.maximum(state.estimLr, numeratorWeighted.div(absSum(gradSum).mul(1 - root)));
      const out = mapLeaves((m, v, p) => np.negative(rate.mul(weightDecay).mul(p)).sub(m.div(np.sqrt(v).add(eps))), expAvg, expAvgSq, params);
      return [out, { expAvg, expAvgSq, gradSum, estimLr, numeratorWeighted, count }];
    },
  );
}
/** Options of `prodigy`. */
export interface ProdigyOptions extends DadaptAdamwOptions {
  /** Decay of the estimate's averages; the root of the second of `betas`. */
  readonly beta3?: number | null;
  /** What estimates of the rate are multiplied by. 1. */
  readonly estimLrCoef?: ArrayLike;
  /** Whether the estimate leaves the learning rate out, which matters while that warms up. False. */
  readonly safeguardWarmup?: boolean;
}
interface ProdigyState extends AdaptedState {
  readonly params0: Tree;
}
/** D-adaptation that weighs later gradients more, and so finds its rate sooner (Mishchenko and Defazio, 2023). Needs parameters.
 * @example const tx = optim.contrib.prodigy(), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [1, 2] */
export function prodigy(options: ProdigyOptions = {}): GradientTransformation {
  const { learningRate = 1, betas = [0.9, 0.999], eps = 1e-8, estimLr0 = 1e-6, weightDecay = 0, estimLrCoef = 1, safeguardWarmup = false } = options;
  const [b1, b2] = betas,
    b3 = options.beta3 ?? Math.sqrt(b2);
  return transformation<ProdigyState>(
    (params) => ({ ...startOf(params, estimLr0), params0: params }),
    (updates, state, given) => {
      const params = needParams("contrib.prodigy", given),
        count = n.safeIncrement(state.count),
        old = state.estimLr;
      const rate = old
        .mul(n.at(learningRate, state.count))
        .mul(adamRate(b1, b2, count))
        .astype(old.dtype);
      const scaled = n.scaleTree(old, updates),
        way = n.vdot(updates, n.subtract(state.params0, params));
      const expAvg = n.updateMoment(scaled, state.expAvg, b1, 1),
        expAvgSq = n.updateMoment(scaled, state.expAvgSq, b2, 2);
      const weight = safeguardWarmup ? old : rate;
      const gradSum = mapLeaves((s, g) => s.mul(b3).add(weight.mul(g).div(estimLr0)), state.gradSum, scaled);
      const numeratorWeighted = state.numeratorWeighted.mul(b3).add(old.div(estimLr0).mul(rate).mul(way));
      const estimLr = np.maximum(old, np.multiply(estimLrCoef, numeratorWeighted).div(absSum(gradSum)));
      const out = mapLeaves(
        (m, v, p) => np.negative(rate.mul(weightDecay).mul(p)).sub(rate.mul(m).div(np.sqrt(v).add(estimLr.mul(eps)))),
        expAvg,
        expAvgSq,
        params,
      );
      return [out, { expAvg, expAvgSq, gradSum, params0: state.params0, estimLr, numeratorWeighted, count }];
    },
  );
}

/** How the first step of DoG is found: a distance, a learning rate, or a part of 1 + the norm of the parameters. */
export type DogInitStep = readonly [kind: "distance" | "learning_rate" | "heuristic", value: ArrayLike];
/** Options of `scaleByDog`. */
export interface ScaleByDogOptions {
  /** Added to the sum of squared norms. 1e-8. */
  readonly eps?: ArrayLike;
}
interface DogState {
  readonly isInitStep: Value;
  readonly initParams: Tree;
  readonly maxDist: Value;
  readonly sumSqNormGrads: Value;
}
/** Distance over gradients (Ivgi et al., 2023): how far it has come at most, by the root of all squared gradients. Needs parameters.
 * @example const tx = optim.contrib.scaleByDog(["distance", 0.5]), w = np.array([1, 2]); tx.update(np.array([3, 4]), tx.init(w), w)[0] // [0.3, 0.4] */
export function scaleByDog(initStep: DogInitStep, options: ScaleByDogOptions = {}): GradientTransformation {
  const { eps = 1e-8 } = options;
  if (!Array.isArray(initStep))
    throw new ArgumentError(
      `optim.contrib.scaleByDog: initStep is ${typeof initStep === "object" ? "an object" : String(initStep)}, expected a kind and its value, such as ["heuristic", 1e-6], ["distance", 0.1] or ["learning_rate", 0.05]`,
    );
  const [kind, value] = initStep;
  if (!["distance", "learning_rate", "heuristic"].includes(kind))
    throw new ArgumentError(
      `optim.contrib.scaleByDog: initStep begins with ${JSON.stringify(kind)}, expected "distance", "learning_rate" or "heuristic"`,
    );
  const init = (params: Tree): DogState => ({
    isInitStep: np.array(true),
    initParams: params,
    maxDist: scalarLike(params, kind === "learning_rate" ? 0 : kind === "distance" ? value : np.multiply(value, n.globalNorm(params).add(1))),
    sumSqNormGrads: scalarLike(params, 0),
  });
  return transformation<DogState>(init, (updates, state, given) => {
    const params = needParams("contrib.scaleByDog", given);
    const maxDist = np.maximum(state.maxDist, n.globalNorm(n.subtract(state.initParams, params))),
      sumSqNormGrads = state.sumSqNormGrads.add(n.squaredNorm(updates));
    const found = maxDist.div(np.sqrt(sumSqNormGrads.add(eps))),
      rate = kind === "learning_rate" ? np.where(state.isInitStep, value, found) : found;
    return [n.scaleTree(rate, updates), { isInitStep: np.array(false), initParams: state.initParams, maxDist, sumSqNormGrads }];
  });
}
/** Options of `dog`. */
export interface DogOptions extends ScaleByDogOptions, Decay {
  /** What the found rate is multiplied by. 1. */
  readonly learningRate?: ScalarOrSchedule;
  /** `["heuristic", 1e-6]`; with batch normalization 1e-4 is better. */
  readonly initStep?: DogInitStep;
}
/** Distance over gradients (Ivgi et al., 2023): gradient descent without a learning rate. Averages of the iterates are best evaluated. Needs parameters.
 * @example const tx = optim.contrib.dog(), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [1, 2] */
export function dog(options: DogOptions = {}): GradientTransformation {
  const { learningRate = 1, initStep = ["heuristic", 1e-6], eps = 1e-8 } = options;
  return chain(decayed(options), scaleByDog(initStep, { eps }), scaleByLearningRate(learningRate));
}
/** Options of `scaleByDowg`. */
export interface ScaleByDowgOptions {
  /** The first guess of the squared distance to the solution; `eps` where it is null. */
  readonly initEstimSqDist?: ArrayLike | null;
  /** Keeps rates from being divided by 0. 1e-4. */
  readonly eps?: ArrayLike;
}
interface DowgState {
  readonly initParams: Tree;
  readonly weightedSqNormGrads: Value;
  readonly estimSqDist: Value;
}
/** Distance over weighted gradients (Khaled et al., 2023): `scaleByDog` with gradients weighed by the distances at their time. Needs parameters.
 * @example const tx = optim.contrib.scaleByDowg(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.004432, -0.008865] */
export function scaleByDowg(options: ScaleByDowgOptions = {}): GradientTransformation {
  const { eps = 1e-4, initEstimSqDist = null } = options;
  const init = (params: Tree): DowgState => ({
    initParams: params,
    weightedSqNormGrads: scalarLike(params, 0),
    estimSqDist: scalarLike(params, initEstimSqDist ?? eps),
  });
  return transformation<DowgState>(init, (updates, state, given) => {
    const params = needParams("contrib.scaleByDowg", given);
    const estimSqDist = np.maximum(state.estimSqDist, n.squaredNorm(n.subtract(state.initParams, params))),
      weightedSqNormGrads = estimSqDist.mul(n.squaredNorm(updates)).add(state.weightedSqNormGrads);
    const rate = estimSqDist.div(np.sqrt(weightedSqNormGrads).add(eps));
    return [n.scaleTree(rate, updates), { initParams: state.initParams, weightedSqNormGrads, estimSqDist }];
  });
}
/** Options of `dowg`. */
export interface DowgOptions extends ScaleByDowgOptions, Decay {
  /** What the found rate is multiplied by. 1. */
  readonly learningRate?: ScalarOrSchedule;
}
/** Distance over weighted gradients (Khaled et al., 2023). Needs parameters.
 * @example const tx = optim.contrib.dowg(), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9956, 2.009] */
export function dowg(options: DowgOptions = {}): GradientTransformation {
  const { learningRate = 1, initEstimSqDist = null, eps = 1e-4 } = options;
  return chain(decayed(options), scaleByDowg({ initEstimSqDist, eps }), scaleByLearningRate(learningRate));
}
