// Line-end decorations: each line's share of the time, in the file that the report is about.
import * as vscode from "vscode";
import type { Report } from "../engine/report/migrations/v1types.ts";
import type { Context } from "./context.ts";
import { lineEnd } from "./shown.ts";

const MIN_SHARE = 0.001;
export function registerDecorations(c: Context): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: "0 0 0 3em", color: new vscode.ThemeColor("editorCodeLens.foreground"), fontStyle: "italic" },
    overviewRulerColor: new vscode.ThemeColor("charts.orange"),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  const paint = (editor: vscode.TextEditor, r: Report | null): void => {
    const on = vscode.workspace.getConfiguration("jitlens").get("lineShares", true),
      total = r?.timing ? r.kernels.reduce((s, k) => s + (k.time?.median ?? 0), 0) : 0;
    // Shares belong to lines as they were measured: they go with their lines when others are edited, and come back with an undo.
    const now = c.session.lineNow(editor.document),
      lines = on && r ? r.lines.filter((l) => l.file === editor.document.uri.fsPath && l.share >= MIN_SHARE) : [];
    editor.setDecorations(
      type,
      lines.flatMap((l) => {
        const line = now(l.line);
        if (line === null || line > editor.document.lineCount) return [];
        const end = editor.document.lineAt(line - 1).range.end,
          ms = l.share * total,
          time = total ? ` · ${ms < 1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(2)} ms`}` : " (estimated)";
        return lineEnd(
          new vscode.Range(end, end),
          `${(100 * l.share).toFixed(l.share < 0.1 ? 1 : 0)} %${time}`,
          `JitLens: ${(100 * l.share).toFixed(1)} % of ${r!.function.name}`,
        );
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
