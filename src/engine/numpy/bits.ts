// Bits of bytes as arrays: packbits and unpackbits.
import type { Value } from "../core/value.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf } from "./convert.ts";
import { moveaxis, reshape } from "./manipulation.ts";
import { pad } from "./padding.ts";
import { sum } from "./reductions.ts";
import { bitwiseAnd, leftShift, rightShift } from "./comparisons.ts";

/** Options of `packbits`. */
export interface PackbitsOptions {
  /** The axis; without one the array is flattened. */
  readonly axis?: number | null;
  /** Which bit stands first: the highest ("big", the default) or the lowest ("little"). */
  readonly bitorder?: "big" | "little";
}
/** Options of `unpackbits`. */
export interface UnpackbitsOptions extends PackbitsOptions {
  /** How many bits to take; negative: how many to leave out at the end. */
  readonly count?: number | null;
}
const BITS = 8;
function shiftsOf(fn: string, order: string): Value {
  if (order !== "big" && order !== "little") throw new ArgumentError(`${fn}: bitorder is ${JSON.stringify(order)}, expected "big" or "little"`);
  const up = o.iota("uint8", [BITS], 0);
  return order === "little" ? up : o.sub(o.full([BITS], "uint8", BITS - 1), up);
}
/** Eight elements that are not zero or are become one byte; the last byte is filled with zeros.
 * @example np.packbits([true, false, true]) // [160] */
export function packbits(a: ArrayLike, options: PackbitsOptions = {}): Value {
  const v = asArray(a, "packbits");
  if (v.dtype !== "bool" && !/^u?int/.test(v.dtype))
    throw new DTypeError(`packbits: bits are booleans or integers, got ${v.dtype}. Instead: a.ne(0)`);
  const { axis = null, bitorder = "big" } = options;
  const shifts = shiftsOf("packbits", bitorder);
  const flat = axis === null ? reshape(v, [-1]) : v;
  const at = axis === null ? 0 : axisOf("packbits", axis, v.ndim);
  const bits = moveaxis(o.convert(flat.ne(0), "uint8"), at, -1);
  const missing = (BITS - (bits.shape.at(-1)! % BITS)) % BITS;
  const whole = missing === 0 ? bits : pad(bits, bits.shape.map((_d, i) => (i === bits.ndim - 1 ? [0, missing] : [0, 0])) as never);
  const bytes = reshape(whole, [...whole.shape.slice(0, -1), whole.shape.at(-1)! / BITS, BITS]);
  const packed = sum(leftShift(bytes, shifts), { axis: -1, dtype: "uint8" });
  return moveaxis(packed, -1, at);
}
/** The bits of each byte, as zeros and ones of uint8.
 * @example np.unpackbits(np.array([160], { dtype: "uint8" })) // [1, 0, 1, 0, 0, 0, 0, 0] */
export function unpackbits(a: ArrayLike, options: UnpackbitsOptions = {}): Value {
  const v = asArray(a, "unpackbits");
  if (v.dtype !== "uint8") throw new DTypeError(`unpackbits: bytes are uint8, got ${v.dtype}. Instead: a.astype("uint8")`);
  const { axis = null, bitorder = "big", count = null } = options;
  const shifts = shiftsOf("unpackbits", bitorder);
  const flat = axis === null ? reshape(v, [-1]) : v;
  const at = axis === null ? 0 : axisOf("unpackbits", axis, v.ndim);
  const bytes = moveaxis(flat, at, -1);
  const bits = bitwiseAnd(rightShift(reshape(bytes, [...bytes.shape, 1]), shifts), o.full([BITS], "uint8", 1));
  const row = reshape(bits, [...bytes.shape.slice(0, -1), bytes.shape.at(-1)! * BITS]);
  return moveaxis(count === null ? row : counted(row, count), -1, at);
}
function counted(row: Value, count: number): Value {
  const length = row.shape.at(-1)!;
  const wanted = count < 0 ? Math.max(0, length + count) : count;
  if (wanted <= length) return row.get("...", `:${wanted}`);
  return pad(row, row.shape.map((_d, i) => (i === row.ndim - 1 ? [0, wanted - length] : [0, 0])) as never);
}
