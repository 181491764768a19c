// Changes of the person's text that are certain: a line has what the rule knows of in a form that is understood whole, once, and nothing else of the file reads
// what becomes different. In all other cases there is none, and the rule says in words (or a snippet) what to write.
import type { TextChange } from "../types.ts";
import type { Line } from "./types.ts";

/** The text that positions are of. */
export interface Text {
  readonly file: number;
  readonly lines: readonly string[];
}
export const NAME = String.raw`[A-Za-z_$][\w$]*`;
/** A variable, or a field of one: reading it twice is reading it once. */
export const PLAIN = String.raw`${NAME}(?:\.${NAME})*`;
const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const MOST_FACTORS = 4;

export function change(t: Text, line: number, from: number, length: number, text: string): TextChange {
  return { file: t.file, line, column: from + 1, endLine: line, endColumn: from + length + 1, text };
}
/** The only place of a line where a pattern stands; null where it stands nowhere, or more than once. */
export function only(line: string | undefined, pattern: RegExp): RegExpExecArray | null {
  const all = [...(line ?? "").matchAll(pattern)];
  return all.length === 1 ? (all[0] as RegExpExecArray) : null;
}

/** `np.power(x, 6.5)` and `x.pow(3)` as multiplications and a root. */
export function powerEdit(t: Text, { line }: Line, exponent: number): TextChange[] | null {
  const text = t.lines[line - 1];
  const called = only(text, new RegExp(String.raw`(?<![\w$.])(${NAME})\.power\(\s*(${PLAIN})\s*,\s*(${NUMBER})\s*\)`, "g"));
  const method = only(text, new RegExp(String.raw`(?<![\w$.)\]])(${PLAIN})\.(?:pow|power)\(\s*(${NUMBER})\s*\)`, "g"));
  if ((called === null) === (method === null)) return null;
  const product = called ? productOf(exponent, called[2]!, called[1]!) : productOf(exponent, method![1]!, null);
  const found = called ?? method!;
  if (product === null || Number(found.at(-1)) !== exponent) return null;
  return [change(t, line, found.index, found[0].length, product)];
}
/** @param np how the module is called; null: unknown, so that methods alone can be used */
function productOf(exponent: number, x: string, np: string | null): string | null {
  const whole = Math.floor(Math.abs(exponent));
  if (np === null) {
    if (exponent !== whole || whole < 2 || whole > MOST_FACTORS) return null;
    return Array.from({ length: whole - 1 }).reduce((s: string) => `${s}.mul(${x})`, x);
  }
  const factors: string[] = [];
  // What is written twice is computed once.
  for (let rest = whole, square = x; rest > 0; rest = Math.floor(rest / 2), square = `${np}.square(${square})`) if (rest % 2) factors.push(square);
  if (Math.abs(exponent) !== whole) factors.push(`${np}.sqrt(${x})`);
  // The bare name comes last: methods are those of what the module gives.
  if (factors[0] === x) factors.push(factors.shift()!);
  const [first, ...rest] = factors;
  if (first === undefined) return null;
  const product = rest.reduce((s, f) => `${s}.mul(${f})`, first);
  return exponent < 0 ? `${np}.reciprocal(${product})` : product;
}

/**
 * A sort of which one end is read as the extreme of that axis, which is kept with one element: readers stay as they are.
 * @param rank of what is sorted
 */
