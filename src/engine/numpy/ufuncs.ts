// Elementwise functions, a table row each: promotion and broadcasting, then one primitive.
import { canonicalize, isComplex, isFloat, isInexact, isInteger, isUnsigned } from "../core/dtypes.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, castTo, integerArgument, operands, promoteInexact, promoteNumeric, spread, options } from "./convert.ts";
import type { AngleOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import { binaryOp, binaryInexact, type Binary, full2, inexact, inexact2, prim, realOnly, type Unary } from "./elementwise.ts";

/** eˣ, elementwise. Integers give floats.
 * @example np.exp([0, 1]) // [1, 2.718] */
export const exp = inexact("exp");
/** 2ˣ, elementwise.
 * @example np.exp2([1, 3]) // [2, 8] */
export const exp2 = inexact("exp2");
/** eˣ − 1, exact for small x.
 * @example np.expm1([0, 1]) // [0, 1.718] */
export const expm1 = inexact("expm1");
/** The natural logarithm; NaN for negative numbers, −∞ for 0.
 * @example np.log([1, Math.E]) // [0, 1] */
export const log = inexact("log");
/** log(1 + x), exact for small x.
 * @example np.log1p([0, 1]) // [0, 0.6931] */
export const log1p = inexact("log1p");
/** The hyperbolic tangent.
 * @example np.tanh([0, 1]) // [0, 0.7616] */
export const tanh = inexact("tanh");
/** The sine of an angle in radians.
 * @example np.sin([0, 1]) // [0, 0.8415] */
export const sin = inexact("sin");
/** The cosine of an angle in radians.
 * @example np.cos([0, 1]) // [1, 0.5403] */
export const cos = inexact("cos");
/** The tangent of an angle in radians.
 * @example np.tan([0, 1]) // [0, 1.557] */
export const tan = inexact("tan");
/** The angle in [−π/2, π/2] with this sine; NaN outside [−1, 1].
 * @example np.arcsin([0, 1]) // [0, 1.571] */
export const arcsin = inexact("arcsin", "asin");
/** The angle in [0, π] with this cosine; NaN outside [−1, 1].
 * @example np.arccos([1, 0]) // [0, 1.571] */
export const arccos = inexact("arccos", "acos");
/** The angle in [−π/2, π/2] with this tangent.
 * @example np.arctan([0, 1]) // [0, 0.7854] */
export const arctan = inexact("arctan", "atan");
/** The hyperbolic sine.
 * @example np.sinh([0, 1]) // [0, 1.175] */
export const sinh = inexact("sinh");
/** The hyperbolic cosine.
 * @example np.cosh([0, 1]) // [1, 1.543] */
export const cosh = inexact("cosh");
/** The inverse of sinh.
 * @example np.arcsinh([0, 1]) // [0, 0.8814] */
export const arcsinh = inexact("arcsinh", "asinh");
/** The inverse of cosh, not negative; NaN below 1.
 * @example np.arccosh([1, 2]) // [0, 1.317] */
export const arccosh = inexact("arccosh", "acosh");
/** The inverse of tanh; NaN outside [−1, 1].
 * @example np.arctanh([0, 0.5]) // [0, 0.5493] */
export const arctanh = inexact("arctanh", "atanh");
/** Another name of arcsin.
 * @example np.asin([0, 1]) // [0, 1.571] */
export const asin = arcsin;
/** Another name of arccos.
 * @example np.acos([1, 0]) // [0, 1.571] */
export const acos = arccos;
/** Another name of arctan.
 * @example np.atan([0, 1]) // [0, 0.7854] */
export const atan = arctan;
/** Another name of arcsinh.
 * @example np.asinh([0, 1]) // [0, 0.8814] */
export const asinh = arcsinh;
/** Another name of arccosh.
 * @example np.acosh([1, 2]) // [0, 1.317] */
export const acosh = arccosh;
/** Another name of arctanh.
 * @example np.atanh([0, 0.5]) // [0, 0.5493] */
export const atanh = arctanh;
/** The square root; NaN for negative real numbers.
 * @example np.sqrt([4, 9]) // [2, 3] */
export const sqrt = inexact("sqrt");
/** The cube root of real numbers, negative ones included.
 * @example np.cbrt([8, 27]) // [2, 3] */
export const cbrt = inexact("cbrt");
/** The logarithm to another base; complex logarithms are scaled part by part, so that an infinite part leaves the other alone. */
const logarithm =
  (fn: string, scale: (l: Value) => Value): Unary =>
  (x) => {
    const v = promoteInexact(fn, [x])[0]!,
      l = o.log(castTo(v, v.dtype));
    return isComplex(l.dtype) ? o.complex(scale(o.real(l)), scale(o.imag(l))) : scale(l);
  };
/** The logarithm to base 2.
 * @example np.log2([1, 8]) // [0, 3] */
export const log2 = logarithm("log2", (l) => o.div(l, o.like(l, Math.LN2)));
/** The logarithm to base 10.
 * @example np.log10([1, 1000]) // [0, 3] */
export const log10 = logarithm("log10", (l) => o.mul(l, o.like(l, Math.LOG10E)));
/** −x; unsigned integers wrap. Booleans are refused.
 * @example np.negative([1, -2]) // [-1, 2] */
export const negative: Unary = (x) => o.neg(asArray(x, "negative"));
/** x itself.
 * @example np.positive([1, -2]) // [1, -2] */
export const positive: Unary = (x) => asArray(x, "positive");
/** −1, 0 or 1, in x's dtype; for complex numbers x / |x|.
 * @example np.sign([-3, 0, 2]) // [-1, 0, 1] */
export const sign: Unary = (x) => o.sign(asArray(x, "sign"));
/** x · x, in x's dtype.
 * @example np.square([2, -3]) // [4, 9] */
export const square: Unary = (x) => o.square(promoteNumeric("square", [x])[0]!);
/** |x|; the modulus of complex numbers, a real array.
 * @example np.absolute([-1, 2]) // [1, 2] */
export const absolute: Unary = (x) => {
  const v = asArray(x, "absolute");
  return v.dtype === "bool" || isUnsigned(v.dtype) ? v : o.abs(v);
};
/** Another name of absolute.
 * @example np.abs([-1, 2]) // [1, 2] */
export const abs = absolute;
/** |x| of real numbers, as floats.
 * @example np.fabs([-1.5, 2]) // [1.5, 2] */
export const fabs: Unary = (x) => {
  const v = promoteInexact("fabs", [x])[0]!;
  realOnly("fabs", [v]);
  return o.abs(v);
};
/** 1 / x.
 * @example np.reciprocal([2, 4]) // [0.5, 0.25] */
export const reciprocal: Unary = (x) => o.integerPow(promoteInexact("reciprocal", [x])[0]!, -1);
const rounding =
  (fn: string, f: (x: Value) => Value): Unary =>
  (x) => {
    const v = asArray(x, fn);
    return isInexact(v.dtype) ? f(v) : v;
  };
/** The largest whole number not above x. Integers stay.
 * @example np.floor([1.7, -1.2]) // [1, -2] */
export const floor = rounding("floor", o.floor);
/** The smallest whole number not below x. Integers stay.
 * @example np.ceil([1.2, -1.7]) // [2, -1] */
export const ceil = rounding("ceil", (x) => prim("ceil", x));
/** x without its fraction, towards zero.
 * @example np.trunc([1.7, -1.7]) // [1, -1] */
export const trunc = rounding("trunc", (x) => o.select(o.lt(x, o.like(x, 0)), prim("ceil", x), o.floor(x)));
/** x without its fraction, towards zero; another name of trunc.
 * @example np.fix([1.7, -1.7]) // [1, -1] */
export const fix = trunc;
const roundEven = (v: Value): Value =>
  isComplex(v.dtype) ? o.complex(roundEven(o.real(v)), roundEven(o.imag(v))) : bind1(primitiveNamed("round"), [v], { roundingMethod: 1 });
/** The nearest whole number as a float; halves go to the even one.
 * @example np.rint([0.5, 1.5]) // [0, 2] */
export const rint: Unary = (x) => {
  const v = asArray(x, "rint");
  return isInexact(v.dtype) ? roundEven(v) : castTo(v, canonicalize("float64"));
};
/** Rounds to `decimals` digits, ties to even.
 * @example np.round([1.26, 2.74], { decimals: 1 }) // [1.3, 2.7] */
export function round(x: ArrayLike, decimals: number | { decimals?: number } = 0): Value {
  const v = asArray(x, "round"),
    d = integerArgument("round", "decimals", typeof decimals === "number" ? decimals : (decimals.decimals ?? 0));
  if (isInteger(v.dtype) || v.dtype === "bool") {
    if (d >= 0) return v;
    const f = o.like(v, 10 ** -d);
    return castTo(multiply(rint(divide(v, 10 ** -d)), f), v.dtype);
  }
  if (d === 0) return roundEven(v);
  const f = o.like(v, 10 ** d);
  return o.div(roundEven(o.mul(v, f)), f);
}
export const around = round;
/** Whether x is neither infinite nor NaN; bool.
 * @example np.isfinite([1, Infinity, NaN]) // [true, false, false] */
export const isfinite: Unary = (x) => {
  const v = asArray(x, "isfinite");
  return isComplex(v.dtype) ? o.and(o.isFinite_(o.real(v)), o.isFinite_(o.imag(v))) : isFloat(v.dtype) ? o.isFinite_(v) : o.full(v.shape, "bool", 1);
};
/** Whether x is NaN; bool.
 * @example np.isnan([1, NaN]) // [false, true] */
export const isnan: Unary = (x) => {
  const v = asArray(x, "isnan");
  return isInexact(v.dtype) ? o.ne(v, v) : o.full(v.shape, "bool", 0);
};
/** Whether x is ∞ or −∞; bool.
 * @example np.isinf([1, -Infinity]) // [false, true] */
export const isinf: Unary = (x) => {
  const v = asArray(x, "isinf");
  return isComplex(v.dtype)
    ? o.or(isinf(o.real(v)), isinf(o.imag(v)))
    : isFloat(v.dtype)
      ? o.eq(o.abs(v), o.like(v, Infinity))
      : o.full(v.shape, "bool", 0);
};
/** Whether x is ∞; bool.
 * @example np.isposinf([Infinity, -Infinity]) // [true, false] */
export const isposinf: Unary = (x) => {
  const v = asArray(x, "isposinf");
  return isFloat(v.dtype) ? o.eq(v, o.like(v, Infinity)) : o.full(v.shape, "bool", 0);
};
/** Whether x is −∞; bool.
 * @example np.isneginf([Infinity, -Infinity]) // [false, true] */
export const isneginf: Unary = (x) => {
  const v = asArray(x, "isneginf");
  return isFloat(v.dtype) ? o.eq(v, o.like(v, -Infinity)) : o.full(v.shape, "bool", 0);
};
/** Whether the sign is set, also that of −0 and NaN; bool.
 * @example np.signbit([-1, 2]) // [true, false] */
export const signbit: Unary = (x) => {
  const v = asArray(x, "signbit");
  if (isInteger(v.dtype)) return o.lt(v, o.like(v, 0));
  const w = v.dtype === "float64" ? v : o.convert(v, "float32"),
    bits = o.bitcast(w, w.dtype === "float64" ? "int64" : "int32");
  return o.lt(bits, o.like(bits, 0));
};
/** Degrees as radians.
 * @example np.deg2rad([0, 180]) // [0, 3.142] */
export const deg2rad: Unary = (x) => {
  const [v] = promoteInexact("deg2rad", [x]);
  return o.mul(v!, o.like(v!, Math.PI / 180));
};
/** Radians as degrees.
 * @example np.rad2deg([0, Math.PI]) // [0, 180] */
export const rad2deg: Unary = (x) => {
  const [v] = promoteInexact("rad2deg", [x]);
  return o.mul(v!, o.like(v!, 180 / Math.PI));
};
/** Another name of deg2rad.
 * @example np.radians([0, 180]) // [0, 3.142] */
export const radians = deg2rad;
/** Another name of rad2deg.
 * @example np.degrees([0, Math.PI]) // [0, 180] */
export const degrees = rad2deg;
/** The complex conjugate; real arrays stay.
 * @example np.conjugate(lax.complex(1, 2)) // 1-2i */
export const conjugate: Unary = (x) => o.conj(asArray(x, "conjugate"));
/** Another name of conjugate.
 * @example np.conj(lax.complex(1, 2)) // 1-2i */
export const conj = conjugate;
/** The real part.
 * @example np.real(lax.complex(1, 2)) // 1 */
export const real: Unary = (x) => {
  const v = asArray(x, "real");
  return isComplex(v.dtype) ? o.real(v) : v;
};
/** The imaginary part; zeros for real arrays.
 * @example np.imag(lax.complex(1, 2)) // 2 */
export const imag: Unary = (x) => {
  const v = asArray(x, "imag");
  return isComplex(v.dtype) ? o.imag(v) : o.zerosLike(v.aval);
};
/** The angle of complex numbers, in radians.
 * @example np.angle(lax.complex(0, 1)) // 1.571 */
export function angle(x: ArrayLike, ...rest: Tail<[deg: boolean], AngleOptions>): Value {
  const { deg = false } = options<AngleOptions>("angle", ["deg"], rest);
  const v = promoteInexact("angle", [x])[0]!,
    a = isComplex(v.dtype) ? o.atan2(o.imag(v), o.real(v)) : o.atan2(o.zerosLike(v.aval), v);
  return deg ? rad2deg(a) : a;
}
/** sin(x)/x in powers of x², the highest first: 1/9!, −1/7!, … */
const SINC_SERIES = [1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];
/** sin(πx) / (πx), 1 at 0.
 * @example np.sinc([0, 0.5]) // [1, 0.6366] */
export const sinc: Unary = (x) => {
  const [v] = promoteInexact("sinc", [x]),
    p = o.mul(v!, o.like(v!, Math.PI)),
    zero = o.eq(p, o.like(p, 0)),
    safe = o.select(zero, o.filledLike(p.aval, 1), p);
  // At zero by its series, so that derivatives hold there (up to the ninth).
  const p2 = o.square(o.select(zero, p, o.zerosLike(p.aval))),
    series = SINC_SERIES.reduce((sum, c) => o.add(o.mul(sum, p2), o.like(p, c)), o.zerosLike(p.aval));
  return o.select(zero, series, o.div(o.sin(safe), safe));
};

/** x + y, in the common dtype; shapes broadcast. Booleans are or-ed.
 * @example np.add([1, 2], 3) // [4, 5] */
export const add = binaryOp("add", "add");
/** x · y, in the common dtype; shapes broadcast.
 * @example np.multiply([1, 2], [3, 4]) // [3, 8] */
export const multiply = binaryOp("multiply", "mul");
/** x − y, in the common dtype; shapes broadcast.
 * @example np.subtract([1, 2], 3) // [-2, -1] */
export const subtract: Binary = (x, y) => {
  const [a, b] = operands("subtract", [x, y]);
  if (a!.dtype === "bool") throw new TypeError("subtract: booleans do not subtract; use logicalXor, or convert with astype");
  return o.sub(a!, b!);
};
/** x / y, as floats; shapes broadcast.
 * @example np.divide([1, 2], 4) // [0.25, 0.5] */
export const divide: Binary = binaryInexact("divide", "div");
/** Another name of divide.
 * @example np.trueDivide([1, 2], 4) // [0.25, 0.5] */
export const trueDivide = divide;
/** The larger of two elements; NaN where one is NaN.
 * @example np.maximum([1, 5], [3, 2]) // [3, 5] */
export const maximum = binaryOp("maximum", "max");
/** The smaller of two elements; NaN where one is NaN.
 * @example np.minimum([1, 5], [3, 2]) // [1, 2] */
export const minimum = binaryOp("minimum", "min");
/** The angle of the point (y, x): the first argument is the ordinate. In (−π, π].
 * @example np.arctan2([1, 0], [0, -1]) // [1.571, 3.142] */
export const arctan2 = binaryInexact("arctan2", "atan2");
/** Another name of arctan2.
 * @example np.atan2([1, 0], [0, -1]) // [1.571, 3.142] */
export const atan2 = arctan2;
/** The next float after x in the direction of y.
 * @example np.nextafter(1, 2).gt(1) // true */
export const nextafter = binaryInexact("nextafter", "nextafter");
/** The larger of two elements; NaN only where both are.
 * @example np.fmax([1, NaN], [3, 2]) // [3, 2] */
export const fmax: Binary = (x, y) => {
  const [a, b] = full2("fmax", x, y);
  return o.select(o.or(o.gt(a, b), isnan(b)), a, b);
};
/** The smaller of two elements; NaN only where both are.
 * @example np.fmin([1, NaN], [3, 2]) // [1, 2] */
export const fmin: Binary = (x, y) => {
  const [a, b] = full2("fmin", x, y);
  return o.select(o.or(o.lt(a, b), isnan(b)), a, b);
};
/** √(x² + y²) without overflow on the way; infinite where either is.
 * @example np.hypot(3, 4) // 5 */
export const hypot: Binary = (x, y) => {
  const [a, b] = inexact2("hypot", x, y);
  realOnly("hypot", [a, b]);
  const p = o.abs(a),
    q = o.abs(b),
    infinite = o.or(isposinf(p), isposinf(q)),
    hi = o.max(p, q),
    lo = o.min(p, q),
    zero = o.eq(hi, o.like(hi, 0)),
    r = o.div(lo, o.select(zero, o.filledLike(hi.aval, 1), hi)),
    length = o.select(zero, hi, o.mul(hi, o.sqrt(o.add(o.like(r, 1), o.square(r)))));
  return o.select(infinite, o.filledLike(hi.aval, Infinity), length);
};
/** |x| with the sign of y.
 * @example np.copysign([1, 2], -1) // [-1, -2] */
export const copysign: Binary = (x, y) => {
  const [a, b] = inexact2("copysign", x, y);
  realOnly("copysign", [a, b]);
  const s = signbit(b);
  return o.select(s, o.neg(o.abs(a)), o.abs(a));
};
/** x · 2ʸ for integers y.
 * @example np.ldexp([1, 3], np.array([2, 1], { dtype: "int32" })) // [4, 6] */
export const ldexp: Binary = (x, n) => {
  const [a] = promoteInexact("ldexp", [x]),
    e = asArray(n, "ldexp"),
    [p, q] = spread("ldexp", [a!, castTo(e, a!.dtype)]);
  return o.mul(p!, prim("exp2", q!));
};
/** 0 below zero, 1 above, y at zero.
 * @example np.heaviside([-1, 0, 2], 0.5) // [0, 0.5, 1] */
export const heaviside: Binary = (x, y) => {
  const [a, b] = inexact2("heaviside", x, y),
    z = o.like(a, 0);
  return o.select(o.lt(a, z), o.zerosLike(a.aval), o.select(o.gt(a, z), o.filledLike(a.aval, 1), o.select(isnan(a), a, b)));
};
