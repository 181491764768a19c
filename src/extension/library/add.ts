// jitlens.addLibrary: gives a project the library that its files import, in one of two ways that the person chooses.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { Context } from "../context.ts";
import { pick, say } from "../shown.ts";
import { LIBRARY, type PackageManager, homeOf, isFound, managerOf } from "./resolve.ts";
import { type Shipped, shippedLibrary } from "./shipped.ts";

export type Way = "package" | "types";
/** Where the package's archive lies in a project, so that others who get the project have it too. */
const ARCHIVES = "vendor";

export async function addLibrary(c: Context, uri: vscode.Uri | undefined, way?: Way): Promise<void> {
  const file = uri ?? vscode.window.activeTextEditor?.document.uri;
  if (file?.scheme !== "file") return;
  if (!vscode.workspace.isTrusted) {
    void say.warn(vscode.l10n.t("JitLens adds nothing to a workspace that is not trusted."));
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(file),
    home = homeOf(file.fsPath, folder?.uri.fsPath ?? null),
    manager = managerOf(home),
    chosen = way ?? (await ask(manager));
  if (!chosen) return;
  const shipped = await shippedLibrary(c.extension.extensionPath);
  if (chosen === "types") {
    await writeDeclarations(shipped, home);
    sayTypes();
  } else if (!(await install(shipped, home, manager, folder))) return;
  // TypeScript sees new packages by itself, but not always at once.
  await Promise.resolve(vscode.commands.executeCommand("typescript.reloadProjects")).catch(() => {});
}
const ask = (manager: PackageManager): Promise<Way | undefined> =>
  pick<Way>(vscode.l10n.t("How should this project get jitlens?"), [
    {
      label: vscode.l10n.t("Add the package"),
      description: vscode.l10n.t("{0} installs it from a file beside your code: types, engine and command line", manager.command),
      value: "package",
    },
    {
      label: vscode.l10n.t("Types only, without a package manager"),
      description: vscode.l10n.t("written to node_modules/jitlens; works offline, and no file of yours changes"),
      value: "types",
    },
  ]);
async function writeDeclarations(shipped: Shipped, home: string): Promise<void> {
  const folder = join(home, "node_modules", LIBRARY);
  await rm(folder, { recursive: true, force: true });
  for (const e of await shipped.declarations()) {
    const path = join(folder, ...e.path.split("/"));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, e.content);
  }
}
/** The types for a folder that has just been made. Where the extension is not packed they are not at hand. */
export async function typesInto(c: Context, home: string): Promise<void> {
  try {
    await writeDeclarations(await shippedLibrary(c.extension.extensionPath), home);
  } catch (e) {
    c.log.info(`the example has no types of jitlens: ${String(e)}`);
  }
}
const sayTypes = (): void =>
  void say.info(vscode.l10n.t("The types of jitlens are in node_modules/jitlens. JitLens runs your files with its own engine."));
/** In a terminal that the person sees. Whether it worked. */
async function install(shipped: Shipped, home: string, manager: PackageManager, folder: vscode.WorkspaceFolder | undefined): Promise<boolean> {
  const name = `${LIBRARY}-${shipped.version}.tgz`;
  await mkdir(join(home, ARCHIVES), { recursive: true });
  await writeFile(join(home, ARCHIVES, name), await shipped.tgz());
  const quoted = (value: string): vscode.ShellQuotedString => ({ value, quoting: vscode.ShellQuoting.Strong }),
    shell = new vscode.ShellExecution(manager.command, [...manager.args, `./${ARCHIVES}/${name}`].map(quoted), { cwd: home }),
    task = new vscode.Task({ type: "jitlens" }, folder ?? vscode.TaskScope.Workspace, vscode.l10n.t("add jitlens"), "JitLens", shell);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true };
  const code = await run(task);
  if (code === 0 && isFound(join(home, "any.ts"))) {
    void say.info(vscode.l10n.t("jitlens {0} is in your project; its archive is {1}.", shipped.version, `${ARCHIVES}/${name}`));
    return true;
  }
  const types = vscode.l10n.t("Types Only");
  const answer = await say.error(
    vscode.l10n.t("{0} did not install jitlens: the terminal says why. The types work without it.", manager.command),
    types,
  );
  if (answer !== types) return false;
  await writeDeclarations(shipped, home);
  sayTypes();
  return true;
}
/** The exit code of a task; undefined where it had no process. */
async function run(task: vscode.Task): Promise<number | undefined> {
  const running = await vscode.tasks.executeTask(task);
  return new Promise((resolve) => {
    const ends = vscode.Disposable.from(
      vscode.tasks.onDidEndTaskProcess((e) => {
        if (e.execution !== running) return;
        ends.dispose();
        resolve(e.exitCode);
      }),
      vscode.tasks.onDidEndTask((e) => {
        if (e.execution !== running) return;
        // The process's own end is told just before; without one there is no code.
        setTimeout(() => {
          ends.dispose();
          resolve(undefined);
        }, 1000);
      }),
    );
  });
}
