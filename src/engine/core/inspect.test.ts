// Fault C10 of the editor: what console.log prints of arrays and tracers.
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { grad, jit, numpy as np, vmap } from "../index.ts";
import type { Value } from "./value.ts";

test("C10: arrays and tracers are printed as JAX prints them", () => {
  expect(inspect(np.array([1, 2], { dtype: "int32" }))).toBe("Array([1, 2], dtype=int32)");
  expect(inspect({ a: np.array(3, { dtype: "int32" }) })).toBe("{ a: Array(3, dtype=int32) }");
  expect(inspect(np.zeros([200, 200]))).toBe("Array(float32[200,200])");
  const seen: string[] = [],
    look = <T>(x: T): T => {
      seen.push(inspect(x));
      return x;
    };
  jit((x) => look(x).mul(2))(np.ones([2]));
  grad((x) => look(x).sum())(np.ones([2]));
  vmap((x) => look(x).mul(2))(np.ones([2]));
  jit((x) => look(x.mul(2)))(np.ones([2]));
  expect(seen.map((s) => s.replace(/[^ ]*(inspect\.test\.ts):\d+:\d+.*/, "$1"))).toEqual([
    "Traced<float32[2]> (the argument x of <lambda>)",
    "Traced<float32[2]>",
    "Traced<float32[]>",
    "Traced<float32[2]> (the result of mul at inspect.test.ts",
  ]);
  const gone = np.ones([2]);
  gone.delete();
  expect(inspect(gone)).toMatch(/deleted/);
});
test("a jit function is printed as one, not as what it is made of", () => {
  expect(
    inspect({
      step: jit(function step(x: Value) {
        return x;
      }),
    }),
  ).toBe("{ step: [jit: step] }");
});
