// Losses of classes: logits or scores against labels, one-hot or as integers.
import type { ArrayLike } from "../../core/treeTypes.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { Value } from "../../core/value.ts";
import { type Axis, asArray, axesOf } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { logSigmoid, logSoftmax, logsumexp, oneHot, softmax, sparsePlus } from "../../nn/index.ts";
import { customJvp } from "../../transforms/custom.ts";
import { vmap } from "../../transforms/vectorize.ts";
import { projectionSimplex } from "../projections.ts";
import { floats, integers, sameShape } from "./check.ts";

/** Options of losses over an axis of classes. */
export interface ClassAxisOptions {
  readonly axis?: Axis;
  /** Which classes count. */
  readonly where?: ArrayLike | null;
}
const whereOf = (where: ArrayLike | null | undefined): { where?: ArrayLike } => (where === undefined || where === null ? {} : { where });
/** A mask without the axis of classes gets one. */
const aligned = (where: ArrayLike | null | undefined, rank: number, axis: Axis): ArrayLike | null => {
  if (where === undefined || where === null) return null;
  const w = asArray(where, "optim.losses", "where");
  return w.ndim === rank ? w : np.expandDims(w, axis as number);
};
/** −label·log σ(logit) − (1 − label)·log σ(−logit), element by element: independent classes.
 * @example optim.losses.sigmoidBinaryCrossEntropy(np.array([0, 2]), np.array([1, 1])) // [0.6931, 0.1269] */
export function sigmoidBinaryCrossEntropy(logits: ArrayLike, labels: ArrayLike): Value {
  const x = floats("sigmoidBinaryCrossEntropy", "logits", logits);
  const y = np.asarray(labels).astype(x.dtype);
  return np
    .negative(y)
    .mul(logSigmoid(x))
    .sub(np.subtract(1, y).mul(logSigmoid(np.negative(x))));
}
/** max(0, 1 − output·target), targets ±1.
 * @example optim.losses.hingeLoss(np.array([0.5, -2]), np.array([1, 1])) // [0.5, 3] */
export const hingeLoss = (predictorOutputs: ArrayLike, targets: ArrayLike): Value =>
  np.maximum(0, np.subtract(1, np.multiply(predictorOutputs, targets)));
/** max(0, −output·target), targets ±1 (Rosenblatt, 1958).
 * @example optim.losses.perceptronLoss(np.array([0.5, -2]), np.array([1, 1])) // [0, 2] */
export function perceptronLoss(predictorOutputs: ArrayLike, targets: ArrayLike): Value {
  sameShape("perceptronLoss", "predictorOutputs", predictorOutputs, "targets", targets);
  return np.maximum(0, np.negative(predictorOutputs).mul(targets));
}
/** The binary sparsemax loss, labels 0 or 1 (Blondel et al., 2020).
 * @example optim.losses.sparsemaxLoss(np.array([0.5]), np.array([1])) // [0.0625] */
export const sparsemaxLoss = (logits: ArrayLike, labels: ArrayLike): Value =>
  sparsePlus(np.where(asArray(labels, "optim.losses.sparsemaxLoss").ne(0), np.negative(logits), logits));

/** weights · log softmax(x), with zero where a weight is zero even if the logarithm is −∞. */
const weightedLogSoftmax = customJvp((x: Value, weights: Value): Value => {
  const log = logSoftmax(x, { axis: -1 });
  return np.where(weights.ne(0), weights.mul(log), np.zerosLike(log));
});
weightedLogSoftmax.defjvp(([x0, weights0], [xDot0, weightsDot0]) => {
  const [x, weights, xDot, weightsDot] = [x0, weights0, np.asarray(xDot0 as Value), np.asarray(weightsDot0 as Value)] as [Value, Value, Value, Value];
  const mean = np.sum(xDot.mul(softmax(x, { axis: -1 })), { axis: -1, keepdims: true });
  const tangent = weights
    .mul(xDot)
    .sub(weights.mul(mean))
    .add(weightsDot.mul(logSoftmax(x, { axis: -1 })));
  return [weightedLogSoftmax(x, weights), tangent];
});
/** `softmaxCrossEntropy` that allows logits of −∞ where the label is zero.
 * @example optim.losses.safeSoftmaxCrossEntropy(np.array([1, 2]), np.array([0, 1])) // 0.3133 */
export const safeSoftmaxCrossEntropy = (logits: ArrayLike, labels: ArrayLike): Value =>
  np.negative(np.sum(weightedLogSoftmax(floats("safeSoftmaxCrossEntropy", "logits", logits), np.asarray(labels)) as Value, { axis: -1 }));
/** −Σ label·log softmax(logits) over the classes.
 * @example optim.losses.softmaxCrossEntropy(np.array([1, 2]), np.array([0, 1])) // 0.3133 */
