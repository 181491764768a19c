// Changes that may mend an error, by its kind. They are only candidates: the runner tries each, and those with which the function can be traced are
// offered.
import type { Node, Tree } from "web-tree-sitter";
import type { FixParams, LiveFix } from "../protocol.ts";
import { type Point, expressionAt } from "./expression.ts";
import { alignments, numbers, rangeOf, replaced, resized } from "./fixShapes.ts";
import { engineName } from "./imports.ts";

type Edit = LiveFix["edits"][number];

/** @param jit where the function's `jit` call stands, counted from 0 */
export function candidates(tree: Tree, p: Pick<FixParams, "name" | "message">, at: Point, jit: Point | null): LiveFix[] {
  const node = expressionAt(tree, at);
  if (!node) return [];
  const { message } = p;
  return [
    ...(/^(?:matmul|dot|vdot|inner|tensordot|einsum|dotGeneral)?:? ?.*do not match/.test(message) ? transposes(node) : []),
    ...reshapes(node, message),
    ...broadcasts(node, message),
    ...axes(node, message),
    ...options(node, message),
    ...(/Concretization/.test(p.name) ? [...branches(tree, at), ...maxima(tree, node), ...statics(tree, message, jit)] : []),
  ];
}
/** What a call computes with: `a.f(b)` and `np.f(a, b)` have two operands each. */
function operands(call: Node): Node[] {
  if (call.type !== "call_expression") return [];
  const callee = call.childForFieldName("function");
  const args = call.childForFieldName("arguments")?.namedChildren.filter((n): n is Node => n !== null && n.type !== "comment") ?? [];
  const object = callee?.type === "member_expression" ? callee.childForFieldName("object") : null;
  // The engine's modules are imported by short names; a method's object is an array.
  return object && args.length === 1 ? [object, ...args] : args.length >= 2 ? args.slice(0, 2) : object ? [object, ...args] : args;
}
const SIMPLE = new Set(["identifier", "member_expression", "call_expression", "subscript_expression", "parenthesized_expression", "this"]);
const member = (n: Node, rest: string): string => (SIMPLE.has(n.type) ? `${n.text}${rest}` : `(${n.text})${rest}`);

