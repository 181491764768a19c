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

/** −x.
 * @example lax.neg([1, -2]) // [-1, 2] */
export const neg = one("neg", "neg");
/** −1, 0 or 1, in x's dtype.
 * @example lax.sign([-3, 0, 2]) // [-1, 0, 1] */
export const sign = one("sign", "sign");
/** The largest whole number not above x.
 * @example lax.floor([1.7, -1.2]) // [1, -2] */
export const floor = one("floor", "floor");
/** The smallest whole number not below x.
 * @example lax.ceil([1.2, -1.7]) // [2, -1] */
export const ceil = one("ceil", "ceil");
/** eˣ, of floats.
 * @example lax.exp([0, 1]) // [1, 2.718] */
export const exp = approximate("exp", "exp");
/** 2ˣ, of floats.
 * @example lax.exp2([1, 3]) // [2, 8] */
export const exp2 = approximate("exp2", "exp2");
/** eˣ − 1, exact for small x.
 * @example lax.expm1([0, 1]) // [0, 1.718] */
export const expm1 = approximate("expm1", "expm1");
/** The natural logarithm.
 * @example lax.log([1, Math.E]) // [0, 1] */
export const log = approximate("log", "log");
/** log(1 + x), exact for small x.
 * @example lax.log1p([0, 1]) // [0, 0.6931] */
export const log1p = approximate("log1p", "log1p");
/** The hyperbolic tangent.
 * @example lax.tanh([0, 1]) // [0, 0.7616] */
export const tanh = approximate("tanh", "tanh");
/** 1 / (1 + e⁻ˣ).
 * @example lax.logistic([0, 2]) // [0.5, 0.8808] */
export const logistic = approximate("logistic", "logistic");
/** The sine.
 * @example lax.sin([0, 1]) // [0, 0.8415] */
export const sin = approximate("sin", "sin");
/** The cosine.
 * @example lax.cos([0, 1]) // [1, 0.5403] */
export const cos = approximate("cos", "cos");
/** The tangent.
 * @example lax.tan([0, 1]) // [0, 1.557] */
export const tan = approximate("tan", "tan");
/** The inverse of sin.
 * @example lax.asin([0, 1]) // [0, 1.571] */
export const asin = one("asin", "asin");
/** The inverse of cos.
 * @example lax.acos([1, 0]) // [0, 1.571] */
export const acos = one("acos", "acos");
/** The inverse of tan.
 * @example lax.atan([0, 1]) // [0, 0.7854] */
export const atan = one("atan", "atan");
/** The hyperbolic sine.
 * @example lax.sinh([0, 1]) // [0, 1.175] */
export const sinh = one("sinh", "sinh");
/** The hyperbolic cosine.
 * @example lax.cosh([0, 1]) // [1, 1.543] */
export const cosh = one("cosh", "cosh");
/** The inverse of sinh.
 * @example lax.asinh([0, 1]) // [0, 0.8814] */
export const asinh = one("asinh", "asinh");
/** The inverse of cosh.
 * @example lax.acosh([1, 2]) // [0, 1.317] */
export const acosh = one("acosh", "acosh");
/** The inverse of tanh.
 * @example lax.atanh([0, 0.5]) // [0, 0.5493] */
export const atanh = one("atanh", "atanh");
/** The square root.
 * @example lax.sqrt([4, 9]) // [2, 3] */
export const sqrt = approximate("sqrt", "sqrt");
/** 1 / √x.
 * @example lax.rsqrt([4, 16]) // [0.5, 0.25] */
export const rsqrt = approximate("rsqrt", "rsqrt");
/** The cube root.
 * @example lax.cbrt([8, 27]) // [2, 3] */
export const cbrt = approximate("cbrt", "cbrt");
/** x · x.
 * @example lax.square([2, -3]) // [4, 9] */
export const square = one("square", "square");
/** The absolute value; of complex numbers a real one.
 * @example lax.abs([-1, 2]) // [1, 2] */
export const abs = one("abs", "abs");
/** Whether x is neither infinite nor NaN; bool.
 * @example lax.isFinite([1, Infinity]) // [true, false] */
export const isFinite = one("is_finite", "isFinite");
/** The error function.
 * @example lax.erf([0, 1]) // [0, 0.8427] */
