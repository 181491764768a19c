// What the elements of an array are: how small, how large, how many of them are no numbers.
import { isComplex } from "../../../core/dtypes.ts";
import type { NDArray } from "../../../core/value.ts";
import type { NodeId, ValueStats } from "../../types.ts";

export interface Tally {
  /** Of the finite elements; Infinity and -Infinity where there are none. */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly finite: number;
  readonly nan: number;
  readonly inf: number;
  readonly times: number;
}
export const NOTHING: Tally = { min: Infinity, max: -Infinity, sum: 0, finite: 0, nan: 0, inf: 0, times: 0 };

/** Null for what holds no numbers: random keys and tokens. */
export function tallyOf(a: NDArray): Tally | null {
  if (a.dtype === "key<fry>") return null;
  const data = a.dataSync();
  const step = isComplex(a.dtype) ? 2 : 1;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let finite = 0;
  let nan = 0;
  const size = a.size;
  for (let i = 0; i < size; i++) {
    const v = step === 1 ? Number(data[i]) : magnitude(Number(data[2 * i]), Number(data[2 * i + 1]));
    if (v - v === 0) {
      finite++;
      sum += v;
      if (v < min) min = v;
      if (v > max) max = v;
    } else if (v !== v) nan++;
  }
  return { min, max, sum, finite, nan, inf: size - finite - nan, times: 1 };
}
/** NaN where either part is: `Math.hypot` of an infinity and a NaN is infinite. */
const magnitude = (re: number, im: number): number => (re !== re || im !== im ? NaN : Math.hypot(re, im));
export const together = (a: Tally, b: Tally): Tally => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  sum: a.sum + b.sum,
  finite: a.finite + b.finite,
  nan: a.nan + b.nan,
  inf: a.inf + b.inf,
  times: a.times + b.times,
});
export const statsOf = (node: NodeId, result: number | undefined, t: Tally): ValueStats => ({
  node,
  ...(result === undefined ? {} : { result }),
  ...(t.finite ? { min: t.min, max: t.max, mean: t.sum / t.finite } : {}),
  elements: t.finite + t.nan + t.inf,
  nan: t.nan,
  inf: t.inf,
  times: t.times,
});
/** Where the first element of a kind stands, flat; -1 where there is none. */
export function firstBad(a: NDArray, kind: "nan" | "inf"): number {
  const data = a.dataSync();
  const step = isComplex(a.dtype) ? 2 : 1;
  for (let i = 0; i < data.length; i++) {
    const v = Number(data[i]);
    if (kind === "nan" ? v !== v : Math.abs(v) === Infinity) return Math.floor(i / step);
  }
  return -1;
}
