// The first arrays of a process lie at the beginning of the heap: an address that is counted down from one of them is below 0 before the distance of the
// array's end is added to it. (A file of its own: nothing must have used the heap before.)
import { expect, test } from "vitest";
import { jit, numpy as np } from "../../index.ts";

test("an array at the beginning of the heap is read backwards", () => {
  const x = np.array(Array.from({ length: 4033 }, (_v, i) => i % 7));
  expect(jit((v: typeof x) => np.flip(v).sum())(x).item()).toBe(12_096);
  expect(
    jit((v: typeof x) => np.maximum(v, np.flip(v)))(x)
      .get(0)
      .item(),
  ).toBe(0);
});
