// What is shipped, weighed: each bundle's size, packed and unpacked, and the milliseconds that it takes to load (median of new processes).
//   node scripts/sizes.mjs [--runs N]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
/** Bundles, and how each is loaded; without a way it is only weighed. */
const BUNDLES = [
  ["engine/index.js", "import"],
  ["engine/report.js", "import"],
  ["extension/main.cjs", "require"],
  ["host/main.cjs", null],
  ["host/runner.mjs", null],
  ["views/main.js", null],
];
const median = (xs) => xs.sort((a, b) => a - b)[xs.length >> 1];
/** The extension asks for the editor's own module: anything will do to load it. */
const EDITOR = `const M = require("node:module"), load = M._load;
const any = new Proxy(function () {}, { get: (_t, k) => (k === Symbol.toPrimitive ? () => "" : any), construct: () => any, apply: () => any });
M._load = (name, ...rest) => (name === "vscode" ? any : load(name, ...rest));`;
function milliseconds(file, way) {
  const load = way === "import" ? `await import(${JSON.stringify(pathToFileURL(file).href)})` : `require(${JSON.stringify(file)})`;
  const code = `${way === "require" ? EDITOR : ""}(async () => { const t = performance.now(); ${load}; console.log(performance.now() - t); process.exit(0); })()`;
  const one = () => Number(spawnSync(process.execPath, ["-e", code], { encoding: "utf8" }).stdout.trim().split("\n").at(-1));
  return median(Array.from({ length: Number(values.runs) }, one));
}
for (const [name, way] of BUNDLES) {
  const file = join(dist, name);
  if (!existsSync(file)) continue;
  const bytes = readFileSync(file);
  const load = way ? `, loads in ${milliseconds(file, way).toFixed(1)} ms` : "";
  console.log(
    `${name.padEnd(20)} ${(bytes.length / 1024).toFixed(0).padStart(5)} KB, gzipped ${(gzipSync(bytes).length / 1024).toFixed(0).padStart(4)} KB${load}`,
  );
}
