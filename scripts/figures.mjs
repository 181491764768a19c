// Figures about the source that a reader would ask for: npm run figures. They need not be zero, but each that stays is a choice.
//   --list NAME   the places behind one figure
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { root } from "./lib.mjs";

const slashes = (path) => relative(root, path).split(sep).join("/");
const all = ["src", "test", "examples", "bench", "scripts"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(root, folder, f)),
);
const read = (path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
const files = all.filter((f) => /\.(ts|mjs)$/.test(f) && !f.endsWith(".d.ts")).map((path) => ({ path: slashes(path), source: read(path) }));
const product = files.filter(({ path }) => path.startsWith("src/") && !path.endsWith(".test.ts"));

/** What is counted: what to look at, and whether a node of the source is a case of it. */
const FIGURES = {
  any: (n) => n.kind === ts.SyntaxKind.AnyKeyword,
  "as never": (n) => ts.isAsExpression(n) && n.type.kind === ts.SyntaxKind.NeverKeyword,
  "as unknown as": (n) => ts.isAsExpression(n) && ts.isAsExpression(n.expression) && n.expression.type.kind === ts.SyntaxKind.UnknownKeyword,
  "x!": (n) => ts.isNonNullExpression(n),
  "three or more declarations in one statement": (n) => ts.isVariableDeclarationList(n) && ts.isVariableStatement(n.parent) && n.declarations.length >= 3,
  "conditionals three deep": (n) => ts.isConditionalExpression(n) && !ts.isConditionalExpression(n.parent) && depth(n) >= 3,
  "rest: unknown[] in an exported function": (n) => ts.isParameter(n) && Boolean(n.dotDotDotToken) && n.type?.getText() === "unknown[]" && exported(n.parent),
};
const depth = (n) => (ts.isConditionalExpression(n) ? 1 + Math.max(depth(n.condition), depth(n.whenTrue), depth(n.whenFalse)) : 0);
const exported = (n) => ts.isFunctionDeclaration(n) && (n.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) ?? false);

const places = new Map([...Object.keys(FIGURES), "files over 400 lines", "exports that nothing imports"].map((k) => [k, []]));
for (const { path, source } of product) {
  const at = (n) => `${path}:${source.getLineAndCharacterOfPosition(n.getStart()).line + 1}`;
  const visit = (n) => {
    for (const [name, is] of Object.entries(FIGURES)) if (is(n)) places.get(name).push(at(n));
    ts.forEachChild(n, visit);
  };
  visit(source);
  const lines = source.getLineAndCharacterOfPosition(source.end).line + 1;
  if (lines > 400) places.get("files over 400 lines").push(`${path} (${lines})`);
}
for (const name of unusedExports()) places.get("exports that nothing imports").push(name);

/** Exported names that no other file imports, and that no public module gives on. */
function unusedExports() {
  const used = new Set();
  const wholly = new Set();
  for (const { path, source } of files)
    for (const s of source.statements) {
      const from = ts.isImportDeclaration(s) || ts.isExportDeclaration(s) ? s.moduleSpecifier?.text : undefined;
      if (!from?.startsWith(".")) continue;
      const target = slashes(join(root, dirname(path), from));
      const bindings = ts.isImportDeclaration(s) ? s.importClause?.namedBindings : s.exportClause;
      if (bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings)))
        for (const e of bindings.elements) used.add(`${target}#${(e.propertyName ?? e.name).text}`);
      else wholly.add(target); // import * or export *
    }
  const text = files.map(({ source }) => source.text).join("\n");
  const dynamic = new Set([...text.matchAll(/import\("([^"]+)"\)(?:\)?\.(\w+))?/g)].map((m) => m[2]).filter(Boolean));
  return product.flatMap(({ path, source }) =>
    wholly.has(path)
      ? []
      : source.statements
          .filter((s) => s.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) && !ts.isInterfaceDeclaration(s) && !ts.isTypeAliasDeclaration(s))
          .flatMap((s) => (ts.isVariableStatement(s) ? s.declarationList.declarations.map((d) => d.name.getText()) : s.name ? [s.name.text] : []))
          .filter((name) => !used.has(`${path}#${name}`) && !dynamic.has(name))
          .map((name) => `${path} ${name}`),
  );
}

const listed = process.argv.includes("--list") ? process.argv[process.argv.indexOf("--list") + 1] : null;
if (listed !== null) {
  if (!places.has(listed)) throw new Error(`no figure is called "${listed}"; there are: ${[...places.keys()].join(", ")}`);
  console.log(places.get(listed).join("\n"));
} else {
  const lengths = product.map(({ source }) => source.getLineAndCharacterOfPosition(source.end).line + 1).sort((a, b) => a - b);
  console.log(`${product.length} files in src, ${lengths.reduce((a, b) => a + b, 0)} lines, median ${lengths[lengths.length >> 1]}`);
  for (const [name, list] of places) console.log(`${String(list.length).padStart(6)}  ${name}`);
}
