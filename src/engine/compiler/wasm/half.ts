// The formulas of float16 and bfloat16 in WebAssembly's instructions, on scalars and on four lanes.
import type { HalfForm, HalfOp } from "../kernel/halfForm.ts";
import type { Asm, Instr } from "./asm.ts";
import type { OpName } from "./opcodes.ts";

const OPS = {
  add: ["i32_add", "i32x4_add"],
  sub: ["i32_sub", "i32x4_sub"],
  and: ["i32_and", "v128_and"],
  or: ["i32_or", "v128_or"],
  below: ["i32_lt_s", "i32x4_lt_s"],
  addFloat: ["f32_add", "f32x4_add"],
  subFloat: ["f32_sub", "f32x4_sub"],
  mulFloat: ["f32_mul", "f32x4_mul"],
  same: ["f32_eq", "f32x4_eq"],
} as const satisfies Record<HalfOp, readonly [OpName, OpName]>;
export const scalarForm = (a: Asm): HalfForm<Instr> => ({
  integer: (v) => a.i32(v),
  float: (v) => a.f32(v),
  bits: (x) => a.op("i32_reinterpret_f32", x),
  value: (x) => a.op("f32_reinterpret_i32", x),
  choose: (mask, yes, no) => a.select("i32", yes, no, mask),
  shift: (op, x, by) => a.op(op === "shl" ? "i32_shl" : "i32_shr_u", x, a.i32(by)),
  op: (op, ...args) => a.op(OPS[op][0], ...args),
});
export const laneForm = (a: Asm): HalfForm<Instr> => ({
  integer: (v) => a.splat("i32x4_splat", a.i32(v)),
  float: (v) => a.splat("f32x4_splat", a.f32(v)),
  bits: (x) => x,
  value: (x) => x,
  choose: (mask, yes, no) => a.op("v128_bitselect", yes, no, mask),
  shift: (op, x, by) => a.op(op === "shl" ? "i32x4_shl" : "i32x4_shr_u", x, a.i32(by)),
  op: (op, ...args) => a.op(OPS[op][1], ...args),
});
