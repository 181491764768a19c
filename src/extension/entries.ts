// Files of the workspace that import a file: a function that its own file never calls is run through them.
import { dirname, extname, posix, resolve } from "node:path";
import * as vscode from "vscode";
import { LANGUAGES } from "../host/languages.ts";

const MOST_FILES = 400,
  MOST_SHOWN = 8,
  LARGEST = 512 * 1024;
const stem = (path: string): string => path.slice(0, path.length - extname(path).length);

/** Whether a file's text imports another file, with or without its extension. */
export function importsFile(text: string, importer: string, imported: string): boolean {
  for (const m of text.matchAll(/(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]{1,500})["']/g)) {
    const path = resolve(dirname(importer), m[1]!);
    if (path === imported || stem(path) === stem(imported) || path === stem(imported) || posix.join(path, "index") === stem(imported)) return true;
  }
  return false;
}
export async function filesThatImport(uri: vscode.Uri): Promise<vscode.Uri[]> {
  const extensions = LANGUAGES.flatMap((l) => l.extensions.map((e) => e.slice(1))).join(","),
    candidates = await vscode.workspace.findFiles(`**/*.{${extensions}}`, "**/node_modules/**", MOST_FILES),
    found: vscode.Uri[] = [];
  for (const c of candidates) {
    if (found.length === MOST_SHOWN) break;
    if (c.fsPath === uri.fsPath || c.scheme !== "file") continue;
    try {
      if ((await vscode.workspace.fs.stat(c)).size > LARGEST) continue;
      if (importsFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(c)), c.fsPath, uri.fsPath)) found.push(c);
    } catch {
      /* it went away */
    }
  }
  return found;
}
