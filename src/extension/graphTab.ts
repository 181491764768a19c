// The graph as a tab beside the code: the same page as in the side bar, with more room. It shows what the panels show, and comes back after a reload of the window.
import * as vscode from "vscode";
import { parseReportText } from "../engine/report/read.ts";
import type { Report } from "../engine/report/types.ts";
import { writeReport } from "../engine/report/write.ts";
import type { Selection, ToView } from "../views/messages.ts";
import type { Context } from "./context.ts";
import { pageOptions, readMessage, showPage } from "./page.ts";
import { takePicture } from "./picture.ts";
import { reportPath } from "./places.ts";
import { reveal } from "./reveal.ts";
import { plain } from "./shownText.ts";

const VIEW_TYPE = "jitlens.graphTab";
export class GraphTab implements vscode.WebviewPanelSerializer {
  #panel: vscode.WebviewPanel | null = null;
  /** What a tab shows that came back with the window, as long as nothing else is shown. */
  #restored: Report | null = null;
  #ready = false;
  /** What the person chose here goes to the other pages. */
  chosen: (selection: Selection | null) => void = () => {};
  constructor(private readonly c: Context) {}
  register(): vscode.Disposable {
    const { c } = this;
    return vscode.Disposable.from(
      vscode.commands.registerCommand("jitlens.openGraph", () => this.open()),
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      c.session.onReport((r) => {
        this.#restored = null;
        this.#show(r);
        void this.#keep();
      }),
      c.session.onLive((live) => {
        if (live) this.#post({ type: "report", report: live.report, changed: live.changed });
        else if (this.#report) this.#show(this.#report);
      }),
      c.session.onStatus((s) => this.#post({ type: "status", text: plain(s.text), busy: s.busy })),
    );
  }
  open(): void {
    if (this.#panel) return this.#panel.reveal();
    this.#attach(vscode.window.createWebviewPanel(VIEW_TYPE, "", { viewColumn: vscode.ViewColumn.Beside }));
    void this.#keep();
  }
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#attach(panel);
    if (this.c.session.report) return;
    try {
      this.#restored = parseReportText(new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file())));
      if (!this.c.session.report) this.#show(this.#restored);
    } catch (e) {
      this.c.log.debug(`the graph's tab has nothing to show again: ${String(e)}`);
    }
  }
  select(selection: Selection | null): void {
    this.#post({ type: "select", selection });
  }
  cursor(uri: vscode.Uri, line: number): void {
    if (this.#panel?.visible) this.#post({ type: "cursor", file: reportPath(uri), line });
  }
  get #report(): Report | null {
    return this.c.session.report ?? this.#restored;
  }
  #attach(panel: vscode.WebviewPanel): void {
    const { c } = this;
    this.#panel = panel;
    this.#ready = false;
    panel.iconPath = vscode.Uri.joinPath(c.extension.extensionUri, "media", "icon.svg");
    panel.webview.options = pageOptions(c.extension.extensionUri);
    panel.title = vscode.l10n.t("Graph");
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") {
        this.#ready = true;
        if (this.#report) this.#show(this.#report);
      } else if (m?.type === "reveal") void reveal(m, c.session.report ? c.session.sources : []);
      else if (m?.type === "select") this.chosen(m.selection);
      else if (m?.type === "picture") void takePicture(m, this.#report?.function.name ?? "");
      else if (m?.type === "painted") c.log.debug(`the graph's tab painted in ${m.milliseconds.toFixed(1)} ms`);
    });
    const page = showPage(panel.webview, c.extension.extensionUri, "graph");
    panel.onDidDispose(() => {
      page.dispose();
      if (this.#panel === panel) this.#panel = null;
    });
  }
  #show(report: Report): void {
    if (!this.#panel) return;
    this.#panel.title = vscode.l10n.t("Graph: {0}", plain(report.function.name));
    if (this.#ready) this.#post({ type: "report", report });
  }
  #post(m: ToView): void {
    void this.#panel?.webview.postMessage(m);
  }
  #file(): vscode.Uri {
    return vscode.Uri.joinPath(this.c.extension.storageUri ?? this.c.extension.globalStorageUri, "graphTab.jitprofile");
  }
  /** Kept for the next window, while there is a tab. */
  async #keep(): Promise<void> {
    const report = this.#report;
    if (!this.#panel || !report) return;
    try {
      await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(this.#file(), ".."));
      await vscode.workspace.fs.writeFile(this.#file(), new TextEncoder().encode(writeReport(report)));
    } catch (e) {
      this.c.log.warn(`the graph's tab could not be kept: ${String(e)}`);
    }
  }
}
