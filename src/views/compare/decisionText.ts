// What became of an edge between two profiles, in the person's language.
import type { DecidedBy, DecisionDiff } from "../../engine/report/diff/types.ts";
import { reasonOf } from "../fusion/words.ts";
import { said, t } from "../l10n.ts";

export function decisionText(d: DecisionDiff): string {
  const { edge, was, is } = d;
  const why = is ?? was;
  // A comparison that was made by an older version has the sentence alone.
  if (!why) return d.text;
  switch (d.change) {
    case "split":
      return t("{0} was fused, is stored now: {1}", edge, reasonOf(why));
    case "fused":
      return t("{0} was stored, is fused now: {1}", edge, reasonOf(why));
    case "new":
      return t("{0} is new, and stored: {1}", edge, reasonOf(why));
    case "gone":
      return t("{0} was stored, and is no more", edge);
    case "rule": {
      const [before, now] = [ruleOf(was), ruleOf(is)];
      return why.fused
        ? t("{0} is fused as before, now by rule {1} (before: {2})", edge, now, before)
        : t("{0} is stored as before, now by rule {1} (before: {2})", edge, now, before);
    }
    case "byFirst":
    case "bySecond":
      return t("{0}: {1}", edge, reasonOf(why));
    default:
      return d.change satisfies never;
  }
}
const ruleOf = (d: DecidedBy | undefined): string => (d ? said(d.rule) : "–");
