// What everything else is made of: choosing an action's value, one-hot rows, masks, sums over devices.
import type { DTypeLike } from "../numpy/options.ts";
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { psum } from "../lax/collectives.ts";
import { checked, integer } from "./check.ts";

/** Options of `batchedIndex`. */
export interface BatchedIndexOptions {
  /** Whether the last axis stays, with one entry. */
  readonly keepdims?: boolean;
}
/**
 * The entry of the last axis that an index chooses, at each position of the others.
 * @param values [..., D]
 * @param indices integers, [...]
 * @returns [...], or [..., 1] with `keepdims`
 * @example rl.batchedIndex(np.array([[1, 2], [3, 4]]), np.int32([1, 0])) // [2, 3]
 */
export function batchedIndex(values: ArrayLike, indices: ArrayLike, options: BatchedIndexOptions = {}): Value {
  const i = checked("batchedIndex", { indices: integer(indices) }).indices;
  const chosen = np.takeAlongAxis(values, np.expandDims(i, -1), { axis: -1 });
  return options.keepdims ? chosen : np.squeeze(chosen, { axis: -1 });
}
/** Options of `oneHot`. */
export interface OneHotOptions {
  /** The type of the result; float32. */
  readonly dtype?: DTypeLike;
}
/** Rows of zeros with a one at each index: [...] → [..., numClasses]. An index out of range has no one. Whole floats are indices too.
 * @example rl.oneHot(np.int32([1]), 3) // [[0, 1, 0]] */
export function oneHot(indices: ArrayLike, numClasses: number, options: OneHotOptions = {}): Value {
  const i = asArray(indices, "rl.oneHot", "indices");
  return np
    .expandDims(i, -1)
    .eq(np.arange(numClasses))
    .astype(options.dtype ?? "float32");
}
/**
 * `source` with axes of 1 at its end, so that it broadcasts against `target`, whose first axes it has.
 * Throws ShapeError where an axis of `source` is neither 1 nor that of `target`.
 * @example rl.lhsBroadcast(np.array([1, 2]), np.ones([2, 3])) // [[1], [2]]
 */
export function lhsBroadcast(source: ArrayLike, target: ArrayLike): Value {
  const [s, t] = [asArray(source, "rl.lhsBroadcast", "source"), asArray(target, "rl.lhsBroadcast", "target")];
  if (s.ndim > t.ndim || s.shape.some((n, i) => n !== 1 && n !== t.shape[i]))
    throw new ShapeError(`rl.lhsBroadcast: source is ${s.aval}, expected the first axes of target, which is ${t.aval}, or 1 in their place`);
  return np.reshape(s, [...s.shape, ...Array<number>(t.ndim - s.ndim).fill(1)]);
}
/** `replacement` (null: zeros) where the mask is 1, `data` elsewhere. The mask has the first axes of `data`.
 * @example rl.replaceMasked(np.array([1, 2]), np.array([9, 9]), np.array([true, false])) // [9, 2] */
export function replaceMasked(data: ArrayLike, replacement: ArrayLike | null, mask: ArrayLike): Value {
  const d = asArray(data, "rl.replaceMasked", "data");
  return np.where(lhsBroadcast(mask, d).ne(0), replacement ?? np.zerosLike(d), d);
}
/** Sums over an array, and over the examples of a named axis of vmap where there is one. */
export class AllSum {
  readonly #axisName: string | null;
  constructor(axisName: string | null = null) {
    this.#axisName = axisName;
  }
  /** The sum over one axis, several, or (null) all, then over the named axis. */
  call(x: ArrayLike, axis: number | readonly number[] | null = null): Value {
    const s = np.sum(x, { axis });
    return this.#axisName === null ? s : psum(s, this.#axisName);
  }
}
