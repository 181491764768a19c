// The menu of the status bar.
import * as vscode from "vscode";
import type { Context } from "./context.ts";
import { pick } from "./shown.ts";

type Device = "cpu" | "webgpu";
const chosen = (): Device => vscode.workspace.getConfiguration("jitlens").get<Device>("device", "cpu");
const nameOf = (d: Device): string => (d === "webgpu" ? vscode.l10n.t("the GPU") : vscode.l10n.t("the CPU"));
/** Which device functions run on from now: the setting `jitlens.device`, in the workspace where there is one. */
export async function chooseDevice(): Promise<void> {
  const device = await pick<Device>(vscode.l10n.t("What runs your functions"), [
    { icon: "server", label: vscode.l10n.t("CPU: WebAssembly, always there"), value: "cpu" },
    { icon: "circuit-board", label: vscode.l10n.t("GPU: WebGPU, through the npm package webgpu of your workspace"), value: "webgpu" },
  ]);
  if (!device) return;
  const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("jitlens").update("device", device, target);
}
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
    [true, "circuit-board", vscode.l10n.t("Choose what runs your functions (now: {0})", nameOf(chosen())), "jitlens.chooseDevice"],
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
