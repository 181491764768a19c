// Masks, initial values and dtypes of reductions that random cases beside real JAX (0.10.2) met; the values are JAX's.
import { expect, test } from "vitest";
import { lax, numpy as np, scipy } from "../index.ts";

test("an initial value is what nanmin and nanmax of nothing give", () => {
  expect(np.nanmin(np.zeros([2, 0]), { axis: 1, initial: 0.5 }).tolist()).toEqual([0.5, 0.5]);
  expect(np.nanmax(np.array([NaN, NaN]), { initial: -3 }).item()).toBe(-3);
  expect(np.nanmax(np.array([NaN, NaN])).item()).toBe(NaN);
});
test("a mask that spreads the array is counted as it is spread", () => {
  const x = np.array([[1], [3], [8]]),
    where = np.array([[true, false, true]]);
  expect(np.nanvar(x, { axis: 0, where }).get(1).item()).toBe(NaN);
  expect(np.allclose(np.nanvar(x, { axis: 0, where }).get(0), 26 / 3).item()).toBe(true);
  expect([np.nansum(x, { axis: 0, where }), np.prod(x, { axis: 0, where })].map((v) => v.tolist())).toEqual([
    [12, 0, 12],
    [24, 1, 24],
  ]);
  // As in JAX, the mean and the variance take a mask that fits the array alone.
  expect(() => np.mean(x, { axis: 0, where })).toThrow(/broadcast/);
});
test("the variance in an integer dtype is computed in it, and given as a float", () => {
  const v = np.var(np.array([1.5, 2.5, 9.5]), { dtype: "int32" });
  expect([v.dtype, v.item()]).toEqual(["float32", 12]);
});
test("the square of complex numbers has no difference of infinities", () => {
  const z = np.array(new Float32Array([1e30, 3, 1])).add(np.array(new Float32Array([1e30, 4, 0])).mul(np.sqrt(np.array(-1).astype("complex64"))));
  const squares = np.square(z);
  expect(np.real(squares).get("1:").tolist()).toEqual([-7, 1]);
  expect(np.real(squares).get(0).item()).toBe(0);
});
test("quantiles by the inverted distribution, also of weighted elements", () => {
  const a = np.array([5, 1, 4, 2, 3]),
    weights = np.array([1, 1, 2, 1, 5]),
    method = "inverted_cdf";
  const of = (q: number): unknown[] => [
    np.quantile(a, q, { method }).item(),
    np.quantile(a, q, { method, weights }).item(),
    np.nanquantile(np.array([5, NaN, 4, 2, 3]), q, { method, weights }).item(),
  ];
  expect([0, 0.1, 0.5, 0.9, 1].map(of)).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    [3, 3, 3],
    [5, 4, 5],
    [5, 5, 5],
  ]);
  const m = np.array([
    [1, 5, 2],
    [7, 3, NaN],
  ]);
  expect(np.nanpercentile(m, np.array([25, 75]), { method, axis: 1, keepdims: true }).tolist()).toEqual([
    [[1], [3]],
    [[5], [7]],
  ]);
  expect(np.quantile(m, 0.5, { method, axis: 0, weights: np.array([1, 3]) }).tolist()).toEqual([7, 3, NaN]);
  expect(() => np.quantile(a, 0.5, { weights })).toThrow(/inverted_cdf/);
});
test("options of JAX that are taken now", () => {
  const m = np.array([
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ]);
  expect([np.trimZeros(m).tolist(), np.trimZeros(m, { axis: 0, trim: "f" }).tolist()]).toEqual([
    [[1]],
    [
      [0, 1, 0],
      [0, 0, 0],
    ],
  ]);
  const at = np.array(-2, { dtype: "int32" });
  expect(
    [lax.dynamicSlice(np.arange(5), [at], [2]), lax.dynamicSlice(np.arange(5), [at], [2], { allowNegativeIndices: false })].map((v) => v.tolist()),
  ).toEqual([
    [3, 4],
    [0, 1],
  ]);
  expect(np.allclose(scipy.stats.sem(np.array([1, 2, NaN, 4]), { nanPolicy: "omit" }), 0.8819171).item()).toBe(true);
  expect([np.fft.fftfreq(4, { dtype: "float16" }).dtype, np.hstack([np.arange(2), np.arange(2)], { dtype: "float32" }).dtype]).toEqual([
    "float16",
    "float32",
  ]);
  expect(scipy.linalg.cholesky(np.eye(2), { checkFinite: false, lower: true }).tolist()).toEqual([
    [1, 0],
    [0, 1],
  ]);
});
