// Changes to a text that leave its lines where they are, and the way back: from a position in the changed text to the one in the text before.

export interface Edit {
  readonly at: number;
  /** How many characters it takes the place of. */
  readonly remove: number;
  /** No line breaks. */
  readonly insert: string;
}
/** The column (from 0) that a column of the changed line had before. Lines count from 1. */
export type ColumnBefore = (line: number, column: number) => number;

/** Applies edits; those at one place stand in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): { readonly text: string; readonly columnBefore: ColumnBefore } {
  const sorted = edits.map((e, order) => ({ e, order })).sort((a, b) => a.e.at - b.e.at || a.order - b.order),
    byLine = new Map<number, { from: number; to: number; original: number; delta: number }[]>();
  const parts: string[] = [];
  let last = 0,
    line = 1,
    lineStart = 0,
    delta = 0;
  for (const { e } of sorted) {
    for (let n = text.indexOf("\n", Math.max(lineStart, 0)); n >= 0 && n < e.at; n = text.indexOf("\n", lineStart)) {
      line++;
      lineStart = n + 1;
      delta = 0;
    }
    parts.push(text.slice(last, e.at), e.insert);
    last = e.at + e.remove;
    const original = e.at - lineStart,
      from = original + delta;
    delta += e.insert.length - e.remove;
    const list = byLine.get(line) ?? [];
    list.push({ from, to: from + e.insert.length, original: original + e.remove, delta });
    byLine.set(line, list);
  }
  parts.push(text.slice(last));
  return {
    text: parts.join(""),
    columnBefore(l, column) {
      let found = null;
      for (const s of byLine.get(l) ?? []) {
        if (s.from > column) break;
        found = s;
      }
      if (!found) return column;
      return column < found.to ? found.original : column - found.delta;
    },
  };
}
