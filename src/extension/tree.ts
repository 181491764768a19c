// "Functions and profiles" in the side bar: the jit functions of the active file with their last times, and the profiles that are kept, by function. A native
// tree: keyboard, screen reader and search are the editor's own.
import { posix } from "node:path";
import * as vscode from "vscode";
import { showTime } from "../engine/report/exporters/text.ts";
import type { Site } from "../host/protocol.ts";
import { type Context, isSupported } from "./context.ts";
import type { Kept } from "./keptProfiles.ts";
import { reportPath } from "./places.ts";
import { treeItem } from "./shown.ts";
import type { PlacedSite } from "./sites.ts";

export type Row =
  | { readonly kind: "functions"; readonly uri: vscode.Uri; readonly sites: readonly PlacedSite[] }
  | { readonly kind: "function"; readonly uri: vscode.Uri; readonly site: Site; readonly last: Kept | undefined }
  | { readonly kind: "history"; readonly groups: readonly Row[] }
  | { readonly kind: "group"; readonly name: string; readonly file: string; readonly profiles: readonly Kept[] }
  | { readonly kind: "profile"; readonly profile: Kept };
export const TREE = "jitlens.functions";
const WAIT_MS = 300;

/** Profiles by the function that they are of; the one that was profiled last comes first. */
export function byFunction(profiles: readonly Kept[]): Extract<Row, { kind: "group" }>[] {
  const groups = new Map<string, Kept[]>();
  for (const k of profiles) {
    const key = `${k.file}#${k.function}`;
    const group = groups.get(key);
    if (group) group.push(k);
    else groups.set(key, [k]);
  }
  return [...groups.values()].map((list) => ({ kind: "group", name: list[0]!.function, file: list[0]!.file, profiles: list }));
}
/** When a profile was made, in the person's way to write it: the time of today's, the date too of others. */
export function whenMade(created: string, now = new Date(), language = vscode.env.language): string {
  const at = new Date(created);
  if (Number.isNaN(at.getTime())) return created;
  const today = at.toDateString() === now.toDateString();
  return at.toLocaleString(language, { timeStyle: "medium", ...(today ? {} : { dateStyle: "medium" }) });
}
const took = (k: Kept | undefined): string => (k === undefined ? "" : k.median === null ? vscode.l10n.t("traced") : showTime(k.median));

export class Tree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;
  readonly #ends: vscode.Disposable[];
  constructor(
    private readonly c: Context,
    private readonly sitesOf: (d: vscode.TextDocument) => Promise<readonly PlacedSite[]>,
  ) {
    this.#ends = [
      this.#changed,
      vscode.window.registerTreeDataProvider(TREE, this),
      c.history.onChange(() => this.#changed.fire()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#soon()),
      vscode.workspace.onDidChangeTextDocument((e) => {
        if (e.contentChanges.length && e.document === vscode.window.activeTextEditor?.document) this.#soon();
      }),
    ];
  }
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(), WAIT_MS);
  }
  async getChildren(row?: Row): Promise<Row[]> {
    if (!row) return this.#top();
    if (row.kind === "functions") return this.#functions(row.sites);
    if (row.kind === "history") return [...row.groups];
    return row.kind === "group" ? row.profiles.map((profile) => ({ kind: "profile", profile })) : [];
  }
  async #top(): Promise<Row[]> {
    const rows: Row[] = [];
    // A page or a tree has the focus: the file beside it is still the one that is worked on.
    const document = (vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find((e) => isSupported(e.document)))?.document;
    if (document && isSupported(document)) {
      const sites = await this.sitesOf(document);
      // Until then nothing may be said about there being none.
      void vscode.commands.executeCommand("setContext", "jitlens.searched", true);
      if (sites.length) rows.push({ kind: "functions", uri: document.uri, sites });
    }
    const groups = byFunction(await this.c.history.list());
    if (groups.length) rows.push({ kind: "history", groups });
    return rows;
  }
  async #functions(sites: readonly PlacedSite[]): Promise<Row[]> {
    const profiles = await this.c.history.list();
    return sites.map(({ uri, site }) => {
      const file = reportPath(uri);
      return { kind: "function", uri, site, last: profiles.find((k) => k.file === file && k.function === site.name) };
    });
  }
  getTreeItem(row: Row): vscode.TreeItem {
    if (row.kind === "functions")
      return treeItem({ label: vscode.l10n.t("Functions in {0}", posix.basename(row.uri.path)), kind: "functions", children: "open" });
    if (row.kind === "history") return treeItem({ label: vscode.l10n.t("Recent profiles"), kind: "history", children: "open" });
    if (row.kind === "function") {
      const { site, uri, last } = row;
      return treeItem({
        label: site.name,
        description: took(last),
        tooltip: last
          ? vscode.l10n.t("{0}, line {1}; last profiled {2}", site.name, site.line + 1, whenMade(last.created))
          : vscode.l10n.t("{0}, line {1}; not profiled yet", site.name, site.line + 1),
        icon: "symbol-function",
        kind: "function",
        open: { command: "jitlens.item.reveal", title: vscode.l10n.t("Show Line"), arguments: [uri, site] },
      });
    }
    if (row.kind === "group") return treeItem({ label: row.name, description: row.file, icon: "symbol-function", kind: "group", children: "open" });
    const { profile: k } = row;
    const commit = k.commit ? k.commit.slice(0, 7) : "";
    const state = k.edited ? vscode.l10n.t("{0}, edited", commit) : commit;
    return treeItem({
      label: whenMade(k.created),
      description: [took(k), commit || k.edited ? state.replace(/^, /, "") : ""].filter(Boolean).join(" · "),
      tooltip: vscode.l10n.t("{0} of {1}: {2}, {3} kernels", k.function, k.file, took(k), k.kernels),
      icon: "graph-line",
      kind: "profile",
      open: { command: "jitlens.item.open", title: vscode.l10n.t("Open"), arguments: [row] },
    });
  }
  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#ends).dispose();
  }
}
