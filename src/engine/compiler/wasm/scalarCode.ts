// Scalar instruction sequences that take more than one instruction: narrow integers, half types, casts, loads and stores.
import { type DType, isFloat, isUnsigned, itemsize } from "../../core/dtypes.ts";
import { type ScalarOp, regOf } from "../kernel/ir.ts";
import type { KernelEmitter } from "./emitter.ts";
import { OP } from "./opcodes.ts";
import { needsWrap, scalarInstruction } from "./scalarOps.ts";

/** Brings the i32 on the stack into the range of a narrow integer type. */
function wrap(k: KernelEmitter, d: DType): void {
  switch (d) {
    case "int8":
      k.op("i32_extend8_s");
      return;
    case "int16":
      k.op("i32_extend16_s");
      return;
    case "uint8":
      k.i32(0xff).op("i32_and");
      return;
    case "uint16":
      k.i32(0xffff).op("i32_and");
      return;
  }
}
/** Applies an operation to operands of dtype `d`; `args` emit them. */
export function emitScalarOp(k: KernelEmitter, op: ScalarOp, d: DType, args: readonly (() => void)[]): void {
  const reg = regOf(d),
    one = scalarInstruction(op, d),
    width = itemsize(d) * 8;
  if (op === "shr_l" || op === "shr_a") {
    args[0]!();
    if (width < 32) {
      if (op === "shr_l") k.i32(2 ** width - 1).op("i32_and");
      else k.op(width === 8 ? "i32_extend8_s" : "i32_extend16_s");
    }
    args[1]!();
    k.op(`${reg}_${op === "shr_l" ? "shr_u" : "shr_s"}` as never);
    wrap(k, d);
    return;
  }
  if (one) {
    args.forEach((a) => a());
    k.op(one);
    if (needsWrap(op, d)) wrap(k, d);
    return;
  }
  switch (op) {
    case "max":
    case "min": {
      const x = k.local(reg),
        y = k.local(reg);
      args[0]!();
      k.set(x);
      args[1]!();
      k.set(y);
      k.get(x)
        .get(y)
        .get(x)
        .get(y)
        .op(`${reg}_${op === "max" ? "gt" : "lt"}_${isUnsigned(d) || d === "bool" ? "u" : "s"}` as never);
      k.b.u8(OP.select);
      return;
    }
    case "abs": {
      const x = k.local(reg);
      args[0]!();
      k.set(x);
      const zero = (): void => {
        if (reg === "i64") k.b.u8(OP.i64_const).s64(0n);
        else k.i32(0);
      };
      zero();
      k.get(x)
        .op(`${reg}_sub` as never)
        .get(x)
        .get(x);
      zero();
      k.op(`${reg}_lt_s` as never);
      k.b.u8(OP.select);
      wrap(k, d);
      return;
    }
    case "not":
      args[0]!();
      if (reg === "i64") k.b.u8(OP.i64_const).s64(-1n);
      else k.i32(-1);
      k.op(`${reg}_xor` as never);
      wrap(k, d);
      return;
    case "popcnt":
      args[0]!();
      k.i32(2 ** width - 1)
        .op("i32_and")
        .op("i32_popcnt");
      return;
    case "clz":
      args[0]!();
      k.i32(2 ** width - 1)
        .op("i32_and")
        .op("i32_clz")
        .i32(32 - width)
        .op("i32_sub");
      return;
    default:
      throw new Error(`no scalar instruction for ${op} on ${d}`);
  }
}

