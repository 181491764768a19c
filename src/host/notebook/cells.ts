// Cells of notebooks as files of their own: "train.ipynb#cell-3" is the third code cell. Frames, reports and errors name it so, and lines are the cell's.

/** A cell that can be run. */
export interface Cell {
  /** Its path: that of the notebook, and which code cell it is, counted from 1 as a notebook that runs from above numbers them. */
  readonly file: string;
  readonly text: string;
}
export const NOTEBOOK = ".ipynb";
const CELL = /^(.+\.ipynb)#cell-(\d{1,6})$/is;

export const cellPath = (notebook: string, number: number): string => `${notebook}#cell-${number}`;
/** Null for what is no cell's path. */
export function cellOfPath(path: string): { readonly notebook: string; readonly number: number } | null {
  const m = CELL.exec(path);
  return m ? { notebook: m[1]!, number: Number(m[2]) } : null;
}
/** The file that a path lies in: of a cell its notebook. */
export const fileOfPath = (path: string): string => cellOfPath(path)?.notebook ?? path;
export const isNotebook = (file: string): boolean => file.toLowerCase().endsWith(NOTEBOOK);
