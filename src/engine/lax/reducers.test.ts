// Reducers are programs of scalars: numbers in them are written into the program, eager and under jit alike.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
test.each([
  ["a product with a number", (a: Value, b: Value) => a.add(b.mul(0.5)), 14],
  ["a sum with a number", (a: Value, b: Value) => a.add(b).add(0.25), 30],
  ["a choice", (a: Value, b: Value) => np.where(b.gt(3), a.add(b), a), 22],
] as const)("lax.reduce with %s", (_what, reducer, want) => {
  const f = (x: Value): Value => jl.lax.reduce(x, np.float32(0), reducer, [0]) as Value;
  const x = np.arange(8, { dtype: "float32" });
  expect(f(x).item()).toBe(want);
  expect(jl.jit(f)(x).item()).toBe(want);
});
