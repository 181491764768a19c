// Changes of a text that an insight proposes: applied, and as the lines that a person would see change.
import type { TextChange } from "../types.ts";

/** Where each line starts; line ends are part of no line. */
function starts(text: string): number[] {
  const at = [0];
  for (const m of text.matchAll(/\r\n|\n|\r/g)) at.push(m.index + m[0].length);
  return at;
}
const offset = (at: readonly number[], text: string, line: number, column: number): number =>
  line > at.length ? text.length : Math.min(at[line - 1]! + column - 1, at[line] ?? text.length);
/** From the last to the first, so that none moves another. */
const backwards = (changes: readonly TextChange[]): TextChange[] => [...changes].sort((a, b) => b.line - a.line || b.column - a.column);

/** The text with all changes; all are of one file. */
export function changed(text: string, changes: readonly TextChange[]): string {
  const at = starts(text);
  let out = text;
  for (const c of backwards(changes))
    out = out.slice(0, offset(at, text, c.line, c.column)) + c.text + out.slice(offset(at, text, c.endLine, c.endColumn));
  return out;
}
/** Whether no two changes want the same place, and each is inside the text. */
export function fits(text: string, changes: readonly TextChange[]): boolean {
  const at = starts(text);
  const spans = changes.map((c) => [offset(at, text, c.line, c.column), offset(at, text, c.endLine, c.endColumn)] as const);
  const sorted = [...spans].sort((a, b) => a[0] - b[0]);
  return changes.every((c) => c.endLine <= at.length) && sorted.every(([from, to], i) => from <= to && from >= (sorted[i - 1]?.[1] ?? 0));
}
/** Some lines that are replaced by others. */
export interface Hunk {
  /** The first of them, from 1, in the text before. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}
/** The lines that change, those that stand together as one. */
export function hunks(text: string, changes: readonly TextChange[]): Hunk[] {
  const lines = text.split(/\r\n|\n|\r/);
  const groups: { first: number; last: number; changes: TextChange[] }[] = [];
  for (const c of backwards(changes).reverse()) {
    const group = groups.at(-1);
    if (group && c.line <= group.last + 1) {
      group.last = Math.max(group.last, c.endLine);
      group.changes.push(c);
    } else groups.push({ first: c.line, last: c.endLine, changes: [c] });
  }
  return groups.map(({ first, last, changes: own }) => {
    const before = lines.slice(first - 1, last);
    const moved = own.map((c) => ({ ...c, line: c.line - first + 1, endLine: c.endLine - first + 1 }));
    const after = changed(before.join("\n"), moved).split(/\r\n|\n|\r/);
    // An inserted or deleted line leaves its neighbour as it is.
    let head = 0;
    while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
    let tail = 0;
    while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
    return { line: first + head, before: before.slice(head, before.length - tail), after: after.slice(head, after.length - tail) };
  });
}
