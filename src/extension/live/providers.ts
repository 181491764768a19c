// What the editor shows of a file that is followed: shapes behind the names of variables and in hovers, errors on their expressions, and changes that mend
// them.
import * as vscode from "vscode";
import { showTime } from "../../engine/report/exporters/text.ts";
import type { LiveFix } from "../../host/protocol.ts";
import { type Context, RUNS } from "../context.ts";
import { statsText } from "../../engine/report/drawing/valueStats.ts";
import { valueWords } from "../hovers.ts";
import { argumentStats, variableStats } from "../lineFacts.ts";
import { fileIndex, pathOf } from "../places.ts";
import { diagnostic, hoverList, inlayHint, quickFix } from "../shown.ts";
import type { Hint } from "./hintPlaces.ts";
import { type LiveEditing, type Picture, hintsOf } from "./editing.ts";

/** What can be followed. */
export const SELECTOR = RUNS.filter((f) => f.scheme === "file");
const shapeHints = (): boolean => vscode.workspace.getConfiguration("jitlens").get("shapeHints", true);

class Shapes implements vscode.InlayHintsProvider, vscode.HoverProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.#changed.event;
  readonly #ends: vscode.Disposable;
  constructor(
    private readonly c: Context,
    private readonly live: LiveEditing,
  ) {
    this.#ends = vscode.Disposable.from(
      this.#changed,
      live.onChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration("jitlens.shapeHints")) this.#changed.fire();
      }),
    );
  }
  provideInlayHints(d: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    const { picture } = this.live;
    if (!picture || !shapeHints()) return [];
    return hintsOf(picture, d).flatMap((h) => {
      const at = new vscode.Position(h.line, h.column + h.name.length);
      return range.contains(at) ? [inlayHint(at, shortText(h.types), h.types.map(typeText).join(" | "))] : [];
    });
  }
  provideHover(d: vscode.TextDocument, at: vscode.Position): vscode.Hover | null {
    const { picture } = this.live;
    if (!picture) return null;
    const hint = hintsOf(picture, d).find((h) => h.line === at.line && at.character >= h.column && at.character <= h.column + h.name.length);
    if (!hint) return null;
    const range = new vscode.Range(hint.line, hint.column, hint.line, hint.column + hint.name.length);
    return hoverList(range, `${hint.name}: ${hint.types.map(typeText).join(" | ")}`, [
      ...hint.types.slice(0, 1).flatMap(typeWords),
      ...this.#values(d, hint),
      ...this.#kernels(d, hint),
    ]);
  }
  /** What its elements were in the last run, where its line is as it was then. */
  #values(d: vscode.TextDocument, { line, name, types }: Hint): string[] {
    const { report } = this.c.session;
    const file = report && fileIndex(report, d.uri);
    if (!report?.values || file === null) return [];
    const now = this.c.session.lineNow(d);
    const { declared } = report.function;
    const lines = report.programs[0]?.levels[0]?.regions.flatMap((r) =>
      r.nodes.flatMap((n) => (n.stack === undefined ? [] : [report.frames[report.stacks[n.stack]?.[0] ?? -1]?.line ?? 0])),
    );
    const then = [...new Set(lines)].find((l) => now(l) === line + 1);
    const isParameter = declared !== undefined && now(declared.line) === line + 1;
    const stats = (then === undefined ? null : variableStats(report, file, then, types)) ?? (isParameter ? argumentStats(report, name) : null);
    return stats ? [vscode.l10n.t("in the last run: {0}", statsText(stats, valueWords()))] : [];
  }
  /** The kernels that compute what stands on the line, with their times, where the last run measured them. */
  #kernels(d: vscode.TextDocument, { line }: Hint): string[] {
    const { report } = this.c.session;
    const file = report && fileIndex(report, d.uri);
    if (!report || file === null) return [];
    const now = this.c.session.lineNow(d);
    const found = (report.programs[0]?.kernels ?? [])
      .flatMap((k) => k.lines.filter((l) => l.file === file && now(l.line) === line + 1).map((l) => ({ k, share: l.share })))
      .sort((a, b) => b.share - a.share);
    const [first] = found;
    if (!first) return [];
    const { k } = first;
    return [
      k.time
        ? vscode.l10n.t("computed in the kernel {0}: {1} a call", k.label, showTime(k.time.median))
        : vscode.l10n.t("computed in the kernel {0}", k.label),
    ];
  }
  dispose(): void {
    this.#ends.dispose();
  }
}
/** One type stands in the line; that there are others is said by a mark, and which by the tooltip. */
const shortText = (types: readonly string[]): string => `${briefly(typeText(types[0]!))}${types.length > 1 ? " …" : ""}`;
/** VS Code shows some forty characters of hints in a line: a long bundle leaves none for the others, so its arrays are counted. */
const MOST_CHARACTERS = 24;
function briefly(type: string): string {
  const arrays = type.match(/\b[a-z]+\d*\[/g)?.length ?? 0;
  return type.length > MOST_CHARACTERS && arrays > 1 ? vscode.l10n.t("{0} arrays", arrays) : type;
}
function typeText(type: string): string {
  const m = /^(\d+) arrays$/.exec(type);
  return m ? vscode.l10n.t("{0} arrays", m[1]!) : type;
}
const DTYPES: Readonly<Record<string, string>> = { f: "float", i: "int", u: "uint", c: "complex", bf: "bfloat" };
/** `f32[128,64]` in words. */
function typeWords(type: string): string[] {
  const m = /^(bf|[fiuc])(\d+)\[([\d,]*)\]$/.exec(type);
  if (!m) return [];
  const dtype = `${DTYPES[m[1]!]!}${m[2]!}`;
  const sizes = m[3] ? m[3].split(",").map(Number) : [];
  const count = sizes.reduce((a, b) => a * b, 1);
  const bytes = (count * Number(m[2])) / 8;
  const size = bytes < 1024 ? `${bytes} B` : bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return [
    sizes.length ? vscode.l10n.t("{0}, {1} = {2} elements, {3}", dtype, sizes.join(" × "), count, size) : vscode.l10n.t("{0}, one element", dtype),
  ];
}
const WHY = {
  statement: () => vscode.l10n.t("The shapes shown are from before this line was edited: run the function again."),
  import: () => vscode.l10n.t("This import is new since the run: run the function again."),
  shadowed: () => vscode.l10n.t("Edits of this cannot be followed: a name in it means two things. Run the function again."),
};
/** Errors of the text as it is now, gone as soon as they are. */
function showErrors(live: LiveEditing): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection("jitlens.live");
  const update = (): void => {
    collection.clear();
    const { picture } = live;
    if (!picture) return;
    const error = errorOf(picture);
    for (const { uri } of picture.documents.values()) {
      const notes = picture.notes
        .filter((n) => n.uri.toString() === uri.toString())
        .map((n) => diagnostic(new vscode.Range(n.line - 1, 0, n.line - 1, 1000), WHY[n.why](), vscode.DiagnosticSeverity.Information));
      const here = error?.uri.toString() === uri.toString() ? [error.diagnostic, ...notes] : notes;
      if (here.length) collection.set(uri, here);
    }
  };
  return vscode.Disposable.from(collection, live.onChange(update));
}
/** The error of a picture and the document that it is in; null where there is none, or it is in another file. */
function errorOf({ failure, documents }: Picture): { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic } | null {
  if (!failure) return null;
  const { error, range: r } = failure;
  const [first] = documents.values();
  const at = error.file === null ? first : documents.get(error.file);
  if (!at || error.line === null) return null;
  const line = error.line - 1;
  const range = r
    ? new vscode.Range(r.line, r.column, r.endLine, r.endColumn)
    : new vscode.Range(line, Math.max(0, (error.column ?? 1) - 1), line, 1000);
  return { uri: at.uri, diagnostic: diagnostic(range, `${error.message}\n${error.action}`, vscode.DiagnosticSeverity.Error) };
}
const TITLES: Readonly<Record<LiveFix["kind"], (f: LiveFix) => string>> = {
  transpose: (f) => vscode.l10n.t("Transpose: {0} instead of {1}", f.after, f.before),
  reshape: (f) => vscode.l10n.t("Reshape: {0} instead of {1}", f.after, f.before),
  axis: (f) => vscode.l10n.t("Use axis {0}, the last one", f.after),
  option: (f) => vscode.l10n.t("Use the option {0}", f.after),
  where: (f) => vscode.l10n.t("Choose with {0}", f.after),
  cond: (f) => vscode.l10n.t("Branch with {0}", f.after),
  maximum: (f) => vscode.l10n.t("Use {0}", f.after),
  use: (f) => vscode.l10n.t("Use {0}", f.after),
  static: (f) => vscode.l10n.t("Make {0} part of the program: {1}", f.before, f.after),
};
class Fixes implements vscode.CodeActionProvider {
  #known: { readonly key: string; readonly fixes: Promise<readonly LiveFix[]> } | null = null;
  constructor(
    private readonly c: Context,
    private readonly live: LiveEditing,
  ) {}
  async provideCodeActions(d: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): Promise<vscode.CodeAction[]> {
    const { picture, run } = this.live;
    const failure = picture?.failure;
    if (!picture || !failure || run === null || picture.documents.get(pathOf(d.uri))?.version !== d.version) return [];
    const found = errorOf(picture);
    const error = found?.uri.toString() === d.uri.toString() ? found.diagnostic : undefined;
    if (!error?.range.intersection(range)) return [];
    const shown = context.diagnostics.find((x) => x.source === error.source && x.range.isEqual(error.range)) ?? error;
    const fixes = await this.#of(d, run, failure);
    return fixes.map((f) => {
      const edit = new vscode.WorkspaceEdit();
      for (const e of f.edits) edit.replace(d.uri, new vscode.Range(e.range.line, e.range.column, e.range.endLine, e.range.endColumn), e.text);
      return quickFix(TITLES[f.kind](f), edit, shown, fixes.length === 1);
    });
  }
  /** Asked for often, at one place and one text: tried once. */
  #of(
    d: vscode.TextDocument,
    run: string,
    { name, error, range }: NonNullable<NonNullable<LiveEditing["picture"]>["failure"]>,
  ): Promise<readonly LiveFix[]> {
    const key = `${run} ${d.uri.toString()} ${d.version}`;
    if (this.#known?.key !== key)
      this.#known = {
        key,
        fixes: this.c.host.liveFixes({
          run,
          file: pathOf(d.uri),
          languageId: d.languageId,
          text: d.getText(),
          line: range?.line ?? (error.line ?? 1) - 1,
          name,
          message: error.message,
          at: { line: (error.line ?? 1) - 1, column: (error.column ?? 1) - 1 },
          range,
          ...this.live.cells(),
        }),
      };
    return this.#known.fixes;
  }
}
export function registerProviders(c: Context, live: LiveEditing): vscode.Disposable {
  const shapes = new Shapes(c, live);
  return vscode.Disposable.from(
    shapes,
    showErrors(live),
    vscode.languages.registerInlayHintsProvider(SELECTOR, shapes),
    vscode.languages.registerHoverProvider(SELECTOR, shapes),
    vscode.languages.registerCodeActionsProvider(SELECTOR, new Fixes(c, live), { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
  );
}
