// Elementwise functions, a table row each: promotion and broadcasting, then one primitive.
import { isComplex, isFloat, isInexact, isInteger, isUnsigned } from "../core/dtypes.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, broadcastShapes, broadcastTo, castTo, operands, promote, promoteInexact, spread } from "./convert.ts";

const prim = (name: string, ...xs: Value[]): Value => bind1(primitiveNamed(name), xs, {});
type Unary = (x: ArrayLike) => Value;
type Binary = (x: ArrayLike, y: ArrayLike) => Value;
/** Integers are converted to floats first. */
const inexact =
  (fn: string, name: string = fn): Unary =>
  (x) =>
    prim(name, promoteInexact(fn, [x])[0]!);
const binaryOp =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y]);
    return prim(name, a!, b!);
  };
const binaryInexact =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y], true);
    return prim(name, a!, b!);
  };

export const exp = inexact("exp"),
  exp2 = inexact("exp2"),
  expm1 = inexact("expm1"),
  log = inexact("log"),
  log1p = inexact("log1p"),
  tanh = inexact("tanh"),
  sin = inexact("sin"),
  cos = inexact("cos"),
  tan = inexact("tan");
export const arcsin = inexact("arcsin", "asin"),
  arccos = inexact("arccos", "acos"),
  arctan = inexact("arctan", "atan"),
  sinh = inexact("sinh"),
  cosh = inexact("cosh"),
  arcsinh = inexact("arcsinh", "asinh"),
  arccosh = inexact("arccosh", "acosh"),
  arctanh = inexact("arctanh", "atanh");
export const asin = arcsin,
  acos = arccos,
  atan = arctan,
  asinh = arcsinh,
  acosh = arccosh,
  atanh = arctanh;
export const sqrt = inexact("sqrt"),
  cbrt = inexact("cbrt");
export const log2: Unary = (x) => {
  const [v] = promoteInexact("log2", [x]);
  return o.div(o.log(v!), o.like(v!, Math.LN2));
};
export const log10: Unary = (x) => {
  const [v] = promoteInexact("log10", [x]);
  return o.div(o.log(v!), o.like(v!, Math.LN10));
};
export const negative: Unary = (x) => o.neg(asArray(x, "negative"));
export const positive: Unary = (x) => asArray(x, "positive");
export const sign: Unary = (x) => {
  const v = asArray(x, "sign");
  return v.dtype === "bool" ? v : o.sign(v);
};
export const square: Unary = (x) => {
  const v = asArray(x, "square");
  return v.dtype === "bool" ? v : o.square(v);
};
export const absolute: Unary = (x) => {
  const v = asArray(x, "absolute");
  return v.dtype === "bool" || isUnsigned(v.dtype) ? v : o.abs(v);
};
export const abs = absolute;
export const fabs: Unary = (x) => o.abs(promoteInexact("fabs", [x])[0]!);
export const reciprocal: Unary = (x) => {
  const [v] = promoteInexact("reciprocal", [x]);
  return o.div(o.like(v!, 1), v!);
};
const rounding =
  (fn: string, f: (x: Value) => Value): Unary =>
  (x) => {
    const v = asArray(x, fn);
    return isInexact(v.dtype) ? f(v) : v;
  };
export const floor = rounding("floor", o.floor),
  ceil = rounding("ceil", (x) => prim("ceil", x));
export const trunc = rounding("trunc", (x) => o.select(o.lt(x, o.like(x, 0)), prim("ceil", x), o.floor(x)));
export const fix = trunc;
const roundEven = (v: Value): Value =>
  isComplex(v.dtype) ? o.complex(roundEven(o.real(v)), roundEven(o.imag(v))) : bind1(primitiveNamed("round"), [v], { roundingMethod: 1 });
