// Values in lanes: the instructions of an operation, a conversion, a load and a store on four elements at a time, or on two of 64 bits. Booleans are masks (all
// bits of a lane) here, and 0 or 1 in scalars; the two forms are turned into one another by extract, splat and pack.
import { type DType, isUnsigned, itemsize } from "../../core/dtypes.ts";
import type { ScalarOp } from "../kernel/ir.ts";
import type { Asm, Instr } from "./asm.ts";
import { isExtreme, laneExtreme } from "./extremes.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value, roundToBfloat16, roundToFloat16 } from "../kernel/halfForm.ts";
import { laneForm } from "./half.ts";
import { type LaneType, isNarrow, laneInstruction, laneShift, laneType, needsWrap } from "./instructions.ts";
import { constant } from "./scalars.ts";

const typeOf = (d: DType): LaneType => laneType(d) ?? "i32x4";
const splatOf = (d: DType): `${LaneType}_splat` => `${typeOf(d)}_splat`;
/** Lanes of 64 bits that a vector has. */
const WIDE = 2;

// ---- between scalars and lanes
export function splatConstant(a: Asm, value: number | bigint, d: DType): Instr {
  return a.splat(splatOf(d), d === "bool" ? a.i32(value ? -1 : 0) : constant(a, value, d));
}
/** A scalar in all lanes. */
export function splat(a: Asm, d: DType, x: Instr): Instr {
  return a.op(splatOf(d), d === "bool" ? a.op("i32_sub", a.i32(0), x) : x);
}
/** @param lanes how many the vector has */
export function extract(a: Asm, d: DType, x: Instr, lane: number, lanes: number): Instr {
  // Half a mask says what all of it does.
  const element = a.lane(`${typeOf(d)}_extract_lane`, d === "bool" && lanes === WIDE ? 2 * lane : lane, [x]);
  return d === "bool" ? a.op("i32_and", element, a.i32(1)) : element;
}
/** Scalars side by side. */
export function pack(a: Asm, d: DType, xs: readonly Instr[]): Instr {
  const [first, ...rest] = xs;
  if (!first) throw new Error("nothing to pack");
  if (d === "bool" && xs.length === WIDE) {
    const wide = xs.map((x) => a.op("i64_extend_i32_u", x));
    return a.op("i64x2_neg", pack(a, "int64", wide));
  }
  const replace = `${typeOf(d)}_replace_lane` as const;
  const packed = rest.reduce((v, x, i) => a.lane(replace, i + 1, [v, x]), a.op(splatOf(d), first));
  return d === "bool" ? a.op("i32x4_neg", packed) : packed;
}
/** first, first + stride, … */
export function iota(a: Asm, first: Instr, stride: number): Instr {
  const key = `iota${stride}`;
  const steps =
    a.root.cache.get(key) ??
    a.within(a.root, () =>
      a.remember(
        key,
        pack(
          a,
          "int32",
          [0, 1, 2, 3].map((k) => a.i32(k * stride)),
        ),
      ),
    );
  return a.op("i32x4_add", a.op("i32x4_splat", first), steps);
}

// ---- operations
/** Brings the lanes into the range of a narrow integer type. */
function wrapLanes(a: Asm, x: Instr, d: DType): Instr {
  if (!isNarrow(d)) return x;
  const bits = 32 - 8 * itemsize(d);
  if (isUnsigned(d)) return a.op("v128_and", x, splatConstant(a, 2 ** (32 - bits) - 1, "int32"));
  return a.op("i32x4_shr_s", a.op("i32x4_shl", x, a.i32(bits)), a.i32(bits));
}
/** @param amount the shift's amount as a scalar, for shifts of all lanes alike */
export function laneOp(a: Asm, op: ScalarOp, d: DType, args: readonly Instr[], amount: Instr | null): Instr {
  const [x, y] = args;
  const shift = laneShift(op, d);
  if (shift && x && amount) {
    const shifted = a.op(shift, x, typeOf(d) === "i64x2" ? a.op("i32_wrap_i64", amount) : amount);
    return op === "shl" ? wrapLanes(a, shifted, d) : shifted;
  }
  if (op === "copysign" && x && y)
    return a.op("v128_bitselect", y, x, d === "float64" ? splatConstant(a, -(2n ** 63n), "int64") : splatConstant(a, -0x80000000, "int32"));
  if (isExtreme(op, d) && x && y) return laneExtreme(a, op, x, y);
  const one = laneInstruction(op, d);
  if (!one) throw new Error(`no lane instruction for ${op} on ${d}`);
  const result = a.op(one, ...args);
  return needsWrap(op, d) ? wrapLanes(a, result, d) : result;
}
export const laneSelect = (a: Asm, p: Instr, yes: Instr, no: Instr): Instr => a.op("v128_bitselect", yes, no, p);

