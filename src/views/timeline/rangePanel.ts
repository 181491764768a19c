// What a chosen stretch of time holds: how many spans, how long, each kernel's part.
import { type Table, table } from "../controls/table.ts";
import { h } from "../dom.ts";
import { percent, time } from "../format.ts";
import { t } from "../l10n.ts";
import type { ViewContext } from "../view.ts";
import type { Range, Timeline } from "./model.ts";
import { type Part, type RangeSummary, shareOf, summaryOf } from "./rangeSummary.ts";

export interface RangePanel {
  readonly element: HTMLElement;
  show(range: Range | null): void;
  dispose(): void;
}
export function rangePanel(c: ViewContext, timeline: Timeline): RangePanel {
  const element = h("section", { class: "detail", "aria-label": t("Chosen range"), hidden: true });
  const head = h("p", { role: "status" });
  let list: Table<Part> | null = null;
  let summary: RangeSummary | null = null;
  const made = (): Table<Part> =>
    (list ??= table<Part>({
      name: t("What the range holds"),
      className: "range",
      columns: [
        { id: "name", label: t("What"), title: t("Kernel, run or phase"), value: (p) => p.name, cell: (p) => p.name },
        { id: "count", label: t("Count"), title: t("Spans in the range"), number: true, value: (p) => p.count, cell: (p) => String(p.count) },
        { id: "total", label: t("Total"), title: t("Time inside the range"), number: true, value: (p) => p.total, cell: (p) => time(p.total) },
        {
          id: "mean",
          label: t("Mean"),
          title: t("Total by count"),
          number: true,
          value: (p) => p.total / p.count,
          cell: (p) => time(p.total / p.count),
        },
        {
          id: "share",
          label: t("Share"),
          title: t("Of kernels: of the time in kernels. Of others: of the range"),
          number: true,
          value: (p) => (summary ? shareOf(p, summary) : 0),
          cell: (p) =>
            summary
              ? h("span", { class: "bar", style: `--part:${Math.min(100, 100 * shareOf(p, summary)).toFixed(1)}%` }, percent(shareOf(p, summary)))
              : "",
        },
      ],
      key: (p) => p.key,
      height: 27,
      sort: { by: "total", down: true },
      choose: (p) => {
        list!.mark(p.key, new Set());
        if (p.kernel !== undefined && c.lookup.kernelById.has(p.kernel)) c.store.select({ kind: "kernel", id: p.kernel });
      },
    }));
  return {
    element,
    show(range) {
      element.hidden = range === null;
      if (!range) return;
      summary = summaryOf(timeline, range, c.lookup.kernelById);
      const idle = summary.kernels
        ? t(", {0} of it in kernels ({1})", time(summary.kernels), percent(Math.min(1, summary.kernels / summary.length)))
        : "";
      head.textContent = `${t("{0} from {1} after the click: {2} spans", time(summary.length), time(range.from), summary.count)}${idle}. ${t("Escape takes it away.")}`;
      const l = made();
      if (!element.childElementCount) element.append(head, l.element);
      l.setRows(summary.parts.slice(0, 300));
    },
    dispose: () => list?.dispose(),
  };
}
