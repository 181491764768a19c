// Reads the public API with TypeScript's checker and writes src/engine/signatures.ts: what each function takes, for the check at run time.
// The option interfaces stay the one place where options are written. Also reports what is untyped, undocumented, or public by accident.
//   node scripts/signatures.mjs            writes the file
//   node scripts/signatures.mjs --check    fails where the file is out of date, or a public function has no doc comment
//   node scripts/signatures.mjs --report   lists functions without types or documentation
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import ts from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...p) => join(root, ...p);
const target = at("src/engine/signatures.ts");

/** The public API as a list of functions: module path, name, signature text, and what is wrong with its types. */
export function readApi() {
  const config = ts.getParsedCommandLineOfConfigFile(
    at("tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (d) => {
        throw new Error(String(d.messageText));
      },
    },
  );
  const program = ts.createProgram([at("src/engine/index.ts")], { ...config.options, noEmit: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(at("src/engine/index.ts"));
  const functions = [];
  const isOwn = (d) => d.getSourceFile().fileName.includes("/src/engine/");

  const optionTypes = (type) => {
    const parts = type.isUnion() ? type.types : [type];
    return parts.filter((t) => {
      if (!(t.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) || checker.isArrayType(t) || checker.isTupleType(t)) return false;
      const properties = checker.getPropertiesOfType(t);
      const weak =
        properties.length > 0 &&
        properties.every((p) => (p.declarations ?? []).every(isOwn)) &&
        properties.every((p) => p.flags & ts.SymbolFlags.Optional) &&
        !t.getCallSignatures().length;
      if (weak) return true;
      const names = [
        t.aliasSymbol?.name,
        t.symbol?.name,
        ...(t.isIntersection() ? t.types.flatMap((m) => [m.aliasSymbol?.name, m.symbol?.name]) : []),
      ];
      return names.some((n) => n?.endsWith("Options"));
    });
  };
  const optionNames = (types) => types.flatMap((t) => checker.getPropertiesOfType(t).map((p) => p.name));
  const isOpen = (type) => (type.flags & ts.TypeFlags.Unknown) !== 0 || (type.flags & ts.TypeFlags.Any) !== 0;

  /** Whether a plain object may be a value as well as the options: the type has an index signature of its own. */
  const isLoose = (type) =>
    (type.isUnion() ? type.types : [type]).some((t) => t.symbol?.name === "__type" && checker.getIndexInfosOfType(t).length > 0);

  /** Whether a list may be given: the type, or what it is narrowed to, is an array or a tuple. */
  const takesList = (type) => {
    const bound = checker.getBaseConstraintOfType(type) ?? type;
    return (bound.isUnion() ? bound.types : [bound]).some((t) => checker.isArrayType(t) || checker.isTupleType(t));
  };

  /** The parameters of one signature: [{ name, optional, rest, options: string[] | null, list, open }]. */
  function parametersOf(signature, location) {
    const list = [];
    const add = (name, type, { optional = false, rest = false } = {}) => {
      const options = optionTypes(type);
      list.push({
        name,
        optional,
        rest,
        options: options.length ? optionNames(options) : null,
        list: takesList(type),
        open: rest && isOpen(type),
        loose: isLoose(type),
      });
    };
    for (const p of signature.parameters) {
      const d = p.valueDeclaration,
        type = checker.getTypeOfSymbolAtLocation(p, location);
      if (!d?.dotDotDotToken) {
        add(p.name, type, { optional: Boolean(d?.questionToken || d?.initializer) });
        continue;
      }
      const members = type.isUnion() ? type.types : [type];
      for (const t of members)
        if (checker.isTupleType(t)) {
          const labels = t.target.labeledElementDeclarations ?? [];
          checker.getTypeArguments(t).forEach((e, i) => {
            const flags = t.target.elementFlags[i];
            const variadic = (flags & (ts.ElementFlags.Rest | ts.ElementFlags.Variadic)) !== 0;
            const label = labels[i]?.name?.getText() ?? (variadic ? p.name : "options");
            add(label, e, { optional: (flags & ts.ElementFlags.Optional) !== 0, rest: variadic });
            if (variadic && (flags & ts.ElementFlags.Variadic) !== 0) list.at(-1).trees = true;
          });
        } else if (checker.isArrayType(t)) add(p.name, checker.getTypeArguments(t)[0], { rest: true });
        else {
          add(p.name, t, { rest: true });
          list.at(-1).trees = true;
        }
    }
    return list;
  }
  /** Several overloads as one: the longest list, options of all. */
  function merge(lists) {
    const fixed = [],
      names = new Set();
    let rest = null,
      tail = false,
      open = false,
      trees = false;
    for (const list of lists)
      list.forEach((p, i) => {
        for (const n of p.options ?? []) names.add(n);
        open ||= p.open;
        if (p.rest) {
          rest ??= p.name;
          trees ||= Boolean(p.trees) || p.loose;
          tail ||= p.options !== null;
          return;
        }
        if (list.slice(0, i).some((q) => q.rest)) {
          tail ||= p.options !== null;
          return;
        }
        const old = fixed[i];
        if (!old) fixed[i] = { ...p, options: p.options !== null };
        else {
          old.options ||= p.options !== null;
          old.list ||= p.list;
          old.optional ||= p.optional;
        }
      });
    const shortest = Math.min(...lists.map((l) => l.filter((p) => !p.optional && !p.rest).length));
    const text = fixed.map((p, i) => `${p.name}${p.optional || i >= shortest ? "?" : ""}${p.options ? `*${p.list ? "[]" : ""}` : ""}`);
    if (rest) text.push(`...${rest}${tail ? (trees ? "~" : "*") : ""}`);
    return { text: `(${text.join(", ")})${names.size ? ` ${[...names].sort().join(" ")}` : ""}`, open };
  }

  function add(path, name, symbol, type, location) {
    const signatures = type.getCallSignatures();
    if (!signatures.length) return;
    const { text, open } = merge(signatures.map((s) => parametersOf(s, location)));
    const own = symbol.getDocumentationComment(checker).length > 0 || signatures.some((s) => s.getDocumentationComment(checker).length > 0);
    const d = symbol.declarations?.[0];
    // Overloads have comments of their own; each tag is read once.
    const tags = [...symbol.getJsDocTags(checker), ...signatures.flatMap((s) => s.getJsDocTags())].filter((t) => t.name === "example");
    const results = signatures.map((s) => s.getReturnType()),
      vague = results.some((r) => isOpen(r));
    functions.push({
      path,
      name,
      text,
      open,
      documented: own,
      vague,
      examples: [...new Set(tags.map((t) => ts.displayPartsToString(t.text)))],
      result: checker.typeToString(results[0]),
      file: d?.getSourceFile().fileName.replace(root + "/", ""),
      line: d ? d.getSourceFile().getLineAndCharacterOfPosition(d.getStart()).line + 1 : 0,
    });
  }
  const seen = new Set();
  function walk(module, path) {
    if (seen.has(path)) return;
    seen.add(path);
    for (const exported of checker.getExportsOfModule(module)) {
      const name = exported.name;
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        walk(symbol, path ? `${path}.${name}` : name);
        continue;
      }
      if (!(symbol.flags & ts.SymbolFlags.Value) || symbol.flags & ts.SymbolFlags.Class) continue;
      const type = checker.getTypeOfSymbolAtLocation(symbol, source);
      const inner = type.symbol;
      // A module behind the run-time check is a constant of the module's type.
      if (inner && inner.flags & ts.SymbolFlags.ValueModule) walk(inner, path ? `${path}.${name}` : name);
      else if (type.getCallSignatures().length) {
        add(path, name, symbol, type, source);
        // A function that is a module too, as checkpoint is.
        for (const member of checker.getPropertiesOfType(type))
          if (member.declarations?.every((d) => isOwn(d) && (ts.isFunctionDeclaration(d) || ts.isVariableDeclaration(d))))
            add(path ? `${path}.${name}` : name, member.name, member, checker.getTypeOfSymbolAtLocation(member, source), source);
      } else if (path && type.flags & ts.TypeFlags.Object && !checker.isArrayType(type))
        // An object of functions, as scipy.stats.norm is.
        for (const member of checker.getPropertiesOfType(type))
          // What a Set or a Map can do is the language's: names of its symbols have numbers that change with any file.
          if (member.declarations?.every(isOwn))
            add(`${path}.${name}`, member.name, member, checker.getTypeOfSymbolAtLocation(member, source), source);
    }
  }
  const moduleSymbol = checker.getSymbolAtLocation(source);
  walk(moduleSymbol, "");
  const methodsOf = (name, path) => {
    let symbol = checker.getExportsOfModule(moduleSymbol).find((s) => s.name === name);
    if (!symbol) return;
    if (symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    for (const m of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)))
      if (!m.name.startsWith("__") && (m.declarations ?? []).every(isOwn)) add(path, m.name, m, checker.getTypeOfSymbolAtLocation(m, source), source);
  };
  methodsOf("Array", "Array");
  methodsOf("IndexUpdate", "IndexUpdate");
  return functions;
}

