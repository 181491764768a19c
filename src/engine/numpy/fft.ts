// numpy.fft: discrete Fourier transforms over chosen axes, with NumPy's lengths and norms.
import { canonicalize, complexOf, dtypeOf, inexactOf, isComplex, realPart } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import type { FftKind } from "../primitives/fourier.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, castTo, options, promoteInexact } from "./convert.ts";
import { roll } from "./manipulation.ts";
import type { Norm } from "./options.ts";
import type { FftOptions, FftfreqOptions, FftnOptions, FftshiftOptions } from "./linalgOptions.ts";
import type { Tail } from "../core/signature.ts";

const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);
function scaleFor(fn: string, norm: Norm | undefined, inverse: boolean, n: number): number {
  if (norm !== null && norm !== undefined && !["backward", "ortho", "forward"].includes(norm))
    throw new TypeError(`${fn}: the norm is "${norm}", expected "backward", "ortho" or "forward"`);
  if (norm === "ortho") return inverse ? Math.sqrt(n) : 1 / Math.sqrt(n);
  return norm === "forward" ? (inverse ? n : 1 / n) : 1;
}
function transform(fn: string, kind: FftKind, x: ArrayLike, q: FftnOptions): Value {
  const [v0] = promoteInexact(fn, [asArray(x, fn)]),
    real = kind === "RFFT",
    v = castTo(v0!, real ? v0!.dtype : complexOf(v0!.dtype)),
    axes = (q.axes ?? (q.s ? q.s.map((_n, i) => v.ndim - q.s!.length + i) : v.shape.map((_n, i) => i))).map((a) => axisOf(fn, a, v.ndim));
  if (real && isComplex(v.dtype)) throw new TypeError(`${fn}: the operand is ${v.aval}, expected a real one; take x.real first`);
  if (new Set(axes).size !== axes.length) throw new ShapeError(`${fn}: the axes (${axes.join(", ")}) name one axis twice`);
  const lengths = q.s ? [...q.s] : axes.map((a, i) => (kind === "IRFFT" && i === axes.length - 1 ? 2 * (v.shape[a]! - 1) : v.shape[a]!));
  // An axis without elements has an empty transform, and so has the inverse of a real one's single frequency; only a length that the caller gives must be positive.
  if (!q.s && !real && axes.some((a, i) => v.shape[a] === 0 || lengths[i]! <= 0)) {
    const shape = v.shape.map((n, a) => (axes.includes(a) ? Math.max(0, lengths[axes.indexOf(a)]!) : n));
    if (shape.includes(0)) return o.full(shape, kind === "IRFFT" ? realPart(v.dtype) : v.dtype, 0);
  }
  if (lengths.some((n) => n < 1)) throw new ShapeError(`${fn}: the lengths are [${lengths.join()}], expected at least 1 along each axis`);
  let y = v;
  axes.forEach((a, i) => {
    const n = lengths[i]!;
    y = o.resizeAxis(y, a, kind === "IRFFT" && i === axes.length - 1 ? Math.floor(n / 2) + 1 : n);
  });
  const order = [...v.shape.map((_n, i) => i).filter((i) => !axes.includes(i)), ...axes],
    back = order.map((_x, i) => order.indexOf(i));
  // More than three axes are transformed a few at a time, the last (which a real transform halves) at the right end.
  let t = o.transpose(y, order);
  const k = axes.length,
    run = (z: Value, kd: FftKind, n: readonly number[]): Value => o.callAll("fft", [z], { fftType: kd, fftLengths: n })[0]!;
  if (k > 0) t = run(t, kind, lengths);
  const scale = scaleFor(fn, q.norm, kind === "IFFT" || kind === "IRFFT", product(lengths)),
    r = o.transpose(t, back);
  return scale === 1 ? r : o.mul(r, o.like(r, scale));
}
const line =
  (fn: string, kind: FftKind) =>
  (x: ArrayLike, ...rest: Tail<[n: number | null, axis: number, norm: Norm], FftOptions>): Value => {
    const q = options<FftOptions>(fn, ["n", "axis", "norm"], rest);
    return transform(fn, kind, x, { axes: [q.axis ?? -1], s: q.n === undefined || q.n === null ? null : [q.n], norm: q.norm ?? null });
  };
const nd =
  (fn: string, kind: FftKind, axes: readonly number[] | null) =>
  (x: ArrayLike, ...rest: Tail<[s: readonly number[] | null, axes: readonly number[] | null, norm: Norm], FftnOptions>): Value => {
    const q = options<FftnOptions>(fn, ["s", "axes", "norm"], rest);
    return transform(fn, kind, x, { s: q.s ?? null, axes: q.axes ?? axes, norm: q.norm ?? null });
  };
/** The discrete Fourier transform along an axis; complex.
 * @example np.fft.fft([1, 2, 3, 4]) // [10+0i, -2+2i, -2+0i, -2-2i] */
export const fft = line("fft", "FFT");
/** The inverse of fft.
 * @example np.fft.ifft([4, 0, 0, 0]) // [1+0i, 1+0i, 1+0i, 1+0i] */
export const ifft = line("ifft", "IFFT");
/** The transform of real signals: the n/2 + 1 frequencies that are not redundant.
 * @example np.fft.rfft([1, 2, 3, 4]) // [10+0i, -2+2i, -2+0i] */
export const rfft = line("rfft", "RFFT");
/** The inverse of rfft: real.
 * @example np.fft.irfft([4, 0, 0]) // [1, 1, 1, 1] */
