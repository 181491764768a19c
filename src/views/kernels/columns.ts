// The columns of the kernel table.
import type { Kernel } from "../../engine/report/types.ts";
import type { Column } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { baseName, bytes, count, percent, rate, time } from "../format.ts";
import { t } from "../l10n.ts";
import { dotsOf } from "../roofline/model.ts";
import type { ViewContext } from "../view.ts";
import { isShort, layerOf, mean, moved, off, perMs, slowest, total } from "./figures.ts";

export function regionName(c: ViewContext, k: Kernel): string {
  const region = c.lookup.regions.get(k.region);
  return region && region.parent !== null ? ` ${t("in {0}", region.name)}` : "";
}
export function lineLinks(c: ViewContext, k: Kernel, most: number): HTMLElement {
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
const timed = (ms: number | null | undefined): string => (ms === null || ms === undefined ? "–" : time(ms));

/** Columns that say nothing of any kernel are left out. */
export function kernelColumns(c: ViewContext): Column<Kernel>[] {
  const { lookup, report } = c;
  const { kernels } = lookup;
  const all = kernels.reduce((s, k) => s + total(k), 0);
  const overhead = report.timing?.timerOverheadNs ?? 0;
  const roofs = new Map(dotsOf(report, lookup).map((d) => [d.kernel.id, d]));
  const layers = new Map(kernels.map((k) => [k.id, layerOf(k, lookup)]));
  const layer = (k: Kernel): string => {
    const of = layers.get(k.id)!;
    return `${of.backward ? `${t("backward")} ` : ""}${of.scope}`.trim();
  };
  const most = (k: Kernel): string => (k.lines[0] ? `${baseName(lookup.pathOf(k.lines[0].file))}:${k.lines[0].line}` : "");
  const share = (k: Kernel): HTMLElement => {
    const part = all ? total(k) / all : 0;
    return h("span", { class: "bar", style: `--part:${(100 * part).toFixed(1)}%` }, all ? percent(part) : "–");
  };
  /** A kernel that hardly takes longer than reading the clock around it has no rate worth showing. */
  const certain = (k: Kernel): boolean => !isShort(k, overhead / 1e6);
  const figure = (v: number, k: Kernel): HTMLElement | string => {
    const text = rate(perMs(v, k));
    return text === "–" || certain(k)
      ? text
      : h("span", { class: "muted", title: t("As short as the clock readings around it: not a rate to rely on") }, `~${text}`);
  };
  const reached = (k: Kernel): HTMLElement | string => {
    const dot = roofs.get(k.id);
    const roof = dot?.roof;
    if (!roof) return "–";
    if (dot.isShort) return h("span", { class: "muted", title: t("shorter than the clock can tell") }, "–");
    const what = { memory: t("of memory's bandwidth"), cache: t("of the caches' bandwidth"), compute: t("of the arithmetic") }[roof.bound];
    return h("span", { title: `${percent(roof.reached)} ${what}` }, percent(roof.reached));
  };
  const duration = (id: string, label: string, title: string, of: (k: Kernel) => number | null | undefined): Column<Kernel> => ({
    id,
    label,
    title,
    number: true,
    value: (k) => of(k) ?? 0,
    cell: (k) => timed(of(k)),
  });
  const when = (holds: boolean, ...columns: readonly Column<Kernel>[]): readonly Column<Kernel>[] => (holds ? columns : []);
  return [
    {
      id: "name",
      label: t("Kernel"),
      title: t("What it computes, in the names of your code; ∂ marks the backward pass"),
      value: (k) => k.label,
      cell: (k) => h("span", { title: t("{0}: {1} kernel", k.name, k.kind) + regionName(c, k) }, k.label),
    },
    duration("time", t("Time"), t("Median of one run of the function, all calls together"), (k) => k.time?.median),
    { id: "share", label: t("Share"), title: t("Part of the time of all kernels"), number: true, value: total, cell: share },
    // Of whole runs, as the time is: beside it, not behind the mean of one call.
    ...when(
      kernels.some((k) => k.time !== undefined),
      duration("min", t("Min"), t("The fastest run"), (k) => k.time?.min),
    ),
    ...when(
      kernels.some((k) => slowest(k) !== null),
      duration("max", t("Max"), t("The slowest run"), slowest),
    ),
    ...when(
      kernels.some((k) => k.time !== undefined),
      duration("spread", t("Spread"), t("Between the quartiles of all runs"), (k) => k.time?.spread),
    ),
    duration("predicted", t("Predicted"), t("What the cost model of this machine says of one run, all calls together"), (k) => k.predicted),
    ...when(
      kernels.some((k) => off(k) !== null),
      {
        id: "off",
        label: t("× predicted"),
        title: t("Measured over predicted: 2 is twice as slow as was thought"),
        number: true,
        value: (k) => off(k) ?? 0,
        cell: (k) => (off(k) === null ? "–" : off(k)!.toFixed(off(k)! < 10 ? 1 : 0)),
      },
    ),
    {
      id: "calls",
      label: t("Calls"),
      title: t("Calls in one run of the function"),
      number: true,
      value: (k) => k.calls,
      cell: (k) => String(k.calls),
    },
    ...when(
      kernels.some((k) => k.time !== undefined),
      duration("mean", t("Mean"), t("One call: the median run by its calls"), (k) => (k.time ? mean(k) : null)),
    ),
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
    ...when(
      [...roofs.values()].some((d) => d.roof !== null),
      {
        id: "roof",
        label: t("% of roof"),
        title: t("Of what this machine was measured to do at best, in memory or arithmetic, whichever is nearer"),
        number: true,
        value: (k) => roofs.get(k.id)?.roof?.reached ?? 0,
        cell: reached,
      },
    ),
    ...when(
      kernels.some((k) => layer(k) !== ""),
      {
        id: "layer",
        label: t("Layer"),
        title: t("Forward or backward pass, and the scope of your code that most of it stands in"),
        value: layer,
        cell: layer,
      },
    ),
    { id: "lines", label: t("Lines"), title: t("Source lines that caused it, most first"), value: most, cell: (k) => lineLinks(c, k, 3) },
  ];
}
