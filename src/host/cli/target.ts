// FILE#FUNCTION: which jit function of which file is meant. Files may have "#" in their names; functions are named, or given by their line: FILE#12.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { flat } from "../../engine/report/exporters/text.ts";
import { LANGUAGES, type LanguageRow, languageOfFile } from "../languages.ts";
import type { Site } from "../protocol.ts";
import { findSites } from "../sites.ts";
import { Vanished, usage } from "./failure.ts";
import { nearest } from "./nearest.ts";

export interface Target {
  readonly file: string;
  /** A name, or a line; null: the file's first. */
  readonly function: string | null;
}
const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** The longest beginning that is a file is the file. Throws a Failure where none is. */
export function parseTarget(text: string, exists: (path: string) => boolean = isFile): Target {
  if (exists(text)) return { file: text, function: null };
  for (let at = text.lastIndexOf("#"); at > 0; at = text.lastIndexOf("#", at - 1))
    if (exists(text.slice(0, at))) return { file: text.slice(0, at), function: text.slice(at + 1) || null };
  const hash = text.indexOf("#");
  const file = hash > 0 ? text.slice(0, hash) : text;
  if (existsSync(file)) throw usage(`${flat(file)} is a folder`, "Name a file in it.");
  const close = nearest(basename(file), filesIn(dirname(resolve(file))));
  throw new Vanished(`there is no file ${flat(file)}`, close === null ? "" : `Did you mean ${flat(join(dirname(file), close))}?`);
}
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 2000);
  } catch {
    return [];
  }
}
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly language: LanguageRow;
  readonly sites: readonly Site[];
}
/** Throws a Failure where the file is of no language that can be run. */
export async function readSource(dist: string, path: string): Promise<Source> {
  const file = resolve(path);
  const language = languageOfFile(file);
  if (!language) {
    const known = LANGUAGES.flatMap((l) => l.extensions).join(", ");
    throw usage(`${flat(path)} is of no language that JitLens runs`, `Files that it runs end in ${known}.`);
  }
  const text = readFileSync(file, "utf8");
  const sites = await findSites(join(dist, "grammars"), language.id, text, { file });
  return { file, text, language, sites };
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
