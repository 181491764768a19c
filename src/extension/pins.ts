// Pins from the page: the function that is shown runs again with them. Pins that a person keeps are used by later runs of the function, as long as the
// program has the edges that they name.
import * as vscode from "vscode";
import type { RunResult, Site } from "../host/protocol.ts";
import type { Context } from "./context.ts";
import { say } from "./shown.ts";

/** What a run that is repeated is given. */
export interface Again {
  readonly args: string | null;
  readonly entry: string | null;
  readonly pins: readonly string[];
  /** For how many seconds its values are looked at. */
  readonly values?: number;
}
const key = (uri: vscode.Uri, s: Site): string => `pins:${uri.toString()}#${s.className ?? ""}.${s.name}`;
export const keptPins = (c: Context, uri: vscode.Uri, site: Site): readonly string[] =>
  c.extension.workspaceState.get<readonly string[]>(key(uri, site), []);
/** The runner refuses pins that name no edge: the program has changed since. */
export const isPinError = (r: RunResult): boolean => r.kind === "error" && /^the pin \S+ names no edge of /.test(r.message);
export async function forgetPins(c: Context, uri: vscode.Uri, site: Site): Promise<void> {
  await c.extension.workspaceState.update(key(uri, site), undefined);
  void say.info(vscode.l10n.t("The pins of {0} were removed: the program has changed, and they name edges that it no longer has.", site.name));
}

type Run = (uri: vscode.Uri, site: Site, again: Again) => Promise<void>;
/** What the page asks for. */
export async function pin(c: Context, pins: readonly string[], keep: boolean, run: Run): Promise<void> {
  const { repeat } = c.session;
  if (!repeat) return;
  const { uri, site, args, entry } = repeat;
  if (keep) {
    await c.extension.workspaceState.update(key(uri, site), pins);
    void say.info(vscode.l10n.t("Kept: later runs of {0} use these pins.", site.name));
    return;
  }
  if (pins.length === 0) await c.extension.workspaceState.update(key(uri, site), undefined);
  await run(uri, site, { args, entry, pins });
}
