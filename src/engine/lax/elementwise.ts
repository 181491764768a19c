// Elementwise functions: strict types, numbers take the dtype of the arrays beside them.
import { type DType, dtypeOf, isInexact, isInteger } from "../core/dtypes.ts";
import { Value } from "../core/value.ts";
import type { Shape } from "../core/aval.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, castTo, options, shapeOf, sizeArgument } from "../numpy/convert.ts";
import { one, prim, two, unify } from "./helpers.ts";
import type { DTypeOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import type { DTypeLike } from "../numpy/options.ts";

export const neg = one("neg", "neg"),
  sign = one("sign", "sign"),
  floor = one("floor", "floor"),
  ceil = one("ceil", "ceil"),
  exp = one("exp", "exp"),
  exp2 = one("exp2", "exp2"),
  expm1 = one("expm1", "expm1"),
  log = one("log", "log"),
  log1p = one("log1p", "log1p"),
  tanh = one("tanh", "tanh"),
  logistic = one("logistic", "logistic"),
  sin = one("sin", "sin"),
  cos = one("cos", "cos"),
  tan = one("tan", "tan");
export const asin = one("asin", "asin"),
  acos = one("acos", "acos"),
  atan = one("atan", "atan"),
  sinh = one("sinh", "sinh"),
  cosh = one("cosh", "cosh"),
  asinh = one("asinh", "asinh"),
  acosh = one("acosh", "acosh"),
  atanh = one("atanh", "atanh"),
  sqrt = one("sqrt", "sqrt"),
  rsqrt = one("rsqrt", "rsqrt"),
  cbrt = one("cbrt", "cbrt"),
  square = one("square", "square"),
  abs = one("abs", "abs"),
  isFinite = one("is_finite", "isFinite");
export const erf = one("erf", "erf"),
  erfc = one("erfc", "erfc"),
  erfInv = one("erf_inv", "erfInv"),
  lgamma = one("lgamma", "lgamma"),
  digamma = one("digamma", "digamma"),
  besselI0e = one("bessel_i0e", "besselI0e"),
  besselI1e = one("bessel_i1e", "besselI1e"),
  real = one("real", "real"),
  imag = one("imag", "imag"),
  bitwiseNot = one("not", "bitwiseNot"),
  populationCount = one("population_count", "populationCount"),
  clz = one("clz", "clz");
export const conj = (x: ArrayLike): Value => {
  const v = asArray(x);
  return prim("conj", [v], { inputDtype: v.dtype });
};
export const reciprocal = (x: ArrayLike): Value => {
  const v = asArray(x);
  return o.div(o.like(v, 1), v);
};
export const stopGradient = one("stop_gradient", "stopGradient");
export const add = two("add", "add"),
  sub = two("sub", "sub"),
  mul = two("mul", "mul"),
  div = two("div", "div"),
  rem = two("rem", "rem"),
  max = two("max", "max"),
  min = two("min", "min"),
  atan2 = two("atan2", "atan2"),
  nextafter = two("nextafter", "nextafter"),
  bitwiseAnd = two("and", "bitwiseAnd"),
  bitwiseOr = two("or", "bitwiseOr"),
  bitwiseXor = two("xor", "bitwiseXor"),
  mulhi = two("mulhi", "mulhi");
export const shiftLeft = two("shift_left", "shiftLeft"),
  shiftRightLogical = two("shift_right_logical", "shiftRightLogical"),
  shiftRightArithmetic = two("shift_right_arithmetic", "shiftRightArithmetic"),
  eq = two("eq", "eq"),
  ne = two("ne", "ne"),
  lt = two("lt", "lt"),
  le = two("le", "le"),
  gt = two("gt", "gt"),
  ge = two("ge", "ge"),
  complex = two("complex", "complex");
export const igamma = two("igamma", "igamma"),
  igammac = two("igammac", "igammac"),
  igammaGradA = two("igamma_grad_a", "igammaGradA"),
  randomGammaGrad = two("random_gamma_grad", "randomGammaGrad"),
  polygamma = two("polygamma", "polygamma"),
  zeta = two("zeta", "zeta");
export const pow = (x: ArrayLike, y: ArrayLike): Value => {
  const a = asArray(x, "lax.pow");
  if (typeof y === "bigint") return integerPow(a, Number(y));
  if (!(y instanceof Value)) return prim("pow", [a, castTo(asArray(y, "lax.pow"), a.dtype, a.weakType)]);
  // An integer exponent stays one, so that the derivative in the base is right at 0 too.
  return prim("pow", isInteger(y.dtype) && isInexact(a.dtype) ? [a, y] : unify("pow", [a, y]));
};
export const integerPow = (x: ArrayLike, y: number): Value => prim("integer_pow", [asArray(x)], { y });
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): Value => prim("regularized_incomplete_beta", unify("betainc", [a, b, x]));
export const clamp = (lo: ArrayLike, x: ArrayLike, hi: ArrayLike): Value => prim("clamp", unify("clamp", [lo, x, hi]));
export const RoundingMethod = { AWAY_FROM_ZERO: 0, TO_NEAREST_EVEN: 1 } as const;
export function round(x: ArrayLike, method: number | { roundingMethod?: number } = 0): Value {
  return prim("round", [asArray(x)], { roundingMethod: typeof method === "number" ? method : (method.roundingMethod ?? 0) });
}
export const selectN = (which: ArrayLike, ...cases: ArrayLike[]): Value => prim("select_n", [asArray(which), ...unify("selectN", cases)]);
export const select = (p: ArrayLike, t: ArrayLike, f: ArrayLike): Value => {
  const [a, b] = unify("select", [t, f]);
  return prim("select_n", [asArray(p), b!, a!]);
};
export const convertElementType = (x: ArrayLike, newDtype: DType | string): Value => {
  const v = asArray(x),
    d = dtypeOf(newDtype);
  return v.dtype === d && !v.weakType ? v : o.convert(v, d);
};
export const bitcastConvertType = (x: ArrayLike, newDtype: DType | string): Value => o.bitcast(asArray(x), dtypeOf(newDtype));
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): Value =>
  prim("reduce_precision", [asArray(x)], { exponentBits, mantissaBits });
export const iota = (dtype: DType | string, size: number): Value => o.iota(dtypeOf(dtype), [sizeArgument("lax.iota", "size", size)], 0);
export const broadcastedIota = (dtype: DType | string, shape: Shape, dimension: number): Value => {
  const s = shapeOf("lax.broadcastedIota", shape);
  return o.iota(dtypeOf(dtype), s, axisOf("lax.broadcastedIota", dimension, s.length));
};
export const full = (shape: Shape, value: ArrayLike, ...rest: Tail<[dtype: DTypeLike], DTypeOptions>): Value => {
  const d = options<DTypeOptions>("full", ["dtype"], rest).dtype,
    v = asArray(value);
  return o.splat(castTo(v, d ? dtypeOf(d) : v.dtype, !d && v.weakType), shapeOf("lax.full", shape));
};
export const fullLike = (x: ArrayLike, value: ArrayLike, opts: { dtype?: DType; shape?: Shape } = {}): Value => {
  const v = asArray(x);
  return o.splat(castTo(asArray(value), opts.dtype ? dtypeOf(opts.dtype) : v.dtype), opts.shape ?? v.shape);
};
