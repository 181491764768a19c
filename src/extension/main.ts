// Activation: everything is registered here, and nothing is started before it is needed.
import * as vscode from "vscode";
import type { InsightName } from "../engine/report/insights/gain.ts";
import type { Site } from "../host/protocol.ts";
import { openCell } from "./cells.ts";
import { type Context, Session, isSupported } from "./context.ts";
import { registerAgents } from "./agents/register.ts";
import { registerCompare } from "./compare.ts";
import { registerDecorations } from "./decorations.ts";
import { exportReport } from "./export.ts";
import { History, LIMITS } from "./history.ts";
import { HostClient } from "./host.ts";
import { Lenses } from "./lenses.ts";
import { registerHeat } from "./heat.ts";
import { registerHovers } from "./hovers.ts";
import { applyInsight, findInsight } from "./insights/apply.ts";
import { registerHints } from "./insights/hints.ts";
import { registerLibrary } from "./library/offers.ts";
import { registerLive } from "./live/live.ts";
import { registerPanels } from "./panels.ts";
import { keptPins, pin } from "./pins.ts";
import { nodeFor, profileAgain, runSite } from "./run.ts";
import { registerShell } from "./shell.ts";
import type { PlacedSite } from "./sites.ts";
import { pick, say } from "./shown.ts";

/** Seconds for which values are looked at where somebody asks for them. */
const LONG_LOOK = 120;
export interface Api {
  readonly report: () => Session["report"];
  readonly hostPid: () => number | undefined;
  /** What live editing shows, for tests. */
  readonly live: () => {
    readonly off: string | null;
    readonly hints: readonly { readonly name: string; readonly types: readonly string[] }[];
    readonly failed: boolean;
  } | null;
  readonly activationMilliseconds: number;
  readonly exportTo: (format: string, file: vscode.Uri) => Promise<void>;
}

export function activate(extension: vscode.ExtensionContext): Api {
  const start = performance.now(),
    log = vscode.window.createOutputChannel("JitLens", { log: true }),
    session = new Session(),
    host = new HostClient(extension.extensionPath, log),
    history = new History(vscode.Uri.joinPath(extension.storageUri ?? extension.globalStorageUri, "history"), log, () => ({
      ...LIMITS,
      most: vscode.workspace.getConfiguration("jitlens").get("keptProfiles", LIMITS.most),
    })),
    c: Context = { extension, host, session, history, log };
  const lenses = new Lenses(c),
    diagnostics = vscode.languages.createDiagnosticCollection("jitlens");
  lenses.seen = (d) => {
    if (vscode.workspace.isTrusted) host.prepare({ languageId: d.languageId, ...nodeFor(d.uri) }).catch(() => {});
  };
  const guarded =
    (mode: "profile" | "trace", compareEngine = false) =>
    async (uri?: vscode.Uri, site?: Site): Promise<void> => {
      try {
        const at = uri && site ? { uri, site } : await siteAtCursor(lenses);
        if (at) await runSite(c, diagnostics, at.uri, at.site, mode, undefined, compareEngine);
      } catch (e) {
        log.error(e instanceof Error ? e : String(e));
        void say.error(`JitLens: ${e instanceof Error ? e.message : String(e)}`);
      }
    };
  const live = registerLive(c);
  extension.subscriptions.push(
    log,
    session,
    host,
    history,
    diagnostics,
    lenses.register(),
    registerPanels(c),
    registerDecorations(c),
    registerHeat(c),
    registerHints(c),
    live.disposable,
    registerHovers(c),
    registerCompare(c),
    registerLibrary(c),
    registerAgents(c),
    registerShell(c, { sites: (d) => lenses.sitesAround(d), run: (mode, uri, site) => guarded(mode)(uri, site) }),
    vscode.commands.registerCommand("jitlens.profile", guarded("profile")),
    vscode.commands.registerCommand("jitlens.trace", guarded("trace")),
    vscode.commands.registerCommand("jitlens.traceFunction", () => guarded("trace")()),
    vscode.commands.registerCommand("jitlens.profileFunction", () => guarded("profile")()),
    vscode.commands.registerCommand("jitlens.compareEngine", () => guarded("profile", true)()),
    vscode.commands.registerCommand("jitlens.exportProfile", async () => {
      if (session.report) await exportReport(c, session.report);
      else void say.info(vscode.l10n.t("There is no profile yet: click “jit & profile” above a jit function first."));
    }),
    vscode.commands.registerCommand("jitlens.pin", (pins: readonly string[], keep: boolean) =>
      pin(c, pins, keep, (uri, site, again) => runSite(c, diagnostics, uri, site, "profile", again)),
    ),
    vscode.commands.registerCommand("jitlens.lookAtValues", () => {
      const { repeat } = session;
      if (!repeat) return say.info(vscode.l10n.t("Values are those of a run: click “jit & profile” above a jit function first."));
      const { uri, site, args, entry } = repeat;
      return runSite(c, diagnostics, uri, site, "profile", { args, entry, pins: keptPins(c, uri, site), values: LONG_LOOK });
    }),
    vscode.commands.registerCommand("jitlens.applyInsight", (name: InsightName, report?: string) =>
      applyInsight(c, findInsight(c, name, report), () => profileAgain(c, diagnostics)),
    ),
    vscode.commands.registerCommand("jitlens.showLog", () => log.show()),
    // A mark stands for the text that was run: an edit of its file takes it away.
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.contentChanges.length && diagnostics.has(e.document.uri)) diagnostics.delete(e.document.uri);
    }),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration("jitlens.codeLens")) lenses.refresh();
    }),
  );
  const activationMilliseconds = performance.now() - start;
  log.info(`activated in ${activationMilliseconds.toFixed(1)} ms`);
  return {
    report: () => session.report,
    hostPid: () => host.pid,
    live: () => ({ off: live.live.off, hints: [...(live.live.picture?.documents.values() ?? [])].flatMap((x) => x.hints), failed: Boolean(live.live.picture?.failure) }),
    activationMilliseconds,
    exportTo: async (format, file) => {
      if (session.report) await exportReport(c, session.report, { format, file });
    },
  };
}
export function deactivate(): void {}

