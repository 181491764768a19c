// An option that is put into the call of a loop of ours: `lax.foriLoop(0, n, body, init)` with `{ unroll: 2 }`. The call is found by its name and its brackets.
import type { TextChange } from "../types.ts";
import { argumentsAt } from "./callText.ts";
import type { Text } from "./edits.ts";
import type { Line } from "./types.ts";

/** How many arguments a loop has before its options, and what stands for those that may be left out. */
const LOOPS: Readonly<Record<string, { readonly before: number; readonly least: number }>> = {
  foriLoop: { before: 4, least: 4 },
  scan: { before: 3, least: 2 },
};
/** All that may be the loop of a line. */
const LOOP_NAMES: ReadonlySet<string> = new Set([...Object.keys(LOOPS), "whileLoop", "map", "associativeScan"]);

/** `unroll` for the only loop that is called on a line; null where it has options that are not understood whole. */
export function unrollEdit(t: Text, { line }: Line, together: number): TextChange[] | null {
  const lax = /\blax\s+as\s+([A-Za-z_$][\w$]*)/.exec(t.lines.join("\n"))?.[1] ?? "lax";
  const called = new RegExp(String.raw`(?<![\w$.])${lax.replaceAll("$", String.raw`\$`)}\.(\w+)\(`, "g");
  const calls = [...(t.lines[line - 1] ?? "").matchAll(called)].filter((m) => LOOP_NAMES.has(m[1]!));
  const [call] = calls;
  const loop = calls.length === 1 ? LOOPS[call![1]!] : undefined;
  if (!call || !loop) return null;
  const text = t.lines.slice(line - 1).join("\n");
  const args = argumentsAt(text, call.index + call[0].length);
  if (!args || args.length < loop.least || args.length > loop.before + 1) return null;
  const option = `unroll: ${together}`;
  const given = args[loop.before];
  if (!given) {
    const missing = ", null".repeat(loop.before - args.length);
    return [insertion(t.file, text, line, args.at(-1)!.to, `${missing}, { ${option} }`)];
  }
  const options = text.slice(given.from, given.to);
  // What is spread or computed may have the option already.
  if (!/^\{\s*[A-Za-z]/.test(options) || /\bunroll\b|\.\.\./.test(options)) return null;
  return [insertion(t.file, text, line, given.from + 1, ` ${option},`)];
}
/** @param text begins with the line `first` */
function insertion(file: number, text: string, first: number, at: number, what: string): TextChange {
  const before = text.slice(0, at).split("\n");
  const [line, column] = [first + before.length - 1, before.at(-1)!.length + 1];
  return { file, line, column, endLine: line, endColumn: column, text: what };
}
