// Tabs with the keyboard behaviour that ARIA describes: arrows, Home and End move, the panel follows. Contents are made when first shown.
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { View } from "../view.ts";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly open: () => View;
}
export interface Tabs {
  readonly element: HTMLElement;
  /** Which tab is shown. */
  readonly shown: string;
  show(id: string): void;
  relabel(id: string, label: string): void;
  dispose(): void;
}
/** @param chosen called where the person picks a tab, by mouse or keyboard */
export function tabs(list: readonly Tab[], selected: string, chosen: (id: string) => void): Tabs {
  let shown = selected;
  const made = new Map<string, View>();
  const panel = h("div", { class: "tabpanel", role: "tabpanel", id: "panel" });
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": t("Views") });
  const buttons = list.map((t, i) =>
    h(
      "button",
      {
        class: "tab",
        type: "button",
        role: "tab",
        id: `tab-${t.id}`,
        "aria-controls": "panel",
        "data-id": t.id,
        onclick: () => choose(t.id),
        onkeydown: (e: KeyboardEvent) => onKey(e, i),
      },
      t.label,
    ),
  );
  bar.append(...buttons);
  const STEPS: Readonly<Record<string, (i: number) => number>> = {
    ArrowRight: (i) => (i + 1) % list.length,
    ArrowLeft: (i) => (i + list.length - 1) % list.length,
    Home: () => 0,
    End: () => list.length - 1,
  };
  function onKey(e: KeyboardEvent, i: number): void {
    const step = STEPS[e.key];
    if (!step) return;
    e.preventDefault();
    const next = step(i);
    choose(list[next]!.id);
    buttons[next]!.focus();
  }
  function choose(id: string): void {
    show(id);
    chosen(id);
  }
  function show(id: string): void {
    const tab = list.find((t) => t.id === id) ?? list[0];
    if (!tab) return;
    for (const b of buttons) {
      const on = b.dataset.id === tab.id;
      b.setAttribute("aria-selected", String(on));
      b.tabIndex = on ? 0 : -1;
    }
    let view = made.get(tab.id);
    if (!view) made.set(tab.id, (view = tab.open()));
    panel.setAttribute("aria-labelledby", `tab-${tab.id}`);
    panel.replaceChildren(view.element);
    shown = tab.id;
  }
  show(selected);
  return {
    element: h("div", { class: "tabbed" }, bar, panel),
    get shown() {
      return shown;
    },
    show,
    relabel(id, label) {
      const button = buttons.find((b) => b.dataset.id === id);
      if (button && button.textContent !== label) button.textContent = label;
    },
    dispose() {
      for (const v of made.values()) v.dispose();
      made.clear();
    },
  };
}
