// Hints of a text that is being edited: until the next answer they stand where their variables have moved to.

/** Counted from 0. */
export interface Hint {
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly types: readonly string[];
}
interface Point {
  readonly line: number;
  readonly character: number;
}
export interface Change {
  readonly range: { readonly start: Point; readonly end: Point };
  readonly text: string;
}
const isBefore = (a: Point, line: number, column: number): boolean => a.line < line || (a.line === line && a.character <= column);

/** Hints after edits of the text; those whose own place was edited are gone. */
export function movedHints(hints: readonly Hint[], changes: readonly Change[]): readonly Hint[] {
  return changes.reduce((list, c) => list.flatMap((h) => moved(h, c)), hints);
}
function moved(h: Hint, { range: { start, end }, text }: Change): Hint[] {
  if (!isBefore(start, h.line, h.column)) {
    // An edit that begins inside the name changes it.
    return start.line === h.line && start.character < h.column + h.name.length ? [] : [h];
  }
  if (!isBefore(end, h.line, h.column)) return [];
  const added = text.split("\n");
  const line = h.line + added.length - 1 - (end.line - start.line);
  if (end.line !== h.line) return [{ ...h, line }];
  const from = added.length === 1 ? start.character : 0;
  return [{ ...h, line, column: h.column - end.character + from + added.at(-1)!.length }];
}
