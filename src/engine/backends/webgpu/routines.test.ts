// Routines of the library as the GPU carries them out, beside what the CPU gives.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { compile } from "../programs.ts";
import { gpu, missing } from "../../../../test/unit/onGpu.ts";

const np = jl.numpy;
const put = <T>(x: T): T => jl.devicePut(x, gpu);
const random = (seed: number, shape: number[]): Value => jl.random.normal(jl.random.key(seed), shape);

/** Results on the GPU, on which no step is left to the CPU, and on the CPU. */
function both(f: (...xs: Value[]) => Value | readonly Value[], ...args: Value[]): [got: Value, want: Value][] {
  const g = jl.jit((...xs: Value[]) => [f(...xs)].flat() as Value[]);
  const there = args.map((a) => put(a));
  const got = g(...there);
  expect([...(compile(g.trace(...there).jaxpr, undefined, gpu).loaded.onHost ?? new Map()).values()]).toEqual([]);
  return g(...args).map((want, i) => [got[i]!, want]);
}
describe.skipIf(missing !== null)("routines on the GPU", () => {
  const edges = np.array([3, NaN, -0, 0, -Infinity, 7, Infinity, -0, NaN, 0, -2.5, 3, 1e-3, -1e30]);
  const SORTS: Readonly<Record<string, readonly [(...xs: Value[]) => Value | Value[], ...Value[]]>> = {
    "short rows, several in a work group": [(x) => np.sort(x), random(0, [40, 9])],
    "along an axis that lies across memory": [(x) => [np.sort(x, { axis: 0 }), np.argsort(x, { axis: 1 })], random(1, [9, 5, 6])],
    "one element": [(x) => np.sort(x), random(1, [3, 1])],
    "infinities, NaN and both zeros": [(x) => [np.sort(x), np.argsort(x)], edges],
    "more than a work group holds": [(x) => [np.sort(x), np.argsort(x)], np.round(random(2, [2, 2500]).mul(10))],
    "integers of both signs": [
      (x) => [np.sort(x), np.sort(x.astype("uint32")), np.argsort(x.astype("int8"))],
      np.array([5, -3, 2 ** 31 - 1, -(2 ** 31), 0, -3, 127, 128]),
    ],
    "booleans and half types": [(x) => [np.argsort(x.gt(0)), np.sort(x.astype("float16")), np.sort(x.astype("bfloat16"))], edges],
    "several keys and what follows them": [
      (x, y, z) => jl.lax.sort([x, y, z], { dimension: 0, numKeys: 2 }) as Value[],
      np.array([1, 0, 1, 0, 1]),
      np.array([2.5, 1, 2.5, 7, -1]),
      np.array([0, 1, 2, 3, 4], "int8"),
    ],
    "complex numbers": [(x) => [np.real(np.sort(jl.lax.complex(np.round(x), x))), np.imag(np.sort(jl.lax.complex(np.round(x), x)))], random(3, [70])],
    "the largest": [(x) => jl.lax.topK(x, 3), random(4, [6, 20])],
    "the largest, NaN first": [(x) => jl.lax.topK(x, 6), edges],
    "the largest of many": [(x) => jl.lax.topK(x, 5), np.round(random(5, [2000]).mul(3))],
  };
  test.each(Object.keys(SORTS))("sorts: %s", (name) => {
    const [f, ...args] = SORTS[name]!;
    for (const [got, want] of both(f, ...args)) {
      expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
      expect(got.astype("float32").flatten().tolist()).toEqual(want.astype("float32").flatten().tolist());
    }
  });
  const FFTS: Readonly<Record<string, readonly [(x: Value) => Value, ...number[]]>> = {
    "a power of two": [(x) => np.fft.fft(x), 4, 1024],
    "a power of two, back": [(x) => np.fft.ifft(x), 2, 2048],
    "small factors": [(x) => np.fft.fft(x), 6, 840],
    "large factors": [(x) => np.fft.fft(x), 3, 1411],
    "large factors, back": [(x) => np.fft.ifft(x), 7, 606],
    "of real numbers": [(x) => np.fft.rfft(np.real(x)), 5, 1000],
    "to real numbers": [(x) => np.fft.irfft(x), 5, 513],
    "to real numbers, of an odd length": [(x) => np.fft.irfft(x, 1001), 5, 501],
    "two axes": [(x) => np.fft.fft2(x), 2, 48, 60],
    "two axes of real numbers": [(x) => np.fft.rfft2(np.real(x)), 60, 75],
    "two axes to real numbers": [(x) => np.fft.irfft2(x), 60, 75],
    "an axis across memory": [(x) => np.fft.fft(x, { axis: 0 } as never), 512, 9],
  };
  test.each(Object.keys(FFTS))("transforms: %s", (name) => {
    const [f, ...shape] = FFTS[name]!;
    const x = jl.lax.complex(random(0, shape), random(1, shape));
    const parts = (v: Value): Value[] => [np.real(v), np.imag(v)];
    const [re, im] = both((y) => (f(y).dtype === "complex64" ? parts(f(y)) : [f(y), f(y)]), x);
    for (const [got, want] of [re!, im!]) {
      expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
      const size = np.abs(want).max().item() as number;
      expect((np.abs(jl.devicePut(got, "cpu").sub(want)).max().item() as number) / size).toBeLessThan(3e-6);
    }
  });
  const la = jl.lax.linalg;
  const n = 132;
  const square = random(8, [n, n]);
  const triangular = square.div(n).add(np.eye(n).mul(2));
  // The second one is not positive definite, and has no factor.
  const symmetric = np.stack([np.matmul(square, square.T).div(n).add(np.eye(n)), np.diag(np.where(np.arange(n).eq(70), -1, 1)).astype("float32")]);
  const LINEAR: Readonly<Record<string, readonly [(...xs: Value[]) => Value | readonly Value[], ...Value[]]>> = {
    "Cholesky's factor": [(a) => np.nanToNum(la.cholesky(a, { symmetrizeInput: false }), { nan: 5 }), symmetric],
    "a lower system": [(a, b) => la.triangularSolve(a, b, { leftSide: true, lower: true }), triangular, random(9, [n, 70])],
    "an upper system from the right": [(a, b) => la.triangularSolve(a, b, { lower: false, unitDiagonal: true }), triangular, random(10, [70, n])],
    "LU with exchanges": [(a) => la.lu(a), random(11, [140, n])],
  };
  // A driver in software takes seconds for each shader whose threads wait for one another.
  test.each(Object.keys(LINEAR))("linear algebra: %s", { timeout: 300_000 }, (name) => {
    const [f, ...args] = LINEAR[name]!;
    for (const [got, want] of both(f, ...args)) {
      expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
      const apart = np
        .abs(jl.devicePut(got, "cpu").astype("float32").sub(want.astype("float32")))
        .max()
        .item() as number;
      expect(apart).toBeLessThan(want.dtype === "int32" ? 1 : 1e-3);
    }
  });
});
