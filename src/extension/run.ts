// The main job: a click becomes a run, a run becomes a Report, a Report is shown everywhere.
import { basename, dirname, resolve } from "node:path";
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import { parseReport } from "../engine/report/read.ts";
import { SYNTAX, parseArgumentTypes } from "../host/argumentTypes.ts";
import { cellOfPath } from "../host/notebook/cells.ts";
import type { RunParams, RunResult, Site, UserError } from "../host/protocol.ts";
import { openCompare } from "./compare.ts";
import { cellsToRun, noteCells, openCell, ownerOf } from "./cells.ts";
import type { Context, Ran } from "./context.ts";
import { absolute, cellsAround, folderOf, openPath, pathOf, pathsOfCells, rootOf, topOf, uriOfPath } from "./places.ts";
import { filesThatImport } from "./entries.ts";
import { pythonFor } from "./python.ts";
import { type Again, forgetPins, isPinError, keptPins } from "./pins.ts";
import { keepInView, reveal } from "./reveal.ts";
import { asRun } from "./running.ts";
import { ask, diagnostic, pick, say } from "./shown.ts";
import { sitesAround, sitesOf } from "./sites.ts";
import { unsavedBut } from "./unsaved.ts";

/** For how long measuring waits for its graph to be painted. */
const PICTURE_MS = 1500;
let nextRun = 0;
/** A run that goes on while another one has begun has nothing to show any more. */
const isNewest = (id: string): boolean => id === `run-${nextRun}`;
const siteKey = (uri: vscode.Uri, s: Site): string => `arguments:${uri.toString()}#${s.className ?? ""}.${s.name}`;

/** Which Node runs the user's file: the setting, else `node` from PATH; where there is none, the editor's own. */
export function nodeFor(uri: vscode.Uri): Pick<RunParams, "env" | "nodeArguments"> & { nodePath: string; electron: boolean } {
  const settings = vscode.workspace.getConfiguration("jitlens", uri);
  const set = settings.get<string>("nodePath", "").trim();
  const own = process.versions.electron ? "node" : process.execPath;
  const env = settings.get<Record<string, string>>("env", {});
  const nodeArguments = settings.get<string[]>("nodeArguments", []);
  return {
    nodePath: set || own,
    electron: false,
    ...(Object.keys(env).length ? { env: Object.fromEntries(Object.entries(env).map(([k, v]) => [k, String(v)])) } : {}),
    ...(nodeArguments.length ? { nodeArguments: nodeArguments.map(String) } : {}),
  };
}
/** Which device arrays of our engine are on: the GPU where the person wants it and the machine has one. JAX's is its own choice. */
function deviceFor(settings: vscode.WorkspaceConfiguration, isOurs: boolean): { prefers?: string; native?: boolean } {
  if (!isOurs) return {};
  const device = settings.get("device", "cpu");
  return { ...(device === "cpu" ? {} : { prefers: device }), ...(settings.get("native", false) ? { native: true } : {}) };
}
/** The folder that a file runs in. */
function cwdOf(uri: vscode.Uri, file: string): string {
  const set = vscode.workspace.getConfiguration("jitlens", uri).get<string>("cwd", "").trim();
  // A notebook runs in its own folder, as its kernel does.
  const folder = (openCell(uri) ? undefined : folderOf(uri)?.fsPath) ?? dirname(file);
  return set ? resolve(folder, set) : folder;
}
/**
 * @param again what a run before was given, and pins to try; without it, the pins that were kept for the function are used
 * @param compareEngine whether a Python function's program is run by JitLens's own engine too
 */
