// Constants: `dense<…>` → arrays. Floating numbers may be written as their bits (0x7F800000), long lists as a string of all bytes.
import { fromTyped, scalarArray } from "../../core/arrays.ts";
import { type ShapedArray, sizeOf } from "../../core/aval.ts";
import { type DType, allocate, isComplex, isFloat, itemsize, realPart, viewOf } from "../../core/dtypes.ts";
import { numberToBfloat16, numberToFloat16 } from "../../core/half.ts";
import type { NDArray, Value } from "../../core/value.ts";
import { broadcastInDim } from "../../primitives/ops.ts";
import { type Attribute, Dense } from "./attributes.ts";
import { StableHLOError } from "./scanner.ts";

const ELEMENT = /true|false|-?0x[0-9A-Fa-f]+|-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/g;

/** Writes one element, as it is written in the text, into raw storage. */
type Write = (view: DataView, at: number, text: string) => void;
function writerOf(dtype: DType): Write {
  const part = realPart(dtype);
  const size = itemsize(part);
  if (part === "bool") return (v, at, t) => v.setUint8(at, t === "true" || t === "1" ? 1 : 0);
  const bits: Write = (v, at, t) => {
    const n = BigInt.asUintN(64, BigInt(t));
    if (size === 8) v.setBigUint64(at, n, true);
    else if (size === 4) v.setUint32(at, Number(BigInt.asUintN(32, n)), true);
    else if (size === 2) v.setUint16(at, Number(BigInt.asUintN(16, n)), true);
    else v.setUint8(at, Number(BigInt.asUintN(8, n)));
  };
  if (!isFloat(part)) return (v, at, t) => (t.startsWith("-") ? bits(v, at, String(BigInt.asUintN(64, -BigInt(t.slice(1))))) : bits(v, at, t));
  const rounded: Write = (v, at, t) => {
    if (size === 8) v.setFloat64(at, Number(t), true);
    else if (size === 4) v.setFloat32(at, Number(t), true);
    else v.setUint16(at, (part === "bfloat16" ? numberToBfloat16 : numberToFloat16)(Math.fround(Number(t))), true);
  };
  return (v, at, t) => (t.startsWith("0x") ? bits(v, at, t) : rounded(v, at, t));
}
function bytesOfHex(text: string): Uint8Array {
  const digit = (i: number): number => {
    const c = text.charCodeAt(i);
    return c <= 57 ? c - 48 : (c & 0xdf) - 55;
  };
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(2 * i) + digit(2 * i + 1);
  return bytes;
}
/** The elements of a text in a row, and whether they are one that stands for all. */
function read(text: string, type: ShapedArray, line: number): { bytes: Uint8Array; splat: boolean } {
  const { dtype } = type;
  const width = itemsize(dtype);
  const count = sizeOf(type.shape);
  const raw = /^"0x([0-9A-Fa-f]*)"$/.exec(text)?.[1];
  let bytes: Uint8Array;
  if (raw !== undefined) {
    bytes = bytesOfHex(raw);
    // Truth values are written a bit each.
    if (dtype === "bool" && bytes.length < count) {
      const packed = bytes;
      bytes =
        packed.length === 1 && (packed[0] === 255 || packed[0] === 0)
          ? Uint8Array.of(packed[0] & 1)
          : Uint8Array.from({ length: count }, (_x, i) => (packed[i >> 3]! >> (i & 7)) & 1);
    }
  } else {
    const parts = text.match(ELEMENT) ?? [];
    const part = itemsize(realPart(dtype));
    bytes = new Uint8Array(parts.length * part);
    const view = new DataView(bytes.buffer);
    const write = writerOf(dtype);
    parts.forEach((t, i) => write(view, i * part, t));
  }
  const splat = bytes.length === width && count !== 1;
  if (!splat && bytes.length !== count * width)
    throw new StableHLOError(`StableHLO text, line ${line}: the constant has ${bytes.length / width} elements, its type ${type} has ${count}`);
  return { bytes, splat };
}
function denseOf(a: Attribute | undefined, line: number): Dense {
  if (!(a instanceof Dense)) throw new StableHLOError(`StableHLO text, line ${line}: the constant is not written as dense<…>`);
  if (a.text === "elided" || a.text.includes("__elided__"))
    throw new StableHLOError(
      `StableHLO text, line ${line}: the constant's elements were left out of the text; export without a limit on large elements`,
    );
  return a;
}
/** A constant as an array; one number for a whole shape is spread, so that it takes no memory. */
export function constantOf(a: Attribute | undefined, type: ShapedArray, line: number): Value {
  const { bytes, splat } = read(denseOf(a, line).text, type, line);
  const { dtype, shape } = type;
  if (shape.length > 0 && !splat) return fromTyped(viewOf(dtype, bytes.buffer as ArrayBuffer, 0, sizeOf(shape)), shape, dtype);
  const one = scalar(bytes, dtype);
  return shape.length > 0 ? broadcastInDim(one, shape, []) : one;
}
/** A scalar that knows its JavaScript value, so that programs hold it as a literal. */
function scalar(bytes: Uint8Array, dtype: DType): NDArray {
  const typed = allocate(dtype, 1);
  new Uint8Array(typed.buffer).set(bytes);
  const array = fromTyped(typed, [], dtype);
  const value = isComplex(dtype) ? undefined : array.item();
  // A NaN's bits are kept where it is not the ordinary one.
  return value === undefined || Number.isNaN(value) ? array : scalarArray(dtype === "bool" ? Boolean(value) : (value as number | bigint), array.aval);
}
/** Integers of an attribute in a row: `[1, 2]`, `array<i64: 1, 2>`, `dense<[[1, 2]]> : tensor<1x2xi64>`. */
export function integersOf(a: Attribute | undefined): number[] {
  if (a === undefined) return [];
  if (a instanceof Dense) {
    const found = (a.text.match(ELEMENT) ?? []).map(Number);
    const count = a.type ? sizeOf(a.type.shape) : found.length;
    return found.length === 1 ? new Array<number>(count).fill(found[0]!) : found;
  }
  return Array.isArray(a) ? a.flatMap((x) => integersOf(x as Attribute)) : [Number(a)];
}
/** Pairs of integers, such as paddings. */
export function pairsOf(a: Attribute | undefined): [number, number][] {
  const flat = integersOf(a);
  return Array.from({ length: flat.length / 2 }, (_x, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}
