// What adding a fusion rule takes: an object, and its place in the table. This one computes a sine wherever it is read, whatever that costs. (A placement
// rule that stores a value does not end the matter: kernels are joined afterwards, and the rules of `JOIN` are asked about that.)
import { afterAll, beforeAll, expect, test } from "vitest";
import "../../index.ts";
import { sentence } from "../../core/sentence.ts";
import { type Graph, GraphBuilder } from "../../graph/graph.ts";
import { numberProgram } from "../../graph/regions.ts";
import { fuse } from "./fuse.ts";
import { parsePins } from "./pins.ts";
import { PLACEMENT } from "./rules/index.ts";
import type { PlacementRule } from "./rules/rule.ts";

const sinesAgain: PlacementRule = {
  name: "sines again",
  stage: "placement",
  decide: ({ producer, readers }, facts) =>
    producer.op === "sin"
      ? { fuse: true, reason: sentence("its {0} operations are done in {1} kernels", facts.ownFlops(producer), readers.length) }
      : null,
  otherwise: sentence("use another operation"),
  kept: "cheaper",
};
/** A value that two kernels read, of which one wants it turned. */
function graph(op: "sin" | "exp"): Graph {
  const g = new GraphBuilder("f");
  const x = g.unary(op, g.param({ shape: [10, 100], dtype: "float32" }));
  const built = g.build([g.unary("cos", x), g.unary("tanh", g.transpose(x, [1, 0]))]);
  numberProgram(built);
  return built;
}
const verdict = (op: "sin" | "exp", pins: readonly string[] = []): object => {
  const d = fuse(graph(op), parsePins(pins)).ledger.find((e) => e.producer.op === op && e.consumer.op === "transpose")!;
  return { fused: d.fused, rule: d.rule, reason: d.reason.text, otherwise: d.otherwise.text };
};
const table = PLACEMENT as PlacementRule[]; // it is read-only for everybody else
const afterPins = table.findIndex((r) => r.name === "pinned") + 1;
beforeAll(() => void table.splice(afterPins, 0, sinesAgain));
afterAll(() => void table.splice(afterPins, 1));

test("the rule decides its edges and no other, and is named in the ledger", () => {
  expect(verdict("sin")).toMatchObject({
    fused: true,
    rule: "sines again",
    reason: expect.stringMatching(/^its \d+ operations are done in 2 kernels/),
  });
  expect(verdict("sin")).toMatchObject({ otherwise: "use another operation" });
  expect(verdict("exp")).toMatchObject({ fused: false });
});
test("what stands before it in the table goes before it: a person's pin", () => {
  expect(verdict("sin", ["1>3=split"])).toMatchObject({ fused: false, rule: "pinned" });
});
test("without it the value is stored", () => {
  table.splice(afterPins, 1);
  expect(verdict("sin")).toMatchObject({ fused: false });
  table.splice(afterPins, 0, sinesAgain);
});
