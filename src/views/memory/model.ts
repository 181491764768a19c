// Who holds memory: by kind, by line, by step. Read from the Report's holders (at the fullest step) and lifetimes (at every step).
import type { Holder, Lifetime, Memory } from "../../engine/report/types.ts";

export type Kind = Holder["what"];
/** From below to above in the chart: what is always held first. */
export const KINDS = ["constant", "argument", "result", "residual", "carry", "temporary"] as const satisfies readonly Kind[];
export interface Share {
  readonly key: string;
  readonly bytes: number;
  readonly count: number;
}
function sums<T extends Holder>(list: readonly T[], keyOf: (h: T) => string | null): Share[] {
  const found = new Map<string, { bytes: number; count: number }>();
  for (const h of list) {
    const key = keyOf(h);
    if (key === null) continue;
    const have = found.get(key) ?? { bytes: 0, count: 0 };
    have.bytes += h.bytes;
    have.count++;
    found.set(key, have);
  }
  return [...found].map(([key, v]) => ({ key, ...v })).sort((a, b) => b.bytes - a.bytes);
}
/** Code is memory too, but not of a call: the peak does not count it. */
export const atPeak = (m: Memory): readonly Holder[] => m.holders.filter((h) => h.what !== "code");
export const byKind = (m: Memory): Share[] => sums(atPeak(m), (h) => h.what);
/** "file:line" by indices; what no line holds (arguments, results) is left out. */
export const byLine = (m: Memory): Share[] => sums(atPeak(m), (h) => (h.file === undefined || h.line === undefined ? null : `${h.file}:${h.line}`));

export const stepsOf = (lifetimes: readonly Lifetime[]): number => lifetimes.reduce((most, l) => Math.max(most, l.to + 1), 0);
/** For each kind the bytes that are held at each step. */
export function heldByKind(lifetimes: readonly Lifetime[]): ReadonlyMap<Kind, Float64Array> {
  const steps = stepsOf(lifetimes);
  const held = new Map<Kind, Float64Array>();
  for (const l of lifetimes) {
    let change = held.get(l.what);
    if (!change) held.set(l.what, (change = new Float64Array(steps + 1)));
    change[l.from]! += l.bytes;
    change[l.to + 1]! -= l.bytes;
  }
  for (const list of held.values()) for (let i = 1; i <= steps; i++) list[i]! += list[i - 1]!;
  return held;
}
/** Values that are held for a part of the call only, largest first: those that a change of the program can make shorter. */
export function passing(lifetimes: readonly Lifetime[]): Lifetime[] {
  const last = stepsOf(lifetimes) - 1;
  const always = (l: Lifetime): boolean =>
    l.what === "argument" || l.what === "result" || l.what === "constant" || (l.from === 0 && l.to >= last && last > 0);
  return lifetimes.filter((l) => !always(l)).sort((a, b) => b.bytes - a.bytes || a.from - b.from);
}
