// Two Reports of one function beside each other: did it get faster, and what changed. The comparison is made elsewhere, when this view is first opened.
import type { DiffSide, ReportDiff } from "../../engine/report/diff/types.ts";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { View, ViewContext, ViewDefinition } from "../view.ts";
import { compilationTable, decisionTable, figures, kernelTable, lineTable, sideNames } from "./tables.ts";
import { textDiff } from "./textDiff.ts";
import { agreementSentence, headline, resultsSentence, wayOf } from "./words.ts";

export const compareView: ViewDefinition = { id: "compare", label: () => t("Compare"), when: (c) => c.baseline !== null, open };

function open(c: ViewContext): View {
  const element = h(
    "div",
    { class: "stacked compare" },
    h(
      "p",
      { class: "note", role: "status" },
      c.baseline?.created ? t("Comparing with the run of {0} …", when(c.baseline.created)) : t("Comparing with the run before …"),
    ),
  );
  let inside: View | null = null;
  const ended = c.baseline?.request((d) => {
    inside?.dispose();
    inside = d ? comparison(c, d) : still(h("p", { class: "note" }, NOTHING()));
    element.replaceChildren(inside.element);
  });
  return {
    element,
    dispose() {
      ended?.();
      inside?.dispose();
    },
  };
}
const NOTHING = (): string =>
  t("No other profile of this function is kept. Change the function and profile it again: what became of it stands here then.");
/** A date as the person's system writes it. */
const when = (iso: string): string => {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString(document.documentElement.lang || undefined);
};
function comparison(c: ViewContext, d: ReportDiff): View {
  const [p] = d.programs;
  const changedKernels = (p?.kernels ?? []).filter((k) => k.status !== "same" || (k.time && wayOf(k.time) !== "none"));
  const parts: readonly { readonly id: string; readonly label: string; readonly open: () => View }[] = [
    {
      id: "figures",
      label: t("Figures"),
      open: () => still(h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("Figures of both") }, figures(d))),
    },
    { id: "kernels", label: t("Kernels ({0} changed)", changedKernels.length), open: () => whole(kernelTable(c, p?.kernels ?? [], d)) },
    { id: "fusion", label: t("Fusion ({0})", p?.decisions.length ?? 0), open: () => whole(decisionTable(c, p?.decisions ?? [], sideNames(d))) },
    { id: "text", label: t("Program text"), open: () => textDiff(p?.levels ?? []) },
    { id: "lines", label: t("Lines"), open: () => whole(lineTable(c, d.lines, sideNames(d))) },
    { id: "compilations", label: t("Compilations ({0})", d.compilations.length), open: () => whole(compilationTable(d.compilations)) },
  ];
  const made = new Map<string, View>();
  const place = h("div", { class: "stacked grow" });
  const show = (id: string): void => {
    const part = parts.find((x) => x.id === id) ?? parts[0]!;
    let view = made.get(part.id);
    if (!view) made.set(part.id, (view = part.open()));
    place.replaceChildren(view.element);
    c.memory.set("compare", part.id);
  };
  const first = typeof c.memory.get("compare") === "string" ? String(c.memory.get("compare")) : "figures";
  const pick = segmented(
    t("What is compared"),
    parts.map(({ id, label }) => ({ id, label })),
    parts.some((x) => x.id === first) ? first : "figures",
    show,
  );
  show(first);
  const element = h("div", { class: "stacked" }, head(d), h("div", { class: "toolbar" }, pick.element), place);
  return {
    element,
    dispose() {
      for (const v of made.values()) v.dispose();
    },
  };
}
function head(d: ReportDiff): HTMLElement {
  const { before, after } = d;
  // Of two compilers the programs are compared: what a call takes beside them is Python's and JavaScript's own.
  const timed = d.compilers ? (d.program ?? d.call) : d.call;
  const verdict = timed ? headline(timed) : t("Not measured on both sides: only the programs are compared.");
  return h(
    "div",
    { class: "compare-head" },
    h("h2", { class: `verdict-line ${wayOf(timed)}` }, verdict),
    ...(d.agreement
      ? [h("p", { class: `note agreement ${d.agreement.results.every((r) => r.close) ? "better" : "worse"}` }, agreementSentence(d.agreement))]
      : []),
    ...(d.results ? [h("p", { class: "note results" }, resultsSentence(d.results))] : []),
    h("table", { class: "facts", "aria-label": verdict }, sideRow(sideNames(d)[0], before), sideRow(sideNames(d)[1], after)),
    ...(d.notes.length
      ? [h("ul", { class: "notes", "aria-label": t("What makes them hard to compare") }, ...d.notes.map((n) => h("li", {}, n)))]
      : []),
  );
}
const sideRow = (name: string, s: DiffSide): HTMLElement =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", {}, `${s.function}, ${s.file}:${s.line}`),
    h("td", {}, when(s.created)),
    h("td", {}, s.device),
  );
const still = (element: HTMLElement): View => ({ element, dispose() {} });
const whole = (list: { readonly scroller: HTMLElement; dispose(): void }): View => ({ element: list.scroller, dispose: () => list.dispose() });
