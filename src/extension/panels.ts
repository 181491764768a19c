// The two views (graph in the side bar, profile in the panel) and the custom editor for saved profiles.
import { posix } from "node:path";
import * as vscode from "vscode";
import { parseReportText } from "../engine/report/read.ts";
import type { InsightName } from "../engine/report/insights/gain.ts";
import type { Report } from "../engine/report/types.ts";
import type { Selection, ToView } from "../views/messages.ts";
import { compareWithPrevious } from "./compare.ts";
import type { Context, LiveShown } from "./context.ts";
import { exportReport } from "./export.ts";
import { GraphTab } from "./graphTab.ts";
import { Mailbox } from "./mailbox.ts";
import { copySnippet, findInsight } from "./insights/apply.ts";
import { pageOptions, showPage } from "./page.ts";
import { readMessage } from "./pageMessages.ts";
import { takePicture } from "./picture.ts";
import { fileIndex, pathIn } from "./places.ts";
import { readProfileText } from "./readProfile.ts";
import { reveal } from "./reveal.ts";
import { showAgain } from "./shell.ts";
import { plain } from "./shownText.ts";

class View implements vscode.WebviewViewProvider {
  #view: vscode.WebviewView | null = null;
  readonly #mail = new Mailbox((m) => {
    if (m.type === "report" && this.mode === "graph") this.c.session.spans.mark("report sent");
    void this.#view?.webview.postMessage(m);
  });
  /** The page was told of the report before it was ready. */
  #told = false;
  #face = "";
  /** What is shown as soon as the page is there. */
  #wanted: ToView | null = null;
  #live: LiveShown | null = null;
  /** What the person chose here goes to the other pages. */
  chosen: (selection: Selection | null) => void = () => {};
  constructor(
    private readonly c: Context,
    private readonly mode: "graph" | "profile",
  ) {
    (this.mode === "graph" ? c.session.onGraph : c.session.onReport)((report) => {
      this.#live = null;
      this.#show(report);
    });
    c.session.onLive((live) => this.#follow(live));
    if (mode === "profile") c.session.onTrials((trials) => this.#post({ type: "trials", trials }));
    c.session.onStatus((s) => this.#post({ type: "status", text: plain(s.text), busy: s.busy }));
  }
  /** A page is built anew only for what it would show otherwise: what a run learns after its first call must not take away a search or a zoom. */
  #show(report: Report): void {
    const face = JSON.stringify([
      report.id,
      report.timing !== undefined,
      ...(this.mode === "graph" ? [] : [report.compilations.length, report.warnings.length, report.values !== undefined]),
    ]);
    const isLive = this.c.session.repeat?.site.name === report.function.name;
    if (face !== this.#face) this.#post({ type: "report", report, live: isLive, acts: this.mode === "profile" });
    else {
      this.#post({ type: "status", text: "", busy: false });
      if (this.mode === "profile" && (report.insights ?? report.tried))
        this.#post({ type: "insights", report: report.id, insights: report.insights ?? [], tried: report.tried ?? [], untried: report.untried });
    }
    this.#face = face;
  }
  /** The graph follows the edited text; what was measured stays where it is shown, and is said to be of before. */
  #follow(live: LiveShown | null): void {
    this.#live = live;
    if (this.mode === "graph") {
      this.#face = "";
      if (live) this.#post({ type: "report", report: live.report, changed: live.changed });
      else if (this.c.session.report) this.#show(this.c.session.report);
    } else this.#post({ type: "edit", edit: live?.ledger ?? null });
    this.#post({ type: "status", text: plain(live?.said ?? ""), busy: false });
  }
  #post(m: ToView): void {
    if (this.#view) this.#mail.send(m);
  }
  /** The page is told what there is while it is looked at. */
  #look(): void {
    if (this.#view?.visible) this.#mail.open();
    else this.#mail.close();
  }
  /** The view's title says when a file of the report was edited since. */
  mark(d: vscode.TextDocument): void {
    const r = this.c.session.report;
    if (this.#view && r && fileIndex(r, d.uri) !== null) this.#view.description = this.c.session.isStale(d) ? vscode.l10n.t("edited since") : "";
  }
  cursor(uri: vscode.Uri, line: number): void {
    if (!this.#view?.visible) return;
    this.#post({ type: "cursor", file: pathIn(this.c.session.report, uri), line });
  }
  get isVisible(): boolean {
    return this.#view?.visible ?? false;
  }
  /** Shows the Insights, and among them one. */
  async showInsight(insight: InsightName | undefined): Promise<void> {
    const m: ToView = { type: "show", tab: "insights", ...(insight ? { insight } : {}) };
    if (!this.#view) this.#wanted = m;
    await vscode.commands.executeCommand("jitlens.profileView.focus", { preserveFocus: false });
    if (!this.#wanted) this.#post(m);
  }
  select(selection: Selection | null): void {
    this.#post({ type: "select", selection });
  }
  resolveWebviewView(view: vscode.WebviewView): void {
    const { c } = this;
    c.session.spans.mark(`${this.mode} page asked for`);
    this.#view = view;
    view.webview.options = pageOptions(c.extension.extensionUri);
    view.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") {
        c.session.spans.mark(`${this.mode} page ready`);
        // What was posted before is delivered when the page is there; a page that asks once more has not got it.
        if (this.#told) this.#told = false;
        else this.#tell();
        if (this.mode === "profile") this.#post({ type: "trials", trials: c.session.trials });
        if (this.#wanted) this.#post(this.#wanted);
        this.#wanted = null;
      } else if (m?.type === "reveal") void reveal(m, c.session.sources);
      else if (m?.type === "select") this.chosen(m.selection);
      else if (m?.type === "compare") void compareWithPrevious(c).then((diff) => this.#post({ type: "diff", diff }));
      else if (m?.type === "export" && c.session.report) void exportReport(c, c.session.report);
      else if (m?.type === "picture") void takePicture(m, c.session.report?.function.name ?? "");
      else if (m?.type === "pin") void vscode.commands.executeCommand("jitlens.pin", m.pins, m.keep);
      else if (m?.type === "graph") void vscode.commands.executeCommand("jitlens.graph.focus", { preserveFocus: true });
      else if (m?.type === "stopTrials") c.session.stopTrials();
      else if (m?.type === "apply") void vscode.commands.executeCommand("jitlens.applyInsight", m.insight, m.report);
      else if (m?.type === "snippet") void copySnippet(findInsight(c, m.insight, m.report));
      else if (m?.type === "painted") {
        const said = c.session.spans.painted(m.marks);
        if (said) c.log.info(said);
        c.session.graphFirst.release();
      }
    });
    let page: vscode.Disposable | null = null;
    const begin = (): void => {
      page = showPage(view.webview, c.extension.extensionUri, this.mode);
      this.#look();
      // The report need not wait for the page to say that it is ready.
      this.#told = c.session.report !== null;
      if (this.#told) this.#tell();
    };
    let unawaited = (): void => {};
    if (this.mode === "graph") begin();
    else unawaited = c.session.graphFirst.then(begin);
    const seen = view.onDidChangeVisibility(() => this.#look());
    view.onDidDispose(() => {
      unawaited();
      seen.dispose();
      page?.dispose();
      this.#mail.close();
      this.#view = null;
    });
  }
  /** All that there is to see, to a page that has nothing yet. */
  #tell(): void {
    const { c } = this;
    this.#face = "";
    if (c.session.report) this.#show(c.session.report);
    else void showAgain(c);
    if (this.#live) this.#follow(this.#live);
  }
}
/** A saved profile that is open. Its text is read anew when the file changes. */
class ProfileDocument implements vscode.CustomDocument {
  constructor(readonly uri: vscode.Uri) {}
  async report(): Promise<Report> {
    return parseReportText(await readProfileText(this.uri));
  }
  dispose(): void {}
}
class ProfileEditor implements vscode.CustomReadonlyEditorProvider<ProfileDocument> {
  constructor(private readonly c: Context) {}
  openCustomDocument(uri: vscode.Uri): ProfileDocument {
    return new ProfileDocument(uri);
  }
  resolveCustomEditor(document: ProfileDocument, panel: vscode.WebviewPanel): void {
    const { c } = this,
      post = (m: ToView): void => void panel.webview.postMessage(m);
    let shown: Report | null = null;
    const update = async (): Promise<void> => {
      try {
        shown = await document.report();
        post({ type: "report", report: shown });
      } catch (e) {
        post({ type: "status", text: plain((e as Error).message), busy: false });
      }
    };
    panel.webview.options = pageOptions(c.extension.extensionUri);
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") void update();
      // The files that a saved profile names are only its word: what lies outside the workspace is asked about.
      else if (m?.type === "reveal") void reveal(m, []);
      else if (m?.type === "export" && shown) void exportReport(c, shown);
      else if (m?.type === "picture") void takePicture(m, shown?.function.name ?? "");
    });
    const changes = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.joinPath(document.uri, ".."), posix.basename(document.uri.path)),
      ),
      again = (): void => void update();
    changes.onDidChange(again);
    changes.onDidCreate(again);
    const page = showPage(panel.webview, c.extension.extensionUri, "full");
    panel.onDidDispose(() => {
      changes.dispose();
      page.dispose();
    });
  }
}
export function registerPanels(c: Context): vscode.Disposable {
  const graph = new View(c, "graph"),
    profile = new View(c, "profile"),
    keep = { webviewOptions: { retainContextWhenHidden: true } };
  const tab = new GraphTab(c);
  const pages = [graph, profile, tab];
  c.session.isSeen = () => graph.isVisible || profile.isVisible;
  for (const page of pages)
    page.chosen = (selection) => {
      for (const other of pages) if (other !== page) other.select(selection);
    };
  return vscode.Disposable.from(
    tab.register(),
    vscode.commands.registerCommand("jitlens.showInsight", (insight?: InsightName) => profile.showInsight(insight)),
    vscode.window.registerWebviewViewProvider("jitlens.graph", graph, keep),
    vscode.window.registerWebviewViewProvider("jitlens.profileView", profile, keep),
    vscode.window.registerCustomEditorProvider("jitlens.profileEditor", new ProfileEditor(c), { webviewOptions: { retainContextWhenHidden: true } }),
    vscode.workspace.onDidChangeTextDocument((e) => {
      for (const view of [graph, profile]) view.mark(e.document);
    }),
    c.session.onReport((r) => {
      const d = vscode.workspace.textDocuments.find((x) => fileIndex(r, x.uri) === r.frames[r.function.at]?.file);
      if (d) for (const view of [graph, profile]) view.mark(d);
    }),
    vscode.window.onDidChangeTextEditorSelection((e) => {
      for (const page of [graph, tab]) page.cursor(e.textEditor.document.uri, e.selections[0]!.active.line + 1);
    }),
  );
}
