// Going to a line of a file that a report names. Reports come from elsewhere too: a path in one opens without a question only where it lies in the
// workspace, or was run here; anything else is shown and asked about first.
import { posix, win32 } from "node:path";
import * as vscode from "vscode";
import { openCell } from "./cells.ts";
import { openPath } from "./places.ts";
import { confirm, say } from "./shown.ts";

export type Verdict = { readonly kind: "open" | "ask"; readonly path: string } | { readonly kind: "refuse"; readonly why: string };
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const LONGEST_PATH = 4096;

/** Decides what may be done with a path of a report. `sources` are files that were run in this window. */
export function judgePath(
  file: string,
  known: { readonly folders: readonly string[]; readonly sources: readonly string[] },
  windows = process.platform === "win32",
): Verdict {
  const p = windows ? win32 : posix;
  if (file.length === 0 || file.length > LONGEST_PATH) return { kind: "refuse", why: vscode.l10n.t("it is not the path of a file") };
  if (CONTROL.test(file)) return { kind: "refuse", why: vscode.l10n.t("its path holds control characters") };
  // Opening \\host\share would call that host.
  if (/^[\\/]{2}/.test(file)) return { kind: "refuse", why: vscode.l10n.t("it lies on another machine") };
  const inside = (folder: string, path: string): boolean => {
    const r = p.relative(folder, path);
    return r !== "" && r !== ".." && !r.startsWith(`..${p.sep}`) && !p.isAbsolute(r);
  };
  if (!p.isAbsolute(file)) {
    // Paths inside the workspace are written relative to it.
    const folder = known.folders.find((f) => inside(f, p.resolve(f, file)));
    return folder && !/^[a-z][a-z0-9+.-]*:/i.test(file)
      ? { kind: "open", path: p.resolve(folder, file) }
      : { kind: "refuse", why: vscode.l10n.t("its path is not absolute, and leads out of the workspace") };
  }
  if (windows && !/^[a-z]:[\\/]/i.test(file)) return { kind: "refuse", why: vscode.l10n.t("its path names no drive") };
  const path = p.normalize(file);
  return known.sources.some((s) => p.normalize(s) === path) || known.folders.some((f) => inside(f, path))
    ? { kind: "open", path }
    : { kind: "ask", path };
}
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
/** Puts the cursor on a line. Says why when the file cannot be opened; never throws. */
export async function reveal(at: Place, sources: readonly string[]): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath),
    verdict = judgePath(at.file, { folders, sources });
  if (verdict.kind === "refuse") {
    void say.warn(vscode.l10n.t("JitLens does not open the file that this profile names: {0}.", verdict.why));
    return;
  }
  if (
    verdict.kind === "ask" &&
    !(await confirm(vscode.l10n.t("Open a file outside the workspace? The profile names it."), verdict.path, vscode.l10n.t("Open")))
  )
    return;
  try {
    await showLine((await openPath(verdict.path)).uri, at.line, at.column);
  } catch {
    void say.warn(vscode.l10n.t("{0} is not on this machine, or is no text: the profile was made elsewhere.", verdict.path));
  }
}
/** Puts the cursor on a line of a document. */
export async function showLine(uri: vscode.Uri, line: number, column: number): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri),
    row = clamp(line - 1, document.lineCount - 1),
    at = new vscode.Position(row, clamp(column - 1, document.lineAt(row).text.length));
  if (openCell(uri)) return showCellLine(uri, at);
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.window.visibleTextEditors.find((e) => e.document === document)?.viewColumn ?? vscode.ViewColumn.One,
  });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
/** The editor of notebooks has an editor in each cell that is in view, and opens none by itself. */
async function showCellLine(uri: vscode.Uri, at: vscode.Position): Promise<void> {
  const { notebook, cell } = openCell(uri)!;
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  const beside = vscode.window.visibleNotebookEditors.find((e) => e.notebook === notebook)?.viewColumn ?? vscode.ViewColumn.One;
  const editor = await vscode.window.showNotebookDocument(notebook, { selections: [range], viewColumn: beside });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand("vscode.open", uri, { selection: new vscode.Range(at, at), viewColumn: beside });
}
/** How long the editors take to their new places after a panel has opened. */
const LAID_OUT_MS = 250;
/** Scrolls a line back into view where a panel that has just opened covers it (fault C1); nothing moves where it is still seen. */
export async function keepInView(uri: vscode.Uri, line: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LAID_OUT_MS));
  const cell = openCell(uri)?.cell;
  const notebook = cell && vscode.window.visibleNotebookEditors.find((e) => e.notebook === cell.notebook);
  if (cell && notebook) {
    notebook.revealRange(new vscode.NotebookRange(cell.index, cell.index + 1), vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
    return;
  }
  const editor = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString());
  if (!editor || line >= editor.document.lineCount) return;
  const at = new vscode.Range(line, 0, line, 0);
  if (!editor.visibleRanges.some((r) => r.start.line <= line && line < r.end.line)) editor.revealRange(at, vscode.TextEditorRevealType.InCenter);
}
const clamp = (v: number, most: number): number => (Number.isFinite(v) ? Math.max(0, Math.min(Math.trunc(v), most)) : 0);
