// Scalar operations of one and two operands: a row each, with its meaning. The kernel's form of each is a row of compiler/kernel/scalar.ts.
import { type DType, type Kind, isUnsigned, itemsize, realPart } from "../../core/dtypes.ts";
import { before, complexFunction } from "../math/complexMath.ts";
import { mathFunction } from "../math/mathlib.ts";
import * as special from "../math/special.ts";
import { type ScalarSpec, scalarRow } from "./row.ts";

const FLOAT: readonly Kind[] = ["f"];
const INEXACT: readonly Kind[] = ["f", "c"];
const BITS: readonly Kind[] = ["b", "i", "u"];
const INTEGER: readonly Kind[] = ["i", "u"];
const SIGNED: readonly Kind[] = ["i", "u", "f", "c"];
const NUMERIC: readonly Kind[] = ["b", "i", "u", "f", "c"];

const widthOf = (d: DType): number => itemsize(d) * 8;
/** The bits of an integer of at most 32 bits, as a number that is not negative. */
const bitsOf = (x: number, d: DType): number => (widthOf(d) === 32 ? x >>> 0 : x & (2 ** widthOf(d) - 1));
const ones = (x: bigint): number => x.toString(2).replaceAll("0", "").length;

/** A floating-point function by polynomials or by the mathematics library, with its complex form where it has one. */
const transcendental = (stablehlo: string, flops: number, real: (x: number) => number, complex?: string): ScalarSpec => ({
  stablehlo,
  flops,
  real,
  transcendental: true,
  kinds: complex ? INEXACT : FLOAT,
  ...(complex ? { complex: complexFunction(complex) } : {}),
});
const rounding = (stablehlo: string, real: (x: number) => number): ScalarSpec => ({ stablehlo, kinds: FLOAT, flops: 1, folds: true, real });
/** Ties go to the even neighbour. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  return up ? down + 1 || (x < 0 ? -0 : 0) : Object.is(down, 0) && x < 0 ? -0 : down;
}
const roundAway = (x: number): number =>
  Number.isFinite(x) ? Math.sign(x) * Math.floor(Math.abs(x) + (Math.abs(x) < 2 ** 52 ? 0.5 : 0)) || x * 0 : x;

export const UNARY = {
  abs: scalarRow(1, {
    stablehlo: "abs",
    kinds: NUMERIC,
    out: realPart,
    flops: 1,
    folds: true,
    real: Math.abs,
    int: Math.abs,
    long: (x) => (x < 0n ? -x : x),
    complex: ([a, b]) => Math.hypot(a, b),
  }),
  neg: scalarRow(1, {
    stablehlo: "negate",
    kinds: SIGNED,
    flops: 1,
    folds: true,
    real: (x) => -x,
    int: (x) => -x,
    long: (x) => -x,
    complex: ([a, b]) => [-a, -b],
  }),
  sign: scalarRow(1, {
    stablehlo: "sign",
    kinds: SIGNED,
    flops: 1,
    folds: true,
    real: Math.sign,
    int: Math.sign,
    long: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
    complex: complexFunction("sign"),
  }),
  floor: scalarRow(1, rounding("floor", Math.floor)),
  ceil: scalarRow(1, rounding("ceil", Math.ceil)),
  round_even: scalarRow(1, rounding("round_nearest_even", roundEven)),
  round_away: scalarRow(1, rounding("round_nearest_afz", roundAway)),
  sqrt: scalarRow(1, { ...transcendental("sqrt", 4, Math.sqrt, "sqrt"), transcendental: false }),
  rsqrt: scalarRow(1, { ...transcendental("rsqrt", 6, (x) => 1 / Math.sqrt(x), "rsqrt"), transcendental: false }),
  cbrt: scalarRow(1, transcendental("cbrt", 40, Math.cbrt)),
  exp: scalarRow(1, transcendental("exponential", 18, Math.exp, "exp")),
  exp2: scalarRow(
    1,
    transcendental("exp2", 40, (x) => 2 ** x, "exp2"),
  ),
  expm1: scalarRow(1, transcendental("exponential_minus_one", 44, Math.expm1, "expm1")),
  log: scalarRow(1, transcendental("log", 26, Math.log, "log")),
  log1p: scalarRow(1, transcendental("log_plus_one", 32, Math.log1p, "log1p")),
  logistic: scalarRow(
    1,
    transcendental("logistic", 20, (x) => 1 / (1 + Math.exp(-x)), "logistic"),
  ),
  tanh: scalarRow(1, transcendental("tanh", 24, Math.tanh, "tanh")),
  sin: scalarRow(1, transcendental("sine", 40, Math.sin, "sin")),
  cos: scalarRow(1, transcendental("cosine", 40, Math.cos, "cos")),
  tan: scalarRow(1, transcendental("tan", 60, Math.tan, "tan")),
  asin: scalarRow(1, transcendental("asin", 40, Math.asin, "asin")),
  acos: scalarRow(1, transcendental("acos", 40, Math.acos, "acos")),
  atan: scalarRow(1, transcendental("atan", 40, Math.atan, "atan")),
  sinh: scalarRow(1, transcendental("sinh", 40, Math.sinh, "sinh")),
  cosh: scalarRow(1, transcendental("cosh", 40, Math.cosh, "cosh")),
  asinh: scalarRow(1, transcendental("asinh", 50, Math.asinh, "asinh")),
  acosh: scalarRow(1, transcendental("acosh", 50, Math.acosh, "acosh")),
  atanh: scalarRow(1, transcendental("atanh", 50, Math.atanh, "atanh")),
  erf: scalarRow(1, transcendental("erf", 24, special.erf)),
  erfc: scalarRow(1, transcendental("erfc", 60, special.erfc)),
  erf_inv: scalarRow(1, transcendental("erf_inv", 60, special.erfInv)),
  lgamma: scalarRow(1, transcendental("lgamma", 80, special.lgamma)),
  digamma: scalarRow(1, transcendental("digamma", 80, special.digamma)),
  bessel_i0e: scalarRow(1, { ...transcendental("bessel_i0e", 60, special.besselI0e), transcendental: false }),
  bessel_i1e: scalarRow(1, { ...transcendental("bessel_i1e", 60, special.besselI1e), transcendental: false }),
  not: scalarRow(1, { stablehlo: "not", kinds: BITS, flops: 1, folds: true, int: (x, _y, d) => (d === "bool" ? 1 - x : ~x), long: (x) => ~x }),
  popcnt: scalarRow(1, {
    stablehlo: "popcnt",
    kinds: INTEGER,
    flops: 1,
    folds: true,
    int: (x, _y, d) => ones(BigInt(bitsOf(x, d))),
    long: (x) => BigInt(ones(BigInt.asUintN(64, x))),
  }),
  clz: scalarRow(1, {
    stablehlo: "count_leading_zeros",
    kinds: INTEGER,
    flops: 1,
    folds: true,
    int: (x, _y, d) => Math.clz32(bitsOf(x, d)) - (32 - widthOf(d)),
    long: (x) => (x === 0n ? 64n : BigInt(64 - BigInt.asUintN(64, x).toString(2).length)),
  }),
  is_finite: scalarRow(1, {
    stablehlo: "is_finite",
    kinds: INEXACT,
    out: () => "bool",
    flops: 1,
    folds: true,
    real: (x) => Number(Number.isFinite(x)),
    complex: ([a, b]) => Number(Number.isFinite(a) && Number.isFinite(b)),
  }),
  real: scalarRow(1, { stablehlo: "real", kinds: INEXACT, out: realPart, flops: 0, real: (x) => x, complex: ([a]) => a }),
  imag: scalarRow(1, { stablehlo: "imag", kinds: INEXACT, out: realPart, flops: 0, real: () => 0, complex: ([, b]) => b }),
  conj: scalarRow(1, { stablehlo: "conj", kinds: ["c"], flops: 1, complex: ([a, b]) => [a, -b] }),
};

/** Integer division truncates; by zero it gives all ones, as XLA has it. */
const quotient = (x: number, y: number): number => (y === 0 ? -1 : Math.trunc(x / y));
const signedBits = (x: number, d: DType): number => (isUnsigned(d) ? (bitsOf(x, d) << (32 - widthOf(d))) >> (32 - widthOf(d)) : x);
/** A shift by the width or more: nothing is left of a logical one, the sign of an arithmetic one. */
const amount = (y: number, d: DType): number => bitsOf(y, d);
const longAmount = (y: bigint): bigint => BigInt.asUintN(64, y);

