// What each line of the program costs: its parts of the kernels, and what a call costs beside them. All lines together are the wall time of a steady call.
import type { Kernel, LineCost } from "./types.ts";

export interface Place {
  readonly file: number;
  readonly line: number;
}
/** A steady call, taken apart: milliseconds. */
export interface CallTime {
  readonly wall: number;
  /** Between kernels: loop control, copies that are too small to be timed one by one. */
  readonly copies: number;
  /** Copies that have a line of their own. */
  readonly copiesAt?: readonly { readonly place: Place; readonly ms: number }[];
  /** The line that calls. */
  readonly from: Place;
}
/** Each line's part; without a measurement, of the predicted time. Largest first. */
export function programLines(kernels: readonly Kernel[], home: Place, call: CallTime | null): LineCost[] {
  const lines = new Map<string, { place: Place; kernels: number; copies: number; call: number }>();
  const at = (place: Place): { kernels: number; copies: number; call: number } => {
    const key = `${place.file}:${place.line}`;
    let have = lines.get(key);
    if (!have) lines.set(key, (have = { place: { file: place.file, line: place.line }, kernels: 0, copies: 0, call: 0 }));
    return have;
  };
  const raw = kernels.map((k) => (call ? (k.time?.median ?? 0) : (k.predicted ?? 0)));
  const copies = [...(call?.copiesAt ?? []), { place: home, ms: call?.copies ?? 0 }].filter((c) => c.ms > 0);
  const measured = raw.reduce((a, b) => a + b, 0) + copies.reduce((s, c) => s + c.ms, 0);
  // The runs with timers may have been slower than the steady ones: parts never are more than the whole.
  const scale = call && measured > call.wall ? call.wall / measured : 1;
  kernels.forEach((k, i) => {
    for (const l of k.lines) at(l).kernels += l.share * raw[i]! * scale;
  });
  if (call) {
    for (const c of copies) at(c.place).copies += c.ms * scale;
    at(call.from).call += Math.max(0, call.wall - measured * scale);
  }
  const ms = (l: { kernels: number; copies: number; call: number }): number => l.kernels + l.copies + l.call;
  const total = [...lines.values()].reduce((s, l) => s + ms(l), 0);
  if (!(total > 0)) return [];
  return [...lines.values()]
    .map((l): LineCost => ({
      ...l.place,
      ms: ms(l),
      share: ms(l) / total,
      parts: { ...(l.kernels ? { kernels: l.kernels } : {}), ...(l.copies ? { copies: l.copies } : {}), ...(l.call ? { call: l.call } : {}) },
      ...(call ? {} : { estimated: true }),
    }))
    .sort((a, b) => b.ms - a.ms);
}
