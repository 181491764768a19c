// The discrete Fourier transform over the last axes, in its four kinds.
import { ShapedArray } from "../core/aval.ts";
import { complexOf, isComplex, isFloat, realPart } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { type Linear, type Primitive, Zero, definePrimitive, isZero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { linearJvp } from "./define.ts";
import * as o from "./ops.ts";

export type FftKind = "FFT" | "IFFT" | "RFFT" | "IRFFT";
export interface FftParams {
  readonly fftType: FftKind;
  readonly fftLengths: readonly number[];
}
const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

export const fft: Primitive<FftParams> = definePrimitive<FftParams>({
  name: "fft",
  multipleResults: false,
  abstract: ([x], { fftType, fftLengths }) => {
    const k = fftLengths.length,
      real = fftType === "RFFT";
    if (real ? !isFloat(x!.dtype) : !isComplex(x!.dtype))
      throw new DTypeError(`fft: ${fftType} takes a ${real ? "real" : "complex"} operand, got ${x}; convert it with astype`);
    if (x!.ndim < k) throw new ShapeError(`fft: ${fftType} over ${k} axes of ${x}, which has ${x!.ndim}`);
    const own = x!.shape.slice(x!.ndim - k),
      expected = fftType === "IRFFT" ? [...fftLengths.slice(0, -1), Math.floor(fftLengths.at(-1)! / 2) + 1] : [...fftLengths];
    if (own.join() !== expected.join())
      throw new ShapeError(`fft: ${fftType} of lengths [${fftLengths.join()}] takes last axes [${expected.join()}], got ${x}`);
    const tail = real ? [...fftLengths.slice(0, -1), Math.floor(fftLengths.at(-1)! / 2) + 1] : fftLengths;
    return [
      new ShapedArray([...x!.shape.slice(0, x!.ndim - k), ...tail], real ? complexOf(x!.dtype) : fftType === "IRFFT" ? realPart(x!.dtype) : x!.dtype),
    ];
  },
  jvp: linearJvp(() => fft),
  transpose: ([ct], [x], p) => [isZero(ct) ? new Zero((x as Linear).aval) : TRANSPOSES[p.fftType](ct as Value, p.fftLengths)],
  batch: ([x], [d], p) => [[bind1(fft, [o.moveaxis(x!, d!, 0)], p)], [0]],
  lower: (g, [x], p, [out]) => g.library("fft", [x!], { ...p }, [{ shape: out!.shape, dtype: out!.dtype }]),
  printParams: ({ fftType }) => ({ fftType: `FftType.${fftType}` }),
});
const run = (x: Value, fftType: FftKind, fftLengths: readonly number[]): Value => bind1(fft, [x], { fftType, fftLengths });
/** The matrices of FFT and IFFT are symmetric; RFFT drops half of FFT, IRFFT reads it twice. */
const TRANSPOSES: Readonly<Record<FftKind, (ct: Value, lengths: readonly number[]) => Value>> = {
  FFT: (ct, n) => run(ct, "FFT", n),
  IFFT: (ct, n) => run(ct, "IFFT", n),
  RFFT: (ct, n) => {
    const missing = n.at(-1)! - ct.shape.at(-1)!;
    return o.real(
      run(
        o.pad(
          ct,
          o.like(ct, 0),
          ct.shape.map((_m, i) => [0, i === ct.ndim - 1 ? missing : 0, 0] as const),
        ),
        "FFT",
        n,
      ),
    );
  },
  IRFFT: (ct, n) => {
    const x = run(ct, "RFFT", n),
      last = x.ndim - 1,
      odd = n.at(-1)! % 2,
      k = o.iota("int32", x.shape, last),
      edge = o.or(o.eq(k, o.lit("int32", 0)), odd ? o.lit("bool", false) : o.eq(k, o.lit("int32", x.shape[last]! - 1)));
    const scale = 1 / product(n),
      weight = o.select(edge, o.full(x.shape, x.dtype, scale), o.full(x.shape, x.dtype, 2 * scale));
    return o.conj(o.mul(weight, x));
  },
};
