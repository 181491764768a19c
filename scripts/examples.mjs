// The examples of the library's doc comments: `@example np.sum([1, 2, 3]) // 6` is run, and what its last expression gives is what stands behind `//`.
//   node scripts/examples.mjs            runs all of them (dist/engine has to be built), and lists the public functions that have none
//   node scripts/examples.mjs --values   prints what each example gives, for writing them
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { root } from "./lib.mjs";
import { readApi } from "./signatures.mjs";

/** An example's program and the value that it states: what stands behind the last `//`. */
export function parseExample(text) {
  const at = text.lastIndexOf("//");
  return at < 0
    ? { code: text.trim(), value: null }
    : {
        code: text.slice(0, at).trim(),
        value: text
          .slice(at + 2)
          .trim()
          .replace(/\s*\n\s*/g, " "),
      };
}
/** All examples, each once, with where its function is declared. */
export function examplesOf(functions) {
  const found = new Map();
  for (const f of functions) for (const text of f.examples) found.set(`${f.file}:${f.line}:${text}`, { ...parseExample(text), of: f });
  return [...found.values()];
}
/** Names that programs give to what they import. */
const LOCAL = { numpy: "np", export: "exporting" };
/** One program of all examples: a list of functions that give the last expression's value. Its line `firstLine + i` is example i. */
export function exampleProgram(examples, names, from = "jitlens") {
  const head = [
    `import { type Array, ${names.map((n) => (LOCAL[n] ? `${n} as ${LOCAL[n]}` : n)).join(", ")} } from ${JSON.stringify(from)};`,
    `void [${names.map((n) => LOCAL[n] ?? n).join(", ")}];`,
    "export const examples = [",
  ];
  const bodies = examples.map(({ code }) => {
    const one = code.replace(/\s*\n\s*/g, " ");
    const source = ts.createSourceFile("example.ts", one, ts.ScriptTarget.ES2022);
    const last = source.statements.at(-1);
    return last && ts.isExpressionStatement(last)
      ? `  async () => { ${one.slice(0, last.pos)} return (${one.slice(last.pos).trim().replace(/;$/, "")}); },`
      : `  async () => { ${one} },`;
  });
  return { text: [...head, ...bodies, "];", ""].join("\n"), firstLine: head.length + 1 };
}
/** A value as examples write it: numbers with four digits, arrays as nested lists, complex numbers as 1+2i. */
export function shown(v, isArray) {
  if (isArray(v)) return /^key/.test(v.dtype) ? "key" : shown(v.tolist(), isArray);
  if (typeof v === "number") return String(Number.isInteger(v) ? v + 0 : Number(v.toPrecision(4)));
  if (typeof v === "bigint") return `${v}n`;
  if (typeof v === "string") return JSON.stringify(v);
  if (typeof v === "function") return "a function";
  if (Array.isArray(v) || ArrayBuffer.isView(v)) return `[${Array.from(v, (x) => shown(x, isArray)).join(", ")}]`;
  if (v instanceof Set) return `{${[...v].map((x) => shown(x, isArray)).join(", ")}}`;
  if (v instanceof Map) return shown(Object.fromEntries(v), isArray);
  if (typeof v === "object" && v !== null) {
    if (Object.keys(v).sort().join() === "im,re") return `${shown(v.re, isArray)}${v.im < 0 ? "-" : "+"}${shown(Math.abs(v.im), isArray)}i`;
    if (Object.getPrototypeOf(v) !== Object.prototype && Object.getPrototypeOf(v) !== null) return String(v);
    return `{ ${Object.entries(v)
      .map(([k, x]) => `${k}: ${shown(x, isArray)}`)
      .join(", ")} }`;
  }
  return String(v);
}
/** Names of the entry point that a program may import: values that are no reserved words. */
export async function importable() {
  const engine = await import(pathToFileURL(join(root, "dist", "engine", "index.js")).href);
  return { engine, names: Object.keys(engine).filter((n) => !["typeof", "Array"].includes(n)) };
}
/** Runs examples one after the other; gives for each its value as text, or the error. */
export async function runExamples(examples) {
  const { engine, names } = await importable();
  const folder = mkdtempSync(join(tmpdir(), "jitlens-examples-")),
    before = process.cwd();
  try {
    // Files that examples write, by names alone, go where they are removed.
    process.chdir(folder);
    const url = pathToFileURL(join(root, "dist", "engine", "index.js")).href;
    const { outputText } = ts.transpileModule(exampleProgram(examples, names, url).text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(join(folder, "examples.mjs"), outputText);
    const program = await import(pathToFileURL(join(folder, "examples.mjs")).href);
    const results = [];
    for (const run of program.examples)
      try {
        results.push({ value: shown(await run(), (v) => v instanceof engine.Array) });
      } catch (e) {
        results.push({ error: e instanceof Error ? e.message : String(e) });
      }
    return results;
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const functions = readApi().filter((f) => !/^(internals|core)\b/.test(f.path));
  const examples = examplesOf(functions);
  const results = await runExamples(examples);
  let failed = 0;
  examples.forEach((e, i) => {
    const { value, error } = results[i];
    if (process.argv.includes("--values")) console.log(`${e.of.path}.${e.of.name}: ${e.code} // ${value ?? error}`);
    if (value === e.value) return;
    failed++;
    console.error(`${e.of.file}:${e.of.line}: ${e.of.name}: ${e.code}\n  says ${e.value}, gives ${value ?? `the error: ${error}`}`);
  });
  for (const f of functions.filter((f) => !f.examples.length)) {
    failed++;
    console.error(`${f.file}:${f.line}: ${f.path ? `${f.path}.` : ""}${f.name}: a public function has no example in its doc comment`);
  }
  console.log(`${examples.length} examples of doc comments, run, of ${functions.length} public functions`);
  process.exitCode = failed ? 1 : 0;
}
