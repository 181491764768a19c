// Elementwise primitives of two operands: arithmetic, bits, comparisons, special functions of two arguments.
import { isComplex, isInexact } from "../core/dtypes.ts";
import { Zero, isLinear, isZero } from "../core/primitive.ts";
import type { Value } from "../core/value.ts";
import { binary, bits, floating, inexact, integral, linearIn, numeric } from "./define.ts";
import * as o from "./ops.ts";
import type { BinaryOp, Direction, GraphBuilder, Node } from "../graph/graph.ts";

const to =
  (op: BinaryOp) =>
  (g: GraphBuilder, x: Node, y: Node): Node =>
    g.binary(op, x, y);
const one = (x: Value): Value => o.like(x, 1);
const additive =
  (signY: (v: Value) => Value): Parameters<typeof binary>[1]["transpose"] =>
  ([ct], args) =>
    args.map((a, i) => (!isLinear(a) ? null : isZero(ct) ? new Zero(a.aval) : o.unbroadcast(i === 0 ? (ct as Value) : signY(ct as Value), a.aval)));

export const add = binary("add", {
  dtypes: numeric,
  jvp: [({ t }) => t, ({ t }) => t],
  transpose: additive((v) => v),
  lower: (g, x, y) => (x.dtype === "bool" ? g.binary("or", x, y) : g.binary("add", x, y)),
});
/** Sum of two cotangents: `add` without its promotions. */
export const addAny = binary("add_any", {
  dtypes: numeric,
  jvp: [({ t }) => t, ({ t }) => t],
  transpose: additive((v) => v),
  lower: (g, x, y) => (x.dtype === "bool" ? g.binary("or", x, y) : g.binary("add", x, y)),
});
export const sub = binary("sub", {
  dtypes: numeric,
  jvp: [({ t }) => t, ({ t }) => o.neg(t)],
  transpose: additive((v) => o.neg(v)),
  lower: to("sub"),
});
export const mul = binary("mul", {
  dtypes: numeric,
  jvp: [({ t, y }) => o.mul(t, y), ({ t, x }) => o.mul(x, t)],
  transpose: ([ct], [x, y]) => [
    isLinear(x) ? (isZero(ct) ? new Zero(x.aval) : o.unbroadcast(o.mul(ct as Value, y as Value), x.aval)) : null,
    isLinear(y) ? (isZero(ct) ? new Zero(y.aval) : o.unbroadcast(o.mul(x as Value, ct as Value), y.aval)) : null,
  ],
  lower: (g, x, y) => (x.dtype === "bool" ? g.binary("and", x, y) : g.binary("mul", x, y)),
});
export const div = binary("div", {
  dtypes: numeric,
  jvp: [({ t, y }) => o.div(t, y), ({ t, x, y }) => o.mul(o.mul(o.neg(t), x), o.integerPow(y, -2))],
  transpose: linearIn(0, (ct, y) => o.div(ct, y)),
  lower: to("div"),
});
/** Remainder with the sign of the dividend, as C has it. */
export const rem = binary("rem", {
  dtypes: numeric,
  jvp: [
    ({ t }) => t,
    ({ t, x, y }) => {
      const q = o.div(x, y);
      return o.mul(o.neg(t), o.mul(o.sign(q), o.floor(o.abs(q))));
    },
  ],
  lower: to("rem"),
});
/** 0 where x is 0 taken for 1, so that log and powers of it stay finite. */
const nonzero = (x: Value): Value => o.select(o.eq(x, o.like(x, 0)), o.full(x.shape, x.dtype, 1), x);
/** d xʸ / dx = y xʸ⁻¹. Where y is an integer array, 0 at y = 0 whatever x is. */
function powerSlope(x: Value, y: Value): Value {
  if (isInexact(y.dtype)) return o.mul(y, o.pow(x, o.sub(y, one(y))));
  const e = o.convert(y, x.dtype),
    zero = o.eq(e, o.like(e, 0)),
    slope = o.mul(nonzero(e), o.pow(x, o.sub(y, one(y)))),
    at = (v: Value): Value => (v.ndim === slope.ndim ? v : o.splat(v, slope.shape));
  return o.select(at(zero), o.zerosLike(slope.aval), slope);
}
/** xʸ; the exponent may be an integer array beside a floating base. */
export const pow = binary("pow", {
  dtypes: inexact,
  secondDtypes: [...inexact, ...integral],
  jvp: [({ t, x, y }) => o.mul(t, powerSlope(x, y)), ({ t, x, out }) => o.mul(t, o.mul(o.log(nonzero(x)), out))],
  lower: (g, x, y) => g.binary("pow", x, y.dtype === x.dtype ? y : g.convert(y, x.dtype)),
});

