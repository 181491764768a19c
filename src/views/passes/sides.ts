// Two texts side by side: which lines are the same, and where a changed line differs. Lines are few: the recorder sends what changed with a little around it.
export interface Side {
  readonly text: string;
  /** From the first to the last character that differs from its partner; absent where the whole line is new or gone. */
  readonly differs?: readonly [from: number, to: number];
}
export interface Pair {
  readonly kind: "same" | "changed" | "removed" | "added";
  readonly before: Side | null;
  readonly after: Side | null;
}
/** The value that a line of a graph computes: "%5" of "%5 = add(%1, %2)". */
const valueOf = (line: string): string => /^(\S+) = /.exec(line)?.[1] ?? line;

export function pairs(before: string, after: string): Pair[] {
  const a = lines(before);
  const b = lines(after);
  const common = longest(a, b);
  const out: Pair[] = [];
  let i = 0;
  let j = 0;
  for (const [x, y] of [...common, [a.length, b.length] as const]) {
    out.push(...between(a.slice(i, x), b.slice(j, y)));
    if (x < a.length) out.push({ kind: "same", before: { text: a[x]! }, after: { text: b[y]! } });
    i = x + 1;
    j = y + 1;
  }
  return out;
}
const lines = (text: string): string[] => (text === "" ? [] : text.split("\n"));
/** Lines between two equal ones: those of one value stand beside one another. */
function between(gone: readonly string[], come: readonly string[]): Pair[] {
  const partner = new Map(come.map((line, at) => [valueOf(line), at]));
  const out: Pair[] = [];
  let next = 0;
  const add = (to: number): void => {
    for (; next < to; next++) out.push({ kind: "added", before: null, after: { text: come[next]! } });
  };
  for (const line of gone) {
    const at = partner.get(valueOf(line));
    if (at === undefined || at < next) out.push({ kind: "removed", before: { text: line }, after: null });
    else {
      add(at);
      out.push(changed(line, come[at]!));
      next = at + 1;
    }
  }
  add(come.length);
  return out;
}
function changed(before: string, after: string): Pair {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let end = 0;
  while (end < most - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  return {
    kind: "changed",
    before: { text: before, differs: [from, before.length - end] },
    after: { text: after, differs: [from, after.length - end] },
  };
}
/** Positions of a longest common subsequence. */
function longest(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] =
        a[i] === b[j] ? 1 + length[(i + 1) * width + j + 1]! : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
  const out: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) out.push([i++, j++]);
    else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) i++;
    else j++;
  }
  return out;
}
