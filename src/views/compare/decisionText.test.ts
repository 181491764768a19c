// Sentences on edges that are decided otherwise, in English and in another language.
import { afterEach, expect, test } from "vitest";
import type { DecisionDiff } from "../../engine/report/diff/types.ts";
import { useBundle } from "../l10n.ts";
import { decisionText } from "./decisionText.ts";

afterEach(() => useBundle({}));
const reason = { template: "{0} has loops of its own", args: ["dot"] };
const stored = { fused: false, rule: "other loops", reason: "dot has loops of its own", phrases: { reason } };
const fused = { fused: true, rule: "epilogue", reason: "in a register" };
const diff = (d: Partial<DecisionDiff>): DecisionDiff => ({ change: "split", text: "as written", edge: "exp → dot", rule: "r", bytes: 0, ...d });

test("in English", () => {
  expect(decisionText(diff({ was: fused, is: stored }))).toBe("exp → dot was fused, is stored now: dot has loops of its own");
  expect(decisionText(diff({ change: "rule", was: stored, is: { ...stored, rule: "pinned", pinned: true } }))).toBe(
    "exp → dot is stored as before, now by rule pinned (before: other loops)",
  );
  expect(decisionText(diff({ change: "gone", was: stored }))).toBe("exp → dot was stored, and is no more");
  expect(decisionText(diff({}))).toBe("as written");
});
test("in another language, argument by argument", () => {
  useBundle({
    "{0} has loops of its own": "{0} hat eigene Schleifen",
    "{0} was fused, is stored now: {1}": "{0} war verschmolzen, jetzt gespeichert: {1}",
  });
  expect(decisionText(diff({ was: fused, is: stored }))).toBe("exp → dot war verschmolzen, jetzt gespeichert: dot hat eigene Schleifen");
});
