// Values that are learned in a squeezed form (Pohlen et al., 2018; van Hasselt et al., 2019): they are unsqueezed, returns are computed, and these squeezed.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { batchedIndex } from "./base.ts";
import { type TargetOptions, checked, held, indices, matrix, scalarOrVector, vector } from "./check.ts";
import {
  type LambdaReturnsOptions,
  type NStepOptions,
  generalOffPolicyReturnsFromActionValues,
  lambdaReturns,
  nStepBootstrappedReturns,
} from "./multistep.ts";
import {
  hyperbolicArcsin,
  hyperbolicSin,
  identity,
  signedExpm1,
  signedHyperbolic,
  signedLogp1,
  signedParabolic,
  transformFrom2hot,
  transformFrom2hotNonlinear,
  transformTo2hot,
  transformTo2hotNonlinear,
} from "./transforms.ts";
import { type RetraceOptions, traceWeights } from "./valueLearning.ts";

/** A transformation and its inverse. */
export interface TxPair {
  /** The transformed values, elementwise.
   * @example rl.IDENTITY_PAIR.apply(np.array([3])) // [3] */
  apply(x: ArrayLike): Value;
  /** The inverse of `apply`, elementwise.
   * @example rl.SIGNED_LOGP1_PAIR.applyInv(rl.SIGNED_LOGP1_PAIR.apply(np.array([-7, 3]))) // [-7, 3] */
  applyInv(x: ArrayLike): Value;
}
export const IDENTITY_PAIR: TxPair = { apply: identity, applyInv: identity };
export const SIGNED_LOGP1_PAIR: TxPair = { apply: signedLogp1, applyInv: signedExpm1 };
export const SIGNED_HYPERBOLIC_PAIR: TxPair = { apply: (x) => signedHyperbolic(x), applyInv: (x) => signedParabolic(x) };
export const HYPERBOLIC_SIN_PAIR: TxPair = { apply: hyperbolicArcsin, applyInv: hyperbolicSin };
/** Discounts near 1 spread out: −log(1 − x). */
export const DISCOUNT_TRANSFORM_PAIR: TxPair = {
  apply: (x) => np.negative(np.log(np.subtract(1, x))),
  applyInv: (x) => np.subtract(1, np.exp(np.negative(x))),
};
/** Numbers as histograms of `numBins` even bins, and back.
 * @example rl.twohotPair(0, 1, 3).apply(np.array(0.25)) // [0.5, 0.5, 0] */
export const twohotPair = (minValue: number, maxValue: number, numBins: number): TxPair => ({
  apply: (x) => transformTo2hot(x, minValue, maxValue, numBins),
  applyInv: (x) => transformFrom2hot(x, minValue, maxValue, numBins),
});
/** One pair of several, applied in order.
 * @example rl.composeTx(rl.SIGNED_LOGP1_PAIR, rl.twohotPair(0, 2, 3)).apply(np.array(1)) // [0.3068, 0.6932, 0] */
export const composeTx = (...txList: readonly TxPair[]): TxPair => ({
  apply: (x) => txList.reduce((v, tx) => tx.apply(v), identity(x)),
  applyInv: (x) => txList.reduceRight((v, tx) => tx.applyInv(v), identity(x)),
});
/** MuZero's values: squeezed, then a histogram of even bins (Schrittwieser et al., 2020).
 * @example rl.muzeroPair(0, 2, 3, rl.SIGNED_LOGP1_PAIR).apply(np.array(1)) // [0.3068, 0.6932, 0] */
export const muzeroPair = (minValue: number, maxValue: number, numBins: number, tx: TxPair): TxPair =>
  composeTx(tx, twohotPair(minValue, maxValue, numBins));
/** As `muzeroPair`, but the bins are squeezed in place of the numbers, so that means are unbiased. Bounds are those of the squeezed space.
 * @example rl.unbiasedTransformPair(0, 2, 3, rl.SIGNED_LOGP1_PAIR).apply(np.array(4)) // [0, 0.5115, 0.4885] */
export function unbiasedTransformPair(minValue: number, maxValue: number, numBins: number, tx: TxPair): TxPair {
  const bins = tx.applyInv(np.linspace(minValue, maxValue, { num: numBins }));
  return { apply: (x) => transformTo2hotNonlinear(x, bins), applyInv: (x) => transformFrom2hotNonlinear(x, bins) };
}

/** `lambdaReturns` of squeezed values: `vT` is unsqueezed, the returns are squeezed.
 * @example rl.transformedLambdaReturns(rl.SIGNED_LOGP1_PAIR, np.array([1, 1]), np.array([0.5, 0.5]), np.array([1, 1])) // [1.075, 1.051] */
export const transformedLambdaReturns = (
  txPair: TxPair,
  rT: ArrayLike,
  discountT: ArrayLike,
  vT: ArrayLike,
  options: LambdaReturnsOptions = {},
): Value => txPair.apply(lambdaReturns(rT, discountT, txPair.applyInv(vT), options));
/** `nStepBootstrappedReturns` of squeezed values: `vT` is unsqueezed, the returns are squeezed.
 * @example rl.transformedNStepReturns(rl.SIGNED_LOGP1_PAIR, np.array([1, 1]), np.array([0.5, 0.5]), np.array([1, 1]), 2) // [1.075, 1.051] */
