// The graph as a picture, as a page hands it over: into a file that the person chooses, or onto the clipboard.
import * as vscode from "vscode";
import type { FromView } from "../views/messages.ts";
import { say } from "./shown.ts";

type Picture = Extract<FromView, { readonly type: "picture" }>;
export async function takePicture(m: Picture, name: string): Promise<void> {
  if (m.to === "clipboard") {
    await vscode.env.clipboard.writeText(m.data);
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name.replace(/[^\p{L}\p{N}_.-]/gu, "_") || "graph"}.${m.format}`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save the graph"),
    filters: { [m.format.toUpperCase()]: [m.format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, file) } : {}),
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, m.format === "svg" ? new TextEncoder().encode(m.data) : Buffer.from(m.data, "base64"));
  const open = vscode.l10n.t("Open");
  const saved = vscode.l10n.t("Saved as {0}", vscode.workspace.asRelativePath(target));
  if ((await say.info(saved, open)) === open) await vscode.commands.executeCommand("vscode.open", target);
}
