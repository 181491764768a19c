// How near a client of the tools with no model in it (test/insight/agent.ts) brings slow programs to what a person made of them, by what the tools advise alone.
//   node bench/agents.mjs [--dry] [--untimed] [FOLDER] [--only=a,b]     writes bench/AGENTS.md
// FOLDER holds NAME.ts, NAME_fast.ts and expected.json, as for `npm run insight`; without one, programs of test/insight/programs are run.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const given = args.find((a) => !a.startsWith("--"));
const programs = given ? resolve(given) : join(root, "test", "insight", "programs");
/** On a machine that does other things besides, two profiles one after the other say little: what gained while it was tried, in turns, is kept. */
const untimed = args.includes("--untimed");
const only = args
  .find((a) => a.startsWith("--only="))
  ?.slice(7)
  .split(",");
/** Programs whose twin is the same function, and that alone: of others a steady call says nothing. */
function programsOf(folder) {
  const { programs: all } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const has = (name, fn) => {
    const twin = join(folder, `${name}_fast.ts`);
    const text = existsSync(twin) ? readFileSync(twin, "utf8") : "";
    return text.includes(`function ${fn}(`) && text.split("= jit(").length === 2;
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, e]) => (e.measure === "steady" && has(name, e.function) ? [[name, e.function]] : [])));
}
const OWN = { lennard: "gas", nearest: "assign", best: "lead", tone: "grade", chain: "reach", pull: "pull", series: "series", torus: "react" };
const PROGRAMS = given ? programsOf(programs) : OWN;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "jitlens-agents-")));
// The server's path is found from where the client lies.
const built = join(root, "dist", "insight-agent");
for (const [name, entry] of [
  ["client", "client.ts"],
  ["agent", "agent.ts"],
])
  buildSync({
    entryPoints: [join(root, "test", "insight", entry)],
    outfile: join(built, `x/${name}.mjs`),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
const { connect } = await import(pathToFileURL(join(built, "x", "client.mjs")).href);
const { besides, improve } = await import(pathToFileURL(join(built, "x", "agent.mjs")).href);
const server = await connect([folder], join(root, "dist", "host", "mcp.cjs"));
const load = loadavg()[0].toFixed(1);
const rows = [];
for (const [name, fn] of Object.entries(PROGRAMS)) {
  if (only && !only.includes(name)) continue;
  for (const file of [`${name}.ts`, `${name}_fast.ts`]) copyFileSync(join(programs, file), join(folder, file));
  const r = await improve(server, folder, `${name}.ts#${fn}`, { budget: 20, untimed });
  // Both once more, in turns.
  const least = await besides(server, { target: `${name}.ts#${fn}`, pins: r.pins }, `${name}_fast.ts#${fn}`);
  const how = r.steps.map((s) => `${s.rule} (${s.how}${s.kept ? "" : ", taken back"}; results: ${s.results})`).join("; ");
  rows.push({ name, before: r.before, ...least, how });
  console.log(
    `${name.padEnd(8)} ${r.before.toFixed(3)} ms -> ${least.own.toFixed(3)} ms, twin ${least.twin.toFixed(3)} ms: ${(least.own / least.twin).toFixed(2)}x  ${how}`,
  );
}
await server.close();
rmSync(folder, { recursive: true });
rmSync(built, { recursive: true });
const near = rows.filter((r) => r.own <= 1.3 * r.twin).length;
console.log(`${near} of ${rows.length} within 1.3x of their twins, load ${load}`);
const command = `node bench/agents.mjs${given ? " FOLDER" : ""}${untimed ? " --untimed" : ""}`;
if (!args.includes("--dry") && !only)
  writeFileSync(
    join(root, "bench", "AGENTS.md"),
    `# What the tools for agents are worth without a model\n\nWritten by \`${command}\` (${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, Node ${process.version}, load ${load} at the beginning).\nA client with no model in it profiles a slow program, asks for advice, applies the first edit (or pins) that was measured to gain, profiles again, compares, and\ntakes the edit back where ${untimed ? "results differ (what gained while it was tried, in turns, is kept)" : "it was no gain"}. *twin*: what a person made of the program. Milliseconds of the program alone, the least of three profiles in turns.\n\n${near} of ${rows.length} within 1.3× of their twins.\n\n| program | slow | by the tools | twin | tools / twin | what was done |\n|---|---|---|---|---|---|\n${rows.map((r) => `| ${r.name} | ${r.before.toFixed(3)} | ${r.own.toFixed(3)} | ${r.twin.toFixed(3)} | ${(r.own / r.twin).toFixed(2)}× | ${r.how} |`).join("\n")}\n`,
  );