export function softmaxCrossEntropy(logits: ArrayLike, labels: ArrayLike, options: ClassAxisOptions = {}): Value {
  const { axis = -1 } = options;
  const x = floats("softmaxCrossEntropy", "logits", logits);
  const where = whereOf(aligned(options.where, x.ndim, axis));
  return np.negative(np.sum(np.multiply(labels, logSoftmax(x, { axis, ...where } as never)), { axis, ...where }));
}
/** −log softmax(logits)[label], labels as integers, in the shape of the logits without the classes' axis or axes.
 * @example optim.losses.softmaxCrossEntropyWithIntegerLabels(np.array([[1, 2], [3, 0]]), np.int32([1, 0])) // [0.3133, 0.04859] */
export function softmaxCrossEntropyWithIntegerLabels(logits: ArrayLike, labels: ArrayLike, options: ClassAxisOptions = {}): Value {
  const fn = "softmaxCrossEntropyWithIntegerLabels";
  let x = floats(fn, "logits", logits);
  const y = integers(fn, "labels", labels);
  let where = aligned(options.where, x.ndim, options.axis ?? -1);
  const classes = axesOf(`optim.losses.${fn}`, options.axis ?? -1, x.ndim);
  let axis = classes[0]!;
  if (Array.isArray(options.axis)) {
    const batch = Array.from({ length: x.ndim }, (_x, i) => i).filter((i) => !classes.includes(i));
    const together = (v: Value): Value => np.reshape(np.transpose(v, [...batch, ...classes]), [...batch.map((i) => v.shape[i]!), -1]);
    x = together(x);
    where = where === null ? null : together(np.asarray(where));
    axis = batch.length;
  }
  const chosen = np.squeeze(np.takeAlongAxis(x, np.expandDims(y, axis), { axis } as never), { axis });
  const loss = np.subtract(logsumexp(x, { axis, ...whereOf(where) } as never), chosen);
  return where === null ? loss : np.where(np.any(where, { axis }), loss, 0);
}
const scoresOf = (scores: ArrayLike, labels: ArrayLike): { scores: Value; hot: Value; chosen: Value } => {
  const s = asArray(scores, "optim.losses", "scores");
  const hot = oneHot(labels, s.shape[s.ndim - 1]!);
  return { scores: s, hot, chosen: np.sum(s.mul(hot), { axis: -1 }) };
};
/** max over classes of (score + 1 where it is not the label) − the label's score (Crammer and Singer, 2001).
 * @example optim.losses.multiclassHingeLoss(np.array([1, 2, 0]), np.int32(0)) // 2 */
export function multiclassHingeLoss(scores: ArrayLike, labels: ArrayLike): Value {
  const { scores: s, hot, chosen } = scoresOf(scores, labels);
  return np.max(s.add(1).sub(hot), { axis: -1 }).sub(chosen);
}
/** The largest score − the label's.
 * @example optim.losses.multiclassPerceptronLoss(np.array([1, 2, 0]), np.int32(0)) // 1 */
export function multiclassPerceptronLoss(scores: ArrayLike, labels: ArrayLike): Value {
  const { scores: s, chosen } = scoresOf(scores, labels);
  return np.max(s, { axis: -1 }).sub(chosen);
}
/** The sparsemax loss of several classes (Martins and Astudillo, 2016).
 * @example optim.losses.multiclassSparsemaxLoss(np.array([[1, 2, 0]]), np.int32([0])) // [1] */
export function multiclassSparsemaxLoss(scores: ArrayLike, labels: ArrayLike): Value {
  const one = (s: Value, label: Value): Value => {
    const p = projectionSimplex(s);
    const apart = s.sub(s.get(label)).at(label).set(0);
    return np.dot(p, np.where(p.ne(0), apart, 0)).add(np.subtract(1, np.dot(p, p)).mul(0.5));
  };
  return vmap(one)(asArray(scores, "optim.losses.multiclassSparsemaxLoss"), asArray(labels, "optim.losses.multiclassSparsemaxLoss")) as Value;
}
/** Options of `polyLossCrossEntropy`. */
export interface PolyLossOptions extends ClassAxisOptions {
  /** Weight of the first term that cross entropy lacks. */
  readonly epsilon?: ArrayLike;
}
/** Cross entropy + ε·(1 − the probability of the label) (Leng et al., 2022).
 * @example optim.losses.polyLossCrossEntropy(np.array([1, 2]), np.array([0, 1])) // 0.8511 */
export function polyLossCrossEntropy(logits: ArrayLike, labels: ArrayLike, options: PolyLossOptions = {}): Value {
  const { epsilon = 2, axis = -1 } = options;
  const where = whereOf(options.where);
  const p = softmax(floats("polyLossCrossEntropy", "logits", logits), { axis, ...where } as never);
  const missing = np.sum(np.multiply(labels, np.subtract(1, p)), { axis, ...where });
  return softmaxCrossEntropy(logits, labels, { axis, ...where }).add(np.multiply(epsilon, missing));
}
/** Σ target·(log target − logPrediction): relative entropy; targets of zero count nothing.
 * @example optim.losses.klDivergence(np.log(np.array([0.5, 0.5])), np.array([0.25, 0.75])) // 0.1308 */
