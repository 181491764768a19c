// The tools for agents as the editor's language-model tools: the same table as `jitlens mcp`, with runs that go through the extension's host, so that the person
// sees in the panels what the agent saw. Loaded with the first call.
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { parseReport } from "../../engine/report/read.ts";
import { answer } from "../../host/agents/answer.ts";
import { Bench, type Runner } from "../../host/agents/bench.ts";
import type { Tool } from "../../host/agents/tools/tool.ts";
import { Workspace } from "../../host/agents/workspace.ts";
import { EXIT, Failure } from "../../host/cli/failure.ts";
import { checkOptions, failureOf, nameOf } from "../../host/cli/asked.ts";
import { type Source, languageOfPath, textOfSite } from "../../host/cli/functions.ts";
import { type LanguageRow, languageOfNotebook } from "../../host/languages.ts";
import { cellsToRun } from "../cells.ts";
import type { Context } from "../context.ts";
import { pathOf } from "../places.ts";
import { pythonFor } from "../python.ts";
import { nodeFor } from "../run.ts";
import { asRun } from "../running.ts";
import { toolResult } from "../shown.ts";

export { TOOLS } from "../../host/agents/tools/index.ts";
/** The bench of the open folders: another one when these change. */
export class EditorBench {
  #bench: { readonly key: string; readonly bench: Bench } | null = null;
  #next = 0;
  constructor(private readonly c: Context) {}
  get(): Bench {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath);
    if (!folders.length) throw new Failure(EXIT.usage, "no folder is open", "Open the folder of the program.");
    const key = JSON.stringify(folders);
    if (this.#bench?.key === key) return this.#bench.bench;
    const dist = join(this.c.extension.extensionPath, "dist");
    const bench = new Bench(dist, new Workspace(folders), (file) => this.#source(file), this.#run);
    this.#bench = { key, bench };
    return bench;
  }
  /** The text of the editor, where the file is open there. */
  async #source(file: string): Promise<Source> {
    const language = languageOfPath(file);
    if (languageOfNotebook(file)) return this.#notebook(file, language);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const text = document.getText();
    return { file, text, language, sites: await this.c.host.sites(language.id, text, file) };
  }
  /** Its cells as they stand in the editor. */
  async #notebook(file: string, language: LanguageRow): Promise<Source> {
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    const cells = cellsToRun(notebook).map(({ cell: { document } }) => ({ file: pathOf(document.uri), text: document.getText() }));
    return { file, text: "", language, cells, sites: await this.c.host.sites(language.id, "", file, cells) };
  }
  readonly #run: Runner = async (runs, source, site, how) => {
    const { c } = this;
    checkOptions(how, source);
    const uri = vscode.Uri.file(source.file);
    const stop = new vscode.CancellationTokenSource();
    const cancel = (): void => stop.cancel();
    runs.signal?.addEventListener("abort", cancel);
    if (runs.signal?.aborted) cancel();
    try {
      const title = vscode.l10n.t("JitLens: profiling {0}", site.name);
      const result = await asRun(c.session, site.name, title, async ({ report: tell, token }) => {
        token.onCancellationRequested(() => stop.cancel());
        return c.host.run(
          {
            id: `agent-${++this.#next}`,
            ...textOfSite(source, site),
            root: runs.folder,
            languageId: source.language.id,
            mode: how.mode,
            site,
            sites: [...source.sites],
            args: how.args ?? null,
            cwd: source.cells ? dirname(source.file) : runs.folder,
            collect: { calls: 100_000, seconds: how.seconds ?? 2 },
            ...(how.entry === undefined ? {} : { entry: how.entry }),
            ...(how.pin?.length ? { pins: [...how.pin], compare: true } : {}),
            ...(how.device === undefined ? {} : { device: how.device }),
            ...(how.advice === undefined ? {} : { advice: how.advice }),
            ...nodeFor(uri),
            ...(source.language.source === "python" ? { python: await pythonFor(uri) } : {}),
          },
          stop.token,
          {
            progress(message, fraction) {
              tell(message, fraction);
              runs.progress(message, fraction);
            },
            partial: () => {},
            output: (text) => void runs.output(text),
          },
        );
      });
      if (stop.token.isCancellationRequested) throw new Failure(EXIT.cancelled, "cancelled");
      if (result.kind !== "report") throw failureOf(result, source, site, how);
      const report = parseReport(result.report);
      // The person sees what the agent saw.
      c.session.repeat = { uri, site, args: how.args ?? null, entry: how.entry ?? null };
      c.session.show(report);
      c.session.finished(report);
      return { report, name: nameOf(source.file, site.name), file: source.file, site };
    } finally {
      runs.signal?.removeEventListener("abort", cancel);
      stop.dispose();
    }
  };
}
export async function invoke(bench: Bench, tool: Tool, input: unknown, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
  const abort = new AbortController();
  const stop = token.onCancellationRequested(() => abort.abort());
  if (token.isCancellationRequested) abort.abort();
  try {
    const { text } = await answer(tool, bench, input, { signal: abort.signal, progress: () => {} });
    return toolResult(text);
  } finally {
    stop.dispose();
  }
}
