// The same module with something changed: nodes are made anew, variables are the same ones.
import { StructureError } from "../core/errors.ts";
import type { PathEntry } from "../core/pytree.ts";
import { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { Module, Pytree, fieldsOf, nodeOf } from "./module.ts";
import { RngStream } from "./rngs.ts";
import { Variable } from "./variable.ts";

type Visitor = (path: readonly PathEntry[], node: unknown) => unknown;
const isPlain = (v: object): boolean => Object.getPrototypeOf(v) === Object.prototype;
/**
 * A copy of a module's nodes, each given to a function that may change it or give another one; what is inside comes before what is around it. Variables and
 * arrays are given to it too, and are not copied. A node that stands in several places is copied once. Source: flax.nnx.recursive_map.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }); const names: string[] = []; nnx.recursiveMap((path, v) => { names.push(path.join("."));
 * return v; }, m); names // ["bias", "kernel", ""]
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
 * @example const m = new nnx.Dropout(0.5, { rngs: new nnx.Rngs(0) }); nnx.withAttributes(m, { rate: 0 }).call(np.ones([3])) // [1, 1, 1]
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
 * @example const m = new nnx.Dropout(0.5, { rngs: new nnx.Rngs(0) }); nnx.view(m, { deterministic: true }).call(np.ones([3])) // [1, 1, 1]
 */
export const view = <M>(node: M, attributes: Readonly<Record<string, unknown>>, options: WithAttributesOptions = {}): M =>
  changed("view", node, attributes, options);
/** Options of `viewInfo`. */
export interface ViewInfoOptions {
  /** Which modules are told of. All. */
  readonly only?: Filter;
}
/**
 * What `view` can change: the classes of the modules below and their settings with the values that they have now, where modules of a class have several, all of
 * them. Source: flax.nnx.view_info, which reads docstrings; types and their meaning are in the editor's hover here.
 * @example nnx.viewInfo(new nnx.Dropout(0.5, { rngs: new nnx.Rngs(0) })).includes("deterministic: false") // true
 */
export function viewInfo(node: unknown, options: ViewInfoOptions = {}): string {
  const wanted = toPredicate(options.only ?? true),
    classes = new Map<string, Map<string, Set<string>>>();
  recursiveMap((path, v) => {
    if (!(v instanceof Module) || !wanted(path, v)) return v;
    const { name } = v.constructor,
      settings = classes.get(name) ?? new Map<string, Set<string>>();
    classes.set(name, settings);
    for (const [field, value] of Object.entries(v))
      if (value === null || ["boolean", "number", "string"].includes(typeof value))
        settings.set(field, (settings.get(field) ?? new Set()).add(JSON.stringify(value)));
    return v;
  }, node);
  return [...classes]
    .filter(([, settings]) => settings.size)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, settings]) => [`${name}:`, ...[...settings].map(([k, values]) => `  ${k}: ${[...values].join(" | ")}`)].join("\n"))
    .join("\n");
}
/** How many keys: a number or a shape for all streams, or for those of a name. */
type Keys = number | readonly number[] | Readonly<Record<string, number | readonly number[]>>;
/** Options of `withRngs`. */
export interface WithRngsOptions {
  /** Streams that get as many keys as this says, all different. None. */
  readonly split?: Keys | null;
  /** Streams that get one key of their own, as many times as this says. None. */
  readonly broadcast?: Keys | null;
  /** Which of the others go on by themselves from their next key. None. */
  readonly fork?: Filter | null;
  /** Which streams are changed at all. All. */
  readonly only?: Filter;
}
/**
 * The same tree with other streams of random numbers: divided into several keys, repeated, or going on by themselves; those that are named nowhere stay the
 * same objects. Each changed stream draws one key from the one that was given. StructureError for a stream that is to be both split and repeated.
 * Source: flax.nnx.with_rngs.
 * @example nnx.withRngs(new nnx.Rngs({ params: 0, dropout: 1 }), { split: { params: 4 } }).stream("params").key.value.shape // [4]
 */
export function withRngs<T>(node: T, options: WithRngsOptions): T {
  const only = toPredicate(options.only ?? true),
    forked = options.fork === undefined || options.fork === null ? () => false : toPredicate(options.fork);
  const keysOf = (keys: Keys | null | undefined, tag: string): number | readonly number[] | null =>
    keys === null || keys === undefined
      ? null
      : typeof keys === "number" || Array.isArray(keys)
        ? (keys as number | readonly number[])
        : ((keys as Readonly<Record<string, number | readonly number[]>>)[tag] ?? null);
  const streams = new Map<RngStream, RngStream>();
  const changedStream = (path: readonly PathEntry[], v: RngStream): RngStream => {
    const at = [...path, "key"];
    if (!only(at, v.key)) return v;
    const split = keysOf(options.split, v.tag),
      repeat = keysOf(options.broadcast, v.tag);
    if (split !== null && repeat !== null) throw new StructureError(`nnx.withRngs: the stream "${v.tag}" is to be both split and repeated`);
    if (split !== null) return v.fork(split);
    if (repeat !== null) return new RngStream(np.broadcastTo(v.call(), typeof repeat === "number" ? [repeat] : repeat), v.tag);
    return forked(at, v.key) ? v.fork() : v;
  };
  return recursiveMap((path, v) => {
    if (!(v instanceof RngStream)) return v;
    const made = streams.get(v) ?? changedStream(path, v);
    streams.set(v, made);
    return made;
  }, node);
}
