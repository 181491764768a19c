// Parts of an index that differ between lanes are made in the loop of lanes, also where an inner loop asks for them first.
import { expect, test } from "vitest";
import { type Array, jit, numpy as np } from "../../index.ts";

test("two inner loops of a loop of lanes share the parts of an index that no stride describes", () => {
  const f = (x: Array) => {
    const turned = np.swapaxes(x, -1, -2);
    const blocks = turned.add(turned).reshape([8, 4, 16]);
    const rows = blocks.get(":4").add(blocks.get("4:").mul(2));
    return rows.add(rows.neg().sum({ axis: 0 }).div(4));
  };
  const x = np.arange(512).reshape([2, 16, 16]).astype("float32");
  expect(jit(f)(x).tolist()).toEqual(f(x).tolist());
});
