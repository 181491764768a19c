// The button at the head of pages with measured numbers.
import { send } from "./bridge.ts";
import { t } from "./l10n.ts";
import { button } from "./toolkit.ts";

export const exportButton = (): HTMLElement => button(t("Export…"), () => send({ type: "export" }), t("Export profile"));
