// Parameters that are not trained.
import { type GradientTransformation, setToZero } from "./base.ts";
import { type Mask, masked, partition } from "./masking.ts";
import { mapTree } from "../core/prefix.ts";

/** Updates of zero where the mask holds; the others stay as they are.
 * @example const tx = optim.freeze({ w: true, b: false }); const params = { w: np.array([1]), b: np.array([2]) };
 * tx.update({ w: np.array([3]), b: np.array([4]) }, tx.init(params), params)[0] // { b: [4], w: [0] } */
export const freeze = (mask: Mask): GradientTransformation => masked(setToZero(), mask);
/** Options of `selectiveTransform`. */
export interface SelectiveTransformOptions {
  /** Which parameters are not trained: a tree of booleans. */
  readonly freezeMask: boolean | object;
}
/** Trains the parameters that are not frozen; the optimizer has no state for the others.
 * @example const tx = optim.selectiveTransform(optim.sgd(0.5), { freezeMask: { w: true, b: false } });
 * const params = { w: np.array([1]), b: np.array([2]) }; tx.update({ w: np.array([3]), b: np.array([4]) }, tx.init(params), params)[0] // { b:
 * [-2], w: [0] } */
export const selectiveTransform = (optimizer: GradientTransformation, { freezeMask }: SelectiveTransformOptions): GradientTransformation =>
  partition({ train: optimizer, freeze: setToZero() }, mapTree((frozen: boolean) => (frozen ? "freeze" : "train"), freezeMask) as object);
