// The page's other side: VS Code, or nobody (the HTML report). One object for both.
import type { FromView, ToView } from "./messages.ts";

interface VsCode {
  postMessage(m: FromView): void;
  getState(): unknown;
  setState(s: unknown): void;
}
declare function acquireVsCodeApi(): VsCode;
const api: VsCode | null = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;

export const send = (m: FromView): void => api?.postMessage(m);
export const inEditor = api !== null;
export const state = {
  get: (): Record<string, unknown> => (api?.getState() as Record<string, unknown> | undefined) ?? {},
  set: (s: Record<string, unknown>): void => void api?.setState(s),
};
const TYPES: ReadonlySet<string> = new Set<ToView["type"]>(["report", "diff", "edit", "status", "cursor", "select", "insights", "trials", "show"]);
/** Listens to the extension; messages of unknown kinds are dropped. */
export function listen(on: (m: ToView) => void): void {
  window.addEventListener("message", (e: MessageEvent<unknown>) => {
    const m = e.data;
    if (typeof m === "object" && m !== null && "type" in m && TYPES.has(String(m.type))) on(m as ToView);
  });
}
/** JSON that stands inside the page. */
export function embedded<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}
