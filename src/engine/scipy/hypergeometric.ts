// scipy.special: confluent and Gauss's hypergeometric functions by their series, with the transformations that make them converge
// (Abramowitz and Stegun, chapters 13 and 15); derivatives with respect to every argument, as series of their own.
import type { Value } from "../core/value.ts";
import { whileLoop } from "../lax/control.ts";
import { type ArrayLike } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { digamma, gamma } from "./special.ts";
import { floats } from "./floats.ts";

const MOST = 250;
interface Sum {
  readonly sum: Value;
  readonly k: Value;
  readonly term: Value;
}
/** Σ term·weight(k) from k = 1 on, where `next` is the ratio of neighbouring terms; element by element until it no longer changes. */
function series(start: Value, first: Value, next: (k: Value) => Value, weight: (k: Value) => Value | null = () => null): Value {
  const eps = np.finfo(first.dtype).eps;
  const init: Sum = { sum: start, k: np.onesLike(first), term: first };
  const going = (s: Sum): Value => np.logicalAnd(np.any(np.abs(s.term).gt(np.abs(s.sum).mul(eps))), np.all(s.k.lt(MOST)));
  const step = (s: Sum): Sum => {
    const w = weight(s.k);
    return { sum: s.sum.add(w ? s.term.mul(w) : s.term), k: s.k.add(1), term: s.term.mul(next(s.k)) };
  };
  return (whileLoop(going as never, step as never, init as never) as unknown as Sum).sum;
}
const one = (x: Value): Value => np.onesLike(x);
const FAR = 100;

const confluent = customJvp((a: Value, b: Value, x: Value): Value => {
  const near = np.abs(x).lt(FAR);
  const z = np.where(near, x, 1).astype(x.dtype);
  const sum = series(one(x), a.div(b).mul(z), (k) => a.add(k).div(b.add(k)).mul(z).div(k.add(1)));
  const far = np.where(near, FAR, x).astype(x.dtype);
  const [p, q] = [b.sub(a), np.subtract(1, a)];
  const tail = series(one(x), p.mul(q).div(far), (k) => p.add(k).mul(q.add(k)).div(k.add(1)).div(far));
  const asymptotic = gamma(b)
    .div(gamma(a))
    .mul(np.exp(far))
    .mul(np.power(far, a.sub(b)))
    .mul(tail);
  const value = np.where(near, sum, asymptotic);
  const special = np.where(a.eq(0), 1, np.where(a.eq(b), np.exp(x), np.where(b.eq(0), Infinity, value)));
  return special.astype(x.dtype);
}).defjvp(([a, b, x]: [Value, Value, Value], [da, db, dx]: [Value, Value, Value]) => {
  const ratio = (k: Value): Value => a.add(k).div(b.add(k)).mul(x).div(k.add(1));
  const first = a.div(b).mul(x);
  const byA = series(np.zerosLike(x), first, ratio, (k) => digamma(a.add(k)).sub(digamma(a)));
  const byB = series(np.zerosLike(x), first, ratio, (k) => digamma(b).sub(digamma(b.add(k))));
  const byX = a.div(b).mul(confluent(a.add(1), b.add(1), x));
  return [confluent(a, b, x), o.add(o.add(o.mul(byA, da), o.mul(byB, db)), o.mul(byX, dx))];
});
/** Kummer's function ₁F₁(a; b; x).
 * @example scipy.special.hyp1f1(1, 2, 0.5) // 1.297 */
export function hyp1f1(a: ArrayLike, b: ArrayLike, x: ArrayLike): Value {
  const [p, q, z] = floats("hyp1f1", a, b, x) as [Value, Value, Value];
  return confluent(p, q, z) as Value;
}

const gaussSeries = (a: Value, b: Value, c: Value, x: Value): Value =>
  series(one(x), a.mul(b).div(c).mul(x), (k) => a.add(k).mul(b.add(k)).div(c.add(k)).div(k.add(1)).mul(x));
