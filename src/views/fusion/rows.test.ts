// What the fusion view says first, and what it says once.
import { describe, expect, test } from "vitest";
import type { Decision, Report } from "../../engine/report/types.ts";
import { Lookup } from "../lookup.ts";
import { decisionRows, grouped, isHeading, kindOf } from "./rows.ts";

const decision = (id: string, more: Partial<Decision>): Decision => ({
  id,
  producer: `g${id.split(">")[0]}`,
  consumer: `g${id.split(">")[1]}`,
  fused: false,
  rule: "r",
  reason: "because",
  cost: {},
  stack: 0,
  ...more,
});
function lookup(decisions: readonly Decision[], kernels: readonly (readonly string[])[] = []): Lookup {
  const ids = [...new Set(decisions.flatMap((d) => [d.producer, d.consumer]))];
  const node = (id: string) => ({ id, op: "exp", category: "elementwise" as const, type: "f32[8]", inputs: [], scope: "", stack: 0 });
  const report = {
    files: [{ path: "a.ts", hash: "" }],
    frames: [{ file: 0, line: 3, column: 1, func: "f" }],
    stacks: [[0]],
    programs: [
      {
        id: "p0",
        arguments: [],
        results: [],
        levels: [{ name: "fused", regions: [{ id: "r", name: "f", parent: null, nodes: ids.map(node), parameters: [], outputs: [] }] }],
        decisions,
        kernels: kernels.map((nodes, i) => ({
          id: `k${i}`,
          name: `k${i}`,
          label: `k${i}`,
          kind: "loop",
          region: "r",
          device: 0,
          nodes,
          outputs: [],
          bytesRead: 0,
          bytesWritten: 0,
          flops: 0,
          calls: 1,
          lines: [],
        })),
      },
    ],
  };
  return new Lookup(report as unknown as Report);
}
const limit = { kept: "limit" } as const;

test("missed fusions lead by the time they cost, then values computed again, then what is stored on purpose, then what is fused", () => {
  const rows = decisionRows(
    lookup([
      decision("1>2", { fused: true, ms: { fused: 0, kept: 1 } }),
      decision("3>4", { ...limit, reason: "a", ms: { fused: 0, kept: 0.1 } }),
      decision("5>6", { kept: "needed", ms: { fused: 0, kept: 9 } }),
      decision("7>8", { ...limit, reason: "b", ms: { fused: 0, kept: 0.5 } }),
      decision("9>10", { fused: true, reason: "c", ms: { fused: 5, kept: 1 } }),
    ]),
    false,
  );
  expect(rows.map((r) => `${r.kind} ${r.decision.id} ${r.lost}`)).toEqual([
    "missed 7>8 0.5",
    "missed 3>4 0.1",
    "again 9>10 4",
    "stored 5>6 9",
    "fused 1>2 -1",
  ]);
});
test("a source that says nothing of why a value is stored, or of time, is ranked by bytes", () => {
  const rows = decisionRows(lookup([decision("1>2", { cost: { bytes: 10 } }), decision("3>4", { reason: "other", cost: { bytes: 20 } })]), false);
  expect(rows.map((r) => [r.kind, r.decision.id, r.lost])).toEqual([
    ["missed", "3>4", null],
    ["missed", "1>2", null],
  ]);
});
test("a value that is stored because that is cheaper counts as missed where the machine's numbers say otherwise", () => {
  expect(kindOf(decision("1>2", { kept: "cheaper", ms: { fused: 3, kept: 1 } }))).toBe("stored");
  expect(kindOf(decision("1>2", { kept: "cheaper", ms: { fused: 1, kept: 3 } }))).toBe("missed");
  expect(kindOf(decision("1>2", { kept: "pinned", ms: { fused: 1, kept: 3 } }))).toBe("stored");
});
describe("what says the same", () => {
  const many = Array.from({ length: 1000 }, (_v, i) =>
    decision(`${2 * i}>${2 * i + 1}`, { ...limit, ms: { fused: 0, kept: 0.001 }, cost: { bytes: 8 } }),
  );
  test("is one row, and different values add up", () => {
    const rows = decisionRows(lookup(many), false);
    expect(rows.length).toBe(1);
    expect(rows[0]!.members.length).toBe(1000);
    expect(rows[0]!.lost).toBeCloseTo(1, 9);
    expect(rows[0]!.bytes).toBe(8000);
  });
  test("one value that a kernel reads in nine places is stored once", () => {
    const nine = Array.from({ length: 9 }, (_v, i) => decision(`1>${i + 2}`, { ...limit, ms: { fused: 0, kept: 0.5 }, cost: { bytes: 100 } }));
    const rows = decisionRows(lookup(nine, [Array.from({ length: 9 }, (_v, i) => `g${i + 2}`)]), false);
    expect(rows.map((r) => [r.members.length, r.lost, r.bytes])).toEqual([[9, 0.5, 100]]);
  });
  test("60,000 decisions take moments", () => {
    const all = Array.from({ length: 60_000 }, (_v, i) =>
      decision(`${i}>${i + 1}`, { ...limit, reason: `reason ${i % 5000}`, ms: { fused: 0, kept: 1 } }),
    );
    const l = lookup(all);
    expect(decisionRows(l, true).length).toBe(5000);
  });
});
test("groups: by kernel or by line, the costliest first", () => {
  const l = lookup(
    [decision("1>2", { fused: true, ms: { fused: 0, kept: 1 } }), decision("3>4", { ...limit, ms: { fused: 0, kept: 0.5 } })],
    [["g2"], ["g4"]],
  );
  const show = (by: "kernel" | "line"): string[] =>
    grouped(decisionRows(l, by === "kernel"), by, l, "none").map((i) => (isHeading(i) ? `# ${i.heading} ${i.lost}` : i.decision.id));
  expect(show("kernel")).toEqual(["# k1 0.5", "3>4", "# k0 0", "1>2"]);
  expect(show("line")).toEqual(["# a.ts:3 0.5", "3>4", "1>2"]);
});
