// Live editing: after a run its file is followed. At each pause in typing the text goes to the runner that has stayed; what comes back are the shapes of
// variables, an error with its place, or the picture that the compiler makes of it.
import * as vscode from "vscode";
import { parseReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import type { LiveAnswer } from "../../host/protocol.ts";
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
  readonly uri: vscode.Uri;
  readonly function: string;
  /** Milliseconds from the pause in typing to the answer. */
  readonly milliseconds: number;
  readonly hints: readonly Hint[];
  readonly failure: Failure | null;
  readonly notes: readonly { readonly line: number; readonly why: "statement" | "import" | "shadowed" }[];
  /** The text it was made of. */
  readonly version: number;
}
type Followed = Ran;
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
    if (document.uri.toString() !== this.#followed!.uri.toString()) {
      this.#otherEdited(document);
      return;
    }
    if (this.#picture) this.#picture = { ...this.#picture, hints: movedHints(this.#picture.hints, contentChanges) };
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
    const document = followed && vscode.workspace.textDocuments.find((d) => d.uri.toString() === followed.uri.toString());
    if (!followed || !document || !this.isFollowing || !vscode.workspace.isTrusted) return;
    const { version } = document;
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
      });
    } finally {
      this.#asking = false;
    }
    if (followed === this.#followed && !this.#off) this.#take(answer, followed, version, performance.now() - start);
    if (this.#again) {
      this.#again = false;
      this.#soon(0);
    }
  }
  #take(answer: LiveAnswer, { uri, over }: Followed, version: number, milliseconds: number): void {
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
    const found = answer.hints.map((h): Hint => ({ line: h.line - 1, column: h.column, name: h.name, types: h.types }));
    // An error ends the trace: what was seen after it before stays shown.
    const hints = answer.kind === "failed" ? withOlder(found, this.#picture?.hints ?? []) : found;
    const failure = answer.kind === "failed" ? answer : null;
    this.#picture = { uri, function: answer.function, milliseconds, hints, failure, notes: answer.notes, version };
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
const lineOf = (d: vscode.TextDocument): number => vscode.window.visibleTextEditors.find((e) => e.document === d)?.selection.active.line ?? 0;
