// Losses of sets, orders and pictures: ranking, embeddings, segmentation.
import { isFloat } from "../../core/dtypes.ts";
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { type Axis, asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { logSoftmax, sigmoid, softmax } from "../../nn/index.ts";
import { stopGradient } from "../../lax/index.ts";
import { floats, sameShape } from "./check.ts";
import { cosineSimilarity } from "./regression.ts";

/** Options of `rankingSoftmaxLoss`. */
export interface RankingSoftmaxLossOptions {
  /** Which items count. */
  readonly where?: ArrayLike | null;
  readonly weights?: ArrayLike | null;
  /** How the losses of lists become one; null leaves them. The mean by default. */
  readonly reduceFn?: ((a: Value, options?: { readonly where?: ArrayLike }) => Value) | null;
}
/** −Σ label·log softmax(scores) over each list, averaged over lists (Bruch et al., 2019).
 * @example optim.losses.rankingSoftmaxLoss(np.array([1, 2]), np.array([0, 1])) // 0.3133 */
export function rankingSoftmaxLoss(logits: ArrayLike, labels: ArrayLike, options: RankingSoftmaxLossOptions = {}): Value {
  const given = options.where ?? null;
  const reduce = options.reduceFn === undefined ? (a: Value, o?: { readonly where?: ArrayLike }) => np.mean(a, o ?? {}) : options.reduceFn;
  let x = floats("rankingSoftmaxLoss", "logits", logits);
  let y = np.asarray(labels).astype(x.dtype);
  if (given !== null) {
    y = np.where(given, y, np.zerosLike(y));
    x = np.where(given, x, np.fullLike(x, -Infinity));
  }
  if (options.weights !== undefined && options.weights !== null) y = y.mul(options.weights);
  const product = y.mul(logSoftmax(x, { axis: -1 }));
  const loss = np.negative(np.sum(product, { axis: -1, ...(given === null ? {} : { where: given }) }));
  const lists = given === null ? null : np.any(given, { axis: -1 });
  if (reduce === null) return lists === null ? loss : np.where(lists, loss, 0);
  const out = reduce(loss, lists === null ? undefined : { where: lists });
  // A mean over no list at all is zero; a NaN of the losses stays one.
  return options.reduceFn === undefined ? np.where(np.logicalAnd(np.isnan(out), np.logicalNot(np.any(np.isnan(loss)))), 0, out) : out;
}
/** Options of `ntxent`. */
export interface NtxentOptions {
  readonly temperature?: number;
}
/** float32's machine epsilon: the least squared norm of an embedding. */
const SMALLEST = 2 ** -23;
/** Normalized temperature-scaled cross entropy of embeddings: equal labels belong together (Chen et al., 2020).
 * @example optim.losses.ntxent(np.eye(4), np.int32([0, 0, 1, 1])) // 1.099 */
export function ntxent(embeddings: ArrayLike, labels: ArrayLike, { temperature = 0.07 }: NtxentOptions = {}): Value {
  const x = floats("ntxent", "embeddings", embeddings);
  const y = asArray(labels, "optim.losses.ntxent", "labels");
  if (y.shape[0] !== x.shape[0])
    throw new ShapeError(`optim.losses.ntxent: as many labels as embeddings are expected, got ${y.shape[0]} for ${x.shape[0]}`);
  const similar = cosineSimilarity(np.expandDims(x, 0), np.expandDims(x, 1), { epsilon: SMALLEST }).div(temperature);
  const same = np.expandDims(y, 1).eq(np.expandDims(y, 0));
  const matches = np.logicalAnd(same, np.logicalNot(np.eye(x.shape[0]!, { dtype: "bool" })));
  const apart = np.where(same, -Infinity, similar);
  const together = np.where(matches, similar, -Infinity);
  const largest = stopGradient(np.max(np.concatenate([apart, together], { axis: -1 }), { axis: 1, keepdims: true }));
  const numerator = together.sub(largest);
  const denominator = np.sum(np.exp(apart.sub(largest)), { axis: 1, keepdims: true }).add(np.exp(numerator));
  const log = numerator.sub(np.log(denominator));
  return np.negative(np.sum(np.where(matches, log, 0))).div(np.sum(matches));
}
/** Options of `tripletMarginLoss`. */
export interface TripletMarginLossOptions {
  readonly axis?: Axis;
  readonly normDegree?: number;
  readonly margin?: ArrayLike;
  readonly eps?: number;
}
/** max(0, distance to the positive − distance to the negative + margin) (Balntas et al., 2016).
 * @example optim.losses.tripletMarginLoss(np.array([0, 0]), np.array([0, 1]), np.array([0, 3])) // 0 */
export function tripletMarginLoss(anchors: ArrayLike, positives: ArrayLike, negatives: ArrayLike, options: TripletMarginLossOptions = {}): Value {
  const { axis = -1, normDegree = 2, margin = 1, eps = 1e-6 } = options;
  const a = floats("tripletMarginLoss", "anchors", anchors);
  const distance = (name: string, to: ArrayLike): Value =>
    np.power(np.sum(np.power(a.sub(floats("tripletMarginLoss", name, to)), normDegree), { axis }).add(eps), 1 / normDegree);
  return np.maximum(distance("positives", positives).sub(distance("negatives", negatives)).add(margin), 0);
}
/** Options of `diceLoss`. */
export interface DiceLossOptions {
  readonly classWeights?: ArrayLike | null;
  readonly smooth?: number;
  /** Weight of false positives; 0.5 with beta 0.5 is Dice, others Tversky's index. */
  readonly alpha?: number;
  /** Weight of false negatives. */
  readonly beta?: number;
  /** Whether predictions are logits. */
  readonly applySoftmax?: boolean;
  /** Over classes. */
  readonly reduction?: "mean" | "sum" | "none";
  /** Leaves out class 0. */
  readonly ignoreBackground?: boolean;
  /** Axes of the picture: all between the first and the last by default. */
  readonly axis?: Axis;
}
const REDUCTIONS: Readonly<Record<string, (loss: Value) => Value>> = {
  mean: (loss) => np.mean(loss, { axis: -1 }),
  sum: (loss) => np.sum(loss, { axis: -1 }),
  none: (loss) => loss,
};
/** 1 − Dice's coefficient of predicted and true regions, classes last (Milletari et al., 2016).
 * @example optim.losses.diceLoss(np.array([[2, -2]]), np.array([[1, 0]])) // [0.006715] */
export function diceLoss(predictions: ArrayLike, targets: ArrayLike, options: DiceLossOptions = {}): Value {
  const { classWeights = null, smooth = 1, alpha = 0.5, beta = 0.5, applySoftmax = true, reduction = "mean", ignoreBackground = false } = options;
  const reduce = REDUCTIONS[reduction];
  if (!reduce) throw new ArgumentError(`optim.losses.diceLoss: reduction is ${JSON.stringify(reduction)}, expected "mean", "sum" or "none"`);
  let p = asArray(predictions, "optim.losses.diceLoss", "predictions");
  let t = asArray(targets, "optim.losses.diceLoss", "targets");
  if (p.ndim === t.ndim - 1) p = np.expandDims(p, -1);
  if (t.ndim === p.ndim - 1) t = np.expandDims(t, -1);
  sameShape("diceLoss", "predictions", p, "targets", t);
  if (!isFloat(t.dtype)) t = t.astype("float32");
  const probabilities = !applySoftmax ? p : p.shape[p.ndim - 1] === 1 ? sigmoid(p) : softmax(p, { axis: -1 });
  const axis = options.axis ?? Array.from({ length: Math.max(0, p.ndim - 2) }, (_x, i) => i + 1);
  const total = (v: Value): Value => np.sum(v, { axis });
  const common = total(probabilities.mul(t));
  const falsePositives = total(probabilities).sub(common);
  const falseNegatives = total(t).sub(common);
  const denominator = common.add(np.multiply(alpha, falsePositives)).add(np.multiply(beta, falseNegatives)).add(smooth);
  let loss = np.subtract(1, common.add(smooth).div(denominator));
  if (classWeights !== null) loss = loss.mul(classWeights);
  if (ignoreBackground && p.shape[p.ndim - 1]! > 1) loss = loss.get("...", "1:");
  return reduce(loss);
}
/** Options of `multiclassGeneralizedDiceLoss`. */
export type GeneralizedDiceLossOptions = Pick<DiceLossOptions, "smooth" | "applySoftmax" | "ignoreBackground">;
/** `diceLoss` with classes weighted by the inverse square of how frequent they are, averaged (Sudre et al., 2017).
 * @example optim.losses.multiclassGeneralizedDiceLoss(np.array([[[1, 0], [0, 1]]]), np.array([[[1, 0], [0, 1]]]), { applySoftmax: false, smooth: 0
 * }) // 0 */
export function multiclassGeneralizedDiceLoss(predictions: ArrayLike, targets: ArrayLike, options: GeneralizedDiceLossOptions = {}): Value {
  sameShape("multiclassGeneralizedDiceLoss", "predictions", predictions, "targets", targets);
  const t = asArray(targets, "optim.losses.multiclassGeneralizedDiceLoss", "targets");
  const frequencies = np.sum(t, { axis: Array.from({ length: t.ndim - 1 }, (_x, i) => i) });
  const raw = np.divide(1, np.square(frequencies).add(1e-7));
  const classWeights = raw.div(np.sum(raw)).mul(frequencies.size);
  return np.mean(diceLoss(predictions, targets, { ...options, classWeights, reduction: "none" }));
}
/** Options of `binaryDiceLoss`. */
export interface BinaryDiceLossOptions {
  readonly smooth?: number;
  /** Whether predictions are logits. */
  readonly applySigmoid?: boolean;
}
/** `diceLoss` of one class: the shape has no classes, or a last axis of 1.
 * @example optim.losses.binaryDiceLoss(np.array([[2, -2]]), np.array([[1, 0]])) // [0.0596] */
export function binaryDiceLoss(predictions: ArrayLike, targets: ArrayLike, { smooth = 1, applySigmoid = true }: BinaryDiceLossOptions = {}): Value {
  const p = asArray(predictions, "optim.losses.binaryDiceLoss", "predictions");
  const t = asArray(targets, "optim.losses.binaryDiceLoss", "targets");
  const without = p.ndim === t.ndim && p.shape[p.ndim - 1] !== 1;
  const options = { smooth, applySoftmax: applySigmoid, reduction: "mean" } as const;
  return without ? diceLoss(np.expandDims(p, -1), np.expandDims(t, -1), options) : diceLoss(p, t, options);
}
