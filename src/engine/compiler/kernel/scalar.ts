// Elementwise graph operations as kernel expressions, one table row each; complex numbers are pairs of real expressions.
import { type DType, isComplex, isFloat, isHalf, isInteger, isUnsigned, itemsize, kindOf, realPart } from "../../core/dtypes.ts";
import type { BinaryOp, Node, UnaryOp } from "../../graph/graph.ts";
import type { Expr, ExprBuilder, ScalarOp } from "./ir.ts";
import * as hyperbolic from "./hyperbolic.ts";
import { pow as powInLanes } from "./pow.ts";
import * as trig from "./trig.ts";
import * as math from "./math.ts";
import * as cx from "./complex.ts";

/** A value in a kernel: one expression, or real and imaginary parts. */
export type Scalar = Expr | readonly [Expr, Expr];
export const isPair = (s: Scalar): s is readonly [Expr, Expr] => Array.isArray(s);

type Unary = (b: ExprBuilder, x: Expr) => Expr;
const simple =
  (op: ScalarOp): Unary =>
  (b, x) =>
    b.op(op, [x], x.dtype);
const library =
  (fn: string): Unary =>
  (b, x) =>
    b.call(fn, [x], x.dtype);
/** f32 by polynomials (vectorized), f64 by the library. */
const either =
  (f32: Unary, fn: string): Unary =>
  (b, x) =>
    x.dtype === "float64" ? b.call(fn, [x], x.dtype) : f32(b, x);

const REAL: Readonly<Record<Exclude<UnaryOp, "real" | "imag" | "conj">, Unary>> = {
  abs: (b, x) => (kindOf(x.dtype) === "u" || x.dtype === "bool" ? x : b.op("abs", [x], x.dtype)),
  neg: (b, x) => (isFloat(x.dtype) ? b.op("neg", [x], x.dtype) : b.op("sub", [b.const(0, x.dtype), x], x.dtype)),
  sign: (b, x) => sign(b, x),
  floor: simple("floor"),
  ceil: simple("ceil"),
  round_even: simple("round_even"),
  round_away: (b, x) => {
    const t = b.op("trunc", [x], x.dtype),
      d = b.op("abs", [b.op("sub", [x, t], x.dtype)], x.dtype),
      up = b.op("copysign", [b.const(1, x.dtype), x], x.dtype);
    return b.op("copysign", [b.select(b.binary("ge", d, b.const(0.5, x.dtype)), b.op("add", [t, up], x.dtype), t), x], x.dtype);
  },
  sqrt: simple("sqrt"),
  rsqrt: (b, x) => b.op("div", [b.const(1, x.dtype), b.op("sqrt", [x], x.dtype)], x.dtype),
  cbrt: library("cbrt"),
  exp: either(math.exp, "exp"),
  exp2: either(hyperbolic.exp2, "exp2"),
  expm1: either(math.expm1, "expm1"),
  log: either(math.log, "log"),
  log1p: either(math.log1p, "log1p"),
  logistic: (b, x) => {
    const one = b.const(1, x.dtype),
      e = REAL.exp(b, REAL.neg(b, x));
    return b.op("div", [one, b.op("add", [one, e], x.dtype)], x.dtype);
  },
  tanh: either(math.tanh, "tanh"),
  sin: either(trig.sin, "sin"),
  cos: either(trig.cos, "cos"),
  tan: either(trig.tan, "tan"),
  asin: either(trig.asin, "asin"),
  acos: either(trig.acos, "acos"),
  atan: either(trig.atan, "atan"),
  sinh: either(hyperbolic.sinh, "sinh"),
  cosh: either(hyperbolic.cosh, "cosh"),
  asinh: either(hyperbolic.asinh, "asinh"),
  acosh: either(hyperbolic.acosh, "acosh"),
  atanh: either(hyperbolic.atanh, "atanh"),
  erf: either(math.erf, "erf"),
  erfc: library("erfc"),
  erf_inv: library("erfInv"),
  lgamma: library("lgamma"),
  digamma: library("digamma"),
  bessel_i0e: library("besselI0e"),
  bessel_i1e: library("besselI1e"),
  not: (b, x) => (x.dtype === "bool" ? b.op("xor", [x, b.const(1, "bool")], "bool") : b.op("not", [x], x.dtype)),
  popcnt: simple("popcnt"),
  clz: simple("clz"),
  is_finite: (b, x) => b.binary("lt", b.op("abs", [x], x.dtype), b.const(Infinity, x.dtype)),
};
function sign(b: ExprBuilder, x: Expr): Expr {
  const zero = b.const(0, x.dtype),
    one = b.const(1, x.dtype);
  if (isUnsigned(x.dtype)) return b.select(b.binary("eq", x, zero), zero, one);
  const s = b.select(b.binary("gt", x, zero), one, b.select(b.binary("lt", x, zero), b.const(-1, x.dtype), isFloat(x.dtype) ? x : zero));
  return s;
}

