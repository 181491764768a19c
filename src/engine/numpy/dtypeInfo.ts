// What a dtype can hold, and what it may become: finfo, iinfo, isdtype, canCast.
import { DTYPES, type DType, dtypeOf, isComplex, isFloat, isInteger, kindOf, realPart } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import type { DTypeLike } from "./options.ts";

/** A dtype as it is named, 64-bit types too where arrays would be narrower. */
const typeNamed = (dtype: unknown): DType => (typeof dtype === "string" && Object.hasOwn(DTYPES, dtype) ? (dtype as DType) : dtypeOf(dtype));
/** Bits of the mantissa after the point, and of the exponent. */
const FLOATS: Readonly<Partial<Record<DType, readonly [nmant: number, nexp: number]>>> = {
  float16: [10, 5],
  bfloat16: [7, 8],
  float32: [23, 8],
  float64: [52, 11],
};
/** The limits of a floating point type. */
export interface FloatInfo {
  readonly dtype: DType;
  readonly bits: number;
  /** Bits of the mantissa after the point. */
  readonly nmant: number;
  /** Bits of the exponent. */
  readonly nexp: number;
  /** The distance from 1 to the next number. */
  readonly eps: number;
  /** The distance from 1 to the number before. */
  readonly epsneg: number;
  readonly max: number;
  readonly min: number;
  /** The smallest positive number with a full mantissa. */
  readonly tiny: number;
  readonly smallestNormal: number;
  /** The smallest positive number. */
  readonly smallestSubnormal: number;
  /** Largest and smallest exponents of two. */
  readonly maxexp: number;
  readonly minexp: number;
  /** Decimal digits that are always right. */
  readonly precision: number;
  /** `eps`, rounded up to a power of ten. */
  readonly resolution: number;
}
/** The limits of a floating point type; of a complex one, those of its parts.
 * @example np.finfo("float16").max // 65504 */
export function finfo(dtype: DTypeLike): FloatInfo {
  const given = typeNamed(dtype);
  const real = isComplex(given) ? realPart(given) : given;
  const parts = FLOATS[real];
  if (!parts) throw new DTypeError(`finfo: ${given} is no floating point type. Instead: iinfo("${given}")`);
  const [nmant, nexp] = parts;
  const maxexp = 2 ** (nexp - 1);
  const minexp = 2 - maxexp;
  const max = (2 - 2 ** -nmant) * 2 ** (maxexp - 1);
  const precision = Math.floor(nmant * Math.log10(2));
  return {
    dtype: real,
    bits: DTYPES[real].bits,
    nmant,
    nexp,
    eps: 2 ** -nmant,
    epsneg: 2 ** (-nmant - 1),
    max,
    min: -max,
    tiny: 2 ** minexp,
    smallestNormal: 2 ** minexp,
    smallestSubnormal: 2 ** (minexp - nmant),
    maxexp,
    minexp,
    precision,
    resolution: Number(`1e-${precision}`),
  };
}
/** The limits of an integer type. */
export interface IntegerInfo {
  readonly dtype: DType;
  readonly bits: number;
  /** A bigint for 64-bit types, whose limits no number holds. */
  readonly min: number | bigint;
  readonly max: number | bigint;
}
const EXACT_BITS = 53;
/** The limits of an integer type.
 * @example np.iinfo("int8").min // -128 */
export function iinfo(dtype: DTypeLike): IntegerInfo {
  const given = typeNamed(dtype);
  if (!isInteger(given)) throw new DTypeError(`iinfo: ${given} is no integer type.${isFloat(given) ? ` Instead: finfo("${given}")` : ""}`);
  const { bits } = DTYPES[given];
  const signed = kindOf(given) === "i";
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const least = signed ? -most - 1n : 0n;
  const number = (x: bigint): number | bigint => (bits > EXACT_BITS ? x : Number(x));
  return { dtype: given, bits, min: number(least), max: number(most) };
}
/** Groups of dtypes by the array API's names. */
const GROUPS: Readonly<Record<string, (d: DType) => boolean>> = {
  bool: (d) => d === "bool",
  "signed integer": (d) => kindOf(d) === "i",
  "unsigned integer": (d) => kindOf(d) === "u",
  integral: (d) => isInteger(d),
  "real floating": (d) => isFloat(d),
  "complex floating": (d) => isComplex(d),
  numeric: (d) => isInteger(d) || isFloat(d) || isComplex(d),
};
/** A dtype, a group's name ("integral", "real floating", …), or a list of them. */
export type DTypeKind = DTypeLike | (string & {}) | readonly (DTypeLike | (string & {}))[];
/** Whether a dtype is of a kind, or one of several.
 * @example np.isdtype("int32", "integral") // true */
export function isdtype(dtype: DTypeLike, kind: DTypeKind): boolean {
  const d = typeNamed(dtype);
  const kinds = Array.isArray(kind) ? (kind as readonly unknown[]) : [kind];
  return kinds.some((k) => (typeof k === "string" && k in GROUPS ? GROUPS[k]!(d) : typeNamed(k) === d));
}
/** Options of `canCast`. */
export interface CanCastOptions {
  /** "no" and "equiv": the same type; "safe": every value kept; "same_kind": safe, or within a kind; "unsafe": anything. */
  readonly casting?: "no" | "equiv" | "safe" | "same_kind" | "unsafe";
}
const ORDER = "buifc";
/** Bits of integers that a float of this many mantissa bits takes in NumPy's rules: the next float type up, and 64 bits in the largest. */
const INTEGERS_IN: Readonly<Partial<Record<DType, number>>> = { float16: 8, bfloat16: 0, float32: 16, float64: 64 };
function isSafe(from: DType, to: DType): boolean {
  const [a, b] = [kindOf(from), kindOf(to)];
  const [n, m] = [DTYPES[from].bits, DTYPES[to].bits];
  if (from === to || (a === "b" && ORDER.includes(b))) return true;
  if (a === "u" || a === "i") {
    if (b === a) return n <= m;
    if (b === "i") return n < m;
    if (b !== "f" && b !== "c") return false;
    return n <= (INTEGERS_IN[b === "c" ? realPart(to) : to] ?? 0);
  }
  if (a === "f") {
    const real = b === "c" ? realPart(to) : to;
    const wanted = FLOATS[from];
    const given = FLOATS[real];
    return wanted !== undefined && given !== undefined && wanted[0] <= given[0] && wanted[1] <= given[1];
  }
  return a === "c" && b === "c" && n <= m;
}
/** Whether a conversion is allowed by NumPy's rules.
 * @example np.canCast("int8", "float32") // true */
export function canCast(from: DTypeLike, to: DTypeLike, options: CanCastOptions = {}): boolean {
  const [a, b] = [typeNamed(from), typeNamed(to)];
  const casting = options.casting ?? "safe";
  if (casting === "unsafe") return true;
  if (casting === "no" || casting === "equiv") return a === b;
  if (isSafe(a, b)) return true;
  return casting === "same_kind" && ORDER.indexOf(kindOf(a)) <= ORDER.indexOf(kindOf(b));
}
