// Doing what an insight proposes: a change of the source (undoable, then profiled again), pins, or a snippet beside the code. What is done comes from the Report
// that is shown; a page only names the insight.
import * as vscode from "vscode";
import { type InsightName, isNamed } from "../../engine/report/insights/gain.ts";
import type { Insight, Report, TextChange } from "../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { openPath, pathOf } from "../places.ts";
import { isPin } from "../pinText.ts";
import { judgePath } from "../reveal.ts";
import { say, statusMessage } from "../shown.ts";
import { plan } from "./plan.ts";
import { saidOf } from "./words.ts";

/** Profiles the function that is shown once more. */
export type ProfileAgain = () => Promise<void>;

export function findInsight(c: Context, name: InsightName, report?: string): Insight | undefined {
  const r = c.session.report;
  return r && (report === undefined || report === r.id) ? r.insights?.find((i) => isNamed(i, name)) : undefined;
}
export async function applyInsight(c: Context, insight: Insight | undefined, again: ProfileAgain): Promise<void> {
  const { report } = c.session;
  if (!report || !insight?.action) {
    void say.warn(vscode.l10n.t("This insight is of an older profile: profile the function again."));
    return;
  }
  const { action } = insight;
  if (action.kind === "pin") await applyPins(c, report, action.pins);
  else if (action.kind === "snippet") await openSnippet(report, insight, action.snippet);
  else await applyEdits(c, report, action.edits, again);
}
async function applyPins(c: Context, report: Report, pins: readonly string[]): Promise<void> {
  if (!c.session.repeat || !pins.every(isPin)) {
    void say.warn(vscode.l10n.t("These pins cannot be tried: profile the function from its file first."));
    return;
  }
  const edge = (pin: string): string => pin.replace(/=.*$/, "");
  const own = new Set(pins.map(edge));
  const others = (report.programs[0]?.pins ?? []).filter((p) => !own.has(edge(p)));
  await vscode.commands.executeCommand("jitlens.pin", [...others, ...pins], false);
}
async function openSnippet(report: Report, { file }: Insight, content: string): Promise<void> {
  const open = vscode.workspace.textDocuments.find((d) => d.uri.path.endsWith(`/${report.files[file]?.path ?? ""}`));
  const language = open?.languageId ?? (report.source.language === "python" ? "python" : "typescript");
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false });
}
export async function copySnippet(insight: Insight | undefined): Promise<void> {
  if (insight?.action?.kind !== "snippet") return;
  await vscode.env.clipboard.writeText(insight.action.snippet);
  statusMessage(vscode.l10n.t("Copied: {0}", saidOf(insight, "label")), 3000);
}
async function applyEdits(c: Context, report: Report, edits: readonly TextChange[], again: ProfileAgain): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const documents: vscode.TextDocument[] = [];
  for (const file of new Set(edits.map((e) => e.file))) {
    const document = await documentOf(c, report.files[file]?.path ?? "");
    const before = report.files[file]?.text;
    if (!document || before === undefined) {
      void say.warn(vscode.l10n.t("{0} is not a file of this workspace, so it is not changed.", report.files[file]?.path ?? ""));
      return;
    }
    const planned = plan(
      before,
      document.getText(),
      edits.filter((e) => e.file === file),
    );
    if (planned.kind !== "changes") {
      const name = vscode.workspace.asRelativePath(document.uri);
      await refuse(
        planned.kind === "edited"
          ? vscode.l10n.t(
              "Line {0} of {1} was edited since it was profiled, so nothing was changed. Profile again: the insight is then made for the new text.",
              planned.line,
              name,
            )
          : vscode.l10n.t("The change does not fit the text of {0}, so nothing was changed. Profile again.", name),
        again,
      );
      return;
    }
    for (const p of planned.changes) edit.replace(document.uri, new vscode.Range(p.line - 1, p.column - 1, p.endLine - 1, p.endColumn - 1), p.text);
    documents.push(document);
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    void say.warn(vscode.l10n.t("The editor did not take the change: a file is read-only, perhaps."));
    return;
  }
  // A run takes the text of its own file from the editor, and what that imports from the disk.
  const own = c.session.repeat?.uri.toString();
  await Promise.all(documents.filter((d) => d.uri.toString() !== own).map((d) => d.save()));
  const first = documents[0];
  if (first) await vscode.window.showTextDocument(first, { viewColumn: columnOf(first), preserveFocus: false });
  await again();
}
async function refuse(why: string, again: ProfileAgain): Promise<void> {
  const button = vscode.l10n.t("Profile Again");
  if ((await say.warn(why, button)) === button) await again();
}
const columnOf = (d: vscode.TextDocument): vscode.ViewColumn =>
  vscode.window.visibleTextEditors.find((e) => e.document === d)?.viewColumn ?? vscode.ViewColumn.One;
/** A document that may be changed: of the workspace, or the one that was run. */
async function documentOf(c: Context, path: string): Promise<vscode.TextDocument | null> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath);
  const run = c.session.repeat?.uri;
  const verdict = judgePath(path, { folders, sources: run ? [pathOf(run)] : [] });
  if (verdict.kind !== "open") return null;
  try {
    return await openPath(verdict.path);
  } catch {
    return null;
  }
}
