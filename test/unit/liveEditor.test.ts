// What the editor knows by itself while a file is edited: where shape hints move to, and what an edit changed in the compiler's picture.
import { describe, expect, test } from "vitest";
import type { Kernel, Node, Report } from "../../src/engine/report/types.ts";
import { changesBetween } from "../../src/extension/live/changes.ts";
import { ledgerEdit } from "../../src/extension/live/ledger.ts";
import { type Hint, movedHints } from "../../src/extension/live/hintPlaces.ts";

const hint: Hint = { line: 3, column: 8, name: "h1", types: ["f32[2]"] };
const at = (line: number, character: number): { line: number; character: number } => ({ line, character });
const change = (
  from: [number, number],
  to: [number, number],
  text: string,
): { range: { start: { line: number; character: number }; end: { line: number; character: number } }; text: string } => ({
  range: { start: at(...from), end: at(...to) },
  text,
});
describe("hints move with the text", () => {
  const CASES: readonly [string, ReturnType<typeof change>, [number, number] | null][] = [
    ["text behind it", change([3, 12], [3, 12], "x"), [3, 8]],
    ["text before it on the line", change([3, 2], [3, 2], "let "), [3, 12]],
    ["a line above", change([1, 0], [1, 0], "a\n"), [4, 8]],
    ["a line break in front of it", change([3, 6], [3, 6], "\n"), [4, 2]],
    ["lines above that go", change([0, 0], [2, 0], ""), [1, 8]],
    ["its own name", change([3, 9], [3, 10], "2"), null],
    ["a selection over it", change([3, 0], [4, 0], ""), null],
    ["a line below", change([5, 0], [6, 0], ""), [3, 8]],
  ];
  for (const [what, c, expected] of CASES)
    test(what, () => expect(movedHints([hint], [c]).map((h) => [h.line, h.column])).toEqual(expected ? [expected] : []));
});
/** A program of a chain of operations, with kernels given as lists of their indices. */
function report(ops: readonly string[], kernels: readonly (readonly number[])[], prefix: string): Report {
  const id = (i: number): string => `${prefix}${i}`;
  const nodes = ops.map((op, i): Node => ({
    id: id(i),
    op,
    category: i ? "elementwise" : "input",
    type: "f32[4]",
    inputs: i ? [id(i - 1)] : [],
    scope: "",
  }));
  const region = { id: "r", name: "f", parent: null, nodes, parameters: [id(0)], outputs: [id(ops.length - 1)] };
  return {
    programs: [
      {
        id: "p",
        arguments: [],
        results: [],
        levels: [{ name: "fused", regions: [region] }],
        kernels: kernels.map((list, i) => ({ id: `${prefix}k${i}`, label: `k${i}`, nodes: list.map(id) }) as unknown as Kernel),
        decisions: ops.slice(2).map((_op, i) => ({
          id: `${prefix}d${i + 1}`,
          producer: id(i + 1),
          consumer: id(i + 2),
          fused: kernels.some((k) => k.includes(i + 1) && k.includes(i + 2)),
          rule: "",
          reason: "",
          cost: {},
        })),
      },
    ],
  } as unknown as Report;
}
describe("what an edit changed", () => {
  const before = report(["input", "sin", "mul", "tanh"], [[1, 2, 3]], "a");
  test("nothing", () => {
    const c = changesBetween(before, report(["input", "sin", "mul", "tanh"], [[1, 2, 3]], "b"));
    expect([[...c.nodes], [...c.decisions], c.kernels]).toEqual([[], [], []]);
  });
  test("an operation put in", () => {
    const c = changesBetween(before, report(["input", "sin", "exp", "mul", "tanh"], [[1, 2, 3, 4]], "b"));
    // What it feeds has another input now.
    expect([...c.nodes]).toEqual(["b2", "b3"]);
    expect(c.kernels).toEqual([]);
  });
  test("a kernel split in two, and joined again", () => {
    const after = report(["input", "sin", "mul", "tanh"], [[1], [2, 3]], "b");
    const c = changesBetween(before, after);
    expect(c.kernels).toEqual([{ kind: "split", kernel: "k0", into: 2 }]);
    expect([...c.decisions]).toEqual(["bd1"]);
    expect(changesBetween(after, before).kernels).toEqual([{ kind: "joined", kernels: ["k0", "k1"], into: "k0" }]);
  });
  test("one kernel more", () => {
    const c = changesBetween(before, report(["input", "sin", "mul", "tanh", "sort"], [[1, 2, 3], [4]], "b"));
    expect(c.kernels).toEqual([{ kind: "count", before: 1, after: 2 }]);
  });
});
describe("what edits changed in the ledger", () => {
  const withFiles = (r: Report): Report => ({ ...r, files: [], frames: [], stacks: [], function: { name: "f", at: 0 } }) as unknown as Report;
  const ran = withFiles(report(["input", "sin", "mul", "tanh"], [[1, 2, 3]], "a"));
  test("nothing", () => {
    expect(ledgerEdit(ran, withFiles(report(["input", "sin", "mul", "tanh"], [[1, 2, 3]], "b")), [])).toEqual({ said: [], edges: [], more: 0 });
  });
  test("an edge that is stored now, by the decision of the run; what the edit did to the kernels is said", () => {
    const e = ledgerEdit(ran, withFiles(report(["input", "sin", "mul", "tanh"], [[1], [2, 3]], "b")), ["This edit split the kernel k0 in two."]);
    expect(e.said).toEqual(["This edit split the kernel k0 in two."]);
    expect(e.edges).toEqual([
      { change: "split", id: "ad1", edge: "sin → mul", before: { fused: true, rule: "", reason: "" }, after: { fused: false, rule: "", reason: "" } },
    ]);
  });
  test("new edges and edges that are gone", () => {
    const e = ledgerEdit(ran, withFiles(report(["input", "sin", "exp", "tanh"], [[1, 2, 3]], "b")), []);
    expect(e.edges.map((x) => `${x.change} ${x.edge} ${x.before?.fused ?? "-"} ${x.after?.fused ?? "-"}`)).toEqual([
      "new sin → exp - true",
      "new exp → tanh - true",
      "gone sin → mul true -",
      "gone mul → tanh true -",
    ]);
  });
});
