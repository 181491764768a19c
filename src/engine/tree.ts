// jax.tree: working with pytrees.
import {
  type IsLeaf,
  type Tree,
  type TreeDef,
  flatten as flattenTree,
  leavesOf,
  leavesUpTo,
  mapTree,
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
