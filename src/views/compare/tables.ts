// What changed, as tables: figures of the whole, kernels, fusion decisions, lines, compilations.
import type { CompilationDiff, DecisionDiff, KernelDiff, LineDiff, ReportDiff } from "../../engine/report/diff/types.ts";
import { type Column, type Table, table } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { baseName, bytes, count, time } from "../format.ts";
import { said, t } from "../l10n.ts";
import type { ViewContext } from "../view.ts";
import { decisionText } from "./decisionText.ts";
import { STATUS, type Way, changeText, countText, countWay, spreadText, wayOf, whatChanged } from "./words.ts";

const ROW_HEIGHT = 27;
const changeCell = (text: string, way: Way): HTMLElement => h("span", { class: `change ${way}` }, text);
const linkTo = (c: ViewContext, file: string | undefined, line: number | undefined): HTMLElement | string =>
  file === undefined || line === undefined ? "" : lineLink(`${baseName(file)}:${line}`, () => c.reveal({ file, line }));

/** What the two sides are called. */
export type SideNames = readonly [before: string, after: string];
export const sideNames = (d: ReportDiff): SideNames => d.compilers ?? [t("Before"), t("After")];

/** Times and exact figures, before and after. */
export function figures(d: ReportDiff): HTMLElement {
  const row = (name: string, before: string, after: string, change: HTMLElement): HTMLElement =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "number" }, before), h("td", { class: "number" }, after), h("td", {}, change));
  const timed = (
    [
      [t("A steady call"), d.call],
      [t("The program alone"), d.program],
    ] as const
  ).flatMap(([name, c]) => (c ? [row(name, spreadText(c.before), spreadText(c.after), changeCell(changeText(c), wayOf(c)))] : []));
  const plain = (n: number): string => String(n);
  const counted = (
    [
      [t("Kernels"), d.totals.kernels, plain],
      [t("Kernel calls in a run"), d.totals.launches, plain],
      [t("Bytes moved in a run"), d.totals.bytes, bytes],
      [t("Arithmetic operations in a run"), d.totals.flops, count],
      [t("Peak memory"), d.totals.peak, bytes],
      [t("Compilations"), d.totals.compilations, plain],
    ] as const
  ).flatMap(([name, c, show]) => (c ? [row(name, show(c.before), show(c.after), changeCell(countText(c, show), countWay(c)))] : []));
  const head = [t("Figure"), ...sideNames(d), t("Change")].map((x, i) => h("th", { scope: "col", class: i === 1 || i === 2 ? "number" : "" }, x));
  return h(
    "table",
    { class: "figures", "aria-label": t("Figures of both") },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...timed, ...counted),
  );
}
export function kernelTable(c: ViewContext, kernels: readonly KernelDiff[], d: ReportDiff): Table<KernelDiff> {
  const [first, second] = sideNames(d);
  const side = (k: KernelDiff) => (k.after ?? k.before)!;
  const statusOf = (k: KernelDiff): string => {
    if (!d.compilers) return STATUS[k.status]();
    return k.status === "gone" ? t("only {0}", first) : k.status === "new" ? t("only {0}", second) : t("both");
  };
  const ms = (m: { readonly median: number } | undefined): number => m?.median ?? 0;
  const shown = (m: { readonly median: number } | undefined): string => (m ? time(m.median) : "–");
  const list = table<KernelDiff>({
    name: t("Kernels of both"),
    className: "kernels",
    columns: [
      { id: "name", label: t("Kernel"), title: t("In the names of your code"), value: (k) => side(k).label, cell: (k) => side(k).label },
      {
        id: "status",
        label: t("Status"),
        title: t("Matched by the operations and lines that it comes from"),
        value: (k) => k.status,
        cell: statusOf,
      },
      {
        id: "before",
        label: first,
        title: t("Median of one run, all calls together"),
        number: true,
        value: (k) => ms(k.before?.time),
        cell: (k) => shown(k.before?.time),
      },
      {
        id: "after",
        label: second,
        title: t("Median of one run, all calls together"),
        number: true,
        value: (k) => ms(k.after?.time),
        cell: (k) => shown(k.after?.time),
      },
      {
        id: "difference",
        label: t("Difference"),
        title: t("Of the medians"),
        number: true,
        value: (k) => Math.abs(ms(k.after?.time) - ms(k.before?.time)),
        cell: (k) => signed(ms(k.after?.time) - ms(k.before?.time)),
      },
      {
        id: "change",
        label: t("Change"),
        title: t("Whether it is more than chance"),
        value: (k) => k.time?.ratio ?? 0,
        cell: (k) => (k.time ? changeCell(changeText(k.time), wayOf(k.time)) : ""),
      },
      { id: "what", label: t("What changed"), title: t("Operations gained and lost, bytes moved"), cell: whatChanged },
      {
        id: "line",
        label: t("Line"),
        title: t("The line that causes most of it"),
        value: (k) => side(k).line ?? 0,
        cell: (k) => linkTo(c, side(k).file, side(k).line),
      },
    ],
    key: (k) => k.after?.id ?? `before ${k.before!.id}`,
    height: ROW_HEIGHT,
    sort: { by: "difference", down: true },
    choose: (k) => {
      list.mark(k.after?.id ?? `before ${k.before!.id}`, new Set());
      if (k.after && c.lookup.kernelById.has(k.after.id)) c.store.select({ kind: "kernel", id: k.after.id });
    },
  });
  list.setRows(kernels);
  return list;
}
const signed = (ms: number): string => (ms === 0 ? "0" : `${ms > 0 ? "+" : "−"}${time(Math.abs(ms))}`);
const CHANGES: Readonly<Record<DecisionDiff["change"], (sides: SideNames) => string>> = {
  fused: () => t("fused now"),
  split: () => t("stored now"),
  rule: () => t("other rule"),
  new: () => t("new"),
  gone: () => t("gone"),
  byFirst: ([first]) => t("stored by {0}", first),
  bySecond: ([, second]) => t("stored by {0}", second),
};
export function decisionTable(c: ViewContext, decisions: readonly DecisionDiff[], sides: SideNames): Table<DecisionDiff> {
  const key = (d: DecisionDiff): string => d.after ?? `before ${d.before}`;
  const list = table<DecisionDiff>({
    name: t("Fusion decisions that changed"),
    className: "ledger",
    columns: [
      { id: "change", label: t("Change"), title: t("What became of the edge"), value: (d) => d.change, cell: (d) => CHANGES[d.change](sides) },
      {
        id: "text",
        label: t("Edge"),
        title: t("The edge and the reason"),
        cell: (d) => h("div", { class: "wide", title: decisionText(d) }, decisionText(d)),
      },
      { id: "rule", label: t("Rule"), title: t("The rule that decided"), value: (d) => d.rule, cell: (d) => said(d.rule) },
      {
        id: "bytes",
        label: t("Bytes"),
        title: t("Moved more or less than before because of it"),
        number: true,
        value: (d) => Math.abs(d.bytes),
        cell: (d) => (d.bytes ? `${d.bytes > 0 ? "+" : "−"}${bytes(Math.abs(d.bytes))}` : "0"),
      },
      { id: "line", label: t("Line"), title: t("Where the producer stands"), value: (d) => d.line ?? 0, cell: (d) => linkTo(c, d.file, d.line) },
    ],
    key,
    height: 44,
    sort: { by: "bytes", down: true },
    choose: (d) => {
      list.mark(key(d), new Set());
      if (d.after && c.lookup.decision(d.after)) c.store.select({ kind: "decision", id: d.after });
    },
  });
  list.setRows(decisions);
  return list;
}
export function lineTable(c: ViewContext, lines: readonly LineDiff[], [first, second]: SideNames): Table<LineDiff> {
  const ms = (s: LineDiff["before"]): number => s?.ms ?? 0;
  const number: Pick<Column<LineDiff>, "number"> = { number: true };
  const list = table<LineDiff>({
    name: t("Lines of both"),
    className: "lines-compared",
    columns: [
      {
        id: "line",
        label: t("Line"),
        title: t("Where it stands now; where it stood if it is gone"),
        value: (l) => (l.after ?? l.before)!.line,
        cell: (l) => linkTo(c, l.file, (l.after ?? l.before)!.line),
      },
      {
        id: "before",
        label: first,
        title: t("Time of a call"),
        ...number,
        value: (l) => ms(l.before),
        cell: (l) => (l.before ? time(l.before.ms) : "–"),
      },
      {
        id: "after",
        label: second,
        title: t("Time of a call"),
        ...number,
        value: (l) => ms(l.after),
        cell: (l) => (l.after ? time(l.after.ms) : "–"),
      },
      {
        id: "difference",
        label: t("Difference"),
        title: t("After less before"),
        ...number,
        value: (l) => Math.abs(ms(l.after) - ms(l.before)),
        cell: (l) => signed(ms(l.after) - ms(l.before)),
      },
      { id: "text", label: t("Source"), title: t("The line's text"), cell: (l) => h("code", {}, (l.text ?? "").trim()) },
    ],
    key: (l) => `${l.file}:${l.after?.line ?? "-"}:${l.before?.line ?? "-"}`,
    height: ROW_HEIGHT,
    sort: { by: "difference", down: true },
    choose: (l) => {
      list.mark(`${l.file}:${l.after?.line ?? "-"}:${l.before?.line ?? "-"}`, new Set());
      if (l.after) c.store.select({ kind: "line", file: l.file, line: l.after.line });
    },
  });
  list.setRows(lines);
  return list;
}
export function compilationTable(compilations: readonly CompilationDiff[]): Table<CompilationDiff> {
  const list = table<CompilationDiff>({
    name: t("Compilations of one side only"),
    className: "traces",
    columns: [
      { id: "side", label: t("Side"), title: t("Which has it"), value: (k) => k.side, cell: (k) => (k.side === "after" ? t("new") : t("gone")) },
      { id: "count", label: t("Count"), title: t("How often"), number: true, value: (k) => k.count, cell: (k) => String(k.count) },
      {
        id: "function",
        label: t("Function"),
        title: t("What was traced"),
        value: (k) => k.function,
        cell: (k) => h("span", {}, k.function, h("div", { class: "otherwise mono" }, k.signature)),
      },
      {
        id: "cause",
        label: t("Why"),
        title: t("What differs from the traces that were there"),
        value: (k) => k.cause,
        cell: (k) => h("div", { class: "wide" }, k.cause),
      },
    ],
    key: (k) => `${k.side} ${k.function} ${k.signature} ${k.cause}`,
    height: 44,
  });
  list.setRows(compilations);
  return list;
}
