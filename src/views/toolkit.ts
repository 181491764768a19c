// The one file that knows the control library (deprecated, named by the project's brief): a successor replaces these lines only.
import { provideVSCodeDesignSystem, vsCodeBadge, vsCodeButton, vsCodeTextField } from "@vscode/webview-ui-toolkit";
import { h } from "./dom.ts";

/** Registered at the first use: pages without any of the controls do not carry the library, the others begin sooner. */
let isReady = false;
function control(tag: string, attributes: Parameters<typeof h>[1], ...children: string[]): HTMLElement {
  if (!isReady) provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeBadge());
  isReady = true;
  return h(tag, attributes, ...children);
}
export const button = (label: string, click: () => void, title = label, appearance: "primary" | "secondary" | "icon" = "secondary"): HTMLElement =>
  control("vscode-button", { appearance, title, "aria-label": title, onclick: click }, label);
export function textField(name: string, input: (text: string) => void, enter: () => void = () => {}): HTMLElement {
  const e = control("vscode-text-field", { placeholder: name, "aria-label": name }) as HTMLElement & { value: string };
  e.addEventListener("input", () => input(e.value));
  e.addEventListener("keydown", (k) => {
    if (k.key === "Enter") enter();
  });
  // The control calls itself "Text field" whenever it is connected: it keeps our name. Its inner input has to be told once.
  const set = e.setAttribute.bind(e);
  e.setAttribute = (attribute, value) => set(attribute, attribute === "aria-label" ? name : value);
  requestAnimationFrame(() => e.shadowRoot?.querySelector("input")?.setAttribute("aria-label", name));
  return e;
}
export const badge = (text: string): HTMLElement => control("vscode-badge", {}, text);
