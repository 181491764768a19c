// Rolls of one array: when they become slices of one longer array, when they are left, and that the numbers are the same.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import { compile } from "../../backends/programs.ts";

const { numpy: np } = jl;
type Fn = (x: jl.Value) => jl.Value;
const compiled = (f: Fn, x: jl.Value) => compile(jl.makeJaxpr(f)(x)).compilation;
const fired = (f: Fn, x: jl.Value): number => {
  const { changed } = compiled(f, x).passes.find((p) => p.pass === "rolls")!;
  return Number(/×(\d+)/.exec(changed.join())?.[1] ?? 0);
};
const x = jl.random.normal(jl.random.key(5), [32, 48]);
/** As NumPy has it: what is at (i, j) comes from (i − a, j − b). */
const rows = x.tolist() as number[][];
const at = (i: number, j: number): number => rows[((i % 32) + 32) % 32]![((j % 48) + 48) % 48]!;
const laplacian: Fn = (a) =>
  np
    .roll(a, 1, 0)
    .add(np.roll(a, -1, 0))
    .add(np.roll(a, 1, 1))
    .add(np.roll(a, -1, 1))
    .sub(a.mul(4));
const neighbours: Fn = (a) => {
  let sum: jl.Value = np.zeros([32, 48]);
  for (const i of [-1, 0, 1]) for (const j of [-1, 0, 1]) if (i !== 0 || j !== 0) sum = sum.add(np.roll(a, [i, 2 * j], [0, 1]));
  return sum;
};

test("neighbours by rolling are slices of one longer array", () => {
  expect(fired(laplacian, x)).toBe(4);
  expect(compiled(laplacian, x).plan.kernels.filter((k) => k.group.kind === "region")).toHaveLength(2);
  expect(fired(neighbours, x)).toBeGreaterThanOrEqual(8);
  expect(compiled(neighbours, x).plan.kernels.filter((k) => k.group.kind === "region")).toHaveLength(2);
});
test("the numbers are those of rolled arrays", () => {
  const rows = jl.jit(neighbours)(x).tolist() as number[][];
  const plain = jl.jit(laplacian)(x).tolist() as number[][];
  for (const [i, j] of [
    [0, 0],
    [31, 47],
    [0, 47],
    [31, 1],
    [7, 20],
  ] as const) {
    let sum = 0;
    for (const a of [-1, 0, 1]) for (const b of [-1, 0, 1]) if (a !== 0 || b !== 0) sum += at(i - a, j - 2 * b);
    expect(rows[i]![j]).toBeCloseTo(sum, 5);
    expect(plain[i]![j]).toBeCloseTo(at(i - 1, j) + at(i + 1, j) + at(i, j - 1) + at(i, j + 1) - 4 * at(i, j), 5);
  }
});
test("several shifts along one axis take the margins of the farthest", () => {
  const f: Fn = (a) =>
    np
      .roll(a, 3, 1)
      .mul(np.roll(a, 1, 1))
      .add(np.roll(a, -2, 1));
  expect(fired(f, x)).toBe(3);
  const got = jl.jit(f)(x).tolist() as number[][];
  for (const j of [0, 1, 2, 3, 45, 46, 47]) expect(got[4]![j]).toBeCloseTo(at(4, j - 3) * at(4, j - 1) + at(4, j + 2), 5);
});
test("what has to be stored, or would become much longer, is left", () => {
  expect(fired((a) => np.roll(a, 1, 0).add(a), x)).toBe(0);
  // One copy of each would be two as well.
  expect(fired((a) => np.roll(a, 1, 0).add(np.roll(a, 1, 1)), x)).toBe(0);
  expect(fired((a) => np.roll(a, 1, 0).matmul(np.roll(a, -1, 0).T), x)).toBe(0);
  expect(fired((a) => np.roll(a, 15, 0).add(np.roll(a, -15, 0)), x)).toBe(0);
  expect(fired((a) => np.roll(a, 1, 0).add(np.roll(a, -1, 0)), np.ones([8, 8]))).toBe(0);
});