function transposes(call: Node): LiveFix[] {
  return operands(call)
    .slice(0, 2)
    .map((n): LiveFix => {
      const after = n.type === "member_expression" && n.text.endsWith(".T") ? n.text.slice(0, -2) : member(n, ".T");
      return { kind: "transpose", before: n.text, after, edits: [replaced(n, after)] };
    });
}
/** A shape with one size changed so that the elements fit. */
function reshapes(call: Node, message: string): LiveFix[] {
  const m = /has (\d+) elements, which do not fit the shape \[([\d, -]*)\]/.exec(message);
  const literal = call.childForFieldName("arguments")?.namedChildren.find((n) => n?.type === "array");
  if (!m || !literal) return [];
  const size = Number(m[1]);
  const shape = numbers(m[2]!);
  const written = literal.namedChildren.filter((n): n is Node => n !== null && n.type !== "comment");
  if (written.length !== shape.length) return [];
  return resized(shape, size).flatMap(([i, fitting]): LiveFix[] => {
    if (written[i]!.type !== "number") return [];
    const after = `[${written.map((n, j) => (j === i ? String(fitting) : n.text)).join(", ")}]`;
    return [{ kind: "reshape", before: literal.text, after, edits: [replaced(written[i]!, String(fitting))] }];
  });
}
/** An operand with axes of size 1 put in, so that its sizes meet those that are equal. */
function broadcasts(call: Node, message: string): LiveFix[] {
  const m = /shapes \[([\d,]*)\] and \[([\d,]*)\] do not broadcast/.exec(message);
  if (!m) return [];
  const shapes = [numbers(m[1]!), numbers(m[2]!)] as const;
  const nodes = operands(call).slice(0, 2);
  if (nodes.length !== 2) return [];
  return nodes.flatMap((n, i) => {
    const own = shapes[i]!;
    const other = shapes[1 - i]!;
    if (own.length >= other.length || own.length === 0) return [];
    return alignments(own, other).map((shape): LiveFix => {
      const after = member(n, `.reshape([${shape.join(", ")}])`);
      return { kind: "reshape", before: n.text, after, edits: [replaced(n, after)] };
    });
  });
}
function axes(call: Node, message: string): LiveFix[] {
  const m = /axis (-?\d+) is out of range for an array of (\d+) ax/.exec(message);
  if (!m || Number(m[2]) === 0) return [];
  const found = call.descendantsOfType(["number", "unary_expression"]).find((n) => n?.text.replace(/\s/g, "") === m[1]);
  if (!found) return [];
  const after = String(Number(m[2]) - 1);
  return [{ kind: "axis", before: m[1]!, after, edits: [replaced(found, Number(m[1]) < 0 ? "-1" : after)] }];
}
function options(call: Node, message: string): LiveFix[] {
  const m = /unknown option "([^"]+)"; did you mean "([^"]+)"/.exec(message);
  if (!m) return [];
  const around = call.type === "call_expression" ? call : (call.parent ?? call);
  const found = around
    .descendantsOfType(["property_identifier", "shorthand_property_identifier"])
    .find((n) => n?.text === m[1] && n?.parent?.type !== "member_expression");
  if (!found) return [];
  const text = found.type === "property_identifier" ? m[2]! : `${m[2]}: ${m[1]}`;
  return [{ kind: "option", before: m[1]!, after: m[2]!, edits: [replaced(found, text)] }];
}
/** A choice by an array's truth: `?:` becomes where, `if` with two results cond. */
function branches(tree: Tree, at: Point): LiveFix[] {
  const found: LiveFix[] = [];
  for (let n: Node | null = tree.rootNode.descendantForPosition({ row: at.line, column: at.column }); n; n = n.parent) {
    if (n.type === "ternary_expression") {
      const [c, a, b] = ["condition", "consequence", "alternative"].map((f) => n!.childForFieldName(f)?.text);
      const np = engineName(tree, ["numpy", "np"], "numpy as np");
      if (c === undefined || a === undefined || b === undefined) break;
      const text = `${np.name}.where(${bare(c)}, ${bare(a)}, ${bare(b)})`;
      found.push({ kind: "where", before: "?:", after: `${np.name}.where`, edits: [replaced(n, text), ...np.edits] });
      break;
    }
    if (n.type === "if_statement") {
      found.push(...condOf(tree, n));
      break;
    }
    if (/function|method_definition|program/.test(n.type)) break;
  }
  return found;
}
const bare = (text: string): string => (/^\((?:[^()]|\([^()]*\))*\)$/.test(text) ? text.slice(1, -1) : text);
function condOf(tree: Tree, n: Node): LiveFix[] {
  const test = n.childForFieldName("condition");
  const yes = returned(n.childForFieldName("consequence"));
  const alternative = n.childForFieldName("alternative");
  const next = alternative ? null : n.nextNamedSibling;
  const no = returned(alternative ? (alternative.namedChildren.find((x) => x !== null) ?? null) : next);
  if (!test || yes === null || no === null) return [];
  const lax = engineName(tree, ["lax"], "lax");
  const object = (text: string): string => (text.startsWith("{") ? `(${text})` : text);
  const text = `return ${lax.name}.cond(${bare(test.text)}, () => ${object(yes)}, () => ${object(no)});`;
  const range = next ? { ...rangeOf(n), endLine: next.endPosition.row, endColumn: next.endPosition.column } : rangeOf(n);
  return [{ kind: "cond", before: "if", after: `${lax.name}.cond`, edits: [{ range, text }, ...lax.edits] }];
}
/** What a branch returns, where that is all it does. */
function returned(n: Node | null): string | null {
  if (!n) return null;
  if (n.type === "return_statement") return n.namedChildren[0]?.text ?? null;
  if (n.type !== "statement_block") return null;
  const inside = n.namedChildren.filter((x): x is Node => x !== null && x.type !== "comment");
  return inside.length === 1 ? returned(inside[0]!) : null;
}
function maxima(tree: Tree, node: Node): LiveFix[] {
  for (let n: Node | null = node; n && !/statement/.test(n.type); n = n.parent) {
    const m = n.type === "call_expression" ? /^Math\.(max|min)$/.exec(n.childForFieldName("function")?.text ?? "") : null;
    if (!m || n.childForFieldName("arguments")?.namedChildCount !== 2) continue;
    const np = engineName(tree, ["numpy", "np"], "numpy as np");
    const after = `${np.name}.${m[1] === "max" ? "maximum" : "minimum"}`;
    return [{ kind: "maximum", before: m[0], after, edits: [replaced(n.childForFieldName("function")!, after), ...np.edits] }];
  }
  return [];
}
/** The argument that is needed as it is becomes part of the program. */
function statics(tree: Tree, message: string, jit: Point | null): LiveFix[] {
  const name = /This value is the argument ([\p{L}_$][\p{L}\p{N}_$]*) of /u.exec(message)?.[1];
  if (name === undefined || !jit) return [];
  let call: Node | null = tree.rootNode.descendantForPosition({ row: jit.line, column: jit.column });
  while (call && call.type !== "call_expression") call = call.parent;
  const args = call?.childForFieldName("arguments")?.namedChildren.filter((n): n is Node => n !== null && n.type !== "comment") ?? [];
  const fn = args[0];
  if (!fn || args.length !== 1) return [];
  const parameters = fn.childForFieldName("parameters")?.namedChildren.filter((n): n is Node => n !== null && n.type !== "comment");
  const single = fn.childForFieldName("parameter");
  const names = parameters ? parameters.map((n) => (n.childForFieldName("pattern") ?? n).text) : single ? [single.text] : [];
  const i = names.indexOf(name);
  if (i < 0) return [];
  const { row, column } = fn.endPosition;
  return [
    {
      kind: "static",
      before: name,
      after: `staticArgnums: ${i}`,
      edits: [{ range: { line: row, column, endLine: row, endColumn: column }, text: `, { staticArgnums: ${i} }` }],
    },
  ];
}
/** A text with edits made. */
export function edited(text: string, edits: readonly Edit[]): string {
  const lines = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) lines.push(i + 1);
  const offset = (line: number, column: number): number => (lines[line] ?? text.length) + column;
  const sorted = [...edits].sort((a, b) => offset(b.range.line, b.range.column) - offset(a.range.line, a.range.column));
  return sorted.reduce((t, { range: r, text: x }) => t.slice(0, offset(r.line, r.column)) + x + t.slice(offset(r.endLine, r.endColumn)), text);
}
