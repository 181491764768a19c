// jax.tree: working with pytrees.
import {
  type IsLeaf,
  type PathEntry,
  type Tree,
  type TreeDef,
  flatten as flattenTree,
  leavesOf,
  broadcastPrefix,
  leavesUpTo,
  mapTree,
  pathsOf,
  showPath,
  structure as structureOf,
  unflatten as unflattenTree,
} from "./core/pytree.ts";
export { registerDataclass, registerPytreeNode, registerPytreeNodeClass } from "./core/pytree.ts";

export const flatten = (tree: Tree, options: { isLeaf?: IsLeaf } = {}): [unknown[], TreeDef] => flattenTree(tree, options.isLeaf);
export const unflatten = (def: TreeDef, leaves: readonly unknown[]): Tree => unflattenTree(def, leaves);
export const leaves = (tree: Tree, options: { isLeaf?: IsLeaf } = {}): unknown[] => leavesOf(tree, options.isLeaf);
export const structure = (tree: Tree, options: { isLeaf?: IsLeaf } = {}): TreeDef => structureOf(tree, options.isLeaf);
/** Applies a function leaf by leaf; further trees must have the first one's structure. */
// A mapped function takes whatever the leaves are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const map = <T = any>(fn: (...leaves: any[]) => unknown, tree: T, ...rest: Tree[]): T => mapTree(fn as never, tree, ...rest) as T;
export function reduce<R>(fn: (acc: R, leaf: never) => R, tree: Tree, initial?: R): R {
  const l = leavesOf(tree) as never[];
  return initial === undefined ? l.slice(1).reduce<R>((a, b) => fn(a, b), l[0] as R) : l.reduce<R>((a, b) => fn(a, b), initial);
}
export const all = (tree: Tree): boolean => leavesOf(tree).every(Boolean);
export function transpose(outer: TreeDef, inner: TreeDef, tree: Tree): Tree {
  const rows = leavesUpTo(outer, tree).map((t) => leavesUpTo(inner, t));
  return inner.unflatten(Array.from({ length: inner.leafCount }, (_x, i) => outer.unflatten(rows.map((r) => r[i]))));
}
/** Leaves with their paths, a path being the keys and positions from the root, and the definition. */
export const flattenWithPath = (tree: Tree, options: { isLeaf?: IsLeaf } = {}): [readonly (readonly [readonly PathEntry[], unknown])[], TreeDef] => [
  pathsOf(tree, options.isLeaf),
  structureOf(tree, options.isLeaf),
];
export const leavesWithPath = (tree: Tree, options: { isLeaf?: IsLeaf } = {}): readonly (readonly [readonly PathEntry[], unknown])[] =>
  pathsOf(tree, options.isLeaf);
/** Applies `fn(path, leaf, …leaves of the other trees)` leaf by leaf. */
export function mapWithPath(fn: (path: readonly PathEntry[], ...leaves: never[]) => unknown, tree: Tree, ...rest: Tree[]): Tree {
  const def = structureOf(tree),
    others = rest.map((r, i) => leavesUpTo(def, r, `tree ${i + 2}`));
  return def.unflatten(pathsOf(tree).map(([path, leaf], i) => fn(path, leaf as never, ...others.map((o) => o[i] as never))));
}
/** A path as text, as error messages write it: `.layers[0].w`. */
export const keystr = (path: readonly PathEntry[]): string => showPath(path);
/** Spreads a prefix tree over the structure of `full`: every leaf of the prefix stands for the subtree at its place. */
export function broadcast(prefix: Tree, full: Tree, options: { isLeaf?: IsLeaf } = {}): Tree {
  const def = structureOf(full),
    leaf = (v: unknown): boolean => options.isLeaf?.(v) ?? structureOf(v).kind === "leaf";
  return def.unflatten(broadcastPrefix(prefix, def, "tree.broadcast", leaf));
}
