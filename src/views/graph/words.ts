// What the picture says, in the person's language.
import type { Words } from "../../engine/report/drawing/words.ts";
import { percent, time } from "../format.ts";
import { t } from "../l10n.ts";

export const words = (): Words => ({
  forward: t("forward"),
  backward: t("backward"),
  kernels: (n) => (n === 1 ? t("1 kernel") : t("{0} kernels", n)),
  operations: (n) => (n === 1 ? t("1 operation") : t("{0} operations", n)),
  kernelRange: (from, to) => t("kernels {0} – {1}", from, to),
  operationRange: (from, to) => t("operations {0} – {1}", from, to),
  continued: (name, n) => t("{0} ({1})", name, n),
  time,
  share: percent,
});
