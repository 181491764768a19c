// Shapes as XLA writes them, `f32[128,64]{1,0}` and tuples of them, and as JAX does.
import { matching, pieces } from "./scan.ts";

export type Shape =
  | { readonly kind: "array"; readonly dtype: string; readonly dims: readonly number[]; readonly layout?: string }
  | { readonly kind: "tuple"; readonly items: readonly Shape[] }
  | { readonly kind: "other"; readonly text: string };

/** The shape at a place of a line, and where it ends. */
export function readShape(line: string, at: number): { readonly shape: Shape; readonly end: number } {
  if (line[at] === "(") {
    const end = matching(line, at);
    return { shape: { kind: "tuple", items: pieces(line.slice(at + 1, end)).map((p) => readShape(p, 0).shape) }, end: end + 1 };
  }
  const m = /^([a-z]\w*)\[([^\]]*)\]/.exec(line.slice(at));
  if (!m) {
    const word = /^\S+/.exec(line.slice(at))?.[0] ?? "";
    return { shape: { kind: "other", text: word }, end: at + word.length };
  }
  let end = at + m[0].length;
  // The layout says how it lies in memory: its axes, the one whose elements lie side by side first.
  let layout: string | undefined;
  if (line[end] === "{") {
    const from = end + 1;
    end = matching(line, end) + 1;
    layout = /^[\d,]+/.exec(line.slice(from, end))?.[0];
  }
  const dims = m[2]!.trim() === "" ? [] : m[2]!.split(",").map((d) => Number(d.replace(/[^\d]/g, "")) || 0);
  return { shape: { kind: "array", dtype: m[1]!, dims, ...(layout === undefined ? {} : { layout }) }, end };
}
const NAMES: Readonly<Record<string, string>> = { pred: "bool" };
const renamed = (dtype: string): string => NAMES[dtype] ?? dtype.replace(/^s(?=\d)/, "i");
/** As JAX writes it. */
export function showShape(s: Shape): string {
  if (s.kind === "array") return `${renamed(s.dtype)}[${s.dims.join(",")}]`;
  return s.kind === "tuple" ? `(${s.items.map(showShape).join(", ")})` : s.text;
}
export const elements = (s: Shape): number =>
  s.kind === "array" ? s.dims.reduce((a, b) => a * b, 1) : s.kind === "tuple" ? s.items.reduce((a, b) => a + elements(b), 0) : 0;
export function bytesOfShape(s: Shape): number {
  if (s.kind === "tuple") return s.items.reduce((a, b) => a + bytesOfShape(b), 0);
  if (s.kind === "other") return 0;
  if (s.dtype === "pred") return elements(s);
  const bits = Number(/^[a-z]+(\d+)/.exec(s.dtype)?.[1] ?? 0);
  return Math.ceil((elements(s) * bits) / 8);
}
