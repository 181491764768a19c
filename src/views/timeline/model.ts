// What the timeline shows: tracks of rows, each row's spans one after another in typed arrays, so that 200,000 of them are found and added up by halving.
import type { Report, Span, Track } from "../../engine/report/types.ts";

/** Spans that do not overlap, by their start. */
export interface Row {
  readonly spans: readonly Span[];
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** How long all spans before the i-th took together. */
  readonly busy: Float64Array;
}
export interface TimelineTrack {
  readonly id: string;
  readonly name: string;
  readonly kind: Track["kind"];
  /** The first holds the outer spans, the next those inside them. */
  readonly rows: readonly Row[];
}
export interface Range {
  readonly from: number;
  readonly to: number;
}
export interface Timeline {
  readonly tracks: readonly TimelineTrack[];
  readonly whole: Range;
  readonly count: number;
}
/** A place on the timeline: a span of a row of a track. */
export interface At {
  readonly track: number;
  readonly row: number;
  readonly span: number;
}
const DEEPEST = 32;

export function timelineOf(r: Report): Timeline {
  const byTrack = new Map<string, Span[]>((r.tracks ?? []).map((t) => [t.id, []]));
  for (const s of r.spans ?? []) {
    const list = byTrack.get(s.track);
    if (list) list.push(s);
    else byTrack.set(s.track, [s]);
  }
  const known = new Map((r.tracks ?? []).map((t) => [t.id, t]));
  let from = Infinity;
  let to = -Infinity;
  const tracks: TimelineTrack[] = [];
  for (const [id, spans] of byTrack) {
    if (!spans.length) continue;
    for (const s of spans) {
      from = Math.min(from, s.start);
      to = Math.max(to, s.start + s.duration);
    }
    const track = known.get(id);
    tracks.push({ id, name: track?.name ?? id, kind: track?.kind ?? "kernels", rows: rowsOf(spans) });
  }
  return { tracks, whole: tracks.length ? { from, to: Math.max(to, from + 1e-6) } : { from: 0, to: 1 }, count: r.spans?.length ?? 0 };
}
/** Spans inside others go one row down. */
function rowsOf(spans: readonly Span[]): Row[] {
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.duration - a.duration);
  const rows: Span[][] = [];
  const ends: number[] = [];
  for (const s of ordered) {
    // Clocks are read one after another: what ends as the next begins may seem to overlap by nothing.
    const free = ends.findIndex((end) => end <= s.start + 1e-9);
    const depth = free >= 0 ? free : Math.min(ends.length, DEEPEST - 1);
    ends[depth] = Math.max(ends[depth] ?? -Infinity, s.start + s.duration);
    (rows[depth] ??= []).push(s);
  }
  return rows.map(rowOf);
}
export function rowOf(spans: readonly Span[]): Row {
  const start = Float64Array.from(spans, (s) => s.start);
  const end = new Float64Array(spans.length);
  const busy = new Float64Array(spans.length + 1);
  spans.forEach((s, i) => {
    // Of spans that overlap all the same, the earlier one is shown up to the next.
    end[i] = Math.min(s.start + s.duration, start[i + 1] ?? Infinity);
    busy[i + 1] = busy[i]! + end[i]! - s.start;
  });
  return { spans, start, end, busy };
}
/** The first span of a row that ends after a time. */
export function firstAfter({ end }: Row, t: number): number {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[middle]! > t) high = middle;
    else low = middle + 1;
  }
  return low;
}
/** How much of a stretch of time a row's spans take. */
export function busyIn(row: Row, from: number, to: number): number {
  const first = firstAfter(row, from);
  const last = firstAfter(row, to);
  let sum = row.busy[last]! - row.busy[first]!;
  if (first < row.spans.length) sum -= Math.max(0, Math.min(from, row.end[first]!) - row.start[first]!);
  if (last < row.spans.length) sum += Math.max(0, to - row.start[last]!);
  return Math.max(0, sum);
}
export const spanAt = (t: Timeline, at: At | null): Span | undefined => (at ? t.tracks[at.track]?.rows[at.row]?.spans[at.span] : undefined);
/** Where a span stands, or null. */
export function placeOfSpan(t: Timeline, span: Span): At | null {
  for (const [track, { rows }] of t.tracks.entries())
    for (const [row, r] of rows.entries()) {
      for (let i = firstAfter(r, span.start - 1e-9); i < r.spans.length && r.start[i]! <= span.start; i++)
        if (r.spans[i] === span) return { track, row, span: i };
      const i = r.spans.indexOf(span);
      if (i >= 0) return { track, row, span: i };
    }
  return null;
}
/** Stretches of time that a person may want to see whole: everything, the compilation, the runs, the first run. */
export function stretches(t: Timeline): { readonly id: string; readonly range: Range }[] {
  const around = (wanted: (track: TimelineTrack) => boolean): Range | null => {
    const rows = t.tracks.filter(wanted).flatMap((x) => x.rows);
    if (!rows.length) return null;
    return { from: Math.min(...rows.map((r) => r.start[0]!)), to: Math.max(...rows.map((r) => r.end.at(-1)!)) };
  };
  const runs = around((x) => x.kind === "run" || x.kind === "kernels");
  const first = t.tracks.find((x) => x.kind === "run")?.rows[0];
  return [
    { id: "all", range: t.whole as Range | null },
    { id: "compile", range: around((x) => x.kind === "compile") },
    { id: "runs", range: runs },
    { id: "first", range: first && first.spans.length > 1 ? { from: first.start[0]!, to: first.end[0]! } : null },
  ].flatMap(({ id, range }) => (range ? [{ id, range }] : []));
}