export const BINARY = {
  add: scalarRow(2, {
    stablehlo: "add",
    kinds: NUMERIC,
    flops: 1,
    folds: true,
    real: (x, y) => x + y,
    int: (x, y) => x + y,
    long: (x, y) => x + y,
    complex: ([a, b], [c, d]) => [a + c, b + d],
  }),
  sub: scalarRow(2, {
    stablehlo: "subtract",
    kinds: SIGNED,
    flops: 1,
    folds: true,
    real: (x, y) => x - y,
    int: (x, y) => x - y,
    long: (x, y) => x - y,
    complex: ([a, b], [c, d]) => [a - c, b - d],
  }),
  mul: scalarRow(2, {
    stablehlo: "multiply",
    kinds: NUMERIC,
    flops: 1,
    folds: true,
    real: (x, y) => x * y,
    int: Math.imul,
    long: (x, y) => x * y,
    complex: ([a, b], [c, d]) => [a * c - b * d, a * d + b * c],
  }),
  div: scalarRow(2, {
    stablehlo: "divide",
    kinds: SIGNED,
    flops: 4,
    real: (x, y) => x / y,
    int: quotient,
    long: (x, y) => (y === 0n ? -1n : x / y),
    complex: complexFunction("div"),
  }),
  rem: scalarRow(2, {
    stablehlo: "remainder",
    kinds: ["i", "u", "f"],
    flops: 20,
    real: (x, y) => x % y,
    int: (x, y) => (y === 0 ? x : x % y),
    long: (x, y) => (y === 0n ? x : x % y),
  }),
  pow: scalarRow(2, {
    stablehlo: "power",
    kinds: INEXACT,
    flops: 60,
    transcendental: true,
    real: binaryMath("pow"),
    complex: complexFunction("pow"),
  }),
  max: scalarRow(2, {
    stablehlo: "maximum",
    kinds: NUMERIC,
    flops: 1,
    folds: true,
    real: (x, y) => Math.max(x, y),
    int: (x, y) => Math.max(x, y),
    long: (x, y) => (x > y ? x : y),
    complex: (x, y) => (before(x, y) ? y : x),
  }),
  min: scalarRow(2, {
    stablehlo: "minimum",
    kinds: NUMERIC,
    flops: 1,
    folds: true,
    real: (x, y) => Math.min(x, y),
    int: (x, y) => Math.min(x, y),
    long: (x, y) => (x < y ? x : y),
    complex: (x, y) => (before(y, x) ? y : x),
  }),
  and: scalarRow(2, { stablehlo: "and", kinds: BITS, flops: 1, folds: true, int: (x, y) => x & y, long: (x, y) => x & y }),
  or: scalarRow(2, { stablehlo: "or", kinds: BITS, flops: 1, folds: true, int: (x, y) => x | y, long: (x, y) => x | y }),
  xor: scalarRow(2, { stablehlo: "xor", kinds: BITS, flops: 1, folds: true, int: (x, y) => x ^ y, long: (x, y) => x ^ y }),
  shl: scalarRow(2, {
    stablehlo: "shift_left",
    kinds: INTEGER,
    flops: 1,
    int: (x, y, d) => (amount(y, d) >= widthOf(d) ? 0 : x << y),
    long: (x, y) => (longAmount(y) >= 64n ? 0n : x << longAmount(y)),
  }),
  shr_a: scalarRow(2, {
    stablehlo: "shift_right_arithmetic",
    kinds: INTEGER,
    flops: 1,
    int: (x, y, d) => signedBits(x, d) >> Math.min(amount(y, d), widthOf(d) - 1),
    long: (x, y) => BigInt.asIntN(64, x) >> (longAmount(y) >= 64n ? 63n : longAmount(y)),
  }),
  shr_l: scalarRow(2, {
    stablehlo: "shift_right_logical",
    kinds: INTEGER,
    flops: 1,
    int: (x, y, d) => (amount(y, d) >= widthOf(d) ? 0 : bitsOf(x, d) >>> y),
    long: (x, y) => (longAmount(y) >= 64n ? 0n : BigInt.asUintN(64, x) >> longAmount(y)),
  }),
  atan2: scalarRow(2, { stablehlo: "atan2", kinds: INEXACT, flops: 50, real: Math.atan2, complex: complexFunction("atan2") }),
  nextafter: scalarRow(2, {
    stablehlo: "next_after",
    kinds: FLOAT,
    flops: 1,
    real: (x, y, d) => mathFunction(d === "float64" ? "nextafter64" : d === "float32" ? "nextafter32" : `nextafter_${d}`)(x, y),
  }),
  complex: scalarRow(2, {
    stablehlo: "complex",
    kinds: FLOAT,
    out: (d) => (d === "float64" ? "complex128" : "complex64"),
    flops: 0,
    real: (x, y) => [x, y],
  }),
  /** The upper half of the full product. */
  mulhi: scalarRow(2, {
    stablehlo: "mulhi",
    kinds: INTEGER,
    flops: 1,
    int: (x, y, d) => Number((BigInt(x) * BigInt(y)) >> BigInt(widthOf(d))),
    long: (x, y) => (x * y) >> 64n,
  }),
  igamma: scalarRow(2, { stablehlo: "igamma", kinds: FLOAT, flops: 400, real: special.igamma }),
  igammac: scalarRow(2, { stablehlo: "igammac", kinds: FLOAT, flops: 400, real: special.igammac }),
  igamma_grad_a: scalarRow(2, { stablehlo: "igamma_grad_a", kinds: FLOAT, flops: 2400, real: special.igammaGradA }),
  random_gamma_grad: scalarRow(2, { stablehlo: "random_gamma_grad", kinds: FLOAT, flops: 2500, real: special.randomGammaGrad }),
  zeta: scalarRow(2, { stablehlo: "zeta", kinds: FLOAT, flops: 200, real: special.zeta }),
  polygamma: scalarRow(2, { stablehlo: "polygamma", kinds: FLOAT, flops: 200, real: special.polygamma }),
};
function binaryMath(name: string): (x: number, y: number) => number {
  return mathFunction(name);
}
export type UnaryOp = keyof typeof UNARY;
export type BinaryOp = keyof typeof BINARY;
