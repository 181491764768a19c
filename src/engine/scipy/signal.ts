// scipy.signal: convolution and correlation of any rank, directly or by Fourier transforms; detrending.
import { isComplex } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import { type ArrayLike, asArray, axisOf, oneOf, options, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import type { Convolve2dOptions, ConvolveOptions, DetrendOptions, FftconvolveOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

const pair = (fn: string, a: ArrayLike, b: ArrayLike): [Value, Value] => {
  const [x, y] = promoteInexact(fn, [asArray(a, fn), asArray(b, fn)]) as [Value, Value];
  if (x.ndim !== y.ndim) throw new ShapeError(`${fn}: the operands are ${x.aval} and ${y.aval}; they must have equally many axes`);
  return [x, y];
};
/** The part of a full convolution that a mode keeps, along some axes. */
function crop(fn: string, full: Value, n: readonly number[], k: readonly number[], mode: string, axes: readonly number[]): Value {
  if (!["full", "same", "valid"].includes(mode)) throw new ShapeError(`${fn}: the mode is "${mode}", expected "full", "same" or "valid"`);
  if (mode === "full") return full;
  return axes.reduce((v, a) => {
    const start = mode === "same" ? Math.floor((k[a]! - 1) / 2) : Math.min(n[a]!, k[a]!) - 1,
      size = mode === "same" ? n[a]! : Math.max(n[a]!, k[a]!) - Math.min(n[a]!, k[a]!) + 1;
    return o.sliceInDim(v, a, start, start + size);
  }, full);
}
function fullConvolution(x: Value, y: Value): Value {
  const lift = (v: Value): Value => o.reshape(v, [1, 1, ...v.shape]),
    pads = y.shape.map((k) => [k - 1, k - 1] as const);
  return o.squeeze(
    lax.convGeneralDilated(
      lift(x),
      lift(
        o.rev(
          y,
          y.shape.map((_n, i) => i),
        ),
      ),
      y.shape.map(() => 1),
      pads,
    ),
    [0, 1],
  );
}
/** Zeros lie outside, and nothing else can. */
function refuseBoundary(fn: string, q: Convolve2dOptions): void {
  if (q.boundary !== undefined) oneOf(fn, "boundary", q.boundary, ["fill"]);
  if (q.fillvalue !== undefined && q.fillvalue !== 0)
    throw new TypeError(`${fn}: fillvalue is ${String(q.fillvalue)}, expected 0, the only one there`);
}
const all = (v: Value): number[] => v.shape.map((_n, i) => i);
type Convolving<O> = (a: ArrayLike, b: ArrayLike, ...rest: Tail<[mode: string], O>) => Value;
function convolving<O extends ConvolveOptions | Convolve2dOptions>(fn: string, correlate: boolean): Convolving<O> {
  return (a, b, ...rest) => {
    const q = options<ConvolveOptions & Convolve2dOptions>(fn, ["mode", fn === "convolve2d" ? "boundary" : "method", "fillvalue"], rest);
    refuseBoundary(fn, q);
    oneOf(fn, "method", q.method ?? "auto", ["auto", "direct", "fft"]);
    const [x, y0] = pair(fn, a, b),
      y = correlate ? o.conj(o.rev(y0, all(y0))) : y0;
    return crop(fn, fullConvolution(x, y), x.shape, y.shape, q.mode ?? "full", all(x));
  };
}
/** The convolution of two arrays of equal rank. `mode` is "full" (the default), "same" or "valid".
 * @example scipy.signal.convolve([1, 2, 3], [1, 1]) // [1, 3, 5, 3] */
export const convolve = convolving<ConvolveOptions>("convolve", false),
  /** The cross-correlation of two arrays of equal rank. `mode` is "full" (the default), "same" or "valid".
   * @example scipy.signal.correlate([1, 2, 3], [0, 1]) // [1, 2, 3, 0] */
  correlate = convolving<ConvolveOptions>("correlate", true),
  /** The convolution of two matrices. `mode` is "full" (the default), "same" or "valid".
   * @example scipy.signal.convolve2d([[1, 2], [3, 4]], [[1, 1]], { mode: "valid" }) // [[3], [7]] */
  convolve2d = convolving<Convolve2dOptions>("convolve2d", false);
/** Like `correlate` for matrices; in mode "same" the centre is SciPy's.
 * @example scipy.signal.correlate2d([[1, 2], [3, 4]], [[1]]) // [[1, 2], [3, 4]] */
export function correlate2d(
  a: ArrayLike,
  b: ArrayLike,
  ...rest: Tail<[mode: string, boundary: string, fillvalue: number], Convolve2dOptions>
): Value {
  const q = options<Convolve2dOptions>("correlate2d", ["mode", "boundary", "fillvalue"], rest),
    [x, y0] = pair("correlate2d", a, b);
  refuseBoundary("correlate2d", q);
  const y = o.conj(o.rev(y0, all(y0))),
    full = fullConvolution(x, y);
  if ((q.mode ?? "full") !== "same") return crop("correlate2d", full, x.shape, y.shape, q.mode ?? "full", all(x));
  return all(x).reduce((v, i) => {
    const start = Math.ceil((y.shape[i]! - 1) / 2);
    return o.sliceInDim(v, i, start, start + x.shape[i]!);
  }, full);
}
/** The convolution of two arrays by Fourier transforms, along `axes`, by default all. `mode` is "full" (the default), "same" or "valid".
 * @example np.round(scipy.signal.fftconvolve([1, 2, 3], [1, 1]), { decimals: 3 }) // [1, 3, 5, 3] */
export function fftconvolve(
  a: ArrayLike,
  b: ArrayLike,
  ...rest: Tail<[mode: string, axes: number | readonly number[] | null], FftconvolveOptions>
): Value {
  const q = options<FftconvolveOptions>("fftconvolve", ["mode", "axes"], rest),
    [x, y] = pair("fftconvolve", a, b),
    axes = q.axes === undefined || q.axes === null ? all(x) : [q.axes].flat().map((i) => axisOf("fftconvolve", i as number, x.ndim)),
    s = axes.map((i) => x.shape[i]! + y.shape[i]! - 1);
  if (x.size === 0 || y.size === 0) return o.full([0], x.dtype, 0);
  const complex = isComplex(x.dtype),
    full = complex
      ? np.fft.ifftn(np.multiply(np.fft.fftn(x, { s, axes }), np.fft.fftn(y, { s, axes })), { s, axes })
      : np.fft.irfftn(np.multiply(np.fft.rfftn(x, { s, axes }), np.fft.rfftn(y, { s, axes })), { s, axes });
  return crop("fftconvolve", full.astype(x.dtype), x.shape, y.shape, q.mode ?? "full", axes);
}
/** Takes a constant, or a straight line between break points, out of the data.
 * @example np.round(scipy.signal.detrend([1, 2, 4]), { decimals: 3 }) // [0.167, -0.333, 0.167] */
export function detrend(data: ArrayLike, ...rest: Tail<[axis: number, type: string, bp: number | readonly number[]], DetrendOptions>): Value {
  const q = options<DetrendOptions>("detrend", ["axis", "type", "bp"], rest),
    [v] = promoteInexact("detrend", [asArray(data)]) as [Value],
    axis = axisOf("detrend", q.axis ?? -1, v.ndim),
    n = v.shape[axis]!;
  oneOf("detrend", "type", q.type ?? "linear", ["linear", "constant"]);
  if (q.type === "constant") return v.sub(np.mean(v, { axis, keepdims: true }));
  const x = o.moveaxis(v, axis, 0),
    breaks = [...new Set([0, ...([q.bp ?? 0].flat() as number[]), n])].sort((p, r) => p - r),
    parts = breaks.slice(0, -1).map((from, i) => {
      const to = breaks[i + 1]!,
        m = to - from,
        part = o.sliceInDim(x, 0, from, to),
        t = np
          .arange(1, m + 1)
          .astype(v.dtype)
          .div(m),
        A = np.stack([t, np.ones([m], { dtype: v.dtype })], { axis: 1 }),
        flat = part.reshape([m, -1]),
        [coefficients] = np.linalg.lstsq(A, flat);
      return flat.sub(A.matmul(coefficients!)).reshape(part.shape);
    });
  return o.moveaxis(np.concatenate(parts), 0, axis);
}
