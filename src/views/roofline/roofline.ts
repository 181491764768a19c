// What this machine could do and what each kernel does of it: the roofline, the room above each kernel in words, and the table behind.
import { table } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { baseName, percent, time } from "../format.ts";
import { t } from "../l10n.ts";
import { swatch } from "../swatch.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { BOUND_COLOURS, MOST_DOTS, roofChart } from "./chart.ts";
import { type Bound, type Dot, dotsOf } from "./model.ts";
import { BOUNDS, headroom, rateText, savesText } from "./words.ts";

export const rooflineView: ViewDefinition = { id: "roofline", label: () => t("Roofline"), open };

function open(c: ViewContext): View {
  const { report, lookup, store } = c;
  const dots = dotsOf(report, lookup);
  if (!dots.length)
    return { element: h("p", { class: "note" }, t("No kernel was timed: “jit & profile” measures, “trace” does not.")), dispose() {} };
  const ceilings = report.devices[dots[0]!.kernel.device]?.ceilings;
  const placeOf = (d: Dot) => lookup.placeOf({ kind: "kernel", id: d.kernel.id });
  const choose = (d: Dot): void => store.select({ kind: "kernel", id: d.kernel.id });
  const reveal = (d: Dot): void => {
    const at = placeOf(d);
    if (at) c.reveal(at);
  };
  const chart = roofChart({ dots, ceilings, choose, open: reveal });
  const list = table<Dot>({
    name: t("Kernels and the room above them"),
    className: "kernels roofs",
    columns: [
      { id: "name", label: t("Kernel"), title: t("In the names of your code"), value: (d) => d.kernel.label, cell: (d) => d.kernel.label },
      {
        id: "saves",
        label: t("Could save"),
        title: t("Milliseconds of one run, if it reached the roof"),
        number: true,
        value: (d) => (d.isShort ? 0 : (d.roof?.saves ?? 0)),
        cell: savesText,
      },
      {
        id: "time",
        label: t("Time"),
        title: t("Median of one run of the function, all calls together"),
        number: true,
        value: (d) => d.ms,
        cell: (d) => (d.ms > 0 ? time(d.ms) : "–"),
      },
      {
        id: "reached",
        label: t("Reaches"),
        title: t("Of the roof above it"),
        number: true,
        value: (d) => (d.isShort ? 0 : (d.roof?.reached ?? 0)),
        cell: (d) =>
          d.roof && !d.isShort
            ? h("span", { class: "bar", style: `--part:${Math.min(100, 100 * d.roof.reached).toFixed(1)}%` }, percent(d.roof.reached))
            : "–",
      },
      {
        id: "bound",
        label: t("Bound by"),
        title: t("What it would wait for at best"),
        value: (d) => d.roof?.bound ?? "",
        cell: (d) => (d.roof ? BOUNDS[d.roof.bound]() : "–"),
      },
      {
        id: "intensity",
        label: t("FLOP/byte"),
        title: t("Operations per byte moved"),
        number: true,
        value: (d) => d.intensity,
        cell: (d) => rateText(d.intensity),
      },
      {
        id: "gflops",
        label: t("GFLOP/s"),
        title: t("Arithmetic per second"),
        number: true,
        value: (d) => d.flops,
        cell: (d) => (d.isShort ? "–" : rateText(d.flops)),
      },
      {
        id: "gbs",
        label: t("GB/s"),
        title: t("Bytes moved per second"),
        number: true,
        value: (d) => d.bandwidth,
        cell: (d) => (d.isShort ? "–" : rateText(d.bandwidth)),
      },
      {
        id: "line",
        label: t("Line"),
        title: t("The line that causes most of it"),
        value: (d) => placeOf(d)?.line ?? 0,
        cell: (d) => {
          const at = placeOf(d);
          return at ? lineLink(`${baseName(at.file)}:${at.line}`, () => c.reveal(at)) : "";
        },
      },
    ],
    key: (d) => d.kernel.id,
    height: 27,
    sort: { by: "saves", down: true },
    rowData: (d) => ({ kernel: d.kernel.id }),
    choose,
    open: reveal,
  });
  list.setRows(dots);
  const said = h("p", { class: "said", role: "status" });
  const update = (): void => {
    const { selection } = store.state;
    const chosen = selection?.kind === "kernel" ? selection.id : null;
    const related = lookup.related(selection).kernels;
    chart.mark(chosen, related);
    list.mark(chosen, related);
    const d = dots.find((x) => x.kernel.id === chosen) ?? leading(dots);
    said.textContent = d ? `${d.kernel.label}: ${headroom(d)}.` : "";
  };
  update();
  const idle = dots.filter((d) => d.intensity === 0).length;
  const short = dots.filter((d) => d.intensity > 0 && d.isShort).length;
  const legend = (["memory", "cache", "compute"] as const)
    .filter((b) => dots.some((d) => d.roof?.bound === b))
    .map((b: Bound) => h("span", {}, swatch(BOUND_COLOURS[b]), t("bound by {0}", BOUNDS[b]())));
  const notes = [
    ceilings ? t("Roofs: {0}.", ceilings.from) : t("The limits of this device are not known: dots have no roof."),
    ...(idle ? [t("{0} kernels move data and compute nothing: they stand in the table only.", idle)] : []),
    ...(short ? [t("{0} kernels are shorter than the clock can tell: they stand in the table only.", short)] : []),
    ...(dots.length - idle - short > MOST_DOTS ? [t("The {0} longest are drawn.", MOST_DOTS)] : []),
  ];
  // The chart scrolls with the table: a low panel shows one, then the other.
  list.scroller.prepend(
    said,
    chart.element,
    h("div", { class: "legend" }, ...legend, h("span", {}, t("size: time"))),
    ...notes.map((n) => h("p", { class: "note" }, n)),
  );
  return {
    element: list.scroller,
    dispose: all(
      store.subscribe(update),
      () => chart.dispose(),
      () => list.dispose(),
    ),
  };
}
/** The one with the most to gain. */
function leading(dots: readonly Dot[]): Dot | undefined {
  let best: Dot | undefined;
  for (const d of dots) if (!d.isShort && (d.roof?.saves ?? 0) > (best?.roof?.saves ?? 0)) best = d;
  return best;
}
