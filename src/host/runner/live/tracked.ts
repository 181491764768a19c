// Where code that was compiled once stands after edits above it: a declaration that was not changed itself moves with its lines.
import type { At, FileUnits } from "./units.ts";

/** A declaration as it was compiled, and where it begins now; null where it is gone or was replaced. */
export interface Tracked {
  readonly home: At;
  now: At | null;
}
/** A place inside a declaration, where it is now. */
export function movedIn(t: Tracked, at: At): At | null {
  if (!t.now) return null;
  return { line: at.line + t.now.line - t.home.line, column: at.column + (at.line === t.home.line ? t.now.column - t.home.column : 0) };
}
const before = (a: At, b: At): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);
/** Finds the declaration that a place of the first text lies in. */
export class FirstText {
  readonly #tracked: readonly Tracked[];
  constructor(file: FileUnits) {
    this.#tracked = file.units.map((u) => ({ home: u.at, now: u.at }));
  }
  of(index: number): Tracked {
    return this.#tracked[index]!;
  }
  moved(at: At): At | null {
    const t = this.#tracked.findLast((x) => before(x.home, at));
    return t ? movedIn(t, at) : at;
  }
}