export const irfft = line("irfft", "IRFFT");
/** The transform along two axes, by default the last ones.
 * @example np.fft.fft2([[1, 2], [3, 4]]) // [[10+0i, -2+0i], [-4+0i, 0+0i]] */
export const fft2 = nd("fft2", "FFT", [-2, -1]);
/** The inverse of fft2.
 * @example np.fft.ifft2([[4, 0], [0, 0]]) // [[1+0i, 1+0i], [1+0i, 1+0i]] */
export const ifft2 = nd("ifft2", "IFFT", [-2, -1]);
/** fft2 of real signals; the last axis is halved.
 * @example np.fft.rfft2([[1, 2], [3, 4]]) // [[10+0i, -2+0i], [-4+0i, 0+0i]] */
export const rfft2 = nd("rfft2", "RFFT", [-2, -1]);
/** The inverse of rfft2: real.
 * @example np.fft.irfft2([[4, 0], [0, 0]]) // [[1, 1], [1, 1]] */
export const irfft2 = nd("irfft2", "IRFFT", [-2, -1]);
/** The transform along several axes, by default all.
 * @example np.fft.fftn([[1, 2], [3, 4]]) // [[10+0i, -2+0i], [-4+0i, 0+0i]] */
export const fftn = nd("fftn", "FFT", null);
/** The inverse of fftn.
 * @example np.fft.ifftn([[4, 0], [0, 0]]) // [[1+0i, 1+0i], [1+0i, 1+0i]] */
export const ifftn = nd("ifftn", "IFFT", null);
/** fftn of real signals; the last axis is halved.
 * @example np.fft.rfftn([[1, 2], [3, 4]]) // [[10+0i, -2+0i], [-4+0i, 0+0i]] */
export const rfftn = nd("rfftn", "RFFT", null);
/** The inverse of rfftn: real.
 * @example np.fft.irfftn([[4, 0], [0, 0]]) // [[1, 1], [1, 1]] */
export const irfftn = nd("irfftn", "IRFFT", null);
const swapped = (n: Norm | undefined): Norm => (n === "forward" ? "backward" : n === "ortho" ? "ortho" : "forward");
/** The transform of a signal with Hermitian symmetry: a real spectrum.
 * @example np.fft.hfft([1, 2, 1]) // [6, 0, -2, 0] */
export function hfft(x: ArrayLike, ...rest: Tail<[n: number | null, axis: number, norm: Norm], FftOptions>): Value {
  const q = options<FftOptions>("hfft", ["n", "axis", "norm"], rest),
    v = asArray(x, "hfft"),
    n = q.n ?? null;
  return irfft(o.conj(v), { n, axis: q.axis ?? -1, norm: swapped(q.norm) });
}
/** The inverse of hfft.
 * @example np.fft.ihfft([1, 2, 3, 4]) // [2.5+0i, -0.5-0.5i, -0.5+0i] */
export function ihfft(x: ArrayLike, ...rest: Tail<[n: number | null, axis: number, norm: Norm], FftOptions>): Value {
  const q = options<FftOptions>("ihfft", ["n", "axis", "norm"], rest);
  return o.conj(rfft(x, { n: q.n ?? null, axis: q.axis ?? -1, norm: swapped(q.norm) }));
}
const shifted =
  (fn: string, by: (n: number) => number) =>
  (x: ArrayLike, ...rest: Tail<[axes: number | readonly number[] | null], FftshiftOptions>): Value => {
    const q = options<FftshiftOptions>(fn, ["axes"], rest),
      v = asArray(x, fn),
      axes = (q.axes === undefined || q.axes === null ? v.shape.map((_n, i) => i) : [q.axes].flat()).map((a) => axisOf(fn, a as number, v.ndim));
    return axes.reduce((y, a) => roll(y, by(v.shape[a]!), a) as Value, v);
  };
/** Moves frequency 0 to the middle of the axes.
 * @example np.fft.fftshift([0, 1, 2, 3]) // [2, 3, 0, 1] */
export const fftshift = shifted("fftshift", (n) => Math.floor(n / 2));
/** The inverse of fftshift.
 * @example np.fft.ifftshift([2, 3, 0, 1]) // [0, 1, 2, 3] */
export const ifftshift = shifted("ifftshift", (n) => -Math.floor(n / 2));
const grid = (from: number, to: number): Value => o.add(o.iota("int32", [to - from], 0), o.lit("int32", from));
/** The frequencies of fft's n results, for samples at distance d.
 * @example np.fft.fftfreq(4) // [0, 0.25, -0.5, -0.25] */
export function fftfreq(n: number, ...rest: Tail<[d: number], FftfreqOptions>): Value {
  const q = options<FftfreqOptions>("fftfreq", ["d"], rest),
    h = Math.ceil(n / 2),
    d = canonicalize("float64"),
    k = o.concatenate([grid(0, h), grid(h - n, 0)], 0),
    f = o.convert(k, d);
  return castTo(o.div(f, o.like(f, n * (q.d ?? 1))), q.dtype ? dtypeOf(q.dtype) : d);
}
/** The frequencies of rfft's n/2 + 1 results, for samples at distance d; a dtype of integers gives floats, as in JAX.
 * @example np.fft.rfftfreq(4) // [0, 0.25, 0.5] */
export function rfftfreq(n: number, ...rest: Tail<[d: number], FftfreqOptions>): Value {
  const q = options<FftfreqOptions>("rfftfreq", ["d"], rest),
    f = o.convert(grid(0, Math.floor(n / 2) + 1), canonicalize("float64"));
  return castTo(o.div(f, o.like(f, n * (q.d ?? 1))), q.dtype ? inexactOf(dtypeOf(q.dtype)) : f.dtype);
}
