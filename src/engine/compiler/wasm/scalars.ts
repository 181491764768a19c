// Scalar values: the instructions of an operation, a conversion, a load and a store on one element. Narrow integers are held in i32 in their
// type's range, half types in f32 as one of their values.
import { type DType, isFloat, isUnsigned, itemsize } from "../../core/dtypes.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value, roundToBfloat16, roundToFloat16 } from "../kernel/halfForm.ts";
import { type ScalarOp, regOf } from "../kernel/ir.ts";
import type { Asm, Instr } from "./asm.ts";
import { scalarForm } from "./half.ts";
import { needsWrap, scalarInstruction } from "./instructions.ts";

type IntReg = "i32" | "i64";
type FloatReg = "f32" | "f64";
const intReg = (d: DType): IntReg => (regOf(d) === "i64" ? "i64" : "i32");
const floatReg = (d: DType): FloatReg => (regOf(d) === "f64" ? "f64" : "f32");
const signOf = (d: DType): "u" | "s" => (isUnsigned(d) || d === "bool" ? "u" : "s");
const widthOf = (d: DType): number => itemsize(d) * 8;

export function constant(a: Asm, value: number | bigint, d: DType): Instr {
  switch (regOf(d)) {
    case "i32":
      return a.i32(Number(value));
    case "i64":
      return a.i64(BigInt(value));
    case "f32":
      return a.f32(Number(value));
    case "f64":
      return a.f64(Number(value));
  }
}
/** Brings an i32 into the range of a narrow integer type. */
function wrap(a: Asm, x: Instr, d: DType): Instr {
  switch (d) {
    case "int8":
      return a.op("i32_extend8_s", x);
    case "int16":
      return a.op("i32_extend16_s", x);
    case "uint8":
      return a.op("i32_and", x, a.i32(0xff));
    case "uint16":
      return a.op("i32_and", x, a.i32(0xffff));
    default:
      return x;
  }
}
/** The result of an operation on operands of a type. */
export function scalarOp(a: Asm, op: ScalarOp, d: DType, args: readonly Instr[]): Instr {
  if (op === "shr_l" || op === "shr_a") return shiftRight(a, op, d, operand(args, 0), operand(args, 1));
  const one = scalarInstruction(op, d);
  if (one) {
    const result = a.op(one, ...args);
    return needsWrap(op, d) ? wrap(a, result, d) : result;
  }
  return sequence(a, op, d, args);
}
function operand(args: readonly Instr[], i: number): Instr {
  const x = args[i];
  if (!x) throw new Error("an operation lacks an operand");
  return x;
}
function shiftRight(a: Asm, op: "shr_l" | "shr_a", d: DType, x: Instr, by: Instr): Instr {
  const reg = intReg(d);
  const width = widthOf(d);
  const wide =
    width >= 32 ? x : op === "shr_l" ? a.op("i32_and", x, a.i32(2 ** width - 1)) : a.op(width === 8 ? "i32_extend8_s" : "i32_extend16_s", x);
  return wrap(a, a.op(`${reg}_${op === "shr_l" ? "shr_u" : "shr_s"}`, wide, by), d);
}
/** Integer operations that take several instructions. */
function sequence(a: Asm, op: ScalarOp, d: DType, args: readonly Instr[]): Instr {
  const reg = intReg(d);
  const x = operand(args, 0);
  const mask = 2 ** Math.min(widthOf(d), 32) - 1;
  switch (op) {
    case "max":
    case "min": {
      const y = operand(args, 1);
      return a.select(reg, x, y, a.op(`${reg}_${op === "max" ? "gt" : "lt"}_${signOf(d)}`, x, y));
    }
    case "abs": {
      const zero = constant(a, 0, d);
      return wrap(a, a.select(reg, a.op(`${reg}_sub`, zero, x), x, a.op(`${reg}_lt_s`, x, zero)), d);
    }
    case "not":
      return wrap(a, a.op(`${reg}_xor`, x, reg === "i64" ? a.i64(-1n) : a.i32(-1)), d);
    case "popcnt":
      return a.op("i32_popcnt", a.op("i32_and", x, a.i32(mask)));
    case "clz":
      return a.op("i32_sub", a.op("i32_clz", a.op("i32_and", x, a.i32(mask))), a.i32(32 - widthOf(d)));
    default:
      throw new Error(`no scalar instruction for ${op} on ${d}`);
  }
}
// ---- memory
export function loadScalar(a: Asm, d: DType, address: Instr, offset: number): Instr {
  switch (d) {
    case "bool":
    case "uint8":
      return a.load("i32_load8_u", address, offset);
    case "int8":
      return a.load("i32_load8_s", address, offset);
    case "uint16":
      return a.load("i32_load16_u", address, offset);
    case "int16":
      return a.load("i32_load16_s", address, offset);
    case "bfloat16":
      return bfloat16Value(scalarForm(a), a.load("i32_load16_u", address, offset));
    case "float16":
      return float16Value(scalarForm(a), a.load("i32_load16_u", address, offset));
    case "int32":
    case "uint32":
      return a.load("i32_load", address, offset);
    case "float32":
      return a.load("f32_load", address, offset);
    case "float64":
      return a.load("f64_load", address, offset);
    default:
      return a.load("i64_load", address, offset);
  }
}
export function storeScalar(a: Asm, stored: DType, address: Instr, offset: number, x: Instr): void {
  switch (stored) {
    case "bool":
    case "uint8":
    case "int8":
      return a.store("i32_store8", address, offset, x);
    case "uint16":
    case "int16":
      return a.store("i32_store16", address, offset, x);
    case "bfloat16":
      return a.store("i32_store16", address, offset, bfloat16Bits(scalarForm(a), x));
    case "float16":
      return a.store("i32_store16", address, offset, float16Bits(scalarForm(a), x));
    case "int32":
    case "uint32":
      return a.store("i32_store", address, offset, x);
    case "float32":
    case "complex64":
      return a.store("f32_store", address, offset, x);
    case "float64":
    case "complex128":
      return a.store("f64_store", address, offset, x);
    default:
      return a.store("i64_store", address, offset, x);
  }
}

