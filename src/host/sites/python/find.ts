// jit functions of a Python file: every decorator and every call of what its own imports lead to a jit, through any alias and scope.
import type { Node, Tree } from "web-tree-sitter";
import type { Site } from "../../protocol.ts";
import { type Limit, type Open, Walk } from "../walk.ts";
import { bindingsOf } from "./bindings.ts";
import { Scopes, field, functionOf } from "./scopes.ts";
import { traceTagAbove } from "./tags.ts";

const LONGEST_NAME = 80;
const LAMBDA = "<lambda>";
const MOST_ROUNDS = 5;
const ASKED_FOR = new Set([
  "import_statement",
  "import_from_statement",
  "assignment",
  "named_expression",
  "function_definition",
  "class_definition",
  "decorated_definition",
  "lambda",
  "for_statement",
  "for_in_clause",
  "as_pattern",
  "decorator",
  "call",
  "keyword_argument",
  "pair",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);
const MODULES = ["jax", "equinox", "flax", "functools"];

/** Every site, in no order. */
export function pythonSites(tree: Tree, text: string, limit: Limit, most: number): Site[] {
  const names = new Set(MODULES);
  for (let round = 0; ; round++) {
    const scopes = new Scopes();
    const found: Open[] = [];
    const pattern = new RegExp(`(?<![\\p{ID_Continue}])(?:${[...names].join("|")})(?![\\p{ID_Continue}])`, "gu");
    new Walk(tree, text, pattern, limit, ASKED_FOR).each((at) => {
      bindingsOf(at, scopes);
      if (at.type === "call" || at.type === "decorator") found.push(at);
      return true;
    });
    const before = names.size;
    for (const n of scopes.names) names.add(n);
    if (names.size > before && round < MOST_ROUNDS) continue;
    const lines = text.split("\n");
    return found
      .flatMap((at): Site[] => {
        const site = siteOf(at, scopes, lines);
        return site ? [site] : [];
      })
      .slice(0, most);
  }
}
function siteOf(at: Open, scopes: Scopes, lines: readonly string[]): Site | null {
  if (!at.node) return null;
  if (at.type === "decorator") return decoratorSite(at, at.node, scopes, lines);
  if (!scopes.isJit(field(at.node, "function"), scopes.of(at.parent))) return null;
  const fn = functionOf(at.node);
  return fn ? callSite(at, at.node, fn, lines) : null;
}
function decoratorSite(at: Open, node: Node, scopes: Scopes, lines: readonly string[]): Site | null {
  const definition = field(at.parent?.node, "definition");
  const name = field(definition, "name")?.text;
  if (!definition || !name || !scopes.isJit(node.namedChild(0), scopes.of(at.parent))) return null;
  const cls = classAround(at.parent);
  return {
    name: short(name),
    ...rangeOf(node),
    endLine: definition.endPosition.row,
    endColumn: definition.endPosition.column,
    kind: "decorator",
    callee: rangeOf(node),
    within: cls?.node ? rangeOf(cls.node) : null,
    inner: [],
    className: field(cls?.node, "name")?.text ?? null,
    traceTag: traceTagAbove(lines, node.startPosition.row, definition.startPosition.row),
    target: name,
  };
}
function callSite(at: Open, node: Node, fn: Node, lines: readonly string[]): Site {
  const line = node.startPosition.row;
  return {
    name: nameOf(at, fn),
    ...rangeOf(node),
    kind: "call",
    callee: rangeOf(field(node, "function")!),
    within: null,
    inner: [],
    className: null,
    traceTag: traceTagAbove(lines, statementLine(at, line), line),
    target: fn.type === "identifier" || fn.type === "attribute" ? (fn.text.split(".").at(-1) ?? null) : null,
  };
}
/** The first line of the statement that a call stands in. */
function statementLine(at: Open, otherwise: number): number {
  for (let o = at.parent; o; o = o.parent) if (o.type === "assignment" && o.node) return o.node.startPosition.row;
  return otherwise;
}
/** What the result is called where it is put; else what is compiled. */
function nameOf(call: Open, fn: Node): string {
  for (let o = call.parent, from = call; o; from = o, o = o.parent) {
    if (o.type === "assignment" && from.field === "right") return short(field(o.node, "left")?.text);
    if (o.type === "named_expression") return short(field(o.node, "name")?.text);
    if (o.type === "keyword_argument") return short(field(o.node, "name")?.text);
    if (o.type === "pair") return short(field(o.node, "key")?.text.replace(/^["']|["']$/g, ""));
    if (!/^(?:parenthesized_expression|tuple|list|expression_list|conditional_expression|await)$/.test(o.type)) break;
    // One of several elements goes by its function.
    if (/tuple|list/.test(o.type)) break;
  }
  return fn.type === "identifier" || fn.type === "attribute" ? short(fn.text) : LAMBDA;
}
const short = (text: string | undefined): string => (text && text.length <= LONGEST_NAME && !text.includes("\n") ? text : LAMBDA);
const rangeOf = (n: Node): Site["callee"] => ({
  line: n.startPosition.row,
  column: n.startPosition.column,
  endLine: n.endPosition.row,
  endColumn: n.endPosition.column,
});
function classAround(at: Open | null): Open | null {
  for (let o = at; o; o = o.parent) {
    if (o.type === "class_definition") return o;
    if (o.type === "function_definition") return null;
  }
  return null;
}
