// The CodeLenses "jit & profile" and "trace" above every jit function. The last good answer stands while the host is away.
import * as vscode from "vscode";
import type { Site } from "../host/protocol.ts";
import { LANGUAGES, languageOf } from "../host/languages.ts";
import { type Context, SCHEMES } from "./context.ts";
import { allStanding } from "./insights/standing.ts";
import { lensText } from "./insights/words.ts";
import { fileIndex, pathOf } from "./places.ts";
import { lens } from "./shown.ts";

export class Lenses implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #known = new Map<string, readonly Site[]>();
  /** Told of each file that shows lenses: a click may come. */
  seen: (d: vscode.TextDocument) => void = () => {};
  constructor(private readonly c: Context) {}
  async sites(d: vscode.TextDocument): Promise<readonly Site[]> {
    const text = d.getText();
    // No other file's text leaves the editor, and none starts the host.
    if (!languageOf(d.languageId)?.mayHaveSites(text)) return [];
    try {
      const sites = await this.c.host.sites(d.languageId, text, pathOf(d.uri));
      this.#known.set(d.uri.toString(), sites);
      return sites;
    } catch (e) {
      this.c.log.warn(`jit functions could not be looked for: ${String(e)}`);
      return this.#known.get(d.uri.toString()) ?? [];
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
          tooltip: vscode.l10n.t("Run this file, trace {0}, compile it and measure its kernels", s.name),
          command: "jitlens.profile",
          arguments: [d.uri, s],
        }),
        lens(range, {
          title: vscode.l10n.t("trace") + name,
          tooltip: vscode.l10n.t("Trace {0} without measuring", s.name),
          command: "jitlens.trace",
          arguments: [d.uri, s],
        }),
        ...this.#insights(d, s, range, name),
      ];
    });
  }
  /** "3 insights, −41 %" above the function that was profiled. */
  #insights(d: vscode.TextDocument, s: Site, range: vscode.Range, name: string): vscode.CodeLens[] {
    const { report } = this.c.session;
    const at = report?.frames[report.function.at];
    if (!report || !at || report.function.name !== s.name || fileIndex(report, d.uri) !== at.file) return [];
    const line = this.c.session.lineNow(d)(at.line);
    const insights = line !== null && line > s.line && line <= s.endLine + 1 ? allStanding(this.c) : [];
    if (!insights.length) return [];
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
  refresh(): void {
    this.#changed.fire();
  }
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#changed,
      this.c.session.onReport(() => this.refresh()),
      vscode.languages.registerCodeLensProvider(
        LANGUAGES.flatMap(({ id }) => SCHEMES.map((scheme) => ({ language: id, scheme }))),
        this,
      ),
    );
  }
}
