// Compilations put together by cause.
import { expect, test } from "vitest";
import type { Cause, Compilation } from "../engine/report/types.ts";
import { causeGroups, costOfAll, remedyOf, valuesOf } from "./causes.ts";

const compilation = (index: number, causes: readonly Cause[], name = "f"): Compilation => ({
  index,
  function: name,
  call: null,
  signature: "",
  phases: { trace: 1, compile: 2 },
  causes,
});
const shape = (now: string, argument = "x"): Cause => ({ kind: "shape", argument, before: "f32[1]", now, text: "" });
test("sixty retraces for one reason are one finding; first calls are none", () => {
  const list = [
    compilation(0, [{ kind: "first", text: "" }]),
    ...Array.from({ length: 60 }, (_v, i) => compilation(i + 1, [shape(`f32[${i + 2}]`)])),
    compilation(61, [{ kind: "newFunction", text: "" }], "g"),
  ];
  const groups = causeGroups(list);
  expect(groups.map((g) => [g.function, g.kind, g.argument, g.compilations.length, g.ms])).toEqual([
    ["f", "shape", "x", 60, 180],
    ["g", "newFunction", undefined, 1, 3],
  ]);
  expect(valuesOf(groups[0]!)).toBe("f32[1] → f32[2] … f32[61]");
  expect(remedyOf(groups[0]!)).toContain("Pad x to one size");
  expect(remedyOf(groups[1]!)).toContain("Call jit once");
});
test("a compilation with two causes counts for both, once each", () => {
  const groups = causeGroups([compilation(0, [shape("f32[2]"), shape("f32[3]"), shape("f32[2]", "y")])]);
  expect(groups.map((g) => [g.argument, g.compilations.length])).toEqual([
    ["x", 1],
    ["y", 1],
  ]);
  expect(costOfAll(groups), "it was one compilation").toBe(3);
});
