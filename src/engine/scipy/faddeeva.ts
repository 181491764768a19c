// The Faddeeva function of complex arguments, by Weideman's rational series in a Möbius transform of the upper half plane.
// Source: Weideman, "Computation of the complex error function" (1994).
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";

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
export const faddeeva = customJvp(function wofz(z: Value): Value {
  const low = np.imag(z).lt(0),
    w = upper(o.select(low, o.neg(z), z)),
    // Above the axis the power is not taken, and must not be infinite.
    power = o.exp(o.neg(o.square(o.select(low, z, o.zerosLike(z.aval)))));
  return o.select(low, o.sub(o.mul(o.like(z, 2), power), w), w);
}).defjvp(([z]: [Value], [t]: [Value]) => {
  const w = faddeeva(z);
  return [w, o.mul(t, o.sub(o.lit(z.dtype, [0, 2 / Math.sqrt(Math.PI)]), o.mul(o.mul(o.like(z, 2), z), w)))];
});
