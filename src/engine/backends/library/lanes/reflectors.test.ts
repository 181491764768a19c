// QR by blocks of reflectors: what the factors give together, columns that are orthonormal, and the plain routine's numbers (in double precision); oblong matrices, sizes that
// blocks do not divide, columns of zeros, both types, and what is not a number.
import { describe, expect, test } from "vitest";
import * as jl from "../../../index.ts";
import type { DType } from "../../../core/dtypes.ts";
import { routine } from "../registry.ts";
import { laneRoutine } from "./registry.ts";

const { numpy: np } = jl;
type Array2 = jl.Array;
const noise = (m: number, n: number, seed: number): Array2 => jl.random.uniform(jl.random.key(seed), [m, n], { minval: -1, maxval: 1 });
/** The largest difference, of the largest element. */
function apart(got: Array2, want: Array2): number {
  expect(got.shape).toEqual(want.shape);
  return Number(np.abs(got.sub(want)).max().item()) / Math.max(1e-30, Number(np.abs(want).max().item()));
}
const qr = (x: Array2, mode: "reduced" | "complete" = "reduced"): [Array2, Array2] => np.linalg.qr(x, { mode }) as unknown as [Array2, Array2];
function plain(x: Array2, full: boolean): { readonly q: number[]; readonly r: number[] } {
  const [m, n] = x.shape as [number, number];
  const k = full ? m : Math.min(m, n);
  const out = (rows: number, columns: number) => ({
    type: { shape: [rows, columns], dtype: "float64" as DType },
    data: new Float64Array(rows * columns),
  });
  const outs = [out(m, k), out(k, n)] as const;
  routine("qr")({
    ins: [{ type: { shape: [m, n], dtype: x.dtype as unknown as DType }, data: x.dataSync() as never }],
    outs: [...outs],
    params: { fullMatrices: full, pivoting: false },
  });
  return { q: [...outs[0].data], r: [...outs[1].data] };
}
const SHAPES = [
  [64, 64],
  [65, 65],
  [100, 100],
  [161, 96],
  [200, 130],
  [96, 161],
  [70, 200],
] as const;

test("there is such a routine", () => expect(laneRoutine("qr")).not.toBeNull());
describe.each(SHAPES)("%i by %i", (m, n) => {
  test.each(["reduced", "complete"] as const)("%s", (mode) => {
    const x = noise(m, n, 3);
    const [q, r] = qr(x, mode);
    const k = mode === "complete" ? m : Math.min(m, n);
    expect([q.shape, r.shape]).toEqual([
      [m, k],
      [k, n],
    ]);
    expect(apart(q.matmul(r), x)).toBeLessThan(3e-6);
    expect(apart(q.T.matmul(q), np.eye(k))).toBeLessThan(3e-6);
    expect(Number(np.abs(np.tril(r, -1)).max().item())).toBe(0);
    const wanted = plain(x, mode === "complete");
    expect(apart(r, np.array(wanted.r, { dtype: "float32" }).reshape([k, n]))).toBeLessThan(1e-5);
    expect(
      apart(
        q.get(":", `:${Math.min(m, n)}`),
        np
          .array(wanted.q, { dtype: "float32" })
          .reshape([m, k])
          .get(":", `:${Math.min(m, n)}`),
      ),
    ).toBeLessThan(1e-5);
  });
});
test("stacks, and R alone", () => {
  const x = np.stack([noise(80, 70, 1), noise(80, 70, 2)]);
  const [q, r] = qr(x);
  expect(apart(np.matmul(q, r), x)).toBeLessThan(3e-6);
  expect(apart(np.linalg.qr(x, { mode: "r" }) as unknown as Array2, r)).toBe(0);
});
test("double precision", () => {
  jl.enableX64(() => {
    const x = noise(150, 97, 4).astype("float64");
    const [q, r] = qr(x);
    expect(apart(q.matmul(r), x)).toBeLessThan(1e-14);
    expect(apart(q.T.matmul(q), np.eye(97, { dtype: "float64" }))).toBeLessThan(1e-14);
  });
});
test("columns of zeros and of the same numbers have reflectors too; NaN goes through", () => {
  const x = np.concatenate([np.zeros([90, 20]), np.ones([90, 40]), noise(90, 20, 5)], { axis: 1 });
  const [q, r] = qr(x);
  expect(apart(q.matmul(r), x)).toBeLessThan(3e-5);
  expect(apart(q.T.matmul(q), np.eye(80))).toBeLessThan(3e-6);
  const [nan] = qr(noise(80, 80, 6).at(3, 3).set(NaN));
  expect(Number.isNaN(Number(nan.sum().item()))).toBe(true);
});
test("derivatives come out as those of small ones: of |det| by R's diagonal", () => {
  const x = noise(66, 66, 7).add(np.eye(66).mul(5));
  const f = (a: Array2): Array2 => np.log(np.abs(np.diagonal(qr(a)[1]))).sum();
  const g = jl.grad(f)(x) as unknown as Array2;
  expect(apart(g, np.linalg.inv(x).T)).toBeLessThan(1e-4);
});
