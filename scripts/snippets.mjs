// Type-checks the TypeScript blocks of README.md and docs/*.md, the examples, and those of the library's doc comments, as a reader would compile them:
// under --strict.
//   node scripts/snippets.mjs                  against the sources
//   node scripts/snippets.mjs --declarations   against the built declarations (node scripts/build.mjs --only types), in a folder of their own,
//                                              with moduleResolution node16 and bundler and without skipLibCheck
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { exampleProgram, examplesOf } from "./examples.mjs";
import { readApi } from "./signatures.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...p) => join(root, ...p);

/** The ```ts blocks of a text, each with the line that it starts on. */
export function blocksOf(markdown) {
  const blocks = [],
    lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++)
    if (/^```(ts|typescript)\s*$/.test(lines[i])) {
      const start = i + 1;
      while (++i < lines.length && !lines[i].startsWith("```"));
      blocks.push({ line: start + 1, text: lines.slice(start, i).join("\n") });
    }
  return blocks;
}
const documents = [
  "README.md",
  ...(existsSync(at("docs")) ? readdirSync(at("docs")) : []).filter((f) => f.endsWith(".md")).map((f) => join("docs", f)),
];

const folder = mkdtempSync(join(tmpdir(), "snippets-"));
let failed = 0,
  count = 0;
try {
  const origin = new Map();
  for (const document of documents)
    blocksOf(readFileSync(at(document), "utf8")).forEach((b, i) => {
      const name = `${document.replace(/\W+/g, "_")}_${i}.ts`;
      // A block without imports or exports is a module all the same: its names are its own.
      writeFileSync(join(folder, name), `${b.text}\nexport {};\n`);
      origin.set(name, { document, line: b.line });
      count++;
    });
  const functions = readApi(),
    examples = examplesOf(functions),
    named = functions.filter((f) => f.path === "").map((f) => f.name),
    modules = functions.filter((f) => f.path !== "").map((f) => f.path.split(".")[0]),
    names = [...new Set([...named, ...modules])].filter((n) => !["typeof", "Array", "IndexUpdate", "internals"].includes(n)),
    program = exampleProgram(examples, names);
  writeFileSync(join(folder, "doc_comments.ts"), program.text);
  origin.set("doc_comments.ts", { at: (line) => examples[line - program.firstLine]?.of });
  count++;
  for (const f of readdirSync(at("examples")).filter((f) => f.endsWith(".ts"))) {
    cpSync(at("examples", f), join(folder, f));
    count++;
  }
  const declarations = process.argv.includes("--declarations");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(at("node_modules", "@types"), join(folder, "node_modules", "@types"));
  symlinkSync(at("node_modules", "undici-types"), join(folder, "node_modules", "undici-types"));
  if (declarations) {
    const own = join(folder, "node_modules", "jitlens");
    mkdirSync(own);
    cpSync(at("dist", "engine", "types"), join(own, "types"), { recursive: true });
    writeFileSync(
      join(own, "package.json"),
      '{ "name": "jitlens", "type": "module", "exports": { ".": { "types": "./types/index.d.ts", "default": "./index.js" } } }',
    );
  }
  for (const moduleResolution of declarations ? ["node16", "bundler"] : ["bundler"]) {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: !declarations,
      target: "es2022",
      lib: ["es2023", "dom", ...(declarations ? [] : ["esnext.disposable"])],
      module: moduleResolution === "node16" ? "node16" : "esnext",
      moduleResolution,
      types: ["node"],
      ...(declarations ? {} : { allowImportingTsExtensions: true, paths: { jitlens: [at("src", "engine", "index.ts")] } }),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const tsc = spawnSync(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), "-p", folder], { cwd: folder, encoding: "utf8" });
    for (const line of tsc.stdout.split("\n").filter(Boolean)) {
      const m = /^([^(\s]+)\((\d+),(\d+)\): (.*)$/.exec(line),
        from = m && origin.get(m[1]);
      const of = from?.at?.(Number(m[2]));
      if (of) console.error(`${of.file}:${of.line}: example of ${of.name}: ${m[4]}`);
      else console.error(from && !from.at ? `${from.document}:${from.line + Number(m[2]) - 1}:${m[3]}: ${m[4]}` : line);
    }
    if (tsc.status !== 0) failed++;
    console.log(
      `${relative(root, at("README.md"))}, docs and examples: ${count} programs with ${examples.length} examples of doc comments, ${declarations ? `declarations, ${moduleResolution}` : "sources"}: ${tsc.status === 0 ? "all type-check" : "ERRORS"}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
