// scipy.special: exponential integrals of any order, Fresnel's integrals, Owen's T, Bernoulli numbers.
// Sources: Cephes (expn, fresnl: its rational approximations); Patefield and Tandy, "Fast and accurate calculation of Owen's T function" (2000).
import { canonicalize, isComplex } from "../core/dtypes.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { whileLoop } from "../lax/control.ts";
import { type ArrayLike, castTo, sizeArgument } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { digamma, erf, erfc, gammaln } from "./special.ts";
import { floats } from "./floats.ts";

const epsilon = (x: Value): number => np.finfo(x.dtype).eps;
const horner = (x: Value, coefficients: readonly number[]): Value =>
  coefficients.slice(1).reduce((sum, c) => o.add(o.mul(sum, x), o.like(x, c)), o.filledLike(x.aval, coefficients[0]!));
const MOST = 500;

/** Repeats a step on whole arrays until every element is done. */
function until<S extends object>(init: S, going: (s: S) => Value, step: (s: S) => S): S {
  interface Counted {
    readonly i: Value;
    readonly s: S;
  }
  return (
    whileLoop(
      ((c: Counted) => np.logicalAnd(np.any(going(c.s)), c.i.lt(MOST))) as never,
      ((c: Counted) => ({ i: c.i.add(1), s: step(c.s) })) as never,
      { i: np.array(0, { dtype: "int32" }), s: init } as never,
    ) as unknown as Counted
  ).s;
}
/** Eₙ by its power series, for 0 < x ≤ 1. */
function expnSeries(n: Value, x: Value): Value {
  const psi = o.sub(digamma(n), o.log(x));
  const first = n.eq(1);
  interface State {
    readonly k: Value;
    readonly power: Value;
    readonly sum: Value;
    readonly rest: Value;
  }
  const one = np.onesLike(x);
  const init: State = { k: np.zerosLike(x), power: one, sum: np.where(first, 0, one.div(np.where(first, 1, one.sub(n)))).astype(x.dtype), rest: one };
  const step = (s: State): State => {
    const k = s.k.add(1);
    const power = s.power.mul(np.negative(x)).div(k);
    const divisor = k.add(1).sub(n);
    const sum = s.sum.add(np.where(divisor.eq(0), 0, power.div(np.where(divisor.eq(0), 1, divisor)))).astype(x.dtype);
    return { k, power, sum, rest: np.where(sum.ne(0), np.abs(power.div(np.where(sum.eq(0), 1, sum))), 1).astype(x.dtype) };
  };
  const end = until(init, (s) => s.rest.gt(epsilon(x)), step);
  const order = n.sub(1);
  const sign = np.where(np.remainder(order, 2).eq(0), 1, -1);
  return np
    .power(x, order)
    .mul(sign)
    .mul(psi)
    .div(np.exp(gammaln(n)))
    .sub(end.sum);
}
/** Eₙ by its continued fraction, for x > 1. */
function expnFraction(n: Value, x: Value): Value {
  interface State {
    readonly k: Value;
    readonly b: Value;
    readonly c: Value;
    readonly d: Value;
    readonly h: Value;
    readonly change: Value;
  }
  const one = np.onesLike(x);
  const b0 = x.add(n);
  const init: State = { k: np.zerosLike(x), b: b0, c: o.filledLike(x.aval, 1e30), d: one.div(b0), h: one.div(b0), change: one };
  const step = (s: State): State => {
    const k = s.k.add(1);
    const a = np.negative(k.mul(n.add(k).sub(1)));
    const b = s.b.add(2);
    const d = one.div(a.mul(s.d).add(b));
    const c = b.add(a.div(s.c));
    const factor = c.mul(d);
    return { k, b, c, d, h: s.h.mul(factor), change: np.abs(factor.sub(1)) };
  };
  return until(init, (s) => s.change.gt(epsilon(x)), step).h.mul(np.exp(np.negative(x)));
}
const expnOf = customJvp((n: Value, x: Value): Value => {
  const inside = x.gt(0).and(n.ge(1));
  const small = x.le(1);
  const n1 = np.where(inside, n, 1).astype(x.dtype);
  const series = expnSeries(n1, np.where(inside.and(small), x, 0.5).astype(x.dtype));
  const fraction = expnFraction(n1, np.where(inside.and(np.logicalNot(small)), x, 2).astype(x.dtype));
  const positive = np.where(n.eq(0), np.exp(np.negative(x)).div(x), np.where(small, series, fraction));
  const atZero = np.where(n.lt(2), Infinity, np.divide(1, np.where(n.lt(2), 2, n.sub(1))));
  const value = np.where(x.eq(0), atZero, positive);
  return np.where(n.lt(0).or(x.lt(0)), NaN, np.where(x.eq(Infinity), 0, value)).astype(x.dtype);
}).defjvp(([n, x]: [Value, Value], [, t]: [Value, Value]) => [expnOf(n, x), o.neg(o.mul(t, expnOf(n.sub(1), x) as Value))]);
/** The exponential integral Eₙ(x) = ∫₁^∞ e^(−xt) t^(−n) dt, for whole n ≥ 0 and x ≥ 0.
 * @example scipy.special.expn(2, 1) // 0.1485 */
