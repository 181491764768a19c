// Files as they stand in the editor where they are not saved: a run reads them so, as it reads the clicked one.
import * as vscode from "vscode";
import type { RunParams } from "../host/protocol.ts";
import { languageOf } from "../host/languages.ts";

/** More letters of a file are no program; it is read as it was saved. */
const MOST = 2 ** 22;

/** Nothing where all is saved. */
export function unsavedBut(file: string): Pick<RunParams, "unsaved"> {
  const open = vscode.workspace.textDocuments.filter(
    (d) => d.isDirty && d.uri.scheme === "file" && d.uri.fsPath !== file && languageOf(d.languageId) !== undefined,
  );
  const texts = open.map((d) => [d.uri.fsPath, d.getText()] as const).filter(([, text]) => text.length <= MOST);
  return texts.length ? { unsaved: Object.fromEntries(texts) } : {};
}
