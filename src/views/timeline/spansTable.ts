// The table behind the timeline: the same spans, in rows that sort.
import type { Span } from "../../engine/report/types.ts";
import { type Table, table } from "../controls/table.ts";
import { h, lineLink } from "../dom.ts";
import { baseName, time } from "../format.ts";
import { t } from "../l10n.ts";
import type { ViewContext } from "../view.ts";

const ROW_HEIGHT = 27;
export interface SpanRow {
  readonly id: string;
  readonly span: Span;
  readonly track: string;
}
export function spansTable(c: ViewContext, name: (s: Span) => string, choose: (r: SpanRow) => void): Table<SpanRow> {
  const place = (s: Span) => (s.kernel === undefined ? null : c.lookup.placeOf({ kind: "kernel", id: s.kernel }));
  const list = table<SpanRow>({
    name: t("All spans"),
    className: "spans",
    columns: [
      { id: "start", label: t("Start"), title: t("Since the click"), number: true, value: (r) => r.span.start, cell: (r) => time(r.span.start) },
      {
        id: "duration",
        label: t("Duration"),
        title: t("How long it took"),
        number: true,
        value: (r) => r.span.duration,
        cell: (r) => time(r.span.duration),
      },
      { id: "track", label: t("Track"), title: t("Where it ran"), value: (r) => r.track, cell: (r) => r.track },
      { id: "name", label: t("What"), title: t("Kernel, run or phase"), value: (r) => name(r.span), cell: (r) => name(r.span) },
      {
        id: "run",
        label: t("Run"),
        title: t("The measured run that it belongs to"),
        number: true,
        value: (r) => r.span.run ?? -1,
        cell: (r) => (r.span.run === undefined ? "" : String(r.span.run + 1)),
      },
      {
        id: "line",
        label: t("Line"),
        title: t("The line that caused most of it"),
        cell: (r) => {
          const at = place(r.span);
          return at ? lineLink(`${baseName(at.file)}:${at.line}`, () => c.reveal(at)) : h("span");
        },
      },
    ],
    key: (r) => r.id,
    height: ROW_HEIGHT,
    choose,
    open: (r) => {
      const at = place(r.span);
      if (at) c.reveal(at);
    },
  });
  return list;
}
export const spanRows = (tracks: readonly { readonly name: string; readonly rows: readonly { readonly spans: readonly Span[] }[] }[]): SpanRow[] =>
  tracks.flatMap((track, i) => track.rows.flatMap((row, j) => row.spans.map((span, k) => ({ id: `${i}.${j}.${k}`, span, track: track.name }))));