export const erf = one("erf", "erf");
/** 1 − erf(x), exact for large x.
 * @example lax.erfc([0, 1]) // [1, 0.1573] */
export const erfc = one("erfc", "erfc");
/** The inverse of erf.
 * @example lax.erfInv([0, 0.5]) // [0, 0.4769] */
export const erfInv = one("erf_inv", "erfInv");
/** log |Γ(x)|.
 * @example lax.lgamma([1, 5]) // [0, 3.178] */
export const lgamma = one("lgamma", "lgamma");
/** The derivative of lgamma.
 * @example lax.digamma([1, 5]) // [-0.5772, 1.506] */
export const digamma = one("digamma", "digamma");
/** The modified Bessel function of order 0, times e⁻ˣ (x taken positive).
 * @example lax.besselI0e([0, 1]) // [1, 0.4658] */
export const besselI0e = one("bessel_i0e", "besselI0e");
/** The modified Bessel function of order 1, times e⁻ˣ (x taken positive).
 * @example lax.besselI1e([0, 1]) // [0, 0.2079] */
export const besselI1e = one("bessel_i1e", "besselI1e");
/** The real part of complex numbers.
 * @example lax.real(lax.complex(1, 2)) // 1 */
export const real = one("real", "real");
/** The imaginary part of complex numbers.
 * @example lax.imag(lax.complex(1, 2)) // 2 */
export const imag = one("imag", "imag");
/** Every bit turned round.
 * @example lax.bitwiseNot(np.int32([0, 5])) // [-1, -6] */
export const bitwiseNot = one("not", "bitwiseNot");
/** How many bits are set.
 * @example lax.populationCount(np.int32([7, 8])) // [3, 1] */
export const populationCount = one("population_count", "populationCount");
/** How many leading bits are 0.
 * @example lax.clz(np.int32([1, 256])) // [31, 23] */
export const clz = one("clz", "clz");
/** The complex conjugate; real numbers become complex.
 * @example lax.conj(lax.complex(1, 2)) // 1-2i */
export const conj = (x: ArrayLike): Value => {
  const v = asArray(x);
  return prim("conj", [v], { inputDtype: v.dtype });
};
/** 1 / x.
 * @example lax.reciprocal([2, 4]) // [0.5, 0.25] */
export const reciprocal = (x: ArrayLike): Value => {
  const v = asArray(x);
  return o.div(o.like(v, 1), v);
};
/** x, without a derivative.
 * @example grad((x: Array) => x.mul(lax.stopGradient(x)))(3) // 3 */
export const stopGradient = one("stop_gradient", "stopGradient");
/** x + y, of equal dtypes and shapes; numbers are cast.
 * @example lax.add([1, 2], [3, 4]) // [4, 6] */
export const add = two("add", "add");
/** x − y.
 * @example lax.sub([1, 2], [3, 4]) // [-2, -2] */
export const sub = two("sub", "sub");
const multiply = two("mul", "mul");
/** x · y, of equal dtypes and shapes; with `outDtype`, of any dtypes, each converted to it first.
 * @example lax.mul([1, 2], [3, 4]) // [3, 8] */
export const mul = (x: ArrayLike, y: ArrayLike, q: MulOptions = {}): Value => {
  const dtype = q.outDtype ? dtypeOf(q.outDtype) : null;
  return dtype ? multiply(convertElementType(x, dtype), convertElementType(y, dtype)) : multiply(x, y);
};
/** x / y; integers are cut towards zero.
 * @example lax.div(np.int32([7, -7]), np.int32([2, 2])) // [3, -3] */
export const div = two("div", "div");
/** The remainder, with the sign of x.
 * @example lax.rem([7, -7], [3, 3]) // [1, -1] */
export const rem = two("rem", "rem");
/** The larger element; NaN where one is NaN.
 * @example lax.max([1, 5], [3, 2]) // [3, 5] */
export const max = two("max", "max");
/** The smaller element; NaN where one is NaN.
 * @example lax.min([1, 5], [3, 2]) // [1, 2] */
export const min = two("min", "min");
/** The angle of the point (y, x).
 * @example lax.atan2([1, 0], [0, -1]) // [1.571, 3.142] */
export const atan2 = two("atan2", "atan2");
/** The next float after x in the direction of y.
 * @example lax.nextafter([1], [2]).gt(1) // [true] */
