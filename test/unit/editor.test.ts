// Faults B1, B12, C13 and C23 of the editor, and B12 of processes: what is shown goes with its lines; the host hears of no file that is not its business;
// argument types are refused in the box, with the place.
import { describe, expect, test } from "vitest";
import { importsFile } from "../../src/extension/entries.ts";
import { languageOf } from "../../src/host/languages.ts";
import { lineShift } from "../../src/extension/lineShift.ts";
import { parseArgumentTypes } from "../../src/host/argumentTypes.ts";

test("B1, C23: lines go with the text around them, and come back with an undo", () => {
  const before = "a\nb\nc\nd\ne",
    all = (now: string): (number | null)[] => [1, 2, 3, 4, 5].map(lineShift(before, now));
  expect(all(before)).toEqual([1, 2, 3, 4, 5]);
  expect(all("\n\n\na\nb\nc\nd\ne")).toEqual([4, 5, 6, 7, 8]);
  expect(all("a\nb\nX\nd\ne")).toEqual([1, 2, null, 4, 5]);
  expect(all("a\nd\ne")).toEqual([1, null, null, 2, 3]);
  expect(all("a\nb\nnew\nc\nd\ne")).toEqual([1, 2, 4, 5, 6]);
  expect(all("a\r\nb\r\nc\r\nd\r\ne")).toEqual([1, 2, 3, 4, 5]);
  expect(all("")).toEqual([null, null, null, null, null]);
  expect(lineShift("a\na\na", "a\na")(3)).toBeNull();
});
test("B6: files that import a file", () => {
  const yes = (text: string): boolean => importsFile(text, "/w/run/train.ts", "/w/model.ts");
  for (const text of [
    'import { f } from "../model.js";',
    "import { f } from '../model'",
    'const m = await import("../model.ts")',
    'require("../model")',
    'export * from "../model.ts"',
  ])
    expect(yes(text), text).toBe(true);
  for (const text of ['import { f } from "./model.js";', 'import { f } from "model";', "// see ../model.ts"]) expect(yes(text), text).toBe(false);
});
test("C13: only files that speak of the engine are sent to the host", () => {
  const mayHaveSites = languageOf("typescript")!.mayHaveSites;
  expect(mayHaveSites('import { jit } from "jitlens";')).toBe(true);
  expect(mayHaveSites('import { jit } from "./own.js";')).toBe(true);
  expect(mayHaveSites('import { x } from "./own.js"; export const y = x;')).toBe(false);
  expect(mayHaveSites("const jit = 1;")).toBe(false);
  const python = languageOf("python")!.mayHaveSites;
  expect(python("from jax import jit")).toBe(true);
  expect(python("import equinox as eqx\n@eqx.filter_jit\ndef f(x): return x")).toBe(true);
  expect(python("import jax.numpy as jnp\nx = jnp.ones(3)")).toBe(false);
  expect(python("from numba import jit\n@jit\ndef f(x): return x")).toBe(false);
});
describe("B12: argument types", () => {
  const GOOD: readonly [string, unknown][] = [
    ["f32[2,3]", [{ kind: "array", dtype: "f32", shape: [2, 3] }]],
    ["float32[]", [{ kind: "array", dtype: "float32", shape: [] }]],
    ['{ a: i32[1], "b c": bool[] }, [3, -1.5e-3, "x", true, null]', expect.any(Array)],
    ["key<fry>[]", [{ kind: "array", dtype: "key<fry>", shape: [] }]],
    ["", []],
  ];
  for (const [text, want] of GOOD) test(JSON.stringify(text), () => expect(parseArgumentTypes(text)).toEqual(want));
  for (const [text, want] of [
    ["f32[2], f33[8]", /"f33" \(character 9\) is no dtype; there are f32/],
    ["][]", /expected a type before "\]\[\]" \(character 1\)/],
    ["f32[2", /expected "," or "\]" at the end/],
    ["f32[-3]", /whole number before "-3\]"/],
    ["f32[2.5]", /whole number/],
    ["f32[1e400]", /whole number/],
    ["f32", /expected "\[" after f32/],
    ["f32[2] f32[3]", /expected "," before "f32\[3\]" \(character 8\)/],
    ["{ a f32[2] }", /expected ":"/],
    ["[".repeat(50_000), /levels/],
    ["[".repeat(1e6), /characters; at most/],
    ["'", /a type/],
  ] as const)
    test(`${text.slice(0, 30)} is refused with the place`, () => expect(() => parseArgumentTypes(text)).toThrow(want));
});
