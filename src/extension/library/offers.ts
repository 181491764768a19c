// Where a file imports "jitlens" and the editor does not find it: a lens on the line, and a quick fix at TypeScript's error.
import * as vscode from "vscode";
import { LANGUAGES } from "../../host/languages.ts";
import type { Context } from "../context.ts";
import { lens, say } from "../shown.ts";
import { type Way, addLibrary } from "./add.ts";
import { LIBRARY, importOf, isFound } from "./resolve.ts";

const COMMAND = "jitlens.addLibrary";
/** TypeScript: the module is not found, or has no declarations. */
const UNRESOLVED = new Set([2307, 2792, 7016]);
const SELECTOR = LANGUAGES.filter((l) => l.module === LIBRARY).map(({ id }) => ({ language: id, scheme: "file" }));

const codeOf = ({ code }: vscode.Diagnostic): number => Number(typeof code === "object" ? code.value : code);
const isUnresolved = (d: vscode.TextDocument, x: vscode.Diagnostic): boolean =>
  UNRESOLVED.has(codeOf(x)) && /^["'`]?jitlens\b/.test(d.getText(x.range));
/** Plain JavaScript gets no errors from TypeScript: there, what lies on the disk says it. */
const isJavaScript = (d: vscode.TextDocument): boolean => d.languageId.startsWith("javascript");

class Offers implements vscode.CodeLensProvider, vscode.CodeActionProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  refresh(): void {
    this.#changed.fire();
  }
  provideCodeLenses(d: vscode.TextDocument): vscode.CodeLens[] {
    const at = d.getText().includes(LIBRARY) ? importOf(d.getText()) : null;
    if (!at || isFound(d.uri.fsPath)) return [];
    if (!isJavaScript(d) && !vscode.languages.getDiagnostics(d.uri).some((x) => isUnresolved(d, x))) return [];
    return [
      lens(new vscode.Range(at.line, at.column, at.line, at.column + at.length), {
        icon: "package",
        title: vscode.l10n.t("add jitlens to this project"),
        tooltip: vscode.l10n.t("The editor does not know jitlens here: add the package, or its types alone"),
        command: COMMAND,
        arguments: [d.uri],
      }),
    ];
  }
  provideCodeActions(d: vscode.TextDocument, _range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const diagnostics = context.diagnostics.filter((x) => isUnresolved(d, x));
    if (!diagnostics.length || isFound(d.uri.fsPath)) return [];
    const ways: readonly [Way, string][] = [
      ["package", vscode.l10n.t("Add the package jitlens to this project")],
      ["types", vscode.l10n.t("Add the types of jitlens alone (works offline)")],
    ];
    return ways.map(([way, title]) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.command = { command: COMMAND, title, arguments: [d.uri, way] };
      action.diagnostics = diagnostics;
      action.isPreferred = way === "package";
      return action;
    });
  }
}
export function registerLibrary(c: Context): vscode.Disposable {
  const offers = new Offers();
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(SELECTOR, offers),
    vscode.languages.registerCodeActionsProvider(SELECTOR, offers, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    vscode.commands.registerCommand(COMMAND, async (uri?: vscode.Uri, way?: Way) => {
      try {
        await addLibrary(c, uri, way);
      } catch (e) {
        c.log.error(e instanceof Error ? e : String(e));
        void say.error(vscode.l10n.t("jitlens could not be added: {0}", e instanceof Error ? e.message : String(e)));
      }
      offers.refresh();
    }),
    // TypeScript's errors come after the lenses were asked for.
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const shown = new Set(vscode.window.visibleTextEditors.map((e) => e.document.uri.toString()));
      if (uris.some((u) => shown.has(u.toString()))) offers.refresh();
    }),
  );
}
