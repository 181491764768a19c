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
const CALL = /^call(?:_expression)?$/;
/** Calls and their like, as the grammars of both languages call them. */
const EXPRESSION = /expression$|operator$|^(?:call|attribute|subscript)$/;
const STATEMENT = /statement$|^(?:program|module|block)$|declaration$/;
/** The call whose function's name stands there, else the smallest expression; null where there is none. */
export function expressionAt(tree: Tree, { line, column }: Point): Node | null {
  const leaf = tree.rootNode.descendantForPosition({ row: line, column });
  for (let n: Node | null = leaf; n; n = n.parent) {
    if (CALL.test(n.type) && standsAtName(n, line, column)) return n;
    // The position of a condition's question is the condition's own.
    if (STATEMENT.test(n.type)) break;
  }
  for (let n: Node | null = leaf; n && !STATEMENT.test(n.type); n = n.parent) if (EXPRESSION.test(n.type)) return n;
  return leaf;
}
function standsAtName(call: Node, line: number, column: number): boolean {
  const callee = call.childForFieldName("function");
  const name =
    callee?.type === "member_expression"
      ? callee.childForFieldName("property")
      : callee?.type === "attribute"
        ? callee.childForFieldName("attribute")
        : callee;
  return [name, callee].some((n) => n?.startPosition.row === line && n.startPosition.column === column);
}
/** @param indent how much further right the text stands that the tree is of: a cell of a notebook may be indented as a whole */
export const expressionIn = (tree: Tree, at: Point, indent: number): Range | null => {
  const n = expressionAt(tree, { line: at.line, column: Math.max(0, at.column - indent) });
  const r = n && rangeOf(n);
  return r && { ...r, column: r.column + indent, endColumn: r.endColumn + indent };
};