export async function runSite(
  c: Context,
  diagnostics: vscode.DiagnosticCollection,
  uri: vscode.Uri,
  site: Site,
  mode: "profile" | "trace",
  again?: Again,
  compareEngine = false,
): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const trust = await say.warn(
      vscode.l10n.t("JitLens does not run code in a workspace that is not trusted. Lenses and saved profiles still work."),
      vscode.l10n.t("Manage Workspace Trust"),
    );
    if (trust) await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  const clicked = Date.now();
  // Two that measure at once would disturb each other.
  c.session.stopTrials();
  c.session.spans.begin(site.name);
  if (wantsGraph()) c.session.graphFirst.hold();
  void bringPanels(uri, site.line);
  const document = await vscode.workspace.openTextDocument(uri),
    id = `run-${++nextRun}`,
    settings = vscode.workspace.getConfiguration("jitlens", uri);
  let args: string | null = again?.args ?? null,
    entry: string | null = again?.entry ?? null;
  let pins = again?.pins ?? keptPins(c, uri, site);
  for (;;) {
    // Said before the run: its report is shown while it still goes on.
    c.session.repeat = { uri, site, args, entry };
    const text = document.getText();
    const file = pathOf(uri);
    const cells = cellsAround(uri);
    const cell = openCell(uri);
    if (cell) noteCells(cell.notebook);
    const ran = { run: id, uri, ...(cell ? { cells: pathsOfCells(cell.notebook) } : {}) };
    const around = await sitesAround(c.host, document);
    const sites = around.filter((s) => s.uri.toString() === uri.toString()).map((s) => s.site);
    c.session.spans.mark("functions found");
    const r = await once(c, ran, {
      id,
      file,
      root: rootOf(uri),
      text,
      languageId: document.languageId,
      mode,
      site: asItIsNow(site, sites),
      sites: around.map((s) => s.site),
      args,
      ...(cells ? { cells } : {}),
      live: settings.get("live", true),
      ...(compareEngine ? { compareEngine } : {}),
      // A question that was asked in between is not the run's time.
      clicked: args === null ? clicked : Date.now(),
      ...(entry === null ? {} : { entry }),
      ...unsavedBut(file),
      ...(pins.length ? { pins: [...pins], compare: true } : {}),
      cwd: cwdOf(uri, file),
      ...deviceFor(settings, compareEngine || document.languageId !== "python"),
      ...(wantsGraph() ? { picture: PICTURE_MS } : {}),
      collect: { calls: 100_000, seconds: settings.get("collectSeconds", 10) },
      ...(mode === "profile" && !pins.length ? { advice: settings.get("advice.seconds", 10) } : {}),
      effort: { warmup: 1000 * settings.get("warmupSeconds", 0.25), budget: 1000 * settings.get("measureSeconds", 0.5) },
      ...(mode === "profile" ? { values: { seconds: again?.values ?? settings.get("valuesSeconds", 2) } } : {}),
      ...nodeFor(uri),
      ...(document.languageId === "python" ? { python: await pythonFor(ownerOf(uri)) } : {}),
    });
    if (pins.length && isPinError(r)) {
      pins = [];
      await forgetPins(c, uri, site);
      continue;
    }
    if (r.kind !== "needs-arguments") {
      if (!isNewest(id)) {
        if (r.kind === "report") c.session.finished(parseReport(r.report));
        return;
      }
      await finish(c, diagnostics, uri, site, r);
      if (r.kind === "report") c.session.ran({ ...ran, over: true });
      if (r.kind === "report" && r.engine) await showEngine(c, diagnostics, uri, site, r.report, r.engine);
      return;
    }
    c.session.graphFirst.release();
    // The question stands alone: what was shown before stays.
    restore(c);
    if (!c.session.report) c.session.status(vscode.l10n.t("{0} was not called: its argument types are asked for.", site.name), false);
    const callers: readonly vscode.Uri[] = entry === null && !cells ? await filesThatImport(uri) : [];
    const how: vscode.Uri | "types" | undefined = callers.length ? await askHow(uri, site, callers) : "types";
    if (how instanceof vscode.Uri) {
      entry = how.fsPath;
      continue;
    }
    args = how === "types" ? await askArguments(c, uri, site, r.parameters) : null;
    if (args === null) {
      if (!c.session.report) c.session.status("", false);
      return;
    }
  }
}
/** The function that is shown, profiled once more as its text is now. */
export async function profileAgain(c: Context, diagnostics: vscode.DiagnosticCollection): Promise<void> {
  const { report, repeat } = c.session;
  if (!report) return;
  if (repeat?.site.name === report.function.name) {
    const { uri, site, args, entry } = repeat;
    await runSite(c, diagnostics, uri, site, "profile", { args, entry, pins: keptPins(c, uri, site) });
    return;
  }
  // A report of before: its function is looked for in the file that it names.
  const at = report.frames[report.function.at];
  const path = at && absolute(report.files[at.file]?.path ?? "");
  if (!at || !path) return;
  const document = await openPath(path, report.files[at.file]?.text);
  const { uri } = document;
  const sites = await sitesOf(c.host, document);
  const site = sites.find((s) => s.name === report.function.name);
  if (site) await runSite(c, diagnostics, uri, site, "profile");
  else void say.warn(vscode.l10n.t("{0} is not a jit function of {1} any more.", report.function.name, basename(uri.fsPath)));
}
/** The clicked function in the text of this moment: a lens may have stood since before an edit. */
function asItIsNow(site: Site, sites: readonly Site[]): Site {
  const same = sites.filter((s) => s.name === site.name && s.className === site.className && s.kind === site.kind);
  return (
    same.sort(
      (a, b) => Math.abs(a.line - site.line) - Math.abs(b.line - site.line) || Math.abs(a.column - site.column) - Math.abs(b.column - site.column),
    )[0] ?? site
  );
}
/** A function that its own file does not call: another file may, or its types are typed in. */
const askHow = (uri: vscode.Uri, site: Site, callers: readonly vscode.Uri[]): Promise<vscode.Uri | "types" | undefined> =>
  pick<vscode.Uri | "types">(vscode.l10n.t("{0} does not call {1}", basename(uri.fsPath), site.name), [
    ...callers.map((u) => ({
      label: vscode.l10n.t("Run {0}", vscode.workspace.asRelativePath(u)),
      description: vscode.l10n.t("it imports this file"),
      value: u,
    })),
    { label: vscode.l10n.t("Type the argument types"), value: "types" },
  ]);
