// Hovers in the reported function: what a line costs, the shapes and types it computes, its kernels. Read from the Report that is shown; a line that was edited
// since says nothing.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import type { ValueWords } from "../engine/report/drawing/valueStats.ts";
import { type Context, RUNS } from "./context.ts";
import { type LineFacts, type Words, factLines, factsByLine } from "./lineFacts.ts";
import { fileIndex } from "./places.ts";
import { hoverList } from "./shown.ts";

const PARTS: Readonly<Record<string, () => string>> = {
  kernels: () => vscode.l10n.t("kernels"),
  copies: () => vscode.l10n.t("copies"),
  call: () => vscode.l10n.t("the call itself"),
  transfers: () => vscode.l10n.t("transfers"),
};
export const valueWords = (): ValueWords => ({
  all: (value) => vscode.l10n.t("all {0}", value),
  range: (min, max, mean) => vscode.l10n.t("{0} to {1}, mean {2}", min, max, mean),
  nan: (count) => vscode.l10n.t("{0} NaN", count),
  inf: (count) => vscode.l10n.t("{0} infinite", count),
});
const words = (): Words => ({
  ofCall: (share, time, name) => vscode.l10n.t("{0} of a call of {1}: {2}", share, name, time),
  predicted: (share, name) => vscode.l10n.t("{0} of a call of {1}, predicted", share, name),
  backward: (count) =>
    count === 1 ? vscode.l10n.t("and 1 operation of the backward pass") : vscode.l10n.t("and {0} operations of the backward pass", count),
  more: (count) => vscode.l10n.t("and {0} more", count),
  part: (part, time) => `${PARTS[part]?.() ?? part} ${time}`,
  values: valueWords(),
});
class LineHovers implements vscode.HoverProvider {
  #report: Report | null = null;
  readonly #facts = new Map<number, ReadonlyMap<number, LineFacts>>();
  constructor(private readonly c: Context) {}
  provideHover(d: vscode.TextDocument, at: vscode.Position): vscode.Hover | null {
    const { report } = this.c.session;
    if (!report || !vscode.workspace.getConfiguration("jitlens").get("hovers", true)) return null;
    const file = fileIndex(report, d.uri);
    if (file === null) return null;
    const now = this.c.session.lineNow(d);
    for (const [line, facts] of this.#of(report, file)) {
      if (now(line) !== at.line + 1) continue;
      const text = factLines(facts, report.function.name, words());
      return text.length ? hoverList(d.lineAt(at.line).range, "JitLens", text) : null;
    }
    return null;
  }
  #of(r: Report, file: number): ReadonlyMap<number, LineFacts> {
    if (this.#report !== r) this.#facts.clear();
    this.#report = r;
    let facts = this.#facts.get(file);
    if (!facts) this.#facts.set(file, (facts = factsByLine(r, file)));
    return facts;
  }
}
export const registerHovers = (c: Context): vscode.Disposable => vscode.languages.registerHoverProvider(RUNS, new LineHovers(c));
