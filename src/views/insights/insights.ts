// What would make the function faster or smaller, the largest gain first: each tried, with the gain that was measured, and one click to do it.
import type { Insight } from "../../engine/report/types.ts";
import { isNamed } from "../../engine/report/insights/gain.ts";
import { h, lineLink } from "../dom.ts";
import { baseName } from "../format.ts";
import { said, t } from "../l10n.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { card } from "./card.ts";
import { editGained } from "./gained.ts";
import style from "./insights.css";
import { trialBar } from "./trials.ts";
import { countText, triedText } from "./words.ts";

export const insightsView: ViewDefinition = {
  id: "insights",
  label: (_r, c) => countText(c.insights.state.insights.length),
  leads: (c) => c.insights.state.insights.length > 0,
  open,
};

let isStyled = false;
function useStyle(): void {
  if (isStyled) return;
  isStyled = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
function open(c: ViewContext): View {
  useStyle();
  const trials = trialBar(c);
  const gained = editGained(c);
  const list = h("ol", { class: "insights", "aria-label": t("Insights, the largest gain first") });
  const empty = h("div", { class: "insights-empty" });
  const tried = h("details", { class: "tried" });
  const element = h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": t("Insights") },
    gained.element,
    trials.element,
    empty,
    list,
    tried,
  );
  const cards = new Map<string, HTMLElement>();
  let shownTried = "";
  let wanted = 0;
  function update(): void {
    const { insights, tried: vain, untried, searched, trials: now, wanted: want } = c.insights.state;
    showCards(insights);
    const words = insights.length ? [] : emptyText(c, searched, now !== null, vain.length, untried);
    if (empty.textContent !== words.join("")) empty.replaceChildren(...words.map((w, n) => h("p", { class: n ? "note" : "" }, w)));
    empty.hidden = words.length === 0;
    const key = JSON.stringify(vain);
    if (key !== shownTried) showTried(vain);
    shownTried = key;
    if (want && want.count !== wanted) {
      wanted = want.count;
      const found = insights.findIndex((i) => isNamed(i, want.insight));
      const target = list.children[found] as HTMLElement | undefined;
      // After the tab is there.
      if (target) requestAnimationFrame(() => bringTo(target));
    }
  }
  /** Cards that stay keep their element, so that neither focus nor an open part is lost while trials go on. */
  function showCards(insights: readonly Insight[]): void {
    const keys = insights.map((i) => JSON.stringify(i));
    for (const [key, e] of cards)
      if (!keys.includes(key)) {
        e.remove();
        cards.delete(key);
      }
    const focused = document.activeElement;
    keys.forEach((key, n) => {
      let e = cards.get(key);
      if (!e) cards.set(key, (e = card(c, insights[n]!)));
      if (list.children[n] !== e) list.insertBefore(e, list.children[n] ?? null);
    });
    if (focused instanceof HTMLElement && focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
    list.hidden = insights.length === 0;
  }
  function showTried(vain: readonly Insight[]): void {
    tried.hidden = vain.length === 0;
    const summary = vain.length === 1 ? t("1 remedy was tried without gain") : t("{0} remedies were tried without gain", vain.length);
    const row = (i: Insight): HTMLElement => {
      const place = { file: c.lookup.pathOf(i.file), line: i.line };
      return h(
        "li",
        {},
        lineLink(`${baseName(place.file)}:${i.line}`, () => c.reveal(place)),
        ` ${said(i.remedy, i.phrases?.remedy)} `,
        h("span", { class: "muted" }, triedText(i, c.report.timing?.total.median)),
      );
    };
    tried.replaceChildren(h("summary", {}, summary), h("ul", {}, ...vain.map(row)));
  }
  update();
  return { element, dispose: all(c.insights.subscribe(update), trials.dispose, gained.dispose) };
}
function bringTo(e: HTMLElement): void {
  e.scrollIntoView({ block: "nearest" });
  e.tabIndex = -1;
  e.focus({ preventScroll: true });
}
/** Why there are none: the first is what a person wants to know. */
function emptyText(c: ViewContext, searched: boolean, trying: boolean, tried: number, untried: number): string[] {
  if (trying) return [t("Nothing found so far that gains 5 % or more.")];
  if (searched && untried)
    return [
      tried ? t("Nothing was found that gains 5 % or more.") : t("The time ended before any remedy was tried."),
      t("Remedies left untried: {0}.", untried),
    ];
  if (searched)
    return [
      t("Nothing was found that gains 5 % or more."),
      tried
        ? t("What was tried stands below, with what it was measured to do.")
        : t("No rule found a cause of lost time or memory to try a remedy for."),
    ];
  if (!c.report.timing) return [t("This function was traced, not measured."), t("Run “jit & profile”: remedies are then looked for, and tried.")];
  return [t("No remedies were looked for in this profile.")];
}
