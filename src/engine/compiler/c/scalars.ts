// Scalar values as C: an operation, a conversion, a load and a store on one element, with WebAssembly's meaning of each (wasm/scalars.ts): integers wrap
// around, shifts take their amount modulo the width, floats saturate into integers. Narrow integers are held in i32, half types in f32.
import { type DType, isFloat, isUnsigned, itemsize } from "../../core/dtypes.ts";
import { type ScalarOp, regOf } from "../kernel/ir.ts";
import { needsWrap } from "../wasm/instructions.ts";
import type { CText } from "./text.ts";

const unsigned = (d: DType): boolean => isUnsigned(d) || d === "bool";
const widthOf = (d: DType): number => itemsize(d) * 8;

export function constant(value: number | bigint, d: DType): string {
  switch (regOf(d)) {
    case "i32": {
      const v = Number(value) | 0;
      return v === -(2 ** 31) ? "(-2147483647 - 1)" : v < 0 ? `(${v})` : String(v);
    }
    case "i64": {
      const v = BigInt.asIntN(64, BigInt(value));
      return v === -(2n ** 63n) ? "(-9223372036854775807LL - 1)" : `(${v}LL)`;
    }
    case "f32":
      return float(Math.fround(Number(value)), "f");
    case "f64":
      return float(Number(value), "");
  }
}
function float(v: number, suffix: "f" | ""): string {
  if (v !== v) return `__builtin_nan${suffix}("")`;
  if (Math.abs(v) === Infinity) return `(${v < 0 ? "-" : ""}__builtin_inf${suffix}())`;
  const text = Object.is(v, -0) ? "-0" : String(v);
  return `(${/[.e]/.test(text) ? text : `${text}.0`}${suffix})`;
}
/** Brings an i32 into the range of a narrow integer type. */
function wrap(x: string, d: DType): string {
  switch (d) {
    case "int8":
      return `(i32)(i8)(${x})`;
    case "int16":
      return `(i32)(i16)(${x})`;
    case "uint8":
      return `((${x}) & 0xff)`;
    case "uint16":
      return `((${x}) & 0xffff)`;
    default:
      return x;
  }
}
const INFIX: Partial<Record<ScalarOp, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  rem: "%",
  and: "&",
  or: "|",
  xor: "^",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};
const SIGNED_MATTERS: ReadonlySet<ScalarOp> = new Set(["div", "rem", "lt", "le", "gt", "ge"]);
const FLOAT_CALLS: Partial<Record<ScalarOp, string>> = {
  floor: "floor",
  ceil: "ceil",
  trunc: "trunc",
  round_even: "rint",
  sqrt: "sqrt",
  abs: "fabs",
  copysign: "copysign",
};

/** The result of an operation on operands of a type. */
export function scalarOp(c: CText, op: ScalarOp, d: DType, args: readonly string[]): string {
  const [x = "", y = ""] = args;
  const reg = regOf(d);
  if (reg === "f32" || reg === "f64") {
    if (op === "max" || op === "min") return c.call(`${op}_${reg}`, x, y);
    if (op === "neg") return `-${x}`;
    const call = FLOAT_CALLS[op];
    if (call) return `__builtin_${call}${reg === "f32" ? "f" : ""}(${args.join(", ")})`;
    return `${x} ${infix(op, d)} ${y}`;
  }
  const result = integerOp(op, d, x, y);
  return needsWrap(op, d) ? wrap(result, d) : result;
}
function infix(op: ScalarOp, d: DType): string {
  const text = INFIX[op];
  if (!text) throw new Error(`no C operator for ${op} on ${d}`);
  return text;
}
function integerOp(op: ScalarOp, d: DType, x: string, y: string): string {
  const reg = regOf(d) === "i64" ? "i64" : "i32";
  const u = reg === "i64" ? "u64" : "u32";
  const bits = reg === "i64" ? 63 : 31;
  switch (op) {
    case "max":
    case "min":
      return unsigned(d)
        ? `(((${u})${x} ${op === "max" ? ">" : "<"} (${u})${y}) ? ${x} : ${y})`
        : `((${x} ${op === "max" ? ">" : "<"} ${y}) ? ${x} : ${y})`;
    case "neg":
      return wrap(`-${x}`, d);
    case "abs":
      return `((${x} < 0) ? -${x} : ${x})`;
    case "not":
      return `~${x}`;
    case "popcnt":
      return reg === "i64" ? `(i64)__builtin_popcountll(${x})` : `__builtin_popcount(${masked(x, d)})`;
    case "clz":
      return reg === "i64"
        ? `(${x} ? (i64)__builtin_clzll(${x}) : 64LL)`
        : `((${masked(x, d)}) ? __builtin_clz(${masked(x, d)}) - ${32 - widthOf(d)} : ${widthOf(d)})`;
    case "shl":
      return `(${reg})((${u})${x} << (${y} & ${bits}))`;
    case "shr_l":
      return `(${reg})(${widthOf(d) < 32 ? masked(x, d) : `(${u})${x}`} >> (${y} & ${bits}))`;
    case "shr_a":
      return `((${widthOf(d) < 32 ? `(i${widthOf(d)})` : ""}${x}) >> (${y} & ${bits}))`;
    default:
      return SIGNED_MATTERS.has(op) && unsigned(d)
        ? `(${isComparison(op) ? "i32" : reg})((${u})${x} ${infix(op, d)} (${u})${y})`
        : `(${x} ${infix(op, d)} ${y})`;
  }
}
const isComparison = (op: ScalarOp): boolean => op === "lt" || op === "le" || op === "gt" || op === "ge";
/** The bits of a type alone, as an unsigned integer. */
const masked = (x: string, d: DType): string => (widthOf(d) >= 32 ? `(u32)${x}` : `((u32)${x} & ${2 ** widthOf(d) - 1})`);

