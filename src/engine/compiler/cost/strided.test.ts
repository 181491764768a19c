// How far apart the elements are that a loop goes over, and what that costs in lines of memory.
import { expect, test } from "vitest";
import { type LoopVar, div, mod, sum, varIx } from "../kernel/ix.ts";
import { farApart, lineFactor, stepOf } from "./strided.ts";

const loop = (id: number, extent: number, depth: number): LoopVar => ({ id, extent, depth });

test("an index that is divided or wrapped beside its loop has no step: it is taken for one that lies side by side", () => {
  const v = loop(1, 3000, 1);
  for (const part of [div(varIx(v), 7), mod(varIx(v), 7)]) {
    const ix = sum([
      [varIx(v), 100],
      [part, 1],
    ]);
    expect(stepOf(ix)).toBeNull();
    expect(lineFactor(ix, 4)).toBe(1);
    expect(farApart(ix, 4)).toBeNull();
  }
});
test("a column of a matrix moves a line for each element, where more lines are asked for than are kept", () => {
  const rows = loop(1, 100_000, 2);
  const ix = sum([[varIx(rows), 100]]);
  expect(lineFactor(ix, 4)).toBe(16);
  expect(farApart(ix, 4)).toBe("crowded");
  expect(farApart(sum([[varIx(loop(2, 100, 1)), 100]]), 4)).toBeNull();
});
