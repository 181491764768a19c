// Two profiles beside each other: an editor tab with the newer one and its Compare view. Also: .jitprofile files compared from the explorer.
import * as vscode from "vscode";
import { diffReports } from "../engine/report/diff/diff.ts";
import type { ReportDiff } from "../engine/report/diff/types.ts";
import { parseReportText } from "../engine/report/read.ts";
import type { Report } from "../engine/report/types.ts";
import type { ToView } from "../views/messages.ts";
import type { Context } from "./context.ts";
import { exportReport } from "./export.ts";
import { pageOptions, showPage } from "./page.ts";
import { readMessage } from "./pageMessages.ts";
import { readProfileText } from "./readProfile.ts";
import { reveal } from "./reveal.ts";
import { say } from "./shown.ts";
import { SHORT, plain } from "./shownText.ts";

/** Opens a tab that compares two Reports; the older one first. */
export function openCompare(c: Context, before: Report, after: Report): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(
    "jitlens.compare",
    plain(vscode.l10n.t("Compare {0}", after.function.name), SHORT),
    vscode.ViewColumn.Active,
    { ...pageOptions(c.extension.extensionUri), retainContextWhenHidden: true },
  );
  const post = (m: ToView): void => void panel.webview.postMessage(m);
  panel.webview.onDidReceiveMessage((raw: unknown) => {
    const m = readMessage(raw);
    if (m?.type === "ready") post({ type: "report", report: after, baseline: { created: before.created }, tab: "compare" });
    else if (m?.type === "compare") post({ type: "diff", diff: diffReports(before, after) });
    // Saved profiles name files by their word only.
    else if (m?.type === "reveal") void reveal(m, []);
    else if (m?.type === "export") void exportReport(c, after);
  });
  const page = showPage(panel.webview, c.extension.extensionUri, "full");
  panel.onDidDispose(() => page.dispose());
  return panel;
}
/** The Report that is shown, compared with the newest kept one of the same function from before; null where there is none. */
export async function compareWithPrevious(c: Context): Promise<ReportDiff | null> {
  const { report } = c.session;
  const file = report && report.files[report.frames[report.function.at]?.file ?? -1]?.path;
  if (!report || file === undefined) return null;
  try {
    const older = (await c.history.list()).find((k) => k.function === report.function.name && k.file === file && k.created < report.created);
    return older ? diffReports(await c.history.get(older.id), report) : null;
  } catch (e) {
    c.log.warn(`the profile of before cannot be read: ${String(e)}`);
    return null;
  }
}
/** From the explorer: one or two chosen files; what is missing is asked for. The older of the two is the baseline. */
async function compareFiles(c: Context, one?: vscode.Uri, chosen?: readonly vscode.Uri[]): Promise<void> {
  const files = (chosen?.length ? chosen : one ? [one] : []).slice(0, 2);
  while (files.length < 2) {
    const title = files.length ? vscode.l10n.t("Compare with which profile?") : vscode.l10n.t("Compare which profile?");
    const more = await vscode.window.showOpenDialog({
      title,
      filters: { [vscode.l10n.t("JitLens profiles")]: ["jitprofile"] },
      canSelectMany: files.length === 0,
    });
    if (!more?.length) return;
    files.push(...more.slice(0, 2 - files.length));
  }
  try {
    const [a, b] = await Promise.all(files.map(async (f) => parseReportText(await readProfileText(f))));
    const [before, after] = a!.created <= b!.created ? [a!, b!] : [b!, a!];
    openCompare(c, before, after);
  } catch (e) {
    await say.error(vscode.l10n.t("JitLens cannot compare them: {0}", (e as Error).message));
  }
}
export const registerCompare = (c: Context): vscode.Disposable =>
  vscode.commands.registerCommand("jitlens.compareFiles", (one?: vscode.Uri, chosen?: readonly vscode.Uri[]) => compareFiles(c, one, chosen));
