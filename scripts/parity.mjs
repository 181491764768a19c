// npm run parity: writes docs/PARITY.md from the code itself: every primitive and which rules it has.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib.mjs";
const { internals } = await import(new URL("../dist/engine/index.js", import.meta.url));
const has = (r) => (r && !(typeof r === "object" && "absent" in r) ? "yes" : `– ${r?.absent ? `(${r.absent})` : ""}`);
const rows = [...internals.allPrimitives()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((p) => `| ${p.name} | ${has(p.jvp)} | ${has(p.transpose)} | ${has(p.batch)} | ${has(p.lower)} |`);
writeFileSync(join(root, "docs", "PARITY.md"), `# Primitives (${rows.length})\n\nMade by \`npm run parity\` from the code.\n\n| primitive | jvp | transpose | batching | lowering |\n|---|---|---|---|---|\n${rows.join("\n")}\n`);
console.log(`${rows.length} primitives`);
