// Words that several rules say.
import type { Node } from "../../graph/graph.ts";
import { opName } from "../record/levels.ts";
import type { InsightAction, TextChange } from "../types.ts";
import type { Facts } from "./facts.ts";

/** A value as the person knows it: their variable, else what it is. */
export function valueName(n: Node, f: Facts): string {
  const v = f.variable(n) ?? f.argument(n);
  return v ?? `the ${describe(n)} of line ${f.line(n).line}`;
}
export const describe = (n: Node): string => NAMES[opName(n)] ?? opName(n).replaceAll("_", " ");
const NAMES: Readonly<Record<string, string>> = {
  parameter: "value",
  reduce_add: "sum",
  reduce_max: "maximum",
  reduce_min: "minimum",
  reduce_mul: "product",
  dot: "product of matrices",
  concatenate: "joined array",
  pad: "padded array",
  gather: "selection by index",
  select: "choice by a condition",
};
export const percent = (part: number, whole: number): string => `${Math.min(100, Math.round((100 * part) / Math.max(whole, 1e-12)))} %`;
export const times = (n: number): string => (n >= 9.95 ? `${Math.round(n)}` : n.toFixed(1).replace(/\.0$/, ""));
export const typeText = (n: Node): string => `${n.dtype}[${n.shape.join(",")}]`;
/** The edit where it is certain, else something to copy. */
export const editOr = (label: string, edits: readonly TextChange[] | null, copy: string, snippet: string): InsightAction =>
  edits ? { label, kind: "edit", edits } : { label: copy, kind: "snippet", snippet };
