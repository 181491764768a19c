// scipy.fft: discrete cosine transforms of type II and their inverses, through real Fourier transforms.
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, axisOf, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import type { DctOptions, DctnOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

const along = (v: Value, axis: number, x: Value): Value => o.broadcastInDim(v, x.shape, [axis]);
/** Even positions forwards, then odd ones backwards (Makhoul's order). */
const interleave = (x: Value, axis: number): Value => {
  const n = x.shape[axis]!,
    even = o.sliceInDim(x, axis, 0, n, 2),
    odd = n > 1 ? o.rev(o.sliceInDim(x, axis, 1, n, 2), [axis]) : null;
  return odd ? o.concatenate([even, odd], axis) : even;
};
function deinterleave(x: Value, axis: number): Value {
  const n = x.shape[axis]!,
    order = Array.from({ length: n }, (_v, i) => (i % 2 === 0 ? i / 2 : n - 1 - (i - 1) / 2));
  return np.take(x, np.array(order, { dtype: "int32" }), { axis });
}
function dct1(x: Value, axis: number, norm: string | null): Value {
  const n = x.shape[axis]!,
    k = np.arange(n).astype(x.dtype),
    spectrum = np.fft.fft(interleave(x, axis), { axis }),
    turn = np.exp(np.multiply(k, o.lit(spectrum.dtype, [0, -Math.PI / (2 * n)])));
  let r = np.real(o.mul(spectrum, along(o.convert(turn, spectrum.dtype), axis, spectrum))).mul(2);
  if (norm === "ortho") r = r.mul(along(scaleOf(n, x), axis, x));
  return r;
}
const scaleOf = (n: number, x: Value): Value =>
  np.array(Array.from({ length: n }, (_v, i) => (i === 0 ? Math.sqrt(1 / (4 * n)) : Math.sqrt(1 / (2 * n))))).astype(x.dtype);
function idct1(x0: Value, axis: number, norm: string | null): Value {
  const n = x0.shape[axis]!,
    x = norm === "ortho" ? x0.div(along(scaleOf(n, x0), axis, x0)) : x0;
  // The spectrum's real part is given; its imaginary part is the same read backwards.
  const back = o.pad(
      o.rev(o.sliceInDim(x, axis, 1, n), [axis]),
      o.like(x, 0),
      x.shape.map((_m, i) => [i === axis ? 1 : 0, 0, 0] as const),
    ),
    k = np.arange(n).astype(x.dtype),
    c = o.complex(x, o.neg(back)),
    turn = np.exp(np.multiply(k, o.lit(c.dtype, [0, Math.PI / (2 * n)])));
  return deinterleave(np.real(np.fft.ifft(o.mul(c, along(o.convert(turn, c.dtype), axis, c)), { axis })).div(2), axis);
}
/** There are no complex numbers of half types, nor of integers. */
const widened = (v: Value): Value =>
  v.dtype.includes("int") || v.dtype === "bool" || v.dtype === "float16" || v.dtype === "bfloat16" ? v.astype("float32") : v;
const line =
  (fn: string, f: typeof dct1) =>
  (x: ArrayLike, ...rest: Tail<[type: number, n: number | null, axis: number, norm: string | null], DctOptions>): Value => {
    const q = options<DctOptions>(fn, ["type", "n", "axis", "norm"], rest),
      v0 = asArray(x, fn),
      v = widened(v0);
    if ((q.type ?? 2) !== 2) throw new ShapeError(`${fn}: type ${q.type} is not there; only type 2 (and its inverse) is, as in JAX`);
    const axis = axisOf(fn, q.axis ?? -1, v.ndim);
    return f(q.n ? o.resizeAxis(v, axis, q.n) : v, axis, q.norm ?? null);
  };
const nd =
  (fn: string, f: typeof dct1) =>
  (
    x: ArrayLike,
    ...rest: Tail<[type: number, s: readonly number[] | null, axes: readonly number[] | null, norm: string | null], DctnOptions>
  ): Value => {
    const q = options<DctnOptions>(fn, ["type", "s", "axes", "norm"], rest),
      v = widened(asArray(x, fn)),
      axes = (q.axes ?? (q.s ? q.s.map((_n, i) => v.ndim - q.s!.length + i) : v.shape.map((_n, i) => i))).map((a) => axisOf(fn, a, v.ndim));
    return axes.reduce((y, a, i) => f(q.s ? o.resizeAxis(y, a, q.s[i]!) : y, a, q.norm ?? null), v);
  };
/** The discrete cosine transform along an axis, by default the last. `type` is 2; `norm` null or "ortho".
 * @example np.round(scipy.fft.dct([1, 2, 3]), { decimals: 3 }) // [12, -3.464, 0] */
export const dct = line("dct", dct1),
  /** The inverse of `dct`.
   * @example scipy.fft.idct([12, 0, 0]) // [2, 2, 2] */
  idct = line("idct", idct1),
  /** The discrete cosine transform along several axes, by default all. `type` is 2; `norm` null or "ortho".
   * @example scipy.fft.dctn([[1, 2], [3, 4]]) // [[40, -5.657], [-11.31, 0]] */
  dctn = nd("dctn", dct1),
  /** The inverse of `dctn`.
   * @example scipy.fft.idctn([[4, 0], [0, 0]]) // [[0.25, 0.25], [0.25, 0.25]] */
  idctn = nd("idctn", idct1);
