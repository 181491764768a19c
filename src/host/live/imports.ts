// What the file calls a module of the engine's, and the edit that imports it where it does not.
import type { Node, Tree } from "web-tree-sitter";
import type { LiveFix } from "../protocol.ts";

export interface EngineName {
  readonly name: string;
  readonly edits: LiveFix["edits"];
}
/** @param exported its names in the engine; `added` is what is written into the import where none of them is there */
export function engineName(tree: Tree, exported: readonly string[], added: string): EngineName {
  const statements = tree.rootNode.namedChildren.filter(
    (n): n is Node => n?.type === "import_statement" && /^["']jitlens["']$/.test(n.childForFieldName("source")?.text ?? ""),
  );
  for (const s of statements) {
    const namespace = s.descendantsOfType("namespace_import")[0]?.namedChildren[0];
    if (namespace) return { name: `${namespace.text}.${exported[0]!}`, edits: [] };
    for (const spec of s.descendantsOfType("import_specifier")) {
      const name = spec?.childForFieldName("name")?.text;
      if (name !== undefined && exported.includes(name)) return { name: spec!.childForFieldName("alias")?.text ?? name, edits: [] };
    }
  }
  const list = statements.flatMap((s) => s.descendantsOfType("named_imports")).find((n) => n !== null);
  const name = added.split(" as ").at(-1)!;
  if (!list) return { name, edits: [] };
  const { row, column } = list.startPosition;
  return { name, edits: [{ range: { line: row, column: column + 1, endLine: row, endColumn: column + 1 }, text: ` ${added},` }] };
}
