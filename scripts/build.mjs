// Builds everything into dist/: the engine, the host, the runner, the extension and the views.
//   node scripts/build.mjs [--watch] [--maps] [--only engine,views]
// Bundles are small, and come without maps, as they are shipped: --maps makes them readable, with maps beside them, for debugging; so does --watch.
// The engine's declarations (dist/engine/types) are built when asked for: --only types
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import * as esbuild from "esbuild";
import { laterSource, lazily } from "./later.mjs";
import { withoutNeedlessNames } from "./names.mjs";
import { buildTypes } from "./types.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...p) => join(root, ...p);
const args = process.argv.slice(2);
const readable = args.includes("--maps") || args.includes("--watch");
const common = { bundle: true, logLevel: "warning", metafile: true, sourcemap: readable ? "linked" : false, target: "es2022", absWorkingDir: root };
/** What is read by nobody is minified. The engine keeps its identifiers: messages name its functions and their parameters. */
const small = { minify: !readable };
// Libraries that ask for import.meta.url get it in CommonJS bundles too.
const commonJs = {
  format: "cjs",
  platform: "node",
  outExtension: { ".js": ".cjs" },
  ...small,
  define: { "import.meta.url": "__importMetaUrl" },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const targets = {
  engine: { ...common, entryPoints: { "engine/index": "src/engine/index.ts" }, outdir: "dist", format: "esm", platform: "neutral", keepNames: true },
  report: { ...common, ...small, entryPoints: { "engine/report": "src/engine/report/index.ts" }, outdir: "dist", format: "esm", platform: "neutral" },
  cli: { ...common, entryPoints: { "host/cli": "src/host/cli/main.ts" }, outdir: "dist", external: ["esbuild"], ...commonJs },
  host: { ...common, entryPoints: { "host/main": "src/host/main.ts" }, outdir: "dist", external: ["esbuild"], ...commonJs },
  // Tools for agents, with the protocol's SDK: nobody else loads it.
  mcp: { ...common, entryPoints: { "host/mcp": "src/host/agents/main.ts" }, outdir: "dist", external: ["esbuild"], ...commonJs },
  runner: {
    ...common,
    ...small,
    entryPoints: {
      "host/runner": "src/host/runner/main.ts",
      "host/stablehlo": "src/host/runner/stablehlo.ts",
      "host/watch": "src/host/runner/watch.ts",
    },
    outdir: "dist",
    format: "esm",
    platform: "node",
    external: ["esbuild", "jitlens"],
    outExtension: { ".js": ".mjs" },
    keepNames: true,
  },
  extension: {
    ...common,
    ...small,
    entryPoints: { "extension/main": "src/extension/main.ts" },
    outdir: "dist",
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    // Libraries ask for it to know Cloudflare's workers; the editor answers a mere look with an error in its log.
    define: { navigator: "undefined" },
    outExtension: { ".js": ".cjs" },
    plugins: [lazily(root, "later.cjs")],
  },
  later: {
    ...common,
    ...small,
    stdin: laterSource(root),
    outfile: "dist/extension/later.cjs",
    format: "cjs",
    platform: "node",
    external: ["vscode"],
    define: { navigator: "undefined" },
  },
  views: {
    ...common,
    // A program for each place, with its own views alone.
    entryPoints: {
      "views/graph": "src/views/graphPage.ts",
      "views/profile": "src/views/profilePage.ts",
      "views/main": "src/views/main.ts",
      "views/layoutWorker": "src/views/graph/layoutWorker.ts",
    },
    outdir: "dist",
    format: "iife",
    platform: "browser",
    minify: true,
    plugins: [
      { name: "css as small text", setup: (build) => build.onLoad({ filter: /\.css$/ }, smallStyle) },
      { name: "scales of numbers", setup: (build) => build.onResolve({ filter: /^d3-interpolate$/ }, numbersOnly) },
    ],
  },
};
/** Scales of the pages interpolate numbers: without colours and transforms they are a third. */
const numbersOnly = ({ importer }) => (/[\\/]d3-scale[\\/]/.test(importer) ? { path: at("src", "views", "interpolate.ts") } : null);
/** A page's style is a text in its program: esbuild minifies what it links, not what it embeds. */
async function smallStyle({ path }) {
  const { code } = await esbuild.transform(readFileSync(path, "utf8"), { loader: "css", minify: !readable });
  return { contents: code, loader: "text" };
}
/** The engine's bundle without names that say nothing new and, as it is shipped, without blanks. */
async function finishEngine() {
  const bundle = at("dist", "engine", "index.js");
  const code = withoutNeedlessNames(readFileSync(bundle, "utf8"));
  const shipped = readable ? code : (await esbuild.transform(code, { minifyWhitespace: true, format: "esm", target: common.target })).code;
  writeFileSync(bundle, shipped);
}
/** What went into a bundle, for the notices of the packages that are shipped in it. */
function keepMetafile(name, { metafile }) {
  mkdirSync(at(".cache", "meta"), { recursive: true });
  writeFileSync(at(".cache", "meta", `${name}.json`), JSON.stringify(Object.keys(metafile.inputs)));
}
const only = args.includes("--only") ? args[args.indexOf("--only") + 1].split(",") : Object.keys(targets);
mkdirSync(at("dist", "grammars"), { recursive: true });
cpSync(at("node_modules", "web-tree-sitter", "web-tree-sitter.wasm"), at("dist", "grammars", "web-tree-sitter.wasm"));
// Packed by Brotli they are two thirds of what the packages' own deflate makes of them; unpacking takes 5 to 12 ms, once.
for (const [from, to] of [
  ["tree-sitter-typescript/tree-sitter-typescript.wasm", "typescript.wasm.br"],
  ["tree-sitter-typescript/tree-sitter-tsx.wasm", "tsx.wasm.br"],
  ["tree-sitter-python/tree-sitter-python.wasm", "python.wasm.br"],
]) {
  const grammar = readFileSync(at("node_modules", from));
  const packed = at("dist", "grammars", to);
  const isThere = existsSync(packed) && brotliDecompressSync(readFileSync(packed)).equals(grammar);
  if (!isThere) writeFileSync(packed, brotliCompressSync(grammar));
}
// The runner for Python is one file, shipped as it is.
mkdirSync(at("dist", "bridge"), { recursive: true });
cpSync(at("src", "bridge", "jitlens_bridge.py"), at("dist", "bridge", "jitlens_bridge.py"));
/** Examples as "Open an Example" copies them: a folder each. Data that several of them read stands once, in "data", and is copied into each (src/extension/examples.ts). */
const EXAMPLES = {
  "first-steps": ["first-steps.ts"],
  digits: ["digits.ts"],
  transformer: ["transformer.ts"],
  gpt: ["gpt.ts"],
  vae: ["vae.ts"],
  diffusion: ["diffusion.ts"],
  dalle: ["dalle.ts"],
  resnet: ["resnet.ts"],
  molecules: ["molecules.ts"],
  neuralode: ["neuralode.ts"],
  gaussianprocess: ["gaussianprocess.ts"],
  python: ["python/headline.py", "python/scan.py", "python/transformer.py", "python/spirals.ipynb"],
};
rmSync(at("dist", "examples"), { recursive: true, force: true });
for (const [id, parts] of Object.entries(EXAMPLES))
  if (parts.every((p) => existsSync(at("examples", p))))
    for (const p of parts) cpSync(at("examples", p), at("dist", "examples", id, p), { recursive: true });
for (const file of ["digits.csv.gz", "sonnets.txt", "README.md"]) cpSync(at("examples", "data", file), at("dist", "examples", "data", file));
/** What a copied example needs so that the editor finds nothing wrong with it, without installing anything. */
const EXAMPLE_CONFIG = {
  compilerOptions: {
    ...{ target: "ES2022", module: "ESNext", moduleResolution: "Bundler", lib: ["ES2023", "ESNext.Disposable", "DOM"] },
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
  },
  include: ["*.ts"],
};
const EXAMPLE_NODE = `// The few parts of Node.js that the example uses; the package @types/node has them all.
declare module "node:fs" {
  export function readFileSync(path: string): Uint8Array;
  export function readFileSync(path: string, encoding: "utf8"): string;
}
declare module "node:path" {
  export function join(...parts: string[]): string;
}
declare module "node:zlib" {
  export function gunzipSync(data: Uint8Array): { toString(): string };
}
interface ImportMeta {
  readonly dirname: string;
}
`;
for (const id of Object.keys(EXAMPLES))
  if (id !== "python" && existsSync(at("dist", "examples", id))) {
    writeFileSync(at("dist", "examples", id, "tsconfig.json"), `${JSON.stringify(EXAMPLE_CONFIG, null, 2)}\n`);
    writeFileSync(
      at("dist", "examples", id, "package.json"),
      `${JSON.stringify({ name: `jitlens-${id}`, private: true, type: "module" }, null, 2)}\n`,
    );
    if (readFileSync(at("examples", `${id}.ts`), "utf8").includes('from "node:'))
      writeFileSync(at("dist", "examples", id, "node.d.ts"), EXAMPLE_NODE);
  }
for (const name of only) {
  if (name === "types") {
    buildTypes();
    continue;
  }
  const t = targets[name];
  if (!Object.values(t.entryPoints ?? {}).every((f) => existsSync(at(f)))) {
    console.warn(`skipped ${name}: no sources`);
    continue;
  }
  if (args.includes("--watch")) await (await esbuild.context(t)).watch();
  else keepMetafile(name, await esbuild.build(t));
  if (name === "engine" && !args.includes("--watch")) await finishEngine();
  // A CommonJS module that is the ES module, so that TypeScript and bundlers find for require what they expect: one engine all the same.
  if (name === "engine") writeFileSync(at("dist", "engine", "index.cjs"), 'module.exports = require("./index.js");\n');
  if (name === "report") writeFileSync(at("dist", "engine", "report.cjs"), 'module.exports = require("./report.js");\n');
}
