// What is said of a span: beside the pointer, and beside a span that the keys have chosen; then also to screen readers.
import { h } from "../dom.ts";

export interface Tooltip {
  readonly element: HTMLElement;
  /** What screen readers read out. */
  readonly live: HTMLElement;
  show(lines: readonly string[], x: number, y: number, width: number, spoken: boolean): void;
  hide(): void;
}
const WIDTH = 320;
export function tooltip(): Tooltip {
  const element = h("div", { class: "tip", role: "presentation", hidden: true });
  const live = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  return {
    element,
    live,
    show(lines, x, y, width, spoken) {
      element.hidden = false;
      element.replaceChildren(...lines.map((l, i) => h("div", { class: i ? "muted" : "" }, l)));
      element.style.left = `${Math.max(4, Math.min(x + 12, width - WIDTH - 8))}px`;
      element.style.top = `${y + 14}px`;
      if (spoken) live.textContent = lines.join(". ");
    },
    hide() {
      element.hidden = true;
    },
  };
}
