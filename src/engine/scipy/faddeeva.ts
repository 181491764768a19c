// scipy.special: Dawson's integral, and the Faddeeva function; of complex arguments by Weideman's rational series in a Möbius transform of the upper half plane.
// Source: Weideman, "Computation of the complex error function" (1994).
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import { castTo } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { c, one } from "./real.ts";

/** Terms of the series: 12 digits. */
const TERMS = 32;
/** The width for which the coefficients fall fastest. */
const WIDTH = Math.sqrt(TERMS / Math.SQRT2);
let series: readonly number[] | null = null;
/** Coefficients of the series, the lowest power first: a cosine transform of e^(−t²) (L² + t²) at t = L tan(θ/2). */
function coefficients(): readonly number[] {
  const half = 2 * TERMS,
    angles = Array.from({ length: 2 * half - 1 }, (_x, i) => ((i - half + 1) * Math.PI) / half),
    values = angles.map((a) => {
      const t = WIDTH * Math.tan(a / 2);
      return Math.exp(-t * t) * (WIDTH * WIDTH + t * t);
    });
  return Array.from({ length: TERMS }, (_x, n) => values.reduce((sum, f, i) => sum + f * Math.cos((n + 1) * angles[i]!), 0) / (2 * half));
}
/** In the upper half plane, where the transform is at most 1 in size. */
function upper(z: Value): Value {
  series ??= coefficients();
  const iz = o.mul(o.lit(z.dtype, [0, 1]), z),
    width = o.like(z, WIDTH),
    below = o.div(o.like(z, 1), o.sub(width, iz)),
    turned = o.mul(o.add(width, iz), below);
  const sum = series.reduceRight((p, a) => o.add(o.mul(p, turned), o.like(z, a)), o.zerosLike(z.aval));
  return o.mul(o.add(o.mul(o.mul(o.like(z, 2), sum), below), o.like(z, 1 / Math.sqrt(Math.PI))), below);
}
/** e^(−z²) erfc(−iz) of complex z; below the real axis by w(z) = 2 e^(−z²) − w(−z). Its derivative is 2i/√π − 2 z w. */
const faddeeva = customJvp(function wofz(z: Value): Value {
  const low = np.imag(z).lt(0),
    w = upper(o.select(low, o.neg(z), z)),
    // Above the axis the power is not taken, and must not be infinite.
    power = o.exp(o.neg(o.square(o.select(low, z, o.zerosLike(z.aval)))));
  return o.select(low, o.sub(o.mul(o.like(z, 2), power), w), w);
}).defjvp(([z]: [Value], [t]: [Value]) => {
  const w = faddeeva(z);
  return [w, o.mul(t, o.sub(o.lit(z.dtype, [0, 2 / Math.sqrt(Math.PI)]), o.mul(o.mul(o.like(z, 2), z), w)))];
});
/** Between 1 and 5, for types of few digits: up to which |x|, the middle of the interval, and a polynomial of the distance from it. Least squares fits of our own. */
const DAWSON = [
  [2, 1.5, [5.0714011e-3, -3.456102e-3, -2.0878272e-2, 4.3073568e-2, 9.1891093e-3, -0.14266664, 0.19096082, -1.1279152e-3, -0.28474724, 0.42824906]],
  [3, 2.5, [-2.3507404e-4, 3.135026e-3, -7.0129153e-3, 5.4552467e-3, 7.4684117e-3, -3.2163005e-2, 6.546282e-2, -0.11541854, 0.22308372]],
  [
    5,
    4,
    [-1.0474253e-6, 1.3314431e-5, -4.8821272e-5, 1.2399553e-4, -3.2235001e-4, 9.290647e-4, -2.9122576e-3, 9.7881835e-3, -3.4784004e-2, 0.12934799],
  ],
] as const;
function dawsonByFits(x: Value): Value {
  const size = o.abs(x);
  const value = DAWSON.map(([end, middle, coefficients]) => {
    const t = o.sub(size, c(x, middle));
    return [end, coefficients.slice(1).reduce((sum, k) => o.add(o.mul(sum, t), c(x, k)), o.filledLike(x.aval, coefficients[0]))] as const;
  }).reduceRight<Value | null>((rest, [end, fit]) => (rest === null ? fit : o.select(size.lt(end), fit, rest)), null)!;
  return np.copysign(value, x);
}
/** Sums of Gaussians. Source: Rybicki, "Dawson's integral and the sampling theorem" (1989). */
function dawsonBySums(x: Value): Value {
  const h = 0.2,
    n0 = np.round(x.div(2 * h)).mul(2),
    rest = x.sub(n0.mul(h));
  let sum = o.zerosLike(x.aval);
  for (let n = -27; n <= 27; n += 2) sum = o.add(sum, o.div(o.exp(o.neg(np.square(rest.sub(n * h)))), n0.add(n)));
  return sum.div(Math.sqrt(Math.PI));
}
/** Dawson's integral e^(−x²) ∫ e^(t²) dt. */
const dawsnOf = customJvp((x: Value): Value => {
  const isWide = x.dtype === "float64",
    [near, distant] = isWide ? [0.7, 10] : [1, 5];
  const small = o.abs(x).lt(near),
    x2 = o.square(o.select(small, x, o.zerosLike(x.aval)));
  // x Σ (−2x²)ᵏ / (2k + 1)!!: near 0 sums of Gaussians lose digits, since they nearly cancel.
  const one = c(x, 1);
  let taylor = one;
  for (let k = 14; k >= 1; k--) taylor = o.sub(one, o.mul(o.mul(c(x, 2 / (2 * k + 1)), x2), taylor));
  // Far out Σ (2k − 1)!! / (2x²)ᵏ / 2x.
  const large = o.abs(x).ge(distant),
    inverse = o.div(c(x, 0.5), o.square(o.select(large, x, o.filledLike(x.aval, distant))));
  let tail = one;
  for (let k = isWide ? 12 : 8; k >= 1; k--) tail = o.add(one, o.mul(o.mul(c(x, 2 * k - 1), inverse), tail));
  const far = o.div(tail, o.mul(c(x, 2), o.select(large, x, o.filledLike(x.aval, distant)))),
    middle = isWide ? dawsonBySums(x) : dawsonByFits(x);
  return np.where(o.abs(x).eq(Infinity), 0, np.where(small, o.mul(x, taylor), np.where(large, far, middle))).astype(x.dtype);
}).defjvp(([x]: [Value], [t]: [Value]) => {
  const d = dawsnOf(x);
  return [d, o.mul(t, o.sub(c(x, 1), o.mul(o.mul(c(x, 2), x), d)))];
});
/** Dawson's integral. Source: Cephes. Elementwise; integers give floats.
 * @example scipy.special.dawsn([0, 1]) // [0, 0.5381] */
export const dawsn = one("dawsn", (x) => dawsnOf(x));
/** The Faddeeva function e^(−z²) erfc(−iz) of real or complex arguments; complex.
 * @example scipy.special.wofz([0, 1]) // [1+0i, 0.3679+0.6072i] */
export const wofz = one("wofz", (x) => {
  if (x.dtype.startsWith("complex")) return faddeeva(x);
  // Complex numbers have no half types: the parts are computed as float32. At infinities JAX has no value.
  const v = x.dtype === "float64" ? x : castTo(x, "float32");
  const none = o.abs(v).eq(Infinity);
  const part = (p: Value): Value => np.where(none, NaN, p).astype(v.dtype);
  return lax.complex(part(o.exp(o.neg(o.mul(v, v)))), part(dawsnOf(v).mul(2 / Math.sqrt(Math.PI))));
});
