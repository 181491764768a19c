// What is shipped, weighed: each bundle's size, packed and unpacked, and the milliseconds that it takes to load in new processes: the shortest time of the
// clock, and the least of the processor, which other work on the machine disturbs less.
//   node scripts/sizes.mjs [--runs N]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { EDITOR_STUB } from "./editorStub.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
/** Bundles, and how each is loaded; without a way it is only weighed. */
const BUNDLES = [
  ["engine/index.js", "import"],
  ["engine/report.js", "import"],
  ["extension/main.cjs", "require"],
  ["extension/later.cjs", "require"],
  ["host/main.cjs", null],
  ["host/runner.mjs", null],
  ["views/graph.js", null],
  ["views/profile.js", null],
  ["views/main.js", null],
];
function milliseconds(file, way) {
  const load = way === "import" ? `await import(${JSON.stringify(pathToFileURL(file).href)})` : `require(${JSON.stringify(file)})`;
  const code = `${way === "require" ? EDITOR_STUB : ""}(async () => { const t = performance.now(), c = process.cpuUsage(); ${load}; const { user, system } = process.cpuUsage(c); console.log(performance.now() - t, (user + system) / 1000); process.exit(0); })()`;
  const one = () => spawnSync(process.execPath, ["-e", code], { encoding: "utf8" }).stdout.trim().split("\n").at(-1).split(" ").map(Number);
  const all = Array.from({ length: Number(values.runs) }, one);
  return [0, 1].map((i) => Math.min(...all.map((r) => r[i])).toFixed(1));
}
for (const [name, way] of BUNDLES) {
  const file = join(dist, name);
  if (!existsSync(file)) continue;
  const bytes = readFileSync(file);
  const [clock, processor] = way ? milliseconds(file, way) : [];
  const load = way ? `, loads in ${clock} ms (processor ${processor})` : "";
  console.log(
    `${name.padEnd(20)} ${(bytes.length / 1024).toFixed(0).padStart(5)} KB, gzipped ${(gzipSync(bytes).length / 1024).toFixed(0).padStart(4)} KB${load}`,
  );
}
