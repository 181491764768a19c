// float16 and bfloat16, which are held as float32: rounding to them (nearest, ties to even) and their bits, in scalars and in four lanes by the
// same formulas. Source of the float16 conversions: F. Giesen, "half ↔ float conversions" (2012): one multiplication or addition does denormals.
import type { Asm, Instr } from "./asm.ts";
import type { OpName } from "./opcodes.ts";

/** The instructions that the formulas are made of, in one of the two forms. Masks are what `choose` takes. */
interface Form {
  readonly integer: (value: number) => Instr;
  readonly float: (value: number) => Instr;
  /** The same bits as the other type. */
  readonly bits: (x: Instr) => Instr;
  readonly value: (x: Instr) => Instr;
  readonly choose: (mask: Instr, yes: Instr, no: Instr) => Instr;
  readonly shift: (op: "shl" | "shr_u", x: Instr, by: number) => Instr;
  readonly op: (op: keyof typeof OPS, ...args: readonly Instr[]) => Instr;
}
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
} as const satisfies Record<string, readonly [OpName, OpName]>;
export const scalarForm = (a: Asm): Form => ({
  integer: (v) => a.i32(v),
  float: (v) => a.f32(v),
  bits: (x) => a.op("i32_reinterpret_f32", x),
  value: (x) => a.op("f32_reinterpret_i32", x),
  choose: (mask, yes, no) => a.select("i32", yes, no, mask),
  shift: (op, x, by) => a.op(op === "shl" ? "i32_shl" : "i32_shr_u", x, a.i32(by)),
  op: (op, ...args) => a.op(OPS[op][0], ...args),
});
export const laneForm = (a: Asm): Form => ({
  integer: (v) => a.splat("i32x4_splat", a.i32(v)),
  float: (v) => a.splat("f32x4_splat", a.f32(v)),
  bits: (x) => x,
  value: (x) => x,
  choose: (mask, yes, no) => a.op("v128_bitselect", yes, no, mask),
  shift: (op, x, by) => a.op(op === "shl" ? "i32x4_shl" : "i32x4_shr_u", x, a.i32(by)),
  op: (op, ...args) => a.op(OPS[op][1], ...args),
});
const SIGN = -0x80000000;
const INFINITY = 0x7f800000;
const QUIET_NAN = 0x7fc00000;

/** A float32 rounded to `dropped` fewer bits of its significand. */
function roundBits(f: Form, bits: Instr, dropped: number): Instr {
  const odd = f.op("and", f.shift("shr_u", bits, dropped), f.integer(1));
  const rounded = f.op("add", f.op("add", bits, f.integer(2 ** (dropped - 1) - 1)), odd);
  return f.op("and", rounded, f.integer(-(2 ** dropped)));
}
export function roundToBfloat16(f: Form, x: Instr): Instr {
  const rounded = roundBits(f, f.bits(x), 16);
  return f.value(f.choose(f.op("same", x, x), rounded, f.integer(QUIET_NAN)));
}
/** Normal numbers lose 13 bits; below 2⁻¹⁴ adding 0.5 rounds to multiples of 2⁻²⁴; from 65520 on they are infinite. */
export function roundToFloat16(f: Form, x: Instr): Instr {
  const bits = f.bits(x);
  const sign = f.op("and", bits, f.integer(SIGN));
  const size = f.op("and", bits, f.integer(0x7fffffff));
  const normal = roundBits(f, size, 13);
  const small = f.bits(f.op("subFloat", f.op("addFloat", f.value(size), f.float(0.5)), f.float(0.5)));
  const inRange = f.choose(f.op("below", normal, f.integer(0x47800000)), normal, f.integer(INFINITY));
  const finite = f.choose(f.op("below", size, f.integer(0x38800000)), small, inRange);
  return f.value(f.op("or", f.choose(f.op("same", x, x), finite, f.integer(QUIET_NAN)), sign));
}
/** The 16 bits of a bfloat16, as an integer. */
export const bfloat16Bits = (f: Form, x: Instr): Instr => f.shift("shr_u", f.bits(x), 16);
export const bfloat16Value = (f: Form, bits: Instr): Instr => f.value(f.shift("shl", bits, 16));
/** The 16 bits of a float16 that is held as float32, so that nothing is left to round. */
export function float16Bits(f: Form, x: Instr): Instr {
  const bits = f.bits(x);
  const sign = f.op("and", f.shift("shr_u", bits, 16), f.integer(0x8000));
  const size = f.op("and", bits, f.integer(0x7fffffff));
  const normal = f.shift("shr_u", f.op("sub", size, f.integer(112 * 2 ** 23)), 13);
  const small = f.op("sub", f.bits(f.op("addFloat", f.value(size), f.float(0.5))), f.integer(126 * 2 ** 23));
  const special = f.op("or", f.op("and", f.shift("shr_u", size, 13), f.integer(0x3ff)), f.integer(0x7c00));
  const finite = f.choose(f.op("below", size, f.integer(0x38800000)), small, normal);
  return f.op("or", f.choose(f.op("below", size, f.integer(INFINITY)), finite, special), sign);
}
export function float16Value(f: Form, bits: Instr): Instr {
  const moved = f.shift("shl", f.op("and", bits, f.integer(0x7fff)), 13);
  const scaled = f.bits(f.op("mulFloat", f.value(moved), f.float(2 ** 112)));
  const size = f.choose(f.op("below", moved, f.integer(0x7c00 * 2 ** 13)), scaled, f.op("or", moved, f.integer(INFINITY)));
  return f.value(f.op("or", size, f.shift("shl", f.op("and", bits, f.integer(0x8000)), 16)));
}
