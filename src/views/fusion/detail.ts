// All that is known of the edge that is chosen, unshortened: both verdicts side by side, where it stands, who else says the same.
import type { Measurement } from "../../engine/report/types.ts";
import { h, lineLink } from "../dom.ts";
import { bytes, count, time } from "../format.ts";
import { said, t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import type { ViewContext } from "../view.ts";
import { pinsSaid } from "./pinWords.ts";
import { pinButton } from "./pins.ts";
import { type DecisionRow, costs, showName } from "./rows.ts";
import { capital, reasonOf, turn, where } from "./words.ts";

const MOST = 24;
const row = (name: string, value: Node | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));

export function decisionDetail(c: ViewContext, r: DecisionRow): HTMLElement[] {
  const { decision: d } = r;
  const name = `${showName(r.producer)} → ${showName(r.consumer)}`;
  const other = turn(r);
  const several = c.pin ? pinsSaid(c, r) : null;
  const kernel = r.kernel === null ? undefined : c.lookup.kernelById.get(r.kernel);
  return [
    h("h2", {}, d.fused ? t("Fused: {0}", name) : t("Stored: {0}", name)),
    h("p", { class: "sentence" }, t("{0}.", capital(reasonOf(d))), other ? ` ${t("{0}.", other)}` : ""),
    h(
      "div",
      { class: "toolbar" },
      c.tab ? button(t("Show on graph"), () => showOnGraph(c, r)) : null,
      pinButton(c, r),
      r.place ? lineLink(where(r.place), () => c.reveal(r.place!)) : null,
    ),
    ...(several ? [h("p", { class: "note" }, `${several}.`)] : []),
    h(
      "table",
      { class: "facts", "aria-label": name },
      ...verdicts(r),
      row(t("Rule"), d.pinned ? t("{0}, pinned", said(d.rule)) : said(d.rule)),
      ...(r.bytes ? [row(d.fused ? t("Not moved") : t("Moved"), bytes(r.bytes))] : []),
      ...(r.flops ? [row(d.fused ? t("Done again") : t("Fusing would do again"), t("{0} operations", count(r.flops)))] : []),
      ...(d.cost.evaluations ? [row(t("Evaluations"), evaluations(c, r))] : []),
      ...(kernel
        ? [
            row(
              t("Kernel"),
              lineLink(kernel.label, () => c.store.select({ kind: "kernel", id: kernel.id }), t("Choose this kernel")),
            ),
          ]
        : []),
      row(t("Edges"), members(c, r)),
    ),
  ];
}
function showOnGraph(c: ViewContext, r: DecisionRow): void {
  c.store.select({ kind: "decision", id: r.decision.id });
  c.tab?.("graph");
}
/** Both verdicts with their times, the one that holds first. */
function verdicts(r: DecisionRow): HTMLElement[] {
  const both = costs(r.decision);
  if (!both) return [];
  const { measured } = r.decision.ms ?? {};
  const spread = (m: Measurement): string => t("{0} (minimum {1}, spread {2})", time(m.median), time(m.min), time(m.spread));
  const show = (verdict: "fused" | "kept"): string =>
    measured ? `${t("measured")}: ${spread(measured[verdict])}` : `${t("predicted")}: ${time(both[verdict])}`;
  const rows = [row(t("As one kernel"), show("fused")), row(t("Stored"), show("kept"))];
  return r.decision.fused ? rows : rows.reverse();
}
/** How often an element of the value is computed. */
function evaluations(c: ViewContext, r: DecisionRow): string {
  const { evaluations: n = 0 } = r.decision.cost;
  const size = sizeOf(c.lookup.nodes.get(r.decision.producer)?.type ?? "");
  const times = size ? n / size : 0;
  return times > 1.05 ? t("{0}: each element {1} times", count(n), times.toFixed(times < 10 ? 1 : 0)) : count(n);
}
/** Elements of "f32[128,64]"; 0 where it is no array's type. */
export function sizeOf(type: string): number {
  const m = /^[\w<>]+\[([\d,]*)\]$/.exec(type);
  return m ? m[1]!.split(",").reduce((p, n) => p * (n === "" ? 1 : Number(n)), 1) : 0;
}
function members(c: ViewContext, r: DecisionRow): HTMLElement {
  const shown = r.members.slice(0, MOST);
  const link = (id: string): HTMLElement => lineLink(id, () => c.store.select({ kind: "decision", id }), t("Choose this edge"));
  return h(
    "span",
    { class: "mono" },
    ...shown.flatMap((d, i) => [...(i ? [", "] : []), link(d.id)]),
    r.members.length > MOST ? `, … ${t("{0} more", r.members.length - MOST)}` : "",
  );
}
