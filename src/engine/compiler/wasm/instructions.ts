// Scalar and lane instructions by operation and dtype: the tables that the emitter looks up.
import { type DType, isFloat, isUnsigned, itemsize } from "../../core/dtypes.ts";
import { type Reg, type ScalarOp, regOf } from "../kernel/ir.ts";
import type { OpName } from "./opcodes.ts";

const INT: Partial<Record<ScalarOp, string>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  and: "and",
  or: "or",
  xor: "xor",
  shl: "shl",
  popcnt: "popcnt",
  clz: "clz",
  eq: "eq",
  ne: "ne",
};
const SIGNED: Partial<Record<ScalarOp, string>> = { div: "div", rem: "rem", lt: "lt", le: "le", gt: "gt", ge: "ge" };
const FLOAT: Partial<Record<ScalarOp, string>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  max: "max",
  min: "min",
  neg: "neg",
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  round_even: "nearest",
  trunc: "trunc",
  sqrt: "sqrt",
  copysign: "copysign",
  eq: "eq",
  ne: "ne",
  lt: "lt",
  le: "le",
  gt: "gt",
  ge: "ge",
};

/** One wasm instruction for a scalar operation on operands of a dtype, or null where it takes several. */
export function scalarInstruction(op: ScalarOp, d: DType): OpName | null {
  const reg: Reg = regOf(d),
    u = isUnsigned(d) || d === "bool";
  if (reg === "f32" || reg === "f64") return FLOAT[op] ? (`${reg}_${FLOAT[op]}` as OpName) : null;
  if (INT[op]) return (op === "popcnt" || op === "clz") && itemsize(d) < 4 ? null : (`${reg}_${INT[op]}` as OpName);
  if (SIGNED[op]) return `${reg}_${SIGNED[op]}_${u ? "u" : "s"}` as OpName;
  return null;
}
/** Whether results must be brought back into the range of a narrow integer. */
export const needsWrap = (op: ScalarOp, d: DType): boolean =>
  itemsize(d) < 4 &&
  d !== "bool" &&
  !isFloat(d) &&
  (op === "add" || op === "sub" || op === "mul" || op === "shl" || op === "not" || op === "div" || op === "shr_a" || op === "shr_l" || op === "abs");

/** Integers of fewer bits than a lane: they are held in their type's range. */
export const isNarrow = (d: DType): boolean => d === "int8" || d === "int16" || d === "uint8" || d === "uint16";
/** dtypes whose elements fill a 32-bit lane (booleans as masks, narrow integers in their type's range). */
export const laneType = (d: DType): "f32x4" | "i32x4" | null => {
  if (d === "float32" || d === "bfloat16" || d === "float16") return "f32x4";
  return d === "int32" || d === "uint32" || d === "bool" || isNarrow(d) ? "i32x4" : null;
};
const LANE_INT: Partial<Record<ScalarOp, OpName>> = {
  add: "i32x4_add",
  sub: "i32x4_sub",
  mul: "i32x4_mul",
  and: "v128_and",
  or: "v128_or",
  xor: "v128_xor",
  not: "v128_not",
  eq: "i32x4_eq",
  ne: "i32x4_ne",
};
const LANE_SIGN: Partial<Record<ScalarOp, string>> = { lt: "lt", le: "le", gt: "gt", ge: "ge", max: "max", min: "min" };
const LANE_FLOAT: Partial<Record<ScalarOp, OpName>> = {
  add: "f32x4_add",
  sub: "f32x4_sub",
  mul: "f32x4_mul",
  div: "f32x4_div",
  max: "f32x4_max",
  min: "f32x4_min",
  neg: "f32x4_neg",
  abs: "f32x4_abs",
  floor: "f32x4_floor",
  ceil: "f32x4_ceil",
  round_even: "f32x4_nearest",
  trunc: "f32x4_trunc",
  sqrt: "f32x4_sqrt",
  eq: "f32x4_eq",
  ne: "f32x4_ne",
  lt: "f32x4_lt",
  le: "f32x4_le",
  gt: "f32x4_gt",
  ge: "f32x4_ge",
};
/** One wasm instruction for an operation on four lanes, or null where there is none. What it makes of narrow integers may be out of their range. */
export function laneInstruction(op: ScalarOp, d: DType): OpName | null {
  const lane = laneType(d);
  if (!lane) return null;
  if (lane === "f32x4") return LANE_FLOAT[op] ?? null;
  if (d === "bool") return op === "and" || op === "or" || op === "xor" ? LANE_INT[op]! : op === "ne" ? "v128_xor" : null;
  if (op === "abs") return isUnsigned(d) ? null : "i32x4_abs";
  if (LANE_INT[op]) return LANE_INT[op]!;
  return LANE_SIGN[op] ? (`i32x4_${LANE_SIGN[op]}_${isUnsigned(d) ? "u" : "s"}` as OpName) : null;
}
/** Shift amounts that are the same in all lanes are one instruction. A narrow integer is shifted to the right as its sign in the lane says. */
export function laneShift(op: ScalarOp, d: DType): OpName | null {
  if (laneType(d) !== "i32x4" || d === "bool") return null;
  if (op === "shl") return "i32x4_shl";
  if (op === "shr_a") return isNarrow(d) && isUnsigned(d) ? null : "i32x4_shr_s";
  return op === "shr_l" && !(isNarrow(d) && !isUnsigned(d)) ? "i32x4_shr_u" : null;
}