export const rint: Unary = (x) => roundEven(promoteInexact("rint", [x])[0]!);
/** Rounds to `decimals` digits, ties to even. */
export function round(x: ArrayLike, decimals: number | { decimals?: number } = 0): Value {
  const v = asArray(x, "round"),
    d = typeof decimals === "number" ? decimals : (decimals.decimals ?? 0);
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
export const isfinite: Unary = (x) => {
  const v = asArray(x, "isfinite");
  return isComplex(v.dtype) ? o.and(o.isFinite_(o.real(v)), o.isFinite_(o.imag(v))) : isFloat(v.dtype) ? o.isFinite_(v) : o.full(v.shape, "bool", 1);
};
export const isnan: Unary = (x) => {
  const v = asArray(x, "isnan");
  return isInexact(v.dtype) ? o.ne(v, v) : o.full(v.shape, "bool", 0);
};
export const isinf: Unary = (x) => {
  const v = asArray(x, "isinf");
  return isComplex(v.dtype)
    ? o.or(isinf(o.real(v)), isinf(o.imag(v)))
    : isFloat(v.dtype)
      ? o.eq(o.abs(v), o.like(v, Infinity))
      : o.full(v.shape, "bool", 0);
};
export const isposinf: Unary = (x) => {
  const v = asArray(x, "isposinf");
  return isFloat(v.dtype) ? o.eq(v, o.like(v, Infinity)) : o.full(v.shape, "bool", 0);
};
export const isneginf: Unary = (x) => {
  const v = asArray(x, "isneginf");
  return isFloat(v.dtype) ? o.eq(v, o.like(v, -Infinity)) : o.full(v.shape, "bool", 0);
};
export const signbit: Unary = (x) => {
  const v = asArray(x, "signbit");
  if (isInteger(v.dtype)) return o.lt(v, o.like(v, 0));
  const w = v.dtype === "float64" ? v : o.convert(v, "float32"),
    bits = o.bitcast(w, w.dtype === "float64" ? "int64" : "int32");
  return o.lt(bits, o.like(bits, 0));
};
export const deg2rad: Unary = (x) => {
  const [v] = promoteInexact("deg2rad", [x]);
  return o.mul(v!, o.like(v!, Math.PI / 180));
};
export const rad2deg: Unary = (x) => {
  const [v] = promoteInexact("rad2deg", [x]);
  return o.mul(v!, o.like(v!, 180 / Math.PI));
};
export const radians = deg2rad,
  degrees = rad2deg;
export const conjugate: Unary = (x) => o.conj(asArray(x, "conjugate"));
export const conj = conjugate;
export const real: Unary = (x) => {
  const v = asArray(x, "real");
  return isComplex(v.dtype) ? o.real(v) : v;
};
export const imag: Unary = (x) => {
  const v = asArray(x, "imag");
  return isComplex(v.dtype) ? o.imag(v) : o.zerosLike(v.aval);
};
export function angle(x: ArrayLike, options: { deg?: boolean } = {}): Value {
  const v = promoteInexact("angle", [x])[0]!,
    a = isComplex(v.dtype)
      ? o.atan2(o.imag(v), o.real(v))
      : o.select(o.lt(v, o.like(v, 0)), o.full(v.shape, v.dtype, Math.PI), o.select(isnan(v), v, o.zerosLike(v.aval)));
  return options.deg ? rad2deg(a) : a;
}
export const sinc: Unary = (x) => {
  const [v] = promoteInexact("sinc", [x]),
    p = o.mul(v!, o.like(v!, Math.PI)),
    zero = o.eq(p, o.like(p, 0)),
    safe = o.select(zero, o.full(p.shape, p.dtype, 1), p);
  // Near zero by its series, so that derivatives of every order hold there.
  return o.select(zero, o.sub(o.like(p, 1), o.mul(o.square(p), o.like(p, 1 / 6))), o.div(o.sin(safe), safe));
};

export const add = binaryOp("add", "add"),
  multiply = binaryOp("multiply", "mul");
export const subtract: Binary = (x, y) => {
  const [a, b] = operands("subtract", [x, y]);
  if (a!.dtype === "bool") throw new TypeError("subtract: booleans do not subtract; use logicalXor, or convert with astype");
  return o.sub(a!, b!);
};
export const divide: Binary = binaryInexact("divide", "div");
export const trueDivide = divide;
export const maximum = binaryOp("maximum", "max"),
  minimum = binaryOp("minimum", "min");
export const arctan2 = binaryInexact("arctan2", "atan2"),
  atan2 = arctan2,
  nextafter = binaryInexact("nextafter", "nextafter");
export const fmax: Binary = (x, y) => {
  const [a, b] = full2("fmax", x, y);
  return o.select(o.or(o.gt(a, b), isnan(b)), a, b);
};
export const fmin: Binary = (x, y) => {
  const [a, b] = full2("fmin", x, y);
  return o.select(o.or(o.lt(a, b), isnan(b)), a, b);
};
function full2(fn: string, x: ArrayLike, y: ArrayLike): [Value, Value] {
  const ps = promote(fn, [x, y]),
    s = broadcastShapes(
      fn,
      ps.map((p) => p.shape),
    );
  return ps.map((p) => broadcastTo(p, s, fn)) as [Value, Value];
}
/** xʸ. A static non-negative integer exponent multiplies; integers to negative powers follow NumPy. */
export const power: Binary = (x, y) => {
  if (typeof y === "number" && Number.isInteger(y) && Math.abs(y) < 2 ** 31) {
    const v = asArray(x, "power");
    if (isInexact(v.dtype) || (isInteger(v.dtype) && y >= 0)) return y === 2 ? o.integerPow(v, 2) : o.integerPow(v, y);
  }
  const [a, b] = promote("power", [x, y]);
  if (isInteger(a!.dtype) || a!.dtype === "bool")
    return integerPower(...full2("power", a!.dtype === "bool" ? castTo(a!, "int32") : a!, b!.dtype === "bool" ? castTo(b!, "int32") : b!));
  const [p, q] = spread("power", [a!, b!]);
  return o.pow(p!, q!);
};
export const pow = power;
export const floatPower: Binary = (x, y) => {
  const [a, b] = operands("floatPower", [x, y], true);
  return o.pow(a!, b!);
};
/** Square and multiply over the bits of the exponent. */
function integerPower(x: Value, y: Value): Value {
  let result = o.full(x.shape, x.dtype, 1),
    base = x,
    e = y;
  const zero = o.like(y, 0),
    one = o.like(y, 1);
  for (let i = 0; i < 6 + (x.dtype.includes("64") ? 1 : 0); i++) {
    result = o.select(o.eq(o.and(e, one), one), o.mul(result, base), result);
    e = o.shiftRightLogical(e, one);
    base = o.mul(base, base);
  }
  return o.select(o.lt(y, zero), o.select(o.eq(x, o.like(x, 1)), x, o.zerosLike(x.aval)), result);
}
export const floorDivide: Binary = (x, y) => {
  const [a, b] = operands("floorDivide", [x, y]),
    d = a!.dtype;
  if (isUnsigned(d)) return o.div(a!, b!);
  if (isInteger(d)) {
    const q = o.div(a!, b!),
      differ = o.ne(o.sign(a!), o.sign(b!)),
      rest = o.ne(o.rem(a!, b!), o.like(a!, 0));
    return o.select(o.and(differ, rest), o.sub(q, o.like(q, 1)), q);
  }
  // Python's floor division: exact from the remainder, and x / 0 as it is.
  const m = o.rem(a!, b!),
    q = o.div(o.sub(a!, m), b!),
    by = b!.ndim === q.ndim ? b! : broadcastTo(b!, q.shape),
    off = o.and(o.ne(m, o.like(m, 0)), o.ne(o.sign(by), o.sign(m)));
  return o.select(o.eq(by, o.like(by, 0)), o.div(a!, b!), roundEven(o.select(off, o.sub(q, o.like(q, 1)), q)));
};
/** The remainder with the sign of the divisor. */
export const remainder: Binary = (x, y) => {
  const [a, b] = operands("remainder", [x, y]),
    r = o.rem(a!, b!),
    zero = o.like(r, 0),
    nonzero = o.ne(r, zero);
  if (isUnsigned(a!.dtype)) return r;
  const differ = o.ne(o.lt(r, zero), o.lt(b!.ndim === r.ndim ? b! : broadcastTo(b!, r.shape), zero));
  return o.select(o.and(differ, nonzero), o.add(r, b!), r);
};
export const mod = remainder;
export const fmod: Binary = (x, y) => {
  const [a, b] = operands("fmod", [x, y]);
  return o.rem(a!, b!);
};
export const divmod = (x: ArrayLike, y: ArrayLike): [Value, Value] => [floorDivide(x, y), remainder(x, y)];
export const modf = (x: ArrayLike): [Value, Value] => {
  const [v] = promoteInexact("modf", [x]),
    whole = trunc(v!);
  return [o.select(isinf(v!), o.zerosLike(v!.aval), o.sub(v!, whole)), whole];
};
export const hypot: Binary = (x, y) => {
  const [a, b] = operands("hypot", [x, y], true),
    p = o.abs(a!),
    q = o.abs(b!),
    hi = o.max(p, q),
    lo = o.min(p, q),
    safe = o.select(o.eq(hi, o.like(hi, 0)), o.full(hi.shape, hi.dtype, 1), hi),
    r = o.div(lo, safe);
  return o.select(o.or(o.eq(hi, o.like(hi, 0)), o.eq(o.max(p, q), o.like(hi, Infinity))), hi, o.mul(hi, o.sqrt(o.add(o.like(r, 1), o.square(r)))));
};
export const copysign: Binary = (x, y) => {
  const [a, b] = full2("copysign", ...(promoteInexact("copysign", [x, y]) as [Value, Value])),
    s = signbit(b);
  return o.select(s, o.neg(o.abs(a)), o.abs(a));
};
export const ldexp: Binary = (x, n) => {
  const [a] = promoteInexact("ldexp", [x]),
    e = asArray(n, "ldexp"),
    [p, q] = spread("ldexp", [a!, castTo(e, a!.dtype)]);
  return o.mul(p!, prim("exp2", q!));
};
export const logaddexp: Binary = (x, y) => logAddExp(...full2("logaddexp", ...(promoteInexact("logaddexp", [x, y]) as [Value, Value])));
function logAddExp(a: Value, b: Value): Value {
  const m = o.max(a, b),
    d = o.sub(a, b);
  return o.select(isnan(d), o.add(a, b), o.add(m, o.log1p(o.exp(o.neg(o.abs(d))))));
}
export const logaddexp2: Binary = (x, y) => {
  const [a, b] = full2("logaddexp2", ...(promoteInexact("logaddexp2", [x, y]) as [Value, Value])),
    k = o.like(a, Math.LN2);
  return o.div(logAddExp(o.mul(a, k), o.mul(b, k)), k);
};
export const heaviside: Binary = (x, y) => {
  const [a, b] = full2("heaviside", ...(promoteInexact("heaviside", [x, y]) as [Value, Value])),
    z = o.like(a, 0);
  return o.select(o.lt(a, z), o.zerosLike(a.aval), o.select(o.gt(a, z), o.full(a.shape, a.dtype, 1), o.select(isnan(a), a, b)));
};

/** A primitive of two operands, promoted to one dtype and broadcast against each other. */
const ofOperands =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y]);
    return prim(name, a!, b!);
  };