type Binary = (b: ExprBuilder, x: Expr, y: Expr) => Expr;
const arithmetic =
  (op: ScalarOp): Binary =>
  (b, x, y) =>
    b.op(op, [x, y], x.dtype);
const library2 =
  (fn: string): Binary =>
  (b, x, y) =>
    b.call(fn, [x, y], x.dtype);
/** Shifts by the width or more give 0 (or the sign), as XLA has it; the hardware would take the amount modulo the width. */
const shift =
  (op: "shl" | "shr_l" | "shr_a"): Binary =>
  (b, x, y) => {
    const width = itemsize(x.dtype) * 8,
      inRange = b.binary("lt", asUnsigned(b, y), b.const(width, unsignedOf(y.dtype)));
    if (op === "shr_a") return b.op(op, [x, b.select(inRange, y, b.const(width - 1, y.dtype))], x.dtype);
    return b.select(inRange, b.op(op, [x, y], x.dtype), b.const(0, x.dtype));
  };
const unsignedOf = (d: DType): DType => (d.startsWith("int") ? (`u${d}` as DType) : d);
const asUnsigned = (b: ExprBuilder, x: Expr): Expr => b.bitcast(x, unsignedOf(x.dtype));
const REAL2: Readonly<Record<Exclude<BinaryOp, "complex">, Binary>> = {
  add: arithmetic("add"),
  sub: arithmetic("sub"),
  mul: arithmetic("mul"),
  div: (b, x, y) => (isInteger(x.dtype) ? integerDivision(b, x, y, "div") : b.op("div", [x, y], x.dtype)),
  rem: (b, x, y) => (isInteger(x.dtype) ? integerDivision(b, x, y, "rem") : b.call("rem", [x, y], x.dtype)),
  pow: (b, x, y) => (x.dtype === "float32" && y.dtype === "float32" ? powInLanes(b, x, y) : b.call("pow", [x, y], x.dtype)),
  max: arithmetic("max"),
  min: arithmetic("min"),
  and: arithmetic("and"),
  or: arithmetic("or"),
  xor: arithmetic("xor"),
  shl: shift("shl"),
  shr_a: shift("shr_a"),
  shr_l: shift("shr_l"),
  atan2: library2("atan2"),
  nextafter: (b, x, y) => b.call(x.dtype === "float64" ? "nextafter64" : "nextafter32", [x, y], x.dtype),
  mulhi: (b, x, y) => {
    if (!b.wide && itemsize(x.dtype) === 4) return highProduct(b, x, y);
    const wide = isUnsigned(x.dtype) ? "uint64" : "int64";
    return b.cast(b.op("shr_l", [b.op("mul", [b.cast(x, wide), b.cast(y, wide)], wide), b.const(itemsize(x.dtype) * 8, wide)], wide), x.dtype);
  },
  igamma: library2("igamma"),
  igammac: library2("igammac"),
  igamma_grad_a: library2("igammaGradA"),
  random_gamma_grad: library2("randomGammaGrad"),
  zeta: library2("zeta"),
  polygamma: library2("polygamma"),
};
/** The upper half of a product of 32-bit integers, by 16-bit digits. Source: H. S. Warren, Hacker's Delight (2nd ed.), 8–2. */
function highProduct(b: ExprBuilder, x: Expr, y: Expr): Expr {
  const signed = !isUnsigned(x.dtype),
    o = (op: ScalarOp, p: Expr, q: Expr): Expr => b.op(op, [p, q], "uint32"),
    c = (v: number): Expr => b.const(v, "uint32"),
    low = (v: Expr): Expr => o("and", v, c(0xffff)),
    high = (v: Expr): Expr => o("shr_l", v, c(16));
  const [u, v] = [b.bitcast(x, "uint32"), b.bitcast(y, "uint32")];
  const middle = o("add", o("mul", high(u), low(v)), high(o("mul", low(u), low(v)))),
    other = o("add", o("mul", low(u), high(v)), low(middle)),
    product = o("add", o("add", o("mul", high(u), high(v)), high(middle)), high(other));
  if (!signed) return product;
  // Of the signed product: what the sign bits stood for is taken off.
  const off = (sign: Expr, other: Expr): Expr => b.select(b.binary("lt", sign, b.const(0, sign.dtype)), other, c(0));
  return b.bitcast(o("sub", o("sub", product, off(x, v)), off(y, u)), x.dtype);
}
/** Division by zero gives −1 (all bits) and leaves the dividend as remainder; the lowest integer by −1 wraps: XLA's rules. */
function integerDivision(b: ExprBuilder, x: Expr, y: Expr, op: "div" | "rem"): Expr {
  const zero = b.const(0, y.dtype),
    one = b.const(1, y.dtype),
    isZero = b.binary("eq", y, zero);
  const signed = !isUnsigned(x.dtype),
    minusOne = b.const(signed ? -1 : allOnes(x.dtype), x.dtype);
  const overflow = signed ? b.op("or", [isZero, b.binary("eq", y, minusOne)], "bool") : isZero,
    safe = b.select(overflow, one, y);
  const q = b.op(op, [x, safe], x.dtype);
  const negated = op === "div" ? b.op("sub", [b.const(0, x.dtype), x], x.dtype) : b.const(0, x.dtype);
  const atZero = op === "div" ? minusOne : x;
  return signed ? b.select(isZero, atZero, b.select(b.binary("eq", y, minusOne), negated, q)) : b.select(isZero, atZero, q);
}
const allOnes = (d: DType): number | bigint => (d === "uint64" ? 2n ** 64n - 1n : 2 ** (itemsize(d) * 8) - 1);

