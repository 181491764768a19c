// From the click to the runs on one axis of time: what was started, traced, compiled and measured, the first runs kernel by kernel, and the memory they held.
import type { Kernel, Span } from "../../engine/report/types.ts";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { baseName, bytes, time } from "../format.ts";
import { t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { chart } from "./chart.ts";
import { heldIn, heldOver } from "./held.ts";
import { placeOfSpan, stretches, timelineOf } from "./model.ts";
import { rangePanel } from "./rangePanel.ts";
import { spanRows, spansTable } from "./spansTable.ts";

export const timelineView: ViewDefinition = { id: "timeline", label: () => t("Timeline"), open };
const STRETCHES: Readonly<Record<string, () => readonly [label: string, title: string]>> = {
  all: () => [t("All"), t("From the click to the last measurement")],
  compile: () => [t("Compilation"), t("Tracing and compiling")],
  runs: () => [t("Runs"), t("The runs that are shown kernel by kernel")],
  first: () => [t("Run 1"), t("The first of them alone")],
};

function open(c: ViewContext): View {
  const { report, lookup, store } = c;
  const timeline = timelineOf(report);
  if (!timeline.tracks.length)
    return {
      element: h("p", { class: "note" }, t("Nothing was measured: this profile has no timeline. “jit & profile” measures, “trace” does not.")),
      dispose() {},
    };
  const held = heldOver(report, timeline);
  const kernelOf = (s: Span): Kernel | undefined => (s.kernel === undefined ? undefined : lookup.kernelById.get(s.kernel));
  const nameOf = (s: Span): string => kernelOf(s)?.label ?? s.name ?? t("unknown kernel {0}", s.kernel ?? "");
  const parts = stretches(timeline);
  const start = parts.find((p) => p.id === "runs") ?? parts[0]!;

  const runStarts = new Map(
    timeline.tracks.filter((x) => x.kind === "run").flatMap((x) => x.rows.flatMap((r) => r.spans.map((s) => [s.run, s.start]))),
  );
  function startOf(s: Span): string {
    const run = kernelOf(s) && s.run !== undefined ? runStarts.get(s.run) : undefined;
    if (run === undefined) return t("{0}, starts {1} after the click", time(s.duration), time(s.start));
    return t("{0}, starts {1} into run {2}", time(s.duration), time(Math.max(0, s.start - run)), s.run! + 1);
  }
  function describe(s: Span): string[] {
    const k = kernelOf(s);
    const lines = (k?.lines ?? []).slice(0, 4).map((l) => `${baseName(lookup.pathOf(l.file))}:${l.line}`);
    const memory = held && k ? heldIn(held, s.start, s.start + s.duration) : 0;
    return [
      nameOf(s),
      startOf(s),
      ...(k ? [t("moves {0}, {1} held meanwhile", bytes(k.bytesRead + k.bytesWritten), memory ? bytes(memory) : "?")] : []),
      ...(lines.length ? [lines.join(", ")] : []),
    ];
  }
  const panel = rangePanel(c, timeline);
  const view = chart({
    timeline,
    held,
    start: start.range,
    kernelOf,
    nameOf,
    describe,
    memoryName: t("Memory"),
    related: () => lookup.related(store.state.selection).kernels,
    choose: (s, follow) => select(s, follow),
    open: (s) => {
      const place = s.kernel === undefined ? null : lookup.placeOf({ kind: "kernel", id: s.kernel });
      if (place) c.reveal(place);
    },
    rangeChosen: (range) => panel.show(range),
    onTheme: c.onTheme,
  });
  function select(s: Span, follow: boolean): void {
    if (s.kernel === undefined || !lookup.kernelById.has(s.kernel)) return;
    store.select({ kind: "kernel", id: s.kernel });
    const place = lookup.placeOf({ kind: "kernel", id: s.kernel });
    if (follow && place) c.follow(place);
  }
  // The table behind it is made when it is asked for.
  let list: ReturnType<typeof spansTable> | null = null;
  const behind = h("div", { class: "stacked", hidden: true });
  const makeList = (): void => {
    if (list) return;
    list = spansTable(c, nameOf, (r) => {
      list!.mark(r.id, new Set());
      const at = placeOfSpan(timeline, r.span);
      if (at) view.mark(at);
      select(r.span, true);
    });
    list.setRows(spanRows(timeline.tracks));
    behind.append(list.scroller);
  };
  const pick = segmented(
    t("Shown as"),
    [
      { id: "chart", label: t("Chart") },
      { id: "table", label: t("Table") },
    ],
    "chart",
    (id) => {
      const isTable = id === "table";
      view.element.hidden = isTable;
      behind.hidden = !isTable;
      // Rows are counted by the height of what scrolls: it has none before it is seen.
      if (isTable) requestAnimationFrame(makeList);
    },
  );
  const jump = parts.map(({ id, range }) => {
    const [label, title] = STRETCHES[id]!();
    return button(label, () => view.show(range), title, "secondary");
  });
  const update = (): void => view.repaint();
  const toolbar = h(
    "div",
    { class: "toolbar" },
    pick.element,
    h("span", { class: "tools", role: "group", "aria-label": t("Show") }, ...jump),
    h("span", { class: "note" }, t("Wheel or W S: zoom. A D or drag: move. Arrows: from span to span. Shift+drag or M: a range. Enter: its line.")),
  );
  return {
    element: h("div", { class: "stacked" }, toolbar, view.element, behind, panel.element),
    dispose: all(
      store.subscribe(update),
      () => view.dispose(),
      () => list?.dispose(),
      () => panel.dispose(),
    ),
  };
}
