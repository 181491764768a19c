// A few choices side by side, one of them made: a radio group as ARIA describes it. One stop of the Tab key, arrows choose.
import { h } from "../dom.ts";

export interface Segmented {
  readonly element: HTMLElement;
  set(id: string): void;
}
export function segmented(
  name: string,
  options: readonly { readonly id: string; readonly label: string; readonly title?: string }[],
  initial: string,
  choose: (id: string) => void,
): Segmented {
  let current = initial;
  const element = h("div", { class: "segmented", role: "radiogroup", "aria-label": name });
  const buttons = options.map((o) =>
    h(
      "button",
      { type: "button", role: "radio", "data-id": o.id, title: o.title, onclick: () => pick(o.id), onkeydown: (e: KeyboardEvent) => onKey(e, o.id) },
      o.label,
    ),
  );
  element.append(...buttons);
  const show = (): void => {
    for (const b of buttons) {
      const on = b.dataset.id === current;
      b.setAttribute("aria-checked", String(on));
      b.tabIndex = on ? 0 : -1;
    }
  };
  function pick(id: string): void {
    current = id;
    show();
    choose(id);
  }
  const STEP: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  function onKey(e: KeyboardEvent, id: string): void {
    const step = STEP[e.key];
    if (step === undefined) return;
    e.preventDefault();
    const at = options.findIndex((o) => o.id === id);
    const next = (at + step + options.length) % options.length;
    pick(options[next]!.id);
    buttons[next]!.focus();
  }
  show();
  return {
    element,
    set(id) {
      current = id;
      show();
    },
  };
}
