// Cells of the notebooks that are open. Each is a document of its own; which code cell of its notebook it is, counted from 1, is what paths of runs and reports
// say. Numbers change when cells are put in or moved: what a number meant when a notebook was run, or a report was shown, is kept here.
import * as vscode from "vscode";
import { languageOf } from "../host/languages.ts";

const CELL_SCHEME = "vscode-notebook-cell";
export const NOTEBOOK_TYPE = "jupyter-notebook";
export interface OpenCell {
  readonly notebook: vscode.NotebookDocument;
  readonly cell: vscode.NotebookCell;
  readonly number: number;
}
const isCode = (c: vscode.NotebookCell): boolean => c.kind === vscode.NotebookCellKind.Code;
/** What was looked through last: a notebook that was closed and opened again is another one, of the same version. */
let known: { readonly notebooks: readonly vscode.NotebookDocument[]; readonly state: string; readonly cells: ReadonlyMap<string, OpenCell> } = {
  notebooks: [],
  state: "",
  cells: new Map(),
};

/** Every code cell that is open, by its document. Made anew when a notebook was changed. */
function openCells(): ReadonlyMap<string, OpenCell> {
  const notebooks = vscode.workspace.notebookDocuments.filter((n) => n.notebookType === NOTEBOOK_TYPE);
  const state = notebooks.map((n) => `${n.version} ${n.cellCount}`).join("\n");
  if (known.state !== state || notebooks.some((n, i) => n !== known.notebooks[i])) {
    const cells = notebooks.flatMap((notebook) =>
      codeCells(notebook).map((cell, i): [string, OpenCell] => [cell.document.uri.toString(), { notebook, cell, number: i + 1 }]),
    );
    known = { notebooks, state, cells: new Map(cells) };
  }
  return known.cells;
}
const codeCells = (n: vscode.NotebookDocument): vscode.NotebookCell[] => n.getCells().filter(isCode);
/** The cell of a document; null for what is none. */
export const openCell = (uri: vscode.Uri): OpenCell | null => (uri.scheme === CELL_SCHEME ? (openCells().get(uri.toString()) ?? null) : null);
/** The file that a document lies in: of a cell its notebook. */
export const ownerOf = (uri: vscode.Uri): vscode.Uri => openCell(uri)?.notebook.uri ?? uri;
/** The cells of a notebook that can be run. */
export const cellsToRun = (n: vscode.NotebookDocument): OpenCell[] =>
  codeCells(n)
    .map((cell, i) => ({ notebook: n, cell, number: i + 1 }))
    .filter(({ cell }) => languageOf(cell.document.languageId)?.notebooks !== undefined);
/** All that a document is read with: of a cell the whole notebook's code. */
export function textAround(d: vscode.TextDocument): string {
  const cell = openCell(d.uri);
  return cell
    ? cellsToRun(cell.notebook)
        .map((c) => c.cell.document.getText())
        .join("\n")
    : d.getText();
}

const noted = new Map<string, vscode.TextDocument>();
const keyOf = (n: vscode.NotebookDocument, number: number): string => `${n.uri.toString()}#${number}`;
/** From here on the numbers of this notebook mean these cells, whatever is put between them. */
export function noteCells(n: vscode.NotebookDocument): void {
  codeCells(n).forEach((cell, i) => noted.set(keyOf(n, i + 1), cell.document));
}
/** The same, of one number that a report has with a text. */
export function noteCell(n: vscode.NotebookDocument, number: number, text: string | undefined): void {
  const d = cellDocument(n, number, text);
  if (d) noted.set(keyOf(n, number), d);
}
/**
 * The cell that a number means.
 * @param text what was in it, where that is known: the cell that still has it goes before all others
 */
export function cellDocument(n: vscode.NotebookDocument, number: number, text?: string): vscode.TextDocument | null {
  const cells = codeCells(n).map((c) => c.document);
  const meant = noted.get(keyOf(n, number));
  const before = meant && cells.includes(meant) ? meant : undefined;
  const here = cells[number - 1];
  if (text !== undefined) {
    const has = (d: vscode.TextDocument | undefined): boolean => d?.getText() === text;
    const same = [before, here, ...cells].find(has);
    if (same) return same;
  }
  return before ?? here ?? null;
}
