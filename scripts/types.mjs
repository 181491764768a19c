// The declarations of the library: what an editor shows of the engine, a file a module, and only the modules that the two entry points lead to.
// One rolled-up file would be a quarter smaller, but its tools rename what two modules call alike: an editor would show `tanh_2(x: ArrayLike_2): Array_2`.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...p) => join(root, ...p);
const ENTRIES = ["index.d.ts", join("report", "index.d.ts")];
/**
 * Beside each entry, what `require` is told: the same declarations, as those of a CommonJS module. Node (20.19 and later) lets `require` load the ES module;
 * TypeScript under module node16 refuses that (TS1479), and follows the reference all the same.
 */
export const requireEntry = (entry) => entry.replace(/\.d\.ts$/, ".d.cts");
const forRequire = (entry) => `// @ts-ignore: this is an ES module, which Node's require loads\nexport * from "./${basename(entry).replace(/\.d\.ts$/, ".js")}";\n`;
const REFERENCE = /(from |import\(|import |module )"(\.{1,2}\/[^"]+)\.ts"/g;

/** What the declarations of a module say, with references that node16 and bundlers resolve. */
function shipped(file, text) {
  const resolved = text.replace(REFERENCE, '$1"$2.js"');
  if (file !== ENTRIES[0]) return resolved;
  // `using x = …` is part of the types: its symbol comes with the declarations. The runner's own door is no part of the public API.
  return `/// <reference lib="esnext.disposable" />\n${resolved.replace(/^export \* as internals from .*\n/m, "")}`;
}
/** Writes dist/engine/types. */
export function buildTypes() {
  const out = at("dist", "engine", "types");
  const all = mkdtempSync(join(tmpdir(), "jitlens-types-"));
  try {
    const argv = [at("node_modules", "typescript", "bin", "tsc"), "-p", at("tsconfig.types.json"), "--outDir", all];
    const tsc = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
    if (tsc.status !== 0) throw new Error(`tsc: ${tsc.stdout}${tsc.stderr}`);
    rmSync(out, { recursive: true, force: true });
    const seen = new Set();
    const take = (file) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = shipped(file, readFileSync(join(all, file), "utf8"));
      mkdirSync(dirname(join(out, file)), { recursive: true });
      writeFileSync(join(out, file), text);
      for (const [, , name] of text.matchAll(/(from |import\(|import |module )"(\.{1,2}\/[^"]+)\.js"/g))
        take(relative(all, join(all, dirname(file), `${name}.d.ts`)));
    };
    ENTRIES.forEach(take);
    for (const entry of ENTRIES) writeFileSync(join(out, requireEntry(entry)), forRequire(entry));
    cpSync(at("docs", "jitprofile.schema.json"), at("dist", "engine", "jitprofile.schema.json"));
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}
