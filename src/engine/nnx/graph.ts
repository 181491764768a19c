// A module as data: its structure (GraphDef) and the arrays in it. Shared variables and modules stand once; where they are met again the structure
// refers to them. What every transformation of nnx does begins with `flattenGraph` and ends with `unflattenGraph`.
import { StructureError } from "../core/errors.ts";
import { type PathEntry, registerPytreeNode, showPath } from "../core/pytree.ts";
import { Value } from "../core/value.ts";
import { Pytree, fieldsOf, isSetting, nodeOf } from "./module.ts";
import { Variable, type VariableClass, type VariableMetadata, variableOf } from "./variable.ts";

type NodeClass = abstract new (...args: never[]) => Pytree;
type Entries = readonly (readonly [key: PathEntry, def: NodeDef])[];
/** The structure at one place. */
export type NodeDef =
  | { readonly kind: "node"; readonly index: number; readonly cls: NodeClass; readonly entries: Entries }
  /** `kept`: the value is the one from before, and is not among the leaves. */
  | { readonly kind: "variable"; readonly index: number; readonly cls: VariableClass; readonly metadata: VariableMetadata; readonly kept: boolean }
  | { readonly kind: "ref"; readonly index: number }
  | { readonly kind: "leaf" }
  | { readonly kind: "list" | "dict" | "map"; readonly entries: Entries }
  | { readonly kind: "static"; readonly value: unknown };
/** One array (or tree of arrays) of a graph: where it is, and the variable that holds it, if one does. */
export interface Slot {
  readonly path: readonly PathEntry[];
  readonly variable: Variable<unknown> | null;
  readonly value: unknown;
}

