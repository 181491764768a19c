// The room above a kernel, as one would say it.
import { percent, time } from "../format.ts";
import { t } from "../l10n.ts";
import type { Bound, Dot } from "./model.ts";

export const BOUNDS: Readonly<Record<Bound, () => string>> = {
  memory: () => t("memory"),
  cache: () => t("caches"),
  compute: () => t("arithmetic"),
};
const AT_THE_ROOF = 0.95;
export const rateText = (n: number): string => (n >= 100 ? n.toFixed(0) : n >= 1 ? n.toFixed(1) : n.toPrecision(2));

export function headroom({ roof, isShort, kernel }: Dot): string {
  if (isShort) return t("shorter than the clock can tell");
  if (!roof) return t("this machine's limits are not known");
  const limit = roof.bound === "compute" ? t("{0} GFLOP/s", rateText(roof.limit)) : t("{0} GB/s", rateText(roof.limit));
  const what = roof.bound === "compute" ? t("bound by arithmetic") : roof.bound === "cache" ? t("bound by the caches") : t("memory-bound");
  if (roof.reached >= AT_THE_ROOF) return t("{0}, at the roof of {1}: as fast as this machine does it", what, limit);
  const most = t(
    "{0}, reaches {1} of {2}: at most {3}× faster",
    what,
    percent(roof.reached),
    limit,
    (1 / roof.reached).toFixed(1 / roof.reached < 10 ? 1 : 0),
  );
  return kernel.transcendentals ? `${most}. ${t("exp, tanh and the like take longer than one operation each")}` : most;
}
export const savesText = ({ roof, isShort }: Dot): string => (roof && !isShort ? time(roof.saves) : "–");
