// The jit functions of a file: one is named, or given by its line.
import { LANGUAGES, type LanguageRow, languageOfFile } from "../languages.ts";
import type { Site } from "../protocol.ts";
import { flat } from "../../engine/report/exporters/text.ts";
import { Vanished, usage } from "./failure.ts";
import { nearest } from "./nearest.ts";

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly language: LanguageRow;
  readonly sites: readonly Site[];
}
/** Throws a Failure where the file is of no language that can be run. */
export function languageOfPath(path: string): LanguageRow {
  const language = languageOfFile(path);
  if (language) return language;
  const known = LANGUAGES.flatMap((l) => l.extensions).join(", ");
  throw usage(`${flat(path)} is of no language that JitLens runs`, `Files that it runs end in ${known}.`);
}
/** Throws a Failure that lists what there is. */
export function siteOf(s: Source, wanted: string | null): Site {
  const { sites } = s;
  const place = { file: s.file, line: null, column: null };
  if (!sites.length) throw new Vanished("there is no jit function in this file", "Wrap a function in jit(…).", place);
  if (wanted === null) return sites[0]!;
  const names = [...new Set(sites.map((x) => x.name))];
  const found = /^\d+(?::\d+)?$/.test(wanted) ? atLine(sites, wanted) : sites.filter((x) => x.name === wanted);
  if (!found.length) {
    const close = nearest(wanted, names);
    const listed = `It has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}.`;
    throw new Vanished(`there is no jit function "${wanted}" in this file`, `${close === null ? "" : `Did you mean ${close}? `}${listed}`, place);
  }
  if (found.length > 1) {
    const places = found.map((x) => `#${x.line + 1}:${x.column + 1}`).join(", ");
    throw usage(`this file has ${found.length} jit functions called "${wanted}"`, `Name one by its place: ${places}.`, place);
  }
  return found[0]!;
}
function atLine(sites: readonly Site[], wanted: string): Site[] {
  const [line, column] = wanted.split(":").map(Number);
  const inLine = sites.filter((x) => x.line + 1 === line);
  if (column !== undefined) return inLine.filter((x) => x.column + 1 === column);
  return inLine.length ? inLine : sites.filter((x) => x.line + 1 <= line! && line! <= x.endLine + 1).slice(-1);
}
