// The words of a jaxpr's text, and which brackets belong together.
import { JaxprTypeError } from "../core/errors.ts";

const TOKEN = /\s+|#[^\n]*|(key<[a-z]+>|GatherScatterMode\.\w+|<-|[A-Za-z_][\w.<>-]*|-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)|[{}()[\];:=,]|\S)/gy;
export interface Token {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}
export function tokenize(text: string): Token[] {
  const out: Token[] = [];
  for (const m of text.matchAll(TOKEN)) if (m[1] !== undefined) out.push({ text: m[1], at: m.index, end: m.index + m[1].length });
  return out;
}
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
/** For each opening bracket the index of the token that closes it; −1 for every other token. Throws where brackets do not match. */
export function matchBrackets(tokens: readonly Token[]): Int32Array {
  const match = new Int32Array(tokens.length).fill(-1),
    open: number[] = [];
  tokens.forEach((t, i) => {
    if (t.text in CLOSERS) open.push(i);
    else if (t.text === ")" || t.text === "]" || t.text === "}") {
      const from = open.pop();
      if (from === undefined || CLOSERS[tokens[from]!.text] !== t.text)
        throw new JaxprTypeError(`jaxpr text: the "${t.text}" at character ${t.at} closes nothing`);
      match[from] = i;
    }
  });
  const left = open.at(-1);
  if (left !== undefined) throw new JaxprTypeError(`jaxpr text: the "${tokens[left]!.text}" at character ${tokens[left]!.at} is not closed`);
  return match;
}
