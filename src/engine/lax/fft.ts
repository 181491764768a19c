// lax.fft: the transform over the last axes, by kind.
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo } from "../numpy/convert.ts";
import { complexOf } from "../core/dtypes.ts";
import type { FftKind } from "../primitives/fourier.ts";
import * as o from "../primitives/ops.ts";

export const FftType = { FFT: "FFT", IFFT: "IFFT", RFFT: "RFFT", IRFFT: "IRFFT" } as const;
/** The discrete Fourier transform over the last axes. `fftType`: "fft", "ifft", "rfft" or "irfft".
 * @example lax.fft(lax.complex([1, 2, 3, 4], [0, 0, 0, 0]), "fft", [4]) // [10+0i, -2+2i, -2+0i, -2-2i] */
export function fft(x: ArrayLike, fftType: string, fftLengths: readonly number[] | number): Value {
  const kind = fftType.toUpperCase() as FftKind,
    v = asArray(x, "lax.fft");
  if (!(kind in FftType)) throw new TypeError(`lax.fft: the type is "${fftType}", expected "fft", "ifft", "rfft" or "irfft"`);
  return o.callAll("fft", [kind === "RFFT" ? v : castTo(v, complexOf(v.dtype))], { fftType: kind, fftLengths: [fftLengths].flat() })[0]!;
}
