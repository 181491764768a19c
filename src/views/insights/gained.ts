// What the person's own edit (or a remedy that was applied) gained against the profile before it, and whether the results are the same: said only where the text has changed since.
import { headline, resultsSentence, verdictText, wayOf } from "../compare/words.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { View, ViewContext } from "../view.ts";

export function editGained(c: ViewContext): View {
  const element = h("section", { class: "gained", role: "status", hidden: true });
  const end = c.baseline?.request((d) => {
    const shown = d?.call !== undefined && d.edited;
    element.hidden = !shown;
    if (!shown || !d?.call) return;
    element.replaceChildren(
      h("p", { class: `verdict-line ${wayOf(d.call)}` }, t("Your edit since the last profile: {0}", headline(d.call))),
      h("p", { class: "note" }, [verdictText(d.call), ...(d.results ? [resultsSentence(d.results)] : []), ...d.notes].join(" · ")),
    );
  });
  return { element, dispose: () => end?.() };
}
