// The menu of the status bar.
import * as vscode from "vscode";
import type { Context } from "./context.ts";
import { pick } from "./shown.ts";

/** What can be done, from the status bar. */
export async function showMenu(c: Context): Promise<void> {
  const has = c.session.report !== null;
  const kept = (await c.history.list()).length;
  const run = c.session.runs.at(-1);
  const rows: readonly (readonly [shown: boolean, icon: string, label: string, command: string])[] = [
    [run !== undefined, "debug-stop", run ? vscode.l10n.t("Cancel {0}", run.name) : "", "jitlens.cancelRun"],
    [true, "zap", vscode.l10n.t("Jit & profile the function at the cursor"), "jitlens.profileFunction"],
    [true, "graph", vscode.l10n.t("Trace the function at the cursor"), "jitlens.traceFunction"],
    [has, "graph-line", vscode.l10n.t("Show the profile"), "jitlens.profileView.focus"],
    [has, "file-code", vscode.l10n.t("Open the program as text"), "jitlens.openText"],
    [has, "export", vscode.l10n.t("Export the profile"), "jitlens.exportProfile"],
    [kept > 1, "git-compare", vscode.l10n.t("Compare two profiles"), "jitlens.compareProfiles"],
    [true, "output", vscode.l10n.t("Show the log"), "jitlens.showLog"],
    [true, "gear", vscode.l10n.t("Settings"), "jitlens.openSettings"],
    [true, "book", vscode.l10n.t("Open the walkthrough"), "jitlens.openWalkthrough"],
  ];
  const command = await pick(
    "JitLens",
    rows.filter(([shown]) => shown).map(([, icon, label, value]) => ({ icon, label, value })),
  );
  if (command) await vscode.commands.executeCommand(command);
}
