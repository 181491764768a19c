// Large programs: thousands of operands, results, constants and operations compile, run and give the right numbers.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
const many = (n: number): Value[] => Array.from({ length: n }, (_x, i) => np.array([i, i + 0.5]));
const last = (v: Value, n: number): unknown => (v.tolist() as unknown[]).slice(-n);
describe("thousands of operands and results", () => {
  test("stack of 1,000", () =>
    expect(last(np.stack(many(1000)), 2)).toEqual([
      [998, 998.5],
      [999, 999.5],
    ]));
  test("concatenate of 5,000", () => expect(last(np.concatenate(many(5000)), 2)).toEqual([4999, 4999.5]));
  test("array of 1,100 scalars", () => expect(last(np.array(Array.from({ length: 1100 }, (_x, i) => np.array(i))), 2)).toEqual([1098, 1099]));
  test("1,100 results", () => {
    const out = jl.jit((x: Value) => Array.from({ length: 1100 }, (_x, i) => x.mul(i)))(np.array([1, 2])) as Value[];
    expect([out.length, out[1099]!.tolist(), out[0]!.tolist()]).toEqual([1100, [1099, 2198], [0, 0]]);
  });
  test("3,000 arguments in one kernel", () =>
    expect(
      jl
        .jit((xs: Value[]) => xs.reduce((a, b) => a.add(b)))(many(3000))
        .tolist(),
    ).toEqual([4498500, 4500000]));
  test("3,000 arguments stacked", () => expect(last(jl.jit((xs: Value[]) => np.stack(xs).mul(2))(many(3000)), 1)).toEqual([[5998, 5999]]));
  test("2,000 captured constants", () => {
    const cs = many(2000);
    expect(
      jl
        .jit((x: Value) => cs.reduce((a, b) => a.add(b), x))(np.array([0, 0]))
        .tolist(),
    ).toEqual([1999000, 2000000]);
  });
  test("a sort and a callback of 70 operands", () => {
    const xs = Array.from({ length: 70 }, (_x, i) => np.array([3, 1, 2]).add(i));
    const sorted = jl.jit((vs: Value[]) => jl.lax.sort(vs, { numKeys: 1 } as never) as unknown as Value[])(xs);
    expect(sorted[69]!.tolist()).toEqual([70, 71, 72]);
  });
});
describe("long programs", () => {
  test("10,000 operations", () => {
    const f = jl.jit((x: Value) => {
      for (let i = 0; i < 10_000; i++) x = i % 2 ? x.add(1) : x.mul(1);
      return x;
    });
    expect(f(np.array([0, 1, 2, 3, 4])).tolist()).toEqual([5000, 5001, 5002, 5003, 5004]);
  });
  test("1,000 functions without a form in lanes, in turn with vector operations", () => {
    const f = (x: Value, n: number): Value => {
      for (let i = 0; i < n; i++) x = np.cos(np.arctan(x).mul(1.1));
      return x;
    };
    const x = np.arange(9).mul(0.5).sub(2);
    expect(
      jl
        .jit((v: Value) => f(v, 1000))(x)
        .tolist(),
    ).toEqual(f(x, 60).tolist());
  });
  test.each([10, 12, 100])("sin and a product %i times, as the same operations one by one", (n) => {
    const f = (x: Value): Value => {
      for (let i = 0; i < n; i++) x = np.sin(x.mul(1.1));
      return x;
    };
    const x = np.arange(8, { dtype: "float32" }).reshape([2, 4]);
    expect(jl.jit(f)(x).tolist()).toEqual(f(x).tolist());
  });
});
