// Losses of numbers: how far predictions are from targets, element by element.
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import type { Axis } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { floats, sameShape } from "./check.ts";

const errorsOf = (fn: string, predictions: ArrayLike, targets: ArrayLike | null | undefined): Value => {
  const p = floats(fn, "predictions", predictions);
  return targets === undefined || targets === null ? p : np.subtract(p, targets);
};
/** (prediction − target)². Without targets, of the errors themselves.
 * @example optim.losses.squaredError(np.array([1, 2]), np.array([1, 4])) // [0, 4] */
export function squaredError(predictions: ArrayLike, targets?: ArrayLike | null): Value {
  if (targets !== undefined && targets !== null) sameShape("squaredError", "predictions", predictions, "targets", targets);
  return np.square(errorsOf("squaredError", predictions, targets));
}
/** Half of `squaredError`, whose derivative is the error.
 * @example optim.losses.l2Loss(np.array([1, 2])) // [0.5, 2] */
export const l2Loss = (predictions: ArrayLike, targets?: ArrayLike | null): Value => squaredError(predictions, targets).mul(0.5);
/** Options of `huberLoss`. */
export interface HuberLossOptions {
  /** Errors up to which the loss is quadratic. */
  readonly delta?: number;
}
/** Quadratic for small errors, linear for large ones (Huber, 1964).
 * @example optim.losses.huberLoss(np.array([0.5, 3]), np.array([0, 0])) // [0.125, 2.5] */
export function huberLoss(predictions: ArrayLike, targets?: ArrayLike | null, { delta = 1 }: HuberLossOptions = {}): Value {
  const size = np.abs(errorsOf("huberLoss", predictions, targets));
  const quadratic = np.minimum(size, delta);
  return quadratic
    .mul(quadratic)
    .mul(0.5)
    .add(np.multiply(delta, size.sub(quadratic)));
}
/** log(cosh(error)): like half the square near 0, like the absolute error far from it.
 * @example optim.losses.logCosh(np.array([0, 1]), np.array([0, 0])) // [0, 0.4338] */
export function logCosh(predictions: ArrayLike, targets?: ArrayLike | null): Value {
  const errors = errorsOf("logCosh", predictions, targets);
  return np.logaddexp(errors, np.negative(errors)).sub(Math.LN2);
}
/** Options of the cosine losses. */
export interface CosineOptions {
  /** Least squared norm. */
  readonly epsilon?: ArrayLike;
  readonly axis?: Axis;
  readonly where?: ArrayLike;
}
/** The cosine of the angle between predictions and targets.
 * @example optim.losses.cosineSimilarity(np.array([1, 0]), np.array([1, 1])) // 0.7071 */
export function cosineSimilarity(predictions: ArrayLike, targets: ArrayLike, options: CosineOptions = {}): Value {
  const { epsilon = 0, axis = -1 } = options;
  const where = options.where === undefined ? {} : { where: options.where };
  const unit = (x: Value): Value => x.div(np.sqrt(np.maximum(np.sum(np.square(x), { axis, keepdims: true, ...where }), epsilon)));
  const a = floats("cosineSimilarity", "predictions", predictions);
  const b = floats("cosineSimilarity", "targets", targets);
  return np.sum(unit(a).mul(unit(b)), { axis, ...where });
}
/** 1 − `cosineSimilarity`.
 * @example optim.losses.cosineDistance(np.array([1, 0]), np.array([1, 1])) // 0.2929 */
export const cosineDistance = (predictions: ArrayLike, targets: ArrayLike, options: CosineOptions = {}): Value =>
  np.subtract(1, cosineSimilarity(predictions, targets, options));
