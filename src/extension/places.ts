// Between the paths of a Report (relative to the workspace folder, with "/") and the files of the editor.
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import * as vscode from "vscode";
import { relativePath } from "../engine/report/places.ts";
import type { Report, StackIndex } from "../engine/report/types.ts";
import { languageOf } from "../host/languages.ts";

/** The workspace folder that a document belongs to; one that was never saved belongs to the first. */
export function folderOf(uri: vscode.Uri): vscode.Uri | null {
  const folder = uri.scheme === "untitled" ? vscode.workspace.workspaceFolders?.[0] : vscode.workspace.getWorkspaceFolder(uri);
  return folder?.uri.scheme === "file" ? folder.uri : null;
}
/** The path that a document runs under. A document that was never saved gets the one that it would have in the workspace folder, so that its imports resolve. */
export function pathOf(uri: vscode.Uri): string {
  if (uri.scheme !== "untitled") return uri.fsPath;
  const name = posix.basename(uri.path);
  const language = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString())?.languageId;
  const extension = languageOf(language ?? "typescript")?.extensions[0] ?? ".ts";
  return join(folderOf(uri)?.fsPath ?? tmpdir(), name.endsWith(extension) ? name : `${name}${extension}`);
}
/** The document or file of a path. */
export const uriOfPath = (path: string): vscode.Uri =>
  vscode.workspace.textDocuments.find((d) => d.uri.scheme === "untitled" && pathOf(d.uri) === path)?.uri ?? vscode.Uri.file(path);
/** The workspace folder of a file, as runs are told it. */
export const rootOf = (uri: vscode.Uri): string | null => folderOf(uri)?.fsPath ?? null;
/** A file's path as a Report of this workspace writes it. */
export const reportPath = (uri: vscode.Uri): string => relativePath(pathOf(uri), rootOf(uri));
/** A file's number in a Report, or null. */
export function fileIndex(r: Report, uri: vscode.Uri): number | null {
  const path = reportPath(uri);
  const i = r.files.findIndex((f) => f.path === path);
  return i < 0 ? null : i;
}
/** The file of a Report's path, where this workspace can have it. */
export function uriOf(path: string): vscode.Uri | null {
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return uriOfPath(path);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder && !path.split("/").includes("..") ? uriOfPath(vscode.Uri.joinPath(folder, path).fsPath) : null;
}
/** Where the innermost frame of a stack stands. */
export function topOf(r: Report, stack: StackIndex | null | undefined): { uri: vscode.Uri; line: number } | null {
  const frame = stack === null || stack === undefined ? undefined : r.frames[r.stacks[stack]?.[0] ?? -1];
  const uri = frame && uriOf(r.files[frame.file]!.path);
  return frame && uri ? { uri, line: frame.line } : null;
}