export function expn(n: ArrayLike, x: ArrayLike): Value {
  const [order, at] = floats("expn", n, x) as [Value, Value];
  return expnOf(order, at) as Value;
}

const SINE = [
  [
    -2.99181919401019853726e3, 7.08840045257738576863e5, -6.29741486205862506537e7, 2.5489088057333763710891e9, -4.42979518059697779103e10,
    3.18016297876567817986e11,
  ],
  [
    1, 2.81376268889994315696e2, 4.55847810806532581675e4, 5.1734388877009640073e6, 4.19320245898111231129e8, 2.2441179564534092094e10,
    6.07366389490084639049e11,
  ],
] as const;
const COSINE = [
  [-4.98843114573573548651e-8, 9.50428062829859605134e-6, -6.45191435683965050962e-4, 1.88843319396703850064e-2, -2.05525900955013891793e-1, 1],
  [
    3.99982968972495980367e-12, 9.15439215774657478799e-10, 1.25001862479598821474e-7, 1.22262789024179030997e-5, 8.68029542941784300606e-4,
    4.12142090722199792936e-2, 1,
  ],
] as const;
const AUXILIARY_F = [
  [
    4.21543555043677546506e-1, 1.43407919780758885261e-1, 1.15220955073585758835e-2, 3.450179397825740279e-4, 4.63613749287867322088e-6,
    3.05568983790257605827e-8, 1.02304514164907233465e-10, 1.72010743268161828879e-13, 1.34283276233062758925e-16, 3.76329711269987889006e-20,
  ],
  [
    1, 7.51586398353378947175e-1, 1.16888925859191382142e-1, 6.44051526508858611005e-3, 1.55934409164153020873e-4, 1.8462756734893054587e-6,
    1.12699224763999035261e-8, 3.60140029589371370404e-11, 5.8875453362157841001e-14, 4.52001434074129701496e-17, 1.25443237090011264384e-20,
  ],
] as const;
const AUXILIARY_G = [
  [
    5.04442073643383265887e-1, 1.97102833525523411709e-1, 1.87648584092575249293e-2, 6.84079380915393090172e-4, 1.15138826111884280931e-5,
    9.82852443688422223854e-8, 4.45344415861750144738e-10, 1.08268041139020870318e-12, 1.37555460633261799868e-15, 8.36354435630677421531e-19,
    1.86958710162783235106e-22,
  ],
  [
    1, 1.47495759925128324529, 3.37748989120019970451e-1, 2.53603741420338795122e-2, 8.14679107184306179049e-4, 1.27545075667729118702e-5,
    1.04314589657571990585e-7, 4.60680728146520428211e-10, 1.10273215066240270757e-12, 1.38796531259578871258e-15, 8.39158816283118707363e-19,
    1.86958710162783236342e-22,
  ],
] as const;
const ratio = (x: Value, [top, bottom]: readonly [readonly number[], readonly number[]]): Value => o.div(horner(x, top), horner(x, bottom));
/** The power series in x⁴, of S by x³ and of C by x, highest first: nearer than the ratios in types of few digits, whose far forms hold from 1.25 on. */
const TERMS = [8, 7, 6, 5, 4, 3, 2, 1, 0];
const seriesOf = (first: 0 | 1): number[] =>
  TERMS.map((n) => {
    const power = 2 * n + first;
    let c = (-1) ** n / (4 * n + 1 + 2 * first);
    for (let i = 1; i <= power; i++) c *= Math.PI / 2 / i;
    return c;
  });
