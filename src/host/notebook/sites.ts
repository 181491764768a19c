// jit functions of a notebook. Its cells together are one file: a name that one cell imports another one uses. What is unfinished in a cell stays in that cell.
import type { Range, Site } from "../protocol.ts";
import { type FindOptions, findSites } from "../sites.ts";
import { mendPython } from "../sites/python/mend.ts";
import type { Cell } from "./cells.ts";
import { isForeignLine, plainCell } from "./magics.ts";
import { openString } from "./statements.ts";

/** What stands between two cells, a line of its own: a comment that ends one is not above the other, and what is unfinished ends. */
const BETWEEN = "\npass\n";

/** Every site, in order; each says its cell, and its lines are the cell's. */
export async function findCellSites(grammars: string, cells: readonly Cell[], options: FindOptions = {}): Promise<Site[]> {
  const plain = cells.map((c) => plainCell(c.text));
  const texts = plain.map((c) => closed(c.code));
  const starts: number[] = [];
  let line = 0;
  for (const text of texts) {
    starts.push(line);
    line += text.split("\n").length + 1;
  }
  const sites = await findSites(grammars, "python", texts.join(BETWEEN), options);
  return sites.map((s): Site => {
    const at = starts.findLastIndex((start) => start <= s.line);
    const from = starts[at] ?? 0;
    const indent = plain[at]!.indent;
    return {
      ...moved(s, from, indent),
      callee: moved(s.callee, from, indent),
      within: s.within && moved(s.within, from, indent),
      inner: s.inner.map((r) => moved(r, from, indent)),
      cell: cells[at]!.file,
    };
  });
}
/** From the notebook's lines to the cell's, and from the code's columns to those of what is written. */
const moved = <R extends Range>(r: R, lines: number, indent: number): R => ({
  ...r,
  line: r.line - lines,
  column: r.column + indent,
  endLine: r.endLine - lines,
  endColumn: r.endColumn + indent,
});
/** A text whose open brackets and strings end with it. */
function closed(text: string): string {
  const open = openString(text, isForeignLine);
  const whole = open === null ? text : `${text.slice(0, open)}0${text.slice(open + 1).replace(/[^\r\n]/g, " ")}`;
  return mendPython(whole);
}
