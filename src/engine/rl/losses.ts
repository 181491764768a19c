// Losses of predictions, element by element, and of pixel control.
import { ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { vmap } from "../transforms/vectorize.ts";
import { checked, float, floats, indices, sameShape, scalarOrVector } from "./check.ts";
import { pixelControlRewards } from "./rewards.ts";
import { qLambda } from "./valueLearning.ts";

/** Options of `l2Loss`. */
export interface L2LossOptions {
  /** What the predictions should be; 0. */
  readonly targets?: ArrayLike | null;
}
/** (prediction − target)² / 2, element by element. Floats of any shape.
 * @example rl.l2Loss(np.array([1, 2])) // [0.5, 2] */
export function l2Loss(predictions: ArrayLike, ...rest: Tail<[targets: ArrayLike | null], L2LossOptions>): Value {
  const { targets = null } = options<L2LossOptions>("rl.l2Loss", ["targets"], rest);
  const p = floats("l2Loss", "predictions", predictions);
  return np.square(targets === null ? p : p.sub(floats("l2Loss", "targets", targets))).mul(0.5);
}
/** pᵗ·(1 − p)¹⁻ᵗ of probabilities and targets from 0 to 1, element by element; 1 where both are 0, or both 1.
 * @example rl.likelihood(np.array([0.8]), np.array([1])) // [0.8] */
export function likelihood(predictions: ArrayLike, targets: ArrayLike): Value {
  const [p, t] = [floats("likelihood", "predictions", predictions), floats("likelihood", "targets", targets)];
  const sure = np.logicalOr(np.logicalAnd(t.eq(1), p.eq(1)), np.logicalAnd(t.eq(0), p.eq(0)));
  return np.where(sure, 1, np.power(p, t).mul(np.power(np.subtract(1, p), np.subtract(1, t))));
}
/** −log `likelihood`, element by element.
 * @example rl.logLoss(np.array([0.5, 0.9]), np.array([1, 0])) // [0.6931, 2.303] */
export const logLoss = (predictions: ArrayLike, targets: ArrayLike): Value => np.negative(np.log(likelihood(predictions, targets)));
/**
 * Squared errors that weigh differently below and above (Kostrikov et al., 2022): `expectile` where the target is not less than the prediction,
 * 1 − `expectile` where it is. Element by element, both in one shape.
 * @example rl.expectileLoss(np.array([1]), np.array([0]), 0.9) // [0.1]
 */
export function expectileLoss(predictions: ArrayLike, targets: ArrayLike, expectile: ArrayLike): Value {
  const [p, t] = [floats("expectileLoss", "predictions", predictions), floats("expectileLoss", "targets", targets)];
  sameShape("expectileLoss", { predictions: p, targets: t });
  const diff = t.sub(p);
  return np.abs(np.subtract(expectile, diff.lt(0).astype(p.dtype))).mul(np.square(diff));
}
/**
 * Q(λ) loss of pixel control (Jaderberg et al., 2017): an auxiliary task for each cell of the picture.
 * @param observations pictures at 0 … T with values from 0 to 1, floats [T + 1, H·c, W·c, C]
 * @param actions actions at 0 … T − 1, integers [T]
 * @param actionValues values of the tasks at 0 … T, floats [T + 1, H, W, A]
 * @param discountFactor one discount, or [T]
 * @param cellSize c, the pixels of a cell's side
 * @returns [T, H, W]. ShapeError where cells and action values do not fit.
 * @example rl.pixelControlLoss(np.array([0, 1]).reshape([2, 1, 1, 1]), np.int32([0]), np.zeros([2, 1, 1, 2]), 0.9, 1) // [[[0.5]]]
 */
export function pixelControlLoss(
  observations: ArrayLike,
  actions: ArrayLike,
  actionValues: ArrayLike,
  discountFactor: ArrayLike,
  cellSize: number,
): Value {
  const fn = "pixelControlLoss";
  const a = checked(fn, { actions: indices(actions), actionValues: float(actionValues, 4), discountFactor: scalarOrVector(discountFactor) });
  const rewards = pixelControlRewards(observations, cellSize);
  const [steps, height, width] = rewards.shape as [number, number, number];
  if (a.actionValues.shape[1] !== height || a.actionValues.shape[2] !== width)
    throw new ShapeError(`rl.${fn}: actionValues is ${a.actionValues.aval}, expected [T + 1, ${height}, ${width}, A]: a value for each cell`);
  // The cells are a batch: one axis, the last but one of the values and the last of the rewards.
  const cells = height * width,
    values = a.actionValues.reshape([steps + 1, cells, a.actionValues.shape[3]!]);
  const eachCell = (x: Value): Value => np.broadcastTo(x.ndim === 0 ? x : np.expandDims(x, 1), [steps, cells]);
  const perCell = vmap((qTm1: Value, aTm1: Value, r: Value, d: Value, qT: Value) => qLambda(qTm1, aTm1, r, d, qT, 1), { inAxes: 1, outAxes: 1 });
  const errors = perCell(values.get(":-1"), eachCell(a.actions), rewards.reshape([steps, cells]), eachCell(a.discountFactor), values.get("1:"));
  return np.square(errors).mul(0.5).reshape([steps, height, width]);
}
