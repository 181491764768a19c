// The jit functions of a document. Those of a cell are found with its whole notebook, which is looked through once for all of its cells.
import * as vscode from "vscode";
import type { Site } from "../host/protocol.ts";
import { cellsToRun, openCell } from "./cells.ts";
import type { HostClient } from "./host.ts";
import { cellsAround, pathOf } from "./places.ts";

/** A jit function, and the document that it stands in. */
export interface PlacedSite {
  readonly uri: vscode.Uri;
  readonly site: Site;
}
const notebooks = new WeakMap<vscode.NotebookDocument, { readonly key: string; readonly sites: Promise<readonly Site[]> }>();

/** Those of the document alone, in order. */
export async function sitesOf(host: HostClient, d: vscode.TextDocument): Promise<readonly Site[]> {
  const all = await sitesAround(host, d);
  return all.filter((s) => s.uri.toString() === d.uri.toString()).map((s) => s.site);
}
/** Those of the document, of a cell those of its notebook. */
export async function sitesAround(host: HostClient, d: vscode.TextDocument): Promise<readonly PlacedSite[]> {
  const cell = openCell(d.uri);
  const cells = cellsAround(d.uri);
  if (!cell || !cells) return (await host.sites(d.languageId, d.getText(), pathOf(d.uri))).map((site) => ({ uri: d.uri, site }));
  const key = JSON.stringify(cells);
  let found = notebooks.get(cell.notebook);
  if (found?.key !== key) {
    found = { key, sites: host.sites(d.languageId, "", pathOf(cell.notebook.uri), cells) };
    notebooks.set(cell.notebook, found);
    // Whoever asks again may have more luck.
    found.sites.catch(() => notebooks.delete(cell.notebook));
  }
  const uris = new Map(cellsToRun(cell.notebook).map(({ cell: { document } }) => [pathOf(document.uri), document.uri]));
  return (await found.sites).flatMap((site) => {
    const uri = uris.get(site.cell ?? "");
    return uri ? [{ uri, site }] : [];
  });
}
