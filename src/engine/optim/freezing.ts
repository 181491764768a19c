// Parameters that are not trained.
import { type GradientTransformation, setToZero } from "./base.ts";
import { type Mask, masked, partition } from "./masking.ts";
import { mapTree } from "../core/prefix.ts";

/** Updates of zero where the mask holds; the others stay as they are. */
export const freeze = (mask: Mask): GradientTransformation => masked(setToZero(), mask);
/** Options of `selectiveTransform`. */
export interface SelectiveTransformOptions {
  /** Which parameters are not trained: a tree of booleans. */
  readonly freezeMask: boolean | object;
}
/** Trains the parameters that are not frozen; the optimizer has no state for the others. */
export const selectiveTransform = (optimizer: GradientTransformation, { freezeMask }: SelectiveTransformOptions): GradientTransformation =>
  partition({ train: optimizer, freeze: setToZero() }, mapTree((frozen: boolean) => (frozen ? "freeze" : "train"), freezeMask) as object);