export const equal = ofOperands("equal", "eq"),
  notEqual = ofOperands("notEqual", "ne"),
  less = ofOperands("less", "lt"),
  lessEqual = ofOperands("lessEqual", "le"),
  greater = ofOperands("greater", "gt"),
  greaterEqual = ofOperands("greaterEqual", "ge");
const truth = (x: ArrayLike, fn: string): Value => {
  const v = asArray(x, fn);
  return v.dtype === "bool" ? v : o.ne(v, o.like(v, 0));
};
const logical =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = spread(fn, [truth(x, fn), truth(y, fn)]);
    return prim(name, a!, b!);
  };
export const logicalAnd = logical("logicalAnd", "and"),
  logicalOr = logical("logicalOr", "or"),
  logicalXor = logical("logicalXor", "xor");
export const logicalNot: Unary = (x) => o.not(truth(x, "logicalNot"));
export const bitwiseAnd = ofOperands("bitwiseAnd", "and"),
  bitwiseOr = ofOperands("bitwiseOr", "or"),
  bitwiseXor = ofOperands("bitwiseXor", "xor"),
  leftShift = ofOperands("leftShift", "shift_left");
export const rightShift: Binary = (x, y) => {
  const [a, b] = operands("rightShift", [x, y]);
  return prim(isUnsigned(a!.dtype) ? "shift_right_logical" : "shift_right_arithmetic", a!, b!);
};
export const bitwiseNot: Unary = (x) => o.not(asArray(x, "bitwiseNot"));
export const invert = bitwiseNot,
  bitwiseInvert = bitwiseNot,
  bitwiseLeftShift = leftShift,
  bitwiseRightShift = rightShift;
export const bitwiseCount: Unary = (x) => {
  const v = asArray(x, "bitwiseCount");
  return castTo(v.dtype === "bool" ? v : prim("population_count", isUnsigned(v.dtype) ? v : o.abs(v)), "uint8");
};
