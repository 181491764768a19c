// Operations, conversions and bit patterns as expressions of WGSL, from the texts of their operands. Comparisons that would tell of a NaN or an infinity look
// at bits: an implementation may assume that there are none.
import { type DType, isFloat, isHalf, isUnsigned, itemsize } from "../../core/dtypes.ts";
import type { Expr, ReduceOp, ScalarOp } from "../kernel/ir.ts";
import { type Use, wgslType } from "./types.ts";

const bitsOf = (d: DType): number => itemsize(d) * 8;
/** Brings an i32 or u32 into the range of a narrow integer type. */
function wrap(x: string, d: DType): string {
  const bits = bitsOf(d);
  if (d === "bool" || isFloat(d) || bits >= 32) return x;
  return isUnsigned(d) ? `(${x} & ${2 ** bits - 1}u)` : `((${x} << ${32 - bits}u) >> ${32 - bits}u)`;
}
const COMPARISONS: Readonly<Record<string, string>> = { eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" };
const INFIX: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*", div: "/", rem: "%", and: "&", or: "|", xor: "^" };
const FLOAT_CALLS: Readonly<Record<string, string>> = { abs: "abs", floor: "floor", ceil: "ceil", round_even: "round", trunc: "trunc", sqrt: "sqrt" };
const EXTREME = { max: "fmax", min: "fmin" } as const;
const isExtreme = (op: string): op is "max" | "min" => op === "max" || op === "min";

/** @param d the type of the operands */
export function operation(op: ScalarOp, d: DType, args: readonly string[], of: readonly Expr[], use: Use): string {
  const [x = "", y = ""] = args;
  if (op in COMPARISONS) return comparison(op, d, [x, y], of, use);
  if (d === "bool") return onBooleans(op, x, y);
  if (isFloat(d)) return onFloats(op, x, y, use);
  return onIntegers(op, d, x, y);
}
/** acc ∘ value. */
export const reduction = (op: ReduceOp, d: DType, x: string, y: string, use: Use): string => operation(op, d, [x, y], [], use);

function onFloats(op: ScalarOp, x: string, y: string, use: Use): string {
  if (isExtreme(op)) return `${use(EXTREME[op])}(${x}, ${y})`;
  if (op === "neg") return `(-${x})`;
  if (op === "copysign") return `${use("with_sign")}(${x}, ${y})`;
  const call = FLOAT_CALLS[op];
  if (call) return `${call}(${x})`;
  const infix = INFIX[op];
  if (!infix) throw new Error(`WGSL has no ${op} of floats`);
  return `(${x} ${infix} ${y})`;
}
function onBooleans(op: ScalarOp, x: string, y: string): string {
  switch (op) {
    case "and":
    case "mul":
    case "min":
      return `(${x} & ${y})`;
    case "or":
    case "add":
    case "max":
      return `(${x} | ${y})`;
    case "xor":
      return `(${x} != ${y})`;
    case "not":
      return `(!${x})`;
    default:
      throw new Error(`WGSL has no ${op} of booleans`);
  }
}
function onIntegers(op: ScalarOp, d: DType, x: string, y: string): string {
  const u = isUnsigned(d);
  const type = wgslType(d);
  const bits = bitsOf(d);
  switch (op) {
    case "max":
    case "min":
      return `${op}(${x}, ${y})`;
    case "neg":
      return wrap(`(-${x})`, d);
    case "abs":
      return wrap(`abs(${x})`, d);
    case "not":
      return wrap(`(~${x})`, d);
    case "popcnt":
      return bits < 32 && !u ? `countOneBits(${x} & ${2 ** bits - 1})` : `countOneBits(${x})`;
    case "clz":
      return bits < 32 ? `(countLeadingZeros(${u ? x : `(${x} & ${2 ** bits - 1})`}) - ${32 - bits}${u ? "u" : ""})` : `countLeadingZeros(${x})`;
    case "shl":
      return wrap(`(${x} << (${u ? y : `u32(${y})`} & 31u))`, d);
    case "shr_a":
    case "shr_l": {
      const amount = `(${u ? y : `u32(${y})`} & 31u)`;
      const signed = op === "shr_a";
      if (signed !== u) return wrap(`(${signed || bits >= 32 ? x : x} >> ${amount})`, d);
      // The other kind of shift: with the bits as the other type.
      const other = signed
        ? wrap(`bitcast<i32>(${x})`, `int${bits}` as DType)
        : bits < 32
          ? `(bitcast<u32>(${x}) & ${2 ** bits - 1}u)`
          : `bitcast<u32>(${x})`;
      return wrap(`bitcast<${type}>(${other} >> ${amount})`, d);
    }
    default: {
      const infix = INFIX[op];
      if (!infix) throw new Error(`WGSL has no ${op} of integers`);
      return wrap(`(${x} ${infix} ${y})`, d);
    }
  }
}
/** Infinities' keys, in the order of `ordered`. */
const INFINITY_KEY = 0x7f800000;
function comparison(op: string, d: DType, [x, y]: readonly [string, string], of: readonly Expr[], use: Use): string {
  const sign = COMPARISONS[op]!;
  if (d === "bool") return op === "eq" || op === "ne" ? `(${x} ${sign} ${y})` : `(u32(${x}) ${sign} u32(${y}))`;
  if (!isFloat(d)) return `(${x} ${sign} ${y})`;
  const [a, b] = of;
  if (a && a === b) return op === "ne" ? `${use("is_nan")}(${x})` : op === "lt" || op === "gt" ? "false" : `(!${use("is_nan")}(${x}))`;
  const keys = of.map(infinityKey);
  if (keys.some((k) => k !== null)) {
    const key = (i: 0 | 1, text: string): string => (keys[i] === null || keys[i] === undefined ? `${use("ordered")}(${text})` : `${keys[i]}i`);
    const nan = [x, y].filter((_t, i) => keys[i] === null).map((t) => `${use("is_nan")}(${t})`);
    const compared = `(${key(0, x)} ${sign} ${key(1, y)})`;
    if (nan.length === 0) return compared;
    return op === "ne" ? `(${nan.join(" || ")} || ${compared})` : `(!${nan.join(" && !")} && ${compared})`;
  }
  // Ordered comparisons are false of a NaN, and so is the one for "differs" in many implementations.
  return op === "ne" ? `(!(${x} == ${y}))` : `(${x} ${sign} ${y})`;
}
const infinityKey = (e: Expr): number | null =>
  e.kind === "const" && Math.abs(Number(e.value)) === Infinity ? (Number(e.value) > 0 ? INFINITY_KEY : -INFINITY_KEY) : null;

/**
 * Whether a compiler may cancel an operand of a sum against the other one, as (x + c) − c: allowed to reassociate, some do, though the difference is what
 * the formula wants, the rounding of x + c.
 */
export function mayCancel(e: Expr & { readonly kind: "op" }, i: number): boolean {
  const [operand, other] = [e.args[i], e.args[1 - i]];
  if (!operand || !other || !isFloat(e.dtype) || !isSum(e) || operand.kind !== "op" || !isSum(operand)) return false;
  return operand.args.includes(other) || (other.kind === "const" && operand.args.some((a) => a.kind === "const"));
}
const isSum = (e: Expr & { readonly kind: "op" }): boolean => e.op === "add" || e.op === "sub";

// ---- conversions
export function cast(from: DType, to: DType, x: string, exact: boolean, use: Use): string {
  if (from === to || exact) return x;
  if (to === "bool") return isFloat(from) ? `(!(${x} == 0.0f))` : `(${x} != ${wgslType(from)}(0))`;
  if (isFloat(from)) return isFloat(to) ? roundTo(to, x, use) : floatToInteger(to, x, use);
  if (isFloat(to)) return roundTo(to, `f32(${x})`, use);
  const type = wgslType(to);
  return wrap(wgslType(from) === type ? x : from === "bool" ? `${type}(${x})` : `bitcast<${type}>(${x})`, to);
}
const roundTo = (d: DType, x: string, use: Use): string => (isHalf(d) ? `${use(`round_${d}`)}(${x})` : x);
function floatToInteger(to: DType, x: string, use: Use): string {
  const bits = bitsOf(to);
  if (isUnsigned(to)) return bits < 32 ? `min(${use("to_u32")}(${x}), ${2 ** bits - 1}u)` : `${use("to_u32")}(${x})`;
  return bits < 32 ? `clamp(${use("to_i32")}(${x}), ${-(2 ** (bits - 1))}, ${2 ** (bits - 1) - 1})` : `${use("to_i32")}(${x})`;
}
/** The bits of a value as u32. */
export function toBits(d: DType, x: string, use: Use): string {
  switch (d) {
    case "bool":
      return `u32(${x})`;
    case "bfloat16":
      return `(bitcast<u32>(${x}) >> 16u)`;
    case "float16":
      return `${use("float16_bits")}(${x})`;
    default:
      return wgslType(d) === "u32" ? x : itemsize(d) < 4 ? `(bitcast<u32>(${x}) & ${2 ** bitsOf(d) - 1}u)` : `bitcast<u32>(${x})`;
  }
}
/** The value that bits stand for; those above the type's width are 0. */
export function fromBits(d: DType, bits: string, use: Use): string {
  switch (d) {
    case "bool":
      return `(${bits} != 0u)`;
    case "bfloat16":
      return `bitcast<f32>(${bits} << 16u)`;
    case "float16":
      return `${use("float16_value")}(${bits})`;
    default:
      return wgslType(d) === "u32" ? bits : wrap(`bitcast<${wgslType(d)}>(${bits})`, d);
  }
}
export const bitcast = (from: DType, to: DType, x: string, use: Use): string => fromBits(to, toBits(from, x, use), use);
