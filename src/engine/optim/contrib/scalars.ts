// Numbers beside the trees of optimizers' states.
import { type DType, itemsize } from "../../core/dtypes.ts";
import { type Tree, leavesOf } from "../../core/pytree.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { sumOver } from "../numerics.ts";

/** The narrowest type among the leaves: what is computed with it does not widen any. */
const narrowest = (tree: Tree): DType =>
  leavesOf(tree)
    .map((l) => asArray(l, "optim").dtype)
    .reduce((a, b) => (itemsize(b) < itemsize(a) ? b : a), "float32");
/** A number as an array of the narrowest type of a tree. */
export const scalarLike = (tree: Tree, x: ArrayLike): Value => np.asarray(x).astype(narrowest(tree));
/** Σ|x| over every leaf. */
export const absSum = (tree: Tree): Value => sumOver(tree, (x) => np.sum(np.abs(x)));
/** √(1 − b2ᵗ) / (1 − b1ᵗ): what corrects both of Adam's averages at step t. */
export const adamRate = (b1: number, b2: number, count: Value): Value =>
  np.sqrt(np.subtract(1, np.power(b2, count))).div(np.subtract(1, np.power(b1, count)));
