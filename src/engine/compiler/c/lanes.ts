// Values in lanes as C: vectors of 32-bit elements in the compilers' own vector types (GCC's extension, which clang has as well). Booleans are masks here,
// and 0 or 1 in scalars. What each operation means is what WebAssembly's instruction means (wasm/lanes.ts), whatever the width.
import { type DType, isUnsigned, itemsize } from "../../core/dtypes.ts";
import type { ScalarOp } from "../kernel/ir.ts";
import type { VectorWidth as Width } from "../target.ts";
import { isNarrow, laneType, needsWrap } from "../wasm/instructions.ts";
import { constant } from "./scalars.ts";
import type { CText } from "./text.ts";

const isFloatLane = (d: DType): boolean => laneType(d) === "f32x4";
export const vectorType = (d: DType, n: Width): `${"f32" | "i32"}x${Width}` => `${isFloatLane(d) ? "f32" : "i32"}x${n}`;

// ---- between scalars and lanes
/** A scalar in all lanes. */
export const splat = (c: CText, d: DType, x: string, n: Width): string => c.call(`splat_${vectorType(d, n)}`, d === "bool" ? `-(${x})` : x);
export const splatConstant = (c: CText, value: number | bigint, d: DType, n: Width): string =>
  c.once(`constant ${vectorType(d, n)} ${Object.is(value, -0) ? "-0" : value} ${d === "bool"}`, 0, () =>
    c.define(vectorType(d, n), c.call(`splat_${vectorType(d, n)}`, d === "bool" ? (value ? "-1" : "0") : constant(value, d))),
  );
export const extract = (d: DType, x: string, lane: number): string => (d === "bool" ? `(${x}[${lane}] & 1)` : `${x}[${lane}]`);
/** Scalars side by side. */
export function pack(d: DType, xs: readonly string[], n: Width): string {
  const packed = `(${vectorType(d, n)}){${xs.join(", ")}}`;
  return d === "bool" ? `-${packed}` : packed;
}
/** first, first + stride, … */
export const iota = (c: CText, first: string, stride: number, n: Width): string =>
  `${c.call(`splat_i32x${n}`, first)} + (i32x${n}){${Array.from({ length: n }, (_x, k) => (k * stride) | 0).join(", ")}}`;

