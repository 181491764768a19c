// Values of the evaluator. An element type is hidden here: reading gives a number, a bigint or a pair; writing rounds to the type, whatever
// was computed. Half types are held as the float32 numbers that they are.
import { type Shape, sizeOf, stridesOf } from "../../core/aval.ts";
import { type DType, type TypedArray, allocate, isComplex, isFloat, isHalf, isUnsigned, itemsize, viewOf } from "../../core/dtypes.ts";
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from "../../core/half.ts";
import { OutOfMemoryError } from "../../core/errors.ts";
import type { TensorType } from "../graph.ts";
import type { Complex } from "../ops/row.ts";

export type Element = number | bigint | Complex;
export interface Tensor extends TensorType {
  readonly data: TypedArray;
}
/** How the elements of a type are read and written. */
export interface ElementType {
  /** Numbers an element takes. */
  readonly width: 1 | 2;
  get(data: TypedArray, i: number): Element;
  /** Rounds to the type: to nearest even, integers modulo their width, anything but zero to true. */
  set(data: TypedArray, i: number, v: Element): void;
}
type Numbers = Float64Array;
/** Typed arrays differ in their elements' type alone; each branch below knows which it has. */
const numbers = (d: TypedArray): Numbers => d as Numbers;
const get = (d: TypedArray, i: number): Element => d[i]!;
const real = (round: (x: number) => number): ElementType => ({
  width: 1,
  get,
  set: (d, i, v) => {
    numbers(d)[i] = round(v as number);
  },
});
const NUMBER = real((x) => x);
const BOOL = real((x) => (x ? 1 : 0));
const LONG: ElementType = {
  width: 1,
  get,
  set: (d, i, v) => {
    (d as BigInt64Array)[i] = v as bigint;
  },
};
const COMPLEX: ElementType = {
  width: 2,
  get: (d, i) => [numbers(d)[2 * i]!, numbers(d)[2 * i + 1]!],
  set: (d, i, v) => {
    const [re, im] = v as Complex;
    numbers(d)[2 * i] = re;
    numbers(d)[2 * i + 1] = im;
  },
};
const HALF: Readonly<
  Record<"float16" | "bfloat16", { readonly decode: (bits: number) => number; readonly encode: (x: number) => number; readonly type: ElementType }>
> = {
  // Through float32, as processors do: halves are computed in float32 and rounded.
  float16: { decode: float16ToNumber, encode: numberToFloat16, type: real((x) => float16ToNumber(numberToFloat16(Math.fround(x)))) },
  bfloat16: { decode: bfloat16ToNumber, encode: numberToBfloat16, type: real((x) => bfloat16ToNumber(numberToBfloat16(x))) },
};
const isLong = (d: DType): boolean => d === "int64" || d === "uint64";
export function elementType(d: DType): ElementType {
  if (d === "float16" || d === "bfloat16") return HALF[d].type;
  return isComplex(d) ? COMPLEX : isLong(d) ? LONG : d === "bool" ? BOOL : NUMBER;
}

/** Bytes of the largest tensor: what a WebAssembly memory holds, so that devices refuse the same programs. */
const MOST_BYTES = 2 ** 32;
/** Zeros. Throws OutOfMemoryError where they do not fit. */
export function tensor(shape: Shape, dtype: DType): Tensor {
  const bytes = sizeOf(shape) * itemsize(dtype);
  if (bytes > MOST_BYTES)
    throw new OutOfMemoryError(
      `out of memory: an array ${dtype}[${shape.join()}] takes ${(bytes / 2 ** 20).toFixed(1)} MiB, the largest one here 4096.0 MiB. Use smaller arrays`,
    );
  return { shape, dtype, data: isHalf(dtype) ? new Float32Array(sizeOf(shape)) : allocate(dtype, sizeOf(shape)) };
}
/** A tensor of elements computed one by one, in row-major order. */
export function build(shape: Shape, dtype: DType, at: (i: number) => Element): Tensor {
  const t = tensor(shape, dtype);
  const { set } = elementType(dtype);
  const n = sizeOf(shape);
  for (let i = 0; i < n; i++) set(t.data, i, at(i));
  return t;
}
export const scalarOf = (t: Tensor, i = 0): Element => elementType(t.dtype).get(t.data, i);
/** The integer in a scalar tensor, as a number; 64-bit ones saturate where they are not exact. */
export const integerOf = (t: Tensor, i = 0): number => Number(scalarOf(t, i));

