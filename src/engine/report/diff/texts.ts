// Texts of two sides laid beside each other: which line of a file became which, and what differs between two printed programs.
import { diffArrays } from "diff";
import type { TextLine } from "./types.ts";

const LONGEST_LINES = 20_000;
export const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

/**
 * For each line of `before` (from 1) the line of `after` that it became. Unchanged lines are each other's; of a part that changed, lines with words in common.
 * Where a text is not at hand, lines keep their numbers.
 */
export function lineMap(before: string | undefined, after: string | undefined): (line: number) => number | undefined {
  if (before === undefined || after === undefined || before === after) return (line) => line;
  const old = linesOf(before).map((l) => l.trim());
  const now = linesOf(after).map((l) => l.trim());
  const map = new Map<number, number>();
  let a = 0;
  let b = 0;
  let removed = 0;
  for (const p of compare(old, now)) {
    if (p.removed) {
      a += p.count;
      removed = p.count;
      continue;
    }
    if (p.added) for (const [i, j] of pairLines(old.slice(a - removed, a), now.slice(b, b + p.count))) map.set(a - removed + i + 1, b + j + 1);
    else {
      for (let i = 0; i < p.count; i++) map.set(a + i + 1, b + i + 1);
      a += p.count;
    }
    b += p.count;
    removed = 0;
  }
  return (line) => map.get(line);
}
const LARGEST_BLOCK = 250_000;
/** Lines of a part that changed, in order: those most alike belong together; between two such pairs, as many lines as were there belong together in order. */
function pairLines(old: readonly string[], now: readonly string[]): [number, number][] {
  if (old.length * now.length > LARGEST_BLOCK) return inOrder(0, old.length, 0, now.length);
  const words = [old.map(wordsOf), now.map(wordsOf)] as const;
  const like = (i: number, j: number): number => likeness(words[0][i]!, words[1][j]!);
  // Best sum of likenesses of the rest, from the end (as in Needleman and Wunsch, 1970).
  const width = now.length + 1;
  const best = new Float64Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      best[i * width + j] = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!, best[(i + 1) * width + j + 1]! + like(i, j));
  const pairs: [number, number][] = [];
  let from: readonly [number, number] = [0, 0];
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    const here = best[i * width + j]!;
    if (like(i, j) > 0 && here === best[(i + 1) * width + j + 1]! + like(i, j)) {
      pairs.push(...equalGap(from, [i, j]), [i, j]);
      i++;
      j++;
      from = [i, j];
    } else if (here === best[(i + 1) * width + j]!) i++;
    else j++;
  }
  return [...pairs, ...equalGap(from, [old.length, now.length])];
}
const equalGap = ([i, j]: readonly [number, number], [toI, toJ]: readonly [number, number]): [number, number][] =>
  toI - i === toJ - j ? inOrder(i, toI, j, toJ) : [];
const inOrder = (i: number, toI: number, j: number, toJ: number): [number, number][] =>
  Array.from({ length: Math.min(toI - i, toJ - j) }, (_v, n) => [i + n, j + n]);
function wordsOf(line: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [w] of line.matchAll(/[\p{L}\p{N}_$]+/gu)) counts.set(w, (counts.get(w) ?? 0) + 1);
  return counts;
}
/** Words in common, of all (Dice); 0 where it is less than a third. */
function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  let all = 0;
  for (const [w, n] of a) {
    common += Math.min(n, b.get(w) ?? 0);
    all += n;
  }
  for (const n of b.values()) all += n;
  const part = all ? (2 * common) / all : 0;
  return part >= 1 / 3 ? part : 0;
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