export function klDivergence(logPredictions: ArrayLike, targets: ArrayLike, options: ClassAxisOptions = {}): Value {
  const p = floats("klDivergence", "logPredictions", logPredictions);
  const q = floats("klDivergence", "targets", targets);
  const none = q.eq(0);
  const log = np.where(none, 0, np.log(np.where(none, 1, q)));
  return np.sum(q.mul(log.sub(p)), { axis: options.axis ?? -1, ...whereOf(options.where) });
}
/** `klDivergence` of targets given by their logarithms.
 * @example optim.losses.klDivergenceWithLogTargets(np.log(np.array([0.5, 0.5])), np.log(np.array([0.25, 0.75]))) // 0.1308 */
export function klDivergenceWithLogTargets(logPredictions: ArrayLike, logTargets: ArrayLike, options: ClassAxisOptions = {}): Value {
  const p = floats("klDivergenceWithLogTargets", "logPredictions", logPredictions);
  const q = floats("klDivergenceWithLogTargets", "logTargets", logTargets);
  return np.sum(np.exp(q).mul(q.sub(p)), { axis: options.axis ?? -1, ...whereOf(options.where) });
}
/** `klDivergence` + Σ(prediction − target): for measures that do not add up to 1.
 * @example optim.losses.generalizedKlDivergence(np.log(np.array([0.5, 0.5])), np.array([0.25, 0.75])) // 0.1308 */
export function generalizedKlDivergence(logPredictions: ArrayLike, targets: ArrayLike, options: ClassAxisOptions = {}): Value {
  const rest = np.sum(np.subtract(np.exp(logPredictions), targets), { axis: options.axis ?? -1, ...whereOf(options.where) });
  return klDivergence(logPredictions, targets, options).add(rest);
}
/** An older name of `generalizedKlDivergence`.
 * @example optim.losses.convexKlDivergence(np.log(np.array([0.5, 0.5])), np.array([0.25, 0.75])) // 0.1308 */
export const convexKlDivergence = generalizedKlDivergence;
/** Options of `sigmoidFocalLoss`. */
export interface SigmoidFocalLossOptions {
  /** Weight of the positive class, 0 to 1. */
  readonly alpha?: number | null;
  /** How much easy examples are weighed down. */
  readonly gamma?: ArrayLike;
}
/** Binary cross entropy times (1 − the probability of the label)^γ (Lin et al., 2017).
 * @example optim.losses.sigmoidFocalLoss(np.array([0, 2]), np.array([1, 1])) // [0.1733, 0.001804] */
export function sigmoidFocalLoss(logits: ArrayLike, labels: ArrayLike, options: SigmoidFocalLossOptions = {}): Value {
  const { alpha = null, gamma = 2 } = options;
  const x = floats("sigmoidFocalLoss", "logits", logits);
  const y = np.asarray(labels).astype(x.dtype);
  const both = np.stack([logSigmoid(x), logSigmoid(np.negative(x))], { axis: -1 });
  const weights = np.stack([np.subtract(1, y), y], { axis: -1 });
  const logMissing = logsumexp(both, { axis: -1, b: weights } as never) as Value;
  const loss = sigmoidBinaryCrossEntropy(x, y).mul(np.exp(np.multiply(gamma, logMissing)));
  return alpha === null
    ? loss
    : np
        .multiply(alpha, y)
        .add(np.multiply(1 - alpha, np.subtract(1, y)))
        .mul(loss);
}
/** Options of `smoothLabels`. */
export type SmoothLabelsOptions = ClassAxisOptions;
/** (1 − α)·label + α / classes (Müller et al., 2019).
 * @example optim.losses.smoothLabels(np.array([0, 1]), 0.1) // [0.05, 0.95] */
export function smoothLabels(labels: ArrayLike, alpha: ArrayLike, options: SmoothLabelsOptions = {}): Value {
  const y = floats("smoothLabels", "labels", labels);
  const axis = options.axis ?? -1;
  const classes = options.where === undefined || options.where === null ? countOf(y, axis) : np.sum(options.where, { axis, keepdims: true });
  return np.multiply(np.subtract(1, alpha), y).add(np.divide(alpha, classes));
}
const countOf = (v: Value, axis: Axis): number => axesOf("optim.losses.smoothLabels", axis, v.ndim).reduce((n, a) => n * v.shape[a]!, 1);
/** The Fenchel–Young loss of a function `maxFun` of a vector of scores: maxFun(scores) − target·scores (Blondel et al., 2020).
 * @example optim.losses.makeFenchelYoungLoss(nn.logsumexp)(np.array([0, 0]), np.array([1, 0])) // 0.6931 */
export function makeFenchelYoungLoss(maxFun: (scores: Value) => ArrayLike): (scores: ArrayLike, targets: ArrayLike) => Value {
  if (typeof maxFun !== "function") throw new ArgumentError("optim.losses.makeFenchelYoungLoss: a function of a vector of scores is expected");
  return (scores, targets) => {
    const s = asArray(scores, "optim.losses.fenchelYoungLoss", "scores");
    const batch = s.shape.slice(0, -1);
    const rows = np.reshape(s, [-1, s.shape[s.ndim - 1]!]);
    const largest = np.reshape(vmap((v: Value) => np.asarray(maxFun(v)))(rows) as Value, batch);
    return largest.sub(np.sum(np.multiply(targets, s), { axis: -1 }));
  };
}
