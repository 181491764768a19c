// "Report issue": what a report of a fault needs, written into a new text document. Nothing is sent; the person reads it, takes out what they want, and sends it.
import { arch, platform, release } from "node:os";
import * as vscode from "vscode";
import type { Context } from "./context.ts";

export async function reportIssue(c: Context): Promise<void> {
  const { packageJSON } = c.extension.extension as { packageJSON: { version?: string } };
  const settings = vscode.workspace.getConfiguration("jitlens");
  const changed = Object.keys((settings as unknown as Record<string, unknown>) ?? {}).filter((k) => {
    const i = typeof settings[k] === "function" ? undefined : settings.inspect(k);
    return i && (i.globalValue !== undefined || i.workspaceValue !== undefined || i.workspaceFolderValue !== undefined);
  });
  const { report } = c.session;
  const lines = [
    vscode.l10n.t("What happened, and what did you expect?"),
    "",
    "",
    vscode.l10n.t("How can it be seen again? (a small file is best)"),
    "",
    "",
    `JitLens ${packageJSON.version ?? ""}, VS Code ${vscode.version}, ${platform()} ${release()} ${arch()}, ${vscode.env.remoteName ?? "local"}`,
    `${vscode.l10n.t("Settings that were changed:")} ${changed.map((k) => `${k}=${JSON.stringify(settings.get(k))}`).join(", ") || "–"}`,
    report
      ? `${vscode.l10n.t("The last profile:")} ${report.source.kind} ${report.source.language} ${Object.entries(report.source.versions)
          .map(([k, v]) => `${k} ${v}`)
          .join(", ")}; ${report.programs[0]?.kernels?.length ?? 0} kernels`
      : "",
    "",
    vscode.l10n.t("Nothing of this was sent. The log is in the output channel JitLens (command “JitLens: Show Log”); add what belongs to it."),
  ];
  const document = await vscode.workspace.openTextDocument({
    language: "markdown",
    content: lines.filter((l, i) => l !== "" || lines[i - 1] !== undefined).join("\n"),
  });
  await vscode.window.showTextDocument(document);
}
