// Walks over compiled code: which names an expression needs when it is evaluated, which it declares, and whether evaluating it does nothing else.
import type { AnyNode, Node } from "acorn";

export const isNode = (v: unknown): v is AnyNode => typeof v === "object" && v !== null && typeof (v as { type?: unknown }).type === "string";

/** Children of a node; `name` says that a child is only the name of a property or label, no variable. */
export function* childrenOf(node: AnyNode): Generator<{ readonly child: AnyNode; readonly name: boolean }> {
  const computed = (node as { computed?: boolean }).computed ?? false;
  for (const [key, v] of Object.entries(node)) {
    const name = (key === "property" || key === "key" || key === "label") && !computed;
    if (Array.isArray(v)) {
      for (const x of v) if (isNode(x)) yield { child: x, name };
    } else if (isNode(v)) yield { child: v, name };
  }
}
const FUNCTIONS = new Set(["FunctionExpression", "ArrowFunctionExpression", "FunctionDeclaration"]);
/** Identifiers of an expression that are variables; `inside` also those in the bodies of functions, which are read later. */
export function identifiers(root: Node, inside: boolean): { readonly name: string; readonly node: AnyNode }[] {
  const found: { name: string; node: AnyNode }[] = [];
  const todo: AnyNode[] = [root as AnyNode];
  while (todo.length) {
    const node = todo.pop()!;
    if (node.type === "Identifier") found.push({ name: node.name, node });
    if (!inside && FUNCTIONS.has(node.type)) continue;
    for (const { child, name } of childrenOf(node)) if (!name) todo.push(child);
  }
  return found;
}
/** Names that are declared somewhere in it: parameters, variables, functions and classes. */
export function declaredNames(root: Node): Set<string> {
  const names = new Set<string>();
  const pattern = (p: AnyNode): void => {
    for (const { name } of identifiers(p, true)) names.add(name);
  };
  const todo: AnyNode[] = [root as AnyNode];
  while (todo.length) {
    const node = todo.pop()!;
    if (node.type === "VariableDeclarator") pattern(node.id as AnyNode);
    if ("params" in node && Array.isArray(node.params)) for (const p of node.params) pattern(p as AnyNode);
    if (node.type === "CatchClause" && node.param) pattern(node.param as AnyNode);
    if (node !== root && (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") && node.id) names.add(node.id.name);
    for (const { child } of childrenOf(node)) todo.push(child);
  }
  return names;
}
export interface Judge {
  /** Whether calls that begin at this name do nothing but compute: the engine's functions, and methods of its arrays. */
  readonly computes: (name: string) => boolean;
}
const QUIET = new Set([
  "Literal",
  "Identifier",
  "TemplateLiteral",
  "TemplateElement",
  "ArrayExpression",
  "ObjectExpression",
  "Property",
  "SpreadElement",
  "MemberExpression",
  "BinaryExpression",
  "LogicalExpression",
  "ConditionalExpression",
  "ParenthesizedExpression",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ChainExpression",
]);
/** Whether evaluating an expression again only computes its value: no files, no calls of the person's own functions, nothing written. */
export function onlyComputes(root: Node, judge: Judge): boolean {
  const todo: AnyNode[] = [root as AnyNode];
  while (todo.length) {
    const node = todo.pop()!;
    if (node.type === "CallExpression") {
      const first = rootOf(node.callee as AnyNode);
      if (first === null || !judge.computes(first)) return false;
    } else if (node.type === "UnaryExpression") {
      if (node.operator === "delete") return false;
    } else if (!QUIET.has(node.type)) return false;
    if (FUNCTIONS.has(node.type)) continue;
    for (const { child } of childrenOf(node)) todo.push(child);
  }
  return true;
}
/** The name at which a chain of members and calls begins. */
function rootOf(node: AnyNode): string | null {
  let at = node;
  for (;;) {
    if (at.type === "Identifier") return at.name;
    if (at.type === "MemberExpression") at = at.object as AnyNode;
    else if (at.type === "CallExpression") at = at.callee as AnyNode;
    else if (at.type === "ParenthesizedExpression" || at.type === "ChainExpression") at = at.expression as AnyNode;
    else if (at.type === "SequenceExpression") at = at.expressions.at(-1)! as AnyNode;
    else return null;
  }
}
