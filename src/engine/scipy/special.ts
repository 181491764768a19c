// scipy.special: functions that have names of their own, on the engine's primitives.
// Sources of the approximations: Cephes (ndtri); Abramowitz and Stegun 7.1.23 (tails of the normal distribution).
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import * as nn from "../nn/index.ts";
import { type ArrayLike, asArray, castTo, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { jvp } from "../transforms/autodiff.ts";
import { customJvp } from "../transforms/custom.ts";
import type { CombOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import { floats } from "./floats.ts";
import { one, c, two, HALF_LOG_2PI } from "./real.ts";

/** The error function. Elementwise; integers give floats.
 * @example scipy.special.erf([0, 1]) // [0, 0.8427] */
export const erf = one("erf", lax.erf),
  /** The complement of the error function, 1 − erf(x), exact where that is small. Elementwise; integers give floats.
   * @example scipy.special.erfc([0, 1]) // [1, 0.1573] */
  erfc = one("erfc", lax.erfc),
  /** The inverse of the error function, on −1 … 1. Elementwise; integers give floats.
   * @example scipy.special.erfinv([0, 0.5]) // [0, 0.4769] */
  erfinv = one("erfinv", lax.erfInv),
  /** The logistic function, 1 / (1 + exp(−x)). Elementwise; integers give floats.
   * @example scipy.special.expit([0, 2]) // [0.5, 0.8808] */
  expit = one("expit", lax.logistic),
  /** The logarithm of |Γ(x)|. Elementwise; integers give floats.
   * @example scipy.special.gammaln([1, 5]) // [0, 3.178] */
  gammaln = one("gammaln", lax.lgamma),
  /** The logarithm of Γ(x); NaN for x ≤ 0, where it is complex. Elementwise; integers give floats.
   * @example scipy.special.loggamma([1, 5]) // [0, 3.178] */
  loggamma = one("loggamma", (x) => np.where(x.le(0), NaN, o.lgamma(x)).astype(x.dtype)),
  /** The derivative of the logarithm of Γ. Elementwise; integers give floats.
   * @example scipy.special.digamma([1, 5]) // [-0.5772, 1.506] */
  digamma = one("digamma", lax.digamma);
/** The modified Bessel function of order 0, times exp(−|x|). Elementwise; integers give floats.
 * @example scipy.special.i0e([0, 1]) // [1, 0.4658] */
export const i0e = one("i0e", lax.besselI0e),
  /** The modified Bessel function of order 1, times exp(−|x|). Elementwise; integers give floats.
   * @example scipy.special.i1e([0, 1]) // [0, 0.2079] */
  i1e = one("i1e", lax.besselI1e),
  /** The modified Bessel function of order 0. Elementwise; integers give floats.
   * @example scipy.special.i0([0, 1]) // [1, 1.266] */
  i0 = one("i0", (x) => o.mul(o.exp(o.abs(x)), o.besselI0e(x))),
  /** The modified Bessel function of order 1. Elementwise; integers give floats.
   * @example scipy.special.i1([0, 1]) // [0, 0.5652] */
  i1 = one("i1", (x) => o.mul(o.exp(o.abs(x)), o.besselI1e(x)));
/** The inverse of the logistic function, log(x / (1 − x)). Elementwise; integers give floats.
 * @example scipy.special.logit([0.5, 0.9]) // [0, 2.197] */
export const logit = one("logit", (x) => logitOf(x));
const logitOf = customJvp((x: Value): Value => o.log(o.div(x, o.sub(c(x, 1), x)))).defjvp(([x]: [Value], [t]: [Value]) => [
  logitOf(x),
  o.div(t, o.mul(x, o.sub(c(x, 1), x))),
]);
/** The sign of Γ(x).
 * @example scipy.special.gammasgn([1.5, -0.5]) // [1, -1] */
export const gammasgn = one("gammasgn", (x) => {
  const f = np.floor(x);
  const sign = np
    .where(
      x.lt(0),
      np.where(f.ne(x), np.where(np.remainder(f, 2).eq(0), c(x, 1), c(x, -1)), c(x, NaN)),
      np.where(np.signbit(x).and(x.eq(0)), c(x, -1), c(x, 1)),
    )
    .astype(x.dtype);
  return o.select(o.ne(x, x), o.filledLike(x.aval, NaN), sign);
});
/** The gamma function Γ(x). Elementwise; integers give floats.
 * @example scipy.special.gamma([1, 5]) // [1, 24] */
export const gamma = one("gamma", (x) => o.mul(gammasgn(x), o.exp(o.lgamma(x))));
/** n!, as Γ(n + 1); 0 for negative n. Elementwise; integers give floats.
 * @example scipy.special.factorial([3, 5]) // [6, 120] */
export const factorial = (n: ArrayLike, _q: object = {}): Value => {
  const [x] = floats("factorial", n) as [Value];
  return np.where(x.lt(0), 0, o.exp(o.lgamma(o.add(x, c(x, 1)))));
};
/** What Stirling's formula lacks: log Γ(z) − (z − ½) log z + z − ½ log 2π. Source: Abramowitz and Stegun 6.1.41. */
const stirlingRest = (z: Value): Value => {
  const i = o.div(c(z, 1), z),
    i2 = o.mul(i, i);
  return o.mul(i, polynomial(i2, [-1 / 1680, 1 / 1260, -1 / 360, 1 / 12]));
};
/** log B(a, b). Where an argument is large, the logarithms that nearly cancel are left out by Stirling's formula.
 * @example scipy.special.betaln(2, 3) // -2.485 */
export const betaln = two("betaln", (a, b) => {
  const plain = o.sub(o.add(o.lgamma(a), o.lgamma(b)), o.lgamma(o.add(a, b))),
    p = o.min(a, b),
    q = o.max(a, b),
    large = q.ge(10).and(p.gt(0)).and(np.isfinite(q)),
    q1 = o.select(large, q, o.filledLike(q.aval, 10)),
    p1 = o.select(large, p, o.filledLike(p.aval, 1)),
    sum = o.add(p1, q1),
    difference = o.add(
      o.sub(o.mul(o.sub(c(q1, 0.5), q1), o.log1p(o.div(p1, q1))), o.mul(p1, o.sub(o.log(sum), c(sum, 1)))),
      o.sub(stirlingRest(q1), stirlingRest(sum)),
    );
  return o.select(large, o.add(o.lgamma(p1), difference), plain);
});
/** The beta function Γ(a) Γ(b) / Γ(a + b). Elementwise; integers give floats.
 * @example scipy.special.beta(2, 3) // 0.08333 */
export const beta = two("beta", (a, b) => o.mul(o.mul(o.mul(gammasgn(a), gammasgn(b)), gammasgn(o.add(a, b))), o.exp(betaln(a, b))));
/** The regularized lower incomplete gamma function of a at x. Elementwise; integers give floats.
 * @example scipy.special.gammainc(2, 1) // 0.2642 */
export const gammainc = two("gammainc", o.igamma),
  /** The regularized upper incomplete gamma function of a at x. Elementwise; integers give floats.
   * @example scipy.special.gammaincc(2, 1) // 0.7358 */
  gammaincc = two("gammaincc", o.igammac);
/** The regularized incomplete beta function of a, b at x in 0 … 1.
 * @example scipy.special.betainc(2, 3, 0.5) // 0.6875 */
export function betainc(a: ArrayLike, b: ArrayLike, x: ArrayLike): Value {
  const [p, q, y] = floats("betainc", a, b, x) as [Value, Value, Value];
  return lax.betainc(p, q, y);
}
/** The nth derivative of the digamma function at x. Elementwise; integers give floats.
 * @example scipy.special.polygamma(1, 2) // 0.6449 */
export const polygamma = two("polygamma", o.polygamma);
/** ζ(s, q) by Euler and Maclaurin's formula: what the derivative in s is taken of. Source: Johansson, "Rigorous high-precision computation of the Hurwitz zeta function" (2014). */
function zetaSeries(s: Value, q: Value): Value {
  const N = 9,
    BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66],
    power = (b: Value): Value => o.pow(b, o.neg(s));
  let sum = power(q);
  for (let k = 1; k < N; k++) sum = o.add(sum, power(o.add(q, c(q, k))));
  const a = o.add(q, c(q, N)),
    ap = power(a);
  sum = o.add(sum, o.add(o.div(o.mul(ap, a), o.sub(s, c(s, 1))), o.mul(ap, c(s, 0.5))));
  let term = o.div(o.mul(ap, s), a),
    factorial = 2;
  BERNOULLI.forEach((B, j) => {
    sum = o.add(sum, o.mul(term, c(s, B / factorial)));
    const k = 2 * j + 1;
    term = o.div(o.mul(o.mul(term, o.add(s, c(s, k))), o.add(s, c(s, k + 1))), o.mul(a, a));
    factorial *= (2 * j + 3) * (2 * j + 4);
  });
  return sum;
}
const zetaOf = customJvp((s: Value, q: Value): Value => o.zeta(s, q)).defjvp(([s, q]: Value[], [ds, dq]: Value[]) => {
  const [, inS] = jvp((x: Value) => zetaSeries(x, q!), [s!], [ds!]) as [Value, Value];
  return [zetaOf(s!, q!), o.add(inS, o.mul(dq!, o.mul(o.neg(s!), zetaOf(o.add(s!, c(s!, 1)), q!))))];
});
/** Hurwitz's zeta function; Riemann's with q = 1.
 * @example scipy.special.zeta(2, 1) // 1.645 */
export const zeta = (x: ArrayLike, q: ArrayLike = 1): Value => {
  const [a, b] = floats("zeta", x, q) as [Value, Value];
  return zetaOf(a, b);
};
/** Γ(z + m) / Γ(z), the rising factorial. Elementwise; integers give floats.
 * @example scipy.special.poch(3, 2) // 12 */
export const poch = two("poch", (z, m) =>
  np.where(m.eq(0), 1, o.mul(o.mul(gammasgn(o.add(z, m)), gammasgn(z)), o.exp(o.sub(o.lgamma(o.add(z, m)), o.lgamma(z))))),
);
/** The logarithm of the multivariate gamma function of dimension d, an integer. Elementwise; integers give floats.
 * @example scipy.special.multigammaln(3, 2) // 1.55 */
export const multigammaln = (a: ArrayLike, d: ArrayLike): Value => {
  const [x] = floats("multigammaln", a) as [Value],
    n = typeof d === "number" ? d : Number(asArray(d).item());
  let s = o.full(x.shape, x.dtype, 0.25 * n * (n - 1) * Math.log(Math.PI));
  for (let i = 0; i < n; i++) s = o.add(s, o.lgamma(o.sub(x, c(x, i / 2))));
  return s;
};
/** How many ways there are to choose k of N, with `repetition` with replacement; a float.
 * @example scipy.special.comb(5, 2) // 10 */
export function comb(N: ArrayLike, k: ArrayLike, ...rest: Tail<[exact: boolean, repetition: boolean], CombOptions>): Value {
  const q = options<CombOptions>("comb", ["exact", "repetition"], rest),
    [n0, r] = floats("comb", N, k) as [Value, Value],
    n = q.repetition ? n0.add(r).sub(1) : n0,
    valid = r.le(n).and(n.ge(0)).and(r.ge(0));
  return np.where(valid, o.exp(o.sub(o.sub(o.lgamma(o.add(n, c(n, 1))), o.lgamma(o.add(r, c(r, 1)))), o.lgamma(o.add(o.sub(n, r), c(n, 1))))), 0);
}

// ---- products with logarithms that vanish at 0
const xlogyOf = customJvp((x: Value, y: Value): Value => {
  const zero = o.and(o.eq(x, c(x, 0)), o.eq(y, y));
  return o.select(zero, o.zerosLike(x.aval), o.mul(x, o.log(y)));
}).defjvp(([x, y]: Value[], [dx, dy]: Value[]) => [xlogyOf(x!, y!), o.add(o.mul(dx!, o.log(y!)), o.div(o.mul(dy!, x!), y!))]);
const xlog1pyOf = customJvp((x: Value, y: Value): Value => {
  const zero = o.and(o.eq(x, c(x, 0)), o.eq(y, y));
  return o.select(zero, o.zerosLike(x.aval), o.mul(x, o.log1p(y)));
}).defjvp(([x, y]: Value[], [dx, dy]: Value[]) => [xlog1pyOf(x!, y!), o.add(o.mul(dx!, o.log1p(y!)), o.div(o.mul(dy!, x!), o.add(y!, c(y!, 1))))]);
/** x log y, with 0 where x is 0. Elementwise; integers give floats.
 * @example scipy.special.xlogy([0, 2], [0, 3]) // [0, 2.197] */
export const xlogy = two("xlogy", (x, y) => xlogyOf(x, y)),
  /** x log(1 + y), with 0 where x is 0. Elementwise; integers give floats.
   * @example scipy.special.xlog1py([0, 2], [0, 3]) // [0, 2.773] */
  xlog1py = two("xlog1py", (x, y) => xlog1pyOf(x, y));
/** x log x, with 0 at 0; its derivative 1 + log x is −∞ there. */
const xlogxOf = customJvp((x: Value): Value => xlogyOf(x, x)).defjvp(([x]: [Value], [t]: [Value]) => [
  xlogxOf(x),
  o.mul(t, o.add(o.log(x), c(x, 1))),
]);
/** −x log x: 0 at 0, −∞ below. Elementwise; integers give floats.
 * @example scipy.special.entr([0, 0.5]) // [0, 0.3466] */
export const entr = one("entr", (x) => o.select(x.lt(0), o.filledLike(x.aval, -Infinity), o.neg(xlogxOf(x))));
/** x log(x / y): 0 where x is 0, ∞ outside of the domain. Elementwise; integers give floats.
 * @example scipy.special.relEntr([0.5], [0.25]) // [0.3466] */
export const relEntr = two("relEntr", (p, q) => {
  const both = p.gt(0).and(q.gt(0)),
    zero = p.eq(0).and(q.ge(0)),
    sp = np.where(both, p, 1),
    sq = np.where(both, q, 1);
  return np.where(both, o.sub(xlogxOf(sp), xlogyOf(sp, sq)), np.where(zero, 0, Infinity));
});
/** x log(x / y) − x + y, with `relEntr`'s edges. Elementwise; integers give floats.
 * @example scipy.special.klDiv([0.5], [0.25]) // [0.09657] */
export const klDiv = two("klDiv", (p, q) => relEntr(p, q).sub(p).add(q));
/** (xˡ − 1) / l, and log x where l is 0. Elementwise; integers give floats.
 * @example scipy.special.boxcox([1, 4], 0.5) // [0, 2] */
export const boxcox = two("boxcox", (x, l) => {
  const zero = l.eq(0),
    s = np.where(zero, 1, l);
  const l0 = np.log(x);
  return np.where(zero, l0, np.expm1(s.mul(l0)).div(s));
});
/** ((1 + x)ˡ − 1) / l, and log(1 + x) where l is 0. Elementwise; integers give floats.
 * @example scipy.special.boxcox1p([0, 3], 0.5) // [0, 2] */
export const boxcox1p = two("boxcox1p", (x, l) => {
  const zero = l.eq(0),
    s = np.where(zero, 1, l);
  const l0 = np.log1p(x);
  return np.where(zero, l0, np.expm1(s.mul(l0)).div(s));
});
/** exp(x) over its sum, along an axis, by default all.
 * @example scipy.special.softmax([1, 2, 3]) // [0.09003, 0.2447, 0.6652] */
export const softmax = (x: ArrayLike, q: { axis?: number | readonly number[] | null } = {}): Value =>
  nn.softmax(floats("softmax", x)[0]!, {
    axis: (q.axis === undefined || q.axis === null ? np.array(asArray(x)).shape.map((_n, i) => i) : q.axis) as never,
  });
/** The logarithm of `softmax`, along an axis, by default all.
 * @example scipy.special.logSoftmax([1, 2, 3]) // [-2.408, -1.408, -0.4076] */
export const logSoftmax = (x: ArrayLike, q: { axis?: number | readonly number[] | null } = {}): Value =>
  nn.logSoftmax(floats("logSoftmax", x)[0]!, {
    axis: (q.axis === undefined || q.axis === null ? np.array(asArray(x)).shape.map((_n, i) => i) : q.axis) as never,
  });
export const logsumexp = nn.logsumexp;

// ---- the normal distribution
/** Φ(x), from erfc on the side where it loses no digits.
 * @example scipy.special.ndtr([0, 1.96]) // [0.5, 0.975] */
export const ndtr = one("ndtr", (x) => {
  const w = o.mul(x, c(x, Math.SQRT1_2)),
    z = o.abs(w);
  return np.where(
    z.lt(Math.SQRT1_2),
    o.add(c(x, 0.5), o.mul(c(x, 0.5), o.erf(w))),
    np.where(w.gt(0), o.sub(c(x, 1), o.mul(c(x, 0.5), lax.erfc(z))), o.mul(c(x, 0.5), lax.erfc(z))),
  );
});
const polynomial = (x: Value, coefficients: readonly number[]): Value =>
  coefficients.slice(1).reduce((s, k) => o.add(o.mul(s, x), c(x, k)), c(x, coefficients[0]!));
const P0 = [-59.9633501014107895267, 98.0010754185999661536, -56.6762857469070293439, 13.9312609387279679503, -1.23916583867381258016],
  Q0 = [
    1, 1.95448858338141759834, 4.67627912898881538453, 86.3602421390890590575, -225.462687854119370527, 200.260212380060660359,
    -82.0372256168333339912, 15.9056225126211695515, -1.18331621121330003142,
  ];
const P1 = [
    4.05544892305962419923, 31.5251094599893866154, 57.1628192246421288162, 44.08050738932008347, 14.6849561928858024014, 2.18663306850790267539,
    -0.140256079171354495875, -0.0350424626827848203418, -8.57456785154685413611e-4,
  ],
  Q1 = [
    1, 15.7799883256466749731, 45.3907635128879210584, 41.317203825467203044, 15.0425385692907503408, 2.50464946208309415979,
    -0.142182922854787788574, -0.0380806407691578277194, -9.33259480895457427372e-4,
  ];
const P2 = [
    3.2377489177694603597, 6.91522889068984211695, 3.93881025292474443415, 1.33303460815807542389, 0.201485389549179081538, 0.0123716634817820021358,
    3.01581553508235416007e-4, 2.65806974686737550832e-6, 6.2397453918498329373e-9,
  ],
  Q2 = [
    1, 6.02427039364742014255, 3.67983563856160859403, 1.37702099489081330271, 0.21623699359449663589, 0.0134204006088543189037,
    3.28014464682127739104e-4, 2.89247864745380683936e-6, 6.79019408009981274425e-9,
  ];
const ndtriOf = customJvp((p: Value): Value => {
  const high = p.gt(1 - Math.exp(-2)),
    q = np.where(high, np.subtract(1, p), p),
    centre = q.gt(Math.exp(-2)),
    y = o.sub(q, c(p, 0.5)),
    y2 = o.mul(y, y),
    middle = o.mul(o.add(y, o.mul(y, o.mul(y2, o.div(polynomial(y2, P0), polynomial(y2, Q0))))), c(p, Math.sqrt(2 * Math.PI)));
  const safe = np.where(q.le(0), 0.5, q),
    z = o.sqrt(o.mul(c(p, -2), o.log(safe))),
    first = o.sub(z, o.div(o.log(z), z)),
    inverse = o.div(c(p, 1), z),
    near = o.div(o.mul(inverse, polynomial(inverse, P1)), polynomial(inverse, Q1)),
    distant = o.div(o.mul(inverse, polynomial(inverse, P2)), polynomial(inverse, Q2)),
    tail = o.sub(first, np.where(z.lt(8), near, distant)),
    signed = np.where(high, tail, tail.neg());
  return np
    .where(p.lt(0).or(p.gt(1)), NaN, np.where(p.eq(0), -Infinity, np.where(p.eq(1), Infinity, np.where(centre.and(high.not()), middle, signed))))
    .astype(p.dtype);
}).defjvp(([p]: [Value], [t]: [Value]) => {
  const x = ndtriOf(p);
  // At the ends, where the quantile is infinite, JAX has no slope.
  const slope = o.exp(o.add(o.mul(c(x, 0.5), o.mul(x, x)), c(x, HALF_LOG_2PI)));
  return [x, o.mul(t, np.where(o.abs(x).eq(Infinity), 0, slope).astype(t.dtype))];
});
/** The inverse of `ndtr`: the quantile of the standard normal distribution. Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.ndtri([0.5, 0.975]) // [0, 1.96] */
export const ndtri = one("ndtri", (p) => ndtriOf(p));
/** log Φ(x), by its asymptotic series far to the left. */
const logNdtrOf = customJvp((x: Value): Value => {
  const lower = x.dtype === "float64" ? -20 : -10,
    upper = x.dtype === "float64" ? 8 : 5,
    low = np.minimum(x, lower),
    mid = np.clip(x, lower, upper),
    x2 = o.mul(low, low);
  let series = c(x, 1),
    term = c(x, 1);
  for (let k = 1; k <= 3; k++) {
    term = o.mul(term, o.div(c(x, -(2 * k - 1)), x2));
    series = o.add(series, term);
  }
  const left = o.sub(o.sub(o.mul(c(x, -0.5), x2), o.add(o.log(o.neg(low)), c(x, HALF_LOG_2PI))), o.neg(o.log(series)));
  return np.where(x.gt(upper), ndtr(x.neg()).neg(), np.where(x.gt(lower), o.log(ndtr(mid)), left)).astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => {
  const y = logNdtrOf(x);
  return [y, o.mul(t, o.exp(o.sub(o.sub(o.mul(c(x, -0.5), o.mul(x, x)), y), c(x, HALF_LOG_2PI))))];
});
/** The logarithm of `ndtr`, exact in the tails. Elementwise; integers give floats.
 * @example scipy.special.logNdtr([0, -10]) // [-0.6931, -53.23] */
export const logNdtr = (x: ArrayLike, _q: object = {}): Value => logNdtrOf(floats("logNdtr", x)[0]!);
/** e^(x²) erfc(x), by its asymptotic series where erfc underflows.
 * @example scipy.special.erfcx([0, 10]) // [1, 0.05614] */
export const erfcx = one("erfcx", (x) => erfcxOf(x));
const erfcxOf = customJvp((x: Value): Value => {
  const big = x.gt(8),
    y = np.where(big, 1, x),
    z = np.where(big, x, 9),
    i2 = o.div(c(x, 1), o.mul(c(x, 2), o.mul(z, z)));
  let series = c(x, 1),
    term = c(x, 1);
  for (let k = 1; k <= 5; k++) {
    term = o.mul(o.mul(term, c(x, -(2 * k - 1))), i2);
    series = o.add(series, term);
  }
  return np.where(big, o.div(series, o.mul(z, c(x, Math.sqrt(Math.PI)))), o.mul(o.exp(o.mul(y, y)), lax.erfc(y)));
}).defjvp(([x]: [Value], [t]: [Value]) => {
  const y = erfcxOf(x);
  return [y, o.mul(t, o.sub(o.mul(o.mul(c(x, 2), x), y), c(x, 2 / Math.sqrt(Math.PI))))];
});

/** Spence's function Li₂(1 − x), by Bernoulli numbers in log x and two reflections. Source: Lewin, "Polylogarithms and associated functions" (1981). */
const spenceOf = customJvp((x: Value): Value => {
  const inverted = x.gt(1.5),
    z = np.where(inverted, np.divide(1, np.where(inverted, x, 2)), x),
    // 1/x may still be small, where the reflection follows.
    low = z.lt(0.5),
    y = np.where(low, np.subtract(1, z), z),
    u = o.neg(o.log(y)),
    u2 = o.mul(u, u),
    odd = polynomial(u2, [-1 / 10886400, 1 / 211680, -1 / 3600, 1 / 36, 1]),
    core = o.sub(o.mul(u, odd), o.mul(c(u, 0.25), u2)),
    lz = o.log(np.where(low, np.maximum(z, 1e-38), 1)),
    lx = o.log(np.where(inverted, x, 1));
  const reflected = np.where(z.eq(0), Math.PI ** 2 / 6, np.subtract(Math.PI ** 2 / 6, core).sub(lz.mul(o.log(y)))),
    value = np.where(low, reflected, core),
    turned = o.sub(o.mul(c(x, -0.5), o.mul(lx, lx)), castTo(value, x.dtype));
  return np.where(np.logicalOr(x.lt(0), x.eq(Infinity)), NaN, np.where(inverted, turned, value)).astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => {
  const at1 = x.eq(1),
    d = np.where(at1, -1, o.log(x).div(np.subtract(1, np.where(at1, 0, x))));
  // Off the domain the value is a constant NaN, whose derivative JAX takes to be 0.
  return [spenceOf(x), o.mul(t, np.where(x.lt(0), 0, d).astype(x.dtype))];
});
/** The dilogarithm in Spence's form, ∫₁ˣ log t / (1 − t) dt. Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.spence([1, 2]) // [0, -0.8225] */
export const spence = one("spence", (x) => spenceOf(x));