/**
 * The expression of an elementwise node, from its operands. Half types compute in float32 and each operation's result is rounded to its type, as
 * an operation that is run alone rounds when it stores: so a value does not depend on what it is fused with.
 */
export function elementwise(b: ExprBuilder, n: Node, args: readonly Scalar[]): Scalar {
  if (n.is("convert", "bitcast")) return inType(b, n, args);
  const widened = args.map((x) => (!isPair(x) && isHalf(x.dtype) ? b.cast(x, "float32") : x));
  if (widened.every((x, i) => x === args[i])) return inType(b, n, args);
  const result = (isHalf(n.dtype) && OWN_HALF[n.op]?.(b, n.dtype, widened as readonly Expr[])) || inType(b, n, widened);
  return !isPair(result) && isHalf(n.dtype) ? b.cast(result, n.dtype) : result;
}
/** Operations that are not the rounded float32 one on half types. Operands are held as float32. */
const OWN_HALF: Readonly<Record<string, (b: ExprBuilder, d: DType, args: readonly Expr[]) => Expr>> = {
  nextafter: (b, d, args) => b.call(`nextafter_${d}`, args, "float32"),
  /** XLA takes it apart into operations that round one by one. */
  logistic: (b, d, [x]) => {
    const rounded = (e: Expr): Expr => b.cast(b.cast(e, d), "float32"),
      one = b.const(1, "float32");
    return b.op("div", [one, rounded(b.op("add", [one, rounded(REAL.exp(b, REAL.neg(b, x!)))], "float32"))], "float32");
  },
};

