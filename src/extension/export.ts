// Export profile: one question for the format, one for the place.
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { EXPORTERS, type Exporter, type ExporterId } from "../engine/report/exporters/exporters.ts";
import type { Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { pick, say } from "./shown.ts";

/** What formats are called, in the person's language; a format without a name does not compile. */
const labels = (): Readonly<Record<ExporterId, string>> => ({
  jitprofile: vscode.l10n.t("JitLens profile"),
  chrome: vscode.l10n.t("Chrome trace: timeline of compiling and runs (Perfetto)"),
  speedscope: vscode.l10n.t("speedscope: timeline of compiling and runs"),
  cpuprofile: vscode.l10n.t("V8 CPU profile: a steady call by stacks (VS Code, Chrome)"),
  pprof: vscode.l10n.t("pprof: a steady call by stacks, with bytes and operations"),
  collapsed: vscode.l10n.t("Collapsed stacks: a steady call (flame graphs)"),
  "kernels.csv": vscode.l10n.t("Kernels as CSV"),
  "lines.csv": vscode.l10n.t("Source lines as CSV"),
  "ledger.csv": vscode.l10n.t("Fusion ledger as CSV"),
  "insights.csv": vscode.l10n.t("Insights as CSV"),
  text: vscode.l10n.t("Everything: kernels, lines, fusion decisions, jaxpr"),
  jaxpr: vscode.l10n.t("Jaxpr"),
  graph: vscode.l10n.t("Graphs of every level"),
  code: vscode.l10n.t("Code of every kernel"),
  svg: vscode.l10n.t("Graph as a picture (SVG)"),
  html: vscode.l10n.t("HTML report (one file, works offline)"),
});
const groups = (): Readonly<Record<Exporter["group"], string>> => ({
  profile: vscode.l10n.t("Profiles"),
  trace: vscode.l10n.t("Traces and flame graphs"),
  table: vscode.l10n.t("Tables"),
  text: vscode.l10n.t("Texts"),
  page: vscode.l10n.t("Pages"),
});
/** Formats that this profile has something for, by group. */
function choose(report: Report): Promise<Exporter | undefined> {
  const label = labels();
  const group = groups();
  const choices = EXPORTERS.filter((e) => (e.lacks?.(report) ?? null) === null).map((e) => ({
    label: label[e.id],
    description: `.${e.extension}`,
    group: group[e.group],
    value: e,
  }));
  return pick(vscode.l10n.t("Export profile"), choices);
}

export async function exportReport(c: Context, report: Report, to?: { format: string; file: vscode.Uri }): Promise<void> {
  const view = (name: string): string => readFileSync(vscode.Uri.joinPath(c.extension.extensionUri, "dist", "views", name).fsPath, "utf8");
  const format = to ? EXPORTERS.find((f) => f.id === to.format) : await choose(report);
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