const SINE_SERIES = seriesOf(1);
const COSINE_SERIES = seriesOf(0);
const LARGEST = 36974;
/** πx²/2 less whole turns. With x = n + r, x² is n² + 2nr + r², of which n² is 0 or 1 modulo 4 and nr has few digits: x² itself would lose those that count. */
function turned(x: Value): Value {
  const n = np.round(x),
    r = x.sub(n),
    product = n.mul(r);
  const square = product
    .sub(np.round(product.mul(0.5)).mul(2))
    .mul(2)
    .add(r.mul(r))
    .add(np.square(n.sub(np.floor(n.mul(0.5)).mul(2))));
  return square.mul(Math.PI / 2);
}
const fresnelOf = customJvp((x: Value): [Value, Value] => {
  const a = np.abs(x),
    isWide = x.dtype === "float64";
  const square = a.mul(a);
  const small = square.lt(isWide ? 2.5625 : 1.5625);
  const fourth = np.where(small, square.mul(square), 1).astype(x.dtype);
  const s0 = a.mul(square).mul(isWide ? ratio(fourth, SINE) : horner(fourth, SINE_SERIES));
  const c0 = a.mul(isWide ? ratio(fourth, COSINE) : horner(fourth, COSINE_SERIES));
  const far = np.where(small, 2, np.minimum(a, LARGEST)).astype(x.dtype);
  const t = np.divide(1, far.mul(far).mul(Math.PI));
  const f = np.subtract(1, t.mul(t).mul(ratio(t.mul(t), AUXILIARY_F)));
  const g = t.mul(ratio(t.mul(t), AUXILIARY_G));
  const angle = turned(far);
  const [sine, cosine] = [np.sin(angle), np.cos(angle)];
  const scale = far.mul(Math.PI);
  const c1 = np.add(0.5, f.mul(sine).sub(g.mul(cosine)).div(scale));
  const s1 = np.subtract(0.5, f.mul(cosine).add(g.mul(sine)).div(scale));
  const pick = (near: Value, distant: Value): Value => {
    const value = np.where(small, near, np.where(a.gt(LARGEST), 0.5, distant));
    return np.where(np.isnan(x), NaN, np.sign(x).mul(value)).astype(x.dtype);
  };
  return [pick(s0, s1), pick(c0, c1)];
}).defjvp(([x]: [Value], [t]: [Value]) => {
  const angle = turned(x);
  return [fresnelOf(x), [o.mul(t, o.sin(angle)), o.mul(t, o.cos(angle))]];
});
/** Fresnel's integrals, `[∫₀ˣ sin(πt²/2) dt, ∫₀ˣ cos(πt²/2) dt]`.
 * @example scipy.special.fresnel([1]) // [[0.4383], [0.7799]] */
export const fresnel = (x: ArrayLike): [S: Value, C: Value] => fresnelOf(floats("fresnel", x)[0]!) as [Value, Value];

