// The CodeLenses "jit & profile" and "trace" above every jit function. The last good answer stands while the host is away.
import * as vscode from "vscode";
import { showTime } from "../engine/report/exporters/text.ts";
import type { Report } from "../engine/report/types.ts";
import type { Site } from "../host/protocol.ts";
import { cellsToRun, ownerOf } from "./cells.ts";
import { type Context, RUNS, isJitDocument } from "./context.ts";
import { allStanding } from "./insights/standing.ts";
import { lensText } from "./insights/words.ts";
import { fileIndex } from "./places.ts";
import { lens } from "./shown.ts";
import { type PlacedSite, sitesAround } from "./sites.ts";

const CELLS_PAUSE_MS = 300;
export class Lenses implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #known = new Map<string, readonly PlacedSite[]>();
  /** Told of each file that shows lenses: a click may come. */
  seen: (d: vscode.TextDocument) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  constructor(private readonly c: Context) {}
  async sites(d: vscode.TextDocument): Promise<readonly Site[]> {
    return (await this.sitesAround(d)).filter((s) => s.uri.toString() === d.uri.toString()).map((s) => s.site);
  }
  /** Those of a document; of a cell those of its notebook. */
  async sitesAround(d: vscode.TextDocument): Promise<readonly PlacedSite[]> {
    // No other file's text leaves the editor, and none starts the host.
    if (!isJitDocument(d)) return [];
    const file = ownerOf(d.uri).toString();
    try {
      const sites = await sitesAround(this.c.host, d);
      this.#known.set(file, sites);
      return sites;
    } catch (e) {
      this.c.log.warn(`jit functions could not be looked for: ${String(e)}`);
      return this.#known.get(file) ?? [];
    }
  }
  async provideCodeLenses(d: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!vscode.workspace.getConfiguration("jitlens", d).get("codeLens", true)) return [];
    const sites = await this.sites(d);
    if (sites.length) this.seen(d);
    const perLine = new Map<number, number>();
    for (const s of sites) perLine.set(s.line, (perLine.get(s.line) ?? 0) + 1);
    return sites.flatMap((s) => {
      const range = new vscode.Range(s.line, s.column, s.line, s.column),
        // Several on one line are told apart by their names.
        name = perLine.get(s.line)! > 1 ? ` ${s.name}` : "";
      return [
        lens(range, {
          icon: "zap",
          title: vscode.l10n.t("jit & profile") + name,
          tooltip: s.cell
            ? vscode.l10n.t("Run the cells above and this one in a Python of their own, trace {0}, compile it and measure its kernels", s.name)
            : vscode.l10n.t("Run this file, trace {0}, compile it and measure its kernels", s.name),
          command: "jitlens.profile",
          arguments: [d.uri, s],
        }),
        lens(range, {
          title: vscode.l10n.t("trace") + name,
          tooltip: vscode.l10n.t("Trace {0} without measuring", s.name),
          command: "jitlens.trace",
          arguments: [d.uri, s],
        }),
        ...this.#result(d, s, range),
        ...this.#insights(d, s, range, name),
      ];
    });
  }
  /** The report that is shown, where it is of this function as it stands. */
  #shown(d: vscode.TextDocument, s: Site): Report | null {
    const { report } = this.c.session;
    const at = report?.frames[report.function.at];
    if (!report || !at || report.function.name !== s.name || fileIndex(report, d.uri) !== at.file) return null;
    const line = this.c.session.lineNow(d)(at.line);
    return line !== null && line > s.line && line <= s.endLine + 1 ? report : null;
  }
  /** "1.23 ms · 4 kernels" above a cell's function: the panel may be far from its notebook. */
  #result(d: vscode.TextDocument, s: Site, range: vscode.Range): vscode.CodeLens[] {
    const report = s.cell ? this.#shown(d, s) : null;
    if (!report) return [];
    const kernels = report.programs[0]?.kernels?.length ?? 0;
    const result = report.timing ? showTime(report.timing.total.median) : vscode.l10n.t("traced");
    const parts = [result, kernels === 1 ? vscode.l10n.t("1 kernel") : vscode.l10n.t("{0} kernels", kernels)];
    if (this.c.session.isStale(d)) parts.push(vscode.l10n.t("edited since"));
    return [
      lens(range, {
        icon: "graph-line",
        title: parts.join(" · "),
        tooltip: vscode.l10n.t("What the last profile of {0} has measured. Click for its panels", s.name),
        command: "jitlens.profileView.focus",
        arguments: [],
      }),
    ];
  }
  /** "3 insights, −41 %" above the function that was profiled. */
  #insights(d: vscode.TextDocument, s: Site, range: vscode.Range, name: string): vscode.CodeLens[] {
    const report = this.#shown(d, s);
    const insights = report ? allStanding(this.c) : [];
    if (!report || !insights.length) return [];
    return [
      lens(range, {
        icon: "lightbulb",
        title: lensText(insights, report.timing?.total.median) + name,
        tooltip: vscode.l10n.t("What would make {0} faster or smaller. The gain is the largest one alone: gains do not add up", s.name),
        command: "jitlens.showInsight",
        arguments: [],
      }),
    ];
  }
  /** Asks for the lenses again where a notebook's functions are others than before. */
  #soon(n: vscode.NotebookDocument): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const [cell] = cellsToRun(n);
      if (!cell) return;
      const said = (list: readonly PlacedSite[] | undefined): string => JSON.stringify(list?.map((s) => [s.uri.toString(), s.site.name]));
      const before = said(this.#known.get(n.uri.toString()));
      if (said(await this.sitesAround(cell.cell.document)) !== before) this.refresh();
    }, CELLS_PAUSE_MS);
  }
  refresh(): void {
    this.#changed.fire();
  }
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#changed,
      this.c.session.onReport(() => this.refresh()),
      vscode.languages.registerCodeLensProvider(RUNS, this),
      // What one cell imports, the lenses of others hang on.
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => this.#soon(notebook)),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.#soon(notebook)),
      { dispose: () => clearTimeout(this.#timer) },
    );
  }
}
