// Line-end decorations: each line's share of a call's time, in every file that the report has lines of.
import * as vscode from "vscode";
import { showTime } from "../engine/report/exporters/text.ts";
import type { LineCost, Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { fileIndex } from "./places.ts";
import { lineEnd } from "./shown.ts";

const MIN_SHARE = 0.001;
const parts = (): Readonly<Record<keyof LineCost["parts"], string>> => ({
  kernels: vscode.l10n.t("kernels"),
  copies: vscode.l10n.t("copies"),
  call: vscode.l10n.t("the call itself"),
  transfers: vscode.l10n.t("transfers"),
});
export function registerDecorations(c: Context): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: "0 0 0 3em", color: new vscode.ThemeColor("editorCodeLens.foreground"), fontStyle: "italic" },
  });
  const paint = (editor: vscode.TextEditor, r: Report | null): void => {
    const on = vscode.workspace.getConfiguration("jitlens").get("lineShares", true);
    const file = r && fileIndex(r, editor.document.uri);
    // Shares belong to lines as they were measured: they go with their lines when others are edited, and come back with an undo.
    const now = c.session.lineNow(editor.document);
    const lines = on && r && file !== null ? (r.lines ?? []).filter((l) => l.file === file && l.share >= MIN_SHARE) : [];
    editor.setDecorations(
      type,
      lines.flatMap((l) => {
        const line = now(l.line);
        if (line === null || line > editor.document.lineCount) return [];
        const end = editor.document.lineAt(line - 1).range.end;
        return lineEnd(new vscode.Range(end, end), textOf(l), tipOf(l, r!.function.name));
      }),
    );
  };
  const all = (): void => vscode.window.visibleTextEditors.forEach((e) => paint(e, c.session.report));
  return vscode.Disposable.from(
    type,
    c.session.onReport(all),
    vscode.window.onDidChangeVisibleTextEditors(all),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration("jitlens")) all();
    }),
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.contentChanges.length)
        vscode.window.visibleTextEditors.filter((v) => v.document === e.document).forEach((v) => paint(v, c.session.report));
    }),
  );
}
function textOf(l: LineCost): string {
  const share = `${(100 * l.share).toFixed(l.share < 0.1 ? 1 : 0)} %`;
  return l.estimated ? vscode.l10n.t("{0} (estimated)", share) : `${share} · ${showTime(l.ms)}`;
}
function tipOf(l: LineCost, name: string): string {
  const names: Readonly<Record<string, string>> = parts();
  const costs = Object.entries(l.parts).map(([part, ms]) => `${names[part] ?? part} ${showTime(ms)}`);
  const share = vscode.l10n.t("{0} % of a call of {1}", (100 * l.share).toFixed(1), name);
  return `JitLens: ${share}${l.estimated || !costs.length ? "" : ` (${costs.join(", ")})`}`;
}
