// Trials that run in the background: how far they are, and the button that ends them. Parts are changed in place: nothing flickers.
import { h } from "../dom.ts";
import { said, t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import { type View, type ViewContext } from "../view.ts";

export function trialBar(c: ViewContext): View {
  const text = h("span");
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("Remedies that were tried") });
  const stop = c.insightActions ? button(t("Cancel"), () => c.insightActions!.stop(), t("Cancel: try no more remedies"), "secondary") : null;
  const element = h("div", { class: "trials toolbar", role: "status" }, bar, text, h("span", { class: "spacer" }), stop);
  const update = (): void => {
    const { trials } = c.insights.state;
    element.hidden = trials === null;
    if (!trials) return;
    bar.max = Math.max(1, trials.total);
    bar.value = trials.done;
    const { done, total, rule, line } = trials;
    const words = t("Trying remedies, {0} of {1} done: {2}, line {3}", done, total, said(rule), line);
    if (text.textContent !== words) text.textContent = words;
  };
  update();
  return { element, dispose: c.insights.subscribe(update) };
}