/** 1 where the first wins, ½ at ties, 0 where it loses. */
const share = (x: Value, y: Value, out: Value): Value => {
  const s = out.shape,
    spreadTo = (v: Value): Value => (v.ndim === s.length ? v : o.splat(v, s)),
    won = o.eq(spreadTo(x), out),
    tied = o.eq(spreadTo(y), out);
  return o.select(won, o.select(tied, o.full(s, out.dtype, 0.5), o.full(s, out.dtype, 1)), o.full(s, out.dtype, 0));
};
/** Complex values are ordered by their real parts, and where those are equal by their imaginary parts. */
function extremeOf(g: GraphBuilder, which: "max" | "min", x: Node, y: Node): Node {
  if (x.dtype === "bool") return g.binary(which === "max" ? "or" : "and", x, y);
  if (!isComplex(x.dtype)) return g.binary(which, x, y);
  const [re, im] = (["real", "imag"] as const).map((part) => [g.unary(part, x), g.unary(part, y)] as const),
    wins = which === "max" ? "gt" : "lt",
    first = g.select(g.compare("eq", ...re!), g.compare(wins, ...im!), g.compare(wins, ...re!));
  return g.select(first, x, y);
}
export const max = binary("max", {
  dtypes: numeric,
  jvp: [({ t, x, y, out }) => o.mul(t, share(x, y, out)), ({ t, x, y, out }) => o.mul(t, share(y, x, out))],
  lower: (g, x, y) => extremeOf(g, "max", x, y),
});
export const min = binary("min", {
  dtypes: numeric,
  jvp: [({ t, x, y, out }) => o.mul(t, share(x, y, out)), ({ t, x, y, out }) => o.mul(t, share(y, x, out))],
  lower: (g, x, y) => extremeOf(g, "min", x, y),
});
export const atan2 = binary("atan2", {
  dtypes: inexact,
  jvp: [
    ({ t, x, y }) => o.mul(t, o.div(y, o.add(o.square(x), o.square(y)))),
    ({ t, x, y }) => o.mul(t, o.div(o.neg(x), o.add(o.square(x), o.square(y)))),
  ],
  lower: to("atan2"),
});
export const nextafter = binary("nextafter", { dtypes: floating, jvp: "zero", lower: to("nextafter") });
export const and = binary("and", { dtypes: bits, jvp: "zero", lower: to("and") });
export const or = binary("or", { dtypes: bits, jvp: "zero", lower: to("or") });
export const xor = binary("xor", { dtypes: bits, jvp: "zero", lower: to("xor") });
export const shiftLeft = binary("shift_left", { dtypes: integral, jvp: "zero", lower: to("shl") });
export const shiftRightLogical = binary("shift_right_logical", { dtypes: integral, jvp: "zero", lower: to("shr_l") });
export const shiftRightArithmetic = binary("shift_right_arithmetic", { dtypes: integral, jvp: "zero", lower: to("shr_a") });
/** The upper half of the full product. */
export const mulhi = binary("mulhi", { dtypes: integral, jvp: "zero", lower: to("mulhi") });

const comparison = (name: Direction, total = false, as: string = name): ReturnType<typeof binary> =>
  binary(as, { dtypes: numeric, jvp: "zero", out: () => "bool", lower: (g, x, y) => g.compare(name, x, y, total) });
