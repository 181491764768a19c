// Where the lines of an edited text stood before: what a report says of a line goes with that line, and is dropped where the line itself was changed.

/** For each line of a report's text (from 1) the line it is now, or null. Lines are compared from both ends; what lies between was changed. */
export function lineShift(before: string, now: string): (line: number) => number | null {
  if (before === now) return (line) => line;
  const a = before.split(/\r?\n/),
    b = now.split(/\r?\n/),
    most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return (line) => (line <= head ? line : line > a.length - tail && line <= a.length ? line + b.length - a.length : null);
}