/** The bytes of an array as a tensor; they are not copied where they are aligned and need no decoding. */
export function fromBytes({ shape, dtype }: TensorType, bytes: Uint8Array): Tensor {
  const n = sizeOf(shape);
  const aligned = bytes.byteOffset % itemsize(dtype) === 0 ? bytes : bytes.slice();
  const stored = viewOf(dtype, aligned.buffer, aligned.byteOffset, n);
  if (dtype !== "float16" && dtype !== "bfloat16") return { shape, dtype, data: stored };
  return { shape, dtype, data: decodeHalf(stored as Uint16Array, dtype) };
}
/** The elements as arrays store them. */
export function stored(t: Tensor): TypedArray {
  if (t.dtype !== "float16" && t.dtype !== "bfloat16") return t.data;
  return encodeHalf(t.data as Float32Array, t.dtype);
}
/** NaNs keep their sign and payload, so that a bitcast sees the bits that were stored: they are carried over as bits. */
function decodeHalf(bits: Uint16Array, dtype: "float16" | "bfloat16"): Float32Array {
  const { decode } = HALF[dtype];
  const out = new Float32Array(bits.length);
  const words = new Uint32Array(out.buffer);
  const widened = (h: number): number => (dtype === "bfloat16" ? h << 16 : ((h & 0x8000) << 16) | 0x7f800000 | ((h & 0x3ff) << 13)) >>> 0;
  bits.forEach((h, i) => {
    const v = decode(h);
    if (Number.isNaN(v)) words[i] = widened(h);
    else out[i] = v;
  });
  return out;
}
function encodeHalf(values: Float32Array, dtype: "float16" | "bfloat16"): Uint16Array {
  const { encode } = HALF[dtype];
  // A view of a part of a buffer need not be aligned with it, but to its own elements it is.
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrowed = (w: number): number =>
    dtype === "bfloat16" ? (w >>> 16) | ((w >>> 16) & 0x7f ? 0 : 0x40) : ((w >>> 16) & 0x8000) | 0x7c00 | ((w >>> 13) & 0x3ff || 0x200);
  return Uint16Array.from(values, (v, i) => (Number.isNaN(v) ? narrowed(words[i]!) : encode(v)));
}
export function toBytes(t: Tensor): Uint8Array {
  const d = stored(t);
  return new Uint8Array(d.buffer, d.byteOffset, d.byteLength);
}

/** Calls `f` with every index vector of a shape, in row-major order. The vector is reused. */
export function forEachIndex(shape: Shape, f: (at: readonly number[], flat: number) => void): void {
  const n = sizeOf(shape);
  const at = shape.map(() => 0);
  for (let flat = 0; flat < n; flat++) {
    f(at, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}
export function flatIndex(at: readonly number[], strides: readonly number[]): number {
  let flat = 0;
  for (let i = 0; i < strides.length; i++) flat += at[i]! * strides[i]!;
  return flat;
}
export const stridesFor = (t: TensorType): number[] => stridesOf(t.shape);
/** Copies element `j` of one tensor to place `i` of another of the same type. */
export function copyElement(to: Tensor, i: number, from: Tensor, j: number): void {
  const a = numbers(to.data);
  const b = numbers(from.data);
  if (isComplex(to.dtype)) {
    a[2 * i] = b[2 * j]!;
    a[2 * i + 1] = b[2 * j + 1]!;
  } else a[i] = b[j]!;
}
/** Elements of `x` at an offset and with a step for each axis of the result. */
export function strided(shape: Shape, x: Tensor, offset: number, steps: readonly number[]): Tensor {
  const out = tensor(shape, x.dtype);
  forEachIndex(shape, (at, flat) => copyElement(out, flat, x, offset + flatIndex(at, steps)));
  return out;
}

/** Converts an element as XLA does on a CPU: floats saturate into integers, NaN becomes 0, complex numbers lose their imaginary part. */
export function castElement(v: Element, to: DType): Element {
  if (isComplex(to)) return typeof v === "object" ? v : [Number(v), 0];
  if (to === "bool") return typeof v === "object" ? Number(v[0] !== 0 || v[1] !== 0) : Number(Number.isNaN(v) || Number(v) !== 0);
  const x = typeof v === "object" ? v[0] : v;
  if (isFloat(to)) return Number(x);
  const bits = itemsize(to) * 8;
  if (typeof x === "bigint" || Number.isInteger(x)) {
    // Whole numbers of integer types wrap; those of floating types are clamped by the caller's `saturate`.
    return isLong(to) ? BigInt(x) : typeof x === "bigint" ? Number(BigInt.asIntN(bits, x)) : x;
  }
  return isLong(to) ? BigInt(Math.trunc(x) || 0) : Math.trunc(x) || 0;
}
/** The bounds of an integer type. */
const bounds = (d: DType): readonly [bigint, bigint] => {
  const bits = BigInt(itemsize(d) * 8);
  return isUnsigned(d) ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
};
/** A conversion of a whole tensor. */
export function cast(x: Tensor, to: DType): Tensor {
  if (x.dtype === to) return x;
  const { get: read } = elementType(x.dtype);
  const n = sizeOf(x.shape);
  const saturates = (isFloat(x.dtype) || isComplex(x.dtype)) && !isFloat(to) && !isComplex(to) && to !== "bool";
  if (!saturates) return build(x.shape, to, (i) => castElement(read(x.data, i), to));
  const [low, high] = bounds(to);
  const t = tensor(x.shape, to);
  const { set } = elementType(to);
  for (let i = 0; i < n; i++) {
    const e = read(x.data, i);
    const v = Math.trunc(typeof e === "object" ? e[0] : Number(e));
    const whole = Number.isNaN(v) ? 0n : v <= Number(low) ? low : v >= Number(high) ? high : BigInt(v);
    set(t.data, i, isLong(to) ? whole : Number(whole));
  }
  return t;
}
