// What agents are built of beside losses: inputs of their networks, parts of trajectories, target networks, running moments, policies as targets.
import { type Tree } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import type { Tail } from "../core/signature.ts";
import { asArray, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { pmean } from "../lax/collectives.ts";
import { choice, split } from "../random/draws.ts";
import { vmap } from "../transforms/vectorize.ts";
import { oneHot } from "./base.ts";
import { checked, float, held, indices, integer, matrix, vector } from "./check.ts";
import { treeSelect } from "./trees.ts";

/**
 * Observation, action and reward as one row each: features, one-hot action, tanh(reward).
 * @param features floats [B, D]
 * @param action the action before, integers [B]
 * @param reward its reward, floats [B]
 * @returns [B, D + A + 1]
 * @example rl.embedOar(np.array([[0.5]]), np.int32([1]), np.array([0]), 2) // [[0.5, 0, 1, 0]]
 */
export function embedOar(features: ArrayLike, action: ArrayLike, reward: ArrayLike, numActions: number): Value {
  const a = checked("embedOar", { features: matrix(features), action: indices(action), reward: vector(reward) });
  return np.concatenate([a.features, oneHot(a.action, numActions), np.expandDims(np.tanh(a.reward), -1)], { axis: -1 });
}
/** Options of `extractSubsequences`. */
export interface ExtractSubsequencesOptions {
  /** The length of the parts. 1. */
  readonly subsequenceLen?: number;
  /** The largest start, for a check that trajectories are long enough. */
  readonly maxValidStartIdx?: number | null;
}
/**
 * Parts of trajectories, which may overlap.
 * @param trajectories [T, B, ...]
 * @param startIndices where parts start, integers [B, N]
 * @returns [subsequenceLen, B, N, ...]. ShapeError where trajectories are shorter than the last part needs.
 * @example rl.extractSubsequences(np.arange(4).reshape([4, 1]), np.int32([[0, 2]]), { subsequenceLen: 2 }) // [[[0, 2]], [[1, 3]]]
 */
export function extractSubsequences(trajectories: ArrayLike, startIndices: ArrayLike, options: ExtractSubsequencesOptions = {}): Value {
  const { subsequenceLen = 1, maxValidStartIdx = null } = options;
  const x = asArray(trajectories, "rl.extractSubsequences", "trajectories"),
    { startIndices: starts } = checked("extractSubsequences", { startIndices: integer(startIndices, 2) });
  if (maxValidStartIdx !== null && x.shape[0]! < maxValidStartIdx + subsequenceLen)
    throw new ShapeError(
      `rl.extractSubsequences: trajectories have ${x.shape[0]} steps, expected at least ${maxValidStartIdx + subsequenceLen}: maxValidStartIdx + subsequenceLen`,
    );
  const times = np.arange(subsequenceLen).reshape([-1, 1, 1]).add(starts);
  return x.get(times, np.arange(starts.shape[0]!).reshape([1, -1, 1]));
}
/** Starts of parts, drawn for each trajectory without repetition from 0 … maxValidStartIdx: int32 [batchSize, numStartIndices].
 * @example rl.sampleStartIndices(random.key(0), 3, 2, 9).shape // [3, 2] */
export function sampleStartIndices(rngKey: Value, batchSize: number, numStartIndices: number, maxValidStartIdx: number): Value {
  const window = np.arange(maxValidStartIdx + 1);
  const draw = (key: Value): Value => choice(key, window, { shape: [numStartIndices], replace: false });
  return vmap(draw)(split(rngKey, batchSize));
}
/** Kinds of time steps, as environments say them. */
const [FIRST, MID, LAST] = [0, 1, 2];
/** Steps in the midst of an episode that are followed by a first one become last ones: the episode was interrupted. Integers [T, B].
 * @example rl.fixStepTypeOnInterruptions(np.int32([[0], [1], [0], [1]])) // [[0], [2], [0], [1]] */
export function fixStepTypeOnInterruptions(stepType: ArrayLike): Value {
  const { stepType: s } = checked("fixStepTypeOnInterruptions", { stepType: integer(stepType, 2) });
  const next = np.concatenate([s.get("1:"), np.fullLike(s.get(":1"), MID)], { axis: 0 });
  return np.where(np.logicalAnd(next.eq(FIRST), s.eq(MID)), LAST, s);
}
/** `newTensors` where it is time, else `oldTensors`: two pytrees of one structure.
 * @example rl.conditionalUpdate({ w: np.array(1) }, { w: np.array(2) }, np.array(true)) // { w: 1 } */
export const conditionalUpdate = <T>(newTensors: T, oldTensors: T, isTime: ArrayLike): T => treeSelect(isTime, newTensors, oldTensors);
/** `newTensors` at every `updatePeriod`-th step, else `oldTensors`: how target networks follow.
 * @example rl.periodicUpdate({ w: np.array(1) }, { w: np.array(2) }, np.int32(4), 2) // { w: 1 } */
export const periodicUpdate = <T>(newTensors: T, oldTensors: T, steps: ArrayLike, updatePeriod: number): T =>
  conditionalUpdate(newTensors, oldTensors, np.remainder(steps, updatePeriod).eq(0));

/** Means and variances, in the structure of what is followed. */
export interface EmaMoments<T = Tree> {
  readonly mean: T;
  readonly variance: T;
}
/** Averages of values and of squares, and the product of all decays. */
export interface EmaState<T = Tree> {
  readonly mu: T;
  readonly nu: T;
  readonly decayProduct: Value;
}
/** Options of `createEma`. */
export interface EmaOptions {
  /** How much stays of the averages at each step. 0.999. */
  readonly decay?: ArrayLike;
  /** A named axis of vmap over which means are taken as well. */
  readonly pmeanAxisName?: string | null;
}
/**
 * Running means and variances of the leaves of a tree, a number each, as if they had not started at 0.
 * @returns a function that gives the first state for a tree, and one of `(tree, state)` that gives moments and the next state
 * @example const [start, update] = rl.createEma<Array>(0.9); update(np.array([1, 3]), start(np.zeros([2])))[0] // { mean: 2, variance: 1 }
 */
export function createEma<T = Tree>(
  ...rest: Tail<[decay: ArrayLike, pmeanAxisName: string | null], EmaOptions>
): [initState: (template: T) => EmaState<T>, updateMoments: (tree: T, state: EmaState<T>) => [EmaMoments<T>, EmaState<T>]] {
  const { decay = 0.999, pmeanAxisName = null } = options<EmaOptions>("rl.createEma", ["decay", "pmeanAxisName"], rest);
  const each = (fn: (...leaves: Value[]) => Value, tree: T, ...others: T[]): T =>
    mapTree(fn as (...leaves: never[]) => unknown, tree, ...others) as T;
  const zeros = (template: T): T => each((x) => np.zerosLike(np.mean(x)), template);
  const moved = (moment: Value, value: Value): Value => {
    const mean = np.mean(value);
    return np.multiply(decay, moment).add(np.subtract(1, decay).mul(pmeanAxisName === null ? mean : pmean(mean, pmeanAxisName)));
  };
  return [
    (template) => ({ mu: zeros(template), nu: zeros(template), decayProduct: np.ones([]) }),
    (tree, state) => {
      const mu = each(moved, state.mu, tree),
        nu = each((m, x) => moved(m, np.square(x)), state.nu, tree),
        decayProduct = state.decayProduct.mul(decay);
      const debias = np.divide(1, np.maximum(np.subtract(1, decayProduct), np.finfo(decayProduct.dtype).tiny));
      const mean = each((m) => m.mul(debias), mu);
      const variance = each((m2, m) => np.maximum(0, m2.mul(debias).sub(np.square(m))), nu, mean);
      return [
        { mean, variance },
        { mu, nu, decayProduct },
      ];
    },
  ];
}

/** A policy as something to learn from: actions, [N, ...], and a weight for each. */
export interface PolicyTarget {
  readonly actions: Value;
  readonly weights: Value;
}
/** A distribution of actions with its parameters in it. */
export interface PolicyDistribution {
  /** Draws of shape [...sampleShape, ...batchShape, ...]. */
  sample(key: Value, sampleShape: readonly number[]): Value;
  /** Logarithms of probabilities or densities of such draws. */
  logProb(actions: Value): Value;
  readonly batchShape: readonly number[];
}
/** Options of `constantPolicyTargets`. */
export interface PolicyTargetOptions {
  /** The weight of each action. 1. */
  readonly weightsScale?: ArrayLike;
}
/** Actions drawn from a distribution, all of one weight.
 * @example rl.constantPolicyTargets({ sample: (_key: Array, shape: readonly number[]) => np.ones([...shape, 1]), logProb: (a: Array) =>
 * a.mul(-0.5), batchShape: [1] }, random.key(0), 2, 0.5).weights // [[0.5], [0.5]] */
export function constantPolicyTargets(
  distribution: PolicyDistribution,
  rngKey: Value,
  numSamples: number,
  ...rest: Tail<[weightsScale: ArrayLike], PolicyTargetOptions>
): PolicyTarget {
  const { weightsScale = 1 } = options<PolicyTargetOptions>("rl.constantPolicyTargets", ["weightsScale"], rest);
  const actions = distribution.sample(rngKey, [numSamples]);
  return { actions, weights: np.multiply(weightsScale, np.ones([numSamples, ...distribution.batchShape])) };
}
/** Actions drawn from a distribution, of weight 0: nothing is learned from them.
 * @example rl.zeroPolicyTargets({ sample: (_key: Array, shape: readonly number[]) => np.ones([...shape, 1]), logProb: (a: Array) => a.mul(-0.5),
 * batchShape: [1] }, random.key(0), 2).weights // [[0], [0]] */
export const zeroPolicyTargets = (distribution: PolicyDistribution, rngKey: Value, numSamples: number): PolicyTarget =>
  constantPolicyTargets(distribution, rngKey, numSamples, 0);
/** Options of `sampledPolicyDistillationLoss`. */
export interface DistillationOptions {
  /** Whether the targets count as constants. True. */
  readonly stopTargetGradients?: boolean;
}
/** −mean of weight·log probability of the targets under a predicted distribution, a scalar. Weights of 0 count nothing, however unlikely the action.
 * @example const coin = { sample: (_key: Array, shape: readonly number[]) => np.ones([...shape, 1]), logProb: (a: Array) => a.mul(-0.5),
 * batchShape: [1] }; rl.sampledPolicyDistillationLoss(coin, rl.constantPolicyTargets(coin, random.key(0), 2)) // 0.5 */
export function sampledPolicyDistillationLoss(
  distribution: PolicyDistribution,
  policyTargets: PolicyTarget,
  options: DistillationOptions = {},
): Value {
  const stop = options.stopTargetGradients ?? true;
  const { weights } = checked("sampledPolicyDistillationLoss", { weights: float(policyTargets.weights) });
  const logs = distribution.logProb(held(policyTargets.actions, stop));
  return np.negative(np.mean(held(weights, stop).mul(np.maximum(logs, np.finfo(logs.dtype).min))));
}
