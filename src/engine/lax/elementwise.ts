// Elementwise functions: strict types, numbers take the dtype of the arrays beside them.
import { type DType, dtypeOf, isInexact, isInteger } from "../core/dtypes.ts";
import { Value } from "../core/value.ts";
import type { Shape } from "../core/aval.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, castTo, options, shapeOf, sizeArgument } from "../numpy/convert.ts";
import { approximate, one, prim, two, unify } from "./helpers.ts";
import type { DTypeOptions, MulOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import type { DTypeLike } from "../numpy/options.ts";

/** −x. */
export const neg = one("neg", "neg");
/** −1, 0 or 1, in x's dtype. */
export const sign = one("sign", "sign");
/** The largest whole number not above x. */
export const floor = one("floor", "floor");
/** The smallest whole number not below x. */
export const ceil = one("ceil", "ceil");
/** eˣ, of floats. */
export const exp = approximate("exp", "exp");
/** 2ˣ, of floats. */
export const exp2 = approximate("exp2", "exp2");
/** eˣ − 1, exact for small x. */
export const expm1 = approximate("expm1", "expm1");
/** The natural logarithm. */
export const log = approximate("log", "log");
/** log(1 + x), exact for small x. */
export const log1p = approximate("log1p", "log1p");
/** The hyperbolic tangent. */
export const tanh = approximate("tanh", "tanh");
/** 1 / (1 + e⁻ˣ). */
export const logistic = approximate("logistic", "logistic");
/** The sine. */
export const sin = approximate("sin", "sin");
/** The cosine. */
export const cos = approximate("cos", "cos");
/** The tangent. */
export const tan = approximate("tan", "tan");
/** The inverse of sin. */
export const asin = one("asin", "asin");
/** The inverse of cos. */
export const acos = one("acos", "acos");
/** The inverse of tan. */
export const atan = one("atan", "atan");
/** The hyperbolic sine. */
export const sinh = one("sinh", "sinh");
/** The hyperbolic cosine. */
export const cosh = one("cosh", "cosh");
/** The inverse of sinh. */
export const asinh = one("asinh", "asinh");
/** The inverse of cosh. */
export const acosh = one("acosh", "acosh");
/** The inverse of tanh. */
export const atanh = one("atanh", "atanh");
/** The square root. */
export const sqrt = approximate("sqrt", "sqrt");
/** 1 / √x. */
export const rsqrt = approximate("rsqrt", "rsqrt");
/** The cube root. */
export const cbrt = approximate("cbrt", "cbrt");
/** x · x. */
export const square = one("square", "square");
/** The absolute value; of complex numbers a real one. */
export const abs = one("abs", "abs");
/** Whether x is neither infinite nor NaN; bool. */
export const isFinite = one("is_finite", "isFinite");
/** The error function. */
export const erf = one("erf", "erf");
/** 1 − erf(x), exact for large x. */
export const erfc = one("erfc", "erfc");
/** The inverse of erf. */
export const erfInv = one("erf_inv", "erfInv");
/** log |Γ(x)|. */
export const lgamma = one("lgamma", "lgamma");
/** The derivative of lgamma. */
export const digamma = one("digamma", "digamma");
/** The modified Bessel function of order 0, times e⁻ˣ (x taken positive). */
export const besselI0e = one("bessel_i0e", "besselI0e");
/** The modified Bessel function of order 1, times e⁻ˣ (x taken positive). */
export const besselI1e = one("bessel_i1e", "besselI1e");
/** The real part of complex numbers. */
export const real = one("real", "real");
/** The imaginary part of complex numbers. */
export const imag = one("imag", "imag");
/** Every bit turned round. */
export const bitwiseNot = one("not", "bitwiseNot");
/** How many bits are set. */
export const populationCount = one("population_count", "populationCount");
/** How many leading bits are 0. */
export const clz = one("clz", "clz");
/** The complex conjugate; real numbers become complex. */
export const conj = (x: ArrayLike): Value => {
  const v = asArray(x);
  return prim("conj", [v], { inputDtype: v.dtype });
};
/** 1 / x. */
export const reciprocal = (x: ArrayLike): Value => {
  const v = asArray(x);
  return o.div(o.like(v, 1), v);
};
/** x, without a derivative. */
export const stopGradient = one("stop_gradient", "stopGradient");
/** x + y, of equal dtypes and shapes; numbers are cast. */
export const add = two("add", "add");
/** x − y. */
export const sub = two("sub", "sub");
const multiply = two("mul", "mul");
/** x · y, of equal dtypes and shapes; with `outDtype`, of any dtypes, each converted to it first. */
export const mul = (x: ArrayLike, y: ArrayLike, q: MulOptions = {}): Value => {
  const dtype = q.outDtype ? dtypeOf(q.outDtype) : null;
  return dtype ? multiply(convertElementType(x, dtype), convertElementType(y, dtype)) : multiply(x, y);
};
/** x / y; integers are cut towards zero. */
export const div = two("div", "div");
/** The remainder, with the sign of x. */
export const rem = two("rem", "rem");
/** The larger element; NaN where one is NaN. */
export const max = two("max", "max");
/** The smaller element; NaN where one is NaN. */
export const min = two("min", "min");
/** The angle of the point (y, x). */
export const atan2 = two("atan2", "atan2");
/** The next float after x in the direction of y. */
export const nextafter = two("nextafter", "nextafter");
/** x & y. */
export const bitwiseAnd = two("and", "bitwiseAnd");
/** x | y. */
export const bitwiseOr = two("or", "bitwiseOr");
/** x ^ y. */
export const bitwiseXor = two("xor", "bitwiseXor");
/** The upper half of the product of integers. */
export const mulhi = two("mulhi", "mulhi");
/** x · 2ʸ, by shifting bits. */
export const shiftLeft = two("shift_left", "shiftLeft");
/** Bits shifted right; zeros come in. */
export const shiftRightLogical = two("shift_right_logical", "shiftRightLogical");
/** Bits shifted right; the sign comes in. */
export const shiftRightArithmetic = two("shift_right_arithmetic", "shiftRightArithmetic");
/** x = y; bool. */
export const eq = two("eq", "eq");
/** x ≠ y; bool. */
export const ne = two("ne", "ne");
/** x < y; bool. */
export const lt = two("lt", "lt");
/** x ≤ y; bool. */
export const le = two("le", "le");
/** x > y; bool. */
export const gt = two("gt", "gt");
/** x ≥ y; bool. */
export const ge = two("ge", "ge");
/** Complex numbers from real and imaginary parts. */
export const complex = two("complex", "complex");
/** The lower incomplete gamma function, regularized. */
export const igamma = two("igamma", "igamma");
/** The upper incomplete gamma function, regularized. */
export const igammac = two("igammac", "igammac");
/** The derivative of igamma by its first argument. */
export const igammaGradA = two("igamma_grad_a", "igammaGradA");
/** The derivative of gamma-distributed samples by the form. */
export const randomGammaGrad = two("random_gamma_grad", "randomGammaGrad");
/** The m-th derivative of digamma. */
export const polygamma = two("polygamma", "polygamma");
/** The Hurwitz zeta function. */
export const zeta = two("zeta", "zeta");
/** x to the power y. */
export const pow = (x: ArrayLike, y: ArrayLike): Value => {
  const a = asArray(x, "lax.pow");
  if (typeof y === "bigint") return integerPow(a, Number(y));
  if (!(y instanceof Value)) return prim("pow", [a, castTo(asArray(y, "lax.pow"), a.dtype, a.weakType)]);
  // An integer exponent stays one, so that the derivative in the base is right at 0 too.
  return prim("pow", isInteger(y.dtype) && isInexact(a.dtype) ? [a, y] : unify("pow", [a, y]));
};
/** x to a constant integer power. */
export const integerPow = (x: ArrayLike, y: number): Value => prim("integer_pow", [asArray(x)], { y });
/** The incomplete beta function, regularized. */
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): Value => prim("regularized_incomplete_beta", unify("betainc", [a, b, x]));
/** x held between lo and hi; bounds are scalars or of x's shape. */
export const clamp = (lo: ArrayLike, x: ArrayLike, hi: ArrayLike): Value => prim("clamp", unify("clamp", [lo, x, hi]));
export const RoundingMethod = { AWAY_FROM_ZERO: 0, TO_NEAREST_EVEN: 1 } as const;
/** The nearest whole number; halves away from zero, or to the even one. */
export function round(x: ArrayLike, method: number | { roundingMethod?: number } = 0): Value {
  return prim("round", [asArray(x)], { roundingMethod: typeof method === "number" ? method : (method.roundingMethod ?? 0) });
}
/** From several arrays the element that an index (or bool) names. */
export const selectN = (which: ArrayLike, ...cases: ArrayLike[]): Value => prim("select_n", [asArray(which), ...unify("selectN", cases)]);
/** The element of one array where a condition holds, else of the other. */
export const select = (p: ArrayLike, t: ArrayLike, f: ArrayLike): Value => {
  const [a, b] = unify("select", [t, f]);
  return prim("select_n", [asArray(p), b!, a!]);
};
/** x in another dtype. */
export const convertElementType = (x: ArrayLike, newDtype: DType | string): Value => {
  const v = asArray(x),
    d = dtypeOf(newDtype);
  return v.dtype === d && !v.weakType ? v : o.convert(v, d);
};
/** The same bits as another dtype of the same width. */
export const bitcastConvertType = (x: ArrayLike, newDtype: DType | string): Value => o.bitcast(asArray(x), dtypeOf(newDtype));
/** Rounded to fewer bits of exponent and mantissa; the dtype stays. */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): Value =>
  prim("reduce_precision", [asArray(x)], { exponentBits, mantissaBits });