export const nextafter = two("nextafter", "nextafter");
/** x & y.
 * @example lax.bitwiseAnd(np.int32([6]), np.int32([3])) // [2] */
export const bitwiseAnd = two("and", "bitwiseAnd");
/** x | y.
 * @example lax.bitwiseOr(np.int32([6]), np.int32([3])) // [7] */
export const bitwiseOr = two("or", "bitwiseOr");
/** x ^ y.
 * @example lax.bitwiseXor(np.int32([6]), np.int32([3])) // [5] */
export const bitwiseXor = two("xor", "bitwiseXor");
/** The upper half of the product of integers.
 * @example lax.mulhi(np.uint32([65536]), np.uint32([65536])) // [1] */
export const mulhi = two("mulhi", "mulhi");
/** x · 2ʸ, by shifting bits.
 * @example lax.shiftLeft(np.int32([1]), np.int32([3])) // [8] */
export const shiftLeft = two("shift_left", "shiftLeft");
/** Bits shifted right; zeros come in.
 * @example lax.shiftRightLogical(np.uint32([8]), np.uint32([2])) // [2] */
export const shiftRightLogical = two("shift_right_logical", "shiftRightLogical");
/** Bits shifted right; the sign comes in.
 * @example lax.shiftRightArithmetic(np.int32([-8]), np.int32([2])) // [-2] */
export const shiftRightArithmetic = two("shift_right_arithmetic", "shiftRightArithmetic");
/** x = y; bool.
 * @example lax.eq([1, 2], [1, 3]) // [true, false] */
export const eq = two("eq", "eq");
/** x ≠ y; bool.
 * @example lax.ne([1, 2], [1, 3]) // [false, true] */
export const ne = two("ne", "ne");
/** x < y; bool.
 * @example lax.lt([1, 2], [2, 2]) // [true, false] */
export const lt = two("lt", "lt");
/** x ≤ y; bool.
 * @example lax.le([1, 2], [2, 2]) // [true, true] */
export const le = two("le", "le");
/** x > y; bool.
 * @example lax.gt([1, 3], [2, 2]) // [false, true] */
export const gt = two("gt", "gt");
/** x ≥ y; bool.
 * @example lax.ge([1, 2], [2, 2]) // [false, true] */
export const ge = two("ge", "ge");
/** Complex numbers from real and imaginary parts.
 * @example lax.complex([1, 2], [0, 3]) // [1+0i, 2+3i] */
export const complex = two("complex", "complex");
/** The lower incomplete gamma function, regularized.
 * @example lax.igamma([2], [1]) // [0.2642] */
export const igamma = two("igamma", "igamma");
/** The upper incomplete gamma function, regularized.
 * @example lax.igammac([2], [1]) // [0.7358] */
export const igammac = two("igammac", "igammac");
/** The derivative of igamma by its first argument.
 * @example lax.igammaGradA([2], [1]) // [-0.2762] */
export const igammaGradA = two("igamma_grad_a", "igammaGradA");
/** The derivative of gamma-distributed samples by the form.
 * @example lax.randomGammaGrad([2], [1]) // [0.7508] */
export const randomGammaGrad = two("random_gamma_grad", "randomGammaGrad");
/** The m-th derivative of digamma.
 * @example lax.polygamma([1], [2]) // [0.6449] */
export const polygamma = two("polygamma", "polygamma");
/** The Hurwitz zeta function.
 * @example lax.zeta([2], [1]) // [1.645] */
export const zeta = two("zeta", "zeta");
/** x to the power y.
 * @example lax.pow([2, 3], [3, 2]) // [8, 9] */
export const pow = (x: ArrayLike, y: ArrayLike): Value => {
  const a = asArray(x, "lax.pow");
  if (typeof y === "bigint") return integerPow(a, Number(y));
  if (!(y instanceof Value)) return prim("pow", [a, castTo(asArray(y, "lax.pow"), a.dtype, a.weakType)]);
  // An integer exponent stays one, so that the derivative in the base is right at 0 too.
  return prim("pow", isInteger(y.dtype) && isInexact(a.dtype) ? [a, y] : unify("pow", [a, y]));
};
/** x to a constant integer power.
 * @example lax.integerPow([2, 3], 3) // [8, 27] */
