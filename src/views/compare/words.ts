// How changes are said: by how much, which way, and how sure that is.
import type { CountChange, KernelDiff, OperationCount, ReportDiff, TimeChange } from "../../engine/report/diff/types.ts";
import type { Agreement } from "../../engine/report/types.ts";
import { bytes, time } from "../format.ts";
import { t } from "../l10n.ts";

export type Way = "better" | "worse" | "none";
/** "+12 %", "−33 %", "2.4×" where it more than doubled. */
export function ratioText(ratio: number): string {
  if (!Number.isFinite(ratio) || ratio > 1e6) return "";
  if (ratio >= 2) return `${ratio.toFixed(ratio < 10 ? 1 : 0)}×`;
  const part = 100 * Math.abs(ratio - 1);
  if (part < 0.05) return "±0 %";
  return `${ratio > 1 ? "+" : "−"}${part.toFixed(part < 10 ? 1 : 0)} %`;
}
export function wayOf(c: TimeChange | undefined): Way {
  if (c?.significance.verdict === "faster") return "better";
  return c?.significance.verdict === "slower" ? "worse" : "none";
}
export function verdictText(c: TimeChange): string {
  const { verdict, p, method } = c.significance;
  const sure =
    p === null ? (method === "quartiles" ? t("by the spreads of both") : t("not tested")) : p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  if (verdict === "faster") return t("faster ({0})", sure);
  if (verdict === "slower") return t("slower ({0})", sure);
  return verdict === "same" ? t("no sure difference ({0})", sure) : t("the times vary too much to be sure");
}
/** What became of a time, as one would say it: "−33 %, faster (p < 0.001)", "8.4× as long, but the times vary too much to be sure". */
export function changeText(c: TimeChange): string {
  const ratio = ratioText(c.ratio);
  if (c.significance.verdict !== "unknown" || !ratio) return [ratio, verdictText(c)].filter(Boolean).join(", ");
  return c.ratio >= 2 ? t("{0} as long, but the times vary too much to be sure", ratio) : t("{0}, but the times vary too much to be sure", ratio);
}
/** The sentence that a person came for. */
export function headline(c: TimeChange): string {
  const from = time(c.before.median);
  const to = time(c.after.median);
  const { verdict } = c.significance;
  if (verdict === "faster") return t("{0} → {1}: {2} faster", from, to, times(1 / c.ratio));
  if (verdict === "slower") return t("{0} → {1}: {2} slower", from, to, times(c.ratio));
  if (verdict === "unknown") return t("{0} → {1}: the times vary too much to be sure", from, to);
  return t("{0} → {1}: no sure difference", from, to);
}
const times = (factor: number): string => (factor >= 1.995 ? `${factor.toFixed(factor < 10 ? 1 : 0)}×` : `${(100 * (factor - 1)).toFixed(0)} %`);
export const spreadText = (m: TimeChange["before"]): string => t("{0} (minimum {1}, spread {2})", time(m.median), time(m.min), time(m.spread));

export function countWay({ before, after }: CountChange): Way {
  if (before === after) return "none";
  return after < before ? "better" : "worse";
}
export function countText({ before, after }: CountChange, show: (n: number) => string): string {
  if (before === after) return t("the same");
  return `${after > before ? "+" : "−"}${show(Math.abs(after - before))}${before ? ` (${ratioText(after / before)})` : ""}`;
}
export const STATUS: Readonly<Record<KernelDiff["status"], () => string>> = {
  same: () => t("same"),
  changed: () => t("changed"),
  new: () => t("new"),
  gone: () => t("gone"),
};
export function whatChanged(k: KernelDiff): string {
  const list = (sign: string, ops: readonly OperationCount[]): string[] =>
    ops.slice(0, 5).map((o) => `${sign}${o.count > 1 ? `${o.count} ` : ""}${o.op}`);
  const moved = (k.after?.bytes ?? 0) - (k.before?.bytes ?? 0);
  return [
    ...list("+", k.gained),
    ...list("−", k.lost),
    ...(k.before && k.after && moved ? [`${moved > 0 ? "+" : "−"}${bytes(Math.abs(moved))}`] : []),
  ].join(", ");
}
/** Whether two runs gave the same. */
export function resultsSentence(d: NonNullable<ReportDiff["results"]>): string {
  if (d === "types") return t("results are of other types than before");
  if (d.bits) return t("same bits in all results");
  return d.relative === null
    ? t("results differ: a number on one side is none on the other")
    : t("results differ by at most {0} of the largest", d.relative.toExponential(0).replace("e+", "e"));
}
/** How the results of two compilers agree. */
export function agreementSentence({ with: other, results }: Agreement): string {
  const wrong = results.filter((r) => !r.close);
  const worst = [...(wrong.length ? wrong : results)].sort((a, b) => (b.relative ?? Infinity) - (a.relative ?? Infinity))[0];
  if (!worst || worst.error === 0) return t("Results: equal to those of {0} in every element", other);
  if (worst.error === null || worst.relative === null)
    return t("Results: {0} is not finite where that of {1} is, or the other way round", `${worst.name} ${worst.type}`, other);
  const [name, error, part] = [`${worst.name} ${worst.type}`, worst.error.toPrecision(2), worst.relative.toPrecision(2)];
  return wrong.length
    ? t("Results: {0} differs from that of {1} by up to {2}, {3} of its largest element", name, other, error, part)
    : t("Results: as those of {0}; the largest error is {1} in {2}, {3} of its largest element", other, error, name, part);
}
