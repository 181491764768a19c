// What a pin says of itself before it is set: one edge says nothing more, several say how many and which.
import { expect, test } from "vitest";
import type { Decision, Report } from "../../engine/report/types.ts";
import { Lookup } from "../lookup.ts";
import type { ViewContext } from "../view.ts";
import { pinsSaid } from "./pinWords.ts";
import { decisionRows } from "./rows.ts";

const decision = (id: string, fused: boolean): Decision => {
  const [producer, consumer] = id.split(">").map((n) => `g${n}`) as [string, string];
  return { id, producer, consumer, fused, rule: "r", reason: "because", kept: "cheaper", cost: {}, names: { producer: `v${producer}` } };
};
function said(decisions: readonly Decision[], id: string): string | null {
  const ids = [...new Set(decisions.flatMap((d) => [d.producer, d.consumer]))];
  const nodes = ids.map((n) => ({ id: n, op: "exp", category: "elementwise" as const, type: `f32[${n.slice(1)}]`, inputs: [], scope: "" }));
  const levels = [{ name: "fused", regions: [{ id: "r", name: "f", parent: null, nodes, parameters: [], outputs: [] }] }];
  const programs = [{ id: "p", arguments: [], results: [], levels, decisions }];
  const report = { files: [], frames: [], stacks: [], programs, source: { kind: "jitlens" } } as unknown as Report;
  const lookup = new Lookup(report);
  const row = decisionRows(lookup, false).find((r) => r.decision.id === id)!;
  return pinsSaid({ report, lookup, pin: () => {} } as unknown as ViewContext, row);
}
test("a value that is computed from fused ones is pinned with them", () => {
  const edges = [decision("1>2", true), decision("2>3", true), decision("3>4", false)];
  expect(said(edges, "3>4")).toBe("This pins 3 edges: vg3: exp → exp, together; vg2: exp → exp, together; vg1: exp → exp, together");
});
test("one edge is one pin", () => {
  expect(said([decision("1>2", false)], "1>2")).toBe(null);
  expect(said([decision("1>2", true), decision("2>3", true)], "2>3")).toBe(null);
});
