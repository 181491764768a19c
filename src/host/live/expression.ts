// The expression that an error is about: its frame gives one position, the tree of the text gives where the expression begins and ends.
import type { Node, Tree } from "web-tree-sitter";
import type { Range } from "../protocol.ts";

/** Counted from 0. */
export interface Point {
  readonly line: number;
  readonly column: number;
}
const rangeOf = (n: Node): Range => ({
  line: n.startPosition.row,
  column: n.startPosition.column,
  endLine: n.endPosition.row,
  endColumn: n.endPosition.column,
});
/** The call whose function's name stands there, else the smallest expression; null where there is none. */
export function expressionAt(tree: Tree, { line, column }: Point): Node | null {
  const leaf = tree.rootNode.descendantForPosition({ row: line, column });
  for (let n: Node | null = leaf; n; n = n.parent) {
    if (n.type === "call_expression" && standsAtName(n, line, column)) return n;
    // The position of a condition's question is the condition's own.
    if (/statement$|^program$|declaration$/.test(n.type)) break;
  }
  for (let n: Node | null = leaf; n && !/statement|^program$/.test(n.type); n = n.parent) if (/expression$/.test(n.type)) return n;
  return leaf;
}
function standsAtName(call: Node, line: number, column: number): boolean {
  const callee = call.childForFieldName("function");
  const name = callee?.type === "member_expression" ? callee.childForFieldName("property") : callee;
  return [name, callee].some((n) => n?.startPosition.row === line && n.startPosition.column === column);
}
export const expressionRange = (tree: Tree, at: Point): Range | null => {
  const n = expressionAt(tree, at);
  return n && rangeOf(n);
};
