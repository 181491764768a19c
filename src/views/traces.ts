// Every compilation of the run: of which function, for which arguments, why it was necessary, what it cost, which call asked for it. And the warnings.
import type { Compilation } from "../engine/report/types.ts";
import { type Column, table } from "./controls/table.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, time } from "./format.ts";
import { t } from "./l10n.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";

const ROW_HEIGHT = 44;
export const tracesView: ViewDefinition = {
  id: "traces",
  label: ({ warnings: { length: n } }) => (n === 0 ? t("Traces") : n === 1 ? t("Traces (1 warning)") : t("Traces ({0} warnings)", n)),
  place: "profile",
  open,
};
const cost = (c: Compilation): number => (c.phases.trace ?? 0) + (c.phases.lower ?? 0) + (c.phases.compile ?? 0);

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
      { id: "cost", label: t("All"), title: t("All phases together"), number: true, value: cost, cell: (k) => time(cost(k)) },
    ],
    key: (k) => String(k.index),
    height: ROW_HEIGHT,
  });
  list.setRows(report.compilations);
  const warnings = report.warnings.map((w) => h("li", {}, w.message, " ", place(w.stack)));
  const head = warnings.length ? [h("section", { class: "warnings" }, h("h2", {}, t("Warnings")), h("ul", {}, ...warnings))] : [];
  return { element: h("div", { class: "stacked" }, ...head, list.scroller), dispose: () => list.dispose() };
}
