// jax.tree: working with pytrees, which are containers (arrays, plain objects, maps, registered classes) of leaves. null is an empty one.
import { StructureError } from "./core/errors.ts";
import {
  type IsLeaf,
  type PathEntry,
  type Tree,
  type TreeDef,
  flatten as flattenTree,
  leavesOf,
  pathsOf,
  showPath,
  structure as structureOf,
  unflatten as unflattenTree,
} from "./core/pytree.ts";
import { broadcastPrefix, leavesUpTo, mapTree } from "./core/prefix.ts";
import type { Tail } from "./core/signature.ts";
import type { LeafOf, ReplaceLeaves } from "./core/treeTypes.ts";
export { registerDataclass, registerPytreeNode, registerPytreeNodeClass } from "./core/pytree.ts";

/** Options of the functions that walk a tree. */
export interface TreeOptions {
  /** Says where to stop: what it holds for is a leaf, whatever its class. */
  readonly isLeaf?: IsLeaf;
}
type LeavesOf<Trees extends readonly unknown[]> = { [K in keyof Trees]: NoInfer<LeafOf<Trees[K]>> };
/** A leaf with its path: the keys and positions from the root. */
export type PathAndLeaf<L> = readonly [path: readonly PathEntry[], leaf: L];

/** `[leaves, definition]`: `unflatten` puts them together again. Object keys are taken in sorted order.
 * @example tree.flatten({ w: 1, b: 2 })[0] // [2, 1] */
export const flatten = <T>(tree: T, options: TreeOptions = {}): [leaves: LeafOf<T>[], definition: TreeDef] =>
  flattenTree(tree, options.isLeaf) as [LeafOf<T>[], TreeDef];
/** The tree of a definition with these leaves.
 * @example tree.unflatten(tree.structure({ w: 0, b: 0 }), [1, 2]) // { b: 1, w: 2 } */
export const unflatten = <T = Tree>(definition: TreeDef, leaves: readonly unknown[]): T => unflattenTree(definition, leaves) as T;
/** The leaves, in order.
 * @example tree.leaves({ w: 1, b: [2, 3] }) // [2, 3, 1] */
export const leaves = <T>(tree: T, options: TreeOptions = {}): LeafOf<T>[] => leavesOf(tree, options.isLeaf) as LeafOf<T>[];
/** The definition: the containers without the leaves.
 * @example String(tree.structure({ w: 1, b: [2, 3] })) // "PyTreeDef({'b': (*, *), 'w': *})" */
export const structure = (tree: Tree, options: TreeOptions = {}): TreeDef => structureOf(tree, options.isLeaf);
/** Applies a function leaf by leaf; further trees must have the first one's structure, or StructureError is thrown.
 * @example tree.map((x: Array) => x.mul(2), { w: np.array(1), b: np.array(2) }) // { b: 4, w: 2 } */
export function map<T, R, Rest extends readonly unknown[]>(
  fn: (leaf: NoInfer<LeafOf<T>>, ...others: LeavesOf<Rest>) => R,
  tree: T,
  ...rest: Rest
): ReplaceLeaves<T, R> {
  return mapTree(fn, tree, ...rest) as ReplaceLeaves<T, R>;
}
/** Options of `tree.reduce`. */
export interface ReduceOptions<R> extends TreeOptions {
  /** What to start from. */
  readonly initializer?: R;
}
const REDUCE_OPTIONS = ["initializer", "isLeaf"];
/** An initial value may be an object too: options are what has none but their names. */
const isReduceOptions = <R>(v: unknown): v is ReduceOptions<R> =>
  typeof v === "object" &&
  v !== null &&
  Object.getPrototypeOf(v) === Object.prototype &&
  Object.keys(v).length > 0 &&
  Object.keys(v).every((k) => REDUCE_OPTIONS.includes(k));
/** Folds the leaves, from the first: `fn(fn(initial, leaf0), leaf1) …`. Without `initial` the first leaf starts; an empty tree then throws.
 * @example tree.reduce((a: number, b: number) => a + b, { w: 1, b: [2, 3] }, 0) // 6 */
