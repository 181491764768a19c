// What lenses, hints and quick fixes say of insights.
import * as vscode from "vscode";
import { bestPart, savingOf } from "../../engine/report/insights/gain.ts";
import { showBytes, showTime } from "../../engine/report/exporters/text.ts";
import type { Insight } from "../../engine/report/types.ts";
import { said } from "../l10n.ts";

const percent = (part: number): string => `${part < 0 ? "+" : "−"}${Math.abs(100 * part).toFixed(0)} %`;
/** "3 insights, −41 %": the largest gain alone, because remedies may be of one cause. */
export function lensText(insights: readonly Insight[], call: number | undefined): string {
  const n = insights.length;
  const count = n === 1 ? vscode.l10n.t("1 insight") : vscode.l10n.t("{0} insights", n);
  const best = bestPart(insights, call);
  return best && best.part >= 0.005 ? `${count}, ${best.estimated ? "≈ " : ""}${percent(best.part)}` : count;
}
/** "−76 %", "−31 ms", "−1.2 MiB"; "" where nobody knows. */
export function savedText(i: Insight, call: number | undefined): string {
  const s = savingOf(i, call);
  if (s.amount === null) return "";
  const amount = s.of === "memory" ? showBytes(Math.round(Math.abs(s.amount))) : showTime(Math.abs(s.amount));
  const text = s.part === null ? `${s.amount < 0 ? "+" : "−"}${amount}` : percent(s.part);
  return s.measured ? text : vscode.l10n.t("{0} (estimated)", text);
}
/** A sentence of an insight in the person's language; "" where it has none. */
export const saidOf = (i: Insight, what: "text" | "remedy" | "label"): string =>
  said(what === "label" ? (i.action?.label ?? "") : i[what], i.phrases?.[what]);
export function hintText(i: Insight, call: number | undefined): string {
  const saved = savedText(i, call);
  return `${saved ? `${saved}: ` : ""}${saidOf(i, "text")} ${saidOf(i, "remedy")}`;
}
