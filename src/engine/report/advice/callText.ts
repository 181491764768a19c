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
