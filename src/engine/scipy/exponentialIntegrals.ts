// Integrals of exponentials, sines and cosines over the argument.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { floats } from "./floats.ts";
import { c, one } from "./real.ts";

/** Sine and cosine integral: by series near 0, else by E₁ on the imaginary axis. */
const sineIntegral = customJvp((x: Value): Value =>
  np.where(o.abs(x).le(2), siSeries(x), np.sign(x).mul(np.imag(onImaginaryAxis(x)).add(Math.PI / 2))).astype(x.dtype),
).defjvp(([x]: [Value], [t]: [Value]) => [sineIntegral(x), o.mul(t, np.sinc(x.div(Math.PI)))]);
const cosineIntegral = customJvp((x: Value): Value => {
  const a = o.abs(x),
    s = np.minimum(a, 2),
    x2 = o.mul(s, s),
    sum = series(
      o.mul(c(x, -0.5), x2),
      (t, k) => o.mul(t, o.div(o.neg(x2), c(x2, 2 * k * (2 * k - 1)))),
      (t, k) => o.div(t, c(t, 2 * k)),
      12,
    );
  return np.where(a.le(2), o.add(o.add(c(x, EULER), o.log(s)), sum), np.real(onImaginaryAxis(x)).neg()).astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => [cosineIntegral(x), o.mul(t, o.div(o.cos(x), x))]);
const siSeries = (x: Value): Value => {
  const s = np.clip(x, -2, 2),
    x2 = o.mul(s, s);
  return series(
    s,
    (t, k) => o.mul(t, o.div(o.neg(x2), c(x2, (2 * k - 1) * (2 * k - 2)))),
    (t, k) => o.div(t, c(t, 2 * k - 1)),
    12,
  );
};
/** E₁(i |x|) for |x| above 2. */
function onImaginaryAxis(x: Value): Value {
  const z = lax.complex(o.zerosLike(x.aval), np.maximum(o.abs(x), 2));
  return o.div(o.exp(o.neg(z)), exponentialFraction(z, 60));
}
/** The sine and cosine integrals, `[Si(x), Ci(x)]`. Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.sici([1]) // [[0.9461], [0.3374]] */
export const sici = (x: ArrayLike): [Value, Value] => {
  const [v] = floats("sici", x) as [Value];
  return [sineIntegral(v), cosineIntegral(v)];
};
// ---- integrals. Each derivative is elementary and given by a rule, so that the approximations are not differentiated.

export const EULER = 0.5772156649015329;
/** Sum of terms that follow from one another. */
export function series(first: Value, next: (term: Value, k: number) => Value, value: (term: Value, k: number) => Value, terms: number): Value {
  let term = first,
    sum = value(term, 1);
  for (let k = 2; k <= terms; k++) {
    term = next(term, k);
    sum = o.add(sum, value(term, k));
  }
  return sum;
}
/** x + 1/(1 + 1/(x + 2/(1 + 2/(x + …)))): e^(−x) over this is E₁(x). Source: Abramowitz and Stegun 5.1.22. */
export function exponentialFraction(x: Value, depth: number): Value {
  const one1 = o.filledLike(x.aval, 1);
  let f = x;
  for (let k = depth; k >= 1; k--) f = o.add(x, o.div(o.filledLike(x.aval, k), o.add(one1, o.div(o.filledLike(x.aval, k), f))));
  return f;
}
const exp1Of = customJvp((x: Value): Value => {
  const small = x.le(1),
    s = np.where(small, x, 1),
    l = np.where(small, 1, x),
    sum = series(
      s.neg(),
      (t, k) => o.mul(t, o.div(s.neg(), c(s, k))),
      (t, k) => o.div(t, c(t, k)),
      16,
    );
  return np
    .where(x.lt(0), NaN, np.where(small, o.sub(o.sub(c(x, -EULER), o.log(s)), sum), o.div(o.exp(l.neg()), exponentialFraction(l, 40))))
    .astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => [exp1Of(x), o.neg(o.mul(t, o.div(o.exp(o.neg(x)), x)))]);
/** The exponential integral E₁(x). Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.exp1([1, 2]) // [0.2194, 0.0489] */
export const exp1 = one("exp1", (x) => exp1Of(x));
const ASYMPTOTIC_FROM = 24;
const expiOf = customJvp((x: Value): Value => {
  const negative = x.lt(0),
    large = x.gt(ASYMPTOTIC_FROM),
    s = np.clip(x, 1e-30, ASYMPTOTIC_FROM),
    l = np.where(large, x, ASYMPTOTIC_FROM),
    sum = series(
      s,
      (t, k) => o.mul(t, o.div(s, c(s, k))),
      (t, k) => o.div(t, c(t, k)),
      90,
    ),
    tail = series(
      o.filledLike(l.aval, 1),
      (t, k) => o.mul(t, o.div(o.filledLike(l.aval, k - 1), l)),
      (t) => t,
      12,
    );
  const positive = np.where(large, o.mul(o.div(o.exp(l), l), tail), o.add(o.add(c(x, EULER), o.log(s)), sum));
  // As in JAX: no value at 0, where it is −∞, nor at infinities.
  const none = o.abs(x).eq(Infinity).or(x.eq(0));
  return np.where(none, NaN, np.where(negative, exp1Of(np.where(negative, x.neg(), 1)).neg(), positive)).astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => [expiOf(x), o.mul(t, o.div(o.exp(x), x))]);
/** The exponential integral Ei(x). Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.expi([1, 2]) // [1.895, 4.954] */
export const expi = one("expi", (x) => expiOf(x));
