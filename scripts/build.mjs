// Builds everything into dist/: the engine, the host, the runner, the extension and the views.
//   node scripts/build.mjs [--watch] [--only engine,views]
// The engine's declarations (dist/engine/types) are built when asked for: --only types
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import * as esbuild from "esbuild";
import { withoutNeedlessNames } from "./names.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...p) => join(root, ...p);
const common = { bundle: true, logLevel: "warning", sourcemap: "linked", target: "es2022", absWorkingDir: root };
// Libraries that ask for import.meta.url get it in CommonJS bundles too.
const commonJs = {
  format: "cjs",
  platform: "node",
  outExtension: { ".js": ".cjs" },
  define: { "import.meta.url": "__importMetaUrl" },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const targets = {
  engine: { ...common, entryPoints: { "engine/index": "src/engine/index.ts" }, outdir: "dist", format: "esm", platform: "neutral", keepNames: true },
  headless: { ...common, entryPoints: { "host/headless": "src/host/headless.ts" }, outdir: "dist", external: ["esbuild"], ...commonJs },
  host: { ...common, entryPoints: { "host/main": "src/host/main.ts" }, outdir: "dist", external: ["esbuild"], ...commonJs },
  runner: {
    ...common,
    entryPoints: { "host/runner": "src/host/runner/main.ts", "host/watch": "src/host/runner/watch.ts" },
    outdir: "dist",
    format: "esm",
    platform: "node",
    external: ["esbuild", "jitlens"],
    outExtension: { ".js": ".mjs" },
    keepNames: true,
  },
  extension: {
    ...common,
    entryPoints: { "extension/main": "src/extension/main.ts" },
    outdir: "dist",
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    outExtension: { ".js": ".cjs" },
  },
  views: {
    ...common,
    entryPoints: { "views/main": "src/views/main.ts", "views/layoutWorker": "src/views/graph/layoutWorker.ts" },
    outdir: "dist",
    format: "iife",
    platform: "browser",
    minify: true,
    loader: { ".css": "text" },
  },
};
/** The engine's declarations, a file a module; imports name .js files, as node16 and bundlers resolve them. */
function buildTypes() {
  const out = at("dist", "engine", "types");
  rmSync(out, { recursive: true, force: true });
  const tsc = spawnSync(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), "-p", at("tsconfig.types.json"), "--outDir", out], {
    cwd: root,
    encoding: "utf8",
  });
  if (tsc.status !== 0) throw new Error(`tsc: ${tsc.stdout}${tsc.stderr}`);
  for (const file of readdirSync(out, { recursive: true, withFileTypes: true }))
    if (file.isFile()) {
      const path = join(file.parentPath ?? file.path, file.name);
      // `using x = …` is part of the types: its symbol comes with the declarations.
      const lib = file.name === "index.d.ts" && path === join(out, "index.d.ts") ? '/// <reference lib="esnext.disposable" />\n' : "";
      writeFileSync(path, lib + readFileSync(path, "utf8").replace(/(from |import\(|import |module )"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"'));
    }
}
const args = process.argv.slice(2),
  only = args.includes("--only") ? args[args.indexOf("--only") + 1].split(",") : Object.keys(targets);
mkdirSync(at("dist", "grammars"), { recursive: true });
for (const [from, to] of [
  ["web-tree-sitter/web-tree-sitter.wasm", "web-tree-sitter.wasm"],
  ["tree-sitter-typescript/tree-sitter-typescript.wasm", "typescript.wasm"],
  ["tree-sitter-typescript/tree-sitter-tsx.wasm", "tsx.wasm"],
  ["tree-sitter-python/tree-sitter-python.wasm", "python.wasm"],
])
  cpSync(at("node_modules", from), at("dist", "grammars", to));
for (const name of only) {
  if (name === "types") {
    buildTypes();
    continue;
  }
  const t = targets[name];
  if (!Object.values(t.entryPoints).every((f) => existsSync(at(f)))) {
    console.warn(`skipped ${name}: no sources`);
    continue;
  }
  if (args.includes("--watch")) await (await esbuild.context(t)).watch();
  else await esbuild.build(t);
  if (name === "engine" && !args.includes("--watch")) {
    const bundle = at("dist", "engine", "index.js");
    writeFileSync(bundle, withoutNeedlessNames(readFileSync(bundle, "utf8")));
  }
}
