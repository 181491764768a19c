// A text field of the page's own, for the graph: the control library is larger than everything else that the graph's page needs before its first picture.
import { h } from "../dom.ts";

export function field(name: string, input: (text: string) => void): HTMLInputElement {
  const e = h("input", { class: "field", type: "text", placeholder: name, "aria-label": name, spellcheck: "false", autocomplete: "off" });
  e.addEventListener("input", () => input(e.value));
  return e;
}
