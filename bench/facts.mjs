// Whether what a Report says adds up: node bench/facts.mjs FOLDER|FILE#FUNCTION …
// Of each program it compares the lines of the Report (kernels, copies, the call) with the time that a process without any profiler needs for the same
// call, and each kernel's predicted time with its measured one. A folder stands for its files that export `once`, which makes the calls that are timed.
// --kernels: a row for each kernel, with its line, what it was predicted to take and what it took.
// Needs a build: node scripts/build.mjs --only engine,report,cli,host,runner
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-facts-"));
const named = process.argv.slice(2).filter((a) => !a.startsWith("--"));
/** The functions of a file that are made by `jit(function name`. */
const functionsOf = (file) => [...readFileSync(file, "utf8").matchAll(/jit\(function (\w+)/g)].map((m) => m[1]);
const targets = named.flatMap((t) => {
  const [path, fn] = t.split("#");
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((f) => f.endsWith(".ts"))
        .map((f) => join(path, f))
    : [path];
  return files.flatMap((file) => (fn ? [fn] : functionsOf(file)).map((f) => ({ file: resolve(file), fn: f, alone: functionsOf(file).length === 1 })));
});

/** A small loop's time: where it is longer than it has been, someone else takes part of the processor, and what is measured then is measured again. */
const probe = (() => {
  const from = new Float32Array(8192).fill(1);
  const to = new Float32Array(8192);
  const once = () => {
    for (let i = 0; i < to.length; i++) to[i] = from[i] + 1;
  };
  return () => {
    const times = Array.from({ length: 400 }, () => {
      const start = performance.now();
      for (let k = 0; k < 4; k++) once();
      return performance.now() - start;
    });
    return times.sort((a, b) => a - b)[100];
  };
})();
for (let i = 0; i < 10; i++) probe();
let quickest = Math.min(...Array.from({ length: 20 }, probe));
let slow = 0;
const isDisturbed = () => {
  const now = probe();
  quickest = Math.min(quickest, now);
  return now > 1.1 * quickest;
};
const ATTEMPTS = 4;
/** What `measure` gives, of a time in which the machine was as fast as it can be, if there is one. */
async function undisturbed(measure) {
  for (let attempt = 1; ; attempt++) {
    const before = isDisturbed();
    const found = await measure();
    if ((!before && !isDisturbed()) || attempt === ATTEMPTS) {
      if (attempt === ATTEMPTS) slow++;
      return found;
    }
  }
}
function report({ file, fn }) {
  execFileSync(process.execPath, [join(root, "dist", "host", "cli.cjs"), "profile", `${file}#${fn}`, "--format", "jitprofile", "--out", folder], {
    stdio: "ignore",
  });
  const made = readdirSync(folder).find((f) => f.endsWith(".jitprofile"));
  const bytes = readFileSync(join(folder, made));
  rmSync(join(folder, made));
  return JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString());
}
/** What is timed: a run counts where nothing interrupted it; the middle one. */
const TIMING = `
const steady = (run, after = () => {}) => {
  // Short calls are timed many at a time, as the Report's are: asking for interruptions takes longer than they do.
  let size = 1;
  const time = () => {
    const before = process.resourceUsage().involuntaryContextSwitches, results = [], start = performance.now();
    for (let i = 0; i < size; i++) results.push(run());
    const ms = (performance.now() - start) / size, clean = process.resourceUsage().involuntaryContextSwitches === before;
    results.forEach(after);
    return [ms, clean];
  };
  const cpu = process.cpuUsage().user;
  for (const start = performance.now(); performance.now() - start < 400 || (process.cpuUsage().user - cpu < 4e5 && performance.now() - start < 1600);)
    size = Math.max(1, Math.min(128, Math.round(0.1 / time()[0])));
  const all = [];
  for (const start = performance.now(); all.length < 15 || (all.length < 2000 && performance.now() - start < 1500);) all.push(time());
  const clean = all.filter((a) => a[1]);
  // As in the Report: where too few were left alone, the shortest of the others as well.
  const others = all.filter((a) => !a[1]).sort((a, b) => a[0] - b[0]);
  const list = [...clean, ...others.slice(0, Math.max(0, 5 - clean.length))].map((a) => a[0]).sort((a, b) => a - b);
  return list[list.length >> 1];
};`;
/**
 * Milliseconds in a process without any profiler: of the call that was profiled, the first one of the function, on the same arguments, and of `once()`, all its calls
 * and what the host does between them.
 */
