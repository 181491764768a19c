// Maximum a posteriori policy optimization: MPO (Abdolmaleki et al., 2018) and V-MPO (Song et al., 2020). Examples have any shape E, the same one in all
// arguments. An E-step weighs actions by their values under a temperature, an M-step makes the policy likelier to take them, within bounds of its change.
import { ArgumentError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, axisOf } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { allGather, pmax } from "../lax/collectives.ts";
import { logsumexp } from "../nn/index.ts";
import { AllSum } from "./base.ts";
import { between, checked, float, held, sameShape, scalar } from "./check.ts";

/** A bound that is held by a dual variable. */
export interface LagrangePenalty {
  /** The dual variable: one number, or one for each dimension. */
  readonly alpha: ArrayLike;
  /** The bound, one number. */
  readonly epsilon: ArrayLike;
  /** Whether each dimension has a bound of its own; the constraint then has an axis more, which is summed. */
  readonly perDimension?: boolean;
}
/** What is bounded, [E] or [E, A], and the bound. */
export type KlConstraint = readonly [kl: ArrayLike, penalty: LagrangePenalty];
/** The parts of the loss. */
export interface MpoOutputs {
  /** [E] in MPO, a scalar in V-MPO. */
  readonly temperatureLoss: Value;
  readonly policyLoss: Value;
  readonly klLoss: Value;
  readonly alphaLoss: Value;
  readonly normalizedWeights: Value;
  readonly numSamples: ArrayLike;
}
/** Holds dual variables above 0. */
export type ProjectionOperator = (x: Value) => Value;
const SMALL = 1e-10;
const aboveZero: ProjectionOperator = (x) => np.maximum(x, SMALL);

/** What both losses can be told. */
export interface MpoWeightOptions {
  /** Holds dual variables above 0; at least 1e-10. */
  readonly projectionOperator?: ProjectionOperator;
  /** Weights of the parts. 1 each. */
  readonly policyLossWeight?: ArrayLike;
  readonly temperatureLossWeight?: ArrayLike;
  readonly klLossWeight?: ArrayLike;
  readonly alphaLossWeight?: ArrayLike;
  /** Whether weights and bounds count as constants where they are not learned. True. */
  readonly useStopGradient?: boolean;
}
const weighed = (q: MpoWeightOptions, parts: Pick<MpoOutputs, "policyLoss" | "temperatureLoss" | "klLoss" | "alphaLoss">): Value =>
  np
    .multiply(q.policyLossWeight ?? 1, parts.policyLoss)
    .add(np.multiply(q.temperatureLossWeight ?? 1, parts.temperatureLoss))
    .add(np.multiply(q.klLossWeight ?? 1, parts.klLoss))
    .add(np.multiply(q.alphaLossWeight ?? 1, parts.alphaLoss));
const dual = (fn: string, penalty: LagrangePenalty): { alpha: Value; epsilon: Value } =>
  checked(fn, { alpha: float(penalty.alpha), epsilon: scalar(penalty.epsilon) });

/** Options of `mpoLoss`. */
export interface MpoLossOptions extends MpoWeightOptions {
  /** The axis of the sampled actions. 0. */
  readonly sampleAxis?: number;
}
/**
 * MPO's loss of each example.
 * @param sampleLogProbs logarithms of the sampled actions' probabilities under the policy, floats [S, E] (S at `sampleAxis`)
 * @param sampleQValues their values, in the same shape
 * @param temperatureConstraint the bound of the E-step
 * @param klConstraints bounds of the M-step, with what they bound
 * @returns losses, [E], and their parts
 * @example rl.mpoLoss(np.array([[-1], [-2]]), np.array([[1], [1]]), { alpha: 2, epsilon: 0.5 }, [])[0] // [3.5]
 */
export function mpoLoss(
  sampleLogProbs: ArrayLike,
  sampleQValues: ArrayLike,
  temperatureConstraint: LagrangePenalty,
  klConstraints: readonly KlConstraint[],
  options: MpoLossOptions = {},
): [loss: Value, outputs: MpoOutputs] {
  const { useStopGradient = true, projectionOperator = aboveZero } = options;
  const a = checked("mpoLoss", { sampleLogProbs: float(sampleLogProbs), sampleQValues: float(sampleQValues) });
  sameShape("mpoLoss", a);
  const axis = axisOf("rl.mpoLoss", options.sampleAxis ?? 0, a.sampleQValues.ndim);
  const [temperatureLoss, weights, numSamples] = mpoComputeWeightsAndTemperatureLoss(a.sampleQValues, temperatureConstraint, projectionOperator, {
    sampleAxis: axis,
  });
  const normalizedWeights = held(weights, useStopGradient);
  const policyLoss = np.negative(np.sum(normalizedWeights.mul(a.sampleLogProbs), { axis }));
  const [klLoss, alphaLoss] = computeParametricKlPenaltyAndDualLoss(klConstraints, projectionOperator, { useStopGradient });
  const outputs = { temperatureLoss, policyLoss, klLoss, alphaLoss, normalizedWeights, numSamples };
  return [weighed(options, outputs), outputs];
}
/** Options of `mpoComputeWeightsAndTemperatureLoss`. */
export interface MpoWeightsOptions {
  /** The axis of the sampled actions. 0. */
  readonly sampleAxis?: number;
}
/** MPO's E-step: the loss of the temperature, [E], weights of the sampled actions in the shape of their values, and their number.
 * @example rl.mpoComputeWeightsAndTemperatureLoss(np.array([[0], [1]]), { alpha: 1, epsilon: 0.5 }, (x) => np.maximum(x, 1e-10))[1] // [[0.2689],
 * [0.7311]] */
