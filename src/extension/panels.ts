// The two views (graph in the side bar, profile in the panel) and the custom editor for saved profiles.
import * as vscode from "vscode";
import { parseReportText } from "../engine/report/schema.ts";
import type { ToView } from "../views/messages.ts";
import type { Context } from "./context.ts";
import { exportReport } from "./export.ts";
import { pageOptions, readMessage, showPage } from "./page.ts";
import { revealLine } from "./run.ts";

class View implements vscode.WebviewViewProvider {
  #view: vscode.WebviewView | null = null;
  constructor(
    private readonly c: Context,
    private readonly mode: "graph" | "profile",
  ) {
    c.session.onReport((report) => this.#post({ type: "report", report }));
    c.session.onStatus((s) => this.#post({ type: "status", ...s }));
  }
  #post(m: ToView): void {
    void this.#view?.webview.postMessage(m);
  }
  cursor(file: string, line: number): void {
    this.#post({ type: "cursor", file, line });
  }
  resolveWebviewView(view: vscode.WebviewView): void {
    const { c } = this;
    this.#view = view;
    view.webview.options = pageOptions(c.extension.extensionUri);
    view.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") {
        if (c.session.report) this.#post({ type: "report", report: c.session.report });
      } else if (m?.type === "reveal") void revealLine(m.file, m.line, m.column);
      else if (m?.type === "export" && c.session.report) void exportReport(c, c.session.report);
      else if (m?.type === "painted") c.log.debug(`${this.mode} painted in ${m.milliseconds.toFixed(1)} ms`);
    });
    const page = showPage(view.webview, c.extension.extensionUri, this.mode);
    view.onDidDispose(() => {
      page.dispose();
      this.#view = null;
    });
  }
}
class ProfileEditor implements vscode.CustomTextEditorProvider {
  constructor(private readonly c: Context) {}
  resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): void {
    const { c } = this,
      post = (m: ToView): void => void panel.webview.postMessage(m);
    const update = (): void => {
      try {
        const report = parseReportText(document.getText());
        post({ type: "report", report });
      } catch (e) {
        post({ type: "status", text: (e as Error).message, busy: false });
      }
    };
    panel.webview.options = pageOptions(c.extension.extensionUri);
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const m = readMessage(raw);
      if (m?.type === "ready") update();
      else if (m?.type === "reveal")
        void revealLine(m.file, m.line, m.column).then(undefined, () =>
          vscode.window.showWarningMessage(`${m.file} is not on this machine: the profile was made elsewhere.`),
        );
      else if (m?.type === "export") {
        try {
          void exportReport(c, parseReportText(document.getText()));
        } catch (e) {
          void vscode.window.showErrorMessage((e as Error).message);
        }
      }
    });
    const watch = vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.document === document) update();
    });
    const page = showPage(panel.webview, c.extension.extensionUri, "full");
    panel.onDidDispose(() => {
      watch.dispose();
      page.dispose();
    });
  }
}
export function registerPanels(c: Context): vscode.Disposable {
  const graph = new View(c, "graph"),
    profile = new View(c, "profile"),
    keep = { webviewOptions: { retainContextWhenHidden: true } };
  return vscode.Disposable.from(
    vscode.window.registerWebviewViewProvider("jitlens.graph", graph, keep),
    vscode.window.registerWebviewViewProvider("jitlens.profileView", profile, keep),
    vscode.window.registerCustomEditorProvider("jitlens.profileEditor", new ProfileEditor(c), { webviewOptions: { retainContextWhenHidden: true } }),
    vscode.window.onDidChangeTextEditorSelection((e) => graph.cursor(e.textEditor.document.uri.fsPath, e.selections[0]!.active.line + 1)),
  );
}
