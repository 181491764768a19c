// Texts of two sides laid beside each other: which line of a file became which, and what differs between two printed programs.
import { diffArrays } from "diff";
import type { TextLine } from "./types.ts";

const LONGEST_LINES = 20_000;
export const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

/**
 * For each line of `before` (from 1) the line of `after` that it became. Unchanged lines are each other's; of a part that changed, lines are paired in order.
 * Where a text is not at hand, lines keep their numbers.
 */
export function lineMap(before: string | undefined, after: string | undefined): (line: number) => number | undefined {
  if (before === undefined || after === undefined || before === after) return (line) => line;
  const map = new Map<number, number>();
  let a = 1;
  let b = 1;
  let removed = 0;
  const pair = (count: number): void => {
    for (let i = 0; i < count; i++) map.set(a - removed + i, b + i);
  };
  const parts = compare(
    linesOf(before).map((l) => l.trim()),
    linesOf(after).map((l) => l.trim()),
  );
  for (const p of parts) {
    if (p.removed) {
      a += p.count;
      removed = p.count;
      continue;
    }
    if (p.added) {
      pair(Math.min(removed, p.count));
      b += p.count;
    } else {
      for (let i = 0; i < p.count; i++) map.set(a + i, b + i);
      a += p.count;
      b += p.count;
    }
    removed = 0;
  }
  return (line) => map.get(line);
}
interface Part {
  readonly count: number;
  readonly added: boolean;
  readonly removed: boolean;
}
/** Parts in order, what is removed before what is added. Very long texts are compared at their ends only. */
function compare(a: readonly string[], b: readonly string[]): readonly Part[] {
  if (a.length > LONGEST_LINES || b.length > LONGEST_LINES) return byEnds(a, b);
  return diffArrays([...a], [...b]).map((p) => ({ count: p.value.length, added: p.added, removed: p.removed }));
}
function byEnds(a: readonly string[], b: readonly string[]): readonly Part[] {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const parts: Part[] = [
    { count: head, added: false, removed: false },
    { count: a.length - head - tail, added: false, removed: true },
    { count: b.length - head - tail, added: true, removed: false },
    { count: tail, added: false, removed: false },
  ];
  return parts.filter((p) => p.count > 0);
}

/**
 * Variables of a jaxpr (a, b, … ba) and of graphs (%12) are numbered through: one operation more renames all that follow. They are blanked for the comparison,
 * except where an operation is named.
 */
function withoutVariables(lines: readonly string[]): string[] {
  const defined = new Set(lines.flatMap((l) => [...l.matchAll(/(?<![\w.])([a-z]{1,4})(?=:[a-z]\w*\[)/g)].map((m) => m[1]!)));
  return lines.map((l) =>
    l
      .replace(/%\w+/g, "%")
      .replace(/(= *)?(?<![\w.])[a-z]{1,4}(?![\w=.])/g, (name, operation?: string) => (operation === undefined && defined.has(name) ? "_" : name))
      .trim(),
  );
}

/** Null where nothing but names of variables differs. */
export function diffText(before: string, after: string): TextLine[] | null {
  const a = linesOf(before);
  const b = linesOf(after);
  const parts = compare(withoutVariables(a), withoutVariables(b));
  if (!parts.some((p) => p.added || p.removed)) return null;
  const out: TextLine[] = [];
  let i = 0;
  let j = 0;
  for (const p of parts)
    for (let n = 0; n < p.count; n++) {
      if (p.removed) out.push({ kind: "removed", before: i + 1, text: a[i++]! });
      else if (p.added) out.push({ kind: "added", after: j + 1, text: b[j++]! });
      else out.push({ kind: "same", before: ++i, after: j + 1, text: b[j++]! });
    }
  return out;
}
