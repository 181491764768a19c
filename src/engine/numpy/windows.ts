// Windows: weights that fade to the ends of an interval, and the Bessel function that one of them is made of.
import { canonicalize } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { type ArrayLike, asArray, castTo, promoteInexact } from "./convert.ts";

const cosines = (n: number, f: (i: Value) => Value): Value =>
  n <= 1 ? o.full([Math.max(0, n)], canonicalize("float64"), 1) : f(o.iota(canonicalize("float64"), [n], 0));
const wave = (i: Value, n: number, k: number): Value => o.cos(o.mul(i, o.like(i, (2 * Math.PI * k) / (n - 1))));
/** The Hann window of n points.
 * @example np.hanning(5) // [0, 0.5, 1, 0.5, 0] */
export const hanning = (n: number): Value => cosines(n, (i) => wave(i, n, 1).mul(-0.5).add(0.5));
/** The Hamming window of n points.
 * @example np.hamming(3) // [0.08, 1, 0.08] */
export const hamming = (n: number): Value => cosines(n, (i) => wave(i, n, 1).mul(-0.46).add(0.54));
/** The Blackman window of n points.
 * @example np.round(np.blackman(5), { decimals: 2 }) // [0, 0.34, 1, 0.34, 0] */
export const blackman = (n: number): Value =>
  cosines(n, (i) =>
    wave(i, n, 1)
      .mul(-0.5)
      .add(0.42)
      .add(wave(i, n, 2).mul(0.08)),
  );
/** The triangular window of n points.
 * @example np.bartlett(5) // [0, 0.5, 1, 0.5, 0] */
export const bartlett = (n: number): Value =>
  cosines(n, (i) =>
    i
      .mul(2)
      .add(1 - n)
      .abs()
      .mul(-1 / (n - 1))
      .add(1),
  );
const scaledBessel = (x: Value, e: Value): Value => o.mul(o.exp(o.abs(x)), e);
const i0Of = customJvp((x: Value): Value => scaledBessel(x, o.besselI0e(x))).defjvp(([x]: [Value], [t]: [Value]) => [i0Of(x), o.mul(t, i1Of(x))]);
const i1Of = customJvp((x: Value): Value => scaledBessel(x, o.besselI1e(x))).defjvp(([x]: [Value], [t]: [Value]) => {
  const zero = o.eq(x, o.like(x, 0)),
    over = o.div(i1Of(x), o.select(zero, o.full(x.shape, x.dtype, 1), x));
  return [i1Of(x), o.mul(t, o.sub(i0Of(x), o.select(zero, o.full(x.shape, x.dtype, 0.5), over)))];
});
/** The modified Bessel function I₀; its derivative is I₁.
 * @example np.i0([0, 1]) // [1, 1.266] */
export const i0 = (x: ArrayLike): Value => i0Of(promoteInexact("i0", [x])[0]!);
/** The Kaiser window of n points; beta is its form.
 * @example np.kaiser(3, 2) // [0.4387, 1, 0.4387] */
export const kaiser = (n: number, beta: ArrayLike): Value =>
  cosines(n, (i) => {
    const b = castTo(asArray(beta), i.dtype),
      a = (n - 1) / 2,
      r = i.sub(a).div(a);
    return i0(b.mul(o.sqrt(r.mul(r).neg().add(1)))).div(i0(b));
  });
