// What the trace formats have in common: spans with their kernels, from time 0.
import type { Kernel, Report, Span } from "../types.ts";

export interface NamedSpan {
  readonly span: Span;
  readonly name: string;
  /** Absent where the profile names a kernel that it does not hold. */
  readonly kernel: Kernel | undefined;
  /** Milliseconds since the earliest span. */
  readonly start: number;
}
/** By track, each track's spans by their start. Spans of tracks that the Report does not list have a track of their own. */
export function spansByTrack(r: Report): ReadonlyMap<string, { readonly name: string; readonly spans: readonly NamedSpan[] }> {
  const kernels = new Map(r.programs.flatMap((p) => p.kernels ?? []).map((k) => [k.id, k]));
  const tracks = new Map<string, { name: string; spans: NamedSpan[] }>((r.tracks ?? []).map((t) => [t.id, { name: t.name, spans: [] }]));
  let first = Infinity;
  for (const s of r.spans ?? []) first = Math.min(first, s.start);
  for (const span of r.spans ?? []) {
    const kernel = span.kernel === undefined ? undefined : kernels.get(span.kernel);
    const name = kernel?.label ?? span.name ?? (span.kernel === undefined ? "span" : `unknown kernel ${span.kernel}`);
    let track = tracks.get(span.track);
    if (!track) tracks.set(span.track, (track = { name: span.track, spans: [] }));
    track.spans.push({ span, name, kernel, start: span.start - first });
  }
  for (const t of tracks.values()) t.spans.sort((a, b) => a.start - b.start || b.span.duration - a.span.duration);
  return tracks;
}
/** "src/model.ts:12" of the line that caused most of a kernel. */
export function sourceOf(r: Report, k: Kernel | undefined): { readonly file: string; readonly line: number } | null {
  const line = k?.lines[0];
  const file = line && r.files[line.file];
  return line && file ? { file: file.path, line: line.line } : null;
}
/**
 * The spans of one track so that each lies inside the one around it, as the trace formats ask: clocks are read one after another, so that an inner span may
 * seem to outlast the outer one by nanoseconds.
 */
export function nested(spans: readonly NamedSpan[]): (NamedSpan & { readonly duration: number })[] {
  const open: number[] = [];
  return spans.map((s) => {
    while (open.length && open.at(-1)! <= s.start) open.pop();
    const end = Math.min(s.start + Math.max(0, s.span.duration), open.at(-1) ?? Infinity);
    open.push(end);
    return { ...s, duration: end - s.start };
  });
}
