// Fourier transforms in lanes, against the plain routine in double precision: every way that a length can take, along every axis, of both types.
import { describe, expect, test } from "vitest";
import * as jl from "../../../index.ts";
import { type DType, viewOf } from "../../../core/dtypes.ts";
import type { Value } from "../../../core/value.ts";
import { type Tensor, routine } from "../registry.ts";

const np = jl.numpy;
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const tensor = (shape: readonly number[], dtype: DType): Tensor => {
  const reals = size(shape) * (dtype.startsWith("complex") ? 2 : 1);
  return { type: { shape, dtype }, data: viewOf(dtype, new ArrayBuffer(reals * 8), 0, size(shape)) };
};
function noise(t: Tensor): Tensor {
  let s = 1;
  for (let i = 0; i < t.data.length; i++) t.data[i] = ((s = (Math.imul(s, 1664525) + 1013904223) | 0) / 2 ** 31) as never;
  return t;
}
type Kind = "FFT" | "IFFT" | "RFFT" | "IRFFT";
/** The largest difference in parts of the largest element, of a transform of the last axes. */
function error(kind: Kind, shape: readonly number[], lengths: readonly number[], double = false): number {
  const real = double ? "float64" : "float32";
  const complex = double ? "complex128" : "complex64";
  const x = noise(tensor(shape, kind === "RFFT" ? real : complex));
  const n = lengths.at(-1) ?? 1;
  const last = kind === "RFFT" ? Math.floor(n / 2) + 1 : n;
  const out: Tensor = tensor([...shape.slice(0, -1), last], kind === "IRFFT" ? real : complex);
  const wide: Tensor = {
    type: { ...out.type, dtype: kind === "IRFFT" ? "float64" : "complex128" },
    data: viewOf(kind === "IRFFT" ? "float64" : "complex128", new ArrayBuffer(size(out.type.shape) * 16), 0, size(out.type.shape)),
  };
  routine("fft")({ ins: [x], outs: [wide], params: { fftType: kind, fftLengths: lengths } });
  const array = np.array(x.data as Float32Array, { dtype: real });
  const flat = kind === "RFFT" ? array.reshape([...shape]) : np.array(x.data as Float32Array, { dtype: real }).reshape([...shape, 2]);
  const given = kind === "RFFT" ? flat : jl.lax.complex(flat.get("...", 0), flat.get("...", 1));
  const got = jl.lax.fft(given as Value, kind, lengths) as Value;
  const numbers = got.dataSync() as unknown as Float64Array;
  let [apart, largest] = [0, 0];
  const want = wide.data as Float64Array;
  for (let i = 0; i < want.length; i++) {
    apart = Math.max(apart, Math.abs(numbers[i]! - want[i]!));
    largest = Math.max(largest, Math.abs(want[i]!));
  }
  expect(numbers.length).toBe(want.length);
  return apart / largest;
}
/** Rounding of a float32 transform grows with the logarithm of its length. */
const SINGLE = 8e-7;
const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 25, 27, 60, 97, 128, 300, 1000, 4096, 5000, 10007];

describe("every length", () => {
  test.each(LENGTHS)("%i", (n) => {
    expect(error("FFT", [n], [n])).toBeLessThan(SINGLE);
    expect(error("IFFT", [3, n], [n])).toBeLessThan(SINGLE);
    expect(error("RFFT", [2, n], [n])).toBeLessThan(SINGLE);
    expect(error("IRFFT", [2, Math.floor(n / 2) + 1], [n])).toBeLessThan(SINGLE);
  });
});
test("many lines, also more than are worked on at a time", () => {
  expect(error("FFT", [37, 48], [48])).toBeLessThan(SINGLE);
  expect(error("IFFT", [20, 512], [512])).toBeLessThan(SINGLE);
  expect(error("FFT", [35, 7], [7])).toBeLessThan(SINGLE);
  expect(error("FFT", [5, 4096], [4096])).toBeLessThan(SINGLE);
});
test("several axes", () => {
  expect(error("FFT", [12, 20], [12, 20])).toBeLessThan(SINGLE);
  expect(error("IFFT", [3, 5, 7, 18], [5, 7, 18])).toBeLessThan(SINGLE);
  expect(error("RFFT", [6, 10, 15], [10, 15])).toBeLessThan(SINGLE);
  expect(error("IRFFT", [6, 10, 8], [10, 15])).toBeLessThan(SINGLE);
  expect(error("FFT", [300, 5], [300, 5])).toBeLessThan(SINGLE);
});
test("a long line", () => {
  expect(error("FFT", [2 ** 16], [2 ** 16])).toBeLessThan(SINGLE);
  expect(error("IFFT", [3 * 2 ** 14 + 0], [3 * 2 ** 14])).toBeLessThan(SINGLE);
});
test("double precision", () =>
  jl.enableX64(() => {
    for (const n of [1, 2, 7, 12, 100, 256, 1000, 1009, 8192]) {
      expect(error("FFT", [n], [n], true)).toBeLessThan(2e-15);
      expect(error("IFFT", [5, n], [n], true)).toBeLessThan(2e-15);
      expect(error("RFFT", [2, n], [n], true)).toBeLessThan(2e-15);
      expect(error("IRFFT", [2, Math.floor(n / 2) + 1], [n], true)).toBeLessThan(2e-15);
    }
  }));
