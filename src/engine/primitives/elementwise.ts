// Elementwise primitives of one operand, each with its derivative beside its meaning.
import { isComplex, isInexact, realPart } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { ShapedArray } from "../core/aval.ts";
import { type Primitive, Zero, definePrimitive, isZero, type Linear } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { bits, checkKinds, floating, inexact, integral, notLinear, numeric, unary } from "./define.ts";
import * as o from "./ops.ts";
import type { DType } from "../core/dtypes.ts";
import type { GraphBuilder, Node, UnaryOp } from "../graph/graph.ts";

const to =
  (op: UnaryOp) =>
  (g: GraphBuilder, x: Node): Node =>
    g.unary(op, x);
const one = (x: Value): Value => o.like(x, 1);
const signed = numeric.filter((k) => k !== "b");

export const neg = unary("neg", { dtypes: signed, jvp: ({ dx }) => o.neg(dx), transpose: (ct) => o.neg(ct), lower: to("neg") });
/** −1, 0 or 1; x / |x| for complex values. */
export const sign = unary("sign", {
  dtypes: signed,
  lower: to("sign"),
  // JAX's rule, for complex values too.
  jvp: "zero",
});
export const floor = unary("floor", { dtypes: floating, jvp: "zero", lower: to("floor") });
export const ceil = unary("ceil", { dtypes: floating, jvp: "zero", lower: to("ceil") });
export const isFinite = unary("is_finite", { dtypes: floating, jvp: "zero", out: () => "bool", lower: to("is_finite") });
export const exp = unary("exp", { dtypes: inexact, jvp: ({ dx, out }) => o.mul(dx, out), lower: to("exp") });
export const exp2 = unary("exp2", { dtypes: inexact, jvp: ({ dx, out }) => o.mul(dx, o.mul(o.like(out, Math.LN2), out)), lower: to("exp2") });
export const log = unary("log", { dtypes: inexact, jvp: ({ x, dx }) => o.div(dx, x), lower: to("log") });
export const expm1 = unary("expm1", { dtypes: inexact, jvp: ({ dx, out }) => o.mul(dx, o.add(out, one(out))), lower: to("expm1") });
export const log1p = unary("log1p", { dtypes: inexact, jvp: ({ x, dx }) => o.div(dx, o.add(x, one(x))), lower: to("log1p") });
/** Hyperbolic tangent, elementwise. tanh(±∞) = ±1; NaN stays NaN. */
export const tanh = unary("tanh", {
  dtypes: inexact,
  // g − g·out + … in JAX's own form, which loses no digits near |out| = 1: (1 + out)(1 − out)
  jvp: ({ dx, out }) => {
    const h = o.mul(dx, o.sub(one(out), out));
    return o.addAny(h, o.mul(h, out));
  },
  lower: to("tanh"),
});
export const logistic = unary("logistic", {
  dtypes: inexact,
  jvp: ({ dx, out }) => o.mul(dx, o.mul(out, o.sub(one(out), out))),
  lower: to("logistic"),
});
export const sin = unary("sin", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.cos(x)), lower: to("sin") });
export const cos = unary("cos", { dtypes: inexact, jvp: ({ x, dx }) => o.neg(o.mul(dx, o.sin(x))), lower: to("cos") });
export const tan = unary("tan", { dtypes: inexact, jvp: ({ dx, out }) => o.mul(dx, o.add(one(out), o.square(out))), lower: to("tan") });
export const asin = unary("asin", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.rsqrt(o.sub(one(x), o.square(x)))), lower: to("asin") });
export const acos = unary("acos", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.neg(o.rsqrt(o.sub(one(x), o.square(x))))), lower: to("acos") });
export const atan = unary("atan", { dtypes: inexact, jvp: ({ x, dx }) => o.div(dx, o.add(one(x), o.square(x))), lower: to("atan") });
export const sinh = unary("sinh", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.cosh(x)), lower: to("sinh") });
export const cosh = unary("cosh", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.sinh(x)), lower: to("cosh") });
export const asinh = unary("asinh", { dtypes: inexact, jvp: ({ x, dx }) => o.mul(dx, o.rsqrt(o.add(o.square(x), one(x)))), lower: to("asinh") });
export const acosh = unary("acosh", {
  dtypes: inexact,
  jvp: ({ x, dx }) => o.mul(dx, o.rsqrt(o.sub(o.square(x), one(x)))),
  lower: to("acosh"),
});
export const atanh = unary("atanh", {
  dtypes: inexact,
  jvp: ({ x, dx }) => o.mul(o.integerPow(o.add(one(x), x), -1), o.div(dx, o.sub(one(x), x))),
  lower: to("atanh"),
});
export const sqrt = unary("sqrt", { dtypes: inexact, jvp: ({ dx, out }) => o.mul(dx, o.div(o.like(out, 0.5), out)), lower: to("sqrt") });
export const rsqrt = unary("rsqrt", {
  dtypes: inexact,
  jvp: ({ x, dx, out }) => o.mul(dx, o.mul(o.like(x, -0.5), o.div(out, x))),
  lower: to("rsqrt"),
});
export const cbrt = unary("cbrt", {
  dtypes: floating,
  jvp: ({ dx, out }) => o.mul(dx, o.mul(o.like(out, 1 / 3), o.integerPow(out, -2))),
  lower: to("cbrt"),
});
export const square = unary("square", {
  dtypes: signed,
  jvp: ({ x, dx }) => o.mul(dx, o.mul(o.like(x, 2), x)),
  // (a + bi)² = (a − b)(a + b) + 2abi, as XLA has it: without the difference of two infinities.
  lower: (g, x) => {
    if (!isComplex(x.dtype)) return g.binary("mul", x, x);
    const [a, b] = [g.unary("real", x), g.unary("imag", x)],
      ab = g.binary("mul", a, b);
    return g.binary("complex", g.binary("mul", g.binary("sub", a, b), g.binary("add", a, b)), g.binary("add", ab, ab));
  },
});
export const erf = unary("erf", {
  dtypes: floating,
  jvp: ({ x, dx }) => o.mul(o.like(x, 2 / Math.sqrt(Math.PI)), o.mul(dx, o.exp(o.neg(o.square(x))))),
  lower: to("erf"),
});
export const erfc = unary("erfc", {
  dtypes: floating,
  jvp: ({ x, dx }) => o.mul(o.like(x, -2 / Math.sqrt(Math.PI)), o.mul(dx, o.exp(o.neg(o.square(x))))),
  lower: to("erfc"),
});
export const erfInv = unary("erf_inv", {
  dtypes: floating,
  jvp: ({ dx, out }) => o.mul(o.like(out, Math.sqrt(Math.PI) / 2), o.mul(dx, o.exp(o.square(out)))),
  lower: to("erf_inv"),
});
export const lgamma = unary("lgamma", { dtypes: floating, jvp: ({ x, dx }) => o.mul(dx, o.digamma(x)), lower: to("lgamma") });
export const digamma = unary("digamma", {
  dtypes: floating,
  jvp: ({ x, dx }) => o.mul(dx, o.polygamma(o.full(x.shape, x.dtype, 1), x)),
  lower: to("digamma"),
});
export const besselI0e = unary("bessel_i0e", {
  dtypes: floating,
  jvp: ({ x, dx, out }) => o.mul(dx, o.sub(o.besselI1e(x), o.mul(o.sign(x), out))),
  lower: to("bessel_i0e"),
});
export const besselI1e = unary("bessel_i1e", {
  dtypes: floating,
  lower: to("bessel_i1e"),
  jvp: ({ x, dx, out }) => {
    // I1e' = I0e − I1e·(sign x + 1/x), and 1/2 at 0.
    const tiny = o.le(o.abs(x), o.like(x, 1e-7)),
      safe = o.select(tiny, o.full(x.shape, x.dtype, 1), x);
    const d = o.sub(o.besselI0e(safe), o.mul(out, o.add(o.sign(safe), o.div(one(safe), safe))));
    return o.mul(dx, o.select(tiny, o.full(x.shape, x.dtype, 0.5), d));
  },
});
export const not = unary("not", { dtypes: bits, jvp: "zero", lower: to("not") });
export const populationCount = unary("population_count", { dtypes: integral, jvp: "zero", lower: to("popcnt") });
export const clz = unary("clz", { dtypes: integral, jvp: "zero", lower: to("clz") });

