// What an insight saves, as every place says it: the panel, the editor, exports. Pure, so that pages can read it too.
import type { Insight, Report } from "../types.ts";

/** A saving of a call, a run, compiling (milliseconds) or of memory (bytes). */
export interface Saving {
  readonly of: NonNullable<Insight["of"]>;
  /** What is saved; negative where the change made it worse; null where nobody knows. */
  readonly amount: number | null;
  /** Both programs as they were measured; null of an estimate. */
  readonly measured: {
    readonly before: number;
    readonly after: number;
    readonly runs: number;
    readonly factor: number;
    readonly spread: number;
  } | null;
  /** Part of what there was before, 0 to 1; null where that is not known. */
  readonly part: number | null;
}
/** @param call milliseconds of a steady call, of which an estimate is a part */
export function savingOf(i: Insight, call?: number): Saving {
  const of = i.of ?? "call";
  if (!i.gain) {
    const amount = i.predicted ?? null;
    return { of, amount, measured: null, part: of === "call" && amount !== null && call ? Math.min(1, amount / call) : null };
  }
  const { before, after, runs } = i.gain;
  const factor = before.median / after.median;
  // Quartiles on both sides: half of each spread, as parts, make the factor's.
  const spread = (factor * Math.hypot(before.spread / before.median, after.spread / after.median)) / 2;
  return {
    of,
    amount: before.median - after.median,
    measured: { before: before.median, after: after.median, runs, factor, spread: Number.isFinite(spread) ? spread : 0 },
    part: before.median > 0 ? 1 - after.median / before.median : null,
  };
}
/** What was measured first: the most milliseconds, then the most bytes of memory. Then estimates in the same order, and what nobody can say. */
export function ranked(list: readonly Insight[]): Insight[] {
  const place = (s: Saving): number => (s.amount === null ? 4 : (s.measured ? 0 : 2) + (s.of === "memory" ? 1 : 0));
  return list
    .map((insight) => ({ insight, saving: savingOf(insight) }))
    .sort((a, b) => place(a.saving) - place(b.saving) || (b.saving.amount ?? 0) - (a.saving.amount ?? 0))
    .map((x) => x.insight);
}
/** The largest part of a call that one of them was measured (else is estimated) to save, 0 to 1. Gains do not add up: remedies may be of one cause. */
export function bestPart(list: readonly Insight[], call?: number): { readonly part: number; readonly estimated: boolean } | null {
  const parts = list.flatMap((i) => {
    const s = savingOf(i, call);
    return s.of === "call" && s.part !== null && s.part > 0 ? [{ part: s.part, estimated: s.measured === null }] : [];
  });
  const known = parts.some((p) => !p.estimated) ? parts.filter((p) => !p.estimated) : parts;
  return known.reduce<(typeof parts)[number] | null>((best, p) => (best && best.part >= p.part ? best : p), null);
}
/** Where it stands: "model.ts:12". */
export const placeOf = (r: Report, i: Insight): string => `${r.files[i.file]?.path ?? "?"}:${i.line}`;
/** What names an insight between the pages and the editor: its list may have grown in between. */
export interface InsightName {
  readonly rule: string;
  readonly file: number;
  readonly line: number;
  readonly text: string;
}
export const nameOf = ({ rule, file, line, text }: InsightName): InsightName => ({ rule, file, line, text });
export const isNamed = (i: InsightName, n: InsightName): boolean => i.rule === n.rule && i.file === n.file && i.line === n.line && i.text === n.text;
