// npm run parity: prints the primitives and their rules beside JAX's, from the code itself, and the libraries' names beside those that they
// follow, and writes docs/PARITY.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib.mjs";
import { libraries } from "./parityNames.mjs";
const engine = await import(new URL("../dist/engine/index.js", import.meta.url)),
  { internals } = engine;
const read = (f) =>
  readFileSync(join(root, "test", "conformance", f), "utf8")
    .trim()
    .split("\n");
/** JAX 0.10's rules by primitive: jvp, transpose, batching, lowering. */
const jax = new Map(
  read("primitives-rules.tsv")
    .slice(1)
    .map((l) => {
      const [name, , ...r] = l.split("\t");
      return [name, r.slice(0, 4).map((v) => v === "Y")];
    }),
);
const own = new Map(internals.allPrimitives().map((p) => [p.name, p])),
  wanted = read("primitives-singledevice.txt"),
  RULES = ["jvp", "transpose", "batch", "lower"];
const has = (r) => Boolean(r) && !(typeof r === "object" && "absent" in r);
/** Rules of JAX that only raise an error, where the engine says the same by having none; and references, which it reads and prints only. */
const RAISES = new Set([
  "while.transpose",
  "io_callback.transpose",
  "pure_callback.transpose",
  "custom_lin.lower",
  "get.jvp",
  "get.batch",
  "new_ref.jvp",
  "new_ref.batch",
  "swap.jvp",
  "swap.batch",
]);
const cell = (p, i) => {
  const mine = has(p[RULES[i]]),
    theirs = jax.get(p.name)?.[i];
  return mine
    ? theirs === false
      ? "yes (JAX: no)"
      : "yes"
    : theirs && RAISES.has(`${p.name}.${RULES[i]}`)
      ? `an error, as in JAX: ${p[RULES[i]].absent}`
      : theirs
        ? `**no** (JAX: yes): ${p[RULES[i]]?.absent ?? ""}`
        : "–";
};
const rows = [...own.values()]
  .sort((a, b) => (a.name < b.name ? -1 : 1))
  .map((p) => `| ${p.name} | ${RULES.map((_r, i) => cell(p, i)).join(" | ")} |`);
const missing = wanted.filter((n) => !own.has(n));
const text = `# Primitives\n\nMade by \`npm run parity\` from the code and from JAX 0.10's own tables (test/conformance/primitives-rules.tsv).\n\n${own.size} primitives; ${wanted.length - missing.length} of the ${wanted.length} that JAX has on one device.${missing.length ? ` Missing: ${missing.join(", ")}.` : ""}\nA dash means that neither has the rule. JAX differentiates through calls (jit, custom_jvp_call, …) outside of its tables, so "JAX: no" stands there too.\n\n| primitive | jvp | transpose | batching | lowering |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
const all = `${text}\n${libraries(engine)}`;
writeFileSync(join(root, "docs", "PARITY.md"), all);
console.log(all);
// A rule that JAX has and the engine has not is a failure: CI reads this.
if (missing.length || text.includes("**no**")) process.exitCode = 1;
