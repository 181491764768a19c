// Finding jit functions while people type: tree-sitter keeps a tree of broken code too, so the lenses stay. One pass of a cursor over the parts of
// the tree that hold the names in question, with a limit on time, so that no file can stop the host.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Language, Parser, type Tree } from "web-tree-sitter";
import { type LanguageRow, languageOf } from "./languages.ts";
import type { Site } from "./protocol.ts";
import { type Names, importedNames, namesPattern } from "./sites/imports.ts";
import { Walk, type Limit, TimeUp } from "./sites/walk.ts";
import { siteOf } from "./sites/site.ts";
import { pythonSites } from "./sites/python/find.ts";
import { mendPython } from "./sites/python/mend.ts";

export interface FindOptions {
  /** The file, so that modules beside it can be looked into for what they pass on of the engine. */
  readonly file?: string;
  readonly milliseconds?: number;
  readonly cancelled?: () => boolean;
}
const MOST_SITES = 2000,
  TIME_LIMIT_MS = 1400,
  /** What is looked through of a file that takes too long as a whole, and for how long. */
  HEAD = 256 * 1024,
  HEAD_MS = 300;
let ready: Promise<void> | null = null;
const parsers = new Map<string, Parser>();
async function parserFor(grammars: string, grammar: string): Promise<Parser> {
  await (ready ??= Parser.init({ locateFile: () => join(grammars, "web-tree-sitter.wasm") }));
  let parser = parsers.get(grammar);
  if (!parser) {
    parser = new Parser();
    parser.setLanguage(await Language.load(new Uint8Array(brotliDecompressSync(readFileSync(join(grammars, `${grammar}.wasm.br`))))));
    parsers.set(grammar, parser);
  }
  return parser;
}
function parse(parser: Parser, text: string, limit: Limit): Tree | null {
  const tree = parser.parse(text, null, { progressCallback: () => limit.over() });
  // A parse that was given up would be continued by the next one.
  if (!tree) parser.reset();
  return tree;
}

/**
 * Every jit function of a file, in order; what was found so far when the time is up.
 * @param grammars the folder of the grammar files
 */
export async function findSites(grammars: string, languageId: string, text: string, options: FindOptions = {}): Promise<Site[]> {
  const language = languageOf(languageId);
  if (!language) return [];
  const end = performance.now() + (options.milliseconds ?? TIME_LIMIT_MS),
    limit: Limit = { over: () => performance.now() > end || (options.cancelled?.() ?? false) };
  // Most files never speak of the engine: they are not even parsed.
  if (language.finder === "python" ? !language.mayHaveSites(text) : !text.includes(language.module) && !options.file) return [];
  const parser = await parserFor(grammars, language.grammar);
  const sites = search(parser, text, limit, language, options);
  if (sites || options.cancelled?.()) return sites ?? [];
  const headEnd = performance.now() + HEAD_MS;
  return search(parser, text.slice(0, HEAD), { over: () => performance.now() > headEnd }, language, options) ?? [];
}
/** The tree of a text, for whoever deletes it; null where it takes too long. */
export async function parseText(grammars: string, languageId: string, text: string, milliseconds = 500): Promise<Tree | null> {
  const language = languageOf(languageId);
  if (!language) return null;
  const end = performance.now() + milliseconds;
  return parse(await parserFor(grammars, language.grammar), text, { over: () => performance.now() > end });
}
/** Null where the text was too long to be read in time. */
function search(parser: Parser, text: string, limit: Limit, language: LanguageRow, options: FindOptions): Site[] | null {
  const sites = language.finder === "python" ? searchPython(parser, text, limit) : searchJavascript(parser, text, limit, language, options);
  return sites && withInner(sites.sort((a, b) => a.line - b.line || a.column - b.column || b.endLine - a.endLine || b.endColumn - a.endColumn));
}
/** Broken code is mended before it is looked at: an open bracket would take half the file into one statement. */
function searchPython(parser: Parser, text: string, limit: Limit): Site[] | null {
  let tree = parse(parser, text, limit);
  try {
    if (tree?.rootNode.hasError) {
      const mended = mendPython(text);
      if (mended !== text) {
        tree.delete();
        tree = parse(parser, mended, limit);
      }
    }
    return tree && pythonSites(tree, text, limit, MOST_SITES);
  } catch (e) {
    if (!(e instanceof TimeUp)) throw e;
    return null;
  } finally {
    tree?.delete();
  }
}
function searchJavascript(parser: Parser, text: string, limit: Limit, language: LanguageRow, options: FindOptions): Site[] | null {
  let tree: Tree | null = null;
  const sites: Site[] = [];
  try {
    tree = text.includes(language.module) || /\bfrom\s*["']\./.test(text) ? parse(parser, text, limit) : null;
    if (!tree) return null;
    const parseOther = (other: string): Tree | null => parse(parser, other, limit);
    const names = importedNames(tree, text, {
      module: language.module,
      file: options.file ?? null,
      extensions: language.extensions,
      parse: parseOther,
      limit,
    });
    const pattern = namesPattern(names);
    if (pattern) collect(tree, text, pattern, names, limit, sites);
  } catch (e) {
    if (!(e instanceof TimeUp)) throw e;
  } finally {
    tree?.delete();
  }
  return sites;
}
function collect(tree: Tree, text: string, pattern: RegExp, names: Names, limit: Limit, sites: Site[]): void {
  new Walk(tree, text, pattern, limit).each((at) => {
    const site = siteOf(at, names);
    if (site) sites.push(site);
    return sites.length < MOST_SITES;
  });
}
/** Each site learns of those inside it: a call is the innermost one's. */
function withInner(sites: readonly Site[]): Site[] {
  const open: { site: Site; inner: Site["inner"][number][] }[] = [],
    out: { site: Site; inner: Site["inner"][number][] }[] = [];
  const ended = (s: Site, by: Site): boolean => s.endLine < by.line || (s.endLine === by.line && s.endColumn <= by.column);
  for (const site of sites) {
    while (open.length && ended(open.at(-1)!.site, site)) open.pop();
    const entry = { site, inner: [] };
    // The nearest site around it is enough: what lies deeper lies inside this one too.
    open.at(-1)?.inner.push({ line: site.line, column: site.column, endLine: site.endLine, endColumn: site.endColumn });
    open.push(entry);
    out.push(entry);
  }
  return out.map(({ site, inner }) => ({ ...site, inner }));
}
