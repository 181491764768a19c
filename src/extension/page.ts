// The HTML around the page: a strict content security policy, a nonce from the system's random numbers, nothing from outside.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { z } from "zod";
import { scriptJson } from "../engine/report/html.ts";
import type { FromView } from "../views/messages.ts";

export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, mode: "graph" | "profile" | "full"): string {
  const nonce = randomBytes(18).toString("base64"), script = webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "views", "main.js")), worker = readFileSync(vscode.Uri.joinPath(extension, "dist", "views", "layoutWorker.js").fsPath, "utf8");
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; worker-src blob:; img-src ${webview.cspSource}; font-src ${webview.cspSource};"><title>JitLens</title></head>
<body data-mode="${mode}"><div id="app"></div><script type="application/json" nonce="${nonce}" id="worker">${scriptJson(worker)}</script><script nonce="${nonce}" src="${script.toString()}"></script></body></html>`;
}
const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }), z.object({ type: z.literal("export") }), z.object({ type: z.literal("painted"), milliseconds: z.number() }),
  z.object({ type: z.literal("reveal"), file: z.string(), line: z.number().int().positive(), column: z.number().int().positive() }),
]);
/** Reads a message of a page; null for anything that is not one. */
export function readMessage(raw: unknown): FromView | null { const r = message.safeParse(raw); return r.success ? r.data : null; }
export const pageOptions = (extension: vscode.Uri): vscode.WebviewOptions => ({ enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, "dist", "views"), vscode.Uri.joinPath(extension, "media")] });