const byPath = (functions) => {
  const groups = new Map();
  for (const f of functions) groups.set(f.path, [...(groups.get(f.path) ?? []), f]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};
const key = (k) => (/^[A-Za-z_$][\w$]*$/.test(k) ? k : JSON.stringify(k));
export async function signatureFile(functions) {
  const lines = [
    "// What each public function takes, read from its types by scripts/signatures.mjs. Do not edit: run `node scripts/signatures.mjs`.",
    "// `?` optional, `*` may be the options object, `*[]` or a list, `...` any number, `~` trees or options; after the parameters, the names of the options.",
    "export const SIGNATURES: Readonly<Record<string, Readonly<Record<string, string>>>> = {",
  ];
  for (const [path, list] of byPath(functions)) {
    lines.push(`  ${key(path || "root")}: {`);
    for (const f of [...list].sort((a, b) => (a.name < b.name ? -1 : 1))) lines.push(`    ${key(f.name)}: ${JSON.stringify(f.text)},`);
    lines.push("  },");
  }
  return format([...lines, "};", ""].join("\n"), { parser: "typescript", printWidth: 150 });
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const functions = readApi(),
    text = await signatureFile(functions);
  if (process.argv.includes("--report")) {
    for (const f of functions.filter((f) => f.open)) console.log(`untyped parameters: ${f.path}.${f.name} ${f.text} (${f.file}:${f.line})`);
    for (const f of functions.filter((f) => f.vague)) console.log(`untyped result: ${f.path}.${f.name} (${f.file}:${f.line})`);
    for (const f of functions.filter((f) => !f.documented))
      console.log(`undocumented: ${f.path}.${f.name} ${f.text} → ${f.result} (${f.file}:${f.line})`);
  }
  const count = (p) => functions.filter(p).length;
  console.log(
    `${functions.length} public functions: ${count((f) => f.open)} with untyped parameters, ${count((f) => f.vague)} with an untyped result, ${count((f) => !f.documented)} undocumented`,
  );
  if (process.argv.includes("--check")) {
    if (readFileSync(target, "utf8") !== text) {
      console.error("src/engine/signatures.ts is out of date: run node scripts/signatures.mjs");
      process.exit(1);
    }
    const bare = functions.filter((f) => !f.documented);
    if (bare.length) {
      console.error(
        `public functions without a doc comment (what it gives, shapes, dtypes, errors, source):\n${bare.map((f) => `  ${f.path}.${f.name} (${f.file}:${f.line})`).join("\n")}`,
      );
      process.exit(1);
    }
  } else if (!process.argv.includes("--report")) writeFileSync(target, text);
}