/** ₂F₁ for x < 1: near 1, where the series is slow, by the reflection x → 1 − x (15.3.6) unless c − a − b is whole; below −½ by x → x / (x − 1). */
function gaussInside(a: Value, b: Value, c: Value, x: Value): Value {
  const low = x.lt(-0.5);
  const z = np.where(low, x.div(x.sub(1)), x).astype(x.dtype);
  const second = np.where(low, c.sub(b), b).astype(x.dtype);
  const d = c.sub(a).sub(second);
  const whole = np.abs(d.sub(np.round(d))).lt(1e-3);
  const finite = (v: Value): Value => v.le(0).and(np.round(v).eq(v));
  const reflect = z
    .gt(0.9)
    .and(np.logicalNot(whole))
    .and(np.logicalNot(finite(a).or(finite(second))));
  const direct = gaussSeries(a, second, c, np.where(reflect, 0.5, z).astype(x.dtype));
  const rest = np.where(reflect, np.subtract(1, z), 0.5).astype(x.dtype);
  const d1 = np.where(reflect, d, 0.5).astype(x.dtype);
  const left = gamma(c)
    .mul(gamma(d1))
    .div(gamma(c.sub(a)).mul(gamma(c.sub(second))))
    .mul(gaussSeries(a, second, np.subtract(1, d1), rest));
  const right = np
    .power(rest, d1)
    .mul(
      gamma(c)
        .mul(gamma(np.negative(d1)))
        .div(gamma(a).mul(gamma(second))),
    )
    .mul(gaussSeries(c.sub(a), c.sub(second), d1.add(1), rest));
  const inside = np.where(reflect, left.add(right), direct);
  return np.where(low, np.power(np.subtract(1, x), np.negative(a)).mul(inside), inside);
}
const gauss = customJvp((a: Value, b: Value, c: Value, x: Value): Value => {
  const d = c.sub(a).sub(b);
  const s = np.subtract(1, x);
  const below = x.lt(1);
  const z = np.where(below, x, 0).astype(x.dtype);
  const pole = c.le(0).and(np.round(c).eq(c));
  const trivial = x.eq(0).or(a.eq(0).or(b.eq(0)).and(c.ne(0)));
  // Euler's transformation, where the series itself falls off too slowly.
  const euler = d.le(-1);
  const [a1, b1] = [np.where(euler, c.sub(a), a), np.where(euler, c.sub(b), b)];
  const series0 = gaussInside(a1.astype(x.dtype), b1.astype(x.dtype), np.where(pole, 1, c).astype(x.dtype), z);
  const value = np.where(euler, np.power(np.where(below, s, 1), d).mul(series0), series0);
  const atOne = gamma(c)
    .mul(gamma(d))
    .div(gamma(c.sub(a)).mul(gamma(c.sub(b))));
  const equalB = np.power(np.where(below, s, 1), np.negative(a));
  const equalA = np.power(np.where(below, s, 1), np.negative(b));
  const inside = np.where(b.eq(c), equalB, np.where(a.eq(c), equalA, value));
  const outside = np.where(x.eq(1).and(d.gt(0)), atOne, Infinity);
  return np.where(trivial, 1, np.where(pole, Infinity, np.where(below, inside, outside))).astype(x.dtype);
}).defjvp(([a, b, c, x]: [Value, Value, Value, Value], [da, db, dc, dx]: [Value, Value, Value, Value]) => {
  const ratio = (k: Value): Value => a.add(k).mul(b.add(k)).div(c.add(k)).div(k.add(1)).mul(x);
  const first = a.mul(b).div(c).mul(x);
  const by = (weight: (k: Value) => Value): Value => series(np.zerosLike(x), first, ratio, weight);
  const byA = by((k) => digamma(a.add(k)).sub(digamma(a)));
  const byB = by((k) => digamma(b.add(k)).sub(digamma(b)));
  const byC = by((k) => digamma(c).sub(digamma(c.add(k))));
  const byX = a
    .mul(b)
    .div(c)
    .mul(gauss(a.add(1), b.add(1), c.add(1), x));
  return [gauss(a, b, c, x), o.add(o.add(o.mul(byA, da), o.mul(byB, db)), o.add(o.mul(byC, dc), o.mul(byX, dx)))];
});
/** Gauss's function ₂F₁(a, b; c; x), for x ≤ 1.
 * @example scipy.special.hyp2f1(1, 2, 3, 0.5) // 1.545 */
export function hyp2f1(a: ArrayLike, b: ArrayLike, c: ArrayLike, x: ArrayLike): Value {
  const [p, q, r, z] = floats("hyp2f1", a, b, c, x) as [Value, Value, Value, Value];
  return gauss(p, q, r, z) as Value;
}