/** The jit function at the cursor; where the cursor is in none, the person picks one of the file's. */
async function siteAtCursor(lenses: Lenses): Promise<{ uri: vscode.Uri; site: Site } | null> {
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document ?? selectedCell();
  if (!document || !isSupported(document)) {
    void say.info(vscode.l10n.t("JitLens: open a TypeScript, JavaScript or Python file that uses jit, and put the cursor into a jit function."));
    return null;
  }
  const { uri } = document;
  const sites = await lenses.sitesAround(document),
    here = sites.filter((s) => s.uri.toString() === uri.toString()),
    line = editor?.selection.active.line ?? -1,
    inside = here
      .filter(({ site: s }) => line >= s.line && line <= s.endLine)
      .sort(({ site: a }, { site: b }) => a.endLine - a.line - (b.endLine - b.line));
  if (inside[0]) return inside[0];
  // A cell that is selected as a whole.
  if (!editor && here.length === 1) return here[0]!;
  if (sites.length === 0) {
    void say.info(
      document.languageId === "python"
        ? vscode.l10n.t("JitLens: this file has no jit function. Put @jax.jit above one.")
        : vscode.l10n.t('JitLens: this file has no jit function. Wrap one: const f = jit((x) => …), with jit imported from "jitlens".'),
    );
    return null;
  }
  const chosen = await pick(
    vscode.l10n.t("Which jit function?"),
    sites.map((s) => ({ label: s.site.name, description: placeText(s), value: s })),
  );
  return chosen ?? null;
}
function placeText({ uri, site }: PlacedSite): string {
  const cell = openCell(uri);
  return cell ? vscode.l10n.t("cell {0}, line {1}", cell.number, site.line + 1) : vscode.l10n.t("line {0}", site.line + 1);
}
/** The cell that is selected while no text of it is. */
function selectedCell(): vscode.TextDocument | undefined {
  const editor = vscode.window.activeNotebookEditor;
  const at = editor?.selection.start;
  return editor && at !== undefined && at < editor.notebook.cellCount ? editor.notebook.cellAt(at).document : undefined;
}
