// max and min of float lanes. What WebAssembly has takes eight instructions on x86, because of NaN and of zeros of both signs; `pmax(x, y)`, which is
// y where x < y and else x, takes one. It loses a NaN in y and the sign of the zero in y, and that is put right here: with a constant at no cost, of two
// values by four instructions more, in a reduction by what is gathered beside the value and looked at once, at its end. On arm64 the whole is one
// instruction, and stays it. Either way NaN comes out wherever one goes in, and max(−0, 0) is 0, as in JAX; only the bits of the NaN may differ.
import type { DType } from "../../core/dtypes.ts";
import type { Expr, ScalarOp } from "../kernel/ir.ts";
import type { Asm, Instr, Variable } from "./asm.ts";
import { laneType } from "./instructions.ts";

type Extreme = "max" | "min";
const SIGN = -0x80000000;
const arch = (globalThis as { readonly process?: { readonly arch?: string } }).process?.arch;
const ONE_INSTRUCTION = arch === "arm64";

/** Whether an operation is put together here. */
export const isExtreme = (op: ScalarOp, d: DType): op is Extreme => (op === "max" || op === "min") && laneType(d) === "f32x4" && !ONE_INSTRUCTION;
const quick = (op: Extreme): "f32x4_pmax" | "f32x4_pmin" => (op === "max" ? "f32x4_pmax" : "f32x4_pmin");
const integers = (a: Asm, value: number): Instr => a.splat("i32x4_splat", a.i32(value));
const zeros = (a: Asm): Instr => a.splat("f32x4_splat", a.f32(0));

/** max or min of two values. */
export function laneExtreme(a: Asm, op: Extreme, x: Instr, y: Instr): Instr {
  const differ = a.op("f32x4_ne", x, y);
  const nan = a.op("f32x4_ne", y, y);
  const first = a.op(quick(op), x, y);
  // Equal numbers are the same bits, but for zeros: 0 and −0 have all bits of −0 together, and those of 0 in common.
  const signed = op === "max" ? a.op("v128_and", first, a.op("v128_or", y, differ)) : a.op("v128_or", first, a.op("v128_andnot", y, differ));
  return a.op("v128_or", signed, nan);
}
/** max or min of x and a constant, where that is less than of two values; else null. */
export function laneBound(a: Asm, op: Extreme, x: Instr, bound: Expr, bounds: Instr): Instr | null {
  if (bound.kind !== "const" || Number.isNaN(Number(bound.value))) return null;
  const value = Number(bound.value);
  if (op === "min" && Object.is(value, -0)) return null;
  const found = a.op(quick(op), x, bounds);
  return op === "max" && Object.is(value, 0) ? a.op("f32x4_add", found, zeros(a)) : found;
}

/** What a copy of a loop's body gathers in lanes. */
export interface LaneTotal {
  readonly add: (x: Instr) => void;
  readonly read: () => Instr;
}
/** The largest or the least of what is added; `start` is the neutral element in all lanes. */
export function extremeTotal(a: Asm, op: Extreme, start: Instr): LaneTotal {
  const variable = (value: Instr): Variable => {
    const v = a.variable("v128");
    a.write(v, value);
    return v;
  };
  const value = variable(start);
  const nan = variable(integers(a, 0));
  // If the largest is a zero, it is 0 where any sign is clear; if the least is one, −0 where any is set.
  const signs = variable(integers(a, op === "max" ? -1 : 0));
  return {
    add: (x) => {
      const isNaN = a.op("v128_or", a.read(nan), a.op("f32x4_ne", x, x));
      const sign = a.op(op === "max" ? "v128_and" : "v128_or", a.read(signs), x);
      const found = a.op(quick(op), a.read(value), x);
      a.write(nan, isNaN);
      a.write(signs, sign);
      a.write(value, found);
    },
    read: () => {
      const found = a.read(value);
      const zero = a.op("v128_and", a.read(signs), integers(a, SIGN));
      const signed = a.op("v128_bitselect", zero, found, a.op("f32x4_eq", found, zeros(a)));
      return a.op("v128_or", signed, a.read(nan));
    },
  };
}
