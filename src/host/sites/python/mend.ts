// A file that is being typed: an unfinished line with an open bracket takes all that follows into itself. Such lines are blanked, so that the rest is read
// as it will be; no other character moves, and positions stay right.

interface Statement {
  readonly from: number;
  to: number;
  readonly line: string;
}
/** Where a statement begins for certain: none of these can stand at the start of a line inside brackets. */
const STARTS =
  /^[ \t]*(?:(?:async\s+)?def\s+\w|class\s+\w|@\w[\w.]*\s*(?:\(|$)|import\s+\w|from\s+[\w.]+\s+import\b|return\b|raise\b|with\s+\w|while\s+\w|try\s*:)/;
/** At the left margin also an assignment to a plain name: a keyword argument there would be odd. */
const ASSIGNS = /^[A-Za-z_]\w*(?:\.\w+)*\s*=\s/;
/** Lines that want more of themselves. */
const STUBS = /^[ \t]*(?:lambda\b[^\n]*:|(?:async[ \t]+)?def|class|@)[ \t]*$/;
const BLOCKS = /^[ \t]*(?:(?:async\s+)?def|class|if|for|while|with|try|else|elif|except|finally)\b/;

/** The text with its unfinished statements blanked; the same text where there are none. */
export function mendPython(text: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const { from, to, line } of unfinished(text)) {
    const indent = /^[ \t]*/.exec(line)![0];
    // What follows it is indented deeper: something must open the block.
    const instead = `${indent}${BLOCKS.test(line) && isDeeper(text, to, indent) ? "if 1:" : "0"}`;
    if (instead.length > line.length) continue;
    const blank = text.slice(from, to).replace(/[^\r\n]/g, " ");
    parts.push(text.slice(end, from), instead, blank.slice(instead.length));
    end = to;
  }
  return parts.join("") + text.slice(end);
}
function isDeeper(text: string, at: number, indent: string): boolean {
  const next = /^(?:[ \t]*\r?\n)*([ \t]*)\S/.exec(text.slice(at, at + 2000));
  return next !== null && next[1]!.length > indent.length;
}
/** Statements whose brackets are still open where another one begins, or at the end. */
function* unfinished(text: string): Generator<Statement> {
  let current: Statement | null = null;
  let depth = 0;
  const TOKEN = /("""|'''|"|')|#[^\n]*|[([{]|[)\]}]|\\\r?\n|\n/g;
  let lineStart = 0;
  const lineAt = (i: number): string => text.slice(i, text.indexOf("\n", i) < 0 ? text.length : text.indexOf("\n", i));
  current = { from: 0, to: 0, line: lineAt(0) };
  for (let m = TOKEN.exec(text); m; m = TOKEN.exec(text)) {
    const t = m[0];
    if (m[1]) {
      TOKEN.lastIndex = endOfString(text, m.index, m[1]);
      continue;
    }
    if (/^[([{]$/.test(t)) depth++;
    else if (/^[)\]}]$/.test(t)) depth = Math.max(0, depth - 1);
    else if (t === "\n") {
      lineStart = m.index + 1;
      const line = lineAt(lineStart);
      const begins = STARTS.test(line) || ASSIGNS.test(line);
      if ((depth > 0 && begins) || (depth === 0 && STUBS.test(current.line))) {
        yield { ...current, to: m.index };
        depth = 0;
      }
      if (depth === 0) current = { from: lineStart, to: 0, line };
    }
  }
  if (depth > 0) yield { ...current, to: text.length };
}
/** Where a string that begins at an offset is over: after its closing quotes; at the text's end where it has none. */
export function endOfString(text: string, at: number, quote: string): number {
  for (let i = at + quote.length; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(quote, i)) return i + quote.length;
    // A string of one line ends with it, closed or not.
    else if (quote.length === 1 && text[i] === "\n") return i;
  }
  return text.length;
}
