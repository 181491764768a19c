// The fusion view's words for verdicts and reasons.
import type { Decision } from "../../engine/report/types.ts";
import { baseName } from "../format.ts";
import { said, t } from "../l10n.ts";
import type { DecisionRow, Kind } from "./rows.ts";

export const kindText = (kind: Kind): string =>
  ({ missed: t("missed"), again: t("computed again"), stored: t("stored on purpose"), fused: t("fused") })[kind];
export const kindTitle = (kind: Kind): string =>
  ({
    missed: t("Two kernels where one would do: the value goes through memory"),
    again: t("Fused, but its elements are computed so often that storing them would be cheaper"),
    stored: t("Kept in memory because that is cheaper, or because something needs it there"),
    fused: t("One kernel computes both: the value never goes through memory"),
  })[kind];
/** Why the edge was decided as it was. */
export const reasonOf = (d: Said): string => said(d.reason, d.phrases?.reason);
type Said = Pick<Decision, "reason" | "phrases">;
/** "To fuse it: give both the same shape" */
export function turn(r: DecisionRow): string {
  const { fused, phrases } = r.decision;
  if (!r.decision.otherwise) return "";
  const otherwise = said(r.decision.otherwise, phrases?.otherwise);
  return fused ? t("To store it: {0}", otherwise) : t("To fuse it: {0}", otherwise);
}
export const where = (p: { readonly file: string; readonly line: number }): string => `${baseName(p.file)}:${p.line}`;
export const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);