async function plain(file, fn) {
  const out = join(folder, "plain.mjs");
  // The library stays as it is built: keeping names makes it slow.
  const engine = pathToFileURL(join(root, "dist", "engine", "index.js")).href;
  // The library with a `jit` that remembers the first call of the function.
  writeFileSync(
    join(folder, "library.mjs"),
    `export * from ${JSON.stringify(engine)};
import { jit as real } from ${JSON.stringify(engine)};
export const jit = (f, ...options) => {
  const made = real(f, ...options);
  if (f.name !== ${JSON.stringify(fn)}) return made;
  return Object.assign((...args) => { globalThis.called ??= () => made(...args); return made(...args); }, made);
};`,
  );
  const entry = `import * as file from ${JSON.stringify(file)};
import { tree } from ${JSON.stringify(engine)};
${TIMING}
const release = (r) => { for (const leaf of tree.leaves(r)) if (leaf?.delete && !leaf.isDeleted) leaf.delete(); };
console.log("CALL", globalThis.called ? steady(globalThis.called, release) : NaN);
console.log("ALL", typeof file.once === "function" ? steady(file.once) : NaN);`;
  writeFileSync(join(folder, "entry.mjs"), entry);
  await esbuild.build({
    entryPoints: [join(folder, "entry.mjs")],
    outfile: out,
    bundle: true,
    format: "esm",
    platform: "node",
    alias: { jitlens: join(folder, "library.mjs") },
    keepNames: true,
    external: ["file://*"],
    logLevel: "silent",
  });
  const text = execFileSync(process.execPath, ["--stack-size=4000", out], { encoding: "utf8" });
  const of = (name) => Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? NaN);
  return { call: of("CALL"), all: of("ALL") };
}
const ms = (x) => (x === undefined || Number.isNaN(x) ? "–" : x < 0.01 ? `${(1e3 * x).toFixed(2)} µs` : `${x.toFixed(3)} ms`);
console.log(`load ${loadavg()[0].toFixed(1)}, Node ${process.version}\n`);
console.log(
  "| program | kernels | copies | call | lines | the call without a profiler | ratio | calls | all calls, by the Report | without | ratio |\n|---|---|---|---|---|---|---|---|---|---|---|",
);
const kernels = [];
/** Each kernel as it is, with the line that weighs most in it. */
const rows = [];
/** Of each program, the lines of its Report together as a part of the call without a profiler. */
const adds = [];
for (const t of targets) {
  try {
    const r = await undisturbed(() => report(t));
    const lines = (r.lines ?? []).reduce((s, l) => s + l.ms, 0);
    const part = (name) => (r.lines ?? []).reduce((s, l) => s + (l.parts[name] ?? 0), 0);
    const calls = r.calls?.count ?? 1;
    const own = calls * lines + (calls - 1) * (r.calls?.between?.median ?? 0);
    for (const k of r.programs[0].kernels) {
      const ms = k.time?.median ?? 0;
      rows.push({ program: basename(t.file, ".ts"), kernel: k, line: `${r.files[k.lines[0]?.file]?.path.split("/").at(-1) ?? "–"}:${k.lines[0]?.line ?? 0}` });
      if (ms / k.calls > 20e-6) kernels.push({ program: basename(t.file, ".ts"), label: k.label, kind: k.kind, ms, calls: k.calls, ratio: k.predicted / ms });
    }
    const { call, all } = await undisturbed(() => plain(t.file, t.fn));
    const ratio = (a, b) => (Number.isNaN(b) ? "–" : (a / b).toFixed(2));
    if (!Number.isNaN(call)) adds.push(lines / call);
    const once = t.alone ? all : NaN;
    console.log(
      `| ${basename(t.file, ".ts")}#${t.fn} | ${ms(part("kernels"))} | ${ms(part("copies"))} | ${ms(part("call"))} | ${ms(lines)} | ${ms(call)} | ${ratio(lines, call)} | ${calls} | ${ms(own)} | ${ms(once)} | ${ratio(own, once)} |`,
    );
  } catch (e) {
    console.log(`| ${basename(t.file, ".ts")}#${t.fn} | ${e.message.slice(0, 80)} |`);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`\nmeasured while the machine was slower than at best, after ${ATTEMPTS} attempts: ${slow}`);
console.log(`\nlines against the wall time of the call: within 10 % ${adds.filter((r) => r >= 0.9 && r <= 1.1).length} of ${adds.length}`);
const ratios = kernels.map((k) => Math.max(k.ratio, 1 / k.ratio)).sort((a, b) => a - b);
const within = (x) => `${((100 * ratios.filter((q) => q <= x).length) / ratios.length).toFixed(0)} %`;
console.log(
  `\npredicted against measured, ${kernels.length} kernels: at the median ${(100 * (ratios[ratios.length >> 1] - 1)).toFixed(0)} % off, within 25 % ${within(1.25)}, within 2× ${within(2)}`,
);
// Copies of one body would outweigh all else: of kernels alike (kind, and time within 10 %) of one program one stands for all.
const alike = new Map(kernels.map((k) => [`${k.program} ${k.kind} ${Math.round(Math.log(k.ms / k.calls) / 0.1)}`, k]));
const kinds = [...new Set([...alike.values()].map((k) => k.kind))].map((kind) => [kind, [...alike.values()].filter((k) => k.kind === kind)]);
console.log("\n| kind | kernels, alike ones once | predicted / measured: lower quartile | median | upper quartile | within 2× |\n|---|---|---|---|---|---|");
for (const [kind, list] of [["all", [...alike.values()]], ...kinds]) {
  const q = list.map((k) => k.ratio).sort((a, b) => a - b);
  const at = (p) => q[Math.floor(p * (q.length - 1))].toFixed(2);
  console.log(`| ${kind} | ${q.length} | ${at(0.25)} | ${at(0.5)} | ${at(0.75)} | ${((100 * q.filter((x) => x >= 0.5 && x <= 2).length) / q.length).toFixed(0)} % |`);
}
console.log(
  kernels
    .filter((k) => k.ratio > 2 || k.ratio < 0.5)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 25)
    .map((k) => `  ${k.program}: ${k.label.slice(0, 50)}: ${ms(k.ms / k.calls)} a call, predicted ${k.ratio.toFixed(2)} of it`)
    .join("\n"),
);
if (process.argv.includes("--kernels")) {
  console.log("\n| program | kernel | kind | line | calls | predicted, each | measured, each | ratio |\n|---|---|---|---|---|---|---|---|");
  for (const { program, kernel: k, line } of rows) {
    const each = (k.time?.median ?? NaN) / k.calls;
    const predicted = k.predicted / k.calls;
    console.log(`| ${program} | ${k.label.slice(0, 50).replaceAll("|", "¦")} | ${k.kind} | ${line} | ${k.calls} | ${ms(predicted)} | ${ms(each)} | ${(predicted / each).toFixed(2)} |`);
  }
}
