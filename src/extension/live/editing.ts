// Live editing: after a run its file is followed. At each pause in typing the text goes to the runner that has stayed; what comes back are the shapes of
// variables, an error with its place, or the picture that the compiler makes of it.
import * as vscode from "vscode";
import { parseReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import type { LiveAnswer, LiveParams } from "../../host/protocol.ts";
import { cellsToRun } from "../cells.ts";
import type { Context, Ran } from "../context.ts";
import { fileIndex, pathOf } from "../places.ts";
import { type Hint, movedHints } from "./hintPlaces.ts";

export const PAUSE_MS = 60,
  /** An edit that takes longer is not live; after so many in a row it ends until the next run. */
  SLOW_MS = 1000,
  SLOW_TIMES = 2;
export type Failure = Extract<LiveAnswer, { kind: "failed" }>;
export type Off = "setting" | "slow" | "memory" | "ended" | "unavailable";
/** What is known of the file that is followed, for its text as it is now. */
export interface Picture {
  readonly function: string;
  /** Milliseconds from the pause in typing to the answer. */
  readonly milliseconds: number;
  /** By their paths: of a notebook its cells. */
  readonly documents: ReadonlyMap<string, Pictured>;
  readonly failure: Failure | null;
  readonly notes: readonly { readonly uri: vscode.Uri; readonly line: number; readonly why: "statement" | "import" | "shadowed" }[];
}
interface Pictured {
  readonly uri: vscode.Uri;
  /** The text it was made of. */
  readonly version: number;
  readonly hints: readonly Hint[];
}
export const hintsOf = (p: Picture, d: vscode.TextDocument): readonly Hint[] =>
  [...p.documents.values()].find((x) => x.uri.toString() === d.uri.toString())?.hints ?? [];
type Followed = Ran;
/** The documents whose text is traced: the file, or the cells of the notebook as they are now. */
function documentsOf({ uri, cells }: Followed): readonly vscode.TextDocument[] {
  const notebook = cells && vscode.workspace.notebookDocuments.find((n) => cellsToRun(n).some((c) => cells.has(c.cell.document)));
  if (notebook) return cellsToRun(notebook).map((c) => c.cell.document);
  return vscode.workspace.textDocuments.filter((d) => !cells && d.uri.toString() === uri.toString());
}
const enabled = (): boolean => vscode.workspace.getConfiguration("jitlens").get("live", true);

export class LiveEditing implements vscode.Disposable {
  #followed: Followed | null = null;
  #picture: Picture | null = null;
  #off: Off | null = null;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #again = false;
  #slow = 0;
  #imported: string | null = null;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Told when the picture, or whether there is one, has changed. */
  readonly onChange = this.#changed.event;
  readonly #report = new vscode.EventEmitter<Report>();
  /** What the compiler makes of the edited text. */
  readonly onReport = this.#report.event;
  readonly #ends: vscode.Disposable;
  constructor(private readonly c: Context) {
    c.host.onLiveReport = (run, data) => {
      if (run === this.#followed?.run && !this.#off) this.#report.fire(parseReport(data));
    };
    c.host.onLiveEnd = (run) => {
      if (run === this.#followed?.run) this.#end("ended");
    };
    this.#ends = vscode.Disposable.from(
      this.#changed,
      this.#report,
      vscode.workspace.onDidChangeTextDocument((e) => this.#edited(e)),
      vscode.workspace.onDidChangeNotebookDocument((e) => {
        if (e.contentChanges.length && this.isFollowing && e.notebook.getCells().some((x) => this.#followed?.cells?.has(x.document)))
          this.#soon(PAUSE_MS);
      }),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (!e.affectsConfiguration("jitlens.live") || !this.#followed) return;
        if (!enabled()) this.#end("setting");
        else if (this.#off === "setting") this.follow(this.#followed);
      }),
    );
  }
  get picture(): Picture | null {
    return this.#picture;
  }
  /** Why nothing is followed; null while something is, or before the first run. */
  get off(): Off | null {
    return this.#off;
  }
  /** An imported file that was edited since the run. */
  get imported(): string | null {
    return this.#imported;
  }
  /** The cells of the followed notebook as they are now, for a request; nothing of a file. */
  cells(documents = this.#followed ? documentsOf(this.#followed) : []): Pick<LiveParams, "cells"> {
    const ran = this.#followed?.cells;
    return ran ? { cells: documents.map((d) => ({ file: pathOf(d.uri), text: d.getText(), was: ran.get(d) ?? null })) } : {};
  }
  get isFollowing(): boolean {
    return this.#followed !== null && this.#off === null;
  }
  /** The run that a request is for. */
  get run(): string | null {
    return this.isFollowing ? this.#followed!.run : null;
  }
  /** A file was run, and its runner may have stayed. */
  follow(ran: Ran): void {
    this.#followed = ran;
    this.#slow = 0;
    this.#imported = null;
    this.#picture = null;
    this.#off = enabled() ? null : "setting";
    this.#changed.fire();
    if (!this.#off && ran.over) this.#soon(0);
  }
  #end(why: Off): void {
    clearTimeout(this.#timer);
    this.#off = why;
    this.#picture = null;
    this.#changed.fire();
  }
  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (!contentChanges.length || !this.isFollowing) return;
    if (!documentsOf(this.#followed!).includes(document)) {
      this.#otherEdited(document);
      return;
    }
    if (this.#picture) {
      const moved = [...this.#picture.documents].map(([path, x]): [string, Pictured] => [
        path,
        x.uri.toString() === document.uri.toString() ? { ...x, hints: movedHints(x.hints, contentChanges) } : x,
      ]);
      this.#picture = { ...this.#picture, documents: new Map(moved) };
    }
    this.#soon(PAUSE_MS);
  }
  /** Files that the followed one imports are not followed themselves: that they were edited is said. */
  #otherEdited(d: vscode.TextDocument): void {
    const { report } = this.c.session;
    if (this.#imported !== null || !report || fileIndex(report, d.uri) === null) return;
    this.#imported = vscode.workspace.asRelativePath(d.uri);
    this.#changed.fire();
  }
  #soon(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask().catch((e: unknown) => this.c.log.warn(`live: ${String(e)}`)), milliseconds);
  }
  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    const followed = this.#followed;
    const documents = followed ? documentsOf(followed) : [];
    const document =
      documents.find((d) => d === vscode.window.activeTextEditor?.document) ?? documents.find((d) => isAt(d, followed)) ?? documents[0];
    if (!followed || !document || !this.isFollowing || !vscode.workspace.isTrusted) return;
    const asked = new Map(documents.map((d): [string, Pictured] => [pathOf(d.uri), { uri: d.uri, version: d.version, hints: [] }]));
    const start = performance.now();
    this.#asking = true;
    let answer: LiveAnswer;
    try {
      answer = await this.c.host.live({
        run: followed.run,
        file: pathOf(document.uri),
        languageId: document.languageId,
        text: document.getText(),
        line: lineOf(document),
        ...this.cells(documents),
      });
    } finally {
      this.#asking = false;
    }
    if (followed === this.#followed && !this.#off) this.#take(answer, followed.over, asked, performance.now() - start);
    if (this.#again) {
      this.#again = false;
      this.#soon(0);
    }
  }
  /** @param asked the documents of the question, by their paths */
  #take(answer: LiveAnswer, over: boolean, asked: ReadonlyMap<string, Pictured>, milliseconds: number): void {
    if (answer === null) {
      // No runner has stayed: the file is none that can be followed.
      if (!this.#picture && over) this.#end("unavailable");
      return;
    }
    if (answer.kind === "unavailable") {
      if (answer.why === "memory") this.#end("memory");
      else if (!this.#picture) this.#end("unavailable");
      return;
    }
    this.#slow = milliseconds > SLOW_MS || answer.kind === "slow" ? this.#slow + 1 : 0;
    if (this.#slow >= SLOW_TIMES) {
      this.#end("slow");
      return;
    }
    // While a line is being written the last picture stays.
    if (answer.kind === "unreadable" || answer.kind === "slow") return;
    const placeOf = (cell: string | undefined): Pictured | undefined => (cell === undefined ? [...asked.values()][0] : asked.get(cell));
    const before = this.#picture?.documents ?? new Map<string, Pictured>();
    const documents = [...asked].map(([path, x]): [string, Pictured] => {
      const found = answer.hints
        .filter((h) => placeOf(h.cell) === x)
        .map((h): Hint => ({ line: h.line - 1, column: h.column, name: h.name, types: h.types }));
      // An error ends the trace: what was seen after it before stays shown.
      const older = [...before.values()].find((b) => b.uri.toString() === x.uri.toString())?.hints ?? [];
      return [path, { ...x, hints: answer.kind === "failed" ? withOlder(found, older) : found }];
    });
    const notes = answer.notes.flatMap(({ line, why, cell }) => {
      const uri = placeOf(cell)?.uri;
      return uri ? [{ uri, line, why }] : [];
    });
    this.#picture = {
      function: answer.function,
      milliseconds,
      documents: new Map(documents),
      failure: answer.kind === "failed" ? answer : null,
      notes,
    };
    this.#changed.fire();
  }
  dispose(): void {
    clearTimeout(this.#timer);
    this.#ends.dispose();
  }
}
const withOlder = (found: readonly Hint[], older: readonly Hint[]): readonly Hint[] => {
  const known = new Set(found.map((h) => `${h.line}:${h.column}`));
  return [...found, ...older.filter((h) => !known.has(`${h.line}:${h.column}`))];
};
const isAt = (d: vscode.TextDocument, f: Followed | null): boolean => d.uri.toString() === f?.uri.toString();
const lineOf = (d: vscode.TextDocument): number => vscode.window.visibleTextEditors.find((e) => e.document === d)?.selection.active.line ?? 0;