export const transformedNStepReturns = (
  txPair: TxPair,
  rT: ArrayLike,
  discountT: ArrayLike,
  vT: ArrayLike,
  n: number,
  options: NStepOptions = {},
): Value => txPair.apply(nStepBootstrappedReturns(rT, discountT, txPair.applyInv(vT), n, options));
/** `generalOffPolicyReturnsFromActionValues` of squeezed values: `qT` is unsqueezed, the returns are squeezed.
 * @example rl.transformedGeneralOffPolicyReturnsFromActionValues(rl.IDENTITY_PAIR, np.array([[1, 3]]), np.int32([0]), np.array([1]),
 * np.array([0.5]), np.array([1]), np.array([[0.5, 0.5]])) // [2] */
export const transformedGeneralOffPolicyReturnsFromActionValues = (
  txPair: TxPair,
  qT: ArrayLike,
  aT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  cT: ArrayLike,
  piT: ArrayLike,
  options: TargetOptions = {},
): Value => txPair.apply(generalOffPolicyReturnsFromActionValues(txPair.applyInv(qT), aT, rT, discountT, cT, piT, options));

/** Options of errors of squeezed values. */
export interface TransformedOptions extends TargetOptions {
  /** The transformation and its inverse. `IDENTITY_PAIR`. */
  readonly txPair?: TxPair;
}
/**
 * `qLambda` of squeezed values.
 * @param qTm1 action values at 0 … T − 1, floats [T, A]
 * @param aTm1 actions at 0 … T − 1, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param qT action values at 1 … T, [T, A]
 * @param lambda mixing parameter, one for all steps or [T]
 * @returns errors, [T]
 * @example rl.transformedQLambda(np.array([[0, 1]]), np.int32([1]), np.array([1]), np.array([0.5]), np.array([[2, 4]]), 1, { txPair:
 * rl.SIGNED_LOGP1_PAIR }) // [2.36]
 */
export function transformedQLambda(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  lambda: ArrayLike,
  options: TransformedOptions = {},
): Value {
  const { stopTargetGradients = true, txPair = IDENTITY_PAIR } = options;
  const a = checked("transformedQLambda", {
    ...{ qTm1: matrix(qTm1), aTm1: indices(aTm1), rT: vector(rT), discountT: vector(discountT), qT: matrix(qT), lambda: scalarOrVector(lambda) },
  });
  const target = transformedLambdaReturns(txPair, a.rT, a.discountT, np.max(a.qT, { axis: -1 }), { lambda: a.lambda });
  return held(target, stopTargetGradients).sub(batchedIndex(a.qTm1, a.aTm1));
}
/** Options of `transformedRetrace`. */
export interface TransformedRetraceOptions extends RetraceOptions, TransformedOptions {}
/** `retrace` of squeezed values (Kapturowski et al., 2019), with its arguments. Errors, [T].
 * @example rl.transformedRetrace(np.array([[0, 1]]), np.array([[2, 4]]), np.int32([1]), np.int32([0]), np.array([1]), np.array([0.5]),
 * np.array([[0.5, 0.5]]), np.array([0.5]), 1) // [1.5] */
export function transformedRetrace(
  qTm1: ArrayLike,
  qT: ArrayLike,
  aTm1: ArrayLike,
  aT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  piT: ArrayLike,
  muT: ArrayLike,
  lambda: ArrayLike,
  options: TransformedRetraceOptions = {},
): Value {
  const { stopTargetGradients = true, txPair = IDENTITY_PAIR } = options;
  const a = checked("transformedRetrace", {
    ...{ qTm1: matrix(qTm1), qT: matrix(qT), aTm1: indices(aTm1), aT: indices(aT), rT: vector(rT), discountT: vector(discountT) },
    ...{ piT: matrix(piT), muT: vector(muT), lambda: scalarOrVector(lambda) },
  });
  const c = traceWeights(a.piT, a.aT, a.muT, a.lambda, options.eps ?? 1e-8);
  const target = transformedGeneralOffPolicyReturnsFromActionValues(txPair, a.qT, a.aT, a.rT, a.discountT, c, a.piT);
  return held(target, stopTargetGradients).sub(batchedIndex(a.qTm1, a.aTm1));
}
/**
 * Q-learning of n steps with squeezed values (Kapturowski et al., 2019).
 * @param qTm1 action values at 0 … T − 1, floats [T, A]
 * @param aTm1 actions at 0 … T − 1, integers [T]
 * @param targetQT action values of the target network at 1 … T, [T, A]
 * @param aT actions at 1 … T whose values are bootstrapped from, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param n number of steps
 * @returns errors, [T]
 * @example rl.transformedNStepQLearning(np.array([[0, 1]]), np.int32([1]), np.array([[2, 4]]), np.int32([0]), np.array([1]), np.array([0.5]), 1, {
 * txPair: rl.SIGNED_LOGP1_PAIR }) // [0.6476]
 */
export function transformedNStepQLearning(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  targetQT: ArrayLike,
  aT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  n: number,
  options: TransformedOptions = {},
): Value {
  const { stopTargetGradients = true, txPair = IDENTITY_PAIR } = options;
  const a = checked("transformedNStepQLearning", {
    ...{ qTm1: matrix(qTm1), aTm1: indices(aTm1), targetQT: matrix(targetQT), aT: indices(aT), rT: vector(rT), discountT: vector(discountT) },
  });
  const target = transformedNStepReturns(txPair, a.rT, a.discountT, batchedIndex(a.targetQT, a.aT), n);
  return held(target, stopTargetGradients).sub(batchedIndex(a.qTm1, a.aTm1));
}
