// Whether two measured times differ by more than chance. Wilcoxon's rank sum over the samples: it asks nothing about how times are distributed (they have long
// tails). Small samples are counted out exactly, larger ones by the normal approximation with the correction for ties (Lehmann, Nonparametrics, 1975, 1.3-1.4).
import { wilcoxonRankSum } from "simple-statistics";
import type { Measurement } from "../types.ts";
import type { DiffOptions, Significance, TimeChange, Verdict } from "./types.ts";

const LEAST = 0.1;
const ALPHA = 0.01;
const EXACT_UP_TO = 20;
/** A middle half that is wider than this part of the median says that the machine was busy with something else. */
const NOISY = 0.6;

export function timeChange(before: Measurement, after: Measurement, o: DiffOptions = {}): TimeChange {
  const ratio = before.median > 0 ? after.median / before.median : after.median > 0 ? Infinity : 1;
  return { before, after, ratio: Number.isFinite(ratio) ? ratio : Number.MAX_VALUE, significance: significance(before, after, o) };
}
function significance(before: Measurement, after: Measurement, o: DiffOptions): Significance {
  const least = o.least ?? LEAST;
  const change = after.median - before.median;
  const direction: Verdict = change < 0 ? "faster" : "slower";
  const isLarge = Math.abs(change) >= least * Math.max(before.median, Number.MIN_VALUE);
  const isNoisy = [before, after].some((m) => m.spread > NOISY * m.median && m.median > 0);
  const samples = [before.samples ?? [], after.samples ?? []] as const;
  if (samples.every((s) => s.length >= 3)) {
    const p = rankSumP(samples[0], samples[1]);
    if (isNoisy) return { verdict: isLarge ? "unknown" : "same", p, method: "rank sum" };
    // With so few samples even the clearest order may be chance: nothing can be said.
    if (smallestP(samples[0].length, samples[1].length) > (o.alpha ?? ALPHA)) return { ...byQuartiles(before, after, isLarge, direction), p };
    return { verdict: isLarge && p <= (o.alpha ?? ALPHA) ? direction : "same", p, method: "rank sum" };
  }
  return byQuartiles(before, after, isLarge, direction);
}
/** Without samples: the medians lie further apart than both halves of the middle fifty percent reach. */
function byQuartiles(before: Measurement, after: Measurement, isLarge: boolean, direction: Verdict): Significance {
  const apart = Math.abs(after.median - before.median) > (before.spread + after.spread) / 2;
  return { verdict: isLarge && apart ? direction : "same", p: null, method: "quartiles" };
}

/** Two-sided. */
export function rankSumP(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const m = y.length;
  const u = wilcoxonRankSum([...x], [...y]) - (n * (n + 1)) / 2;
  const ties = tieSizes([...x, ...y]);
  if (ties.length === 0 && n + m <= EXACT_UP_TO) return exactP(n, m, u);
  return normalP(n, m, u, ties);
}
const smallestP = (n: number, m: number): number => 2 / choose(n + m, n);
function choose(n: number, k: number): number {
  let c = 1;
  for (let i = 1; i <= k; i++) c = (c * (n - k + i)) / i;
  return c;
}
/** By counting: how many of all orders of n and m values have a U at least as far from the middle. */
function exactP(n: number, m: number, u: number): number {
  const far = Math.min(u, n * m - u);
  const counts = countU(n, m);
  let below = 0;
  for (let i = 0; i <= far; i++) below += counts[i] ?? 0;
  return Math.min(1, (2 * below) / choose(n + m, n));
}
/** The number of orders with U = 0, 1, …: the coefficients of the Gaussian binomial. */
function countU(n: number, m: number): number[] {
  let counts = [1];
  for (let i = 1; i <= n; i++) counts = divide(multiply(counts, m + i), i);
  return counts;
}
/** By 1 − q^k. */
function multiply(a: readonly number[], k: number): number[] {
  return Array.from({ length: a.length + k }, (_v, i) => (a[i] ?? 0) - (a[i - k] ?? 0));
}
function divide(a: readonly number[], k: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < a.length - k; i++) out.push((a[i] ?? 0) + (out[i - k] ?? 0));
  return out;
}
function tieSizes(all: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const v of all) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts.values()].filter((c) => c > 1);
}
function normalP(n: number, m: number, u: number, ties: readonly number[]): number {
  const all = n + m;
  const correction = ties.reduce((s, t) => s + t ** 3 - t, 0) / (all * (all - 1));
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - correction));
  if (!(deviation > 0)) return 1;
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / deviation;
  return Math.min(1, complementaryError(z / Math.SQRT2));
}
/** erfc for x ≥ 0 with a relative error below 1.2e-7 (W. J. Cody's approach in the Chebyshev form of Numerical Recipes, 6.2). */
function complementaryError(x: number): number {
  const t = 1 / (1 + x / 2);
  const c = [1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const sum = c.reduceRight((s, v) => v + t * s, 0);
  return t * Math.exp(-x * x - 1.26551223 + t * sum);
}
