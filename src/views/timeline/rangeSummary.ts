// What happened in a stretch of time: how many spans, how long they took, each kernel's part.
import { type Range, type Timeline, firstAfter } from "./model.ts";

export interface Part {
  readonly key: string;
  readonly name: string;
  readonly kernel: string | undefined;
  count: number;
  total: number;
}
export interface RangeSummary {
  readonly length: number;
  readonly parts: readonly Part[];
  readonly count: number;
  /** Time inside kernels; spans of runs and phases around them are not added to it. */
  readonly kernels: number;
}
export function summaryOf(t: Timeline, range: Range, labels: ReadonlyMap<string, { readonly label: string }>): RangeSummary {
  const parts = new Map<string, Part>();
  let count = 0;
  let kernels = 0;
  for (const track of t.tracks)
    for (const row of track.rows)
      for (let i = firstAfter(row, range.from); i < row.spans.length && row.start[i]! < range.to; i++) {
        const span = row.spans[i]!;
        const took = Math.max(0, Math.min(row.end[i]!, range.to) - Math.max(row.start[i]!, range.from));
        const name = (span.kernel === undefined ? undefined : labels.get(span.kernel)?.label) ?? span.name ?? span.kernel ?? "?";
        const key = `${track.id} ${span.kernel ?? name}`;
        let part = parts.get(key);
        if (!part) parts.set(key, (part = { key, name, kernel: span.kernel, count: 0, total: 0 }));
        part.count++;
        part.total += took;
        count++;
        if (track.kind === "kernels") kernels += took;
      }
  return { length: range.to - range.from, count, kernels, parts: [...parts.values()].sort((a, b) => b.total - a.total) };
}
/** Lanes of one track that overlap (threads) may be busy longer than the stretch: shares are of the time in kernels, then. */
export const shareOf = (p: Part, s: RangeSummary): number => (p.kernel === undefined ? p.total / s.length : s.kernels ? p.total / s.kernels : 0);
