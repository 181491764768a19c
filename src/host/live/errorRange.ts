// The part of the text that a run's error is about, so that the editor underlines that and not the rest of the line.
import type { Range, RunParams, RunResult } from "../protocol.ts";
import { plainCell } from "../notebook/magics.ts";
import { parseText } from "../sites.ts";
import { expressionIn } from "./expression.ts";

/** An error is rare, and the first parse of a window loads the grammar. */
const PARSE_MS = 3000;
export async function withRange(grammars: string, p: Pick<RunParams, "file" | "languageId" | "text" | "cells">, r: RunResult): Promise<RunResult> {
  if (r.kind !== "error" || r.line === null || r.column === null) return r;
  const written = r.file === p.file ? p.text : p.cells?.find((c) => c.file === r.file)?.text;
  if (written === undefined) return r;
  if (r.range) return { ...r, range: firstLine(r.range, written) };
  const { code, indent } = p.cells ? plainCell(written) : { code: written, indent: 0 };
  const tree = await parseText(grammars, p.languageId, code, PARSE_MS);
  try {
    const range = tree && expressionIn(tree, { line: r.line - 1, column: r.column - 1 }, indent);
    return { ...r, range: range && firstLine(range, written) };
  } finally {
    tree?.delete();
  }
}
/** Of what goes over several lines (a jit with its whole function) the first is enough. */
function firstLine(range: Range, text: string): Range {
  if (range.endLine === range.line) return range;
  const line = text.split(/\r\n|\n|\r/)[range.line] ?? "";
  return { ...range, endLine: range.line, endColumn: Math.max(range.column + 1, line.trimEnd().length) };
}