/** The tangent of |x| for complex x: Re(dx · x̄ / |x|), and 0 at 0. */
function modulusTangent(x: Value, dx: Value, out: Value): Value {
  const safe = o.select(o.eq(out, o.like(out, 0)), o.full(out.shape, out.dtype, 1), out);
  return o.real(o.mul(dx, o.div(o.conj(x), o.convert(safe, x.dtype))));
}
/**
 * |x|; real for complex x. The derivative is 1 at 0 (and −1 at NaN), which is what JAX says, and what keeps second derivatives of
 * functions written with |x| right at 0.
 */
export const abs = unary("abs", {
  dtypes: signed,
  out: realPart,
  lower: to("abs"),
  jvp: ({ x, dx, out }) => (isComplex(x.dtype) ? modulusTangent(x, dx, out) : o.select(o.ge(x, o.like(x, 0)), dx, o.neg(dx))),
});
const zeroPart = (ct: Value): Value => o.zerosLike(ct.aval);
export const real = unary("real", {
  dtypes: ["c"],
  out: realPart,
  jvp: ({ dx }) => o.real(dx),
  transpose: (ct) => o.complex(ct, zeroPart(ct)),
  lower: to("real"),
});
export const imag = unary("imag", {
  dtypes: ["c"],
  out: realPart,
  jvp: ({ dx }) => o.imag(dx),
  transpose: (ct) => o.complex(zeroPart(ct), o.neg(ct)),
  lower: to("imag"),
});