const ids = new WeakMap<object, number>();
let nextId = 0;
const idOf = (o: object): number => ids.get(o) ?? (ids.set(o, nextId++), nextId - 1);
/** A setting as text: equal texts are equal settings. Functions and objects of classes are known by identity. */
function settingText(v: unknown): string {
  if (typeof v === "function") return `fn${idOf(v)}`;
  if (typeof v !== "object" || v === null) return typeof v === "string" ? JSON.stringify(v) : `${typeof v}:${String(v)}`;
  if (Array.isArray(v)) return `[${v.map(settingText).join()}]`;
  if (Object.getPrototypeOf(v) !== Object.prototype) return `object${idOf(v)}`;
  return `{${Object.entries(v)
    .map(([k, x]) => `${k}:${settingText(x)}`)
    .join()}}`;
}
function textOf(d: NodeDef): string {
  const inner = (entries: Entries): string => entries.map(([k, c]) => `${k}=${textOf(c)}`).join();
  switch (d.kind) {
    case "node":
      return `#${d.index}c${idOf(d.cls)}(${inner(d.entries)})`;
    case "variable":
      return `#${d.index}v${idOf(d.cls)}${d.kept ? "k" : ""}${settingText(d.metadata)}`;
    case "ref":
      return `@${d.index}`;
    case "leaf":
      return "*";
    case "static":
      return settingText(d.value);
    default:
      return `${d.kind}(${inner(d.entries)})`;
  }
}
/** The structure of modules, without the arrays: equal for modules of equal classes, settings and sharing. Source: flax.nnx.GraphDef. */
export class GraphDef {
  #text: string | null = null;
  constructor(readonly root: NodeDef) {}
  /** What stands for it in the key of a compiled program. */
  toJSON(): string {
    return (this.#text ??= textOf(this.root));
  }
  /** Whether both describe the same structure. */
  equals(other: GraphDef): boolean {
    return this.toJSON() === other.toJSON();
  }
}
// A structure is part of a program, not an input to it.
registerPytreeNode<GraphDef>(
  GraphDef,
  (def) => [[], def],
  (aux) => aux as GraphDef,
);

/** How a graph is taken apart. */
export interface FlattenOptions {
  /** Numbers outside of modules are inputs (arguments of a function), not settings. */
  readonly loose?: boolean;
  /** The indices that nodes and variables have already: where they came from. */
  readonly indices?: Map<object, number>;
  /** Values that variables had: those that still have them are left out. */
  readonly before?: ReadonlyMap<Variable<unknown>, unknown>;
}
const isPlain = (v: object): boolean => {
  const p = Object.getPrototypeOf(v) as object | null;
  return p === Object.prototype || p === null;
};
/** A tree of modules, variables, arrays and settings, as its structure and its leaves. `indices` is filled with what was met. */
export function flattenGraph(tree: unknown, options: FlattenOptions = {}): [GraphDef, Slot[]] {
  const indices = options.indices ?? new Map<object, number>(),
    seen = new Set<object>(),
    open = new Set<object>(),
    slots: Slot[] = [];
  const indexOf = (o: object): number => {
    let i = indices.get(o);
    if (i === undefined) indices.set(o, (i = indices.size));
    return i;
  };
  const within = (v: object, entries: Iterable<readonly [PathEntry, unknown]>, path: readonly PathEntry[], loose: boolean): Entries => {
    if (open.has(v)) throw new StructureError(`nnx: the container at ${showPath(path) || "the root"} contains itself; only modules may be shared`);
    open.add(v);
    const out = [...entries].map(([k, child]) => [k, walk(child, [...path, k], loose)] as const);
    open.delete(v);
    return out;
  };
  const walk = (v: unknown, path: readonly PathEntry[], loose: boolean): NodeDef => {
    if (v instanceof Variable || v instanceof Pytree) {
      const index = indexOf(v);
      if (seen.has(v)) return { kind: "ref", index };
      seen.add(v);
      if (v instanceof Pytree) {
        const cls = v.constructor as NodeClass;
        return { kind: "node", index, cls, entries: within(v, fieldsOf(v), path, false) };
      }
      const { value } = v,
        kept = options.before?.has(v) === true && options.before.get(v) === value;
      if (!kept) slots.push({ path, variable: v, value });
      return { kind: "variable", index, cls: v.constructor as VariableClass, metadata: v.metadata, kept };
    }
    const leaf = (): NodeDef => {
      slots.push({ path, variable: null, value: v });
      return { kind: "leaf" };
    };
    if (v instanceof Value) return leaf();
    if (isSetting(v)) return { kind: "static", value: v };
    if (typeof v !== "object" || v === null)
      return loose && v !== null && v !== undefined && typeof v !== "function" ? leaf() : { kind: "static", value: v };
    if (Array.isArray(v)) return { kind: "list", entries: within(v, v.entries(), path, loose) };
    if (v instanceof Map) return { kind: "map", entries: within(v, v as Map<PathEntry, unknown>, path, loose) };
    if (isPlain(v)) return { kind: "dict", entries: within(v, Object.entries(v), path, loose) };
    return loose ? leaf() : { kind: "static", value: v };
  };
  const root = walk(tree, [], options.loose ?? false);
  return [new GraphDef(root), slots];
}
/** The tree of a structure and its leaves. Nodes and variables in `existing` are changed in place; `made` is filled with what is met, by index. */
export function unflattenGraph(
  def: GraphDef,
  leaves: Iterable<unknown>,
  existing: ReadonlyMap<number, object> = new Map<number, object>(),
  made: Map<number, object> = new Map<number, object>(),
): unknown {
  const next = leaves[Symbol.iterator]();
  const take = (): unknown => {
    const r = next.next();
    if (r.done) throw new StructureError("nnx: the structure has more leaves than were given");
    return r.value;
  };
  const build = (d: NodeDef): unknown => {
    switch (d.kind) {
      case "leaf":
        return take();
      case "static":
        return d.value;
      case "ref": {
        const o = made.get(d.index) ?? existing.get(d.index);
        if (!o) throw new StructureError("nnx: the structure refers to a module that is not in it");
        return o;
      }
      case "variable": {
        const old = existing.get(d.index) as Variable<unknown> | undefined;
        if (d.kept && !old) throw new StructureError("nnx: a variable's value is not among the leaves");
        const value = d.kept ? undefined : take(),
          v = old ?? variableOf(d.cls, value, d.metadata);
        if (old && !d.kept) old.value = value;
        made.set(d.index, v);
        return v;
      }
      case "node": {
        const node = (existing.get(d.index) as Pytree | undefined) ?? nodeOf(d.cls),
          fields = node as unknown as Record<PathEntry, unknown>,
          left = new Set(Object.keys(fields));
        made.set(d.index, node);
        for (const [k, c] of d.entries) {
          const value = build(c);
          left.delete(String(k));
          if (!Object.hasOwn(fields, k) || !sameList(fields[k], value)) fields[k] = value;
        }
        for (const k of left) Reflect.deleteProperty(fields, k);
        return node;
      }
      case "list":
        return d.entries.map(([, c]) => build(c));
      case "map":
        return new Map(d.entries.map(([k, c]) => [k, build(c)]));
      case "dict":
        return Object.fromEntries(d.entries.map(([k, c]) => [k, build(c)]));
    }
  };
  return build(def.root);
}
/** Whether a field may stay as it is: the same value, or a list of the same things. */
const sameList = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => x === b[i]));
/** Where each index stands: a map turned round. */
export const byIndex = (indices: ReadonlyMap<object, number>): Map<number, object> => new Map([...indices].map(([o, i]) => [i, o]));
