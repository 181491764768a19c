// What is said of many stored values alike is said once.
import { expect, test } from "vitest";
import type { Stored } from "../../../engine/report/ranking.ts";
import { alike } from "./explain.ts";

const stored = (id: string, line: number): Stored =>
  ({ kind: "missed", edge: "sin → dot", edges: [], file: "a.ts", line, decision: { id, rule: "tiles", reason: "read often" } }) as unknown as Stored;

test("values of one line of which the same is said are one group, in order", () => {
  const groups = alike([stored("1>2", 3), stored("3>4", 5), stored("5>6", 3)]);
  expect(groups.map((g) => g.map((m) => m.decision.id))).toEqual([["1>2", "5>6"], ["3>4"]]);
});
