// Which Python a person means: the setting, and what the Python extension has chosen for the file. That extension is asked by its public interface, where it
// is there; nothing depends on it.
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { RunParams } from "../host/protocol.ts";

/** The parts of the Python extension's interface that are used. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
  };
}
const PATIENCE_MS = 3000;

export async function pythonFor(uri: vscode.Uri): Promise<NonNullable<RunParams["python"]>> {
  const setting = vscode.workspace.getConfiguration("jitlens", uri).get<string>("python", "").trim();
  if (setting) return { setting };
  const chosen = await Promise.race([
    chosenBy(uri).catch(() => undefined),
    new Promise<undefined>((r) => setTimeout(() => r(undefined), PATIENCE_MS)),
  ]);
  return chosen === undefined ? {} : { chosen };
}
async function chosenBy(uri: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) return undefined;
  const { environments } = extension.isActive ? extension.exports : await extension.activate();
  const active = environments?.getActiveEnvironmentPath(uri);
  if (!environments || !active) return undefined;
  const path = (await environments.resolveEnvironment(active))?.executable?.uri?.fsPath ?? active.path;
  // A bare name says that nothing was chosen.
  return isAbsolute(path) ? path : undefined;
}
