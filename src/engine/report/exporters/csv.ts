// Tables for spreadsheets and data frames (RFC 4180): a row a kernel, a line, an edge of the ledger, an insight. Times are milliseconds, sizes bytes.
import { ranked } from "../insights/gain.ts";
import { nodesOf, placeOf } from "../ranking.ts";
import type { Insight, Report } from "../types.ts";

type Cell = string | number | boolean | undefined;
/** Text that a spreadsheet would take for a formula is quoted for it: names in a profile are a stranger's. */
function cell(v: Cell): string {
  if (v === undefined) return "";
  if (typeof v !== "string") return String(v);
  const text = /^[=+\-@\t\r]/.test(v) ? `'${v}` : v;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
const csv = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((r) => `${r.map(cell).join(",")}\r\n`).join("");

export function kernelsCsv(r: Report): string {
  const head = [
    ...["program", "kernel", "label", "name", "kind", "region", "calls", "time_ms", "time_min_ms", "time_iqr_ms", "predicted_ms", "share"],
    ...["bytes_read", "bytes_written", "flops", "gb_per_s", "gflop_per_s", "file", "line"],
  ];
  const rows = r.programs.flatMap((p) => {
    const kernels = p.kernels ?? [];
    const total = kernels.reduce((s, k) => s + (k.time?.median ?? 0), 0);
    return kernels.map((k): Cell[] => {
      const t = k.time?.median;
      const rate = (n: number): Cell => (t ? (n * k.calls) / t / 1e6 : undefined);
      const line = k.lines[0];
      return [
        ...[
          p.id,
          k.id,
          k.label,
          k.name,
          k.kind,
          k.region,
          k.calls,
          t,
          k.time?.min,
          k.time?.spread,
          k.predicted,
          t === undefined || !total ? undefined : t / total,
        ],
        ...[k.bytesRead, k.bytesWritten, k.flops, rate(k.bytesRead + k.bytesWritten), rate(k.flops), line && r.files[line.file]?.path, line?.line],
      ];
    });
  });
  return csv(head, rows);
}
export function linesCsv(r: Report): string {
  const head = ["file", "line", "ms", "share", "kernels_ms", "copies_ms", "call_ms", "transfers_ms", "estimated", "text"];
  const texts = r.files.map((f) => f.text?.split(/\r\n|\n|\r/));
  const rows = (r.lines ?? []).map((l): Cell[] => [
    ...[r.files[l.file]?.path, l.line, l.ms, l.share, l.parts.kernels, l.parts.copies, l.parts.call, l.parts.transfers],
    ...[l.estimated ?? false, texts[l.file]?.[l.line - 1]?.trim()],
  ]);
  return csv(head, rows);
}
export function ledgerCsv(r: Report): string {
  const head = [
    ...["program", "edge", "producer", "producer_op", "consumer", "consumer_op", "verdict", "pinned", "rule", "reason", "otherwise"],
    ...["bytes", "flops", "launches", "evaluations", "fused_ms", "kept_ms", "file", "line"],
  ];
  const rows = r.programs.flatMap((p) => {
    const nodes = nodesOf(p);
    return (p.decisions ?? []).map((d): Cell[] => {
      const { file, line } = placeOf(r, d.stack);
      return [
        ...[
          p.id,
          d.id,
          d.producer,
          nodes.get(d.producer)?.op,
          d.consumer,
          nodes.get(d.consumer)?.op,
          d.fused ? "fused" : "stored",
          d.pinned ?? false,
        ],
        ...[d.rule, d.reason, d.otherwise, d.cost.bytes, d.cost.flops, d.cost.launches, d.cost.evaluations, d.ms?.fused, d.ms?.kept, file, line],
      ];
    });
  });
  return csv(head, rows);
}
/** What was found, tried and measured; what was tried in vain as well. Sizes and times by the column `of`: bytes of memory, else milliseconds. */
export function insightsCsv(r: Report): string {
  const head = [
    ...["rule", "file", "line", "lines", "text", "remedy", "change", "of", "verdict", "predicted", "before", "before_iqr", "after", "after_iqr"],
    ...["factor", "runs", "error", "action", "label"],
  ];
  const row = (i: Insight, gained: boolean): Cell[] => {
    const { before, after, runs } = i.gain ?? {};
    return [
      ...[i.rule, r.files[i.file]?.path, i.line, i.lines.join(" "), i.text, i.remedy, i.change, i.of ?? "call"],
      ...[i.gain ? (gained ? "gained" : "no gain") : "estimate", i.predicted],
      ...[before?.median, before?.spread, after?.median, after?.spread, before && after ? before.median / after.median : undefined, runs, i.error],
      ...[i.action?.kind, i.action?.label],
    ];
  };
  return csv(head, [...ranked(r.insights ?? []).map((i) => row(i, true)), ...(r.tried ?? []).map((i) => row(i, false))]);
}
export const noKernels = (r: Report): string | null => (r.programs.some((p) => p.kernels?.length) ? null : "this profile has no kernels");
export const noLines = (r: Report): string | null => (r.lines?.length ? null : "this profile has no times of lines");
export const noLedger = (r: Report): string | null => (r.programs.some((p) => p.decisions?.length) ? null : "this profile has no fusion decisions");
export const noInsights = (r: Report): string | null => (r.insights?.length || r.tried?.length ? null : "this profile has no insights");
