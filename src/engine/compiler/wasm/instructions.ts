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
export type LaneType = "f32x4" | "i32x4" | "f64x2" | "i64x2";
/** What a vector of a type is: of lanes of 32 bits (booleans as masks, narrow integers in their type's range), or of 64. Masks are as wide as what they are beside. */
export const laneType = (d: DType): LaneType | null => {
  if (d === "float64") return "f64x2";
  if (d === "int64" || d === "uint64") return "i64x2";
  if (d === "float32" || d === "bfloat16" || d === "float16") return "f32x4";
  return d === "int32" || d === "uint32" || d === "bool" || isNarrow(d) ? "i32x4" : null;
};
const LANE_BITS: Partial<Record<ScalarOp, OpName>> = { and: "v128_and", or: "v128_or", xor: "v128_xor", not: "v128_not" };
const LANE_INT: Partial<Record<ScalarOp, string>> = { add: "add", sub: "sub", mul: "mul", eq: "eq", ne: "ne" };
const LANE_SIGN: Partial<Record<ScalarOp, string>> = { lt: "lt", le: "le", gt: "gt", ge: "ge", max: "max", min: "min" };
const LANE_FLOAT: Partial<Record<ScalarOp, string>> = {
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
  eq: "eq",
  ne: "ne",
  lt: "lt",
  le: "le",
  gt: "gt",
  ge: "ge",
};
/** One wasm instruction for an operation on all lanes, or null where there is none. What it makes of narrow integers may be out of their range. */
export function laneInstruction(op: ScalarOp, d: DType): OpName | null {
  const lane = laneType(d);
  if (!lane) return null;
  if (lane === "f32x4" || lane === "f64x2") return LANE_FLOAT[op] ? (`${lane}_${LANE_FLOAT[op]}` as OpName) : null;
  if (d === "bool") return op === "and" || op === "or" || op === "xor" ? LANE_BITS[op]! : op === "ne" ? "v128_xor" : null;
  if (op === "abs") return isUnsigned(d) ? null : `${lane}_abs`;
  if (LANE_BITS[op]) return LANE_BITS[op];
  if (LANE_INT[op]) return `${lane}_${LANE_INT[op]}` as OpName;
  // Of 64 bits there are no unsigned comparisons, and no larger and smaller of two.
  if (!LANE_SIGN[op] || (lane === "i64x2" && (isUnsigned(d) || op === "max" || op === "min"))) return null;
  return `${lane}_${LANE_SIGN[op]}${lane === "i32x4" && isUnsigned(d) ? "_u" : "_s"}` as OpName;
}
/** Shift amounts that are the same in all lanes are one instruction. A narrow integer is shifted to the right as its sign in the lane says. */
export function laneShift(op: ScalarOp, d: DType): OpName | null {
  const lane = laneType(d);
  if ((lane !== "i32x4" && lane !== "i64x2") || d === "bool") return null;
  if (op === "shl") return `${lane}_shl`;
  if (op === "shr_a") return isNarrow(d) && isUnsigned(d) ? null : `${lane}_shr_s`;
  return op === "shr_l" && !(isNarrow(d) && !isUnsigned(d)) ? `${lane}_shr_u` : null;
}
