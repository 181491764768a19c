// Tiled products at every edge of their blocks, against plain arithmetic: rows and columns that tiles do not divide, several blocks of columns,
// contractions that are summed in blocks, transposed operands, batches, and what is computed before and after the product.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { WASM } from "../target.ts";

const np = jl.numpy;
/** Small whole numbers: their products are summed without rounding, whatever the order. */
const whole = (n: number, seed: number): number[] => Array.from({ length: n }, (_x, i) => ((i * 37 + seed * 11) % 13) - 6);
const matrix = (rows: number, columns: number, seed: number): Value => np.array(whole(rows * columns, seed), { dtype: "float32" }).reshape([rows, columns]);
function plain(x: readonly (readonly number[])[], y: readonly (readonly number[])[]): number[][] {
  return x.map((row) => y[0]!.map((_v, j) => row.reduce((sum, v, k) => sum + v * y[k]![j]!, 0)));
}
const list = (v: Value): number[][] => v.tolist() as number[][];

/** Columns of one block, at a depth. */
const blockOf = (depth: number): number => Math.floor(WASM.tile!.cacheBytes / 4 / depth);
const SIZES: readonly (readonly [m: number, k: number, n: number])[] = [
  [4, 32, 32],
  // Few rows, of a right operand that is read as it lies.
  [1, 300, 250],
  [2, 1100, 64],
  [3, 513, 130],
  [5, 33, 31],
  [7, 100, 9],
  [16, 64, 100],
  // More columns than one block has.
  [5, 1000, blockOf(1000) + 1],
  [9, 1024, 2 * blockOf(1024) + 13],
  // Summed in blocks: whole ones, and one that is left over.
  [6, 4096, 20],
  [5, 2049, 17],
  [4, 1500, blockOf(500) + 11],
];
describe.each(SIZES)("[%i, %i] by [.., %i]", (m, k, n) => {
  const x = matrix(m, k, 1);
  const y = matrix(k, n, 2);
  const want = plain(list(x), list(y));
  test("as they lie, and transposed", () => {
    expect(list(jl.jit(np.matmul)(x, y))).toEqual(want);
    expect(list(jl.jit((a: Value, b: Value) => np.matmul(a.T, b.T))(np.array(list(x.T)), np.array(list(y.T))))).toEqual(want);
  });
  test("with operands that are computed, and arithmetic after the product", () => {
    const bias = np.array(whole(n, 3));
    const f = jl.jit((a: Value, b: Value, c: Value) => np.maximum(np.matmul(a.mul(2), b.add(1)).add(c), 0));
    const shifted = plain(list(x.mul(2)), list(y.add(1)));
    expect(list(f(x, y, bias))).toEqual(shifted.map((row) => row.map((v, j) => Math.max(v + whole(n, 3)[j]!, 0))));
  });
  test("in a batch of two", () => {
    const f = jl.jit((a: Value, b: Value) => np.matmul(np.stack([a, a.neg()]), np.stack([b, b])));
    const got = f(x, y).tolist() as number[][][];
    expect(got).toEqual([want, want.map((row) => row.map((v) => (v === 0 ? expect.closeTo(0) : -v)))]);
  });
});
test("a long contraction is nearer to the exact sum than one that is added up term by term", () => {
  const k = 16384;
  const x = Array.from({ length: k }, (_v, i) => Math.fround(0.1 + (i % 7) * 0.01));
  const exact = x.reduce((sum, v) => sum + v * v, 0);
  const naive = x.reduce((sum, v) => Math.fround(sum + Math.fround(v * v)), 0);
  const rows = np.array(Array.from({ length: 8 }, () => x));
  const [[first]] = list(jl.jit((a: Value) => np.matmul(a, a.T))(rows)) as [[number]];
  expect(Math.abs(first - exact)).toBeLessThan(Math.abs(naive - exact) / 4);
});