interface ConjParams {
  readonly inputDtype: DType;
}
const complexFor = (d: DType): DType => (d === "float64" || d === "complex128" ? "complex128" : "complex64");
/** Complex conjugate; a real operand becomes complex. */
export const conj: Primitive<ConjParams> = definePrimitive<ConjParams>({
  name: "conj",
  multipleResults: false,
  abstract: ([x]) => [new ShapedArray(x!.shape, complexFor(x!.dtype), x!.weakType)],
  jvp: ([x], [dx], params) => {
    const out = bind1(conj, [x!], params);
    return [[out], [isZero(dx) ? new Zero(out.aval) : bind1(conj, [dx as Value], params)]];
  },
  transpose: ([ct], [x]) => {
    const a = (x as Linear).aval;
    return [isZero(ct) ? new Zero(a) : isComplex(a.dtype) ? o.conj(ct as Value) : o.real(o.conj(ct as Value))];
  },
  batch: (args, dims, params) => [[bind1(conj, args, params)], [dims[0]!]],
  lower: (g, [x], _p, [out]) => [isComplex(x!.dtype) ? g.unary("conj", x!) : g.convert(x!, out!.dtype)],
});

interface RoundParams {
  readonly roundingMethod: number;
}
/** Rounds to integers: method 0 away from zero at ties, 1 to even. */
export const round: Primitive<RoundParams> = definePrimitive<RoundParams>({
  name: "round",
  multipleResults: false,
  abstract: ([x]) => [x!],
  jvp: ([x], _t, params) => {
    const out = bind1(round, [x!], params);
    return [[out], [new Zero(out.aval)]];
  },
  transpose: notLinear,
  batch: (args, dims, params) => [[bind1(round, args, params)], [dims[0]!]],
  lower: (g, [x], { roundingMethod }) => [g.unary(roundingMethod === 0 ? "round_away" : "round_even", x!)],
});

interface IntegerPowParams {
  readonly y: number;
}
/** xʸ for a constant integer y, by repeated squaring. */
export const integerPow: Primitive<IntegerPowParams> = definePrimitive<IntegerPowParams>({
  name: "integer_pow",
  multipleResults: false,
  abstract: ([x], { y }) => {
    checkKinds("integer_pow", signed, x!, "the operand");
    if (!Number.isInteger(y)) throw new DTypeError(`integer_pow: the exponent is ${y}, expected an integer; use pow for others`);
    if (y < 0 && !isInexact(x!.dtype))
      throw new DTypeError(
        `integer_pow: integers have no negative powers (exponent ${y}, operand ${x}); convert the operand with x.astype("float32")`,
      );
    return [x!];
  },
  jvp: ([x], [dx], { y }) => {
    const out = bind1(integerPow, [x!], { y });
    if (isZero(dx) || y === 0) return [[out], [new Zero(out.aval.strengthen())]];
    if (y === 1) return [[out], [dx as Value]];
    return [[out], [o.mul(dx as Value, o.mul(o.like(x!, y), y === 2 ? x! : o.integerPow(x!, y - 1)))]];
  },
  transpose: notLinear,
  batch: (args, dims, params) => [[bind1(integerPow, args, params)], [dims[0]!]],
  lower: (g, [x], { y }) => {
    let result: Node | null = null,
      base = x!;
    for (let n = Math.abs(y); n > 0; n >>= 1) {
      if (n & 1) result = result ? g.binary("mul", result, base) : base;
      if (n > 1) base = g.binary("mul", base, base);
    }
    const ones = (): Node => constantLike(g, x!, 1);
    if (!result) return [ones()];
    return [y < 0 ? g.binary("div", ones(), result) : result];
  },
});
export function constantLike(g: GraphBuilder, x: Node, value: number): Node {
  return g.splat(g.constant(o.lit(x.dtype, isComplex(x.dtype) ? [value, 0] : value) as import("../core/value.ts").NDArray), x.shape);
}
