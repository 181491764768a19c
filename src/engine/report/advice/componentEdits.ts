// Differences of all pairs with a short last axis (coordinates), written as one array a component: `const d = a.get(null, ":", ":").sub(b.get(":", null, ":"))`.
// Sums over the last axis become sums of the components, weighted sums over another axis are stacked again.
import type { TextChange } from "../types.ts";
import { NAME, PLAIN, type Text, change, only } from "./edits.ts";
import type { Line } from "./types.ts";

const INDEX = String.raw`(?:null|["']:["'])`;
const OPERAND = String.raw`${PLAIN}\.get\(\s*${INDEX}\s*,\s*${INDEX}\s*,\s*["']:["']\s*\)`;
const DECLARED = String.raw`\bconst\s+(${NAME})\s*=\s*(${OPERAND})\.(sub|add|mul|div)\((${OPERAND})\)(?=\s*;|\s*$)`;
const LAST = String.raw`\{\s*axis:\s*(?:-1|2)\s*\}`;
const OTHER = String.raw`\{\s*axis:\s*(-2|-3|0|1)\s*\}`;
const RANK = 3;

/** @param count length of the last axis of both operands */
export function componentsEdit(t: Text, { line }: Line, count: number): TextChange[] | null {
  const declared = only(t.lines[line - 1], new RegExp(DECLARED, "g"));
  const np = /\bnumpy\s+as\s+([A-Za-z_$][\w$]*)/.exec(t.lines.join("\n"))?.[1];
  if (!declared || np === undefined) return null;
  const [all, name, a, how, b] = declared as unknown as readonly [string, string, string, string, string];
  const escaped = name.replaceAll("$", String.raw`\$`);
  const edits: TextChange[] = [];
  let read = 0;
  t.lines.forEach((own, i) => {
    for (const [form, named, write] of readers(escaped, np))
      for (const m of own.matchAll(new RegExp(String.raw`(?<![\w$.])${form}`, "g"))) {
        const text = write(name, m);
        if (text === null) continue;
        read += named;
        edits.push(change(t, i + 1, m.index, m[0].length, text));
      }
  });
  const everywhere = t.lines.join("\n").match(new RegExp(String.raw`(?<![\w$.])${escaped}(?![\w$])`, "g"));
  // A reader that is not understood needs the whole array.
  if (read === 0 || everywhere?.length !== read + 1 || edits.some((e) => e.line === line) || isNamed("i", all)) return null;
  const parts = Array.from({ length: count }, (_v, k) => k).join(", ");
  const one = (operand: string): string => operand.replace(/["']:["']\s*\)$/, "i)");
  return [change(t, line, declared.index, all.length, `const ${name} = [${parts}].map((i) => ${one(a)}.${how}(${one(b)}))`), ...edits];
}
/** Whether a text has a name that a new function's parameter would hide. */
const isNamed = (name: string, text: string): boolean => new RegExp(String.raw`(?<![\w$.])${name}(?![\w$])`).test(text);
type Reader = readonly [form: string, named: number, write: (name: string, found: RegExpMatchArray) => string | null];
/** What may be done with the array, how often its name stands in that, and how it is written of components. */
function readers(name: string, np: string): readonly Reader[] {
  const square = String.raw`${np}\.square\(\s*${name}\s*\)`;
  const twice = String.raw`${name}\.mul\(\s*${name}\s*\)`;
  const weighted = String.raw`${name}\.mul\(\s*(${PLAIN})\.get\(\s*(?:["']\.\.\.["']|["']:["']\s*,\s*["']:["'])\s*,\s*null\s*\)\s*\)`;
  const added = (each: string) => (n: string) => `${n}.map((c) => ${each}).reduce((a, b) => a.add(b))`;
  const stacked: Reader[2] = (n, [, w, axis]) =>
    isNamed("c", w!)
      ? null
      : `${np}.stack(${n}.map((c) => c.mul(${w}).sum({ axis: ${Number(axis) < 0 ? RANK + Number(axis) : axis} })), { axis: -1 })`;
  return [
    [String.raw`${np}\.sum\(\s*${square}\s*,\s*${LAST}\s*\)`, 1, added(`${np}.square(c)`)],
    [String.raw`${square}\.sum\(\s*${LAST}\s*\)`, 1, added(`${np}.square(c)`)],
    [String.raw`${np}\.sum\(\s*${twice}\s*,\s*${LAST}\s*\)`, 2, added("c.mul(c)")],
    [String.raw`${twice}\.sum\(\s*${LAST}\s*\)`, 2, added("c.mul(c)")],
    [String.raw`${np}\.sum\(\s*${weighted}\s*,\s*${OTHER}\s*\)`, 1, stacked],
    [String.raw`${weighted}\.sum\(\s*${OTHER}\s*\)`, 1, stacked],
  ];
}
