// The rows of the timeline: runs one below another, each from its own start, so that they can be compared; phases of the compilation on their own.
import type { Report, Span } from "../../engine/report/types.ts";
import { t } from "../l10n.ts";

export interface Bar {
  readonly span: Span;
  /** Milliseconds from the row's start. */
  readonly from: number;
  readonly to: number;
}
export interface Row {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** How long the whole row is: a run's own time. */
  readonly length: number;
}
export type Mode = "runs" | "compile";

export function timelineRows(r: Report, mode: Mode): Row[] {
  const tracks = new Map((r.tracks ?? []).map((t) => [t.id, t]));
  const kindOf = (s: Span): string => tracks.get(s.track)?.kind ?? "kernels";
  const spans = r.spans ?? [];
  if (mode === "compile") {
    const own = spans.filter((s) => kindOf(s) === "compile");
    return own.length ? [rowOf("compile", own, own[0]!.start)] : [];
  }
  const runStart = new Map<number, Span>();
  for (const s of spans) if (kindOf(s) === "run" && s.run !== undefined) runStart.set(s.run, s);
  const groups = new Map<string, { label: string; run: number | undefined; spans: Span[] }>();
  for (const s of spans) {
    const kind = kindOf(s);
    if (kind === "compile" || kind === "run") continue;
    const key = `${s.run ?? ""} ${s.track}`;
    let g = groups.get(key);
    const track = tracks.get(s.track)?.name ?? s.track;
    if (!g) groups.set(key, (g = { label: s.run === undefined ? track : t("run {0}", s.run + 1), run: s.run, spans: [] }));
    g.spans.push(s);
  }
  return [...groups.values()].map((g) => {
    const run = g.run === undefined ? undefined : runStart.get(g.run);
    let start = run?.start ?? Infinity;
    if (!run) for (const s of g.spans) start = Math.min(start, s.start);
    return rowOf(g.label, g.spans, start, run?.duration);
  });
}
function rowOf(label: string, spans: readonly Span[], start: number, length = 0): Row {
  const bars = spans.map((span): Bar => ({ span, from: span.start - start, to: span.start - start + span.duration })).sort((a, b) => a.from - b.from);
  let end = length;
  for (const b of bars) end = Math.max(end, b.to);
  return { label, bars, length: end };
}
/** The first bar that ends after a time; bars of a row follow one another. */
export function firstAfter(bars: readonly Bar[], t: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars[middle]!.to > t) high = middle;
    else low = middle + 1;
  }
  return low;
}
