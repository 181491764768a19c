// The kernels: what each computes, how long it takes, what it moves; with the chosen one's lines, loops and code below.
import type { Kernel } from "../engine/report/types.ts";
import { type Column, table } from "./controls/table.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, bytes, count, percent, rate, time } from "./format.ts";
import { t } from "./l10n.ts";
import type { View, ViewContext, ViewDefinition } from "./view.ts";
import { all } from "./view.ts";

const ROW_HEIGHT = 27;
const ms = (k: Kernel): number => k.time?.median ?? 0;
const moved = (k: Kernel): number => k.bytesRead + k.bytesWritten;
/** Per millisecond of the time that all calls took. */
const perMs = (v: number, k: Kernel): number => (ms(k) ? (v * k.calls) / ms(k) : 0);

export const kernelsView: ViewDefinition = {
  id: "kernels",
  label: (r) => t("Kernels ({0})", r.programs[0]?.kernels?.length ?? 0),
  place: "profile",
  open,
};
function open(c: ViewContext): View {
  const { lookup, store, report } = c;
  const total = lookup.kernels.reduce((s, k) => s + ms(k), 0);
  const overhead = report.timing?.timerOverheadNs ?? 0;
  const most = (k: Kernel): string => (k.lines[0] ? `${baseName(lookup.pathOf(k.lines[0].file))}:${k.lines[0].line}` : "");
  const share = (k: Kernel): HTMLElement => {
    const part = total ? ms(k) / total : 0;
    return h("span", { class: "bar", style: `--part:${(100 * part).toFixed(1)}%` }, total ? percent(part) : "–");
  };
  /** A kernel that hardly takes longer than reading the clock around it has no rate worth showing. */
  const certain = (k: Kernel): boolean => ms(k) * 1e6 > 4 * overhead * Math.max(1, k.calls);
  const figure = (v: number, k: Kernel): HTMLElement | string => {
    const text = rate(perMs(v, k));
    return text === "–" || certain(k)
      ? text
      : h("span", { class: "muted", title: t("As short as the clock readings around it: not a rate to rely on") }, `~${text}`);
  };
  const columns: Column<Kernel>[] = [
    {
      id: "name",
      label: t("Kernel"),
      title: t("What it computes, in the names of your code; ∂ marks the backward pass"),
      value: (k) => k.label,
      cell: (k) => h("span", { title: t("{0}: {1} kernel", k.name, k.kind) + regionName(c, k) }, k.label),
    },
    {
      id: "time",
      label: t("Time"),
      title: t("Median of one run of the function, all calls together (minimum and spread in the tooltip)"),
      number: true,
      value: ms,
      cell: (k) =>
        h(
          "span",
          { title: k.time ? t("minimum {0}, spread {1}", time(k.time.min), time(k.time.spread)) : t("not measured") },
          k.time ? time(k.time.median) : "–",
        ),
    },
    { id: "share", label: t("Share"), title: t("Part of the time of all kernels"), number: true, value: ms, cell: share },
    {
      id: "calls",
      label: t("Calls"),
      title: t("Calls in one run of the function"),
      number: true,
      value: (k) => k.calls,
      cell: (k) => String(k.calls),
    },
    {
      id: "bytes",
      label: t("Bytes"),
      title: t("Read and written by one call"),
      number: true,
      value: moved,
      cell: (k) => h("span", { title: t("{0} read, {1} written", bytes(k.bytesRead), bytes(k.bytesWritten)) }, bytes(moved(k))),
    },
    { id: "flops", label: "FLOP", title: t("Arithmetic operations of one call"), number: true, value: (k) => k.flops, cell: (k) => count(k.flops) },
    {
      id: "gbs",
      label: "GB/s",
      title: t("Bytes moved per second"),
      number: true,
      value: (k) => perMs(moved(k), k),
      cell: (k) => figure(moved(k), k),
    },
    {
      id: "gflops",
      label: "GFLOP/s",
      title: t("Arithmetic per second"),
      number: true,
      value: (k) => perMs(k.flops, k),
      cell: (k) => figure(k.flops, k),
    },
    { id: "lines", label: t("Lines"), title: t("Source lines that caused it, most first"), value: most, cell: (k) => lineLinks(c, k, 3) },
  ];
  const detail = h("section", { class: "detail", "aria-label": t("Chosen kernel"), hidden: true });
  const list = table<Kernel>(
    {
      name: t("Kernels"),
      className: "kernels",
      columns,
      key: (k) => k.id,
      height: ROW_HEIGHT,
      sort: { by: "time", down: true },
      rowData: (k) => ({ kernel: k.id }),
      choose: (k) => store.select({ kind: "kernel", id: k.id }),
      open: (k) => reveal(c, k),
    },
    [h("p", { class: "note" }, timingNote(c))],
  );
  list.setRows(lookup.kernels);
  const update = (): void => {
    const { selection } = store.state;
    const chosen = selection?.kind === "kernel" ? selection.id : null;
    const related = lookup.related(selection).kernels;
    list.mark(chosen, related);
    // Of a node that one kernel computes, that kernel is meant.
    const shown = lookup.kernelById.get(chosen ?? (selection?.kind === "node" && related.size === 1 ? [...related][0]! : ""));
    detail.hidden = !shown;
    if (shown) detail.replaceChildren(...kernelDetail(c, shown));
  };
  update();
  return {
    element: h("div", { class: "stacked beside-detail" }, list.scroller, detail),
    dispose: all(store.subscribe(update), () => list.dispose()),
  };
}
function regionName(c: ViewContext, k: Kernel): string {
  const region = c.lookup.regions.get(k.region);
  return region && region.parent !== null ? ` ${t("in {0}", region.name)}` : "";
}
function reveal(c: ViewContext, k: Kernel): void {
  const place = c.lookup.placeOf({ kind: "kernel", id: k.id });
  if (place) c.reveal(place);
}
function lineLinks(c: ViewContext, k: Kernel, most: number): HTMLElement {
  const shown = k.lines.slice(0, most);
  const files = new Set(shown.map((l) => l.file));
  return h(
    "span",
    {},
    ...shown.flatMap((l, i) => {
      const path = c.lookup.pathOf(l.file);
      const name = files.size > 1 || l.file !== c.report.frames[c.report.function.at]?.file ? `${baseName(path)}:${l.line}` : String(l.line);
      return [
        ...(i ? [", "] : []),
        lineLink(name, () => c.reveal({ file: path, line: l.line }), t("{0}, {1} of this kernel", `${path}:${l.line}`, percent(l.share))),
      ];
    }),
  );
}
function timingNote({ report: { timing } }: ViewContext): string {
  if (!timing) return t("Traced only: click jit & profile to measure.");
  const { total, program, profiled } = timing;
  return [
    t("A steady call takes {0} (minimum {1}, spread {2}).", time(total.median), time(total.min), time(total.spread)),
    profiled
      ? t("The program alone takes {0}, with clock readings around the kernels {1}.", time(program.median), time(profiled.median))
      : t("The program alone takes {0}.", time(program.median)),
    t("Medians of {0} runs after {1} warm-ups.", timing.repetitions, timing.warmups),
    timing.timerOverheadNs === undefined ? "" : t("One clock reading costs {0} ns, two for each kernel call.", timing.timerOverheadNs.toFixed(0)),
  ]
    .filter(Boolean)
    .join(" ");
}
/** All that is known of one kernel. */
function kernelDetail(c: ViewContext, k: Kernel): HTMLElement[] {
  const row = (name: string, value: Node | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
  const types = k.outputs.map((id) => c.lookup.nodes.get(id)?.type ?? "").filter(Boolean);
  const inside = new Set(k.nodes);
  const edges = c.lookup.decisions.filter((d) => d.fused && inside.has(d.producer) && inside.has(d.consumer)).length;
  const facts = h(
    "table",
    { class: "facts" },
    row(t("Name"), `${k.name} (${k.kind}${regionName(c, k)})`),
    ...(types.length ? [row(t("Results"), types.join(", "))] : []),
    ...(k.time
      ? [
          row(
            t("Time"),
            `${t("{0} (minimum {1}, spread {2})", time(k.time.median), time(k.time.min), time(k.time.spread))}, ${k.calls === 1 ? t("1 call") : t("{0} calls", k.calls)}`,
          ),
        ]
      : []),
    row(t("Traffic"), `${t("{0} read, {1} written", bytes(k.bytesRead), bytes(k.bytesWritten))}; ${count(k.flops)} FLOP`),
    row(t("Operations"), t("{0} in one kernel, {1} edges fused", k.nodes.length, edges)),
    row(t("Lines"), lineLinks(c, k, 12)),
    ...(k.loops?.length ? [row(t("Loops"), k.loops.map((l) => `${l.axis} < ${l.extent} (${l.kind})`).join(", "))] : []),
    ...(k.launch ? [row(t("Launch"), t("grid {0}, block {1}", k.launch.grid.join(" × "), k.launch.block.join(" × ")))] : []),
  );
  const code = (k.code ?? []).map((x) =>
    h(
      "details",
      { open: true },
      h(
        "summary",
        {},
        x.length ? t("Code ({0}, the first {1} of {2} characters)", x.language, x.text.length, x.length) : t("Code ({0})", x.language),
      ),
      h("pre", { tabindex: 0 }, x.text),
    ),
  );
  return [h("h2", {}, k.label), facts, ...code];
}
