// Modules: objects whose fields are variables, other modules, and settings. They are pytrees too, of the arrays in them.
import { StructureError } from "../core/errors.ts";
import { type PathEntry, registerPytreeNode } from "../core/pytree.ts";
import { Value } from "../core/value.ts";
import { Perturbation, Variable, type VariableClass, variableOf } from "./variable.ts";
import { type Filter, toPredicate } from "./filters.ts";
import * as np from "../numpy/index.ts";

type NodeClass = abstract new (...args: never[]) => Pytree;
const registered = new Set<NodeClass>();
type Fields = Record<string, unknown>;
/** The fields of a node, in the order of their names. */
export const fieldsOf = (node: Pytree): [string, unknown][] =>
  Object.entries(node as unknown as Fields).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
/** A node of a class with these fields: its constructor is not called. */
export const nodeOf = (cls: NodeClass, fields: Iterable<readonly [string, unknown]> = []): Pytree =>
  Object.assign(Object.create(cls.prototype as object) as Pytree, Object.fromEntries(fields));
const isPlain = (v: object): boolean => Object.getPrototypeOf(v) === Object.prototype;
const settings = new WeakSet<object>();
/** Whether a value was marked as a setting. */
export const isSetting = (v: unknown): boolean => typeof v === "object" && v !== null && settings.has(v);
/** Whether there are arrays in a field: it is data; else it is a setting, and part of the structure. Source: nnx.is_data.
 * @example nnx.isData(np.ones([2])) // true */
export function isData(v: unknown): boolean {
  if (typeof v !== "object" || v === null || settings.has(v)) return false;
  if (v instanceof Value || v instanceof Variable || v instanceof Pytree) return true;
  if (v instanceof Map) return [...v.values()].some(isData);
  return (Array.isArray(v) || isPlain(v)) && Object.values(v).some(isData);
}
/** Says of a list or an object that it is a setting, whatever is in it. Gives it back. Source: nnx.static.
 * @example nnx.isData(nnx.static([np.ones([2])])) // false */
function static_<T>(value: T): T {
  if (typeof value === "object" && value !== null) settings.add(value);
  return value;
}
/** Says of a value that it is data. Containers of arrays are so by themselves; gives it back. Source: nnx.data.
 * @example nnx.data([np.ones([2])]) // [[1, 1]] */
export const data = <T>(value: T): T => value;
export { static_ as static };

/** A class whose objects are trees of their fields: those with arrays in them are data, all others settings. Source: flax.nnx.Pytree. */
export abstract class Pytree {
  constructor() {
    const cls = new.target;
    if (registered.has(cls)) return;
    registered.add(cls);
    registerPytreeNode<Pytree>(
      cls,
      (node) => {
        const fields = fieldsOf(node),
          own = fields.filter(([, v]) => isData(v));
        return [own.map(([, v]) => v), [own.map(([k]) => k), fields.filter(([, v]) => !isData(v))]];
      },
      (aux, children) => {
        const [names, rest] = aux as [string[], [string, unknown][]];
        return nodeOf(cls, [...names.map((k, i) => [k, children[i]] as const), ...rest]);
      },
    );
  }
}
/** A node that is no module: kept for the name it has in flax. */
export { Pytree as Object };

/** How a module is told of training and evaluation. */
export interface ModeOptions {
  /** The fields to set, by name. Default those that the mode stands for. */
  readonly [field: string]: unknown;
}
/** What `sow` does with the value. */
export interface SowOptions<T> {
  /** The next value from the one before and the new one. By default a list of all. */
  readonly reduceFn?: (before: T, value: Value) => T;
  /** What the first is added to. */
  readonly initFn?: () => T;
}
/** Sets fields of all modules below that have them. */
function setMode(module: Module, fields: Fields): void {
  for (const [, m] of module.iterModules()) for (const [k, v] of Object.entries(fields)) if (Object.hasOwn(m, k)) (m as unknown as Fields)[k] = v;
}
/**
 * A layer or a network: a class with `Param`s and other modules in its ordinary fields, and a method that computes (`call`, by custom).
 * What is kept in fields with a `#` is not seen. Source: flax.nnx.Module.
 */
export abstract class Module extends Pytree {
  /** All modules below and this one, with their paths, each once; those inside before those around them. */
  *iterModules(): Generator<[path: readonly PathEntry[], module: Module]> {
    const seen = new Set<unknown>();
    function* walk(v: unknown, path: readonly PathEntry[]): Generator<[readonly PathEntry[], Module]> {
      if (typeof v !== "object" || v === null || v instanceof Value || v instanceof Variable || seen.has(v)) return;
      if (!(v instanceof Pytree) && !Array.isArray(v) && !isPlain(v)) return;
      seen.add(v);
      for (const [k, child] of v instanceof Pytree ? fieldsOf(v) : Object.entries(v)) yield* walk(child, [...path, k]);
      if (v instanceof Module) yield [path, v];
    }
    yield* walk(this, []);
  }
  /** The modules that are fields of this one. */
  *iterChildren(): Generator<[name: string, module: Module]> {
    for (const [k, v] of fieldsOf(this)) if (v instanceof Module) yield [k, v];
  }
  /** Sets fields of every module below that has them. Throws StructureError for a field that none has. */
  setAttributes(fields: ModeOptions, filter: Filter = true): void {
    const wanted = toPredicate(filter),
      left = new Set(Object.keys(fields));
    for (const [path, m] of this.iterModules())
      if (wanted(path, m))
        for (const [k, v] of Object.entries(fields))
          if (Object.hasOwn(m, k)) {
            (m as unknown as Fields)[k] = v;
            left.delete(k);
          }
    if (left.size) throw new StructureError(`setAttributes: no module below has the field ${[...left].map((k) => `"${k}"`).join(", ")}`);
  }
  /** For training: dropout drops, normalizations use the batch's statistics. */
  train(fields: ModeOptions = {}): void {
    setMode(this, { deterministic: false, useRunningAverage: false, ...fields });
  }
  /** For evaluation: dropout passes, normalizations use the running statistics. */
  eval(fields: ModeOptions = {}): void {
    setMode(this, { deterministic: true, useRunningAverage: true, ...fields });
  }
  /** Keeps a value from inside a call in the field `name`: read it with `nnx.pop(model, nnx.Intermediate)`. True where it was kept. */
  sow(cls: VariableClass, name: string, value: Value, options: SowOptions<unknown> = {}): boolean {
    const fields = this as unknown as Fields,
      reduce = options.reduceFn ?? ((before: unknown, v: Value) => [...(before as Value[]), v]),
      before = fields[name];
    if (before !== undefined && !(before instanceof Variable))
      throw new StructureError(`sow: the field "${name}" of this ${this.constructor.name} is no variable; sow under another name`);
    if (before) before.value = reduce(before.value, value);
    else fields[name] = variableOf(cls, reduce(options.initFn?.() ?? [], value), {});
    return true;
  }
  /** Adds the variable `name`, made as zeros at first: its gradient is the gradient of `value`. */
  perturb(name: string, value: Value, cls: VariableClass = Perturbation): Value {
    const fields = this as unknown as Fields,
      v = (fields[name] ??= variableOf(cls, np.zerosLike(value), {})) as Variable;
    return np.add(value, v.value);
  }
}
