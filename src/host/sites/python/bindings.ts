// What a node of a Python tree binds: imports, assignments, parameters, loops, definitions. Only names in question are asked about.
import type { Node } from "web-tree-sitter";
import type { Open } from "../walk.ts";
import { type Scope, type Scopes, field } from "./scopes.ts";

export function bindingsOf(at: Open, scopes: Scopes): void {
  const { node, type } = at;
  if (!node) return;
  switch (type) {
    case "import_statement":
      return importModules(node, scopes, scopes.of(at));
    case "import_from_statement":
      return importNames(node, scopes, scopes.of(at));
    case "assignment":
      return assign(field(node, "left"), field(node, "right"), scopes, scopes.of(at));
    case "named_expression":
      return assign(field(node, "name"), field(node, "value"), scopes, scopes.of(at));
    case "function_definition":
      parameters(field(node, "parameters"), scopes, scopes.of(at));
      return define(node, scopes, scopes.of(at.parent));
    case "class_definition":
      return define(node, scopes, scopes.of(at.parent));
    case "lambda":
      return parameters(field(node, "parameters"), scopes, scopes.of(at));
    case "for_statement":
    case "for_in_clause":
      return targets(field(node, "left"), scopes, scopes.of(at));
    case "as_pattern":
      return targets(field(node, "alias"), scopes, scopes.of(at));
    default:
  }
}
function importModules(node: Node, scopes: Scopes, scope: Scope): void {
  for (const part of node.namedChildren) {
    if (part?.type === "dotted_name") {
      // `import jax.numpy` binds jax.
      const first = part.text.split(".")[0]!;
      scopes.bind(scope, first, part.startIndex, { path: first });
    } else if (part?.type === "aliased_import") {
      const alias = field(part, "alias");
      if (alias) scopes.bind(scope, alias.text, part.startIndex, { path: field(part, "name")?.text ?? "" });
    }
  }
}
/** What `from m import *` may bring that matters. */
const STAR: readonly string[] = ["jit", "pjit", "filter_jit", "partial", "nnx"];
function importNames(node: Node, scopes: Scopes, scope: Scope): void {
  const module = field(node, "module_name")?.text ?? "";
  for (const part of node.namedChildren) {
    if (!part || part.startIndex === field(node, "module_name")?.startIndex) continue;
    if (part.type === "dotted_name") scopes.bind(scope, part.text, part.startIndex, { path: `${module}.${part.text}` });
    if (part.type === "aliased_import") {
      const alias = field(part, "alias");
      if (alias) scopes.bind(scope, alias.text, part.startIndex, { path: `${module}.${field(part, "name")?.text ?? ""}` });
    }
    if (part.type === "wildcard_import") for (const name of STAR) scopes.bind(scope, name, part.startIndex, { path: `${module}.${name}` });
  }
}
function assign(left: Node | null, right: Node | null, scopes: Scopes, scope: Scope): void {
  if (!left) return;
  if (left.type !== "identifier") {
    // jit, vmap = jax.jit, jax.vmap
    const to = left.namedChildren;
    const from = right && /tuple|expression_list|list/.test(right.type) ? right.namedChildren : [];
    if (/pattern_list|tuple_pattern|list_pattern/.test(left.type))
      to.forEach((t, i) => assign(t, from.length === to.length ? (from[i] ?? null) : null, scopes, scope));
    return;
  }
  // `jax = None` where an import failed says nothing about the file that works.
  if (right?.type === "none") return;
  scopes.bind(scope, left.text, left.startIndex, right && right.type !== "ERROR" ? { value: right } : null);
}
function define(node: Node, scopes: Scopes, scope: Scope): void {
  const name = field(node, "name");
  if (name) scopes.bind(scope, name.text, name.startIndex, null);
}
function parameters(list: Node | null, scopes: Scopes, scope: Scope): void {
  for (const p of list?.namedChildren ?? []) {
    const name = p?.type === "identifier" ? p : (field(p, "name") ?? p?.namedChild(0));
    if (name?.type === "identifier") scopes.bind(scope, name.text, name.startIndex, null);
  }
}
function targets(node: Node | null, scopes: Scopes, scope: Scope): void {
  if (!node) return;
  if (node.type === "identifier") scopes.bind(scope, node.text, node.startIndex, null);
  else if (/pattern|tuple|list|target/.test(node.type)) for (const n of node.namedChildren) targets(n, scopes, scope);
}
