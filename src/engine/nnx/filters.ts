// Filters: which variables are meant, by class, tag, path, or any test. Source: flax.nnx.filterlib.
import { StructureError } from "../core/errors.ts";
import type { PathEntry } from "../core/pytree.ts";
import { Variable, type VariableClass } from "./variable.ts";

/** A test of a place in a module: its path, and the variable (or array) there. */
export type Predicate = (path: readonly PathEntry[], value: unknown) => boolean;
/**
 * A class of variables or of modules, a tag, a predicate; true, null or "..." for everything, false for nothing; a list for any of several.
 */
export type Filter = VariableClass | (abstract new (...args: never[]) => object) | Predicate | string | boolean | null | readonly Filter[];

const isVariableClass = (f: unknown): f is VariableClass => typeof f === "function" && (f === Variable || f.prototype instanceof Variable);
/** Any other class, such as a module's. */
const isClass = (f: unknown): f is abstract new (...args: never[]) => unknown =>
  typeof f === "function" && Function.prototype.toString.call(f).startsWith("class");
/** The test that a filter stands for. Throws StructureError for what is no filter. Source: nnx.filterlib.to_predicate.
 * @example nnx.toPredicate(nnx.Param)(["w"], new nnx.Param(np.ones([2]))) // true */
export function toPredicate(filter: Filter): Predicate {
  if (filter === true || filter === null || filter === "...") return () => true;
  if (filter === false) return () => false;
  if (typeof filter === "string") return WithTag(filter);
  if (isVariableClass(filter)) return OfType(filter);
  if (isClass(filter)) return (_path, v) => v instanceof filter;
  if (typeof filter === "function") return filter as Predicate;
  if (Array.isArray(filter)) return Any(...(filter as Filter[]));
  throw new StructureError(
    `nnx: ${String(filter)} is no filter; expected a class of variables, a tag, a function (path, value) => boolean, true, false, or a list of those`,
  );
}
/** What has this tag in its metadata.
 * @example nnx.WithTag("key")(["k"], new nnx.Param(np.ones([2]), { tag: "key" })) // true */
export const WithTag =
  (tag: string): Predicate =>
  (_path, v) =>
    v instanceof Variable && v.metadata.tag === tag;
/** Variables of a class.
 * @example nnx.OfType(nnx.Param)(["w"], new nnx.Param(np.ones([2]))) // true */
export const OfType =
  (cls: VariableClass): Predicate =>
  (_path, v) =>
    v instanceof cls;
/** What lies below an entry of this name, or at it.
 * @example nnx.PathContains("w")(["layer", "w"], 1) // true */
export const PathContains =
  (key: PathEntry): Predicate =>
  (path) =>
    path.some((p) => p === key || String(p) === String(key));
/** What any of the filters holds for.
 * @example nnx.Any(nnx.PathContains("w"), nnx.PathContains("b"))(["layer", "b"], 1) // true */
export function Any(...filters: Filter[]): Predicate {
  const list = filters.map(toPredicate);
  return (path, v) => list.some((p) => p(path, v));
}
/** What all of the filters hold for.
 * @example nnx.All(nnx.PathContains("w"), nnx.Not("x"))(["w"], 1) // true */
export function All(...filters: Filter[]): Predicate {
  const list = filters.map(toPredicate);
  return (path, v) => list.every((p) => p(path, v));
}
/** What the filter does not hold for.
 * @example nnx.Not(nnx.PathContains("b"))(["layer", "w"], 1) // true */
export function Not(filter: Filter): Predicate {
  const p = toPredicate(filter);
  return (path, v) => !p(path, v);
}
/** Everything.
 * @example nnx.Everything()(["w"], 1) // true */
export const Everything = (): Predicate => () => true;
/** Nothing.
 * @example nnx.Nothing()(["w"], 1) // false */
export const Nothing = (): Predicate => () => false;
