// The one file that knows the control library (deprecated, named by the project's brief): a successor replaces these lines only.
import { provideVSCodeDesignSystem, vsCodeBadge, vsCodeButton, vsCodeTextField } from "@vscode/webview-ui-toolkit";
import { h } from "./dom.ts";

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeBadge());
export const button = (label: string, click: () => void, title = label, appearance: "primary" | "secondary" | "icon" = "secondary"): HTMLElement =>
  h("vscode-button", { appearance, title, "aria-label": title, onclick: click }, label);
export function textField(placeholder: string, input: (text: string) => void, enter: () => void): HTMLElement {
  const e = h("vscode-text-field", { placeholder, "aria-label": placeholder }) as HTMLElement & { value: string };
  e.addEventListener("input", () => input(e.value));
  e.addEventListener("keydown", (k) => {
    if (k.key === "Enter") enter();
  });
  return e;
}
export const badge = (text: string): HTMLElement => h("vscode-badge", {}, text);
