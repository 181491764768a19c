// Calls in a person's text: where their arguments are, and which of them the result is put in the place of.
import { NAME, PLAIN, type Text } from "./edits.ts";
import type { Line } from "./types.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}
const OPENING = "([{";
const CLOSING = ")]}";

/** The arguments of a call whose bracket opens before a place: without the blanks around them. Null where the text has what may hide a bracket. */
export function argumentsAt(text: string, start: number): Span[] | null {
  const cuts = [start];
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const c = text[at]!;
    if (c === '"' || c === "'") {
      const end = text.indexOf(c, at + 1);
      if (end < 0 || /[\\\n]/.test(text.slice(at, end))) return null;
      at = end;
    } else if (c === "`" || (c === "/" && /[/*]/.test(text[at + 1] ?? ""))) return null;
    else if (OPENING.includes(c)) depth++;
    else if (CLOSING.includes(c) && depth-- === 0) {
      cuts.push(at + 1);
      const spans = cuts.slice(1).map((end, i) => trimmed(text, cuts[i]!, end - 1));
      // A comma may stand after the last one.
      if (spans.at(-1)!.from === spans.at(-1)!.to) spans.pop();
      return spans.every((s) => s.from < s.to) ? spans : null;
    } else if (c === "," && depth === 0) cuts.push(at + 1);
  }
  return null;
}
/**
 * The call (or property) that a place is in the name of, with what it is called on: `scores.neg()` for the place of `neg`, or of `scores`, in `np.argsort(scores.neg())`. Null
 * where that is not plain to see, on one line.
 * @param at from 0
 */
export function callAt(line: string, at: number): string | null {
  const property = /^[A-Za-z_$][\w$]*(?![\w$(])/.exec(line.slice(at));
  if (property && line[at - 1] === ".") {
    const from = receiverStart(line, at);
    return from === null ? null : line.slice(from, at + property[0].length);
  }
  const called = /^[\w$]+(?:\.[\w$]+)*\(/.exec(line.slice(at));
  const start = called && receiverStart(line, at);
  if (!called || start === null) return null;
  const open = at + called[0].length;
  const args = argumentsAt(line, open);
  const end = args && /^\s*,?\s*\)/.exec(line.slice(args.at(-1)?.to ?? open));
  return args && end ? line.slice(start, (args.at(-1)?.to ?? open) + end[0].length) : null;
}
/** Where the expression begins that a name is the last member of: names, calls and indices joined by dots. */
function receiverStart(line: string, at: number): number | null {
  let start = at;
  while (line[start - 1] === ".") {
    let end = start - 1;
    while (")]".includes(line[end - 1] ?? "-")) {
      const open = openingOf(line, end - 1);
      if (open === null) return null;
      end = open;
    }
    const name = /[A-Za-z_$][\w$]*$/.exec(line.slice(0, end));
    if (!name) return null;
    start = name.index;
  }
  return start;
}
/** The bracket that opens what a bracket closes; null where the text has what may hide one. */
function openingOf(line: string, close: number): number | null {
  let depth = 0;
  for (let i = close; i >= 0; i--) {
    const c = line[i]!;
    if ("\"'`/".includes(c)) return null;
    if (CLOSING.includes(c)) depth++;
    else if (OPENING.includes(c) && --depth === 0) return i;
  }
  return null;
}
function trimmed(text: string, from: number, to: number): Span {
  const part = text.slice(from, to);
  const first = from + part.length - part.trimStart().length;
  return { from: first, to: Math.max(first, from + part.trimEnd().length) };
}
/** Positions of arguments that an assignment on the line overwrites: `state = step(state, x)`, `[a, b] = step(a, b)`. A new variable overwrites nothing. */
export function replacedArguments(t: Text, { line }: Line, name: string): number[] {
  const text = t.lines.slice(line - 1).join("\n");
  const [first = ""] = text.split("\n");
  const call = new RegExp(
    String.raw`(?<![\w$.])(const\s+|let\s+|var\s+)?(\[[^\]=]*\]|${PLAIN})\s*=\s*${name.replaceAll("$", String.raw`\$`)}\(`,
  ).exec(first);
  if (!call || call[1] !== undefined) return [];
  const targets = new Set(call[2]!.match(new RegExp(call[2]!.startsWith("[") ? NAME : PLAIN, "g")));
  const args = argumentsAt(text, call.index + call[0].length) ?? [];
  return args.flatMap((a, i) => (targets.has(text.slice(a.from, a.to)) ? [i] : []));
}