export const eq = comparison("eq"),
  ne = comparison("ne"),
  lt = comparison("lt"),
  le = comparison("le"),
  gt = comparison("gt"),
  ge = comparison("ge");
/** Comparisons in the total order −NaN < −∞ < … < −0 < +0 < … < NaN. */
export const eqTo = comparison("eq", true, "eq_to"),
  leTo = comparison("le", true, "le_to"),
  ltTo = comparison("lt", true, "lt_to");

/** A complex number from its parts. */
export const complex = binary("complex", {
  dtypes: floating,
  out: (d) => (d === "float64" ? "complex128" : "complex64"),
  jvp: [({ t }) => o.complex(t, o.zerosLike(t.aval)), ({ t }) => o.complex(o.zerosLike(t.aval), t)],
  transpose: ([ct], args) =>
    args.map((a, i) =>
      !isLinear(a) ? null : isZero(ct) ? new Zero(a.aval) : o.unbroadcast(i === 0 ? o.real(ct as Value) : o.neg(o.imag(ct as Value)), a.aval),
    ),
  lower: to("complex"),
});
/** ∂P(a, x)/∂x = e^(−x + (a−1) ln x − lnΓ(a)) */
const igammaGradX = (a: Value, x: Value): Value => o.exp(o.add(o.neg(x), o.sub(o.mul(o.sub(a, one(a)), o.log(x)), o.lgamma(a))));
export const igamma = binary("igamma", {
  dtypes: floating,
  jvp: [({ t, x, y }) => o.mul(t, o.igammaGradA(x, y)), ({ t, x, y }) => o.mul(t, igammaGradX(x, y))],
  lower: to("igamma"),
});
export const igammac = binary("igammac", {
  dtypes: floating,
  jvp: [({ t, x, y }) => o.neg(o.mul(t, o.igammaGradA(x, y))), ({ t, x, y }) => o.neg(o.mul(t, igammaGradX(x, y)))],
  lower: to("igammac"),
});
export const igammaGradA = binary("igamma_grad_a", { dtypes: floating, jvp: "zero", lower: to("igamma_grad_a") });
/** d²x/da² of a sample along a, x held fixed: central differences of fourth order in float64, since the series has no closed derivative in a. */
function gammaGradInA(a: Value, x: Value): Value {
  const [p, q] = [o.convert(a, "float64"), o.convert(x, "float64")],
    step = o.mul(o.like(p, 1e-3), p),
    at = (k: number): Value => o.randomGammaGrad(o.add(p, o.mul(o.like(p, k), step)), q),
    near = o.mul(o.like(p, 8), o.sub(at(1), at(-1)));
  return o.convert(o.div(o.sub(near, o.sub(at(2), at(-2))), o.mul(o.like(p, 12), step)), a.dtype);
}
/**
 * ∂x/∂a of a Gamma(a) sample x: implicit differentiation of P(a, x), G = −P_a / p with the density p. Its derivative in x is
 * ψ(a) − log x − G ((a − 1) / x − 1), from p_a = p (log x − ψ(a)) and p_x = p ((a − 1) / x − 1).
 */
export const randomGammaGrad = binary("random_gamma_grad", {
  dtypes: floating,
  jvp: [
    ({ t, x, y }) => o.mul(t, gammaGradInA(x, y)),
    ({ t, x, y, out }) => o.mul(t, o.sub(o.sub(o.digamma(x), o.log(y)), o.mul(out, o.sub(o.div(o.sub(x, one(x)), y), one(x))))),
  ],
  lower: to("random_gamma_grad"),
});
export const polygamma = binary("polygamma", {
  dtypes: floating,
  jvp: [null, ({ t, x, y }) => o.mul(t, o.polygamma(o.add(x, one(x)), y))],
  lower: to("polygamma"),
});
/** Hurwitz zeta ζ(x, q). */
export const zeta = binary("zeta", {
  dtypes: floating,
  jvp: [null, ({ t, x, y }) => o.mul(t, o.mul(o.neg(x), o.zeta(o.add(x, one(x)), y)))],
  lower: to("zeta"),
});
