// One object owns the life of everything: what commands, lenses, panels and decorations share.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import { languageOf } from "../host/languages.ts";
import type { HostClient } from "./host.ts";
import { lineShift } from "./lineShift.ts";
import { fileIndex } from "./places.ts";

/** The report that is shown, and who wants to know when it changes. */
export class Session implements vscode.Disposable {
  #report: Report | null = null;
  readonly #changed = new vscode.EventEmitter<Report>();
  readonly onReport = this.#changed.event;
  readonly #status = new vscode.EventEmitter<{ text: string; busy: boolean }>();
  readonly onStatus = this.#status.event;
  get report(): Report | null {
    return this.#report;
  }
  /** Files of the report that is shown: it was made here, from these. */
  get sources(): readonly string[] {
    return this.#report?.files.map((f) => f.path) ?? [];
  }
  /** Where a line of the report (from 1) stands now in a document that may have been edited since; null where it is gone. */
  lineNow(d: vscode.TextDocument): (line: number) => number | null {
    const text = this.#textOf(d);
    return text === undefined ? (line) => (d.isDirty ? null : line) : lineShift(text, d.getText());
  }
  /** Whether the file that the report is about was changed since. */
  isStale(d: vscode.TextDocument): boolean {
    const text = this.#textOf(d);
    return text !== undefined && text !== d.getText();
  }
  /** A document's text as it was profiled. */
  #textOf(d: vscode.TextDocument): string | undefined {
    const file = this.#report && fileIndex(this.#report, d.uri);
    return file === null ? undefined : this.#report?.files[file]?.text;
  }
  show(r: Report): void {
    this.#report = r;
    this.#changed.fire(r);
  }
  status(text: string, busy: boolean): void {
    this.#status.fire({ text, busy });
  }
  dispose(): void {
    this.#changed.dispose();
    this.#status.dispose();
  }
}
export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly host: HostClient;
  readonly session: Session;
  readonly log: vscode.LogOutputChannel;
}
export const isSupported = (d: vscode.TextDocument): boolean => languageOf(d.languageId) !== undefined && d.uri.scheme === "file";