/** Points and weights of Gauss's rule for Owen's integral, by squares of the points. */
const POINTS = [
  0.0035082039676451716, 0.031279042338030756, 0.08526682628321945, 0.16245071730812277, 0.25851196049125436, 0.3680755384069753, 0.485010929056047,
  0.6027751415261857, 0.7147788421775323, 0.814755109887601, 0.8971102975594897, 0.9572380808594426, 0.991788329746297,
];
const WEIGHTS = [
  0.018831438115323503, 0.01856708624397765, 0.018042093461223385, 0.017263829606398752, 0.016243219975989858, 0.014994592034116705,
  0.013535474469662087, 0.011886351605820165, 0.010070377242777432, 0.008113054574229958, 0.006041900952847024, 0.0038862217010742057,
  0.001679303108454609,
];
const TAU = 2 * Math.PI;
const owens = customJvp((h0: Value, a: Value): Value => {
  const h = np.abs(h0);
  const size = np.abs(a);
  const wide = size.gt(1);
  const inner = np.where(wide, np.divide(1, size), size).astype(h.dtype);
  const outer = np.where(wide.and(size.ne(Infinity)), size.mul(h), np.where(wide, Infinity, h)).astype(h.dtype);
  const half = np.square(outer).mul(-0.5);
  const integral = POINTS.map((x, i) => {
    const r = np.square(inner).mul(x).add(1);
    return np.exp(half.mul(r)).div(r).mul(WEIGHTS[i]!);
  }).reduce((p, q) => p.add(q));
  const [hn, an] = [h.div(Math.SQRT2), np.where(h.eq(0), 0, size.mul(h)).div(Math.SQRT2)];
  const diagonal = erfc(np.negative(outer.div(Math.SQRT2)))
    .mul(erfc(outer.div(Math.SQRT2)))
    .mul(0.125);
  const narrow = np.where(inner.eq(1), diagonal, np.where(outer.eq(0), np.arctan(inner).div(TAU), np.where(inner.eq(0), 0, inner.mul(integral))));
  const [nh, nah] = [erfc(hn), erfc(an)];
  const near = np.subtract(0.25, erf(hn).mul(erf(an)).mul(0.25)).sub(narrow);
  const far = nh.add(nah).sub(nh.mul(nah)).mul(0.25).sub(narrow);
  const value = np.sign(a).mul(np.where(wide, np.where(size.mul(h).le(0.67), near, far), narrow));
  return np.where(np.isnan(h).or(np.isnan(a)), NaN, value).astype(h.dtype);
}).defjvp(([h, a]: [Value, Value], [dh, da]: [Value, Value]) => {
  const byH = np
    .exp(np.square(h).mul(-0.5))
    .mul(erf(a.mul(h).div(Math.SQRT2)))
    .div(-2 * Math.sqrt(TAU));
  const above = np.square(a).add(1);
  const byA = np.exp(above.mul(np.square(h)).mul(-0.5)).div(above.mul(TAU));
  return [owens(h, a), o.add(o.mul(byH, dh), o.mul(byA, da))];
});
/** Owen's T: the probability of X > h and 0 < Y < aX for independent standard normal X and Y.
 * @example scipy.special.owensT(1, 0.5) // 0.04306 */
export function owensT(h: ArrayLike, a: ArrayLike): Value {
  const [x, y] = floats("owensT", h, a) as [Value, Value];
  if (isComplex(x.dtype)) throw new DTypeError(`scipy.special.owensT: the arguments are ${x.dtype}, expected real numbers`);
  // As in JAX: never narrower than the default type.
  const wide = canonicalize("float64");
  return owens(castTo(x, wide), castTo(y, wide)) as Value;
}
/** Bernoulli numbers B₀ … Bₙ, with B₁ = −½.
 * @example scipy.special.bernoulli(4) // [1, -0.5, 0.1667, 0, -0.03333] */
export function bernoulli(n: number): Value {
  const last = sizeArgument("scipy.special.bernoulli", "n", n);
  if (last > 10_000) throw new ArgumentError(`scipy.special.bernoulli: n is at most 10000, got ${last}`);
  const numbers = Array.from({ length: last + 1 }, () => 0);
  numbers[0] = 1;
  if (last >= 1) numbers[1] = -0.5;
  let factor = 1 / 6;
  // |B₂ₖ| = 2 (2k)! ζ(2k) / (2π)²ᵏ, by the ratio of neighbours.
  for (let m = 2; m <= last; m += 2) {
    if (m === 2) numbers[2] = 1 / 6;
    else {
      const zeta = (s: number): number => Array.from({ length: 60 }, (_x, i) => (i + 1) ** -s).reduceRight((p, q) => p + q, 0);
      factor *= -(((m - 1) * m) / (TAU * TAU)) * (m === 4 ? zeta(4) / (Math.PI ** 2 / 6) : zeta(m) / zeta(m - 2));
      numbers[m] = factor;
    }
  }
  return np.array(numbers);
}
