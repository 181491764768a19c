// The person's source with what each line costs, in all their files. The parts add up to the wall time of a call.
import type { LineCost } from "../engine/report/types.ts";
import { virtualRows } from "./controls/virtual.ts";
import { h, lineLink } from "./dom.ts";
import { baseName, percent, time } from "./format.ts";
import { t } from "./l10n.ts";
import { PARTS, firstsOf, lineDetail, lineTip } from "./lineDetail.ts";
import { largest, lineKey } from "./lookup.ts";
import { swatch } from "./swatch.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "./view.ts";

const ROW_HEIGHT = 20;
const AROUND = 2;
type Row =
  | { readonly kind: "file"; readonly file: number; readonly ms: number }
  | { readonly kind: "line"; readonly file: number; readonly line: number; readonly cost: LineCost | undefined };
const PART_COLOURS: Readonly<Record<string, string>> = {
  kernels: "--k-elementwise",
  copies: "--k-movement",
  call: "--k-control",
  transfers: "--k-library",
};
export const linesView: ViewDefinition = { id: "lines", label: () => t("Lines"), open };

/** Files with the most time first; of each, its lines from the first that costs something to the last. */
export function lineRows(lines: readonly LineCost[], lengthOf: (file: number) => number | null): Row[] {
  const files = new Map<number, LineCost[]>();
  for (const l of lines) {
    const list = files.get(l.file);
    if (list) list.push(l);
    else files.set(l.file, [l]);
  }
  const totals = [...files].map(([file, list]) => ({ file, list, ms: list.reduce((s, l) => s + l.ms, 0) })).sort((a, b) => b.ms - a.ms);
  return totals.flatMap(({ file, list, ms }): Row[] => {
    const costs = new Map(list.map((l) => [l.line, l]));
    const length = lengthOf(file);
    if (length === null) {
      const known = [...list].sort((a, b) => a.line - b.line);
      return [{ kind: "file", file, ms }, ...known.map((l): Row => ({ kind: "line", file, line: l.line, cost: l }))];
    }
    let first = Infinity;
    let last = 0;
    for (const l of list) {
      first = Math.min(first, l.line);
      last = Math.max(last, l.line);
    }
    const from = Math.max(1, first - AROUND);
    const to = Math.min(Math.max(length, last), last + AROUND);
    return [
      { kind: "file", file, ms },
      ...Array.from({ length: to - from + 1 }, (_v, i): Row => ({ kind: "line", file, line: from + i, cost: costs.get(from + i) })),
    ];
  });
}
function open(c: ViewContext): View {
  const { lookup, store, report } = c;
  const texts = new Map<number, readonly string[] | null>();
  const textOf = (file: number): readonly string[] | null => {
    let lines = texts.get(file);
    if (lines === undefined) texts.set(file, (lines = report.files[file]?.text?.split(/\r\n|\n|\r/) ?? null));
    return lines;
  };
  const rows = lineRows(lookup.lines, (file) => textOf(file)?.length ?? null);
  const hottest = largest(lookup.lines, (l) => l.share, 1e-9);
  const detail = h("section", { class: "detail", "aria-label": t("Chosen line"), tabindex: 0, hidden: true });
  const estimated = lookup.lines.some((l) => l.estimated);
  let related = lookup.related(store.state.selection);
  const scroller = h("div", { class: "scroll source", tabindex: 0, role: "region", "aria-label": t("Source lines and their time") });
  const body = h("div", { class: "lines" });
  const total = report.timing
    ? t(
        "A call of {0} takes {1}: kernels, copies and the call itself, by the line that caused them.",
        report.function.name,
        time(report.timing.total.median),
      )
    : "";
  scroller.append(
    h(
      "p",
      { class: "note" },
      rows.length ? (estimated ? t("Not measured: the parts are the cost model's prediction.") : total) : t("Nothing is known of single lines."),
    ),
    ...(rows.length && !estimated ? [partsLegend(lookup.lines)] : []),
    body,
  );
  const list = virtualRows({ scroller, body, height: ROW_HEIGHT, render, spacer: (height) => h("div", { style: `height:${height}px` }) });
  function render(i: number): HTMLElement {
    const row = rows[i]!;
    const path = lookup.pathOf(row.file);
    if (row.kind === "file")
      return h("div", { class: "source-file", "data-row": `f${row.file}` }, h("b", {}, path), row.ms && !estimated ? ` ${time(row.ms)}` : "");
    const { cost, line } = row;
    const share = cost?.share ?? 0;
    const bad = firstsOf(c, path, line);
    const marks = `${related.lines.has(lineKey(row)) ? " chosen" : ""}${bad.length ? " first-bad" : ""}`;
    const choose = (): void => store.select({ kind: "line", file: path, line });
    return h(
      "div",
      {
        class: `source-line${marks}`,
        "data-row": lineKey(row),
        style: `--part:${((100 * share) / hottest).toFixed(1)}%`,
        onclick: choose,
        // What it says is looked up when somebody asks.
        onmouseenter: (e: MouseEvent) => ((e.currentTarget as HTMLElement).title = lineTip(c, path, line, cost)),
      },
      h("span", { class: "share" }, share ? percent(share) : ""),
      h("span", { class: "ms" }, cost && !estimated ? (cost.ms > 0 ? time(cost.ms) : "–") : ""),
      partsBar(cost),
      lineLink(
        String(line),
        () => {
          choose();
          c.reveal({ file: path, line });
        },
        `${baseName(path)}:${line}`,
      ),
      h("code", {}, textOf(row.file)?.[line - 1] ?? ""),
      bad.length ? h("span", { class: "bad" }, ` ${bad.map(shortly).join("; ")}`) : null,
    );
  }
  list.reset(rows.length);
  const update = (): void => {
    const { selection } = store.state;
    related = lookup.related(selection);
    list.refresh();
    detail.hidden = selection?.kind !== "line";
    if (selection?.kind !== "line") return;
    const file = lookup.fileOf(selection.file);
    const cost = lookup.lines.find((l) => l.file === file && l.line === selection.line);
    detail.replaceChildren(...lineDetail(c, selection.file, selection.line, cost));
    const at = rows.findIndex((r) => r.kind === "line" && r.file === file && r.line === selection.line);
    if (at >= 0) list.scrollTo(at);
  };
  update();
  const element = h("div", { class: "stacked beside-detail" }, scroller, detail);
  return { element, dispose: all(store.subscribe(update), () => list.dispose()) };
}
/** The cause alone: "log of a negative number: x has min -0.3". */
const shortly = (text: string): string => text.replace(/^the first \w+ comes from here: /, "").replace(/\. .*$/s, "");
/** What the line's time is made of: kernels, copies, the call itself. */
function partsBar(cost: LineCost | undefined): HTMLElement {
  const parts = Object.entries(cost?.parts ?? {}).filter(([, ms]) => ms > 0);
  const whole = parts.reduce((sum, [, ms]) => sum + ms, 0) || 1;
  return h(
    "span",
    { class: "parts", "aria-hidden": "true" },
    ...parts.map(([part, ms]) =>
      h("span", { style: `width:${((100 * ms) / whole).toFixed(1)}%;background:var(${PART_COLOURS[part] ?? "--k-other"})` }),
    ),
  );
}
const partsLegend = (lines: readonly LineCost[]): HTMLElement =>
  h(
    "div",
    { class: "legend" },
    ...Object.entries(PART_COLOURS)
      .filter(([part]) => lines.some((l) => (l.parts as Readonly<Record<string, number>>)[part]))
      .map(([part, colour]) => h("span", {}, swatch(colour), PARTS[part]?.() ?? part)),
  );
