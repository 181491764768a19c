// Between the paths of a Report (relative to the workspace folder, with "/") and the files of the editor.
import * as vscode from "vscode";
import { relativePath } from "../engine/report/places.ts";
import type { Report, StackIndex } from "../engine/report/types.ts";

/** The workspace folder of a file, as runs are told it. */
export const rootOf = (uri: vscode.Uri): string | null => vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? null;
/** A file's path as a Report of this workspace writes it. */
export const reportPath = (uri: vscode.Uri): string => relativePath(uri.fsPath, rootOf(uri));
/** A file's number in a Report, or null. */
export function fileIndex(r: Report, uri: vscode.Uri): number | null {
  const path = reportPath(uri);
  const i = r.files.findIndex((f) => f.path === path);
  return i < 0 ? null : i;
}
/** The file of a Report's path, where this workspace can have it. */
export function uriOf(path: string): vscode.Uri | null {
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return vscode.Uri.file(path);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder && !path.split("/").includes("..") ? vscode.Uri.joinPath(folder, path) : null;
}
/** Where the innermost frame of a stack stands. */
export function topOf(r: Report, stack: StackIndex | null | undefined): { uri: vscode.Uri; line: number } | null {
  const frame = stack === null || stack === undefined ? undefined : r.frames[r.stacks[stack]?.[0] ?? -1];
  const uri = frame && uriOf(r.files[frame.file]!.path);
  return frame && uri ? { uri, line: frame.line } : null;
}
