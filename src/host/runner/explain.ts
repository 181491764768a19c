// An error of the user's program as a message for the person: what happened, on which of their lines, and what to do about this kind of error.
import { inspect } from "node:util";
import type { RunParams, UserError } from "../protocol.ts";
import { BuildError, packageOf } from "./bundle.ts";
import type { EngineModule } from "./engineApi.ts";
import { suggestion } from "./misspelt.ts";
import { framesOf } from "./stacks.ts";

/** What to do about a kind of error: the first row whose words are in its name or message. */
const REMEDIES: readonly { readonly name?: RegExp; readonly message?: RegExp; readonly remedy: string }[] = [
  { message: /returned a Promise|is an async function/, remedy: "Make the function synchronous: await outside it, and pass in what was awaited." },
  { message: /is a generator|returned a generator/i, remedy: "Return arrays instead of yielding them; loop with lax.scan or lax.foriLoop." },
  { message: /returned? (?:a function|an? object of class)|the result of .* is /, remedy: "Return arrays, numbers, or objects and lists of them." },
  {
    message: /is undefined|of type undefined|is null\b|properties of (?:null|undefined)/,
    remedy: "Pass every argument, and return a value on every path.",
  },
  { message: /Cyclic|cycle|circular/i, remedy: "Remove the reference to itself: trees hold arrays, lists and objects." },
  {
    name: /Concretization/,
    remedy:
      "Use lax.cond or np.where instead of if, lax.whileLoop instead of while, np.maximum instead of Math.max, or make the argument static (staticArgnums).",
  },
  { name: /UnexpectedTracer|LeakedTracer/, remedy: "Return the value from the function instead of storing it outside." },
  { name: /NonHashable/, remedy: "Pass arrays as ordinary arguments; static arguments are plain values." },
  { name: /Deleted/, remedy: "Use the result that took its place, or do not donate the argument." },
  { name: /UnboundAxis/, remedy: "Call it inside vmap with that axisName." },
  { name: /FloatingPoint/, remedy: "Look at the operation that is named: its operands, and where they come from." },
  {
    message: /allocation failed|out of memory|Invalid typed array length|at most \d+ GiB/i,
    remedy: "Use smaller arrays: all arrays together take at most 4 GiB.",
  },
  { message: /Maximum call stack/, remedy: "Look for a function that calls itself without end, or for values that hold themselves." },
  { name: /Shape/, remedy: "Look at the shapes named in the message and correct the operands on that line." },
  { name: /TypePromotion/, remedy: "Convert one operand to the other's dtype with x.astype(…)." },
  { name: /DType/, message: /expected an array/, remedy: "Pass an array or a number there, or mark the argument static (staticArgnums)." },
  { name: /DType/, remedy: "Convert the operand named in the message with x.astype(…)." },
  { name: /^SyntaxError$/, remedy: "Correct the line and click again." },
  { message: /is not a function/, remedy: "Look at how the name is written, and at what stands before it: there is no function of that name." },
];
/** Where the table knows more than the message: a number is mostly wanted by a condition. Others of the kind (a string, `+`, item()) say what fits them. */
const PREFERRED = /^(?:turning it into a JavaScript number|a condition )/;
/** A string or a number that was thrown has no stack. */
const UNPLACED = "Throw an Error instead: it knows the line that it comes from.";
const OTHERWISE = "Correct the line and click again.",
  LONGEST = 20_000,
  ELIDED = " … (the rest is left out)";

export function explain(e: unknown, p: RunParams, engine: EngineModule | null): UserError {
  const tools = engine?.internals ?? null;
  if (e instanceof BuildError) return { kind: "error", message: cut(e.message), file: e.file, line: e.line, column: e.column, action: e.action };
  const name = textOf(() => (e instanceof Error ? e.name : "")),
    isPlain = (typeof e !== "object" && typeof e !== "function") || e === null,
    whole = textOf(() => (e instanceof Error ? e.message : isPlain && typeof e !== "string" ? `${shown(e)} was thrown` : shown(e))),
    own = tools && e instanceof tools.JitLensError ? e : null,
    frame = own?.frame ?? (e instanceof Error && tools ? framesOf(e, tools)[0] : undefined);
  const missing = /Cannot find (?:module|package) '([^']{1,500})'/.exec(whole.slice(0, 2000))?.[1];
  const { message, remedy } = missing
    ? { message: `the module "${missing}" is not found`, remedy: `Install it: npm install ${packageOf(missing)}` }
    : split(whole);
  return {
    kind: "error",
    message: own || name === "Error" || name === "" || missing ? message : `${name}: ${message}`,
    // What has no line of the user's own is told at the function that was clicked.
    file: frame ? (tools?.framePath(frame) ?? frame.file) : p.file,
    line: frame?.line ?? p.site.line + 1,
    column: frame?.column ?? p.site.column + 1,
    action:
      (PREFERRED.test(message) ? null : remedy) ??
      (engine && name === "TypeError" ? suggestion(message, engine) : null) ??
      (isPlain ? UNPLACED : null) ??
      REMEDIES.find((r) => (r.name?.test(name) ?? true) && (r.message?.test(message.slice(0, LONGEST)) ?? true))?.remedy ??
      OTHERWISE,
  };
}
/** The message without the stack at its end; where it says itself what to do instead, that is the remedy. Linear in its length. */
function split(whole: string): { message: string; remedy: string | null } {
  const text = whole.length > 4 * LONGEST ? whole.slice(0, 4 * LONGEST) : whole,
    lines: string[] = [],
    remedy: string[] = [];
  let into = lines;
  for (const line of text.split("\n")) {
    if (/^\s{2,}at \S/.test(line.slice(0, 200))) break;
    const instead = line.trimStart();
    if (instead.startsWith("Instead: ")) {
      into = remedy;
      remedy.push(instead.slice("Instead: ".length));
    } else into.push(line);
  }
  const said = remedy.join(" ").trim();
  return { message: cut(lines.join("\n").trim(), whole.length > text.length), remedy: said ? sentence(said) : null };
}
const sentence = (s: string): string => `${s[0]!.toUpperCase()}${s.slice(1)}${/[.!?…]$/.test(s) ? "" : "."}`;
const cut = (text: string, more = false): string => (text.length > LONGEST ? text.slice(0, LONGEST) + ELIDED : more ? text + ELIDED : text);
const shown = (v: unknown): string => (typeof v === "string" ? v : inspect(v, { depth: 2, maxStringLength: LONGEST, maxArrayLength: 20 }));
/** What a value says of itself; values of user code may throw when they are asked. */
function textOf(get: () => unknown): string {
  try {
    const t = get();
    return typeof t === "string" ? t : String(t);
  } catch {
    return "an error that cannot be shown";
  }
}