export function castLanes(a: Asm, from: DType, to: DType, x: Instr, exact: boolean): Instr {
  if (exact) return x;
  if (from === "bool") return a.op("v128_and", splatConstant(a, 1, to), x);
  if (to === "bool") return a.op(`${typeOf(from)}_ne`, x, splatConstant(a, 0, from));
  const f = laneType(from);
  const t = laneType(to);
  if (f === "f32x4" && t === "i32x4") return toIntegers(a, to, x);
  if (f === "i32x4" && t === "i32x4") return wrapLanes(a, x, to);
  const float = f === "i32x4" && t === "f32x4" ? a.op(isUnsigned(from) ? "f32x4_convert_i32x4_u" : "f32x4_convert_i32x4_s", x) : x;
  if (to === "bfloat16") return roundToBfloat16(laneForm(a), float);
  return to === "float16" ? roundToFloat16(laneForm(a), float) : float;
}

/** Floats saturate into the type's range; NaN becomes 0. */
function toIntegers(a: Asm, to: DType, x: Instr): Instr {
  const sign = isUnsigned(to) ? "u" : "s";
  const whole = a.op(`i32x4_trunc_sat_f32x4_${sign}`, x);
  if (!isNarrow(to)) return whole;
  const bits = 8 * itemsize(to);
  if (sign === "u") return a.op("i32x4_min_u", whole, splatConstant(a, 2 ** bits - 1, "int32"));
  const half = 2 ** (bits - 1);
  return a.op("i32x4_max_s", a.op("i32x4_min_s", whole, splatConstant(a, half - 1, "int32")), splatConstant(a, -half, "int32"));
}

// ---- memory: four neighbouring elements
export function loadLanes(a: Asm, d: DType, address: Instr, offset: number): Instr {
  if (d === "bool") {
    const bytes = a.load("v128_load32_zero", address, offset);
    return a.op("i32x4_neg", a.op("i32x4_extend_low_i16x8_u", a.op("i16x8_extend_low_i8x16_u", bytes)));
  }
  if (isNarrow(d)) {
    const sign = isUnsigned(d) ? "u" : "s";
    const halves =
      itemsize(d) === 2
        ? a.load("v128_load64_zero", address, offset)
        : a.op(`i16x8_extend_low_i8x16_${sign}`, a.load("v128_load32_zero", address, offset));
    return a.op(`i32x4_extend_low_i16x8_${sign}`, halves);
  }
  if (d !== "bfloat16" && d !== "float16") return a.load("v128_load", address, offset);
  const bits = a.op("i32x4_extend_low_i16x8_u", a.load("v128_load64_zero", address, offset));
  return d === "bfloat16" ? bfloat16Value(laneForm(a), bits) : float16Value(laneForm(a), bits);
}
export function storeLanes(a: Asm, stored: DType, address: Instr, offset: number, x: Instr): void {
  if (stored === "bool") {
    const ones = a.op("v128_and", x, splatConstant(a, 1, "int32"));
    const halves = a.op("i16x8_narrow_i32x4_u", ones, ones);
    a.storeLane("v128_store32_lane", address, offset, a.op("i8x16_narrow_i16x8_u", halves, halves));
  } else if (isNarrow(stored)) {
    // What is in the type's range comes through saturation as it is.
    const sign = isUnsigned(stored) ? "u" : "s";
    const halves = a.op(`i16x8_narrow_i32x4_${sign}`, x, x);
    if (itemsize(stored) === 2) a.storeLane("v128_store64_lane", address, offset, halves);
    else a.storeLane("v128_store32_lane", address, offset, a.op(`i8x16_narrow_i16x8_${sign}`, halves, halves));
  } else if (stored === "bfloat16" || stored === "float16") {
    const bits = stored === "bfloat16" ? bfloat16Bits(laneForm(a), x) : float16Bits(laneForm(a), x);
    a.storeLane("v128_store64_lane", address, offset, a.op("i16x8_narrow_i32x4_u", bits, bits));
  } else a.store("v128_store", address, offset, x);
}
