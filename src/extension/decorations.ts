// Line-end decorations: each line's share of a call's time, in every file that the report has lines of.
import * as vscode from "vscode";
import { showTime } from "../engine/report/exporters/text.ts";
import type { LineCost, Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { fileIndex } from "./places.ts";
import { lineEnd } from "./shown.ts";

const MIN_SHARE = 0.001;
const PARTS: Readonly<Record<keyof LineCost["parts"], string>> = {
  kernels: "kernels",
  copies: "copies",
  call: "the call itself",
  transfers: "transfers",
};
export function registerDecorations(c: Context): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: "0 0 0 3em", color: new vscode.ThemeColor("editorCodeLens.foreground"), fontStyle: "italic" },
    overviewRulerColor: new vscode.ThemeColor("charts.orange"),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
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
const textOf = (l: LineCost): string => `${(100 * l.share).toFixed(l.share < 0.1 ? 1 : 0)} %${l.estimated ? " (estimated)" : ` · ${showTime(l.ms)}`}`;
function tipOf(l: LineCost, name: string): string {
  const parts = Object.entries(l.parts).map(([part, ms]) => `${PARTS[part as keyof typeof PARTS] ?? part} ${showTime(ms)}`);
  return `JitLens: ${(100 * l.share).toFixed(1)} % of a call of ${name}${l.estimated || !parts.length ? "" : ` (${parts.join(", ")})`}`;
}
