// The same module with something changed: nodes are made anew, variables are the same ones.
import { StructureError } from "../core/errors.ts";
import type { PathEntry } from "../core/pytree.ts";
import { Value } from "../core/value.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { Module, Pytree, fieldsOf, nodeOf } from "./module.ts";
import { Variable } from "./variable.ts";

type Visitor = (path: readonly PathEntry[], node: unknown) => unknown;
const isPlain = (v: object): boolean => Object.getPrototypeOf(v) === Object.prototype;
/**
 * A copy of a module's nodes, each given to a function that may change it or give another one; what is inside comes before what is around it. Variables and
 * arrays are given to it too, and are not copied. A node that stands in several places is copied once. Source: flax.nnx.recursive_map.
 */
export function recursiveMap<T>(fn: Visitor, node: T): T {
  const made = new Map<unknown, unknown>();
  const walk = (v: unknown, path: readonly PathEntry[]): unknown => {
    if (typeof v !== "object" || v === null) return v;
    if (made.has(v)) return made.get(v);
    const entries = (from: Iterable<readonly [PathEntry, unknown]>): (readonly [PathEntry, unknown])[] =>
      [...from].map(([k, x]) => [k, walk(x, [...path, k])] as const);
    let copy: unknown = v;
    if (v instanceof Pytree) copy = nodeOf(v.constructor as abstract new () => Pytree, entries(fieldsOf(v)) as [string, unknown][]);
    else if (Array.isArray(v)) copy = entries(v.entries()).map(([, x]) => x);
    else if (v instanceof Map) copy = new Map(entries(v as Map<PathEntry, unknown>));
    else if (isPlain(v)) copy = Object.fromEntries(entries(Object.entries(v)));
    else if (!(v instanceof Variable) && !(v instanceof Value)) return v;
    const out = fn(path, copy);
    made.set(v, out);
    return out;
  };
  return walk(node, []) as T;
}
/** Options of `view` and `withAttributes`. */
export interface WithAttributesOptions {
  /** Which modules are changed. All. */
  readonly only?: Filter;
  /** Whether a field that no module has is an error. True. */
  readonly raiseIfNotFound?: boolean;
}
/**
 * A module with other fields, where its modules have such; the one that was given stays as it is, and shares its variables. StructureError for a field that no
 * module has. Source: flax.nnx.with_attributes.
 */
export function withAttributes<M>(node: M, attributes: Readonly<Record<string, unknown>>, options: WithAttributesOptions = {}): M {
  return changed("withAttributes", node, attributes, options);
}
function changed<M>(what: string, node: M, attributes: Readonly<Record<string, unknown>>, options: WithAttributesOptions): M {
  const wanted = toPredicate(options.only ?? true),
    left = new Set(Object.keys(attributes));
  const out = recursiveMap((path, v) => {
    if (v instanceof Module && wanted(path, v))
      for (const [k, x] of Object.entries(attributes))
        if (Object.hasOwn(v, k)) {
          (v as unknown as Record<string, unknown>)[k] = x;
          left.delete(k);
        }
    return v;
  }, node);
  if (left.size && (options.raiseIfNotFound ?? true))
    throw new StructureError(`nnx.${what}: no module below has the field ${[...left].map((k) => `"${k}"`).join(", ")}`);
  return out;
}
/**
 * A module for another use, such as evaluation: `nnx.view(model, { deterministic: true, useRunningAverage: true })`. It shares its variables with the one that
 * was given, which stays as it is. Source: flax.nnx.view.
 */
export const view = <M>(node: M, attributes: Readonly<Record<string, unknown>>, options: WithAttributesOptions = {}): M =>
  changed("view", node, attributes, options);
