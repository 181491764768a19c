// Whether a program has become dearer than it was: for builds that must fail then. Exact figures are compared exactly; times only when asked, with a tolerance,
// because no two machines and no two minutes are alike.
import { type Figures, figuresOf } from "./figures.ts";
import { showBytes } from "./exporters/text.ts";
import type { Report } from "./types.ts";

/** What is known of a function as it should be. Written by `jitlens check --update`. */
export interface Baseline {
  readonly figures: Figures;
  /** Types of the arguments: figures of other shapes are not compared. */
  readonly arguments: readonly string[];
  /** Labels of the kernels, so that new ones can be named. */
  readonly kernels?: readonly string[];
  /** Median of a steady call, milliseconds. */
  readonly ms?: number;
}
export type Figure = keyof Figures | "time";
export const FIGURES: readonly Figure[] = ["kernels", "launches", "bytes", "flops", "peak", "compilations", "time"];
/** By how much a figure may grow: a part ("5 %" is 0.05) or a number. Without an entry nothing; time is compared only if it has one. */
export type Limits = Partial<Readonly<Record<Figure, { readonly part: number } | { readonly count: number }>>>;
export interface Failure {
  /** "function": it is not there any more. */
  readonly figure: Figure | "arguments" | "function";
  readonly before: number;
  readonly after: number;
  readonly allowed: number;
  /** A sentence. */
  readonly text: string;
}
export function baselineOf(r: Report): Baseline {
  const program = r.programs[0];
  return {
    figures: figuresOf(r),
    arguments: program?.arguments.map((a) => `${a.name}: ${a.type}`) ?? [],
    ...(program?.kernels ? { kernels: program.kernels.map((k) => k.label) } : {}),
    ...(r.timing ? { ms: Number(r.timing.total.median.toPrecision(4)) } : {}),
  };
}
const NAMES: Readonly<Record<Figure, string>> = {
  kernels: "the number of kernels",
  launches: "the number of kernel calls",
  bytes: "the bytes moved",
  flops: "the number of operations",
  peak: "the peak memory",
  compilations: "the number of compilations",
  time: "the time of a steady call",
};
/** What grew beyond its limit; empty where all is well. Arguments of other types are a failure of their own: nothing else can be said then. */
export function checkReport(r: Report, baseline: Baseline, limits: Limits = {}): Failure[] {
  const now = baselineOf(r);
  const types = (b: Baseline): string => b.arguments.join(", ");
  if (types(now) !== types(baseline)) {
    const text = `it was called with (${types(now)}), the baseline with (${types(baseline)}): figures of other arguments cannot be compared; update the baseline`;
    return [{ figure: "arguments", before: baseline.arguments.length, after: now.arguments.length, allowed: 0, text }];
  }
  return FIGURES.flatMap((figure): Failure[] => {
    const limit = limits[figure];
    const before = figure === "time" ? (limit ? baseline.ms : undefined) : baseline.figures[figure];
    const after = figure === "time" ? now.ms : now.figures[figure];
    if (before === undefined || after === undefined) return [];
    const allowed = !limit ? before : "part" in limit ? before * (1 + limit.part) : before + limit.count;
    if (after <= allowed) return [];
    const fresh = figure === "kernels" ? newOnes(now.kernels ?? [], baseline.kernels) : "";
    return [
      {
        figure,
        before,
        after,
        allowed,
        text: `${NAMES[figure]} grew ${fromTo(figure, before, after)}${growth(before, after)}${fresh}`,
      },
    ];
  });
}
const show = (figure: Figure, n: number): string => (figure === "time" ? `${n} ms` : figure === "bytes" || figure === "peak" ? showBytes(n) : String(n));
/** Exact where rounding would hide the difference. */
function fromTo(figure: Figure, before: number, after: number): string {
  const [a, b] = [show(figure, before), show(figure, after)];
  return a === b ? `from ${before} B to ${after} B` : `from ${a} to ${b}`;
}
const growth = (before: number, after: number): string => (before > 0 ? ` (+${((100 * (after - before)) / before).toFixed(1)} %)` : "");
function newOnes(now: readonly string[], before: readonly string[] | undefined): string {
  if (!before) return "";
  const known = new Set(before);
  const fresh = now.filter((label) => !known.has(label));
  return fresh.length ? `; new: ${fresh.slice(0, 5).join(", ")}${fresh.length > 5 ? ` and ${fresh.length - 5} more` : ""}` : "";
}