/** Loads an element; the address is on the stack. */
export function emitScalarLoad(k: KernelEmitter, d: DType, offset: number): void {
  switch (d) {
    case "bool":
    case "uint8":
      k.memory("i32_load8_u", offset);
      return;
    case "int8":
      k.memory("i32_load8_s", offset);
      return;
    case "uint16":
      k.memory("i32_load16_u", offset);
      return;
    case "int16":
      k.memory("i32_load16_s", offset);
      return;
    case "bfloat16":
      k.memory("i32_load16_u", offset).i32(16).op("i32_shl").op("f32_reinterpret_i32");
      return;
    case "float16":
      k.memory("i32_load16_u", offset).op("f64_convert_i32_u").callMath("fromFloat16", 1).op("f32_demote_f64");
      return;
    case "int32":
    case "uint32":
      k.memory("i32_load", offset);
      return;
    case "float32":
      k.memory("f32_load", offset);
      return;
    case "float64":
      k.memory("f64_load", offset);
      return;
    default:
      k.memory("i64_load", offset);
  }
}
/** Stores the value on the stack; the address is below it. */
export function emitScalarStore(k: KernelEmitter, stored: DType, offset: number): void {
  switch (stored) {
    case "bool":
    case "uint8":
    case "int8":
      k.memory("i32_store8", offset);
      return;
    case "uint16":
    case "int16":
      k.memory("i32_store16", offset);
      return;
    case "bfloat16":
      roundBfloat16(k);
      k.op("i32_reinterpret_f32").i32(16).op("i32_shr_u").memory("i32_store16", offset);
      return;
    case "float16":
      k.op("f64_promote_f32").callMath("toFloat16", 1).op("i32_trunc_sat_f64_u").memory("i32_store16", offset);
      return;
    case "int32":
    case "uint32":
      k.memory("i32_store", offset);
      return;
    case "float32":
    case "complex64":
      k.memory("f32_store", offset);
      return;
    case "float64":
    case "complex128":
      k.memory("f64_store", offset);
      return;
    default:
      k.memory("i64_store", offset);
  }
}
/** f32 on the stack, rounded to nearest even at 16 bits; NaN becomes quiet. */
function roundBfloat16(k: KernelEmitter): void {
  const f = k.local("f32"),
    x = k.local("i32");
  k.tee(f).op("i32_reinterpret_f32").set(x);
  k.get(x).get(x).i32(16).op("i32_shr_u").i32(1).op("i32_and").op("i32_add").i32(0x7fff).op("i32_add").i32(-0x10000).op("i32_and");
  k.i32(0x7fc00000).get(f).get(f).op("f32_eq");
  k.b.u8(OP.select);
  k.op("f32_reinterpret_i32");
}
/** Converts the value on the stack, as XLA's CPU backend does: floats saturate into integers and NaN becomes 0. */
export function emitCast(k: KernelEmitter, from: DType | "bits16", to: DType | "bits16"): void {
  if (from === to) return;
  if (to === "bits16") {
    if (from === "bfloat16") k.op("i32_reinterpret_f32").i32(16).op("i32_shr_u");
    else if (from === "float16") k.op("f64_promote_f32").callMath("toFloat16", 1).op("i32_trunc_sat_f64_u");
    else k.i32(0xffff).op("i32_and");
    return;
  }
  if (from === "bits16") {
    if (to === "bfloat16") k.i32(16).op("i32_shl").op("f32_reinterpret_i32");
    else if (to === "float16") k.op("f64_convert_i32_u").callMath("fromFloat16", 1).op("f32_demote_f64");
    else wrap(k, to);
    return;
  }
  const a = regOf(from),
    b = regOf(to);
  if (to === "bool") {
    if (a === "i32") k.i32(0).op("i32_ne");
    else if (a === "i64") {
      k.b.u8(OP.i64_const).s64(0n);
      k.op("i64_ne");
    } else {
      k.b.u8(a === "f32" ? OP.f32_const : OP.f64_const);
      if (a === "f32") k.b.f32(0);
      else k.b.f64(0);
      k.op(a === "f32" ? "f32_ne" : "f64_ne");
    }
    return;
  }
  const fromFloat = isFloat(from),
    toFloat = isFloat(to);
  if (fromFloat && toFloat) {
    if (a === "f32" && b === "f64") k.op("f64_promote_f32");
    else if (a === "f64" && b === "f32") k.op("f32_demote_f64");
    if (to === "bfloat16") roundBfloat16(k);
    else if (to === "float16") k.op("f64_promote_f32").callMath("roundFloat16", 1).op("f32_demote_f64");
    return;
  }
  if (fromFloat) {
    fromFloatToInt(k, a, to);
    return;
  }
  if (toFloat) {
    const u = isUnsigned(from) || from === "bool";
    k.op(`${b}_convert_${a}_${u ? "u" : "s"}` as never);
    if (to === "bfloat16") roundBfloat16(k);
    else if (to === "float16") k.op("f64_promote_f32").callMath("roundFloat16", 1).op("f32_demote_f64");
    return;
  }
  if (a === "i32" && b === "i64") k.op(isUnsigned(from) || from === "bool" ? "i64_extend_i32_u" : "i64_extend_i32_s");
  else if (a === "i64" && b === "i32") k.op("i32_wrap_i64");
  if (itemsize(to as DType) < 4) wrap(k, to);
}
function fromFloatToInt(k: KernelEmitter, a: string, to: DType): void {
  const reg = regOf(to),
    u = isUnsigned(to);
  k.op(`${reg}_trunc_sat_${a}_${u ? "u" : "s"}` as never);
  const width = itemsize(to) * 8;
  if (width >= 32) return;
  const [lo, hi] = u ? [0, 2 ** width - 1] : [-(2 ** (width - 1)), 2 ** (width - 1) - 1],
    x = k.local("i32"),
    s = u ? "u" : "s";
  k.set(x)
    .get(x)
    .i32(hi)
    .get(x)
    .i32(hi)
    .op(`i32_lt_${s}` as never);
  k.b.u8(OP.select);
  if (!u) {
    k.set(x).get(x).i32(lo).get(x).i32(lo).op("i32_gt_s");
    k.b.u8(OP.select);
  }
}
