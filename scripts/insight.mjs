// What JitLens says of programs with one planted performance problem each, and of their mended twins (`npm run insight -- FOLDER`, or JITLENS_INSIGHT):
// the line among the first three, the cause named at it, a remedy, the gain beside the twin's, no such advice on the twin. Writes bench/INSIGHT.md where all
// programs were run: bench/INSIGHT.md, or bench/INSIGHT-KINDS.md of test/insight/kinds. FOLDER holds NAME.ts, NAME_fast.ts and expected.json; without one, the programs
// of test/insight/programs are run. With --only=a,b what was found of those is kept in dist, and the table is written once all have been run.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const write = !args.includes("--dry");
const seconds = Number(args.find((a) => a.startsWith("--seconds="))?.slice(10) ?? 10);
const only = args
  .find((a) => a.startsWith("--only="))
  ?.slice(7)
  .split(",");
const verbose = args.includes("--verbose");
const folder = resolve(args.find((a) => !a.startsWith("--")) ?? process.env.JITLENS_INSIGHT ?? join(root, "test", "insight", "programs"));
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")).programs;

const bundle = mkdtempSync(join(root, "dist", "insight-"));
buildSync({
  entryPoints: [join(root, "test", "insight", "profile.ts")],
  outfile: join(bundle, "profile.mjs"),
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["web-tree-sitter"],
  logLevel: "error",
});
const { profileFile, judge } = await import(join(bundle, "profile.mjs"));
rmSync(bundle, { recursive: true });

const kind = basename(folder);
const keptAt = join(root, "dist", `insight-${kind}.json`);
const kept = only && existsSync(keptAt) ? JSON.parse(readFileSync(keptAt, "utf8")) : {};
const rows = [];
for (const [name, e] of Object.entries(expected)) {
  if (only && !only.includes(name)) continue;
  const report = await profileFile(join(folder, `${name}.ts`), { advice: seconds, dist: join(root, "dist"), site: e.function });
  const twin = await profileFile(join(folder, `${name}_fast.ts`), { advice: seconds, dist: join(root, "dist") });
  const v = judge(report, twin, e);
  rows.push({ name, e, v });
  kept[name] = v;
  const mark = (b) => (b ? "yes" : "NO");
  console.log(
    `${name.padEnd(12)} line ${mark(v.line)} cause ${mark(v.cause)} remedy ${mark(v.remedy)} gain ${v.done ? "(the compiler does so already)" : (v.gain?.toFixed(2) ?? "–")} (twin ${v.twinGain?.toFixed(2) ?? "–"}, listed ${e.gain}) twin silent ${mark(v.silent)}${v.compilations === null ? "" : ` compilations ${mark(v.compilations)}`}`,
  );
  if (verbose) {
    for (const i of report.insights ?? []) console.log(`   + ${i.rule} l.${i.line} ${show(i)}\n     ${i.text}\n     → ${i.remedy}`);
    for (const i of report.tried ?? []) console.log(`   - ${i.rule} l.${i.line} ${show(i)}`);
    for (const i of twin.insights ?? []) console.log(`   twin + ${i.rule} l.${i.line} ${show(i)} ${i.text}`);
  }
}
function show(i) {
  const g = i.gain;
  return g
    ? `${i.of ?? "call"} ${g.before.median.toPrecision(3)} → ${g.after.median.toPrecision(3)} (×${(g.before.median / g.after.median).toFixed(2)}; predicted ${i.predicted?.toPrecision(3)}; error ${i.error?.toPrecision(2)})`
    : "not tried";
}
writeFileSync(keptAt, JSON.stringify(kept));
const all = Object.entries(expected).flatMap(([name, e]) => (kept[name] ? [{ name, e, v: kept[name] }] : []));
const totals = (list) => {
  const count = (f) => list.filter(({ v }) => f(v)).length;
  return `line ${count((v) => v.line)}, cause ${count((v) => v.cause)}, remedy ${count((v) => v.remedy)}, gain within 30 % of the twin's ${count((v) => v.gainFits)}, twins silent ${count((v) => v.silent)}, of ${list.length}`;
};
console.log(totals(rows));
if (write && all.length === Object.keys(expected).length) {
  const table = all.map(
    ({ name, e, v }) =>
      `| ${name} | ${e.kind} | ${v.line ? "yes" : "no"} | ${v.cause ? "yes" : "no"} | ${v.remedy ? "yes" : "no"} | ${v.done ? "done by the compiler" : v.gain ? `${v.gain.toFixed(2)}×` : "–"} | ${v.twinGain ? `${v.twinGain.toFixed(2)}×` : "–"} | ${v.silent ? "yes" : "no"} |`,
  );
  const [title, target] = kind === "kinds" ? ["What is said of slow programs of further kinds", "INSIGHT-KINDS.md"] : ["What is said of slow programs", "INSIGHT.md"];
  writeFileSync(
    join(root, "bench", target),
    `# ${title}\n\nWritten by \`npm run insight\` (${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, Node ${process.version}, ${seconds} s of trials each). Each program has one planted\nperformance problem and a mended twin. *line*: the planted line is among the first three; *cause*: a sentence at that line names it; *gain*: measured by running the changed\nprogram; *twin*: what the mended program really gains, measured in the same run (where it is compiling: the library loaded, all compilations and calls); *silent*: the twin gets no such advice.\n*Done by the compiler*: it makes the change without being told (the ledger says so at the line, or the program is no slower than its twin).\n\n${totals(all).replace(/^l/, "L")}.\n\n| program | problem | line | cause | remedy | gain | twin | silent |\n|---|---|---|---|---|---|---|---|\n${table.join("\n")}\n`,
  );
}
process.exit(0);
