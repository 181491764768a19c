// One object owns the life of everything: what commands, lenses, panels and decorations share.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import type { Trials } from "../views/messages.ts";
import type { Site } from "../host/protocol.ts";
import { LANGUAGES, languageOf } from "../host/languages.ts";
import type { History } from "./history.ts";
import type { LedgerEdit } from "../views/messages.ts";
import type { HostClient } from "./host.ts";
import { lineShift } from "./lineShift.ts";
import { fileIndex, noteReport } from "./places.ts";
import { NOTEBOOK_TYPE, cellsToRun, openCell, textAround } from "./cells.ts";
import { GraphFirst } from "./graphFirst.ts";
import { Spans } from "./spans.ts";

/** A run that is under way. */
export interface Running {
  readonly name: string;
  message: string;
  /** From 0 to 1. */
  fraction: number;
  readonly cancel: () => void;
}
export interface Ran {
  readonly run: string;
  readonly uri: vscode.Uri;
  /** False while the file still runs. */
  readonly over: boolean;
  /** Of a cell: those of its notebook with their paths, as they were run. */
  readonly cells?: ReadonlyMap<vscode.TextDocument, string>;
}
export interface LiveShown {
  readonly report: Report;
  /** Operations and decisions that the last edit changed. */
  readonly changed: readonly string[];
  readonly decisions: readonly string[];
  /** What edits since the run changed in its ledger. */
  readonly ledger: LedgerEdit | null;
  /** What the edit did to the kernels, in words. */
  readonly said: string;
}
/** The report that is shown, and who wants to know when it changes. */
export class Session implements vscode.Disposable {
  /** How the run that made the report can be repeated; null where nothing ran. */
  repeat: { readonly uri: vscode.Uri; readonly site: Site; readonly args: string | null; readonly entry: string | null } | null = null;
  /** Whether a panel is in view: what it says is said. */
  isSeen: () => boolean = () => false;
  /** Where the time of the last click went. */
  readonly spans = new Spans();
  readonly graphFirst = new GraphFirst();
  #report: Report | null = null;
  readonly #finished = new vscode.EventEmitter<Report>();
  /** A run has ended with this Report: it is kept. */
  readonly onFinished = this.#finished.event;
  readonly #runs = new Set<Running>();
  #trials: Trials | null = null;
  #stopTrials = (): void => {};
  readonly #trying = new vscode.EventEmitter<Trials | null>();
  /** How far remedies have been tried; null: none are. */
  readonly onTrials = this.#trying.event;
  readonly #running = new vscode.EventEmitter<void>();
  readonly onRunning = this.#running.event;
  readonly #changed = new vscode.EventEmitter<Report>();
  /** Another report is shown; while a graph is awaited this comes after it. */
  readonly onReport = this.#changed.event;
  readonly #graph = new vscode.EventEmitter<Report>();
  /** The same, at once: for the graph that is awaited. */
  readonly onGraph = this.#graph.event;
  #inTurn = (): void => {};
  readonly #status = new vscode.EventEmitter<{ text: string; busy: boolean }>();
  readonly onStatus = this.#status.event;
  readonly #ran = new vscode.EventEmitter<Ran>();
  /** A function was run: its runner may follow edits of the file. */
  readonly onRan = this.#ran.event;
  readonly #live = new vscode.EventEmitter<LiveShown | null>();
  /** The picture of the edited text; null: the report that was measured is that of the text again. */
  readonly onLive = this.#live.event;
  get trials(): Trials | null {
    return this.#trials;
  }
  /** @param stop ends the trying */
  trying(trials: Trials | null, stop: () => void = () => {}): void {
    if (trials === null && this.#trials === null) return;
    this.#trials = trials;
    this.#stopTrials = stop;
    this.#trying.fire(trials);
  }
  /** The trials end; what they have found stays. */
  stopTrials(): void {
    const stop = this.#stopTrials;
    this.trying(null);
    stop();
  }
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
    // The cells of a notebook that a report names are one file to a person.
    const cell = openCell(d.uri);
    const documents = cell ? cellsToRun(cell.notebook).map((c) => c.cell.document) : [d];
    return documents.some((x) => {
      const text = this.#textOf(x);
      return text !== undefined && text !== x.getText();
    });
  }
  /** A document's text as it was profiled. */
  #textOf(d: vscode.TextDocument): string | undefined {
    const file = this.#report && fileIndex(this.#report, d.uri);
    return file === null ? undefined : this.#report?.files[file]?.text;
  }
  show(r: Report): void {
    this.#report = r;
    noteReport(r);
    this.#graph.fire(r);
    this.#inTurn();
    this.#inTurn = this.graphFirst.then(() => this.#changed.fire(r));
  }
  finished(r: Report): void {
    this.#finished.fire(r);
  }
  /** The runs that are under way, the newest last. */
  get runs(): readonly Running[] {
    return [...this.#runs];
  }
  began(run: Running): void {
    this.#runs.add(run);
    this.#running.fire();
  }
  moved(): void {
    this.#running.fire();
  }
  ended(run: Running): void {
    this.#runs.delete(run);
    this.#running.fire();
  }
  status(text: string, busy: boolean): void {
    this.#status.fire({ text, busy });
  }
  ran(r: Ran): void {
    this.#ran.fire(r);
  }
  showLive(shown: LiveShown | null): void {
    this.#live.fire(shown);
  }
  dispose(): void {
    this.#trying.dispose();
    this.#ran.dispose();
    this.#live.dispose();
    this.#inTurn();
    this.#changed.dispose();
    this.#graph.dispose();
    this.#status.dispose();
    this.#finished.dispose();
    this.#running.dispose();
  }
}
export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly host: HostClient;
  readonly session: Session;
  readonly history: History;
  readonly log: vscode.LogOutputChannel;
}
/** Where a file that runs may be: on this machine, or only in the editor so far. */
const SCHEMES = ["file", "untitled"] as const;
/** What runs: files, and cells of notebooks. A filter that names a type of notebooks has the notebook's scheme: the editor holds it against that file, not the cell. */
export const RUNS: readonly vscode.DocumentFilter[] = LANGUAGES.flatMap(({ id, notebooks }) =>
  SCHEMES.flatMap((scheme) => [{ language: id, scheme }, ...(notebooks ? [{ language: id, scheme, notebookType: NOTEBOOK_TYPE }] : [])]),
);
export const isSupported = (d: vscode.TextDocument): boolean =>
  (languageOf(d.languageId) !== undefined && (SCHEMES as readonly string[]).includes(d.uri.scheme)) ||
  (languageOf(d.languageId)?.notebooks !== undefined && openCell(d.uri) !== null);
/** Whether a document may have jit functions; nobody is asked. */
export const isJitDocument = (d: vscode.TextDocument | undefined): boolean =>
  d !== undefined && isSupported(d) && languageOf(d.languageId)?.mayHaveSites(textAround(d)) === true;
