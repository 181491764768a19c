// A button with a menu: what is done or chosen less often. One stop of the Tab key; arrows move, Enter and Space choose, Escape closes.
import { all } from "../view.ts";
import { h } from "../dom.ts";

export type MenuEntry =
  | { readonly kind: "action"; readonly label: string; readonly key?: string; readonly run: () => void }
  | { readonly kind: "choice"; readonly label: string; readonly key?: string; readonly on: () => boolean; readonly run: () => void }
  | { readonly kind: "line" };
export interface Menu {
  readonly element: HTMLElement;
  dispose(): void;
}
export function menu(label: string, title: string, entries: readonly MenuEntry[]): Menu {
  const trigger = h(
    "button",
    { type: "button", class: "menu-button", title, "aria-label": title, "aria-haspopup": "menu", "aria-expanded": "false" },
    label,
  );
  const list = h("div", { class: "menu", role: "menu", "aria-label": title, hidden: true });
  const element = h("span", { class: "menu-holder" }, trigger, list);
  const items = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const close = (focus: boolean): void => {
    if (list.hidden) return;
    list.hidden = true;
    trigger.setAttribute("aria-expanded", "false");
    if (focus) trigger.focus();
  };
  const open = (last = false): void => {
    list.replaceChildren(...entries.map(row));
    list.hidden = false;
    trigger.setAttribute("aria-expanded", "true");
    // Not over the page's right border.
    list.style.left = "0";
    const over = list.getBoundingClientRect().right - document.documentElement.clientWidth + 6;
    const room = list.getBoundingClientRect().left - 6;
    list.style.left = `${-Math.max(0, Math.min(over, room))}px`;
    items()
      .at(last ? -1 : 0)
      ?.focus();
  };
  function row(e: MenuEntry): HTMLElement {
    if (e.kind === "line") return h("div", { class: "menu-line", role: "separator" });
    const choice = e.kind === "choice";
    const run = (): void => {
      close(true);
      e.run();
    };
    return h(
      "button",
      {
        type: "button",
        role: choice ? "menuitemcheckbox" : "menuitem",
        tabindex: -1,
        "aria-checked": choice ? String(e.on()) : undefined,
        onclick: run,
      },
      h("span", { class: "tick", "aria-hidden": "true" }, choice && e.on() ? "✓" : ""),
      h("span", {}, e.label),
      h("kbd", { "aria-hidden": "true" }, e.key ?? ""),
    );
  }
  trigger.addEventListener("click", () => (list.hidden ? open() : close(true)));
  trigger.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    open(e.key === "ArrowUp");
  });
  list.addEventListener("keydown", (e) => {
    const own = items();
    const at = own.indexOf(document.activeElement as HTMLElement);
    const to: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: own.length - 1 };
    if (e.key === "Escape") close(true);
    else if (e.key === "Tab") close(false);
    else if (to[e.key] !== undefined) own[(to[e.key]! + own.length) % own.length]?.focus();
    else return;
    if (e.key !== "Tab") e.preventDefault();
    e.stopPropagation();
  });
  const outside = (e: Event): void => {
    if (!element.contains(e.target as Node)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);
  return { element, dispose: all(() => document.removeEventListener("pointerdown", outside, true)) };
}
