// Every compilation of the run: of which function, for which arguments, why it was necessary, what it cost, which call asked for it. And the warnings.
import type { Compilation } from "../engine/report/types.ts";
import { CAUSE_NAMES, type CauseGroup, causeGroups, costOf, costOfAll, remedyOf, valuesOf } from "./causes.ts";
import { type Column, table } from "./controls/table.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, time } from "./format.ts";
import { t } from "./l10n.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";

const ROW_HEIGHT = 44;
const MOST_GROUPS = 20;
export const tracesView: ViewDefinition = {
  id: "traces",
  label: ({ warnings: { length: n } }) => (n === 0 ? t("Traces") : n === 1 ? t("Traces (1 warning)") : t("Traces ({0} warnings)", n)),
  open,
};

function open(c: ViewContext): View {
  const { lookup, report } = c;
  const place = (stack: number | null): HTMLElement | string => {
    const frame = lookup.frameOf(stack);
    if (!frame) return "";
    const file = lookup.pathOf(frame.file);
    return lineLink(`${baseName(file)}:${frame.line}`, () => c.reveal({ file, line: frame.line, column: frame.column }));
  };
  const phase = (id: keyof Compilation["phases"], label: string, title: string): Column<Compilation> => ({
    id,
    label,
    title,
    number: true,
    value: (k) => k.phases[id] ?? 0,
    cell: (k) => (k.phases[id] === undefined ? "–" : time(k.phases[id])),
  });
  const list = table<Compilation>({
    name: t("Compilations"),
    className: "traces",
    columns: [
      { id: "index", label: "#", title: t("In the order of the run"), number: true, value: (k) => k.index, cell: (k) => String(k.index + 1) },
      {
        id: "function",
        label: t("Function"),
        title: t("What was traced"),
        value: (k) => k.function,
        cell: (k) => h("span", {}, k.function, k.signature ? h("div", { class: "otherwise mono" }, k.signature) : null),
      },
      {
        id: "causes",
        label: t("Why"),
        title: t("What differs from the traces that were there"),
        cell: (k) => h("div", { class: "wide" }, ...k.causes.map((x) => h("div", {}, x.text))),
      },
      { id: "call", label: t("Call"), title: t("The call that asked for it"), cell: (k) => place(k.call) },
      phase("trace", t("Trace"), t("Running the function on tracers")),
      phase("lower", t("Lower"), t("To the compiler's graph")),
      phase("compile", t("Compile"), t("Passes, fusion, code")),
      { id: "cost", label: t("All"), title: t("All phases together"), number: true, value: costOf, cell: (k) => time(costOf(k)) },
    ],
    key: (k) => String(k.index),
    height: ROW_HEIGHT,
  });
  list.setRows(report.compilations);
  const warnings = report.warnings.map((w) => h("li", {}, w.message, " ", place(w.stack)));
  const groups = causeGroups(report.compilations);
  if (groups.length) list.scroller.prepend(findings(groups, place));
  const head = warnings.length ? [h("section", { class: "warnings" }, h("h2", {}, t("Warnings")), h("ul", {}, ...warnings))] : [];
  return { element: h("div", { class: "stacked" }, ...head, list.scroller), dispose: () => list.dispose() };
}
/** Why functions were compiled again, before the list of every compilation. */
function findings(groups: readonly CauseGroup[], place: (stack: number | null) => HTMLElement | string): HTMLElement {
  const shown = groups.slice(0, MOST_GROUPS);
  const row = (g: CauseGroup): HTMLElement =>
    h(
      "tr",
      {},
      h("td", { class: "number" }, `${g.compilations.length}×`),
      h("td", {}, g.function),
      h(
        "td",
        {},
        g.argument === undefined ? CAUSE_NAMES[g.kind]() : t("{0} of {1}", CAUSE_NAMES[g.kind](), g.argument),
        h("div", { class: "otherwise mono" }, valuesOf(g)),
      ),
      h("td", { class: "number" }, time(g.ms)),
      h("td", {}, place(g.compilations[0]!.call)),
      h("td", {}, remedyOf(g)),
    );
  const names = [t("Times"), t("Function"), t("Why again"), t("Cost"), t("Call"), t("What to do")];
  return h(
    "section",
    { "aria-label": t("Compiled again") },
    h("h2", {}, t("Compiled again: {0} together", time(costOfAll(groups)))),
    h("table", { class: "again" }, h("thead", {}, h("tr", {}, ...names.map((n) => h("th", { scope: "col" }, n)))), h("tbody", {}, ...shown.map(row))),
    ...(groups.length > MOST_GROUPS ? [h("p", { class: "note" }, t("… and {0} more", groups.length - MOST_GROUPS))] : []),
    h("h2", {}, t("Every compilation")),
  );
}
