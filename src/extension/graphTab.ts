// The graph as a tab beside the code: the same page as in the side bar, with more room. It shows what the panels show, follows edits as the side bar does, and
// comes back after a reload of the window with what was shown last (history).
import * as vscode from "vscode";
import type { Selection, ToView } from "../views/messages.ts";
import type { Context, LiveShown } from "./context.ts";
import { pageOptions, showPage } from "./page.ts";
import { readMessage } from "./pageMessages.ts";
import { takePicture } from "./picture.ts";
import { pathIn } from "./places.ts";
import { reveal } from "./reveal.ts";
import { showAgain } from "./shell.ts";
import { plain } from "./shownText.ts";

const VIEW_TYPE = "jitlens.graphTab";
export class GraphTab implements vscode.WebviewPanelSerializer {
  #panel: vscode.WebviewPanel | null = null;
  #live: LiveShown | null = null;
  /** What the person chose here goes to the other pages. */
  chosen: (selection: Selection | null) => void = () => {};
  constructor(private readonly c: Context) {}
  register(): vscode.Disposable {
    const { c } = this;
    return vscode.Disposable.from(
      vscode.commands.registerCommand("jitlens.openGraph", () => this.open()),
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      c.session.onReport(() => {
        this.#live = null;
        this.#show();
      }),
      c.session.onLive((live) => {
        this.#live = live;
        this.#show();
      }),
      c.session.onStatus((s) => this.#post({ type: "status", text: plain(s.text), busy: s.busy })),
    );
  }
  open(): void {
    if (this.#panel) return this.#panel.reveal();
    this.#attach(vscode.window.createWebviewPanel(VIEW_TYPE, "", { viewColumn: vscode.ViewColumn.Beside }));
  }
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#attach(panel);
    return Promise.resolve();
  }
  select(selection: Selection | null): void {
    this.#post({ type: "select", selection });
  }
  cursor(uri: vscode.Uri, line: number): void {
    if (this.#panel?.visible) this.#post({ type: "cursor", file: pathIn(this.c.session.report, uri), line });
  }
  #attach(panel: vscode.WebviewPanel): void {
    const { c } = this;
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(c.extension.extensionUri, "media", "icon.svg");
    panel.webview.options = pageOptions(c.extension.extensionUri);
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") {
        this.#show();
        if (!c.session.report) void showAgain(c);
      } else if (m?.type === "reveal") void reveal(m, c.session.sources);
      else if (m?.type === "select") this.chosen(m.selection);
      else if (m?.type === "picture") void takePicture(m, c.session.report?.function.name ?? "");
    });
    const page = showPage(panel.webview, c.extension.extensionUri, "graph");
    panel.onDidDispose(() => {
      page.dispose();
      if (this.#panel === panel) this.#panel = null;
    });
    this.#title();
  }
  #title(): void {
    const report = this.#live?.report ?? this.c.session.report;
    if (this.#panel) this.#panel.title = report ? vscode.l10n.t("Graph: {0}", plain(report.function.name)) : vscode.l10n.t("Graph");
  }
  #show(): void {
    this.#title();
    const { report } = this.c.session;
    if (this.#live) this.#post({ type: "report", report: this.#live.report, changed: this.#live.changed });
    else if (report) this.#post({ type: "report", report });
    if (this.#live) this.#post({ type: "status", text: plain(this.#live.said), busy: false });
  }
  #post(m: ToView): void {
    void this.#panel?.webview.postMessage(m);
  }
}
