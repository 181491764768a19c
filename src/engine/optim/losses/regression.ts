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
/** (prediction − target)². Without targets, of the errors themselves. */
export function squaredError(predictions: ArrayLike, targets?: ArrayLike | null): Value {
  if (targets !== undefined && targets !== null) sameShape("squaredError", "predictions", predictions, "targets", targets);
  return np.square(errorsOf("squaredError", predictions, targets));
}
/** Half of `squaredError`, whose derivative is the error. */
export const l2Loss = (predictions: ArrayLike, targets?: ArrayLike | null): Value => squaredError(predictions, targets).mul(0.5);
/** Options of `huberLoss`. */
export interface HuberLossOptions {
  /** Errors up to which the loss is quadratic. */
  readonly delta?: number;
}
/** Quadratic for small errors, linear for large ones (Huber, 1964). */
export function huberLoss(predictions: ArrayLike, targets?: ArrayLike | null, { delta = 1 }: HuberLossOptions = {}): Value {
  const size = np.abs(errorsOf("huberLoss", predictions, targets));
  const quadratic = np.minimum(size, delta);
  return quadratic
    .mul(quadratic)
    .mul(0.5)
    .add(np.multiply(delta, size.sub(quadratic)));
}
/** log(cosh(error)): like half the square near 0, like the absolute error far from it. */
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
/** The cosine of the angle between predictions and targets. */
export function cosineSimilarity(predictions: ArrayLike, targets: ArrayLike, options: CosineOptions = {}): Value {
  const { epsilon = 0, axis = -1 } = options;
  const where = options.where === undefined ? {} : { where: options.where };
  const unit = (x: Value): Value => x.div(np.sqrt(np.maximum(np.sum(np.square(x), { axis, keepdims: true, ...where }), epsilon)));
  const a = floats("cosineSimilarity", "predictions", predictions);
  const b = floats("cosineSimilarity", "targets", targets);
  return np.sum(unit(a).mul(unit(b)), { axis, ...where });
}
/** 1 − `cosineSimilarity`. */
export const cosineDistance = (predictions: ArrayLike, targets: ArrayLike, options: CosineOptions = {}): Value =>
  np.subtract(1, cosineSimilarity(predictions, targets, options));
