// Making elements: h("td", { class: "number" }, "3"). Text is always text, never markup.
import { t } from "./l10n.ts";
type Attributes = Readonly<Record<string, string | number | boolean | ((e: never) => void) | undefined>>;
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K];
export function h(tag: string, attributes?: Attributes, ...children: (Node | string | null)[]): HTMLElement;
export function h(tag: string, attributes: Attributes = {}, ...children: (Node | string | null)[]): HTMLElement {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (v === undefined || v === false) continue;
    if (typeof v === "function") e.addEventListener(k.replace(/^on/, ""), v as EventListener);
    // Inline styles are refused by the content security policy, the style object is not.
    else if (k === "style") e.style.cssText = String(v);
    else e.setAttribute(k, v === true ? "" : String(v));
  }
  e.append(...children.filter((c): c is Node | string => c !== null));
  return e;
}
/** A link to a source line that works with the keyboard. */
export function lineLink(text: string, go: () => void, title = t("Show in the editor")): HTMLElement {
  return h(
    "a",
    {
      class: "line",
      href: "#",
      title,
      onclick: (e: Event) => {
        e.preventDefault();
        go();
      },
    },
    text,
  );
}
