// Export profile: one question for the format, one for the place.
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { EXPORTERS } from "../engine/report/exporters.ts";
import { htmlReport } from "../engine/report/html.ts";
import type { Report } from "../engine/report/migrations/v1types.ts";
import type { Context } from "./context.ts";
import { pick, say } from "./shown.ts";

export async function exportReport(c: Context, report: Report, to?: { format: string; file: vscode.Uri }): Promise<void> {
  const view = (name: string): string => readFileSync(vscode.Uri.joinPath(c.extension.extensionUri, "dist", "views", name).fsPath, "utf8");
  const formats = [
    ...EXPORTERS,
    {
      id: "html",
      label: "HTML report (one file, works offline)",
      extension: "html",
      write: (r: Report) => htmlReport(r, view("main.js"), view("layoutWorker.js")),
    },
  ];
  const format = to
    ? formats.find((f) => f.id === to.format)
    : await pick(
        "Export profile",
        formats.map((f) => ({ label: f.label, description: `.${f.extension}`, value: f })),
      );
  if (!format) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? c.extension.globalStorageUri,
    file =
      to?.file ??
      (await vscode.window.showSaveDialog({
        title: "Export profile",
        defaultUri: vscode.Uri.joinPath(folder, `${report.function.name.replace(/[^\w.-]/g, "_")}.${format.extension}`),
      }));
  if (!file) return;
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(format.write(report)));
  if (to) return;
  const open = await say.info(`Exported to ${vscode.workspace.asRelativePath(file)}`, "Open");
  if (open) await vscode.commands.executeCommand("vscode.open", file);
}
