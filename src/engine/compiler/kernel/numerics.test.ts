// What loops of lanes compute, at every number of iterations: whole copies, single steps and what is left over, against plain arithmetic.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";

const np = jl.numpy;
const EXTENTS = [1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 19, 20, 21, 23, 31, 32, 33, 48, 63, 100, 1027, 2051, 4100];
const numbers = (n: number): number[] => Array.from({ length: n }, (_x, i) => ((i * 37) % 101) - 50);
const rows = (n: number): number[][] => [numbers(n), numbers(n).map((v) => v / 2), numbers(n).reverse()];
const list = (v: Value): number[] => (v.tolist() as (number | boolean)[]).map(Number);
type Reducer = readonly [name: string, f: (x: Value) => Value, plain: (row: readonly number[]) => number | boolean];
const REDUCERS: readonly Reducer[] = [
  ["sum", (x) => x.sum({ axis: 1 }), (r) => r.reduce((a, b) => a + b, 0)],
  ["max", (x) => x.max({ axis: 1 }), (r) => Math.max(...r)],
  ["min", (x) => x.min({ axis: 1 }), (r) => Math.min(...r)],
  ["argmax", (x) => np.argmax(x, { axis: 1 }), (r) => r.indexOf(Math.max(...r))],
  ["any", (x) => np.any(x.gt(49), { axis: 1 }), (r) => r.some((v) => v > 49)],
  ["all", (x) => np.all(x.gt(-50), { axis: 1 }), (r) => r.every((v) => v > -50)],
  ["count", (x) => x.gt(0).astype("int32").sum({ axis: 1 }), (r) => r.filter((v) => v > 0).length],
  ["sum of what goes through a function without lanes", (x) => np.cbrt(x.mul(x).mul(x)).sum({ axis: 1 }), (r) => r.reduce((a, b) => a + b, 0)],
  ["product of signs", (x) => np.sign(x.add(0.25)).prod({ axis: 1 }), (r) => r.reduce((a, b) => a * Math.sign(b + 0.25), 1)],
];
describe.each(REDUCERS)("%s", (_name, f, plain) => {
  test.each(EXTENTS)("of %i elements along memory", (n) => {
    const want = rows(n).map(plain);
    expect(list(jl.jit(f)(np.array(rows(n), { dtype: "float32" })))).toEqual(want.map((v) => expect.closeTo(Number(v), 1)));
  });
  test.each([1, 4, 6, 9, 17])("of 5 elements in %i columns", (n) => {
    const x = np.array(rows(5).concat(rows(5)).slice(0, 5), { dtype: "float32" });
    const wide = np.tile(x, [n, 1]).T;
    const columns = (x.tolist() as number[][]).map(plain);
    expect(list(f(wide.T.add(0)))).toEqual(Array.from({ length: 5 * n }, (_x, i) => expect.closeTo(Number(columns[i % 5]), 1)));
  });
});
describe("elementwise", () => {
  test.each(EXTENTS)("%i elements, booleans in and out, negative indices, rows turned round", (n) => {
    const xs = numbers(n);
    const f = jl.jit((x: Value) => [
      np.where(x.gt(0), np.flip(x).mul(2), x.neg()),
      np.roll(x, 3),
      np.logicalNot(x.lt(0)),
      np.floorDivide(np.arange(n).sub(5), 3),
    ]);
    const [a, b, c, d] = f(np.array(xs, { dtype: "float32" })).map((v) => v.tolist());
    expect(a).toEqual(xs.map((v, i) => (v > 0 ? xs[n - 1 - i]! * 2 : -v)));
    expect(b).toEqual(xs.map((_v, i) => xs[(((i - 3) % n) + n) % n]));
    expect(c).toEqual(xs.map((v) => v >= 0));
    expect(d).toEqual(xs.map((_v, i) => Math.floor((i - 5) / 3)));
  });
  test.each(["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "bfloat16", "float16"] as const)("%s goes through memory", (dtype) => {
    for (const n of [1, 3, 4, 7, 16, 21]) {
      const xs = Array.from({ length: n }, (_x, i) => i * 3);
      expect(
        jl
          .jit((x: Value) => x.add(1))(np.array(xs, { dtype }))
          .tolist(),
      ).toEqual(xs.map((v) => v + 1));
    }
  });
});
