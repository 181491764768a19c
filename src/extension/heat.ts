// Heat at the left edge of lines and in the overview ruler: the more of a call's time a line takes, the warmer. Three colours that themes can set.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { fileIndex } from "./places.ts";

/** Shares of the whole from which a line is as warm. Below the least it has no mark. */
const LEVELS = [
  { colour: "jitlens.heatHigh", from: 0.2 },
  { colour: "jitlens.heatMedium", from: 0.05 },
  { colour: "jitlens.heatLow", from: 0.005 },
] as const;
export const levelOf = (share: number): number => LEVELS.findIndex((l) => share >= l.from);

export function registerHeat(c: Context): vscode.Disposable {
  const types = LEVELS.map(({ colour }) =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      borderStyle: "solid",
      borderWidth: "0 0 0 4px",
      borderColor: new vscode.ThemeColor(colour),
      overviewRulerColor: new vscode.ThemeColor(colour),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
    }),
  );
  const paint = (editor: vscode.TextEditor, r: Report | null): void => {
    const on = vscode.workspace.getConfiguration("jitlens").get("heat", true);
    const file = on && r ? fileIndex(r, editor.document.uri) : null;
    const now = c.session.lineNow(editor.document);
    const ranges: vscode.Range[][] = types.map(() => []);
    for (const l of file === null ? [] : (r?.lines ?? [])) {
      const level = l.file === file ? levelOf(l.share) : -1;
      const line = level < 0 ? null : now(l.line);
      if (line === null || line > editor.document.lineCount) continue;
      ranges[level]!.push(editor.document.lineAt(line - 1).range);
    }
    types.forEach((type, i) => editor.setDecorations(type, ranges[i]!));
  };
  const all = (): void => vscode.window.visibleTextEditors.forEach((e) => paint(e, c.session.report));
  return vscode.Disposable.from(
    ...types,
    c.session.onReport(all),
    vscode.window.onDidChangeVisibleTextEditors(all),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration("jitlens.heat")) all();
    }),
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.contentChanges.length)
        vscode.window.visibleTextEditors.filter((v) => v.document === e.document).forEach((v) => paint(v, c.session.report));
    }),
  );
}
