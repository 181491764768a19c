// Words that several rules say.
import { type Sentence, sentence } from "../../core/sentence.ts";
import type { Node } from "../../graph/graph.ts";
import { callAt } from "./callText.ts";
import { opName } from "../record/levels.ts";
import type { TextChange } from "../types.ts";
import type { Facts } from "./facts.ts";
import type { SaidAction } from "./types.ts";

/** A value as the person knows it: their variable, else what it is. */
export function valueName(n: Node, f: Facts): string | Sentence {
  const v = f.variable(n) ?? f.argument(n);
  if (v !== null) return v;
  const { line } = f.line(n);
  return NAMES[opName(n)]?.(line) ?? sentence("the {0} of line {1}", opName(n).replaceAll("_", " "), line);
}
/** The same of a value that may be a part of what its statement computes: the variable is the whole's, the part is the call that gives it. */
export function partName(n: Node, f: Facts): string | Sentence {
  const code = codeOf(n, f);
  if (code !== null) return code;
  const v = f.variable(n);
  return v !== null && f.users(n).some((u) => f.variable(u) === v && f.line(u).line === f.line(n).line)
    ? sentence("a part of {0}", v)
    : valueName(n, f);
}
/** A value in the person's own code: their variable or argument, or the call on its line that gives it. Null where what to write is not known. */
export function codeOf(n: Node, f: Facts): string | null {
  const argument = f.argument(n);
  if (argument !== null) return CODE.test(argument) ? argument : null;
  const v = f.variable(n);
  const line = f.line(n);
  if (v !== null && CODE.test(v) && !f.users(n).some((u) => f.variable(u) === v && f.line(u).line === line.line)) return v;
  const frame = f.frame(n);
  // What a call computes on the way is not what it gives.
  const isPart = f.users(n).some((u) => {
    const other = f.frame(u);
    return other?.file === frame?.file && other?.line === frame?.line && other?.column === frame?.column;
  });
  const call = frame && !isPart ? callAt(f.text(frame).lines[frame.line - 1] ?? "", frame.column - 1) : null;
  return call !== null && call.length <= LONGEST_CODE ? call : null;
}
const CODE = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*$/;
const LONGEST_CODE = 60;
/** The English of a name. */
export const plain = (name: string | Sentence): string => (typeof name === "string" ? name : name.text);
const NAMES: Readonly<Record<string, (line: number) => Sentence>> = {
  parameter: (line) => sentence("the value of line {0}", line),
  reduce_add: (line) => sentence("the sum of line {0}", line),
  reduce_max: (line) => sentence("the maximum of line {0}", line),
  reduce_min: (line) => sentence("the minimum of line {0}", line),
  reduce_mul: (line) => sentence("the product of line {0}", line),
  dot: (line) => sentence("the product of matrices of line {0}", line),
  concatenate: (line) => sentence("the joined array of line {0}", line),
  pad: (line) => sentence("the padded array of line {0}", line),
  gather: (line) => sentence("the selection by index of line {0}", line),
  select: (line) => sentence("the choice by a condition of line {0}", line),
};
/** "a", "a and b", "a and b and c": of a few different names. */
export function joined(names: readonly (string | Sentence)[], most = 3): string | Sentence {
  const different = names.filter((n, i) => names.findIndex((m) => plain(m) === plain(n)) === i).slice(0, most);
  const [first = "", ...rest] = different;
  return rest.reduce<string | Sentence>((all, n) => sentence("{0} and {1}", all, n), first);
}
export const percent = (part: number, whole: number): string => `${Math.min(100, Math.round((100 * part) / Math.max(whole, 1e-12)))} %`;
export const times = (n: number): string => (n >= 9.95 ? `${Math.round(n)}` : n.toFixed(1).replace(/\.0$/, ""));
export const typeText = (n: Node): string => `${n.dtype}[${n.shape.join(",")}]`;
export const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
/** Two digits and a unit, however large: "610 µs", "0.27 s". */
export function timeText(ms: number): string {
  const [n, unit] = ms < 0.1 ? [1000 * ms, "µs"] : ms < 1000 ? [ms, "ms"] : [ms / 1000, "s"];
  return `${Number(n.toPrecision(2))} ${unit}`;
}
export const count = (n: number): string => n.toLocaleString("en");
/** The edit where it is certain, else something to copy. */
export const editOr = (label: Sentence, edits: readonly TextChange[] | null, copy: Sentence, snippet: string): SaidAction =>
  edits ? { label, kind: "edit", edits } : { label: copy, kind: "snippet", snippet };
