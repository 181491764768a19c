// "Did you mean": the name that takes the fewest changes to type.

/** Insertions, deletions and replacements between two words (Wagner and Fischer, 1974). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_v, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
/** Null where none is near. */
export function nearest(word: string, names: readonly string[]): string | null {
  const close = names.map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) })).sort((a, b) => a.far - b.far)[0];
  return close && close.far <= Math.max(1, Math.floor(word.length * 0.4)) ? close.name : null;
}