/** 0, 1, 2, … as a vector. */
export const iota = (dtype: DType | string, size: number): Value => o.iota(dtypeOf(dtype), [sizeArgument("lax.iota", "size", size)], 0);
/** 0, 1, 2, … along one axis of a shape. */
export const broadcastedIota = (dtype: DType | string, shape: Shape, dimension: number): Value => {
  const s = shapeOf("lax.broadcastedIota", shape);
  return o.iota(dtypeOf(dtype), s, axisOf("lax.broadcastedIota", dimension, s.length));
};
/** An array of a shape, filled with a scalar. */
export const full = (shape: Shape, value: ArrayLike, ...rest: Tail<[dtype: DTypeLike], DTypeOptions>): Value => {
  const d = options<DTypeOptions>("full", ["dtype"], rest).dtype,
    v = asArray(value);
  return o.splat(castTo(v, d ? dtypeOf(d) : v.dtype, !d && v.weakType), shapeOf("lax.full", shape));
};
/** An array like x, filled with a scalar. */
export const fullLike = (x: ArrayLike, value: ArrayLike, opts: { dtype?: DType; shape?: Shape } = {}): Value => {
  const v = asArray(x);
  return o.splat(castTo(asArray(value), opts.dtype ? dtypeOf(opts.dtype) : v.dtype), opts.shape ?? v.shape);
};
