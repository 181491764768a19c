// Between the paths of a Report (relative to the workspace folder, with "/") and the files of the editor.
import { tmpdir } from "node:os";
import { join, normalize, posix } from "node:path";
import * as vscode from "vscode";
import { relativePath } from "../engine/report/places.ts";
import type { Report, StackIndex } from "../engine/report/types.ts";
import { languageOf } from "../host/languages.ts";
import { type Cell, NOTEBOOK, cellOfPath, cellPath } from "../host/notebook/cells.ts";
import { cellDocument, cellsToRun, noteCell, openCell, ownerOf } from "./cells.ts";

/** The workspace folder that a document belongs to; one that was never saved belongs to the first. */
export function folderOf(document: vscode.Uri): vscode.Uri | null {
  const uri = ownerOf(document);
  const folder = uri.scheme === "untitled" ? vscode.workspace.workspaceFolders?.[0] : vscode.workspace.getWorkspaceFolder(uri);
  return folder?.uri.scheme === "file" ? folder.uri : null;
}
/** The path that a document runs under. A document that was never saved gets the one that it would have in the workspace folder, so that its imports resolve. */
export function pathOf(uri: vscode.Uri): string {
  const cell = openCell(uri);
  if (cell) return cellPath(pathOf(cell.notebook.uri), cell.number);
  if (uri.scheme !== "untitled") return uri.fsPath;
  const name = posix.basename(uri.path);
  const extension = extensionOf(uri);
  return join(folderOf(uri)?.fsPath ?? tmpdir(), name.endsWith(extension) ? name : `${name}${extension}`);
}
function extensionOf(untitled: vscode.Uri): string {
  const is = (d: { readonly uri: vscode.Uri }): boolean => d.uri.toString() === untitled.toString();
  if (vscode.workspace.notebookDocuments.some(is)) return NOTEBOOK;
  return languageOf(vscode.workspace.textDocuments.find(is)?.languageId ?? "typescript")?.extensions[0] ?? ".ts";
}
/** The document or file of a path; of a cell's the cell, while its notebook is open. */
export function uriOfPath(path: string, text?: string): vscode.Uri {
  const cell = cellOfPath(path);
  const notebook = cell && openNotebook(cell.notebook);
  if (cell) return (notebook && cellDocument(notebook, cell.number, text)?.uri) ?? vscode.Uri.file(cell.notebook);
  return vscode.workspace.textDocuments.find((d) => d.uri.scheme === "untitled" && pathOf(d.uri) === path)?.uri ?? vscode.Uri.file(path);
}
const openNotebook = (path: string): vscode.NotebookDocument | undefined =>
  vscode.workspace.notebookDocuments.find((n) => normalize(pathOf(n.uri)) === normalize(path));
/** The document of a path, opened where it is not yet: a cell needs its notebook. */
export async function openPath(path: string, text?: string): Promise<vscode.TextDocument> {
  const cell = cellOfPath(path);
  if (cell && !openNotebook(cell.notebook)) await vscode.workspace.openNotebookDocument(vscode.Uri.file(cell.notebook));
  return vscode.workspace.openTextDocument(uriOfPath(path, text));
}
/** The paths that the cells of a notebook run under. */
export const pathsOfCells = (n: vscode.NotebookDocument): ReadonlyMap<vscode.TextDocument, string> =>
  new Map(cellsToRun(n).map(({ cell: { document } }) => [document, pathOf(document.uri)]));
/** The cells that are run with one, in order; undefined for what is no cell. */
export function cellsAround(uri: vscode.Uri): Cell[] | undefined {
  const own = openCell(uri);
  return own ? [...pathsOfCells(own.notebook)].map(([d, file]) => ({ file, text: d.getText() })) : undefined;
}
/** The cells that a report names are those that have its text now; they stay so while cells are put between them. */
export function noteReport(r: Report): void {
  for (const { path, text } of r.files) {
    const cell = cellOfPath(absolute(path) ?? "");
    const notebook = cell && openNotebook(cell.notebook);
    if (notebook) noteCell(notebook, cell.number, text);
  }
}
/** The workspace folder of a file, as runs are told it. */
export const rootOf = (uri: vscode.Uri): string | null => folderOf(uri)?.fsPath ?? null;
/** A file's path as a Report of this workspace writes it. */
export const reportPath = (uri: vscode.Uri): string => relativePath(pathOf(uri), rootOf(uri));
/** A file's number in a Report, or null. */
export function fileIndex(r: Report, uri: vscode.Uri): number | null {
  const path = reportPath(uri);
  const cell = cellOfPath(path);
  const isIt = cell
    ? (f: Report["files"][number]): boolean => cellOfPath(f.path)?.notebook === cell.notebook && uriOf(f.path, f.text)?.toString() === uri.toString()
    : (f: Report["files"][number]): boolean => f.path === path;
  const i = r.files.findIndex(isIt);
  return i < 0 ? null : i;
}
/** A file's path as a Report has it that knows the file. */
export function pathIn(r: Report | null, uri: vscode.Uri): string {
  const file = r && fileIndex(r, uri);
  return r && file !== null ? r.files[file]!.path : reportPath(uri);
}
/** A Report's path on this machine, where this workspace can have it. */
export function absolute(path: string): string | null {
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return path;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder && path !== "" && !path.split("/").includes("..") ? vscode.Uri.joinPath(folder, path).fsPath : null;
}
/** The file of a Report's path, where this workspace can have it. */
export function uriOf(path: string, text?: string): vscode.Uri | null {
  const full = absolute(path);
  return full === null ? null : uriOfPath(full, text);
}
/** Where the innermost frame of a stack stands. */
export function topOf(r: Report, stack: StackIndex | null | undefined): { uri: vscode.Uri; line: number } | null {
  const frame = stack === null || stack === undefined ? undefined : r.frames[r.stacks[stack]?.[0] ?? -1];
  const file = frame && r.files[frame.file];
  const uri = file && uriOf(file.path, file.text);
  return frame && uri ? { uri, line: frame.line } : null;
}
