// Export profile: one question for the format, one for the place.
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { EXPORTERS } from "../engine/report/exporters/exporters.ts";
import type { Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { pick, say } from "./shown.ts";

export async function exportReport(c: Context, report: Report, to?: { format: string; file: vscode.Uri }): Promise<void> {
  const view = (name: string): string => readFileSync(vscode.Uri.joinPath(c.extension.extensionUri, "dist", "views", name).fsPath, "utf8");
  const format = to
    ? EXPORTERS.find((f) => f.id === to.format)
    : await pick(
        vscode.l10n.t("Export profile"),
        EXPORTERS.map((f) => ({ label: f.label, description: `.${f.extension}`, value: f })),
      );
  if (!format) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? c.extension.globalStorageUri,
    file =
      to?.file ??
      (await vscode.window.showSaveDialog({
        title: vscode.l10n.t("Export profile"),
        defaultUri: vscode.Uri.joinPath(folder, `${report.function.name.replace(/[^\w.-]/g, "_")}.${format.extension}`),
      }));
  if (!file) return;
  const written = await format.write(report, { page: view("main.js"), layoutWorker: view("layoutWorker.js") });
  await vscode.workspace.fs.writeFile(file, typeof written === "string" ? new TextEncoder().encode(written) : written);
  if (to) return;
  const open = await say.info(vscode.l10n.t("Exported to {0}", vscode.workspace.asRelativePath(file)), vscode.l10n.t("Open"));
  if (open) await vscode.commands.executeCommand("vscode.open", file);
}