export function sortEdit(t: Text, { line }: Line, end: "first" | "last", axis: number, rank: number): TextChange[] | null {
  const options = String.raw`\{\s*axis:\s*(-?\d+)\s*\}`;
  const call = only(
    t.lines[line - 1],
    new RegExp(
      String.raw`\b(?:const|let)\s+(${NAME})\s*=\s*(${NAME})\.(argsort|sort)\(\s*(${PLAIN})\s*(?:,\s*${options}\s*)?\)(?=\s*[,;]|\s*$)`,
      "g",
    ),
  );
  if (!call) return null;
  const [all, name, np, how, keys, written] = call as unknown as readonly [string, string, string, string, string, string | undefined];
  if ((Number(written ?? -1) + rank) % rank !== axis || !isReadAtEnd(t, name, end, axis, rank)) return null;
  const extreme = `${how === "argsort" ? "arg" : ""}${end === "last" ? "max" : "min"}`;
  const from = call.index + all.indexOf("=", all.indexOf(name) + name.length);
  const value = `= ${np}.${extreme}(${keys}, { axis: ${written ?? -1}, keepdims: true })`;
  return [change(t, line, from, all.length - (from - call.index), value)];
}
/** Whether a variable is only read as `name.get(…)`, and on the axis only its end, by an index that one element has too. */
function isReadAtEnd(t: Text, name: string, end: "first" | "last", axis: number, rank: number): boolean {
  const escaped = name.replaceAll("$", String.raw`\$`);
  const text = t.lines.join("\n");
  const named = [...text.matchAll(new RegExp(String.raw`(?<![\w$])${escaped}(?![\w$])`, "g"))].length;
  const reads = [...text.matchAll(new RegExp(String.raw`(?<![\w$.])${escaped}\.get\(([^()[\]{}]*)\)`, "g"))];
  return (
    reads.length > 0 &&
    named === reads.length + 1 &&
    reads.every(([, list]) => {
      const parts = list!.split(",").map((p) => p.trim());
      const at = /^["']\.\.\.["']$/.test(parts[0]!) ? parts[parts.length - (rank - axis)] : parts[axis];
      // New axes and several dots move places.
      return at === (end === "last" ? "-1" : "0") && !parts.includes("null") && parts.slice(1).every((p) => !p.includes("..."));
    })
  );
}

/**
 * `a.matmul(b).matmul(x)` as `a.matmul(b.matmul(x))`, or the other way round.
 * @param side which operand of the outer product the inner one is
 */
export function associateEdit(t: Text, { line }: Line, side: 0 | 1): TextChange[] | null {
  const text = t.lines[line - 1];
  const before = String.raw`(?<![\w$.)\]])`;
  const form =
    side === 0
      ? String.raw`${before}(${PLAIN})\.matmul\(\s*(${PLAIN})\s*\)\.matmul\(\s*(${PLAIN})\s*\)`
      : String.raw`${before}(${PLAIN})\.matmul\(\s*(${PLAIN})\.matmul\(\s*(${PLAIN})\s*\)\s*\)`;
  const found = only(text, new RegExp(form, "g"));
  // A further product on the line may be the one that is meant.
  if (!found || (text?.match(/\.(?:matmul|dot)\(/g) ?? []).length !== 2) return null;
  const [all, a, b, c] = found as unknown as readonly [string, string, string, string];
  return [change(t, line, found.index, all.length, side === 0 ? `${a}.matmul(${b}.matmul(${c}))` : `${a}.matmul(${b}).matmul(${c})`)];
}
/** `np.linalg.inv(a).matmul(x)` as `np.linalg.solve(a, x)`. */
export function solveEdit(t: Text, { line }: Line): TextChange[] | null {
  const found = only(
    t.lines[line - 1],
    new RegExp(String.raw`(?<![\w$.])(${NAME}\.linalg)\.inv\(\s*(${PLAIN})\s*\)\.matmul\(\s*(${PLAIN})\s*\)`, "g"),
  );
  if (!found) return null;
  const [all, linalg, a, x] = found as unknown as readonly [string, string, string, string];
  return [change(t, line, found.index, all.length, `${linalg}.solve(${a}, ${x})`)];
}

/**
 * `const p = e.div(e.sum({ axis: A, keepdims: true }))`, of which only sums over A are read: they are divided instead. The sums read what was divided before,
 * and the name stands for the divisor.
 */
export function dividedEdit(t: Text, { line }: Line): TextChange[] | null {
  const axes = String.raw`(\[[\d\s,-]*\]|-?\d+)`;
  const declared = only(
    t.lines[line - 1],
    new RegExp(
      String.raw`\bconst\s+(${NAME})\s*=\s*(${PLAIN})\.div\(\s*(${PLAIN})\.sum\(\{\s*axis:\s*${axes},\s*keepdims:\s*true\s*\}\)\s*\)(?=\s*;|\s*$)`,
      "g",
    ),
  );
  if (!declared) return null;
  const [all, name, value, summed, over] = declared as unknown as readonly [string, string, string, string, string];
  const escaped = name.replaceAll("$", String.raw`\$`);
  const sum = String.raw`(?<![\w$.])${escaped}((?:\.mul\(\s*${PLAIN}\s*\))?)\.sum\(\{\s*axis:\s*${over.replaceAll(/[[\]-]/g, String.raw`\$&`)}\s*\}\)`;
  const reads = t.lines.flatMap((text, i) => [...text.matchAll(new RegExp(sum, "g"))].map((m) => ({ line: i + 1, m })));
  const named = t.lines.join("\n").match(new RegExp(String.raw`(?<![\w$])${escaped}(?![\w$])`, "g"));
  // Sums over the last axis by a negative number, or in another order, are read as another text: what is not understood whole is left alone.
  if (reads.length === 0 || named?.length !== reads.length + 1 || reads.some((r) => r.line === line)) return null;
  return [
    change(t, line, declared.index, all.length, `const ${name} = ${summed}.sum({ axis: ${over} })`),
    ...reads.map((r) => change(t, r.line, r.m.index, r.m[0].length, `${value}${r.m[1]}.sum({ axis: ${over} }).div(${name})`)),
  ];
}
/** `a.get(":", null, ":").mul(b.get(null, ":", ":")).sum({ axis: -1 })` as `a.matmul(b.T)`. */
export function summedEdit(t: Text, { line }: Line): TextChange[] | null {
  const every = String.raw`["']:["']`;
  const rows = String.raw`(${PLAIN})\.get\(\s*${every}\s*,\s*null\s*,\s*${every}\s*\)`;
  const others = String.raw`(${PLAIN})\.get\(\s*null\s*,\s*${every}\s*,\s*${every}\s*\)`;
  const found = only(
    t.lines[line - 1],
    new RegExp(String.raw`(?<![\w$.)\]])${rows}\.mul\(\s*${others}\s*\)\.sum\(\{\s*axis:\s*(?:-1|2)\s*\}\)`, "g"),
  );
  return found && [change(t, line, found.index, found[0].length, `${found[1]}.matmul(${found[2]}.T)`)];
}
/** A type's name as another one, on all the lines that bring it in. */
export function typeEdit(t: Text, lines: readonly number[], from: string, to: string): TextChange[] | null {
  const edits = [...new Set(lines)].map((line) =>
    [...(t.lines[line - 1] ?? "").matchAll(new RegExp(String.raw`(\.astype\(\s*)(["'])${from}\2(?=\s*\))`, "g"))].map((m) =>
      change(t, line, m.index + m[1]!.length, from.length + 2, `${m[2]}${to}${m[2]}`),
    ),
  );
  return edits.length && edits.every((e) => e.length) ? edits.flat() : null;
}

/** The option that makes arguments of a jit static, taken out, where it stands once in the text of the call. Options that have nothing else go with it. */
export function staticsEdit(t: Text, from: number, to: number): TextChange[] | null {
  const option = String.raw`staticArgnums\s*:\s*(?:\d+|\[[\d\s,]*\])`;
  const lines = Array.from({ length: to - from + 1 }, (_v, i) => from + i);
  const line = lines.filter((l) => /staticArg(?:num|name)s/.test(t.lines[l - 1] ?? ""));
  if (line.length !== 1 || lines.some((l) => t.lines[l - 1]?.includes("staticArgnames"))) return null;
  const text = t.lines[line[0]! - 1];
  const forms = [
    String.raw`,\s*\{\s*${option}\s*,?\s*\}(?=\s*,?\s*\))`,
    String.raw`(?<=\{\s*)${option}\s*,\s*(?=[\w$])`,
    String.raw`,\s*${option}(?=\s*,?\s*\})`,
  ];
  for (const form of forms) {
    const found = only(text, new RegExp(form, "g"));
    if (found) return [change(t, line[0]!, found.index, found[0].length, "")];
  }
  return null;
}
