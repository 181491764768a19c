// What an insight saves, in which order insights stand, and the lines that a change touches.
import { describe, expect, test } from "vitest";
import type { Insight, Measurement, TextChange } from "../types.ts";
import { changed, fits, hunks } from "./edits.ts";
import { bestPart, isNamed, nameOf, ranked, savingOf } from "./gain.ts";

const m = (median: number, spread = 0): Measurement => ({ min: median, median, spread });
const insight = (o: Partial<Insight>): Insight => ({ rule: "r", file: 0, line: 1, lines: [], text: "t", remedy: "", gain: null, ...o });
const call = insight({ text: "call", gain: { before: m(40.1, 0.4), after: m(9.7, 0.3), runs: 3 } });

describe("what is saved", () => {
  test("of a trial: both sides, the factor with its spread", () => {
    const s = savingOf(call);
    expect(s.amount).toBeCloseTo(30.4);
    expect(s.part).toBeCloseTo(0.758, 3);
    expect(s.measured!.factor).toBeCloseTo(4.134, 3);
    expect(s.measured!.spread).toBeCloseTo((4.134 * Math.hypot(0.4 / 40.1, 0.3 / 9.7)) / 2, 3);
  });
  test("of an estimate: what is predicted, as a part of a call where that is known", () => {
    expect(savingOf(insight({ predicted: 2 }), 8)).toEqual({ of: "call", amount: 2, measured: null, part: 0.25 });
    expect(savingOf(insight({ predicted: 2, of: "compile" }), 8).part).toBe(null);
    expect(savingOf(insight({})).amount).toBe(null);
  });
  test("what was measured first, the most milliseconds, then bytes; then estimates, then what is not known", () => {
    const memory = insight({ text: "memory", of: "memory", predicted: 1e9 });
    const list = [insight({ text: "?" }), memory, insight({ text: "estimate", predicted: 300 }), call];
    expect(ranked(list).map((i) => i.text)).toEqual(["call", "estimate", "memory", "?"]);
  });
  test("the largest part of a call: what was measured goes before what is estimated, and parts do not add up", () => {
    expect(bestPart([call, insight({ predicted: 39 })], 40)).toEqual({ part: expect.closeTo(0.758, 3), estimated: false });
    expect(bestPart([insight({ predicted: 10 }), insight({ predicted: 4 })], 40)).toEqual({ part: 0.25, estimated: true });
    expect(bestPart([insight({ of: "memory", predicted: 4 })], 40)).toBe(null);
  });
  test("names", () => {
    expect(isNamed(call, nameOf(call))).toBe(true);
    expect(isNamed(call, { ...nameOf(call), line: 2 })).toBe(false);
  });
});
describe("changes of a text", () => {
  const text = "const a = 1;\r\nconst b = pow(x, 2);\r\nconst c = 3;\r\n";
  const change = (line: number, column: number, endLine: number, endColumn: number, by: string): TextChange => ({
    file: 0,
    ...{ line, column, endLine, endColumn },
    text: by,
  });
  test("are all applied, wherever they stand in the list", () => {
    const both = [change(1, 11, 1, 12, "10"), change(2, 11, 2, 20, "x.mul(x)")];
    const expected = "const a = 10;\r\nconst b = x.mul(x);\r\nconst c = 3;\r\n";
    expect(changed(text, both)).toBe(expected);
    expect(changed(text, [...both].reverse())).toBe(expected);
  });
  test("as lines: replaced, inserted, deleted", () => {
    expect(hunks(text, [change(2, 11, 2, 20, "x.mul(x)")])).toEqual([{ line: 2, before: ["const b = pow(x, 2);"], after: ["const b = x.mul(x);"] }]);
    expect(hunks(text, [change(2, 1, 2, 1, "const y = x;\n")])).toEqual([{ line: 2, before: [], after: ["const y = x;"] }]);
    expect(hunks(text, [change(1, 1, 2, 1, "")])).toEqual([{ line: 1, before: ["const a = 1;"], after: [] }]);
  });
  test("that lie over each other, or outside, do not fit", () => {
    expect(fits(text, [change(1, 1, 1, 5, ""), change(1, 5, 1, 6, "")])).toBe(true);
    expect(fits(text, [change(1, 1, 1, 6, ""), change(1, 5, 1, 7, "")])).toBe(false);
    expect(fits(text, [change(9, 1, 9, 2, "")])).toBe(false);
  });
});
