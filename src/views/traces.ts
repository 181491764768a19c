// Every compilation of the run: of which function, for which arguments, why it was necessary, what it cost, which call asked for it. And the warnings.
import type { Compilation } from "../engine/report/types.ts";
import { type Column, table } from "./controls/table.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, time } from "./format.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";

const ROW_HEIGHT = 44;
export const tracesView: ViewDefinition = {
  id: "traces",
  label: ({ warnings }) => (warnings.length ? `Traces (${warnings.length} warning${warnings.length > 1 ? "s" : ""})` : "Traces"),
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
    name: "Compilations",
    className: "traces",
    columns: [
      { id: "index", label: "#", title: "In the order of the run", number: true, value: (k) => k.index, cell: (k) => String(k.index + 1) },
      {
        id: "function",
        label: "Function",
        title: "What was traced",
        value: (k) => k.function,
        cell: (k) => h("span", {}, k.function, k.signature ? h("div", { class: "otherwise mono" }, k.signature) : null),
      },
      {
        id: "causes",
        label: "Why",
        title: "What differs from the traces that were there",
        cell: (k) => h("div", { class: "wide" }, ...k.causes.map((x) => h("div", {}, x.text))),
      },
      { id: "call", label: "Call", title: "The call that asked for it", cell: (k) => place(k.call) },
      phase("trace", "Trace", "Running the function on tracers"),
      phase("lower", "Lower", "To the compiler's graph"),
      phase("compile", "Compile", "Passes, fusion, code"),
      { id: "cost", label: "All", title: "All phases together", number: true, value: cost, cell: (k) => time(cost(k)) },
    ],
    key: (k) => String(k.index),
    height: ROW_HEIGHT,
  });
  list.setRows(report.compilations);
  const warnings = report.warnings.map((w) => h("li", {}, w.message, " ", place(w.stack)));
  const head = warnings.length ? [h("section", { class: "warnings" }, h("h2", {}, "Warnings"), h("ul", {}, ...warnings))] : [];
  return { element: h("div", { class: "stacked" }, ...head, list.scroller), dispose: () => list.dispose() };
}