export function mpoComputeWeightsAndTemperatureLoss(
  sampleQValues: ArrayLike,
  temperatureConstraint: LagrangePenalty,
  projectionOperator: ProjectionOperator,
  options: MpoWeightsOptions = {},
): [temperatureLoss: Value, normalizedWeights: Value, numSamples: number] {
  const fn = "mpoComputeWeightsAndTemperatureLoss";
  const { sampleQValues: q } = checked(fn, { sampleQValues: float(sampleQValues) }),
    { alpha, epsilon } = dual(fn, temperatureConstraint);
  const axis = axisOf(`rl.${fn}`, options.sampleAxis ?? 0, q.ndim),
    samples = q.shape[axis]!,
    temperature = projectionOperator(alpha),
    scaled = q.div(temperature);
  const log = logsumexp(scaled, { axis, keepdims: true });
  const temperatureLoss = temperature.mul(epsilon).add(temperature.mul(np.squeeze(log, { axis }).sub(Math.log(samples))));
  const weights = np.exp(scaled.sub(log));
  return [temperatureLoss, weights.div(np.sum(weights, { axis, keepdims: true })), samples];
}
/** Options of losses of bounds. */
export interface DualLossOptions {
  /** Whether each of bound and bounded counts as a constant in the other's loss. True. */
  readonly useStopGradient?: boolean;
}
/** The losses of all bounds, [E] each: what is bounded by its dual variable, and the dual variable by what is left of the bound.
 * @example rl.computeParametricKlPenaltyAndDualLoss([[np.array([0.25]), { alpha: 2, epsilon: 0.5 }]], (x) => np.maximum(x, 0)) // [[0.5], [0.5]] */
export function computeParametricKlPenaltyAndDualLoss(
  klConstraints: readonly KlConstraint[],
  projectionOperator: ProjectionOperator,
  options: DualLossOptions = {},
): [klLoss: Value, alphaLoss: Value] {
  const losses = klConstraints.map(([kl, penalty]) => klConstraintLoss(kl, penalty, projectionOperator, options));
  const sum = (part: 0 | 1): Value => losses.reduce((s, l) => s.add(l[part]), np.array(0));
  return [sum(0), sum(1)];
}
/** One bound: the loss of what is bounded, that of the dual variable, and the variable above 0.
 * @example rl.klConstraintLoss(np.array([0.25]), { alpha: 2, epsilon: 0.5 }, (x) => np.maximum(x, 0)) // [[0.5], [0.5], 2] */
export function klConstraintLoss(
  kl: ArrayLike,
  penalty: LagrangePenalty,
  projectionOperator: ProjectionOperator,
  options: DualLossOptions = {},
): [klLoss: Value, alphaLoss: Value, alpha: Value] {
  const { useStopGradient = true } = options;
  const { kl: k } = checked("klConstraintLoss", { kl: float(kl) }),
    { alpha, epsilon } = dual("klConstraintLoss", penalty);
  const projected = projectionOperator(alpha),
    each = (x: Value): Value => (penalty.perDimension ? np.sum(x, { axis: -1 }) : x);
  const alphaLoss = projected.mul(epsilon.sub(held(k, useStopGradient)));
  return [each(held(projected, useStopGradient).mul(k)), each(alphaLoss), projected];
}

/** Options of `vmpoLoss`. */
export interface VmpoLossOptions extends MpoWeightOptions {
  /** 0 where a step starts an episode, which no action led to; [E]. Ones. */
  readonly restartingWeights?: ArrayLike | null;
  /** Weights of the examples, [E]. Ones. */
  readonly importanceWeights?: ArrayLike | null;
  /** The part of the examples, those of the largest advantages, that is learned from. 0.5. */
  readonly topKFraction?: number;
  /** A named axis of vmap that has the other examples. */
  readonly axisName?: string | null;
}
/**
 * V-MPO's loss of each example.
 * @param sampleLogProbs logarithms of the taken actions' probabilities under the policy, floats [E]
 * @param advantages advantages, [E]
 * @param temperatureConstraint the bound of the E-step
 * @param klConstraints bounds of the M-step, with what they bound
 * @returns losses, [E], and their parts
 * @example rl.vmpoLoss(np.array([-1, -2]), np.array([0, 1]), { alpha: 2, epsilon: 0.5 }, [])[0] // [2, 6]
 */
