// Pytrees of arrays: choosing between two, splitting, masking, and moving axes of every leaf.
import { type Tree, leavesOf, structure } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import { StructureError } from "../core/errors.ts";
import type { AnyFunction, ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, axisOf } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { split } from "../random/draws.ts";
import { replaceMasked } from "./base.ts";

const mapLeaves = <T>(fn: (...leaves: Value[]) => unknown, tree: T, ...rest: Tree[]): T =>
  mapTree((...leaves: unknown[]) => fn(...leaves.map((l) => asArray(l, "rl"))), tree, ...rest) as T;

/** `onTrue` where a scalar condition holds, else `onFalse`: two pytrees of one structure, both computed.
 * @example rl.treeSelect(np.array(true), { a: np.array(1) }, { a: np.array(2) }) // { a: 1 } */
export const treeSelect = <T>(pred: ArrayLike, onTrue: T, onFalse: T): T => mapLeaves((x, y) => np.where(pred, x, y), onTrue, onFalse);
/** A function of the leaves at the same place of each tree of a list. StructureError where structures differ. An empty list gives itself.
 * @example rl.treeMapZipped((x, y) => x.add(y), [{ a: np.array(1) }, { a: np.array(2) }]) // { a: 3 } */
export function treeMapZipped<T>(fn: (...leaves: Value[]) => unknown, nests: readonly T[]): T | readonly T[] {
  const [first, ...rest] = nests;
  return first === undefined ? nests : mapLeaves(fn, first, ...rest);
}
/** A new key, and a tree of keys, one for each leaf of `treeLike`.
 * @example rl.treeSplitKey(random.key(0), { a: 1, b: 2 })[1] // { a: key, b: key } */
export function treeSplitKey<T>(rngKey: Value, treeLike: T): [key: Value, keys: T] {
  const definition = structure(treeLike),
    keys = split(rngKey, definition.leafCount + 1);
  return [keys.get(0), definition.unflatten(Array.from({ length: definition.leafCount }, (_x, i) => keys.get(i + 1))) as T];
}
/** Options of `treeSplitLeaves`. */
export interface TreeSplitLeavesOptions {
  /** The axis that is split. 0. */
  readonly axis?: number;
  /** Whether the axis stays, with one entry. */
  readonly keepdim?: boolean;
}
/** As many trees as an axis of the leaves is long, each with one entry of it. StructureError for a tree without leaves.
 * @example rl.treeSplitLeaves({ a: np.array([1, 2]) }) // [{ a: 1 }, { a: 2 }] */
export function treeSplitLeaves<T>(treeLike: T, options: TreeSplitLeavesOptions = {}): T[] {
  const { axis = 0, keepdim = false } = options;
  const [first] = leavesOf(treeLike) as ArrayLike[];
  if (first === undefined) throw new StructureError("rl.treeSplitLeaves: the tree has no leaves, so there is no axis to split");
  const shape = asArray(first, "rl.treeSplitLeaves").shape,
    length = shape[axisOf("rl.treeSplitLeaves", axis, shape.length)]!;
  return Array.from({ length }, (_x, i) =>
    mapLeaves((leaf) => {
      const part = np.take(leaf, np.asarray([i], { dtype: "int32" }), { axis });
      return keepdim ? part : np.squeeze(part, { axis });
    }, treeLike),
  );
}
/** `replaceMasked` of every leaf: the leaves of `treeReplacement` (null: zeros) where the mask is 1.
 * @example rl.treeReplaceMasked({ a: np.array([1, 2]) }, null, np.array([true, false])) // { a: [0, 2] } */
export const treeReplaceMasked = <T>(treeData: T, treeReplacement: T | null, mask: ArrayLike): T =>
  treeReplacement === null
    ? mapLeaves((data) => replaceMasked(data, null, mask), treeData)
    : mapLeaves((data, replacement) => replaceMasked(data, replacement, mask), treeData, treeReplacement);
/** A function of leaves as a function of trees. What is given in `unmapped` stands last in every call, as its options.
 * @example rl.treeFn((x: Array, y: Array) => x.mul(y))({ a: np.array(2) }, { a: np.array(3) }) // { a: 6 } */
export const treeFn =
  (fn: AnyFunction, unmapped?: Readonly<Record<string, unknown>>): AnyFunction =>
  (tree: Tree, ...rest: Tree[]): unknown =>
    mapTree((...leaves: unknown[]) => (unmapped === undefined ? (fn(...leaves) as unknown) : (fn(...leaves, unmapped) as unknown)), tree, ...rest);
/** The last axis of every leaf becomes the first: [D₁, …, Dₙ] → [Dₙ, D₁, …].
 * @example rl.transposeLastAxisToFirst(np.ones([2, 3, 4])).shape // [4, 2, 3] */
export const transposeLastAxisToFirst = <T>(tree: T): T => mapLeaves((x) => np.moveaxis(x, -1, 0), tree);
/** The first axis of every leaf becomes the last: [D₁, …, Dₙ] → [D₂, …, Dₙ, D₁].
 * @example rl.transposeFirstAxisToLast(np.ones([2, 3, 4])).shape // [3, 4, 2] */
export const transposeFirstAxisToLast = <T>(tree: T): T => mapLeaves((x) => np.moveaxis(x, 0, -1), tree);