function once(c: Context, ran: Omit<Ran, "over">, p: RunParams): Promise<RunResult> {
  const { name } = p.site;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    c.host.stopTrials(p.id);
  };
  const title = p.mode === "profile" ? vscode.l10n.t("JitLens: profiling {0}", name) : vscode.l10n.t("JitLens: tracing {0}", name);
  c.session.status(vscode.l10n.t("Running {0}: waiting for the first call of {1}", basename(p.file), name), true);
  return asRun(c.session, name, title, ({ report, shown, token }) =>
    c.host
      .run(p, token, {
        progress(message, fraction, trials) {
          c.session.spans.mark(message);
          report(message, fraction);
          if (trials && !stopped && isNewest(p.id)) c.session.trying(trials, stop);
        },
        // The first call's report is shown while the file still runs; what it teaches about retraces comes with the end.
        partial(early) {
          if (!isNewest(p.id)) return;
          c.session.spans.mark("report here");
          shown();
          void showReport(c, early);
          if (p.picture !== undefined) c.session.graphFirst.then(() => c.host.seen(p.id));
          c.session.ran({ ...ran, over: false });
        },
      })
      .finally(() => {
        if (isNewest(p.id)) c.session.trying(null);
      }),
  );
}
async function askArguments(c: Context, uri: vscode.Uri, site: Site, parameters: readonly string[]): Promise<string | null> {
  const key = siteKey(uri, site),
    answer = await ask({
      title: vscode.l10n.t("Argument types of {0}", `${site.name}(${parameters.join(", ")})`),
      prompt: `${vscode.l10n.t("The file never calls it.")} ${SYNTAX}`,
      value: c.extension.workspaceState.get<string>(key, ""),
      placeHolder: parameters.map(() => "f32[32,64]").join(", "),
      check: (text) => {
        try {
          parseArgumentTypes(text);
          return null;
        } catch (e) {
          return (e as Error).message;
        }
      },
    });
  if (answer === undefined) return null;
  await c.extension.workspaceState.update(key, answer);
  return answer;
}
async function finish(
  c: Context,
  diagnostics: vscode.DiagnosticCollection,
  uri: vscode.Uri,
  site: Site,
  r: Exclude<RunResult, { kind: "needs-arguments" }>,
): Promise<void> {
  if (r.kind !== "report") c.session.graphFirst.release();
  for (const at of runTogether(uri)) diagnostics.delete(at);
  if (r.kind === "cancelled") {
    c.session.status(vscode.l10n.t("Cancelled."), false);
    restore(c);
    return;
  }
  if (r.kind === "error") {
    await showError(c, diagnostics, uri, site, r);
    return;
  }
  const report = showReport(c, r.report);
  c.session.finished(report);
  warn(c, diagnostics, report);
}
/** The documents of a run: marks of the one before go from all of them. */
const runTogether = (uri: vscode.Uri): readonly vscode.Uri[] => {
  const cell = openCell(uri);
  return cell ? cellsToRun(cell.notebook).map((c) => c.cell.document.uri) : [uri];
};
/** JAX's profile and our own engine's of the same program, beside each other. */
async function showEngine(
  c: Context,
  diagnostics: vscode.DiagnosticCollection,
  uri: vscode.Uri,
  site: Site,
  jax: unknown,
  engine: { readonly report: unknown } | UserError,
): Promise<void> {
  if ("kind" in engine) await showError(c, diagnostics, uri, site, engine);
  else openCompare(c, parseReport(jax), parseReport(engine.report));
}
/** Whether the person wants the graph at once. */
const wantsGraph = (): boolean => wantedPanels().includes("jitlens.graph");
const PANELS = { graph: ["jitlens.graph"], profile: ["jitlens.profileView"], both: ["jitlens.graph", "jitlens.profileView"], none: [] } as const;
const wantedPanels = (): readonly string[] =>
  PANELS[vscode.workspace.getConfiguration("jitlens").get<keyof typeof PANELS>("openPanels", "both")] ?? PANELS.both;