// ---- memory: `at` is the address of a byte
const STORED: Partial<Record<DType, string>> = {
  bool: "u8",
  uint8: "u8",
  int8: "i8",
  uint16: "u16",
  int16: "i16",
  int32: "i32",
  uint32: "i32",
  float32: "f32",
  float64: "f64",
  int64: "i64",
  uint64: "i64",
  complex64: "f32",
  complex128: "f64",
};
export function loadScalar(c: CText, d: DType, at: string): string {
  if (d === "bfloat16" || d === "float16") return c.call(`${d}_value_f32`, `*(const u16 *)(${at})`);
  return `*(const ${STORED[d]} *)(${at})`;
}
export function storeScalar(c: CText, stored: DType, at: string, x: string): string {
  if (stored === "bfloat16" || stored === "float16") return `*(u16 *)(${at}) = (u16)${c.call(`${stored}_bits_f32`, x)};`;
  return `*(${STORED[stored]} *)(${at}) = ${x};`;
}

// ---- conversions
const round = (c: CText, x: string, to: DType): string => (to === "bfloat16" || to === "float16" ? c.call(`round_${to}_f32`, x) : x);
/** Converts as XLA's CPU backend does: floats saturate into integers and NaN becomes 0. `exact`: no rounding is needed. */
export function castScalar(c: CText, from: DType, to: DType, x: string, exact = false): string {
  if (from === to || exact) return x;
  if (to === "bool") return `(${x} != 0)`;
  const f = regOf(from);
  const t = regOf(to);
  if (isFloat(from)) return isFloat(to) ? round(c, f === t ? x : `(${t})${x}`, to) : floatToInt(c, from, to, x);
  const u = f === "i64" ? "u64" : "u32";
  const signed = unsigned(from) ? `(${u})${x}` : x;
  if (isFloat(to)) return round(c, `(${t})${signed}`, to);
  return f === t ? wrap(x, to) : wrap(`(${t})${signed}`, to);
}
function floatToInt(c: CText, from: DType, to: DType, x: string): string {
  const source = regOf(from) === "f64" ? "f64" : "f32";
  const wide = `${unsigned(to) ? "u" : "i"}${regOf(to) === "i64" ? 64 : 32}`;
  const whole = c.call(`sat_${wide}_${source}`, x);
  const width = widthOf(to);
  if (width >= 32) return `(${regOf(to)})${whole}`;
  const high = unsigned(to) ? 2 ** width - 1 : 2 ** (width - 1) - 1;
  const v = c.define("i64", `(i64)${whole}`);
  const low = unsigned(to) ? 0 : -(2 ** (width - 1));
  return `(i32)(${v} > ${high} ? ${high} : ${v} < ${low} ? ${low} : ${v})`;
}
/** The same bits as another type of the same size. */
export function bitcastScalar(c: CText, from: DType, to: DType, x: string): string {
  if (itemsize(from) === 2) {
    const bits = from === "bfloat16" || from === "float16" ? c.call(`${from}_bits_f32`, x) : `(${x} & 0xffff)`;
    return to === "bfloat16" || to === "float16" ? c.call(`${to}_value_f32`, bits) : wrap(bits, to);
  }
  const f = regOf(from);
  const t = regOf(to);
  if (f !== t) return c.call(`bits_${t}_${f}`, x);
  return itemsize(to) < 4 ? wrap(x, to) : x;
}
