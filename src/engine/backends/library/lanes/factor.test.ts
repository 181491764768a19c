// Factors and solutions by blocks, held to what they are to be put together again: sizes that blocks do not divide, oblong ones, every kind of triangle,
// both types; and what is singular, not positive definite or not a number.
import { describe, expect, test } from "vitest";
import * as jl from "../../../index.ts";
import type { Value } from "../../../core/value.ts";
import { routine } from "../registry.ts";

const { numpy: np, lax } = jl;
function noise(m: number, n: number, seed: number): Value {
  const data = new Float32Array(m * n);
  let s = seed * 7919;
  for (let i = 0; i < data.length; i++) data[i] = (s = (Math.imul(s, 1664525) + 1013904223) | 0) / 2 ** 31;
  return np.array(data).reshape([m, n]) as Value;
}
function apart(got: Value, want: Value): number {
  expect(got.shape).toEqual(want.shape);
  const [x, y] = [got.dataSync() as Float32Array, want.dataSync() as Float32Array];
  let [d, l] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    d = Math.max(d, Math.abs(x[i]! - y[i]!));
    l = Math.max(l, Math.abs(y[i]!));
  }
  return d / l;
}
const part = (x: Value, rows: number, columns: number): Value => lax.slice(x, [0, 0], [rows, columns]) as Value;
const positive = (n: number, seed = 1): Value => {
  const a = noise(n, n, seed);
  return a.matmul(a.T).add(np.eye(n).mul(n / 4)) as Value;
};
const SIZES = [64, 65, 100, 129, 200];

describe.each(SIZES)("%i", (n) => {
  test("Cholesky", () => {
    const s = positive(n);
    const l = np.linalg.cholesky(s) as Value;
    expect(apart(l.matmul(l.T) as Value, s)).toBeLessThan(1e-6);
  });
  test.each([
    [n, n],
    [n + 37, n],
    [n, n + 45],
  ])("LU of [%i, %i]", (m, k) => {
    const x = noise(m, k, 7);
    const [f, pivots, order] = lax.linalg.lu(x) as [Value, Value, Value];
    const r = Math.min(m, k);
    const l = np.tril(part(f, m, r), -1).add(np.eye(m, r)) as Value;
    expect(apart(l.matmul(np.triu(part(f, r, k))) as Value, np.take(x, order, { axis: 0 }) as Value)).toBeLessThan(1e-5);
    expect(apart(np.abs(l) as Value, np.ones([m, r]) as Value)).toBeLessThanOrEqual(1);
    const rows = [...(pivots.dataSync() as Int32Array)];
    expect(rows.every((p, i) => p >= i && p < m)).toBe(true);
  });
  test.each([true, false])("triangles, left side: %s", (leftSide) => {
    const b = noise(n, 33, 5);
    for (const lower of [true, false])
      for (const transposeA of [true, false])
        for (const unitDiagonal of [true, false]) {
          const all = noise(n, n, 3)
            .mul(unitDiagonal ? 1 / n : 1)
            .add(np.eye(n).mul(3)) as Value;
          const given = (unitDiagonal ? all : lower ? np.tril(all) : np.triu(all)) as Value;
          const meant = unitDiagonal ? (lower ? np.tril(all, -1) : np.triu(all, 1)).add(np.eye(n)) : given;
          const op = (transposeA ? meant.T : meant) as Value;
          const right = (leftSide ? b : b.T) as Value;
          const a = unitDiagonal ? meant : given;
          const x = lax.linalg.triangularSolve(a, right, { leftSide, lower, transposeA, unitDiagonal }) as Value;
          const size = Math.max(1, ...(np.abs(x).dataSync() as Float32Array));
          expect(apart((leftSide ? op.matmul(x) : x.matmul(op)) as Value, right)).toBeLessThan(1e-6 * size * n);
        }
  });
});
test("stacks of matrices", () => {
  const s = np.stack([positive(70), positive(70, 2)]) as Value;
  const l = np.linalg.cholesky(s) as Value;
  expect(apart(np.matmul(l, np.swapaxes(l, 1, 2)) as Value, s)).toBeLessThan(1e-6);
  const x = np.linalg.solve(s, np.ones([2, 70, 3])) as Value;
  expect(apart(np.matmul(s, x) as Value, np.ones([2, 70, 3]) as Value)).toBeLessThan(1e-4);
});
test("double precision", () => {
  jl.enableX64(() => {
    const s = positive(97).astype("float64");
    const l = np.linalg.cholesky(s) as Value;
    expect(apart(l.matmul(l.T) as Value, s as Value)).toBeLessThan(1e-14);
    const b = noise(97, 5, 2).astype("float64");
    expect(apart(s.matmul(np.linalg.solve(s, b)) as Value, b as Value)).toBeLessThan(1e-12);
  });
});
test("what has no factor is not a number, and singular matrices give a zero pivot", () => {
  const n = 70;
  const negative = positive(n).sub(np.eye(n).mul(1000)) as Value;
  expect((np.isnan(part(np.linalg.cholesky(negative) as Value, n, 1)).all() as Value).item()).toBe(true);
  const singular = np.ones([n, n]) as Value;
  const [f] = lax.linalg.lu(singular) as [Value];
  const u = np.triu(f) as Value;
  expect(apart(u, np.concatenate([np.ones([1, n]), np.zeros([n - 1, n])]) as Value)).toBe(0);
  const nan = positive(n).mul(NaN) as Value;
  expect((np.isnan(part(np.linalg.cholesky(nan) as Value, n, 1)).all() as Value).item()).toBe(true);
});
test("pivots are those of the plain routine", () => {
  const n = 80;
  const x = noise(n, n, 4);
  const data = x.dataSync() as Float32Array;
  const outs = [
    { type: { shape: [n, n], dtype: "float64" as const }, data: new Float64Array(n * n) },
    { type: { shape: [n], dtype: "int32" as const }, data: new Int32Array(n) },
    { type: { shape: [n], dtype: "int32" as const }, data: new Int32Array(n) },
  ];
  routine("lu")({ ins: [{ type: { shape: [n, n], dtype: "float32" }, data }], outs, params: {} });
  const [f, pivots, order] = lax.linalg.lu(x) as [Value, Value, Value];
  expect([...(pivots.dataSync() as Int32Array)]).toEqual([...outs[1]!.data]);
  expect([...(order.dataSync() as Int32Array)]).toEqual([...outs[2]!.data]);
  expect(apart(f, np.array(Float32Array.from(outs[0]!.data as Float64Array)).reshape([n, n]) as Value)).toBeLessThan(1e-4);
});