/** The expression of a node on operands of the type that it computes in. */
function inType(b: ExprBuilder, n: Node, args: readonly Scalar[]): Scalar {
  const [x, y, z] = args;
  if (n.is("convert")) return convert(b, x!, n.dtype);
  if (n.is("bitcast")) return b.bitcast(x as Expr, n.dtype);
  if (n.is("select"))
    return isPair(y!)
      ? [b.select(x as Expr, y[0], (z as readonly [Expr, Expr])[0]), b.select(x as Expr, y[1], (z as readonly [Expr, Expr])[1])]
      : b.select(x as Expr, y as Expr, z as Expr);
  if (n.is("compare")) return compare(b, n, x!, y!);
  if (n.is("clamp")) return b.op("min", [b.op("max", [y as Expr, x as Expr], (x as Expr).dtype), z as Expr], (x as Expr).dtype);
  if (n.is("betainc")) return b.call("betainc", args as readonly Expr[], (x as Expr).dtype);
  if (n.is("reduce_precision")) return b.call(`reducePrecision:${n.attrs.exponentBits}:${n.attrs.mantissaBits}`, [x as Expr], (x as Expr).dtype);
  if (n.op === "complex") return [x as Expr, y as Expr];
  if (args.some(isPair)) return cx.complexOp(b, n.op, args);
  if (n.op === "real") return x!;
  if (n.op === "imag") return b.const(0, n.dtype);
  if (n.op in REAL) return REAL[n.op as keyof typeof REAL](b, x as Expr);
  if (n.op in REAL2) return REAL2[n.op as keyof typeof REAL2](b, x as Expr, y as Expr);
  throw new Error(`no scalar code for ${n.op}`);
}
function convert(b: ExprBuilder, x: Scalar, to: DType): Scalar {
  if (isComplex(to))
    return isPair(x) ? [b.cast(x[0], realPart(to)), b.cast(x[1], realPart(to))] : [b.cast(x, realPart(to)), b.const(0, realPart(to))];
  if (to === "bool" && isPair(x)) return b.op("or", [b.cast(x[0], "bool"), b.cast(x[1], "bool")], "bool");
  return b.cast(isPair(x) ? x[0] : x, to);
}
function compare(b: ExprBuilder, n: Node<"compare">, x: Scalar, y: Scalar): Expr {
  const { direction, total } = n.attrs;
  if (isPair(x) && isPair(y)) {
    const re = b.binary("eq", x[0], y[0]),
      im = b.binary("eq", x[1], y[1]),
      both = b.op("and", [re, im], "bool");
    if (direction === "eq") return both;
    if (direction === "ne") return b.op("xor", [both, b.const(1, "bool")], "bool");
    // Lexicographic, as NumPy orders complex numbers.
    return b.op(
      "or",
      [b.binary(direction === "lt" || direction === "le" ? "lt" : "gt", x[0], y[0]), b.op("and", [re, b.binary(direction, x[1], y[1])], "bool")],
      "bool",
    );
  }
  if (total && isFloat((x as Expr).dtype)) {
    const key = (v: Expr): Expr => {
      const bits = b.bitcast(v, v.dtype === "float64" ? "int64" : "int32"),
        t = bits.dtype;
      return b.select(b.binary("lt", bits, b.const(0, t)), b.op("xor", [bits, b.const(t === "int64" ? 2n ** 63n - 1n : 0x7fffffff, t)], t), bits);
    };
    return b.binary(direction, key(x as Expr), key(y as Expr));
  }
  return b.binary(direction, x as Expr, y as Expr);
}
export const realUnary = (op: keyof typeof REAL): Unary => REAL[op];
export const realBinary = (op: keyof typeof REAL2): Binary => REAL2[op];
/** Total over the scalar operations: one without a form does not compile. */
export { REAL as UNARY_FORMS, REAL2 as BINARY_FORMS };
