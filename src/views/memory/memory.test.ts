// Who holds memory: sums by kind and line, bytes at each step, what passes.
import { expect, test } from "vitest";
import type { Lifetime, Memory } from "../../engine/report/types.ts";
import { byKind, byLine, heldByKind, passing, stepsOf } from "./model.ts";

const life = (what: Lifetime["what"], bytes: number, from: number, to: number, line?: number): Lifetime => ({
  what,
  bytes,
  from,
  to,
  text: `${what} ${bytes}`,
  ...(line === undefined ? {} : { file: 0, line }),
});
const lifetimes = [life("argument", 8, 0, 3), life("temporary", 4, 0, 1, 5), life("residual", 16, 1, 2, 5), life("temporary", 2, 3, 3, 7)];
const memory: Memory = { peak: 28, holders: [...lifetimes.slice(0, 3), { bytes: 100, what: "code", text: "code" }] };

test("by kind and by line, code left out", () => {
  expect(byKind(memory).map((s) => [s.key, s.bytes, s.count])).toEqual([
    ["residual", 16, 1],
    ["argument", 8, 1],
    ["temporary", 4, 1],
  ]);
  expect(byLine(memory)).toEqual([{ key: "0:5", bytes: 20, count: 2 }]);
});
test("by step", () => {
  expect(stepsOf(lifetimes)).toBe(4);
  const held = heldByKind(lifetimes);
  expect([...held.get("temporary")!].slice(0, 4)).toEqual([4, 4, 0, 2]);
  expect([...held.get("argument")!].slice(0, 4)).toEqual([8, 8, 8, 8]);
});
test("what passes, largest first", () => expect(passing(lifetimes).map((l) => l.text)).toEqual(["residual 16", "temporary 4", "temporary 2"]));
