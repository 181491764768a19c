// Where statements of a Python text begin, so that a "%" or "!" that begins one is told from one inside strings, brackets and operations. Lines that are no Python
// (IPython's own) are not looked into: their quotes and brackets mean nothing.
import { endOfString } from "../sites/python/mend.ts";

export interface Statement {
  /** Offsets; `to` is that of the line end, or of the text's. */
  readonly from: number;
  readonly to: number;
  /** The first line, counted from 0. */
  readonly line: number;
  /** Whether it is IPython's. */
  readonly foreign: boolean;
}
const TOKEN = /("""|'''|"|')|#[^\n]*|[([{]|[)\]}]|\\\r?\n|\n/g;

/**
 * Logical lines, in order; those of IPython go on where a line ends with a backslash.
 * @param isForeign whether a line that begins a statement is IPython's
 */
export function* statements(text: string, isForeign: (line: string) => boolean): Generator<Statement> {
  let line = 0;
  for (let from = 0; from < text.length;) {
    const foreign = isForeign(lineAt(text, from));
    const to = foreign ? endOfForeign(text, from) : endOfPython(text, from);
    yield { from, to, line, foreign };
    line += count(text, from, to) + 1;
    from = to + 1;
  }
}
/** Where a string of three quotes begins that never ends; null where there is none. */
export function openString(text: string, isForeign: (line: string) => boolean): number | null {
  for (const s of statements(text, isForeign)) {
    if (s.foreign) continue;
    for (const m of tokens(text, s.from)) {
      if (m.index >= s.to) break;
      if (m[1]?.length === 3 && !closes(text, m.index, m[1])) return m.index;
    }
  }
  return null;
}
const lineAt = (text: string, from: number): string => text.slice(from, endOfLine(text, from));
const endOfLine = (text: string, from: number): number => (text.indexOf("\n", from) < 0 ? text.length : text.indexOf("\n", from));
function endOfForeign(text: string, from: number): number {
  let end = endOfLine(text, from);
  while (end < text.length && /\\\r?$/.test(text.slice(from, end))) end = endOfLine(text, end + 1);
  return end;
}
function endOfPython(text: string, from: number): number {
  let depth = 0;
  for (const m of tokens(text, from)) {
    const t = m[0];
    if (/^[([{]$/.test(t)) depth++;
    else if (/^[)\]}]$/.test(t)) depth = Math.max(0, depth - 1);
    else if (t === "\n" && depth === 0) return m.index;
  }
  return text.length;
}
/** What decides where lines end, strings skipped. */
function* tokens(text: string, from: number): Generator<RegExpExecArray> {
  const pattern = new RegExp(TOKEN);
  pattern.lastIndex = from;
  for (let m = pattern.exec(text); m; m = pattern.exec(text)) {
    if (m[1]) pattern.lastIndex = endOfString(text, m.index, m[1]);
    yield m;
  }
}
const closes = (text: string, at: number, quote: string): boolean => {
  const end = endOfString(text, at, quote);
  return end >= at + 2 * quote.length && text.startsWith(quote, end - quote.length);
};
function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = text.indexOf("\n", from); i >= 0 && i < to; i = text.indexOf("\n", i + 1)) lines++;
  return lines;
}
