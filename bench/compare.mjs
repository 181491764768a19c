// node bench/compare.mjs OLD_DIST NEW_DIST [--only WORDS] [--seconds 0.3] [--write]: two built engines in one process, in turn, outputs checked equal first.
// A machine that others use makes a single figure worthless; the least of many short rounds, taken in turn, compares. --write puts the table into RESULTS.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PROGRAMS } from "./programs.mjs";

const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const [oldDist, newDist] = process.argv.slice(2);
if (!oldDist || !newDist) throw new Error("node bench/compare.mjs OLD_DIST NEW_DIST: two dist folders with a built engine in each");
const only = argument("--only")?.split(",") ?? [];
/** Time for both engines together on one program, beyond the least number of rounds; programs with `rounds` get so many times as much. */
const seconds = Number(argument("--seconds") ?? 0.6);
const MIN_ROUNDS = 7;
/** A round of a short call repeats it until it takes about so many milliseconds: clocks and turns of the event loop vanish in it. */
const ROUND = 2;

const engines = [];
for (const dist of [oldDist, newDist]) engines.push(await import(pathToFileURL(resolve(dist, "engine", "index.js")).href));
const pause = () => new Promise((r) => setImmediate(r));
const numbersOf = (jl, tree) => jl.tree.leaves(tree).map((x) => Float64Array.from(x.dataSync(), Number));
/** The largest difference, relative to the largest magnitude of its array. */
const differences = (a, b) => (a.length === b.length ? Math.max(0, ...a.map((x, i) => difference(x, b[i]))) : Infinity);
function difference(a, b) {
  if (a.length !== b.length) return Infinity;
  let largest = 1e-30;
  let apart = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]));
    if (!Object.is(a[i], b[i])) apart = Math.max(apart, Number.isFinite(a[i] - b[i]) ? Math.abs(a[i] - b[i]) : Infinity);
  }
  return apart / largest;
}
async function compare(program) {
  const budget = seconds * 1000 * (program.rounds ?? 1);
  const sides = engines.map((jl) => ({ jl, ...program.make(jl), times: [], repeat: 1 }));
  const [before, after] = sides.map((s) => (s.outputs ? numbersOf(s.jl, s.outputs()) : []));
  const apart = differences(before, after);
  if (apart > (program.tolerance ?? 1e-5)) throw new Error(`${program.name}: the outputs differ by ${apart}`);
  for (const s of sides) {
    // Functions of both are compiled by V8 before the clock counts.
    const start = performance.now();
    for (let i = 0; i < 200 && performance.now() - start < budget / 6; i++) s.call();
    await pause();
    const t = performance.now();
    s.call();
    s.repeat = Math.max(1, Math.min(2000, Math.round(ROUND / (performance.now() - t))));
  }
  sides[0].repeat = sides[1].repeat = Math.max(sides[0].repeat, sides[1].repeat);
  const start = performance.now();
  for (let round = 0; round < MIN_ROUNDS || performance.now() - start < budget; round++)
    for (const s of round % 2 ? [sides[1], sides[0]] : sides) {
      const t = performance.now();
      for (let i = 0; i < s.repeat; i++) s.call();
      s.times.push((performance.now() - t) / s.repeat);
      await pause();
    }
  const least = sides.map((s) => Math.min(...s.times));
  const ratios = sides[1].times.map((t, i) => t / sides[0].times[i]).sort((a, b) => a - b);
  const quarter = (q) => ratios[Math.floor(q * (ratios.length - 1))];
  const kernels = sides.map((s) => (s.program ? kernelsOf(s.jl, s.program()) : null));
  for (const s of sides) s.end?.();
  return { name: program.name, least, ratio: least[1] / least[0], quarters: [quarter(0.25), quarter(0.75)], kernels, rounds: ratios.length };
}
const kernelsOf = (jl, jaxpr) => jl.internals.compile(jaxpr).compilation.plan.kernels.length;
const show = (ms) => (ms < 0.1 ? `${(ms * 1000).toFixed(2)} µs` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`);

const rows = [];
const load = loadavg()[0];
for (const program of PROGRAMS) {
  if (only.length && !only.some((w) => program.name.includes(w))) continue;
  const r = await compare(program);
  const counts = r.kernels[0] === null ? "" : r.kernels.join(" / ");
  const row = [r.name, show(r.least[0]), show(r.least[1]), r.ratio.toFixed(2), `${r.quarters[0].toFixed(2)}–${r.quarters[1].toFixed(2)}`, counts];
  rows.push(row);
  console.log(row.join(" | "));
}
if (process.argv.includes("--write")) {
  const file = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "RESULTS.md");
  const [before, rest = ""] = readFileSync(file, "utf8").split("\n## Old and new engine");
  // Sections behind the table stay.
  const end = rest.indexOf("\n## ");
  const [section, after] = end < 0 ? [rest, ""] : [rest.slice(0, end), rest.slice(end)];
  // Programs that did not run this time keep their rows: with --only and more --seconds, single ones are measured better.
  const known = new Map([...section.matchAll(/^\| (.*) \|$/gm)].map((m) => [m[1].split(" | ")[0], m[1].split(" | ")]));
  for (const r of rows) known.set(r[0], r);
  const table = PROGRAMS.flatMap((p) => (known.has(p.name) ? [known.get(p.name)] : []));
  writeFileSync(
    file,
    `${before.trimEnd()}\n\n## Old and new engine\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, ` +
      `load ${load.toFixed(1)} at the start and ${loadavg()[0].toFixed(1)} at the end. Made by \`node bench/compare.mjs OLD_DIST NEW_DIST --write\`: both engines in one process, ` +
      `in turn, outputs checked equal first; the least of the rounds, new / old of it, the middle half of the ratios of single rounds, and the kernels of the program.\n\n` +
      `| what | old | new | new / old | spread | kernels old / new |\n|---|---|---|---|---|---|\n${table.map((r) => `| ${r.join(" | ")} |`).join("\n")}\n${after}`,
  );
}
process.exit(0);
