// The memory track: how many bytes are held while each kernel of a run works. The lifetimes go by steps of the program; a kernel's span says when its step was.
import type { Report } from "../../engine/report/types.ts";
import { type Row, type Timeline, firstAfter } from "./model.ts";

export interface Held {
  readonly row: Row;
  /** Bytes while the i-th span of the row lasts. */
  readonly bytes: Float64Array;
  readonly most: number;
}
/** Bytes that are held at each step of the program. */
export function heldBySteps(r: Report): Float64Array | null {
  const lifetimes = r.memory?.lifetimes;
  if (!lifetimes?.length) return null;
  let last = 0;
  for (const l of lifetimes) last = Math.max(last, l.to);
  const change = new Float64Array(last + 2);
  for (const l of lifetimes) {
    change[l.from]! += l.bytes;
    change[l.to + 1]! -= l.bytes;
  }
  const held = new Float64Array(last + 1);
  let sum = 0;
  for (let i = 0; i <= last; i++) held[i] = sum += change[i]!;
  return held;
}
export function heldOver(r: Report, t: Timeline): Held | null {
  const held = heldBySteps(r);
  const row = t.tracks.find((x) => x.kind === "kernels")?.rows[0];
  if (!held || !row) return null;
  const stepOf = new Map<string, number>();
  (r.programs[0]?.steps ?? []).forEach((s, i) => {
    if (s.kernel !== undefined && !stepOf.has(s.kernel)) stepOf.set(s.kernel, i);
  });
  let before = 0;
  const bytes = Float64Array.from(row.spans, (s) => {
    const step = s.kernel === undefined ? undefined : stepOf.get(s.kernel);
    return (before = step === undefined ? before : (held[step] ?? before));
  });
  let most = 0;
  for (const b of bytes) most = Math.max(most, b);
  return most > 0 ? { row, bytes, most } : null;
}
const LOOKED_AT = 256;
/** Most bytes held in a stretch of time; of very many spans a part is looked at. */
export function heldIn(h: Held, from: number, to: number): number {
  let i = firstAfter(h.row, from);
  const end = Math.min(h.bytes.length, firstAfter(h.row, to) + 1);
  const step = Math.max(1, Math.floor((end - i) / LOOKED_AT));
  let most = 0;
  // Between two kernels of one run what is held stays held.
  if (i > 0 && i < h.bytes.length && h.row.start[i]! >= to && h.row.spans[i]!.run === h.row.spans[i - 1]!.run) return h.bytes[i - 1]!;
  for (; i < end && h.row.start[i]! < to; i += step) most = Math.max(most, h.bytes[i]!);
  return most;
}