export function reduce<T, R = LeafOf<T>>(
  fn: (accumulated: R, leaf: NoInfer<LeafOf<T>>) => R,
  tree: T,
  ...rest: Tail<[initializer: R], ReduceOptions<R>>
): R {
  const last: unknown = rest.at(-1),
    q = isReduceOptions<R>(last) ? last : {},
    initial = last !== undefined && rest[0] !== q ? (rest[0] as R) : q.initializer,
    l = leavesOf(tree, q.isLeaf) as LeafOf<T>[];
  if (initial === undefined && !l.length) throw new StructureError("tree.reduce: the tree has no leaves. Instead: tree.reduce(fn, tree, initial)");
  return initial === undefined ? l.slice(1).reduce<R>((a, b) => fn(a, b), l[0] as R) : l.reduce<R>((a, b) => fn(a, b), initial);
}
/** Whether every leaf is truthy.
 * @example tree.all({ a: true, b: false }) // false */
export const all = (tree: Tree, options: TreeOptions = {}): boolean => leavesOf(tree, options.isLeaf).every(Boolean);
/** Exchanges two levels: a tree of structure `outer` whose leaves are trees of structure `inner` becomes the tree with both exchanged.
 * @example tree.transpose(tree.structure([0, 0]), tree.structure({ a: 0 }), [{ a: 1 }, { a: 2 }]) // { a: [1, 2] } */
export function transpose<T = Tree>(outer: TreeDef, inner: TreeDef, tree: Tree): T {
  const rows = leavesUpTo(outer, tree).map((t) => leavesUpTo(inner, t));
  return inner.unflatten(Array.from({ length: inner.leafCount }, (_x, i) => outer.unflatten(rows.map((r) => r[i])))) as T;
}
/** Leaves with their paths, a path being the keys and positions from the root, and the definition.
 * @example tree.flattenWithPath({ w: 1 })[0] // [[["w"], 1]] */
export const flattenWithPath = <T>(tree: T, options: TreeOptions = {}): [leaves: readonly PathAndLeaf<LeafOf<T>>[], definition: TreeDef] => [
  leavesWithPath(tree, options),
  structureOf(tree, options.isLeaf),
];
/** Leaves with their paths.
 * @example tree.leavesWithPath({ w: 1 }) // [[["w"], 1]] */
export const leavesWithPath = <T>(tree: T, options: TreeOptions = {}): readonly PathAndLeaf<LeafOf<T>>[] =>
  pathsOf(tree, options.isLeaf) as readonly PathAndLeaf<LeafOf<T>>[];
/** Applies `fn(path, leaf, …leaves of the other trees)` leaf by leaf.
 * @example tree.mapWithPath((path, x: number) => tree.keystr(path) + x, { w: 1 }) // { w: ".w1" } */
export function mapWithPath<T, R, Rest extends readonly unknown[]>(
  fn: (path: readonly PathEntry[], leaf: NoInfer<LeafOf<T>>, ...others: LeavesOf<Rest>) => R,
  tree: T,
  ...rest: Rest
): ReplaceLeaves<T, R> {
  const def = structureOf(tree),
    others = rest.map((r, i) => leavesUpTo(def, r, `tree ${i + 2}`)),
    call = fn as (path: readonly PathEntry[], ...leaves: unknown[]) => R;
  return def.unflatten(pathsOf(tree).map(([path, leaf], i) => call(path, leaf, ...others.map((o) => o[i])))) as ReplaceLeaves<T, R>;
}
/** A path as text, as error messages write it: `.layers[0].w`.
 * @example tree.keystr(["w", 0]) // ".w[0]" */
export const keystr = (path: readonly PathEntry[]): string => showPath(path);
/** Spreads a prefix tree over the structure of `full`: every leaf of the prefix stands for the subtree at its place.
 * @example tree.broadcast(1, { w: 2, b: 3 }) // { b: 1, w: 1 } */
export function broadcast<T>(prefix: Tree, full: T, options: TreeOptions = {}): ReplaceLeaves<T, LeafOf<T>> {
  const def = structureOf(full),
    leaf = (v: unknown): boolean => options.isLeaf?.(v) ?? structureOf(v).kind === "leaf";
  return def.unflatten(broadcastPrefix(prefix, def, "tree.broadcast", leaf)) as ReplaceLeaves<T, LeafOf<T>>;
}
