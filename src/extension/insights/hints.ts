// Insights at their lines: as hints of the editor (three dots, and a light bulb with quick fixes), or as text behind the line, as the person has set it.
import * as vscode from "vscode";
import { nameOf } from "../../engine/report/insights/gain.ts";
import { type Context, RUNS } from "../context.ts";
import { commandFix, diagnostic, lineEnd } from "../shown.ts";
import { type Standing, standing } from "./standing.ts";
import { hintText, saidOf, savedText } from "./words.ts";

type Way = "hints" | "inline" | "off";
const way = (): Way => vscode.workspace.getConfiguration("jitlens").get<Way>("insights.hints", "hints");
const rangeOf = (d: vscode.TextDocument, { line }: Standing): vscode.Range => {
  const { text, range, firstNonWhitespaceCharacterIndex } = d.lineAt(line - 1);
  return new vscode.Range(line - 1, firstNonWhitespaceCharacterIndex, line - 1, text.length || range.end.character);
};
const CHANGE_PAUSE_MS = 100;

class Fixes implements vscode.CodeActionProvider {
  constructor(private readonly c: Context) {}
  provideCodeActions(d: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    if (way() === "off") return [];
    const call = this.c.session.report?.timing?.total.median;
    return standing(this.c, d)
      .filter((s) => s.line - 1 >= range.start.line && s.line - 1 <= range.end.line)
      .flatMap((s) => {
        const { insight } = s;
        const of = context.diagnostics.find((x) => x.source === "JitLens" && x.message === hintText(insight, call));
        const saved = savedText(insight, call);
        const fix = (title: string, command: string): vscode.CodeAction => commandFix(title, command, [nameOf(insight)], of);
        return [
          ...(insight.action ? [fix(`${saidOf(insight, "label")}${saved ? ` (${saved})` : ""}`, "jitlens.applyInsight")] : []),
          fix(vscode.l10n.t("Show insight: {0}", saidOf(insight, "remedy")), "jitlens.showInsight"),
        ];
      });
  }
}
export function registerHints(c: Context): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection("jitlens.insights");
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: "0 0 0 2em", color: new vscode.ThemeColor("editorCodeLens.foreground") },
  });
  const show = (d: vscode.TextDocument): void => {
    const call = c.session.report?.timing?.total.median;
    const how = way();
    const here = how === "off" ? [] : standing(c, d);
    if (how === "hints" && here.length)
      collection.set(
        d.uri,
        here.map((s) => diagnostic(rangeOf(d, s), hintText(s.insight, call), vscode.DiagnosticSeverity.Hint)),
      );
    else collection.delete(d.uri);
    const behind = how === "inline" ? here : [];
    for (const editor of vscode.window.visibleTextEditors.filter((e) => e.document === d))
      editor.setDecorations(
        type,
        behind.flatMap((s) => {
          const { end } = d.lineAt(s.line - 1).range;
          const saved = savedText(s.insight, call);
          return lineEnd(new vscode.Range(end, end), `${saved ? `${saved}: ` : ""}${saidOf(s.insight, "remedy")}`, hintText(s.insight, call));
        }),
      );
  };
  const all = (): void => {
    collection.clear();
    for (const d of new Set([...vscode.window.visibleTextEditors.map((e) => e.document)])) show(d);
  };
  let timer: NodeJS.Timeout | undefined;
  return vscode.Disposable.from(
    collection,
    type,
    { dispose: () => clearTimeout(timer) },
    c.session.onReport(all),
    vscode.window.onDidChangeVisibleTextEditors(all),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration("jitlens.insights")) all();
    }),
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (!e.contentChanges.length || !c.session.report?.insights?.length) return;
      clearTimeout(timer);
      timer = setTimeout(() => show(e.document), CHANGE_PAUSE_MS);
    }),
    vscode.languages.registerCodeActionsProvider(RUNS, new Fixes(c), { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
  );
}