// ---- conversions
function roundHalf(a: Asm, x: Instr, to: DType): Instr {
  if (to === "bfloat16") return roundToBfloat16(scalarForm(a), x);
  return to === "float16" ? roundToFloat16(scalarForm(a), x) : x;
}
/** Converts as XLA's CPU backend does: floats saturate into integers and NaN becomes 0. `exact`: no rounding is needed. */
export function castScalar(a: Asm, from: DType, to: DType, x: Instr, exact = false): Instr {
  if (from === to || exact) return x;
  if (to === "bool") return toBool(a, from, x);
  if (isFloat(from)) return isFloat(to) ? floatToFloat(a, from, to, x) : floatToInt(a, from, to, x);
  if (isFloat(to)) return roundHalf(a, a.op(`${floatReg(to)}_convert_${intReg(from)}_${signOf(from)}`, x), to);
  const wide = intReg(from) === "i32" && intReg(to) === "i64" ? a.op(`i64_extend_i32_${signOf(from)}`, x) : x;
  const narrow = intReg(from) === "i64" && intReg(to) === "i32" ? a.op("i32_wrap_i64", wide) : wide;
  return wrap(a, narrow, to);
}
function toBool(a: Asm, from: DType, x: Instr): Instr {
  switch (regOf(from)) {
    case "i32":
      return a.op("i32_ne", x, a.i32(0));
    case "i64":
      return a.op("i64_ne", x, a.i64(0n));
    case "f32":
      return a.op("f32_ne", x, a.f32(0));
    case "f64":
      return a.op("f64_ne", x, a.f64(0));
  }
}
function floatToFloat(a: Asm, from: DType, to: DType, x: Instr): Instr {
  const f = floatReg(from);
  const t = floatReg(to);
  const sized = f === "f32" && t === "f64" ? a.op("f64_promote_f32", x) : f === "f64" && t === "f32" ? a.op("f32_demote_f64", x) : x;
  return roundHalf(a, sized, to);
}
function floatToInt(a: Asm, from: DType, to: DType, x: Instr): Instr {
  const sign = signOf(to);
  const whole = a.op(`${intReg(to)}_trunc_sat_${floatReg(from)}_${sign}`, x);
  const width = widthOf(to);
  if (width >= 32) return whole;
  const high = sign === "u" ? 2 ** width - 1 : 2 ** (width - 1) - 1;
  const below = a.select("i32", whole, a.i32(high), a.op(`i32_lt_${sign}`, whole, a.i32(high)));
  if (sign === "u") return below;
  const low = -(2 ** (width - 1));
  return a.select("i32", below, a.i32(low), a.op("i32_gt_s", below, a.i32(low)));
}
/** The same bits as another type of the same size. */
export function bitcastScalar(a: Asm, from: DType, to: DType, x: Instr): Instr {
  if (itemsize(from) === 2) return fromBits(a, to, toBits(a, from, x));
  const f = regOf(from);
  const t = regOf(to);
  if (f === "f32" && t === "i32") return a.op("i32_reinterpret_f32", x);
  if (f === "i32" && t === "f32") return a.op("f32_reinterpret_i32", x);
  if (f === "f64" && t === "i64") return a.op("i64_reinterpret_f64", x);
  if (f === "i64" && t === "f64") return a.op("f64_reinterpret_i64", x);
  return itemsize(to) < 4 ? wrap(a, x, to) : x;
}
function toBits(a: Asm, from: DType, x: Instr): Instr {
  if (from === "bfloat16") return bfloat16Bits(scalarForm(a), x);
  return from === "float16" ? float16Bits(scalarForm(a), x) : a.op("i32_and", x, a.i32(0xffff));
}
function fromBits(a: Asm, to: DType, bits: Instr): Instr {
  if (to === "bfloat16") return bfloat16Value(scalarForm(a), bits);
  return to === "float16" ? float16Value(scalarForm(a), bits) : wrap(a, bits, to);
}
