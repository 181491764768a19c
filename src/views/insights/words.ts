// How an insight is said: what it saves and how sure that is, and what became of the results.
import { type Saving, savingOf } from "../../engine/report/insights/gain.ts";
import type { Insight } from "../../engine/report/types.ts";
import { bytes, percent, time } from "../format.ts";
import { t } from "../l10n.ts";

const OF: Readonly<Record<Saving["of"], () => string>> = {
  call: () => t("of a call"),
  run: () => t("of the whole run"),
  compile: () => t("of compiling"),
  memory: () => t("of memory at its peak"),
};
export const ofText = (i: Insight): string => OF[i.of ?? "call"]();
const amountText = (s: Saving, n: number): string => (s.of === "memory" ? bytes(Math.round(n)) : time(n));
/** In large letters, three digits are enough. */
const short = (text: string): string => text.replace(/\d+\.\d+/, (n) => String(Number(Number(n).toPrecision(3))));

/** What stands large: "−76 %"; where no part is known "−3.2 ms". */
export function headText(i: Insight, call: number | undefined): string {
  const s = savingOf(i, call);
  if (s.amount === null) return "?";
  const sign = s.amount < 0 ? "+" : "−";
  const text = s.part === null ? `${sign}${short(amountText(s, Math.abs(s.amount)))}` : `${sign}${percent(Math.abs(s.part))}`;
  return s.measured ? text : `≈ ${text}`;
}
/** "40.1 → 9.7 ms of a call, 4.1× ± 0.2, 3 runs in turns" */
export function gainText(i: Insight, call: number | undefined): string {
  const s = savingOf(i, call);
  if (!s.measured)
    return s.amount === null ? t("what it would save is not known") : t("would save about {0} {1}", short(amountText(s, s.amount)), ofText(i));
  const { before, after, factor, spread, runs } = s.measured;
  const [a, b] = sameUnit(amountText(s, before), amountText(s, after));
  const turns = runs === 1 ? t("1 run of each") : t("{0} runs in turns", runs);
  return t("{0} → {1} {2}, {3}, {4}", a, b, ofText(i), factorText(factor, spread), turns);
}
/** The unit is said once: "40.1 → 9.7 ms". */
export function sameUnit(a: string, b: string): readonly [string, string] {
  const unit = (s: string): string => s.slice(s.lastIndexOf(" "));
  return unit(a) === unit(b) ? [a.slice(0, -unit(a).length), b] : [a, b];
}
/** As many digits as the spread lets mean something. */
export function factorText(factor: number, spread: number): string {
  const digits = factor >= 100 ? 0 : factor >= 10 ? 1 : 2;
  const shown = spread >= 0.05 ? Math.min(digits, 1) : digits;
  const around = spread.toFixed(shown);
  return Number(around) > 0 ? `${factor.toFixed(shown)}× ± ${around}` : `${factor.toFixed(shown)}×`;
}
/** What the trial says of the results; of an estimate nothing. */
export function errorText(i: Insight): string | null {
  if (!i.gain) return null;
  if (i.error === undefined) return t("results not compared");
  return i.error === 0 ? t("same bits in all results") : t("results differ by at most {0} of the largest", i.error.toExponential(0).replace("e+", "e"));
}
/** Why something tried is not advised: "1.02×: no gain". */
export function triedText(i: Insight, call: number | undefined): string {
  return i.gain ? gainText(i, call) : t("not measured");
}
export function countText(n: number): string {
  return n === 0 ? t("Insights") : t("Insights ({0})", n);
}
