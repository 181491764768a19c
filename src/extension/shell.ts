// What stands around the main job: history, tree, status bar, texts as documents, first contact, and their commands.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import type { Site } from "../host/protocol.ts";
import { ownerOf } from "./cells.ts";
import { commitOf, isEdited } from "./commit.ts";
import type { Context } from "./context.ts";
import { openCompare } from "./compare.ts";
import { compareKept } from "./compareProfiles.ts";
import { Documents, compareTexts, copyJaxpr, openProgramText } from "./documents.ts";
import { newJitFile, openExample, openPending } from "./examples.ts";
import { exportReport } from "./export.ts";
import type { Kept } from "./keptProfiles.ts";
import { reportIssue } from "./issue.ts";
import { registerKeys } from "./keys.ts";
import { chooseDevice, showMenu } from "./menu.ts";
import { uriOf } from "./places.ts";
import { showLine } from "./reveal.ts";
import { confirm, say } from "./shown.ts";
import type { PlacedSite } from "./sites.ts";
import { registerStatus } from "./status.ts";
import { type Row, Tree } from "./tree.ts";

export interface ShellParts {
  readonly sites: (d: vscode.TextDocument) => Promise<readonly PlacedSite[]>;
  readonly run: (mode: "profile" | "trace", uri: vscode.Uri, site: Site) => Promise<void>;
}
const SHOWN = "shown";
const WALKTHROUGH = "jitlens.jitlens#start";

export function registerShell(c: Context, parts: ShellParts): vscode.Disposable {
  const keys = registerKeys(c);
  const status = registerStatus(c, keys.isJitFile);
  const ends = [
    keys,
    status,
    keys.onChange(() => status.refresh()),
    new Documents(c).register(),
    new Tree(c, parts.sites),
    c.session.onFinished((r) => void keep(c, r)),
    ...Object.entries(commands(c, parts)).map(([name, run]) => vscode.commands.registerCommand(`jitlens.${name}`, guarded(c, run))),
  ];
  status.refresh();
  void openPending(c);
  return vscode.Disposable.from(...ends);
}
/** A finished Report goes into the history, and is what a reload of the window shows. */
async function keep(c: Context, r: Report): Promise<void> {
  try {
    const at = r.frames[r.function.at];
    const shown = at && uriOf(r.files[at.file]?.path ?? "");
    const uri = shown && ownerOf(shown);
    const kept = await c.history.add(r, { commit: uri ? await commitOf(uri) : null, edited: uri ? isEdited(uri) : false });
    await c.extension.workspaceState.update(SHOWN, kept.id);
  } catch (e) {
    c.log.warn(`the profile could not be kept: ${String(e)}`);
  }
}
/** What was shown before the window was reloaded, if nothing is shown yet. */
export async function showAgain(c: Context): Promise<void> {
  const id = c.extension.workspaceState.get<string>(SHOWN);
  if (!id || c.session.report) return;
  try {
    const report = await c.history.get(id);
    if (!c.session.report) c.session.show(report);
  } catch {
    await c.extension.workspaceState.update(SHOWN, undefined);
  }
}
type Command = (...args: never[]) => unknown;
const guarded =
  (c: Context, run: Command) =>
  async (...args: unknown[]): Promise<unknown> => {
    try {
      return await run(...(args as never[]));
    } catch (e) {
      c.log.error(e instanceof Error ? e : String(e));
      return say.error(`JitLens: ${e instanceof Error ? e.message : String(e)}`);
    }
  };
function commands(c: Context, parts: ShellParts): Readonly<Record<string, Command>> {
  const withReport = async (use: (r: Report) => unknown): Promise<unknown> =>
    c.session.report ? use(c.session.report) : say.info(vscode.l10n.t("There is no profile yet: click “jit & profile” above a jit function first."));
  return {
    openExample: (id?: string, into?: vscode.Uri) => openExample(c, typeof id === "string" ? id : undefined, into),
    newJitFile: () => newJitFile(c),
    openWalkthrough: () => vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, false),
    restartHost: () => c.host.restart(),
    reportIssue: () => reportIssue(c),
    copyJaxpr: () => withReport(copyJaxpr),
    openText: () => withReport(openProgramText),
    // What was tried so far is worth keeping.
    cancelRun: () => (c.session.trials ? c.session.stopTrials() : c.session.runs.at(-1)?.cancel()),
    menu: () => showMenu(c),
    chooseDevice,
    openSettings: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:jitlens.jitlens"),
    compareProfiles: (a?: Row | string, b?: Row | string) => compareKept(c, a, b, async (before, after) => void openCompare(c, before, after)),
    compareJaxpr: (a?: Row | string, b?: Row | string) => compareKept(c, a, b, compareTexts),
    clearHistory: () => clearHistory(c),
    "item.profile": (row: Row) => row.kind === "function" && parts.run("profile", row.uri, row.site),
    "item.trace": (row: Row) => row.kind === "function" && parts.run("trace", row.uri, row.site),
    "item.reveal": (uri: vscode.Uri, site: Site) => showLine(uri, site.line + 1, site.column + 1),
    "item.open": (row: Row) => row.kind === "profile" && open(c, row.profile),
    "item.export": async (row: Row) => row.kind === "profile" && exportReport(c, await c.history.get(row.profile.id)),
    "item.delete": (row: Row) =>
      row.kind === "profile" ? c.history.delete([row.profile.id]) : row.kind === "group" && c.history.delete(row.profiles.map((k) => k.id)),
  };
}
async function open(c: Context, k: Kept): Promise<void> {
  c.session.show(await c.history.get(k.id));
  await c.extension.workspaceState.update(SHOWN, k.id);
  await vscode.commands.executeCommand("jitlens.profileView.focus", { preserveFocus: true });
}
async function clearHistory(c: Context): Promise<void> {
  const all = await c.history.list();
  if (!all.length) return;
  const question = vscode.l10n.t("Delete the {0} profiles that are kept for this workspace?", all.length);
  if (await confirm(question, vscode.l10n.t("Exported files stay."), vscode.l10n.t("Delete"))) await c.history.delete(all.map((k) => k.id));
}
