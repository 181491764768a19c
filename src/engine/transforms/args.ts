// From what a user passes to flat lists of arrays and back: shared by every public transformation.
import { ArgumentError, DTypeError } from "../core/errors.ts";
import { ShapeDtypeStruct, ShapedArray } from "../core/aval.ts";
import { arrayFrom, fromTyped, scalarArray } from "../core/arrays.ts";
import { type TypedArray, canonicalize, dtypeOfTyped, isInteger } from "../core/dtypes.ts";
import { type PathEntry, type TreeDef, flatten, showPath } from "../core/pytree.ts";
import { parameterNames } from "../core/parameters.ts";
import type { AnyFunction } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";

export type { AnyFunction } from "../core/treeTypes.ts";

const isTyped = (v: unknown): v is TypedArray => ArrayBuffer.isView(v) && !(v instanceof DataView);
/** A leaf of a pytree as a value: arrays stay, numbers become weak float scalars, bigints weak integer ones. */
export function leafValue(v: unknown, where: () => string): Value {
  if (v instanceof Value) return v;
  if (typeof v === "number") return scalarArray(v, new ShapedArray([], canonicalize("float64"), true));
  if (typeof v === "boolean") return scalarArray(v, new ShapedArray([], "bool"));
  if (typeof v === "bigint") return scalarArray(v, new ShapedArray([], canonicalize("int64"), true));
  if (isTyped(v)) return typedArray(v);
  throw new DTypeError(
    `${where()} is ${describe(v)}, expected an array or a number. Mark it static (staticArgnums) if the function needs it as it is`,
  );
}
/** A JavaScript typed array as an array: 64-bit types narrow unless x64 is on. The data is copied. */
export function typedArray(v: TypedArray): Value {
  const from = dtypeOfTyped(v),
    to = canonicalize(from);
  if (from === to) return fromTyped(v.slice(), [v.length], to);
  return arrayFrom(isInteger(from) ? Array.from(v as BigInt64Array) : (v as Float64Array), [v.length], to);
}
export function describe(v: unknown): string {
  if (v === null) return "null";
  if (typeof v === "string") return `the string ${JSON.stringify(v.length > 40 ? v.slice(0, 40) + "…" : v)}`;
  if (typeof v === "function") return `a function${v.name ? ` (${v.name})` : ""}`;
  if (typeof v === "object") return `an object of class ${v.constructor?.name ?? "?"}`;
  return `a value of type ${typeof v}`;
}

type NameArgument = (path: readonly PathEntry[]) => string | null;
const ownNames = new WeakMap<AnyFunction, NameArgument>();
/** For functions that stand for another one: what its user calls the argument at a path; null: as it is called without this. */
export const setArgumentNames = (fn: AnyFunction, name: NameArgument): void => void ownNames.set(fn, name);
/** Names an argument by its parameter and path, `x.w[0]`. */
export function argumentName(fn: AnyFunction, path: readonly PathEntry[]): string {
  const own = ownNames.get(fn)?.(path);
  if (own) return own;
  const [first, ...rest] = path;
  const name = parameterNames(fn)[Number(first)] ?? `argument ${String(first)}`;
  return `${name}${showPath(rest)}`;
}
/** Leaves with their structure. The paths are worked out when they are asked for: only messages and new traces need them. */
class Flat<Leaf> {
  #paths: PathEntry[][] | null = null;
  constructor(
    readonly values: Leaf[],
    readonly tree: TreeDef,
  ) {}
  get paths(): PathEntry[][] {
    return (this.#paths ??= this.tree.paths());
  }
}
export type FlatArgs = Flat<Value>;
/** The leaves of arguments as arrays, and their structure. */
export function flattenArgs(fn: AnyFunction, args: readonly unknown[], what: string): FlatArgs {
  const [leaves, tree] = flatten(args as unknown[], isStruct);
  return new Flat(
    leaves.map((l, i) => leafValue(l, () => `${what}: ${argumentName(fn, tree.paths()[i]!)}`)),
    tree,
  );
}
const isStruct = (v: unknown): boolean => v instanceof ShapeDtypeStruct;
export interface FlatAvals {
  readonly avals: ShapedArray[];
  readonly tree: TreeDef;
  readonly paths: PathEntry[][];
}
/** Types of arguments that may be arrays or stand-ins for them. */
export function flattenAvals(fn: AnyFunction, args: readonly unknown[], what: string): FlatAvals {
  const [leaves, tree] = flatten(args as unknown[], isStruct),
    paths = tree.paths();
  return {
    tree,
    paths,
    avals: leaves.map((l, i) => (l instanceof ShapeDtypeStruct ? l.aval : leafValue(l, () => `${what}: ${argumentName(fn, paths[i]!)}`).aval)),
  };
}
/** The same tree with stand-ins in place of its arrays: it can be traced for again, and keeps nothing alive. */
export function typesOf(tree: unknown): unknown {
  const [leaves, def] = flatten(tree, isStruct);
  return def.unflatten(leaves.map((l) => (l instanceof Value ? new ShapeDtypeStruct(l.aval.shape, l.aval.dtype, l.aval.weakType) : l)));
}
/** Leaves of a function's result as values. */
export function flattenResult(result: unknown, fnName: string): { values: Value[]; tree: TreeDef } {
  if (result instanceof Promise)
    throw new DTypeError(
      `${fnName || "the function"} returned a Promise; a function under a transformation must be synchronous: move await outside it`,
    );
  const [leaves, tree] = flatten(result);
  return { tree, values: leaves.map((l, i) => leafValue(l, () => `the result of ${fnName || "the function"}${showPath(tree.paths()[i]!)}`)) };
}
export const functionName = (fn: AnyFunction): string => fn.name || "<lambda>";

/** A function among the arguments of a transformation. */
export function requireFunction(what: string, fn: unknown): void {
  if (typeof fn !== "function")
    throw new DTypeError(`${what}: got ${fn instanceof Value ? `an array (${fn.aval})` : describe(fn)}, expected a function`);
}
/**
 * Positions of arguments, counted from 0, negative ones from the end. Throws ArgumentError for one that is no integer, that is not among `count`
 * arguments, or that comes twice.
 */
export function argNumbers(what: string, option: string, given: unknown, count: number, of: string): number[] {
  const takes = `${of} ${count} argument${count === 1 ? "" : "s"}`,
    list = Array.isArray(given) ? (given as unknown[]) : [given];
  const numbers = list.map((n) => {
    const i = typeof n === "number" ? (n < 0 ? n + count : n) : NaN;
    if (!Number.isInteger(i) || i < 0 || i >= count)
      throw new ArgumentError(
        `${what}: ${option} names argument ${typeof n === "string" ? JSON.stringify(n) : String(n)}, but ${takes}; expected integers from ${-count} to ${count - 1}`,
      );
    return i;
  });
  if (new Set(numbers).size !== numbers.length) throw new ArgumentError(`${what}: ${option} names an argument twice: ${list.join(", ")}`);
  return numbers;
}
/** Positions of the parameters of `fn` with these names. ArgumentError for a name that it has not. */
export function argNumbersNamed(what: string, option: string, fn: AnyFunction, given: string | readonly string[]): number[] {
  const names = parameterNames(fn);
  return [given].flat().map((n) => {
    const i = names.indexOf(n);
    if (i < 0)
      throw new ArgumentError(`${what}: ${option} names "${n}", but the parameters of ${functionName(fn)} are ${names.join(", ") || "none"}`);
    return i;
  });
}
