// What `jit` is called in a file: every way to import it, and names that it is given afterwards.
//   import { jit as j } · import * as jl · import jl (there is none: a run says so) · require("jitlens") · await import("jitlens")
//   const { jit: j } = jl · const j = jl.jit · import { jit } from "./own.ts", where own.ts passes it on
import { readFileSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import type { Node, Tree } from "web-tree-sitter";
import { type Limit, Walk } from "./walk.ts";

export interface Names {
  /** Names that are `jit` itself. */
  readonly direct: Set<string>;
  /** Names of the whole module: `jit` is a member of them. */
  readonly namespaces: Set<string>;
  readonly module: string;
}
export interface ImportContext {
  readonly module: string;
  readonly file: string | null;
  readonly extensions: readonly string[];
  readonly parse: (text: string) => Tree | null;
  readonly limit: Limit;
}
/** The engine's module whose `jit` takes modules. */
export const NNX = "nnx";
const MOST_MODULES = 20,
  MOST_DEPTH = 3,
  LARGEST_MODULE = 512 * 1024;
const escape = (s: string): string => s.replace(/[$]/g, "\\$");
/** Where any of the names stands in a text; null where there are none. */
export function namesPattern(names: Names): RegExp | null {
  const all = [...names.direct, ...names.namespaces].filter((n) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(n));
  const inline = `require\\(\\s*["']${names.module}["']`;
  return all.length || names.module
    ? new RegExp(`${all.length ? `(?<![\\p{ID_Continue}$])(?:${all.map(escape).join("|")})(?![\\p{ID_Continue}$])|` : ""}${inline}`, "gu")
    : null;
}
const field = (n: Node | null | undefined, name: string): Node | null => n?.childForFieldName(name) ?? null;
/** The module that an expression loads: `require("x")`, `await import("x")`, also in parentheses. */
export function loadedModule(value: Node | null): string | null {
  if (!value) return null;
  if (value.type === "await_expression" || value.type === "parenthesized_expression" || value.type === "as_expression")
    return loadedModule(value.namedChild(0));
  if (value.type !== "call_expression") return null;
  const fn = field(value, "function");
  if (fn?.type !== "import" && !(fn?.type === "identifier" && fn.text === "require")) return null;
  const arg = field(value, "arguments")?.namedChild(0);
  return arg?.type === "string" ? arg.text.slice(1, -1) : null;
}
/** `{ jit, jit: other }` on the left of a namespace. */
function destructured(pattern: Node, names: Names): void {
  for (const p of pattern.namedChildren) {
    if (p?.type === "shorthand_property_identifier_pattern" && p.text === "jit") names.direct.add("jit");
    // nnx has a jit of its own, for functions of modules.
    if (p?.type === "shorthand_property_identifier_pattern" && p.text === NNX) names.namespaces.add(NNX);
    if (p?.type === "pair_pattern") {
      const key = field(p, "key")?.text,
        value = field(p, "value");
      if (value?.type === "identifier" && key === "jit") names.direct.add(value.text);
      if (value?.type === "identifier" && key === NNX) names.namespaces.add(value.text);
    }
  }
}
/** What a module beside the file passes on of the engine, by the names it gives out. */
type Passed = ReadonlyMap<string, "jit" | "namespace" | "all">;

export function importedNames(tree: Tree, text: string, c: ImportContext, depth = 0): Names {
  const names: Names = { direct: new Set(), namespaces: new Set(), module: c.module };
  const sources = new Map<string, Passed | null>();
  const passedBy = (source: string): Passed | null => {
    if (source === c.module) return ENGINE;
    if (!source.startsWith(".") || !c.file || depth >= MOST_DEPTH || sources.size > MOST_MODULES) return null;
    let known = sources.get(source);
    if (known === undefined) sources.set(source, (known = exportsOf(resolve(dirname(c.file), source), c, depth + 1)));
    return known;
  };
  const start = new RegExp(`["'](?:${escape(c.module)}["']|\\.)`, "g");
  new Walk(tree, text, start, c.limit).each(({ node, type }) => {
    if (!node) return true;
    if (type === "import_statement") {
      // import jl = require("jitlens")
      const equals = node.namedChildren.find((n) => n?.type === "import_require_clause"),
        passed = passedBy(field(equals ?? node, "source")?.text.slice(1, -1) ?? "");
      if (passed && equals) bindModule(equals.namedChild(0)!, passed, names);
      else if (passed) readImport(node, passed, names);
    } else if (type === "variable_declarator") {
      const source = loadedModule(field(node, "value")),
        passed = source === null ? null : passedBy(source),
        target = field(node, "name");
      if (passed && target) bindModule(target, passed, names);
      // const { jit } = require("jitlens"), const j = require("jitlens").jit
      const value = field(node, "value");
      if (
        value?.type === "member_expression" &&
        field(value, "property")?.text === "jit" &&
        loadedModule(field(value, "object")) === c.module &&
        target
      )
        names.direct.add(target.text);
    }
    return true;
  });
  followAliases(tree, text, names, c.limit);
  return names;
}
const ENGINE: Passed = new Map([
  ["jit", "jit"],
  [NNX, "namespace"],
  ["*", "all"],
]);
function readImport(node: Node, passed: Passed, names: Names): void {
  const add = (local: string | undefined, imported: string): void => {
    if (!local) return;
    const what = passed.get(imported) ?? (imported === "jit" && passed.has("*") ? "jit" : undefined);
    if (what === "jit") names.direct.add(local);
    if (what === "namespace") names.namespaces.add(local);
  };
  for (const clause of node.namedChildren) {
    if (clause?.type !== "import_clause") continue;
    for (const part of clause.namedChildren) {
      if (!part) continue;
      if (part.type === "named_imports")
        for (const spec of part.namedChildren)
          if (spec?.type === "import_specifier") add((field(spec, "alias") ?? field(spec, "name"))?.text, field(spec, "name")?.text ?? "");
      if (part.type === "namespace_import" && (passed.has("jit") || passed.has("*"))) {
        const id = part.namedChild(0);
        if (id) names.namespaces.add(id.text);
      }
      // The engine has no default export. The lens stands all the same: a click says what to write instead.
      if (part.type === "identifier" && passed === ENGINE) names.namespaces.add(part.text);
      else if (part.type === "identifier") add(part.text, "default");
    }
  }
}
function bindModule(target: Node, passed: Passed, names: Names): void {
  const jits = passed.has("jit") || passed.has("*");
  if (target.type === "identifier" && jits) names.namespaces.add(target.text);
  if (target.type === "object_pattern" && jits) destructured(target, names);
}
/** Whether a name is given on to another anywhere, by a look at the text: most files never do. */
function mayGiveNames(text: string, names: Names): boolean {
  const all = [...names.direct, ...names.namespaces].map(escape).join("|");
  return new RegExp(`=\\s*(?:${all})\\s*(?:[;,)}\\]\\n]|$|\\.\\s*jit\\s*(?![\\s(<\\w]))`, "u").test(text);
}
/** `const { jit } = jl` and `const j = jl.jit`, in any order and depth. */
function followAliases(tree: Tree, text: string, names: Names, limit: Limit): void {
  for (let before = -1; before !== names.direct.size + names.namespaces.size;) {
    before = names.direct.size + names.namespaces.size;
    if (before === 0) return;
    const pattern = namesPattern(names);
    if (!pattern || !mayGiveNames(text, names)) return;
    new Walk(tree, text, pattern, limit).each(({ node, type }) => {
      if (type !== "variable_declarator" || !node) return true;
      const target = field(node, "name"),
        value = field(node, "value");
      if (!target || !value) return true;
      if (value.type === "identifier" && names.namespaces.has(value.text)) {
        if (target.type === "identifier") names.namespaces.add(target.text);
        else if (target.type === "object_pattern") destructured(target, names);
      } else if (target.type === "identifier" && value.type === "identifier" && names.direct.has(value.text)) names.direct.add(target.text);
      else if (
        target.type === "identifier" &&
        value.type === "member_expression" &&
        field(value, "property")?.text === "jit" &&
        names.namespaces.has(field(value, "object")?.text ?? "")
      )
        names.direct.add(target.text);
      return true;
    });
  }
}
function readModule(path: string, extensions: readonly string[]): { file: string; text: string } | null {
  const stem = path.slice(0, path.length - extname(path).length),
    known = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ...extensions];
  const candidates = [path, ...known.map((e) => `${path}${e}`), ...known.map((e) => `${stem}${e}`), ...known.map((e) => resolve(path, `index${e}`))];
  for (const file of candidates) {
    try {
      const s = statSync(file);
      if (s.isFile() && s.size <= LARGEST_MODULE) return { file, text: readFileSync(file, "utf8") };
    } catch {
      /* the next one */
    }
  }
  return null;
}
function exportsOf(path: string, c: ImportContext, depth: number): Passed | null {
  const module = readModule(path, c.extensions);
  if (!module || !(module.text.includes(c.module) || /\bfrom\s*["']\./.test(module.text))) return null;
  const tree = c.parse(module.text);
  if (!tree) return null;
  const out = new Map<string, "jit" | "namespace" | "all">();
  try {
    const inner: ImportContext = { ...c, file: module.file },
      own = importedNames(tree, module.text, inner, depth);
    const what = (name: string): "jit" | "namespace" | null => (own.direct.has(name) ? "jit" : own.namespaces.has(name) ? "namespace" : null);
    new Walk(tree, module.text, /\bexport\b/g, c.limit).each(({ node, type }) => {
      if (type !== "export_statement" || !node) return true;
      const source = field(node, "source")?.text.slice(1, -1) ?? null,
        passed =
          source === null
            ? null
            : source === c.module
              ? ENGINE
              : source.startsWith(".") && depth < MOST_DEPTH
                ? exportsOf(resolve(dirname(module.file), source), inner, depth + 1)
                : null;
      for (const part of node.namedChildren) {
        if (!part) continue;
        if (part.type === "export_clause")
          for (const spec of part.namedChildren) {
            const name = field(spec, "name")?.text ?? "",
              given = field(spec, "alias")?.text ?? name,
              found = source === null ? what(name) : passed?.get(name);
            if (found === "jit" || found === "namespace") out.set(given, found);
          }
        if (part.type === "namespace_export" && passed) out.set(part.namedChild(0)?.text ?? "", "namespace");
        // export const jit = …: a name that was given to it
        if (part.type === "lexical_declaration")
          for (const d of part.namedChildren) {
            const name = field(d, "name")?.text ?? "",
              found = what(name);
            if (found) out.set(name, found);
          }
      }
      if (passed && node.children.some((k) => k?.type === "*")) for (const [k, v] of passed) out.set(k, v);
      const value = field(node, "value"),
        found = value ? what(value.text) : null;
      if (found) out.set("default", found);
      return true;
    });
  } finally {
    tree.delete();
  }
  return out.size ? out : null;
}
