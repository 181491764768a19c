// What the user passes becomes arrays: array-likes, promotion, axes, shapes, and the trailing options object.
import { type Shape, ShapedArray, sameShape } from "../core/aval.ts";
import { arrayFrom, scalarArray } from "../core/arrays.ts";
import { config } from "../core/config.ts";
import { type DType, itemsize, canonicalize, dtypeOf, inexactOf, isComplex, isFloat, isInteger, kindOf, numericOf } from "../core/dtypes.ts";
import { ConcretizationTypeError, DTypeError, ShapeError } from "../core/errors.ts";
import { promoteTypes } from "../core/promotion.ts";
import { NDArray, Tracer, Value } from "../core/value.ts";
import { describe, typedArray } from "../transforms/args.ts";
import * as o from "../primitives/ops.ts";

/** Anything that can stand for an array: an array or tracer, a number, boolean or bigint, nested arrays of those, a typed array. */
import type { ArrayLike } from "../core/treeTypes.ts";
export type { ArrayLike };
import type { Axis } from "./options.ts";
export type { Axis };

/** Weak scalars: 64-bit types until they are canonicalized. */
function scalar(v: number | boolean | bigint): Value {
  if (typeof v === "boolean") return scalarArray(v, new ShapedArray([], "bool"));
  if (typeof v === "bigint") return bigintArray("array", v, canonicalize("int64"), true);
  return scalarArray(v, new ShapedArray([], canonicalize("float64"), true));
}
/** A bigint as a scalar; one that its integer type does not hold is refused, as nothing near it would be right. */
export function bigintArray(fn: string, v: bigint, dtype: DType, weak = false): Value {
  const bits = itemsize(dtype) * 8;
  if (isInteger(dtype) && (dtype.startsWith("u") ? BigInt.asUintN(bits, v) : BigInt.asIntN(bits, v)) !== v)
    throw new RangeError(
      `${fn}: ${v} does not fit ${dtype}; give a wider { dtype }${config.enableX64 ? "" : ', or turn on 64-bit types with config.update("enableX64", true)'}`,
    );
  return scalarArray(v, new ShapedArray([], dtype, weak));
}
/** An array-like as an array, under its natural type. `name` and `fn` appear in errors. */
export function asArray(x: unknown, fn = "array", name = "the argument"): Value {
  if (x instanceof Value) return x;
  if (typeof x === "number" || typeof x === "boolean" || typeof x === "bigint") return scalar(x);
  if (ArrayBuffer.isView(x) && !(x instanceof DataView)) return typedArray(x as never);
  if (Array.isArray(x)) return nested(x, fn, name);
  throw new DTypeError(`${fn}: ${name} is ${describe(x)}, expected an array, a number, a boolean, or nested arrays of those`);
}
function nested(x: readonly unknown[], fn: string, name: string): Value {
  const shape: number[] = [];
  for (let v: unknown = x; Array.isArray(v); v = v[0]) shape.push(v.length);
  const flat: (number | boolean | bigint)[] = [];
  let arrays = false;
  const walk = (v: unknown, depth: number): void => {
    if (Array.isArray(v)) {
      if (v.length !== shape[depth])
        throw new ShapeError(
          `${fn}: ${name} is a ragged nested array: at depth ${depth} one part has ${shape[depth]} entries and another ${v.length}; make all parts equally long`,
        );
      for (const e of v) walk(e, depth + 1);
    } else if (v instanceof Value || ArrayBuffer.isView(v)) arrays = true;
    else if (typeof v === "number" || typeof v === "boolean" || typeof v === "bigint") {
      if (depth !== shape.length) throw new ShapeError(`${fn}: ${name} is a ragged nested array`);
      flat.push(v);
    } else throw new DTypeError(`${fn}: ${name} contains ${describe(v)}, expected numbers`);
  };
  walk(x, 0);
  if (arrays) {
    const parts = x.map((v, i) => asArray(v, fn, `${name}[${i}]`)),
      [first] = parts,
      all = promote(fn, parts);
    for (const p of all)
      if (!sameShape(p.shape, first!.shape))
        throw new ShapeError(`${fn}: ${name} stacks arrays of shapes ${parts.map((q) => `[${q.shape.join()}]`).join(", ")}; they must be equal`);
    return o.concatenate(
      all.map((p) => o.expandDims(p, 0)),
      0,
    );
  }
  const bools = flat.length > 0 && flat.every((v) => typeof v === "boolean"),
    bigs = flat.length > 0 && flat.every((v) => typeof v === "bigint");
  return arrayFrom(flat, shape, bools ? "bool" : canonicalize(bigs ? "int64" : "float64"));
}

