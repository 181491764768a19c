// Live editing as the editor asks for it: an edit is handed to the runner that has stayed, errors get the part of the text they are about, and changes
// that mend them are tried out.
import { plainCell } from "../notebook/magics.ts";
import { findCellSites } from "../notebook/sites.ts";
import { findSites, parseText } from "../sites.ts";
import type { FixParams, LiveAnswer, LiveFix, LiveParams, Site } from "../protocol.ts";
import { expressionIn } from "./expression.ts";
import { candidates, edited } from "./fixes.ts";
import { languageOf } from "../languages.ts";
import { pythonCandidates } from "./pythonFixes.ts";
import type { WarmRunners } from "./warm.ts";

const MOST_CANDIDATES = 8;
export class LiveService {
  constructor(
    private readonly grammars: string,
    private readonly warm: WarmRunners,
  ) {}
  async edit(p: LiveParams): Promise<LiveAnswer> {
    if (!this.warm.has(p.run)) return null;
    const cells = p.cells?.map((c) => ({ ...c, ...plainCell(c.text) }));
    const sites = cells ? await findCellSites(this.grammars, cells) : await findSites(this.grammars, p.languageId, p.text, { file: p.file });
    const answer = await this.warm.edit(p.run, { text: p.text, sites, line: p.line, ...(cells ? { file: p.file, cells } : {}) });
    if (answer === null || answer.kind === "tried") return null;
    if (answer.kind !== "failed") return answer;
    const { error } = answer;
    const cell = cells?.find((c) => c.file === error.file);
    const text = cells ? cell?.code : error.file === p.file ? p.text : undefined;
    if (text === undefined || error.line === null) return { ...answer, range: null };
    if (error.range) return { ...answer, range: error.range };
    const tree = await parseText(this.grammars, p.languageId, text);
    try {
      return { ...answer, range: tree && expressionIn(tree, { line: error.line - 1, column: (error.column ?? 1) - 1 }, cell?.indent ?? 0) };
    } finally {
      tree?.delete();
    }
  }
  /** Changes after which the function can be traced. */
  async fixes(p: FixParams): Promise<LiveFix[]> {
    if (!this.warm.has(p.run)) return [];
    const cells = p.cells?.map((c) => ({ ...c, ...plainCell(c.text) }));
    const own = cells?.find((c) => c.file === p.file);
    // What is indented as a whole, or holds more than Python, has other places in its code than in its text.
    if (cells && own?.code !== p.text) return [];
    const withText = (text: string): typeof cells => cells?.map((c) => (c === own ? { ...c, text, code: text } : c));
    const sitesOf = async (text: string): Promise<Site[]> => {
      const now = withText(text);
      return [...(await (now ? findCellSites(this.grammars, now) : findSites(this.grammars, p.languageId, text, { file: p.file })))];
    };
    const all = await sitesOf(p.text);
    const sites = all.filter((s) => !cells || s.cell === p.file);
    const around =
      sites.filter((s) => p.line >= s.line && p.line <= s.endLine).at(-1) ?? sites.find((s) => p.at.line >= s.line && p.at.line <= s.endLine);
    const tree = await parseText(this.grammars, p.languageId, p.text);
    if (!tree) return [];
    let found: LiveFix[];
    try {
      found = (
        languageOf(p.languageId)?.finder === "python"
          ? pythonCandidates(tree, p, p.at, p.range ?? null, around ?? null)
          : candidates(tree, p, p.at, around && around.kind === "call" ? around : null)
      ).slice(0, MOST_CANDIDATES);
    } finally {
      tree.delete();
    }
    if (!found.length) return [];
    const attempts = await Promise.all(
      found.map(async (f) => {
        const text = edited(p.text, f.edits);
        const now = withText(text);
        return { text, sites: await sitesOf(text), ...(now ? { cells: now } : {}) };
      }),
    );
    const answer = await this.warm.edit(p.run, { text: p.text, sites: all, line: p.line, attempts, ...(cells ? { file: p.file, cells } : {}) });
    return answer?.kind === "tried" ? found.filter((_f, i) => answer.passed[i]) : [];
  }
}
