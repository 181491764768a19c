// max, min and clamp in lanes: NaN in any place, zeros of both signs, subnormals and infinities, in every form that the emitter has for them: two values,
// a constant on either side, along memory and across it. What is wanted is IEEE 754-2019's maximum and minimum, as JAX has them.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
const SPECIAL = [NaN, -0, 0, 1, -1, 1e-45, -1e-45, 1.1754942106924411e-38, 3.4028234663852886e38, -3.4028234663852886e38, Infinity, -Infinity].map(
  Math.fround,
);
const list = (v: Value): number[] => [...(v.flatten().tolist() as number[])];
/** Every pair of them; the odd number of pairs leaves some to scalars. */
const pairs = SPECIAL.flatMap((x) => SPECIAL.map((y): readonly [number, number] => [x, y])).slice(0, 143);
const x = np.array(pairs.map(([v]) => v));
const y = np.array(pairs.map(([, v]) => v));
const FORMS = [
  ["max", (a: Value, b: Value) => np.maximum(a, b), (a: Value) => a.max({ axis: 1 }), Math.max],
  ["min", (a: Value, b: Value) => np.minimum(a, b), (a: Value) => a.min({ axis: 1 }), Math.min],
] as const;

describe.each(FORMS)("%s", (_name, both, along, plain) => {
  test("of two values", () => {
    expect(list(jl.jit(both)(x, y))).toEqual(pairs.map(([a, b]) => plain(a, b)));
  });
  test.each(SPECIAL)("with the constant %f on either side", (bound) => {
    const f = jl.jit((a: Value) => [both(a, np.array(bound)), both(np.array(bound), a)]);
    const want = pairs.map(([a]) => plain(a, bound));
    const [right, left] = f(x).map(list);
    expect(right).toEqual(want);
    expect(left).toEqual(want);
  });
  test.each([1, 3, 4, 5, 16, 17, 35, 66])("of rows of %i, a NaN in each place", (n) => {
    const rows = Array.from({ length: n + 1 }, (_r, at) => Array.from({ length: n }, (_c, i) => (i === at ? NaN : ((i * 37) % 101) - 50)));
    const a = np.array(rows, { dtype: "float32" });
    const want = rows.map((row) => plain(...row));
    expect(list(jl.jit(along)(a))).toEqual(want);
    expect(list(jl.jit((v: Value) => along(v.T))(a.T.add(0)))).toEqual(want);
  });
  test.each([1, 4, 16, 21])("of rows of %i zeros of both signs, and of zeros among others", (n) => {
    const sign = plain === Math.max ? -1 : 1;
    const rows = Array.from({ length: n + 2 }, (_r, at) => Array.from({ length: n }, (_c, i) => (i === at ? 0 : at % 3 === 0 && i > at ? sign : -0)));
    const turned = rows.map((row) => row.map((v) => -v));
    for (const values of [rows, turned, rows.map((row) => row.map(() => -Infinity)), rows.map((row) => row.map(() => -0))]) {
      expect(list(jl.jit(along)(np.array(values, { dtype: "float32" })))).toEqual(values.map((row) => plain(...row)));
    }
  });
});
test("softmax and clip bring a NaN out of every place, and only there", () => {
  const n = 19;
  const rows = Array.from({ length: n }, (_r, at) => Array.from({ length: n }, (_c, i) => (i === at ? NaN : i - 9)));
  const a = np.array(rows, { dtype: "float32" });
  expect(list(jl.jit((v: Value) => jl.nn.softmax(v))(a)).every(Number.isNaN)).toBe(true);
  expect(list(jl.jit((v: Value) => np.clip(v, -2, 3))(a))).toEqual(rows.flat().map((v) => Math.min(Math.max(v, -2), 3)));
  expect(list(jl.jit((v: Value) => jl.nn.relu(v))(np.array([-0, 0, -1, 2, NaN])))).toEqual([0, 0, 0, 2, NaN]);
});
