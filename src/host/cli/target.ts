// FILE#FUNCTION: which jit function of which file is meant. Files may have "#" in their names; functions are named, or given by their line: FILE#12.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { flat } from "../../engine/report/exporters/text.ts";
import { type LanguageRow, languageOfNotebook } from "../languages.ts";
import { readNotebook } from "../notebook/read.ts";
import { findCellSites } from "../notebook/sites.ts";
import { findSites } from "../sites.ts";
import { EXIT, Failure, Vanished, usage } from "./failure.ts";
import { type Source, languageOfPath } from "./functions.ts";
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
/** Throws a Failure where the file is of no language that can be run. */
export async function readSource(dist: string, path: string): Promise<Source> {
  const file = resolve(path);
  const language = languageOfPath(path);
  const text = readFileSync(file, "utf8");
  if (languageOfNotebook(file)) return readCells(dist, file, text, language);
  const sites = await findSites(join(dist, "grammars"), language.id, text, { file });
  return { file, text, language, sites };
}
async function readCells(dist: string, file: string, text: string, language: LanguageRow): Promise<Source> {
  let cells: Source["cells"];
  let written: string;
  try {
    ({ cells, language: written } = readNotebook(file, text));
  } catch (e) {
    throw new Failure(EXIT.userError, (e as Error).message, "Open it in an editor of notebooks and save it again.", {
      file,
      line: null,
      column: null,
    });
  }
  if (!cells.length && written !== language.id) throw usage(`the cells of this notebook are of ${flat(written)}`, "JitLens runs those of Python.");
  return { file, text, language, cells, sites: await findCellSites(join(dist, "grammars"), cells) };
}
