// What changes of both languages are made of: edits, and shapes that would fit.
import type { Node } from "web-tree-sitter";
import type { LiveFix, Range } from "../protocol.ts";

type Edit = LiveFix["edits"][number];
export const rangeOf = (n: Node): Range => ({
  line: n.startPosition.row,
  column: n.startPosition.column,
  endLine: n.endPosition.row,
  endColumn: n.endPosition.column,
});
export const replaced = (n: Node, text: string): Edit => ({ range: rangeOf(n), text });
const MOST_SHAPES = 6;
export const numbers = (text: string): number[] => (text.trim() ? text.split(",").map(Number) : []);
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Which size of a shape may be changed, and to what, so that it has so many elements. */
export const resized = (shape: readonly number[], elements: number): (readonly [at: number, size: number])[] =>
  shape.flatMap((_d, i) => {
    const others = product(shape.filter((_x, j) => j !== i));
    return others > 0 && elements % others === 0 ? [[i, elements / others] as const] : [];
  });
/** Ways to put the sizes of one shape, in order, onto equal ones of another, with 1 in between. */
export function alignments(own: readonly number[], other: readonly number[]): number[][] {
  const found: number[][] = [];
  const place = (i: number, from: number, shape: readonly number[]): void => {
    if (i === own.length) {
      found.push([...shape, ...Array<number>(other.length - shape.length).fill(1)]);
      return;
    }
    for (let k = from; k < other.length; k++)
      if (own[i] === other[k] || own[i] === 1) place(i + 1, k + 1, [...shape, ...Array<number>(k - from).fill(1), own[i]!]);
  };
  place(0, 0, []);
  return found.slice(0, MOST_SHAPES);
}
const inside = (n: Node): Node[] => n.namedChildren.filter((x): x is Node => x !== null && x.type !== "comment");
/** A Python `if` of which both branches only return: what is asked, both results, and all that it takes in the text. */
export function branchesOf(n: Node): { readonly test: string; readonly yes: string; readonly no: string; readonly range: Range } | null {
  const alternatives = n.childrenForFieldName("alternative").filter((x) => x !== null);
  const [other] = alternatives;
  if (alternatives.length > 1 || (other && other.type !== "else_clause")) return null;
  const next = other ? null : n.nextNamedSibling;
  const test = n.childForFieldName("condition")?.text;
  const yes = returned(n.childForFieldName("consequence"));
  const no = returned(other ? other.childForFieldName("body") : next);
  if (test === undefined || yes === null || no === null) return null;
  const end = (next ?? n).endPosition;
  return { test, yes, no, range: { ...rangeOf(n), endLine: end.row, endColumn: end.column } };
}
function returned(n: Node | null): string | null {
  if (n?.type === "return_statement") return inside(n)[0]?.text ?? null;
  if (n?.type !== "block") return null;
  const all = inside(n);
  return all.length === 1 ? returned(all[0]!) : null;
}
