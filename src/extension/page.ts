// The HTML around the page: a strict content security policy, a nonce from the system's random numbers, nothing from outside.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { scriptJson } from "../engine/report/exporters/html.ts";
import { readMessage } from "./pageMessages.ts";

/** Each place has a program with its own views. */
const PROGRAM = { graph: "graph.js", profile: "profile.js", full: "main.js" } as const;
/** What the page says in the person's language: VS Code's own bundle; English needs none. */
const bundleJson = (): string => scriptJson(vscode.l10n.bundle ?? {});
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, mode: "graph" | "profile" | "full"): string {
  const nonce = randomBytes(18).toString("base64"),
    read = (name: string): string => readFileSync(vscode.Uri.joinPath(extension, "dist", "views", name).fsPath, "utf8");
  // The script stands in the page: nothing is left to load, so nothing can fail to load on a busy machine.
  const script = read(PROGRAM[mode])
      .replace(/<\/script/gi, "<\\/script")
      .replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    worker = read("layoutWorker.js");
  return `<!DOCTYPE html><html lang="${vscode.env.language.replace(/[^\w-]/g, "")}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; worker-src blob:; img-src ${webview.cspSource}; font-src ${webview.cspSource};"><title>JitLens</title></head>
<body data-mode="${mode}"><div id="app"></div><script type="application/json" nonce="${nonce}" id="worker">${scriptJson(worker)}</script><script type="application/json" nonce="${nonce}" id="l10n">${bundleJson()}</script><script nonce="${nonce}">${script}</script></body></html>`;
}
const PATIENCE_MS = 15_000,
  TRIES = 3;
/** Shows a page, and shows it again if it does not say that it is ready: a webview that stays blank helps nobody. */
export function showPage(webview: vscode.Webview, extension: vscode.Uri, mode: "graph" | "profile" | "full"): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined,
    tries = 0;
  const show = (): void => {
    webview.html = pageHtml(webview, extension, mode);
    if (++tries < TRIES) timer = setTimeout(show, PATIENCE_MS * tries);
  };
  const ready = webview.onDidReceiveMessage((raw: unknown) => {
    if (readMessage(raw)?.type === "ready") clearTimeout(timer);
  });
  show();
  return {
    dispose() {
      clearTimeout(timer);
      ready.dispose();
    },
  };
}
export const pageOptions = (extension: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true,
  localResourceRoots: [vscode.Uri.joinPath(extension, "dist", "views"), vscode.Uri.joinPath(extension, "media")],
});
