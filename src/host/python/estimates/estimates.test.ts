// Estimates for Python files: each cause is named at its line with a remedy, and nothing is said of a program that has none.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../../../engine/report/read.ts";
import type { Kernel, Node, Report } from "../../../engine/report/types.ts";
import { withEstimates } from "./estimates.ts";

const base = parseReportText(gunzipSync(readFileSync(new URL("../../../engine/report/fixtures/loop.v2.jitprofile.gz", import.meta.url))).toString());
const m = (median: number): NonNullable<Kernel["time"]> => ({ min: median, median, spread: 0 });
const node = (id: string, op: string, type: string, more: Partial<Node> = {}): Node => ({
  id,
  op,
  type,
  category: "other",
  inputs: [],
  scope: "",
  ...more,
});
const kernel = (id: string, nodes: string[], ms: number, more: Partial<Kernel> = {}): Kernel => ({
  ...{ id, name: id, label: id, kind: "fusion", region: "r0", device: 0, nodes, outputs: [], bytesRead: 2 ** 22, bytesWritten: 2 ** 22 },
  ...{ flops: 0, calls: 1, time: m(ms), lines: [{ file: 0, line: 7, share: 1 }] },
  ...more,
});
/** A program of 10 ms a call. */
const program = (nodes: Node[], kernels: Kernel[], more: Partial<Report> = {}): Report => ({
  ...base,
  timing: { warmups: 1, repetitions: 1, total: m(10), program: m(10) },
  compilations: [],
  programs: [
    {
      id: "p0",
      arguments: [],
      results: [],
      levels: [{ name: "hlo", regions: [{ id: "r0", name: "f", parent: null, nodes, parameters: [], outputs: [] }] }],
      kernels,
    },
  ],
  ...more,
});
const found = (r: Report): unknown => withEstimates(r).insights?.map((i) => [i.rule, i.line, i.gain, i.predicted]);

test("nothing is said of a program in single precision that computes", () => {
  const r = program([node("a", "tanh", "f32[1000]"), node("t", "transpose", "f32[8,8]")], [kernel("k", ["a", "t"], 9)]);
  expect(withEstimates(r)).toBe(r);
});
test("a kernel that only moves", () =>
  expect(found(program([node("t", "transpose", "f32[1024,1024]")], [kernel("k", ["t"], 3)]))).toEqual([["layout-copies", 7, null, 3]]));
test("double precision", () =>
  expect(found(program([node("a", "tanh", "f64[1000]")], [kernel("k", ["a"], 8)]))).toEqual([["double-precision", 7, null, 4]]));
test("a product far below another", () => {
  const dots = ["a", "b"].map((id) => node(id, "dot", "f32[8,8]", { category: "contraction" }));
  const r = program(dots, [
    kernel("fast", ["a"], 1, { flops: 1e8 }),
    kernel("slow", ["b"], 5, { flops: 1e7, lines: [{ file: 0, line: 9, share: 1 }] }),
  ]);
  expect(found(r)).toEqual([["slow-products", 9, null, expect.closeTo(4.8)]]);
});
test("a loop of small turns", () => {
  const r = program([node("w", "while", "(f32[])", { regions: ["r1"] })], [kernel("k", [], 0.2, { region: "r1", calls: 1000 })]);
  expect(withEstimates(r).insights?.[0]).toMatchObject({ rule: "tiny-loop-bodies", gain: null, text: expect.stringMatching(/1000 turns.*0\.2 µs/) });
});
test("compiled again and again, once with a count", () => {
  const c = (index: number) => ({
    ...{ index, function: "f", call: null, signature: "", phases: { compile: 30 } },
    causes: [{ kind: index ? ("shape" as const) : ("first" as const), argument: "x", text: `x was f32[${index}], is f32[${index + 1}]` }],
  });
  const r = program([], [], { compilations: [0, 1, 2, 3].map(c) });
  expect(found(r)).toEqual([["retraces", base.frames[base.function.at]!.line, null, 90]]);
  expect(withEstimates(r).insights![0]).toMatchObject({ of: "compile", remedy: expect.stringContaining("pad x") });
});