// ---- operations
const INFIX: Partial<Record<ScalarOp, string>> = { add: "+", sub: "-", mul: "*", div: "/", and: "&", or: "|", xor: "^" };
const COMPARE: Partial<Record<ScalarOp, string>> = { eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" };
/** The name that C has for a narrow integer type. */
const narrowName = (d: DType): string => `${isUnsigned(d) ? "u" : "i"}${8 * itemsize(d)}`;
/** Brings the lanes into the range of a narrow integer type. */
function wrapLanes(x: string, d: DType, n: Width): string {
  if (!isNarrow(d)) return x;
  const bits = 32 - 8 * itemsize(d);
  return isUnsigned(d) ? `((${x}) & ${2 ** (32 - bits) - 1})` : `(((i32x${n})((u32x${n})(${x}) << ${bits})) >> ${bits})`;
}
/** @param amount the shift's amount as a scalar, for shifts of all lanes alike */
export function laneOp(c: CText, op: ScalarOp, d: DType, args: readonly string[], amount: string | null, n: Width): string {
  const result = plainOp(c, op, d, args, amount, n);
  return needsWrap(op, d) ? wrapLanes(result, d, n) : result;
}
function plainOp(c: CText, op: ScalarOp, d: DType, args: readonly string[], amount: string | null, n: Width): string {
  const [x = "", y = ""] = args;
  const i = `i32x${n}` as const;
  const u = `u32x${n}`;
  const v = vectorType(d, n);
  if (d === "bool") return `${x} ${op === "ne" ? "^" : infix(op, d)} ${y}`;
  if (op === "copysign") return `(${v})(((${i})${y} & ${signs(c, n)}) | ((${i})${x} & ~${signs(c, n)}))`;
  if (op === "max" || op === "min")
    return isFloatLane(d) ? c.call(`${op}_f32x${n}`, x, y) : select(c, compare(op === "max" ? ">" : "<", d, x, y, n), x, y, d, n);
  if (op === "neg") return `-${x}`;
  if (op === "abs") return isFloatLane(d) ? `(${v})((${i})${x} & ~${signs(c, n)})` : select(c, `(${x} < 0)`, `-${x}`, x, d, n);
  if (op === "floor" || op === "ceil" || op === "trunc" || op === "round_even" || op === "sqrt") return c.call(`${op}_f32x${n}`, x);
  if (op === "not") return `~${x}`;
  if (amount !== null) {
    const by = `(${amount} & 31)`;
    if (op === "shl") return `${x} << ${by}`;
    if (op === "shr_a") return `${x} >> ${by}`;
    if (op === "shr_l") return `(${i})((${u})${x} >> ${by})`;
  }
  const test = COMPARE[op];
  if (test) return compare(test, d, x, y, n);
  return `${x} ${infix(op, d)} ${y}`;
}
function infix(op: ScalarOp, d: DType): string {
  const text = INFIX[op];
  if (!text) throw new Error(`no lane operation in C for ${op} on ${d}`);
  return text;
}
const signs = (c: CText, n: Width): string => splatConstant(c, -0x80000000, "int32", n);
const compare = (test: string, d: DType, x: string, y: string, n: Width): string =>
  isUnsigned(d) ? `(i32x${n})((u32x${n})${x} ${test} (u32x${n})${y})` : `(i32x${n})(${x} ${test} ${y})`;
/** yes where the mask is set, else no. */
export function select(c: CText, mask: string, yes: string, no: string, d: DType, n: Width): string {
  return c.call(`select_${vectorType(d, n)}`, mask, yes, no);
}
/** max or min of x and a constant, where that is less than of two values (wasm/extremes.ts says why); else null. */
export function bounded(c: CText, op: "max" | "min", x: string, bound: number, bounds: string, n: Width): string | null {
  if (bound !== bound || (op === "min" && Object.is(bound, -0))) return null;
  const found = c.call(`p${op}_f32x${n}`, x, bounds);
  return op === "max" && Object.is(bound, 0) ? `${found} + ${splatConstant(c, 0, "float32", n)}` : found;
}
export function castLanes(c: CText, from: DType, to: DType, x: string, exact: boolean, n: Width): string {
  if (exact) return x;
  if (from === "bool") return `(${vectorType(to, n)})((i32x${n})${splatConstant(c, 1, to, n)} & ${x})`;
  if (to === "bool") return `(i32x${n})(${x} != ${splatConstant(c, 0, from, n)})`;
  if (isFloatLane(from) && !isFloatLane(to)) return saturated(c, to, c.call(`sat_${isUnsigned(to) ? "u32" : "i32"}x${n}`, x), n);
  // Integers of 32 bits differ in what is done with them.
  if (!isFloatLane(from) && !isFloatLane(to)) return wrapLanes(x, to, n);
  const float = isFloatLane(from) ? x : `__builtin_convertvector(${isUnsigned(from) ? `(u32x${n})` : ""}${x}, f32x${n})`;
  return to === "bfloat16" || to === "float16" ? c.call(`round_${to}_f32x${n}`, float) : float;
}

/** What was made an integer of 32 bits, in the range of a narrow type: beyond, its bounds. */
function saturated(c: CText, to: DType, whole: string, n: Width): string {
  if (!isNarrow(to)) return whole;
  const bits = 8 * itemsize(to);
  const bound = (op: "max" | "min", x: string, value: number): string =>
    plainOp(c, op, isUnsigned(to) ? "uint32" : "int32", [x, splatConstant(c, value, "int32", n)], null, n);
  const define = (x: string): string => c.define(`i32x${n}`, x);
  if (isUnsigned(to)) return bound("min", define(whole), 2 ** bits - 1);
  return bound("max", define(bound("min", define(whole), 2 ** (bits - 1) - 1)), -(2 ** (bits - 1)));
}

// ---- memory: neighbouring elements
export function loadLanes(c: CText, d: DType, at: string, n: Width): string {
  if (d === "bool") return c.call(`load_bool_x${n}`, at);
  if (isNarrow(d)) return c.call(`load_${narrowName(d)}_x${n}`, at);
  if (d === "bfloat16" || d === "float16") return c.call(`${d}_value_f32x${n}`, c.call(`load_u16_x${n}`, at));
  return `*(const ${vectorType(d, n)}_u *)(${at})`;
}
export function storeLanes(c: CText, stored: DType, at: string, x: string, n: Width): string {
  if (stored === "bool") return `${c.call(`store_bool_x${n}`, at, x)};`;
  if (isNarrow(stored)) return `${c.call(`store_${narrowName(stored)}_x${n}`, at, x)};`;
  if (stored === "bfloat16" || stored === "float16") return `${c.call(`store_u16_x${n}`, at, c.call(`${stored}_bits_f32x${n}`, x))};`;
  return `*(${vectorType(stored, n)}_u *)(${at}) = ${x};`;
}
