// Which Python a person means: the setting, the kernel that is selected for a notebook, and what the Python extension has chosen for the file. Both extensions are
// asked by their public interfaces, where they are there; nothing depends on them.
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { RunParams } from "../host/protocol.ts";

interface Environment {
  readonly path?: string;
  readonly executable?: { readonly uri?: vscode.Uri };
}
/** The parts of the Python extension's interface that are used. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<Environment | undefined>;
  };
}
/** Of the Jupyter extension's: the environment of the kernel that is selected for a notebook, where that is on this machine. */
interface JupyterExtension {
  readonly getPythonEnvironment?: (notebook: vscode.Uri) => Environment | undefined;
}
const PATIENCE_MS = 3000;
const patiently = <T>(asked: Promise<T>): Promise<T | undefined> =>
  Promise.race([asked.catch(() => undefined), new Promise<undefined>((r) => setTimeout(() => r(undefined), PATIENCE_MS))]);

/** @param uri the file, or the notebook */
export async function pythonFor(uri: vscode.Uri): Promise<NonNullable<RunParams["python"]>> {
  const setting = vscode.workspace.getConfiguration("jitlens", uri).get<string>("python", "").trim();
  if (setting) return { setting };
  const isNotebook = vscode.workspace.notebookDocuments.some((n) => n.uri.toString() === uri.toString());
  const kernel = isNotebook ? await patiently(kernelOf(uri)) : undefined;
  if (kernel !== undefined) return { kernel };
  const chosen = await patiently(chosenBy(uri));
  return chosen === undefined ? {} : { chosen };
}
async function kernelOf(notebook: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<JupyterExtension>("ms-toolsai.jupyter");
  // While it is not active, no kernel of its is selected.
  const environment = extension?.isActive ? extension.exports?.getPythonEnvironment?.(notebook) : undefined;
  return environment && programOf(environment, environment.path);
}
async function chosenBy(uri: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) return undefined;
  const { environments } = extension.isActive ? extension.exports : await extension.activate();
  const active = environments?.getActiveEnvironmentPath(uri);
  return environments && active && programOf(await environments.resolveEnvironment(active), active.path);
}
/** A bare name says that nothing was chosen. */
function programOf(e: Environment | undefined, otherwise: string | undefined): string | undefined {
  const path = e?.executable?.uri?.fsPath ?? otherwise;
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
