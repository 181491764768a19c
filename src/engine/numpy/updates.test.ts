// Updates whose value has another type than the array: computed in the type of both, given in the array's, as JAX does.
import { expect, test } from "vitest";
import { numpy as np } from "../index.ts";

const x = np.array([-3, 4], { dtype: "int32" });
const half = np.array(0.5);
test.each([
  ["add", x.at(0).add(0.5), [-2, 4]],
  ["add, an array", x.at(0).add(half), [-2, 4]],
  ["subtract", x.at(1).subtract(0.5), [-3, 3]],
  ["multiply", x.at(0).multiply(0.5), [-1, 4]],
  ["max", x.at(0).max(0.5), [0, 4]],
  ["min", x.at(1).min(3.5), [-3, 3]],
  ["set", x.at(0).set(1.7), [1, 4]],
])("int32 %s", (_name, got, want) => {
  expect(got.dtype).toBe("int32");
  expect(got.tolist()).toEqual(want);
});
test("a quotient of integers is a float", () => {
  const q = x.at(0).divide(2);
  expect([q.dtype, q.tolist()]).toEqual(["float32", [-1.5, 4]]);
});
test("where nothing is selected the array is given back, whatever the value's shape", () => {
  expect(
    np
      .zeros([0, 3])
      .at(":", -2)
      .set(np.ones([2, 3, 4])).shape,
  ).toEqual([0, 3]);
});
