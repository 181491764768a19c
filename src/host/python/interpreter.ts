// Which Python runs the user's file: the setting, that of a notebook's kernel, the one that the Python extension has chosen, the workspace's environment, the PATH,
// in that order.
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

export interface Interpreter {
  readonly path: string;
  readonly args: readonly string[];
  /** Where it was found, in words. */
  readonly from: string;
}
export interface Wanted {
  /** The setting jitlens.python, or the command line's --python. */
  readonly setting?: string | undefined;
  /** What the person calls that setting, where it is not jitlens.python. */
  readonly named?: string | undefined;
  /** That of the kernel which is selected for the notebook. */
  readonly kernel?: string | undefined;
  /** What the Python extension has chosen for the file. */
  readonly chosen?: string | undefined;
  readonly file: string;
  readonly root: string | null;
}
const windows = process.platform === "win32";
const inEnvironment = (folder: string): string => (windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python"));
const ENVIRONMENTS = [".venv", "venv"];

export function findInterpreter(w: Wanted, env: NodeJS.ProcessEnv = process.env): Interpreter | null {
  const setting = w.setting?.trim();
  if (setting) return { path: expanded(setting, w.root, env), args: [], from: w.named ?? "the setting jitlens.python" };
  if (w.kernel) return { path: w.kernel, args: [], from: "the notebook's kernel" };
  if (w.chosen) return { path: w.chosen, args: [], from: "the Python extension" };
  for (const folder of foldersAround(w))
    for (const name of ENVIRONMENTS) {
      const path = inEnvironment(join(folder, name));
      if (existsSync(path)) return { path, args: [], from: `${name} of the workspace` };
    }
  const onPath = windows ? ["python.exe", "python3.exe", "py.exe"] : ["python3", "python"];
  for (const name of onPath) {
    const path = which(name, env);
    if (path) return { path, args: name === "py.exe" ? ["-3"] : [], from: "the PATH" };
  }
  return null;
}
/** The file's folder and those around it, up to the workspace folder. */
function foldersAround(w: Wanted): string[] {
  const out: string[] = [];
  const root = w.root === null ? null : resolve(w.root);
  for (let folder = dirname(resolve(w.file)); ; folder = dirname(folder)) {
    out.push(folder);
    if (root === null || folder === root || dirname(folder) === folder) break;
  }
  if (root !== null && !out.includes(root)) out.push(root);
  return out;
}
function expanded(path: string, root: string | null, env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? env.USERPROFILE ?? "~";
  const full = path.replace(/^~(?=[\\/]|$)/, home).replace(/\$\{workspaceFolder\}/g, root ?? "");
  // A name without a folder is looked for on the PATH.
  return /[\\/]/.test(full) && root !== null ? resolve(root, full) : full;
}
function which(name: string, env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env.PATH ?? env.Path ?? "").split(delimiter)) {
    // Windows keeps programs there that only open its shop.
    if (!folder || /\\WindowsApps$/i.test(folder)) continue;
    const path = join(folder, name);
    if (existsSync(path)) return path;
  }
  return null;
}
