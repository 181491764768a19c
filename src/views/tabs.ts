// Tabs with the keyboard behaviour that ARIA describes: arrows move, the panel follows.
import { h } from "./dom.ts";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: () => HTMLElement;
}
/** Contents are made when first shown. */
export function tabs(list: readonly Tab[], selected: string, changed: (id: string) => void): HTMLElement {
  const made = new Map<string, HTMLElement>(),
    panel = h("div", { class: "tabpanel", role: "tabpanel" }),
    bar = h("div", { class: "tabs", role: "tablist" });
  const show = (id: string): void => {
    const tab = list.find((t) => t.id === id) ?? list[0]!;
    for (const b of bar.children) {
      const on = (b as HTMLElement).dataset.id === tab.id;
      b.setAttribute("aria-selected", String(on));
      (b as HTMLElement).tabIndex = on ? 0 : -1;
    }
    let content = made.get(tab.id);
    if (!content) made.set(tab.id, (content = tab.content()));
    panel.replaceChildren(content);
    content.dispatchEvent(new Event("shown"));
    changed(tab.id);
  };
  list.forEach((t, i) =>
    bar.append(
      h(
        "button",
        {
          class: "tab",
          role: "tab",
          "data-id": t.id,
          onclick: () => show(t.id),
          onkeydown: (e: KeyboardEvent) => {
            const step = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
            if (!step) return;
            const next = list[(i + step + list.length) % list.length]!;
            show(next.id);
            (bar.querySelector(`[data-id="${next.id}"]`) as HTMLElement).focus();
          },
        },
        t.label,
      ),
    ),
  );
  queueMicrotask(() => show(selected));
  return h("div", { class: "tabbed" }, bar, panel);
}
