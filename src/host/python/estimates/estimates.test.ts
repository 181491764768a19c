// Estimates for Python files: each cause is named at its line with a remedy, and nothing is said of a program that has none.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../../../engine/report/read.ts";
import { changed } from "../../../engine/report/insights/edits.ts";
import type { Cause, Kernel, Node, Report } from "../../../engine/report/types.ts";
import { onceCompiled, unrolled } from "./actions.ts";
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
  expect(withEstimates(r).insights).toEqual([]);
  // Of a function that was traced alone nothing is known.
  const { timing: _timing, ...traced } = r;
  expect(withEstimates(traced)).toBe(traced);
});
test("a kernel that only moves", () =>
  expect(found(program([node("t", "transpose", "f32[1024,1024]")], [kernel("k", ["t"], 3)]))).toEqual([["layout-copies", 7, null, 3]]));
test("a copy into another order moves, one that makes room does not", () => {
  const of = (attributes: Partial<Node>) =>
    found(program([node("p", "parameter", "f32[64]"), node("t", "copy", "f32[8,8]", { inputs: ["p"], ...attributes })], [kernel("k", ["t"], 3)]));
  expect(of({ attributes: "{0,1} to {1,0}" })).toEqual([["layout-copies", 7, null, 3]]);
  expect(of({})).toEqual([]);
});
test("an argument that is copied to be written into", () => {
  const argument = node("p", "parameter", "f32[1024,1024]", { category: "input", name: "buffer" });
  const r = program([argument, node("c", "copy", "f32[1024,1024]", { inputs: ["p"] })], [kernel("k", ["c"], 3)]);
  expect(found(r)).toEqual([["copied-arguments", 7, null, 3]]);
  expect(withEstimates(r).insights![0]).toMatchObject({
    text: expect.stringContaining("buffer (4.0 MiB)"),
    remedy: expect.stringContaining("donate_argnames"),
  });
});
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
test("nothing is said of slow convolutions, nor of slow products that are thin nowhere", () => {
  const kernels = [kernel("fast", ["a"], 1, { flops: 1e8 }), kernel("slow", ["b"], 5, { flops: 1e7 })];
  const of = (op: string, type: string) =>
    found(
      program(
        ["a", "b"].map((id) => node(id, op, type, { category: "contraction", flops: 2 * 64 * 64 * 64 })),
        kernels,
      ),
    );
  expect(of("convolution", "f32[8,8]")).toEqual([]);
  expect(of("dot", "f32[64,64]")).toEqual([]);
  expect(of("dot", "f32[64,8]")).toHaveLength(1);
});
test("a loop of small turns", () => {
  const r = program([node("w", "while", "(f32[])", { regions: ["r1"] })], [kernel("k", [], 0.2, { region: "r1", calls: 1000 })]);
  expect(withEstimates(r).insights?.[0]).toMatchObject({ rule: "tiny-loop-bodies", gain: null, text: expect.stringMatching(/1000 turns.*0\.2 µs/) });
  const on = (platform: string) => withEstimates({ ...r, devices: [{ ...r.devices[0]!, platform }] }).insights![0]!.remedy;
  expect([on("cpu: XLA"), on("gpu: XLA")]).toEqual([
    expect.stringContaining("unroll= makes it no faster"),
    expect.stringContaining("Do several steps in a turn"),
  ]);
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
/** The text after the change that an estimate proposes for the loop of this text, whose frame is at a line and column. */
function unrolledText(text: string, line: number, column: number): string | null {
  const action = unrolled(
    { ...base, files: [{ path: "a.py", text, hash: "" }], frames: [{ file: 0, line, column, func: "f" }], stacks: [[0]] },
    node("w", "while", "", { stack: 0 }),
  );
  return action?.kind === "edit" ? changed(text, action.edits) : null;
}
test("the scan of a loop of small turns takes several steps in a turn, where the call is certain", () => {
  const head = "import jax\n";
  const column = "h, s = ".length + 1;
  const cases: readonly (readonly [string, string | null])[] = [
    ["h, s = jax.lax.scan(step, x, xs)", "h, s = jax.lax.scan(step, x, xs, unroll=8)"],
    ['h, s = lax.scan(step, (x, "a)"), [1, (2)])  # )', 'h, s = lax.scan(step, (x, "a)"), [1, (2)], unroll=8)  # )'],
    ["h, s = lax.scan(\n    step,\n    x,\n    xs,  # all, of them\n)", "h, s = lax.scan(\n    step,\n    x,\n    xs, unroll=8  # all, of them\n)"],
    ["h, s = lax.scan(step, x, xs, unroll=2)", null],
    ["h, s = lax.scan(*given)", null],
    ["h, s = own.lax.scan(step, x)", null],
    ["h, s = nn.scan(step)(x)", null],
    ["h, s = lax.scan(step, x", null],
  ];
  for (const [before, after] of cases) {
    expect(unrolledText(head + before, 2, column), before).toBe(after === null ? null : head + after);
    // Where only the line is known.
    expect(unrolledText(head + before, 2, 1), before).toBe(after === null ? null : head + after);
  }
  expect(unrolledText("a = lax.scan(f, x), lax.scan(g, x)", 1, 1)).toBe(null);
});
test("what keeps a function from being compiled again is there to copy", () => {
  const snippet = (c: Cause): string | undefined => {
    const action = onceCompiled("step", c);
    return action?.kind === "snippet" ? action.snippet : undefined;
  };
  expect(snippet({ kind: "dtype", argument: "x", before: "f32[3]", now: "i32[3]", text: "" })).toBe('x.astype("float32")');
  expect(snippet({ kind: "weakType", argument: "p['w']", text: "" })).toBe("jnp.asarray(x, jnp.result_type(x))");
  expect(snippet({ kind: "newFunction", text: "" })).toMatch(/^step_jit = jax\.jit\(step\)/);
  expect(snippet({ kind: "shape", argument: "x", text: "" })).toMatch(/def padded\(x, multiple=128\)/);
  expect(snippet({ kind: "tree", argument: "x", text: "" })).toBe(undefined);
});
