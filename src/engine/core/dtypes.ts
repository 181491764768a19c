// The element types: names, sizes, kinds, how they are stored and how they are abbreviated in jaxpr text.
import { config } from "./config.ts";

export type DType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | "key<fry>"
  | "float0";

export type Kind = "b" | "i" | "u" | "f" | "c" | "k" | "0";

export type TypedArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array | BigInt64Array | BigUint64Array;

interface DTypeInfo {
  readonly kind: Kind;
  readonly bits: number;
  readonly short: string;
}

/** One row a type: kind, bits of one element, and JAX's short name. */
export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  bool: { kind: "b", bits: 8, short: "bool" },
  int8: { kind: "i", bits: 8, short: "i8" },
  int16: { kind: "i", bits: 16, short: "i16" },
  int32: { kind: "i", bits: 32, short: "i32" },
  int64: { kind: "i", bits: 64, short: "i64" },
  uint8: { kind: "u", bits: 8, short: "u8" },
  uint16: { kind: "u", bits: 16, short: "u16" },
  uint32: { kind: "u", bits: 32, short: "u32" },
  uint64: { kind: "u", bits: 64, short: "u64" },
  float16: { kind: "f", bits: 16, short: "f16" },
  bfloat16: { kind: "f", bits: 16, short: "bf16" },
  float32: { kind: "f", bits: 32, short: "f32" },
  float64: { kind: "f", bits: 64, short: "f64" },
  complex64: { kind: "c", bits: 64, short: "c64" },
  complex128: { kind: "c", bits: 128, short: "c128" },
  "key<fry>": { kind: "k", bits: 64, short: "key<fry>" },
  float0: { kind: "0", bits: 8, short: "float0" },
};

const SHORT = new Map((Object.keys(DTYPES) as DType[]).map((d) => [DTYPES[d].short, d]));
/** Spellings of other libraries that people type. */
const ALIASES: Readonly<Record<string, DType>> = {
  float: "float64",
  double: "float64",
  half: "float16",
  single: "float32",
  int: "int64",
  uint: "uint64",
  complex: "complex128",
  csingle: "complex64",
  cdouble: "complex128",
  bool_: "bool",
  boolean: "bool",
};

export const isDType = (s: string): s is DType => Object.hasOwn(DTYPES, s);
export const kindOf = (d: DType): Kind => DTYPES[d].kind;
export const itemsize = (d: DType): number => DTYPES[d].bits / 8;
export const isFloat = (d: DType): boolean => kindOf(d) === "f";
export const isComplex = (d: DType): boolean => kindOf(d) === "c";
export const isInexact = (d: DType): boolean => isFloat(d) || isComplex(d);
export const isInteger = (d: DType): boolean => kindOf(d) === "i" || kindOf(d) === "u";
export const isUnsigned = (d: DType): boolean => kindOf(d) === "u";
export const isHalf = (d: DType): boolean => d === "float16" || d === "bfloat16";
/** float32 for complex64, float64 for complex128, else the type itself. */
export const realPart = (d: DType): DType => (d === "complex64" ? "float32" : d === "complex128" ? "float64" : d);
export const complexOf = (d: DType): DType => (isComplex(d) ? d : d === "float64" ? "complex128" : "complex64");
/** The inexact type that a function of real numbers computes in: float64 for 64-bit integers, float32 for smaller ones and booleans, else the type itself. */
export const inexactOf = (d: DType): DType => (isInexact(d) ? d : canonicalize(DTYPES[d].bits === 64 && isInteger(d) ? "float64" : "float32"));
/** The numeric type that arithmetic computes in: int32 for booleans, else the type itself. */
export const numericOf = (d: DType): DType => (d === "bool" ? "int32" : d);
export const dtypeFromShort = (s: string): DType | undefined => SHORT.get(s);

const NARROW: Partial<Record<DType, DType>> = { int64: "int32", uint64: "uint32", float64: "float32", complex128: "complex64" };
/** The type that stands for `d` under the current configuration: 64-bit types become 32-bit ones unless x64 is on. */
export const canonicalize = (d: DType): DType => (config.enableX64 ? d : (NARROW[d] ?? d));

/** Reads a dtype as people write it ("float32", "f32", "float") and canonicalizes it. Throws TypeError on anything else. */
export function dtypeOf(name: unknown): DType {
  if (typeof name === "function" && "dtype" in name) return dtypeOf((name as { dtype: unknown }).dtype);
  if (typeof name === "string") {
    if (isDType(name)) return canonicalize(name);
    const found = Object.hasOwn(ALIASES, name) ? ALIASES[name] : SHORT.get(name);
    if (found) return canonicalize(found);
  }
  throw new TypeError(`dtype: got ${String(name)}, expected one of ${Object.keys(DTYPES).slice(0, 15).join(", ")}`);
}

type ArrayConstructor = new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray;
/** How the bytes of a type are viewed: half types as their 16 bits, complex types as interleaved parts, keys as two words. */
const VIEWS: Readonly<Record<DType, { ctor: ArrayConstructor; per: number }>> = {
  bool: { ctor: Uint8Array, per: 1 },
  uint8: { ctor: Uint8Array, per: 1 },
  int8: { ctor: Int8Array, per: 1 },
  uint16: { ctor: Uint16Array, per: 1 },
  int16: { ctor: Int16Array, per: 1 },
  float16: { ctor: Uint16Array, per: 1 },
  bfloat16: { ctor: Uint16Array, per: 1 },
  uint32: { ctor: Uint32Array, per: 1 },
  int32: { ctor: Int32Array, per: 1 },
  float32: { ctor: Float32Array, per: 1 },
  float64: { ctor: Float64Array, per: 1 },
  int64: { ctor: BigInt64Array, per: 1 },
  uint64: { ctor: BigUint64Array, per: 1 },
  complex64: { ctor: Float32Array, per: 2 },
  complex128: { ctor: Float64Array, per: 2 },
  "key<fry>": { ctor: Uint32Array, per: 2 },
  float0: { ctor: Uint8Array, per: 1 },
};
/** A typed view of `count` elements of `dtype` at `byteOffset`. */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, count: number): TypedArray {
  const { ctor, per } = VIEWS[dtype];
  return new ctor(buffer, byteOffset, count * per);
}
export const allocate = (dtype: DType, count: number): TypedArray => viewOf(dtype, new ArrayBuffer(count * itemsize(dtype)), 0, count);

/** The dtype of a JavaScript typed array before canonicalization. */
export function dtypeOfTyped(a: TypedArray): DType {
  if (a instanceof Float32Array) return "float32";
  if (a instanceof Float64Array) return "float64";
  if (a instanceof Int32Array) return "int32";
  if (a instanceof Uint32Array) return "uint32";
  if (a instanceof Uint8Array) return "uint8";
  if (a instanceof Int8Array) return "int8";
  if (a instanceof Int16Array) return "int16";
  if (a instanceof Uint16Array) return "uint16";
  if (a instanceof BigInt64Array) return "int64";
  return "uint64";
}
