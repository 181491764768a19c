// What a Report says of the values of operations, for pages, editor and exporters: by operation, of several together, and as text in which only the words change with the language.
import type { NodeId, Report, ValueStats } from "../types.ts";

type Stats = Omit<ValueStats, "node" | "result">;
export type ValuesOf = ReadonlyMap<NodeId, readonly ValueStats[]>;
const known = new WeakMap<Report, ValuesOf>();
/** The statistics of each operation's results. */
export function valuesByNode(r: Report): ValuesOf {
  let map = known.get(r);
  if (!map) {
    const made = new Map<NodeId, ValueStats[]>();
    for (const v of r.values?.of ?? []) made.set(v.node, [...(made.get(v.node) ?? []), v]);
    known.set(r, (map = made));
  }
  return map;
}
/** Of several values as if they were one; null where nothing is known of any. */
export function joined(list: readonly Stats[]): Stats | null {
  const [first, ...rest] = list;
  if (!first) return null;
  return rest.reduce((a, b) => {
    const finite = (s: Stats): number => s.elements - s.nan - s.inf;
    const all = finite(a) + finite(b);
    return {
      ...(all ? { min: Math.min(a.min ?? Infinity, b.min ?? Infinity), max: Math.max(a.max ?? -Infinity, b.max ?? -Infinity) } : {}),
      ...(all ? { mean: ((a.mean ?? 0) * finite(a) + (b.mean ?? 0) * finite(b)) / all } : {}),
      elements: a.elements + b.elements,
      nan: a.nan + b.nan,
      inf: a.inf + b.inf,
      times: Math.max(a.times, b.times),
    };
  }, first);
}
export interface ValueWords {
  /** The one number that all elements are. */
  readonly all: (value: string) => string;
  readonly range: (min: string, max: string, mean: string) => string;
  readonly nan: (count: string) => string;
  readonly inf: (count: string) => string;
}
const ENGLISH: ValueWords = {
  all: (value) => `all ${value}`,
  range: (min, max, mean) => `${min} to ${max}, mean ${mean}`,
  nan: (count) => `${count} NaN`,
  inf: (count) => `${count} infinite`,
};
/** At most four digits: "-0.3", "1.235e-7". */
export const showNumber = (v: number): string => (Number.isInteger(v) && Math.abs(v) < 1e6 ? String(v) : String(Number(v.toPrecision(4))));
/** "-0.98 to 0.99, mean 0.012", "all 0", "0 to 1, mean 0.5; 3 NaN of 128". */
export function statsText(s: Stats, w: ValueWords = ENGLISH): string {
  const count = (n: number): string => (s.elements > 1 ? `${n}/${s.elements}` : String(n));
  const parts: string[] = [];
  if (s.min !== undefined && s.max !== undefined)
    parts.push(s.min === s.max ? w.all(showNumber(s.min)) : w.range(showNumber(s.min), showNumber(s.max), showNumber(s.mean ?? 0)));
  if (s.nan) parts.push(w.nan(count(s.nan)));
  if (s.inf) parts.push(w.inf(count(s.inf)));
  return parts.join("; ");
}