export const integerPow = (x: ArrayLike, y: number): Value => prim("integer_pow", [asArray(x)], { y });
/** The incomplete beta function, regularized.
 * @example lax.betainc([2], [3], [0.5]) // [0.6875] */
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): Value => prim("regularized_incomplete_beta", unify("betainc", [a, b, x]));
/** x held between lo and hi; bounds are scalars or of x's shape.
 * @example lax.clamp(0, [-1, 0.5, 3], 1) // [0, 0.5, 1] */
export const clamp = (lo: ArrayLike, x: ArrayLike, hi: ArrayLike): Value => prim("clamp", unify("clamp", [lo, x, hi]));
export const RoundingMethod = { AWAY_FROM_ZERO: 0, TO_NEAREST_EVEN: 1 } as const;
/** The nearest whole number; halves away from zero, or to the even one.
 * @example lax.round([1.4, 2.6]) // [1, 3] */
export function round(x: ArrayLike, method: number | { roundingMethod?: number } = 0): Value {
  return prim("round", [asArray(x)], { roundingMethod: typeof method === "number" ? method : (method.roundingMethod ?? 0) });
}
/** From several arrays the element that an index (or bool) names.
 * @example lax.selectN(np.array([true, false]), [1, 2], [3, 4]) // [3, 2] */
export const selectN = (which: ArrayLike, ...cases: ArrayLike[]): Value => prim("select_n", [asArray(which), ...unify("selectN", cases)]);
/** The element of one array where a condition holds, else of the other.
 * @example lax.select(np.array([true, false]), [1, 2], [3, 4]) // [1, 4] */
export const select = (p: ArrayLike, t: ArrayLike, f: ArrayLike): Value => {
  const [a, b] = unify("select", [t, f]);
  return prim("select_n", [asArray(p), b!, a!]);
};
/** x in another dtype.
 * @example lax.convertElementType([1.7, 2.2], "int32") // [1, 2] */
export const convertElementType = (x: ArrayLike, newDtype: DType | string): Value => {
  const v = asArray(x),
    d = dtypeOf(newDtype);
  return v.dtype === d && !v.weakType ? v : o.convert(v, d);
};
/** The same bits as another dtype of the same width.
 * @example lax.bitcastConvertType(np.float32([1]), "int32") // [1065353216] */
export const bitcastConvertType = (x: ArrayLike, newDtype: DType | string): Value => o.bitcast(asArray(x), dtypeOf(newDtype));
/** Rounded to fewer bits of exponent and mantissa; the dtype stays.
 * @example lax.reducePrecision([1.2345], 5, 2) // [1.25] */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): Value =>
  prim("reduce_precision", [asArray(x)], { exponentBits, mantissaBits });
/** 0, 1, 2, … as a vector.
 * @example lax.iota("int32", 4) // [0, 1, 2, 3] */
export const iota = (dtype: DType | string, size: number): Value => o.iota(dtypeOf(dtype), [sizeArgument("lax.iota", "size", size)], 0);
/** 0, 1, 2, … along one axis of a shape.
 * @example lax.broadcastedIota("int32", [2, 3], 1) // [[0, 1, 2], [0, 1, 2]] */
export const broadcastedIota = (dtype: DType | string, shape: Shape, dimension: number): Value => {
  const s = shapeOf("lax.broadcastedIota", shape);
  return o.iota(dtypeOf(dtype), s, axisOf("lax.broadcastedIota", dimension, s.length));
};
/** An array of a shape, filled with a scalar.
 * @example lax.full([2], 7) // [7, 7] */
export const full = (shape: Shape, value: ArrayLike, ...rest: Tail<[dtype: DTypeLike], DTypeOptions>): Value => {
  const d = options<DTypeOptions>("full", ["dtype"], rest).dtype,
    v = asArray(value);
  return o.splat(castTo(v, d ? dtypeOf(d) : v.dtype, !d && v.weakType), shapeOf("lax.full", shape));
};
/** An array like x, filled with a scalar.
 * @example lax.fullLike([1, 2], 7) // [7, 7] */
export const fullLike = (x: ArrayLike, value: ArrayLike, opts: { dtype?: DType; shape?: Shape } = {}): Value => {
  const v = asArray(x);
  return o.splat(castTo(asArray(value), opts.dtype ? dtypeOf(opts.dtype) : v.dtype), opts.shape ?? v.shape);
};
