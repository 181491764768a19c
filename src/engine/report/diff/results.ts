// Whether two runs gave the same: bits where all of them were looked at, else (and where they differ) elements that stand at the same places.
import type { Report } from "../types.ts";

export interface ResultsDiff {
  /** Whether all results have the same bits. */
  readonly bits: boolean;
  /** The largest difference of the elements that were kept, as a part of the result's largest element; null where one of them is no finite number. */
  readonly relative: number | null;
  /** Elements that were compared, all results together. */
  readonly elements: number;
}
/** Undefined where one side has none. "types": results are of other types or numbers. */
export function diffResults(before: Report, after: Report): ResultsDiff | "types" | undefined {
  const [xs, ys] = [before.results, after.results];
  if (!xs || !ys) return undefined;
  if (xs.length !== ys.length || xs.some((x, i) => x.type !== ys[i]!.type)) return "types";
  if (xs.every((x, i) => x.hash !== undefined && x.hash === ys[i]!.hash))
    return { bits: true, relative: 0, elements: xs.reduce((n, x) => n + x.sample.length, 0) };
  let relative: number | null = 0;
  let elements = 0;
  xs.forEach((x, i) => {
    const y = ys[i]!;
    const scale = Math.max(x.largest, y.largest, Number.MIN_VALUE);
    x.sample.forEach((a, k) => {
      const b = y.sample[k] ?? null;
      elements++;
      if (a === b) return;
      if (a === null || b === null) relative = null;
      else if (relative !== null) relative = Math.max(relative, Math.abs(a - b) / scale);
    });
  });
  return { bits: false, relative, elements };
}
