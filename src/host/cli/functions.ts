// The jit functions of a file: one is named, or given by its line.
import { LANGUAGES, type LanguageRow, languageOfFile, languageOfNotebook } from "../languages.ts";
import { type Cell, cellOfPath } from "../notebook/cells.ts";
import type { RunParams, Site } from "../protocol.ts";
import { flat } from "../../engine/report/exporters/text.ts";
import { Vanished, usage } from "./failure.ts";
import { nearest } from "./nearest.ts";

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly language: LanguageRow;
  readonly sites: readonly Site[];
  /** Of a notebook: its cells that can be run. Its sites say theirs. */
  readonly cells?: readonly Cell[];
}
/** Where a site stands: the file, or the cell of a notebook. */
export const fileOfSite = (s: Pick<Source, "file">, site: Site): string => site.cell ?? s.file;
/** How a site is named that others share the name of: `12:5`, in a notebook `cell-3:2:5`. */
export const placeOf = (site: Site): string => {
  const cell = site.cell === undefined ? null : cellOfPath(site.cell);
  return `${cell ? `cell-${cell.number}:` : ""}${site.line + 1}:${site.column + 1}`;
};
/** What a run is told of a site's text. */
export function textOfSite(s: Source, site: Site): Pick<RunParams, "file" | "text" | "cells"> {
  const cell = s.cells?.find((c) => c.file === site.cell);
  return cell ? { file: cell.file, text: cell.text, cells: [...s.cells!] } : { file: s.file, text: s.text };
}
/** Throws a Failure where the file is of no language that can be run. */
export function languageOfPath(path: string): LanguageRow {
  const language = languageOfFile(path) ?? languageOfNotebook(path);
  if (language) return language;
  const known = LANGUAGES.flatMap((l) => [...l.extensions, ...(l.notebooks ?? [])]).join(", ");
  throw usage(`${flat(path)} is of no language that JitLens runs`, `Files that it runs end in ${known}.`);
}
/** Throws a Failure that lists what there is. */
export function siteOf(s: Source, wanted: string | null): Site {
  const { sites } = s;
  const place = { file: s.file, line: null, column: null };
  const what = s.cells ? "notebook" : "file";
  if (!sites.length) throw new Vanished(`there is no jit function in this ${what}`, "Wrap a function in jit(…).", place);
  if (wanted === null) return sites[0]!;
  const names = [...new Set(sites.map((x) => x.name))];
  const isPlace = PLACE.test(wanted);
  const found = isPlace ? atPlace(sites, wanted) : byName(sites, wanted);
  if (!found.length) {
    const close = nearest(wanted, names.map(plainName));
    const listed = `It has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}.`;
    throw new Vanished(`there is no jit function "${wanted}" in this ${what}`, `${close === null ? "" : `Did you mean ${close}? `}${listed}`, place);
  }
  if (found.length > 1) {
    const places = found.map((x) => `#${placeOf(x)}`).join(", ");
    throw usage(
      `this ${what} has ${found.length} jit functions ${isPlace ? "at" : "called"} "${wanted}"`,
      `Name one by its place: ${places}.`,
      place,
    );
  }
  return found[0]!;
}
/** A line, with a column or without one; in a notebook a cell, and a line of it. */
const PLACE = /^(?:cell-(\d+)(?::(?=\d)|$))?((?:\d+(?::\d+)?)?)$/;
function atPlace(sites: readonly Site[], wanted: string): readonly Site[] {
  const [, cell, line] = PLACE.exec(wanted)!;
  const here = cell === undefined ? sites : sites.filter((x) => x.cell !== undefined && cellOfPath(x.cell)?.number === Number(cell));
  return line ? atLine(here, line) : here;
}
/** By the name that the file has, else by what a person calls it: without the quotes of a key, without `exports.` or `this.` before it. */
function byName(sites: readonly Site[], wanted: string): Site[] {
  const exact = sites.filter((x) => x.name === wanted);
  return exact.length ? exact : sites.filter((x) => plainName(x.name) === wanted);
}
const plainName = (name: string): string => {
  const quoted = /^(["'`])(.*)\1$/.exec(name);
  return quoted ? quoted[2]! : name.replace(/^(?:(?:module\.)?exports|this)\./, "");
};
function atLine(sites: readonly Site[], wanted: string): Site[] {
  const [line, column] = wanted.split(":").map(Number);
  const inLine = sites.filter((x) => x.line + 1 === line);
  if (column !== undefined) return inLine.filter((x) => x.column + 1 === column);
  return inLine.length ? inLine : sites.filter((x) => x.line + 1 <= line! && line! <= x.endLine + 1).slice(-1);
}