export function vmpoLoss(
  sampleLogProbs: ArrayLike,
  advantages: ArrayLike,
  temperatureConstraint: LagrangePenalty,
  klConstraints: readonly KlConstraint[],
  options: VmpoLossOptions = {},
): [loss: Value, outputs: MpoOutputs] {
  const { useStopGradient = true, projectionOperator = aboveZero, topKFraction = 0.5, axisName = null } = options;
  const a = checked("vmpoLoss", { sampleLogProbs: float(sampleLogProbs), advantages: float(advantages) });
  const ones = np.onesLike(a.sampleLogProbs);
  const restarting = asArray(options.restartingWeights ?? ones, "rl.vmpoLoss", "restartingWeights"),
    importance = asArray(options.importanceWeights ?? ones, "rl.vmpoLoss", "importanceWeights");
  sameShape("vmpoLoss", { ...a, restartingWeights: restarting, importanceWeights: importance });
  const [temperatureLoss, normalizedWeights, numSamples] = vmpoComputeWeightsAndTemperatureLoss(
    ...([a.advantages, restarting, importance, temperatureConstraint, projectionOperator, topKFraction] as const),
    { axisName, useStopGradient },
  );
  // Weights add up to 1: times the number of examples, so that a mean of the losses is a sum of the weighed ones.
  const examples = axisName === null ? a.sampleLogProbs.size : allGather(a.sampleLogProbs, axisName).size;
  const policyLoss = np.negative(a.sampleLogProbs).mul(normalizedWeights).mul(examples);
  const [klLoss, alphaLoss] = computeParametricKlPenaltyAndDualLoss(klConstraints, projectionOperator, { useStopGradient });
  const outputs = { temperatureLoss, policyLoss, klLoss, alphaLoss, normalizedWeights, numSamples };
  return [weighed(options, outputs), outputs];
}
/** Options of `vmpoComputeWeightsAndTemperatureLoss`. */
export interface VmpoWeightsOptions {
  /** A named axis of vmap that has the other examples. */
  readonly axisName?: string | null;
  /** Whether weights count as constants. True. */
  readonly useStopGradient?: boolean;
}
/** 1 for the largest advantages among steps that start no episode. */
function topKWeights(fraction: number, restarting: Value, scaled: Value, { axisName = null, useStopGradient = true }: VmpoWeightsOptions): Value {
  between("vmpoLoss", "topKFraction", fraction, 0, 1);
  if (fraction === 1) return restarting;
  const valid = scaled.sub(np.subtract(1, restarting).mul(1e6)),
    all = axisName === null ? valid : allGather(valid, axisName),
    count = Math.floor(fraction * all.size);
  if (count === 0) throw new ArgumentError(`rl.vmpoLoss: topKFraction is ${fraction}, which is none of ${all.size} examples`);
  const least = np.sort(all.ravel()).get(-count);
  return restarting.mul(held(valid.ge(least).astype("float32"), useStopGradient));
}
/** V-MPO's E-step: the loss of the temperature (a scalar), weights of the examples, [E], and their number.
 * @example rl.vmpoComputeWeightsAndTemperatureLoss(np.array([0, 1]), np.ones([2]), np.ones([2]), { alpha: 2, epsilon: 0.5 }, (x) => np.maximum(x,
 * 0), 1)[1] // [0.3775, 0.6225] */
export function vmpoComputeWeightsAndTemperatureLoss(
  advantages: ArrayLike,
  restartingWeights: ArrayLike,
  importanceWeights: ArrayLike,
  temperatureConstraint: LagrangePenalty,
  projectionOperator: ProjectionOperator,
  topKFraction: number,
  options: VmpoWeightsOptions = {},
): [temperatureLoss: Value, normalizedWeights: Value, numSamples: Value] {
  const fn = "vmpoComputeWeightsAndTemperatureLoss";
  const { axisName = null, useStopGradient = true } = options;
  const a = checked(fn, { advantages: float(advantages), restarting: float(restartingWeights), importance: float(importanceWeights) }),
    { alpha, epsilon } = dual(fn, temperatureConstraint);
  sameShape(fn, a);
  const temperature = projectionOperator(alpha),
    scaled = a.restarting.mul(a.advantages).div(temperature);
  const own = held(np.max(scaled), useStopGradient || axisName !== null),
    largest = axisName === null ? own : (pmax(own, axisName) as Value);
  const among = topKWeights(topKFraction, a.restarting, scaled, options);
  const allSum = new AllSum(axisName);
  const weights = among.mul(held(a.importance, useStopGradient)).mul(np.exp(scaled.sub(largest)));
  const sum = allSum.call(weights).add(SMALL),
    numSamples = allSum.call(among).add(SMALL);
  const temperatureLoss = temperature.mul(epsilon.add(np.log(sum).add(largest).sub(np.log(numSamples))));
  return [temperatureLoss, held(weights.div(sum), useStopGradient), numSamples];
}
