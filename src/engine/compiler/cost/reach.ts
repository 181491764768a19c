// What comes from how far: nanoseconds of memory by the bytes that were moved since it was touched. Measured at a few distances, since the sizes of caches
// alone do not say it: they are shared with others, and what is fetched ahead costs nothing.
export interface Reach {
  /** Moved since. */
  readonly bytes: number;
  /** Nanoseconds of a byte that is read, and of one that is written, beside the instructions that load and store it. */
  readonly read: number;
  readonly written: number;
  /** Of an instruction of a kernel that has not run since. */
  readonly code: number;
}
type Costs = Omit<Reach, "bytes">;
const NOTHING: Costs = { read: 0, written: 0, code: 0 };

/** Between two distances by their logarithms; nearer than half of the nearest one nothing is added, beyond the farthest nothing more. */
export function reachAt(points: readonly Reach[], since: number): Costs {
  const next = points.findIndex((p) => p.bytes > since);
  const to = points[next];
  const from = next < 0 ? points.at(-1) : (points[next - 1] ?? (to && { ...NOTHING, bytes: to.bytes / 2 }));
  if (!from || since <= from.bytes) return from && since === from.bytes ? from : NOTHING;
  if (!to) return from;
  const part = Math.log2(since / from.bytes) / Math.log2(to.bytes / from.bytes);
  const between = (a: number, b: number): number => a + part * (b - a);
  return { read: between(from.read, to.read), written: between(from.written, to.written), code: between(from.code, to.code) };
}
/** Reading and writing in one kernel: memory does both at a time, of the shorter one about a half. */
export const besideNs = (a: number, b: number): number => Math.max(a, b) + Math.min(a, b) / 2;
