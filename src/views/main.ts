// The page: one program for the side panel (graph), the bottom panel (profile), the custom editor and the HTML report (both).
import style from "./style.css";
import type { Report } from "../engine/report/migrations/v1types.ts";
import { embedded, inEditor, listen, send, state } from "./bridge.ts";
import { h } from "./dom.ts";
import { time } from "./format.ts";
import { type GraphView, graphView } from "./graph/graphView.ts";
import { kernelTable, ledgerView, linesView, retraceView, summaryView, textView, timelineView } from "./profile.ts";
import { type Tab, tabs } from "./tabs.ts";
import { button } from "./toolkit.ts";

type Mode = "graph" | "profile" | "full";
const mode = (document.body.dataset.mode ?? "full") as Mode,
  app = document.getElementById("app")!;
// A constructed sheet needs no 'unsafe-inline' in the content security policy.
const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

const WELCOME: Readonly<Record<Mode, string>> = {
  graph: "The graph of a function appears here.",
  profile: "Kernel times and fusion decisions appear here.",
  full: "Open a profile.",
};
function welcome(text: string, busy: boolean): void {
  app.replaceChildren(
    ...(busy ? [h("div", { class: "busy" })] : []),
    h(
      "div",
      { class: "welcome" },
      h("p", {}, text || WELCOME[mode]),
      text
        ? null
        : h(
            "p",
            {},
            "Open a file with jit functions and click “jit & profile” above one, or run “JitLens: Trace Function” from the command palette.",
          ),
    ),
  );
}
let current: { graph: GraphView | null; text: ReturnType<typeof textView> | null } = { graph: null, text: null },
  cursor: { file: string; line: number } | null = null;
function show(r: Report): void {
  current = { graph: null, text: null };
  const saved = state.get(),
    remember = (k: string, v: unknown): void => state.set({ ...state.get(), [k]: v }),
    mark = (): void => {
      if (cursor) {
        current.graph?.setCursor(cursor.file, cursor.line);
        current.text?.setCursor?.(cursor.file, cursor.line);
      }
    };
  const graph: Tab[] = [
    {
      id: "graph",
      label: "Graph",
      content: () => {
        const g = graphView(r, (saved.which as "traced" | "fused" | undefined) ?? "fused", (w) => remember("which", w));
        current.graph = g;
        mark();
        return g.element;
      },
    },
    {
      id: "text",
      label: "Text",
      content: () => {
        const t = textView(r);
        current.text = t;
        mark();
        return t;
      },
    },
  ];
  const profile: Tab[] = [
    { id: "kernels", label: `Kernels (${r.kernels.length})`, content: () => kernelTable(r) },
    { id: "fusion", label: "Fusion", content: () => ledgerView(r) },
    { id: "timeline", label: "Timeline", content: () => timelineView(r) },
    { id: "lines", label: "Lines", content: () => linesView(r) },
    {
      id: "retraces",
      label: r.warnings.length ? `Traces (${r.warnings.length} warning${r.warnings.length > 1 ? "s" : ""})` : "Traces",
      content: () => retraceView(r),
    },
    { id: "summary", label: "Summary", content: () => summaryView(r) },
  ];
  const list = mode === "graph" ? graph : mode === "profile" ? profile : [...graph, ...profile],
    tab = list.some((t) => t.id === saved.tab) ? (saved.tab as string) : list[0]!.id;
  app.replaceChildren(
    h(
      "div",
      { class: "header" },
      h("b", {}, r.function.name),
      h("span", { class: "muted" }, r.timing ? `${time(r.timing.total.median)} median` : "traced"),
      mode === "graph"
        ? null
        : h(
            "span",
            { class: "muted" },
            `${r.kernels.length} kernel${r.kernels.length === 1 ? "" : "s"}, ${r.ledger.filter((d) => d.fused).length} of ${r.ledger.length} edges fused`,
          ),
      h("span", { class: "spacer" }),
      inEditor && mode !== "graph" ? button("Export…", () => send({ type: "export" }), "Export profile") : null,
    ),
    tabs(list, tab, (id) => remember("tab", id)),
  );
  document.body.dataset.report = r.function.name;
}
listen((m) => {
  if (m.type === "report") show(m.report);
  else if (m.type === "cursor") {
    cursor = m;
    current.graph?.setCursor(m.file, m.line);
    current.text?.setCursor?.(m.file, m.line);
  } else welcome(m.text, m.busy);
});
const inside = embedded<Report>("report");
if (inside) show(inside);
else welcome("", false);
send({ type: "ready" });
