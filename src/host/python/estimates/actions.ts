// What one click can do about an estimate: a change of the source where what it means is certain, else something to copy. Nothing is measured for it.
import { sentence } from "../../../engine/core/sentence.ts";
import type { SaidAction } from "../../../engine/report/advice/types.ts";
import type { Cause, Node, Report, TextChange } from "../../../engine/report/types.ts";

/** So many steps in a turn: the body is compiled that many times over, and starting a turn is that much rarer. */
const UNROLL = 8;
const SCAN = /(?<![\w.])(?:jax\.)?lax\.scan\(/y;

/** Several steps in a turn of the `lax.scan` that a loop was traced from: the steps and their order stay. Null where the call is another one or says `unroll` itself. */
export function unrolled(r: Report, loop: Node): SaidAction | null {
  const frame = loop.stack === undefined ? undefined : r.frames[r.stacks[loop.stack]?.[0] ?? -1];
  const text = frame && r.files[frame.file]?.text;
  if (!frame || text === undefined) return null;
  const from = startOfScan(text, frame.line, frame.column);
  const end = from === null ? null : endOfCall(text, from);
  if (from === null || end === null) return null;
  const given = text.slice(from, end.close);
  if (/\bunroll\s*=/.test(given) || /^\s*\*|,\s*\*/.test(given)) return null;
  const written = end.hasComma ? ` unroll=${UNROLL}` : `, unroll=${UNROLL}`;
  return { label: sentence("Do {0} steps in a turn", String(UNROLL)), kind: "edit", edits: [inserted(text, frame.file, end.last, written)] };
}
/** Where the arguments begin of the scan that stands there; an older JAX knows lines alone, then the only one of its line is meant. */
function startOfScan(text: string, line: number, column: number): number | null {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  SCAN.lastIndex = start + column - 1;
  if (SCAN.test(text)) return SCAN.lastIndex;
  const there = [...(lines[line - 1] ?? "").matchAll(new RegExp(SCAN.source, "g"))];
  const [only] = there;
  return column <= 1 && only && there.length === 1 ? start + only.index + only[0].length : null;
}
/** Strings, comments, brackets, and what is none of them. */
const TOKEN = /("""|''')(?:\\[^]|(?!\1)[^\\])*\1|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|#[^\n]*|[([{]|[)\]}]|[^\s"'#()[\]{}]+/g;
/** Where a call closes whose arguments begin there, and where its last one ends; null where it does not. */
function endOfCall(text: string, from: number): { readonly close: number; readonly last: number; readonly hasComma: boolean } | null {
  TOKEN.lastIndex = from;
  let depth = 1;
  let last = from;
  for (let m = TOKEN.exec(text); m; m = TOKEN.exec(text)) {
    if (m[0].startsWith("#")) continue;
    if (/^[([{]$/.test(m[0])) depth++;
    else if (/^[)\]}]$/.test(m[0]) && --depth === 0) return last === from ? null : { close: m.index, last, hasComma: text[last - 1] === "," };
    last = TOKEN.lastIndex;
  }
  return null;
}
function inserted(text: string, file: number, at: number, written: string): TextChange {
  const before = text.slice(0, at).split("\n");
  const place = { line: before.length, column: before.at(-1)!.length + 1 };
  return { file, line: place.line, column: place.column, endLine: place.line, endColumn: place.column, text: written };
}
const DTYPES: Readonly<Record<string, string>> = { f: "float", bf: "bfloat", i: "int", u: "uint", c: "complex" };
/** `f32[3]` → `float32`. */
function dtypeOf(type: string | undefined): string | null {
  const m = /^(bf|[fiuc])(\d+)\[/.exec(type ?? "");
  return m ? `${DTYPES[m[1]!]!}${m[2]!}` : type?.startsWith("bool[") ? "bool" : null;
}
/** What keeps a function from being compiled again, to copy: where it has to go is the person's to say. */
export function onceCompiled(name: string, { kind, argument, before }: Cause): SaidAction | null {
  const x = argument !== undefined && /^[A-Za-z_]\w*$/.test(argument) ? argument : "x";
  const dtype = dtypeOf(before);
  if (kind === "dtype" && dtype) return { label: sentence("Copy the type"), kind: "snippet", snippet: `${x}.astype("${dtype}")` };
  if (kind === "weakType") return { label: sentence("Copy the type"), kind: "snippet", snippet: `jnp.asarray(${x}, jnp.result_type(${x}))` };
  if (kind === "newFunction")
    return {
      label: sentence("Copy how to call jit once"),
      kind: "snippet",
      snippet: `${name}_jit = jax.jit(${name})  # once, outside the loop or the function\n`,
    };
  if (kind !== "shape") return null;
  const snippet = [
    `def padded(${x}, multiple=128):`,
    `    """The first axis filled with zeros up to a multiple: sizes up to the same one are one program. Mask what is summed or averaged over it."""`,
    `    more = -${x}.shape[0] % multiple`,
    `    return jnp.pad(${x}, [(0, more)] + [(0, 0)] * (${x}.ndim - 1))`,
    "",
  ].join("\n");
  return { label: sentence("Copy how to pad"), kind: "snippet", snippet };
}
