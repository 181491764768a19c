// Finding jit functions while people type: tree-sitter keeps a tree of broken code too, so the lenses stay.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";
import type { Site } from "./protocol.ts";

let ready: Promise<void> | null = null;
const parsers = new Map<string, Parser>();
const GRAMMARS: Readonly<Record<string, string>> = { typescript: "typescript", javascript: "tsx", typescriptreact: "tsx", javascriptreact: "tsx" };
async function parserFor(grammars: string, languageId: string): Promise<Parser | null> {
  const grammar = GRAMMARS[languageId];
  if (!grammar) return null;
  await (ready ??= Parser.init({ locateFile: () => join(grammars, "web-tree-sitter.wasm") }));
  let parser = parsers.get(grammar);
  if (!parser) {
    parser = new Parser();
    parser.setLanguage(await Language.load(new Uint8Array(readFileSync(join(grammars, `${grammar}.wasm`)))));
    parsers.set(grammar, parser);
  }
  return parser;
}

/** What `jit` is called in a file: by name, or as a member of a namespace. */
interface Names {
  readonly direct: Set<string>;
  readonly namespaces: Set<string>;
}
const MODULE = "jitlens";
function importsOf(root: Node): Names {
  const names: Names = { direct: new Set(), namespaces: new Set() };
  for (const node of root.descendantsOfType("import_statement")) {
    if (node?.childForFieldName("source")?.text.slice(1, -1) !== MODULE) continue;
    for (const spec of node.descendantsOfType("import_specifier"))
      if (spec?.childForFieldName("name")?.text === "jit") names.direct.add(spec.childForFieldName("alias")?.text ?? "jit");
    for (const ns of node.descendantsOfType("namespace_import")) {
      const id = ns?.descendantsOfType("identifier")[0];
      if (id) names.namespaces.add(id.text);
    }
    // import jl from "jitlens"
    for (const clause of node.descendantsOfType("import_clause")) {
      const first = clause?.namedChild(0);
      if (first?.type === "identifier") names.namespaces.add(first.text);
    }
  }
  return names;
}
const isJit = (callee: Node | null, n: Names): boolean =>
  callee !== null &&
  (callee.type === "identifier"
    ? n.direct.has(callee.text)
    : callee.type === "member_expression" &&
      n.namespaces.has(callee.childForFieldName("object")?.text ?? "") &&
      callee.childForFieldName("property")?.text === "jit");

/** The nearest comment in front of a node (or of the statement around it). */
function traceTag(node: Node): string | null {
  for (let n: Node | null = node; n; n = n.parent) {
    for (let p: Node | null = n.previousSibling; p && (p.type === "comment" || p.type === "decorator"); p = p.previousSibling) {
      const m = p.type === "comment" ? /@trace\s+([^\n*]+(?:\n\s*\*\s+[^@\n][^\n]*)*)/.exec(p.text) : null;
      if (m)
        return m[1]!
          .replace(/\n\s*\*\s*/g, " ")
          .replace(/\*\/\s*$/, "")
          .trim();
    }
    if (/statement|declaration|method_definition|field_definition/.test(n.type) && n.parent?.type !== "export_statement") return null;
  }
  return null;
}
function nameOf(call: Node, fn: Node | null): string {
  const named = fn?.childForFieldName("name")?.text;
  if (named) return named;
  for (let n = call.parent; n; n = n.parent) {
    if (n.type === "variable_declarator") return n.childForFieldName("name")?.text ?? "<lambda>";
    if (n.type === "pair") return n.childForFieldName("key")?.text ?? "<lambda>";
    if (n.type === "public_field_definition" || n.type === "field_definition")
      return (n.childForFieldName("name") ?? n.childForFieldName("property"))?.text ?? "<lambda>";
    if (n.type === "assignment_expression") return n.childForFieldName("left")?.text ?? "<lambda>";
    if (/statement|function|class/.test(n.type)) break;
  }
  return fn?.type === "identifier" || fn?.type === "member_expression" ? fn.text : "<lambda>";
}
const site = (name: string, at: Node, kind: Site["kind"], className: string | null, tag: string | null): Site => ({
  name,
  line: at.startPosition.row,
  column: at.startPosition.column,
  endLine: at.endPosition.row,
  endColumn: at.endPosition.column,
  kind,
  className,
  traceTag: tag,
});

/** Every jit function of a file, in order. `grammars` is the folder of the grammar files. */
export async function findSites(grammars: string, languageId: string, text: string): Promise<Site[]> {
  const parser = await parserFor(grammars, languageId),
    tree = parser?.parse(text);
  if (!tree) return [];
  const root = tree.rootNode,
    names = importsOf(root),
    sites: Site[] = [],
    inDecorator = new Set<number>();
  for (const d of root.descendantsOfType("decorator")) {
    if (!d) continue;
    const inner = d.namedChild(0),
      callee = inner?.type === "call_expression" ? inner.childForFieldName("function") : inner;
    if (!isJit(callee ?? null, names)) continue;
    if (inner) inDecorator.add(inner.id);
    // The method stands behind its decorators, or holds them.
    let method: Node | null = d.parent?.type === "method_definition" ? d.parent : d.nextNamedSibling;
    while (method && method.type !== "method_definition") method = method.nextNamedSibling;
    let cls: Node | null = d.parent;
    while (cls && !/^class(_declaration)?$/.test(cls.type)) cls = cls.parent;
    const name = method?.childForFieldName("name")?.text;
    if (name)
      sites.push({
        ...site(name, d, "decorator", cls?.childForFieldName("name")?.text ?? null, traceTag(d) ?? (method ? traceTag(method) : null)),
        endLine: method!.endPosition.row,
        endColumn: method!.endPosition.column,
      });
  }
  for (const c of root.descendantsOfType("call_expression")) {
    if (!c || inDecorator.has(c.id) || !isJit(c.childForFieldName("function"), names)) continue;
    const fn = c.childForFieldName("arguments")?.namedChild(0) ?? null;
    sites.push(site(nameOf(c, fn), c, "call", null, traceTag(c)));
  }
  tree.delete();
  return sites.sort((a, b) => a.line - b.line || a.column - b.column);
}