/** Opens the panels that the person wants at once: their pages are made while the file is run. The line that was clicked stays in view. */
async function bringPanels(uri: vscode.Uri, line: number): Promise<void> {
  const wanted = wantedPanels();
  await Promise.all(wanted.map((view) => vscode.commands.executeCommand(`${view}.focus`, { preserveFocus: true })));
  if (wanted.length) await keepInView(uri, line);
}
function showReport(c: Context, data: unknown): Report {
  const report = parseReport(data);
  c.session.show(report);
  return report;
}
/** A report that was shown before is shown again: a failed or cancelled run loses nothing. */
function restore(c: Context): void {
  if (c.session.report) c.session.status("", false);
}
/** The expression, where it is known; else the line from the error's column to the end of its text. */
async function rangeOf(uri: vscode.Uri, { line, column, range }: UserError): Promise<vscode.Range> {
  if (range) return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
  const row = Math.max(0, (line ?? 1) - 1);
  const text = await vscode.workspace.openTextDocument(uri).then(
    (d) => (row < d.lineCount ? d.lineAt(row).text : ""),
    () => "",
  );
  const start = Math.max(0, (column ?? 1) - 1, column === null || column === 1 ? text.search(/\S|$/) : 0);
  return new vscode.Range(row, start, row, Math.max(start + 1, text.trimEnd().length));
}
/** `train.py:7`; of a notebook's cell "train.ipynb, cell 2, line 7". */
function placeText(file: string, line: number): string {
  const cell = cellOfPath(file);
  return cell ? vscode.l10n.t("{0}, cell {1}, line {2}", basename(cell.notebook), cell.number, line) : `${basename(file)}:${line}`;
}
async function showError(c: Context, diagnostics: vscode.DiagnosticCollection, uri: vscode.Uri, site: Site, e: UserError): Promise<void> {
  c.log.error(`${e.file ?? ""}:${e.line ?? ""} ${e.message}\n${e.action}`);
  if (e.file && e.line) {
    const at = uriOfPath(e.file);
    diagnostics.set(at, [diagnostic(await rangeOf(at, e), `${e.message}\n${e.action}`, vscode.DiagnosticSeverity.Error)]);
  }
  const where = e.file && e.line ? `${placeText(e.file, e.line)}: ` : "",
    show = vscode.l10n.t("Show Line"),
    logs = vscode.l10n.t("Show Log");
  const said = /[.!?…:]$/.test(e.message.trim()) ? e.message.trim() : `${e.message.trim()}.`;
  // The panels keep what they show, and say it above: of which function, and of which the rest is.
  const { report } = c.session;
  const failed = vscode.l10n.t("{0} failed: {1}", site.name, `${where}${said} ${e.action}`);
  const isOther = report && report.function.name !== site.name;
  c.session.status(isOther ? `${failed} ${vscode.l10n.t("What stands below is of {0}.", report.function.name)}` : failed, false);
  // In one place: a notification only says what no panel shows. The line has it in any case, and so has the log.
  if (c.session.isSeen()) return;
  const pick = await say.error(`${where}${said} ${e.action}`, ...(e.file && e.line ? [show] : []), logs);
  if (pick === show) await reveal({ file: e.file!, line: e.line!, column: e.column ?? 1 }, [pathOf(uri), e.file!]);
  if (pick === logs) c.log.show(true);
}
/** Retraces and large constants stand as hints on their lines. */
function warn(c: Context, diagnostics: vscode.DiagnosticCollection, report: Report): void {
  const byFile = new Map<string, { uri: vscode.Uri; list: vscode.Diagnostic[] }>();
  const add = (at: ReturnType<typeof topOf>, text: string, severity: vscode.DiagnosticSeverity): void => {
    const line = at && shifted(at.uri, at.line);
    if (!at || line === null) return;
    const key = at.uri.toString();
    const list = byFile.get(key) ?? { uri: at.uri, list: [] };
    byFile.set(key, list);
    list.list.push(diagnostic(new vscode.Range(line - 1, 0, line - 1, 1000), text, severity));
  };
  /** Where a line of the report is now, after edits. */
  const shifted = (uri: vscode.Uri, line: number): number | null => {
    const d = vscode.workspace.textDocuments.find((x) => x.uri.toString() === uri.toString());
    return d ? c.session.lineNow(d)(line) : line;
  };
  // A NaN that no result has may be meant, and so may a line of IPython's.
  for (const w of report.warnings)
    add(
      topOf(report, w.stack),
      w.message,
      w.kind.endsWith("Unused") || w.kind === "skipped" ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Warning,
    );
  for (const k of report.compilations)
    if (!k.causes.some((cause) => cause.kind === "first"))
      add(
        topOf(report, k.call),
        vscode.l10n.t("{0} was traced again: {1}", k.function, k.causes.map((x) => x.text).join("; ")),
        vscode.DiagnosticSeverity.Information,
      );
  for (const { uri, list } of byFile.values()) diagnostics.set(uri, list);
}
