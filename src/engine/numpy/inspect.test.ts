// console.log of arrays and tracers reads as JAX's repr.
import { inspect } from "node:util";
import { expect, test } from "vitest";
import * as jl from "../index.ts";

const np = jl.numpy;
test.each([
  [() => np.array([1, 2]), "Array([1., 2.], dtype=float32)"],
  [() => np.arange(3), "Array([0, 1, 2], dtype=int32)"],
  [() => np.array(2), "Array(2., dtype=float32, weak_type=True)"],
  [() => np.zeros([2, 3]), "Array([[0., 0., 0.],\n       [0., 0., 0.]], dtype=float32)"],
  [() => np.array([true, false]), "Array([True, False], dtype=bool)"],
  [() => np.zeros([0, 3]), "Array([], shape=(0, 3), dtype=float32)"],
  [() => np.array([1.5, NaN, -Infinity]), "Array([1.5, nan, -inf], dtype=float32)"],
])("an array %#", (make, text) => expect(inspect(make())).toBe(text));
test("a traced value says its type", () => {
  let seen = "";
  jl.jit((x: jl.Value) => {
    seen = inspect(x);
    return x;
  })(np.zeros([3]));
  expect(seen).toBe("Traced<float32[3]> (the argument x of <lambda>)");
});
