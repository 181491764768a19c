// The ledger: every producer → consumer edge, fused or kept, by which rule, why, at what cost, and what would turn the verdict.
import type { Decision } from "../engine/report/types.ts";
import { segmented } from "./controls/segmented.ts";
import { type Column, table } from "./controls/table.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, bytes, count, time } from "./format.ts";
import { t } from "./l10n.ts";
import { textField } from "./toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "./view.ts";

const ROW_HEIGHT = 44;
export const fusionView: ViewDefinition = { id: "fusion", label: () => t("Fusion"), place: "profile", open };

function open(c: ViewContext): View {
  const { lookup, store } = c;
  const op = (id: string): string => {
    const n = lookup.nodes.get(id);
    return n ? (n.name && n.category === "input" ? n.name : n.op) : id;
  };
  const place = (d: Decision): { file: string; line: number } | null => lookup.placeOf({ kind: "decision", id: d.id });
  const columns: Column<Decision>[] = [
    {
      id: "verdict",
      label: t("Verdict"),
      title: t("Whether one kernel computes both"),
      value: (d) => (d.fused ? 0 : 1),
      cell: (d) => h("span", { class: "verdict" }, d.fused ? t("● fused") : t("○ kept")),
    },
    {
      id: "edge",
      label: t("Edge"),
      title: t("The value's producer and its consumer"),
      value: (d) => `${op(d.producer)} → ${op(d.consumer)}`,
      cell: (d) => h("span", {}, `${op(d.producer)} → ${op(d.consumer)}`, h("span", { class: "id" }, ` ${d.id}`)),
    },
    { id: "line", label: t("Line"), title: t("Where the producer stands"), value: (d) => place(d)?.line ?? 0, cell: (d) => linkTo(c, place(d)) },
    { id: "rule", label: t("Rule"), title: t("The rule that decided"), value: (d) => d.rule, cell: (d) => d.rule },
    { id: "reason", label: t("Reason"), title: t("Why, and what would turn it"), cell: reason },
    {
      id: "bytes",
      label: t("Bytes"),
      title: t("Not moved because of the fusion; of a kept edge, what moves because it is not fused"),
      number: true,
      value: (d) => d.cost.bytes ?? 0,
      cell: (d) => (d.cost.bytes ? bytes(d.cost.bytes) : "–"),
    },
    {
      id: "flops",
      label: t("FLOP again"),
      title: t("Computed more than once"),
      number: true,
      value: (d) => d.cost.flops ?? 0,
      cell: (d) => (d.cost.flops ? count(d.cost.flops) : "–"),
    },
    ...(lookup.decisions.some((d) => d.ms)
      ? [
          {
            id: "ms",
            label: t("Fused / kept"),
            title: t("Predicted or measured time either way"),
            number: true,
            value: (d: Decision) => d.ms?.fused ?? 0,
            cell: milliseconds,
          },
        ]
      : []),
  ];
  const list = table<Decision>({
    name: t("Fusion decisions"),
    className: "ledger",
    columns,
    key: (d) => d.id,
    height: ROW_HEIGHT,
    rowClass: (d) => (d.fused ? "fused" : "kept"),
    rowData: (d) => ({ decision: d.id }),
    choose: (d) => store.select({ kind: "decision", id: d.id }),
    open: (d) => {
      const at = place(d);
      if (at) c.reveal(at);
    },
  });
  let filter = "all";
  let query = "";
  const fused = lookup.decisions.filter((d) => d.fused).length;
  const counts = h("span", { class: "note", "aria-live": "polite" });
  const fill = (): void => {
    const rows = lookup.decisions.filter(
      (d) =>
        (filter === "all" || (filter === "fused") === d.fused) &&
        (!query || `${op(d.producer)} → ${op(d.consumer)} ${d.id} ${d.rule} ${d.reason} ${where(place(d))}`.toLowerCase().includes(query)),
    );
    list.setRows(rows);
    counts.textContent = `${t("{0} fused, {1} kept", fused, lookup.decisions.length - fused)}${rows.length === lookup.decisions.length ? "" : `; ${t("{0} shown", rows.length)}`}`;
  };
  const pick = segmented(
    t("Verdict"),
    [
      { id: "all", label: t("all") },
      { id: "fused", label: t("fused") },
      { id: "kept", label: t("kept") },
    ],
    filter,
    (id) => {
      filter = id;
      fill();
    },
  );
  const search = textField(t("Search edges, rules, reasons"), (q) => {
    query = q.trim().toLowerCase();
    fill();
  });
  fill();
  const detail = h("section", { class: "detail", "aria-label": t("Chosen edge"), hidden: true });
  const update = (): void => {
    const { selection } = store.state;
    const d = selection?.kind === "decision" ? lookup.decision(selection.id) : undefined;
    detail.hidden = !d;
    if (d) detail.replaceChildren(...decisionDetail(d, `${op(d.producer)} → ${op(d.consumer)}`, linkTo(c, place(d))));
    list.mark(selection?.kind === "decision" ? selection.id : null, lookup.related(selection).decisions);
  };
  update();
  return {
    element: h("div", { class: "stacked" }, h("div", { class: "toolbar" }, pick.element, search, counts), list.scroller, detail),
    dispose: all(store.subscribe(update), () => list.dispose()),
  };
}
const where = (p: { file: string; line: number } | null): string => (p ? `${baseName(p.file)}:${p.line}` : "");
const linkTo = (c: ViewContext, p: { file: string; line: number } | null): HTMLElement | string => (p ? lineLink(where(p), () => c.reveal(p)) : "");
function reason(d: Decision): HTMLElement {
  const turn = d.otherwise ? t("To turn it: {0}", d.otherwise) : "";
  return h(
    "div",
    { class: "wide", title: turn ? `${d.reason}\n${turn}` : d.reason },
    h("div", {}, d.reason),
    turn ? h("div", { class: "otherwise" }, turn) : null,
  );
}
/** All that is known of one edge, unshortened. */
function decisionDetail(d: Decision, edge: string, line: HTMLElement | string): HTMLElement[] {
  const row = (name: string, value: HTMLElement | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
  return [
    h("h2", {}, d.fused ? t("Fused: {0}", edge) : t("Kept: {0}", edge)),
    h(
      "table",
      { class: "facts" },
      row(t("Rule"), d.pinned ? t("{0}, pinned", d.rule) : d.rule),
      row(t("Reason"), d.reason),
      ...(d.otherwise ? [row(t("To turn it"), d.otherwise)] : []),
      ...(d.cost.evaluations ? [row(t("Evaluations"), count(d.cost.evaluations))] : []),
      row(t("Pin"), h("code", {}, `${d.id}=${d.fused ? "split" : "fuse"}`)),
      ...(line ? [row(t("Line"), line)] : []),
    ),
  ];
}
function milliseconds(d: Decision): HTMLElement | string {
  const fused = d.ms?.measured?.fused.median ?? d.ms?.fused;
  const kept = d.ms?.measured?.kept.median ?? d.ms?.kept;
  const show = (v: number | undefined): string => (v === undefined ? "–" : time(v));
  return h("span", { title: d.ms?.measured ? t("measured") : t("predicted") }, `${show(fused)} / ${show(kept)}`);
}