/** A number beside integers is a weak integer where it is one; beside floats, or alone, it is a weak float. */
function scalarsBeside(xs: readonly unknown[], beside: readonly unknown[]): (Value | number | bigint | boolean)[] {
  const own = xs.filter((x) => typeof x !== "number"),
    arrays = own.length > 0 ? own : beside,
    integral =
      arrays.length > 0 &&
      arrays.every((x) => typeof x === "boolean" || typeof x === "bigint" || (x instanceof Value && (isInteger(x.dtype) || x.dtype === "bool")));
  return xs.map((x) =>
    typeof x === "number" && integral && Number.isInteger(x) ? scalarArray(x, new ShapedArray([], canonicalize("int64"), true)) : x,
  ) as never;
}
/** Converts operands to their common type. Where all are numbers, the arrays `beside` them decide whether whole ones are integers. */
export function promote(fn: string, xs: readonly unknown[], beside: readonly unknown[] = []): Value[] {
  const prepared = scalarsBeside(
      xs.map((x) => (x instanceof Value || typeof x === "number" || typeof x === "bigint" || typeof x === "boolean" ? x : asArray(x, fn))),
      beside,
    ),
    values = prepared.map((x, i) => asArray(x, fn, `argument ${i}`));
  const { dtype, weakType } = promoteTypes(values.map((v) => v.aval));
  return values.map((v) => castTo(v, dtype, weakType));
}
/** Casts; a literal scalar is made anew, so that it stays a literal in the jaxpr. The result is strongly typed unless `weak`. */
export function castTo(v: Value, dtype: DType, weak = false): Value {
  if (v.dtype === dtype && v.weakType === weak) return v;
  const literal = "literal" in v ? (v as { literal?: number | bigint | boolean }).literal : undefined;
  if (literal !== undefined && v.ndim === 0 && !isComplex(dtype) && kindOf(dtype) !== "k")
    return scalarArray(
      dtype === "bool" ? Boolean(literal) : isInteger(dtype) && typeof literal === "number" ? Math.trunc(literal) : literal,
      new ShapedArray([], dtype, weak),
    );
  return isComplex(v.dtype) && !isComplex(dtype) ? o.convert(o.real(v), dtype, weak) : o.convert(v, dtype, weak);
}
/** Converts operands to their common inexact type: integers and booleans become floats. */
export const promoteInexact = (fn: string, xs: readonly unknown[]): Value[] => promote(fn, xs).map((p) => castTo(p, inexactOf(p.dtype), p.weakType));
/** Converts operands to their common numeric type: booleans become int32. */
export const promoteNumeric = (fn: string, xs: readonly unknown[]): Value[] => promote(fn, xs).map((p) => castTo(p, numericOf(p.dtype), p.weakType));
/** The broadcast shape of several. */
export function broadcastShapes(fn: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length)),
    out = Array<number>(rank).fill(1);
  for (const s of shapes)
    s.forEach((n, i) => {
      const at = rank - s.length + i;
      if (n === 1) return;
      if (out[at] !== 1 && out[at] !== n)
        throw new ShapeError(
          `${fn}: shapes ${shapes.map((q) => `[${q.join()}]`).join(" and ")} do not broadcast: axis ${at - rank} is ${out[at]} in one and ${n} in another; reshape one of them so that the axes are equal or 1`,
        );
      out[at] = n;
    });
  return out;
}
export function broadcastTo(x: Value, shape: Shape, fn = "broadcastTo"): Value {
  if (sameShape(x.shape, shape)) return x;
  if (x.ndim > shape.length || !sameShape(broadcastShapes(fn, [x.shape, shape]), shape))
    throw new ShapeError(`${fn}: ${x.aval} does not broadcast to [${shape.join()}]`);
  return o.broadcastInDim(
    x,
    shape,
    x.shape.map((_n, i) => shape.length - x.ndim + i),
  );
}
/** Operands of an elementwise operation: one type, and one shape (scalars stay scalars: primitives spread them). */
export function operands(fn: string, xs: readonly unknown[], inexact = false): Value[] {
  const ps = inexact ? promoteInexact(fn, xs) : promote(fn, xs);
  return spread(fn, ps);
}
export function spread(fn: string, ps: readonly Value[]): Value[] {
  if (config.numpyRankPromotion !== "allow") checkRanks(fn, ps);
  const shape = broadcastShapes(
    fn,
    ps.map((p) => p.shape),
  );
  return ps.map((p) => (p.ndim === 0 ? p : broadcastTo(p, shape, fn)));
}
const warned = new Set<string>();
/** `config.numpyRankPromotion`: arrays of different ranks, scalars apart, are warned of (once a function and shapes) or refused. */
function checkRanks(fn: string, ps: readonly Value[]): void {
  const arrays = ps.filter((p) => p.ndim > 0);
  if (arrays.every((p) => p.ndim === arrays[0]!.ndim)) return;
  const shapes = ps.map((p) => `[${p.shape.join()}]`).join(" and "),
    text = `${fn}: shapes ${shapes} have different ranks, and config.numpyRankPromotion is "${config.numpyRankPromotion}"; give the smaller one the missing axes (x.reshape, x.get(null, ":"))`;
  if (config.numpyRankPromotion === "raise") throw new ShapeError(text);
  if (warned.size > 1000) warned.clear();
  if (!warned.has(text)) console.warn(text);
  warned.add(text);
}
/** A negative axis counts from the end. */
export function axisOf(fn: string, axis: number, rank: number): number {
  const n = concreteNumber(fn, "the axis", axis);
  if (typeof n !== "number" || !Number.isInteger(n) || n < -rank || n >= rank)
    throw new ShapeError(
      `${fn}: axis ${typeof n === "number" ? n : describe(axis)} is out of range for an array of ${rank} ${rank === 1 ? "axis" : "axes"}; expected ${rank ? `${-rank} to ${rank - 1}` : "none, it is a scalar"}`,
    );
  return n < 0 ? n + rank : n;
}
/** The axes of a reduction: null means all. */
export function axesOf(fn: string, axis: Axis | undefined, rank: number): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_x, i) => i);
  const list = (Array.isArray(axis) ? (axis as readonly number[]) : [axis as number]).map((a) => axisOf(fn, a, rank));
  if (new Set(list).size !== list.length) throw new ShapeError(`${fn}: the axes (${list.join(", ")}) name one axis twice`);
  return list.sort((a, b) => a - b);
}
const isPlain = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
/** Splits a call's tail into positional optionals and the options object: `options(["axis"], rest)`. */
export function options<T extends object>(
  fn: string,
  names: readonly (keyof T & string)[],
  rest: readonly unknown[],
  allowed?: readonly string[],
): T {
  const out: Record<string, unknown> = {};
  rest.forEach((v, i) => {
    if (isPlain(v) && i === rest.length - 1) {
      for (const k of Object.keys(v))
        if (allowed && !allowed.includes(k) && !names.includes(k as never))
          throw new TypeError(`${fn}: there is no option "${k}"; the options are ${[...new Set([...names, ...allowed])].join(", ")}`);
      Object.assign(out, v);
    } else if (v !== undefined) {
      const k = names[i];
      if (k === undefined) throw new TypeError(`${fn}: too many arguments; give optional ones by name, as { ${names.join(", ")} }`);
      out[k] = v;
    }
  });
  return out as T;
}
/** Splits the arguments of a function of any number of arrays: an options object may stand last. */
export function splitOptions<O extends object>(args: readonly unknown[]): { arrays: ArrayLike[]; options: O } {
  const last = args.at(-1);
  return isPlain(last) ? { arrays: args.slice(0, -1) as ArrayLike[], options: last as O } : { arrays: args as ArrayLike[], options: {} as O };
}
/** A dtype option, or a default. */
export const dtypeOr = (d: unknown, otherwise: DType): DType => (d === undefined || d === null ? otherwise : dtypeOf(d));
export const isWeakable = (d: DType): boolean => isFloat(d) || isInteger(d);
/** The number in a size, axis or count: a number, a bigint, or a concrete integer scalar. Tracers are refused with the remedy. */
function concreteNumber(fn: string, name: string, v: unknown): unknown {
  if (typeof v === "bigint") return Number(v);
  if (!(v instanceof Value)) return v;
  const known = v instanceof Tracer ? v.concrete() : v;
  if (known instanceof NDArray) return known.ndim === 0 && isInteger(known.dtype) ? Number(known.item()) : known.aval;
  const origin = v instanceof Tracer ? v.origin() : "",
    what = name === "the shape" ? "shapes must be concrete: a size" : name;
  throw new ConcretizationTypeError(
    `${fn}: ${what} is a traced array (${v.aval}), expected a number that is known while tracing.${origin ? `\n  This value ${origin}.` : ""}\n  Instead: make the argument static with jit(f, { staticArgnums }) or { staticArgnames }, or take it from x.shape`,
  );
}
/** A size or count that the caller gives: an integer, 0 or more. */
export function sizeArgument(fn: string, name: string, value: unknown): number {
  const n = concreteNumber(fn, name, value);
  if (typeof n !== "number" || !Number.isSafeInteger(n) || n < 0)
    throw new ShapeError(`${fn}: ${name} is ${typeof n === "number" ? n : describe(value)}, expected an integer, 0 or more`);
  return n;
}
/** An offset, order or axis-like number that the caller gives: any integer. */
export function integerArgument(fn: string, name: string, value: unknown): number {
  const n = concreteNumber(fn, name, value);
  if (typeof n !== "number" || !Number.isSafeInteger(n))
    throw new ShapeError(`${fn}: ${name} is ${typeof n === "number" ? n : describe(value)}, expected an integer`);
  return n;
}
/** A word that must be one of a few. */
export function oneOf<T extends string>(fn: string, name: string, value: unknown, words: readonly T[]): T {
  if (!(words as readonly unknown[]).includes(value))
    throw new TypeError(
      `${fn}: ${name} is ${typeof value === "string" ? `"${value}"` : describe(value)}, expected ${words
        .map((w) => `"${w}"`)
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1")}`,
    );
  return value as T;
}
/** A shape given as a number or a list: integers, 0 or more; −1 too where the function computes that one itself. */
export function shapeOf(fn: string, s: unknown, least: 0 | -1 = 0): number[] {
  const given = Array.isArray(s) ? (s as unknown[]) : [s],
    list = given.map((n) => concreteNumber(fn, "the shape", n));
  if (!list.every((n): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= least))
    throw new ShapeError(
      `${fn}: the shape is ${Array.isArray(s) || typeof s === "number" ? `[${list.join()}]` : describe(s)}, expected integers, 0 or more${least < 0 ? " (or one -1, which is computed)" : ""}, as [2, 3]`,
    );
  return list;
}
