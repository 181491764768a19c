// npm run bench -- --peers [--only NAMES] [--seconds 0.3] [--rounds 3] [--threads 1,2] [--compile]: the programs of bench/work.mjs here and in other libraries. Every library is a process of its own for each
// number of threads; they take turns, round after round, after their outputs were compared with this engine's in WebAssembly. The libraries are installed on the first
// run into .cache/peers: a virtual environment, and a folder of npm's. What cannot be had, fails or differs is a row with its reason.
//
// A process answers lines of JSON: {op: "prepare", name, files, shapes, out, most} by {outputs} (it has written every stride-th element of each, `most` at most, to `${out}-${i}`), {op: "time", seconds,
// least} by {times} in ms, anything by {error}.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { npm, root } from "../scripts/lib.mjs";
import { apart, argumentsOf, workOf } from "./work.mjs";

const argument = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const only = argument("--only", "").split(",").filter(Boolean);
const [seconds, rounds] = [Number(argument("--seconds", "0.3")), Number(argument("--rounds", "3"))];
const threadCounts = argument("--threads", "1,2").split(",").map(Number);
const folder = join(root, ".cache", "peers");
const windows = process.platform === "win32";
const python = join(folder, "python", ...(windows ? ["Scripts", "python.exe"] : ["bin", "python"]));
const here = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
/** `inThreads`: whether more than one is a setting of its own. */
const SIDES = [
  { id: "wasm", title: "JitLens, WebAssembly", inThreads: false },
  { id: "native", title: "JitLens, native", inThreads: true },
  { id: "jax", title: "JAX", inThreads: true, pip: "jax" },
  { id: "numpy", title: "NumPy", inThreads: true, pip: "numpy" },
  { id: "torch", title: "PyTorch", inThreads: true, pip: "torch" },
  { id: "jax-js", title: "jax-js", inThreads: false, npm: ["@jax-js/jax"] },
  { id: "tfjs", title: "TensorFlow.js", inThreads: false, npm: ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"] },
  { id: "onnx", title: "ONNX Runtime", inThreads: true, npm: ["onnxruntime-node"] },
  // A C++ compiler for half a minute a program: by --compile alone.
  { id: "torch-compile", title: "torch.compile", inThreads: true, pip: "torch", isOff: !process.argv.includes("--compile") },
];
const JAVASCRIPT = ["jax-js", "tfjs"];
const last = (text) => text.trim().split("\n").at(-1) ?? "";

/** Installs what is missing; gives the reason by side where that fails. */
function install() {
  const failed = new Map();
  const modules = join(folder, "node");
  mkdirSync(modules, { recursive: true });
  if (!existsSync(join(modules, "package.json"))) writeFileSync(join(modules, "package.json"), '{ "private": true, "type": "module" }\n');
  if (!existsSync(python)) {
    for (const p of windows ? ["python", "py"] : ["python3", "python"]) if (spawnSync(p, ["-m", "venv", join(folder, "python")], { stdio: "ignore" }).status === 0) break;
  }
  for (const side of SIDES) {
    if (side.pip) {
      if (!existsSync(python)) failed.set(side.id, "there is no Python with venv");
      else if (spawnSync(python, ["-c", `import importlib.metadata as m; m.version("${side.pip}")`], { stdio: "ignore" }).status !== 0) {
        console.log(`Installing ${side.pip} …`);
        const r = spawnSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", side.pip], { encoding: "utf8" });
        if (r.status !== 0) failed.set(side.id, `pip: ${last(r.stderr ?? "")}`);
      }
    } else if (side.npm?.some((p) => !existsSync(join(modules, "node_modules", p, "package.json")))) {
      console.log(`Installing ${side.npm.join(" ")} …`);
      // onnxruntime's script fetches libraries for GPUs; those for the CPU are in the package.
      const r = spawnSync(npm, ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...side.npm], { cwd: modules, encoding: "utf8", shell: windows });
      if (r.status !== 0) failed.set(side.id, `npm: ${last(r.stderr ?? "")}`);
    }
  }
  return failed;
}
/** Each library at its best setting for so many threads. OpenBLAS may take a processor on a virtual machine for an older one, so it is told. */
function environment(threads) {
  const wide = process.platform === "linux" && /avx512f/.test(readFileSync("/proc/cpuinfo", "utf8"));
  return {
    ...process.env,
    JAX_PLATFORMS: "cpu",
    ...Object.fromEntries(["OMP", "OPENBLAS", "MKL"].map((l) => [`${l}_NUM_THREADS`, String(threads)])),
    ...(threads === 1 ? { XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" } : {}),
    ...(wide ? { OPENBLAS_CORETYPE: "SKYLAKEX" } : {}),
  };
}
function start(side, threads) {
  const command = side.pip ? [python, here("peers.py"), side.id, String(threads)] : [process.execPath, here("side.mjs"), side.id, String(threads), join(folder, "node")];
  // XLA has a pool of as many threads as it sees processors.
  const [file, ...rest] = [...(process.platform === "linux" && threads === 1 && side.pip ? ["taskset", "-c", "0"] : []), ...command];
  const child = spawn(file, rest, { stdio: ["pipe", "pipe", "pipe"], env: environment(threads) });
  const waiting = [];
  let [said, ended] = ["", null];
  child.stderr.on("data", (d) => (said = (said + d).slice(-2000)));
  const end = (why) => {
    ended ??= { error: `the process ended: ${why} ${last(said)}`.trim().slice(0, 300) };
    for (const w of waiting.splice(0)) w(ended);
  };
  child.on("error", (e) => end(e.message));
  child.on("exit", (code, signal) => end(signal ?? code));
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    // Libraries print lines of their own.
    if (line.startsWith("{")) waiting.shift()?.(JSON.parse(line));
  });
  const next = () => (ended ? Promise.resolve(ended) : new Promise((resolve) => waiting.push(resolve)));
  const ask = (request) => {
    const answer = next();
    if (!ended) child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer;
  };
  return { ...side, threads, ask, ready: next(), stop: () => child.kill() };
}
const sorted = (xs) => [...xs].sort((a, b) => a - b);
const quantile = (xs, q) => sorted(xs)[Math.floor(q * (xs.length - 1))];
const read = (file) => new Float32Array(new Uint8Array(readFileSync(file)).buffer);

/** Times by side of one program, or why there are none. */
async function measure(w, shapes, files, sides, folderOf) {
  const results = new Map(sides.map((s) => [s.id, { times: [] }]));
  let expected = null;
  for (const s of sides) {
    const out = join(folderOf, `out-${s.id}`);
    const r = await s.ask({ op: "prepare", name: w.name, files, shapes, out, most: 2 ** 20 });
    if (r.error) {
      results.set(s.id, { error: r.error });
      continue;
    }
    const got = Array.from({ length: r.outputs }, (_, i) => read(`${out}-${i}`));
    expected ??= got;
    const differ = got.length === expected.length ? Math.max(...got.map((x, i) => apart(expected[i], x, w.magnitude))) : Infinity;
    if (!(differ <= Math.max(w.tolerance ?? 1e-5, 2e-5))) results.set(s.id, { error: `its outputs differ by ${differ.toExponential(0)}` });
  }
  for (let round = 0; round < rounds; round++)
    for (const s of round % 2 ? [...sides].reverse() : sides) {
      const result = results.get(s.id);
      if (result.error) continue;
      const r = await s.ask({ op: "time", seconds: seconds / (round === 0 ? 2 : 1), least: 2 });
      if (r.error) results.set(s.id, { error: r.error });
      // The first round warms up: tiers of compilers, pages, caches.
      else if (round > 0) result.times.push(...r.times);
    }
  return results;
}
const show = (ms) => (ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`);

const failed = install();
const jl = await import(new URL("../dist/engine/index.js", import.meta.url));
const chosen = workOf(jl).filter((w) => !only.length || only.some((o) => w.name.includes(o)));
const scratch = mkdtempSync(join(tmpdir(), "jitlens-peers-"));
const load = loadavg()[0];
/** By program and number of threads: results by side. */
const table = [];
const versions = new Map();
const median = (r) => (r && !r.error && r.times.length ? quantile(r.times, 0.5) : undefined);
const cell = (r) => (median(r) === undefined ? "–" : `${show(median(r))} (${show(quantile(r.times, 0))}–${show(quantile(r.times, 0.75))})`);
const OURS = ["wasm", "native"];
const peerIds = SIDES.map((s) => s.id).filter((id) => !OURS.includes(id));
const ratio = (x) => (Number.isFinite(x) ? x.toFixed(2) : "–");
const title = (id) => SIDES.find((s) => s.id === id).title;
const MEDIAN = /^([\d.]+) (µs|ms)/;
const LEAST = /\(([\d.]+) (µs|ms)/;
/** Milliseconds by side of a written row, by the table's heads: medians, or the least ones. */
function timesOf(row, heads, which = MEDIAN) {
  const cells = row.slice(2, -2).split(" | ");
  return new Map(heads.map((h, i) => [h, which.exec(cells[i] ?? "")]).flatMap(([h, m]) => (m ? [[h, Number(m[1]) / (m[2] === "ms" ? 1 : 1000)]] : [])));
}
const least = (times, ids) => Math.min(...ids.map((id) => times.get(title(id)) ?? Infinity));
/** Geometric means of a peer's time over ours, over the programs that both ran. */
function means(rows) {
  const mean = (of) => {
    const logs = rows.map(of).filter((x) => Number.isFinite(x) && x > 0).map(Math.log);
    return logs.length ? `${Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length).toFixed(2)} (${logs.length})` : "–";
  };
  return [...peerIds.map((id) => [id]), JAVASCRIPT, peerIds].map((ids, i) => {
    const name = i < peerIds.length ? title(ids[0]) : ids === JAVASCRIPT ? "best of JavaScript" : "best of all";
    return [name, ...[["wasm"], ["native"], OURS].map((ours) => mean((t) => least(t, ids) / least(t, ours)))];
  });
}
/** Rows by name and threads: those that did not run this time stay as they are written (`--only`), and so do reasons. */
function section(written) {
  const heads = ["what", "threads", ...SIDES.map((s) => s.title), "best peer / ours"];
  const known = new Map([...written.matchAll(/^\| ([^|]+) \| (\d+) \| (.*) \|$/gm)].map((m) => [`${m[1]}|${m[2]}`, m[0]]));
  const reasons = new Map([...written.matchAll(/^- (.*?): (.*)$/gm)].map((m) => [m[1], m[2]]));
  for (const s of SIDES) {
    reasons.delete(s.title);
    if (failed.has(s.id)) reasons.set(s.title, failed.get(s.id));
  }
  for (const r of table) {
    const cells = [r.name, r.threads, ...SIDES.map((s) => cell(r.results.get(s.id)))];
    const times = timesOf(`| ${cells.join(" | ")} |`, heads);
    known.set(`${r.name}|${r.threads}`, `| ${[...cells, ratio(least(times, peerIds) / least(times, OURS))].join(" | ")} |`);
    for (const [id, x] of r.results) {
      const place = `${r.name}, threads ${r.threads}, ${title(id)}`;
      reasons.delete(place);
      if (x.error && x.error !== "not written for it") reasons.set(place, x.error.replaceAll("\n", " "));
    }
  }
  const rowsOf = (t) => workOf(jl).flatMap((w) => known.get(`${w.name}|${t}`) ?? []);
  const counts = [...new Set([...known.keys()].map((k) => Number(k.split("|")[1])))].sort((a, b) => a - b);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const named = [...versions].filter(([, v]) => v).map(([id, v]) => `${title(id)} ${v}`);
  const ofCounts = counts.map((t) => {
    const [list, ofLeast] = [MEDIAN, LEAST].map((which) => means(rowsOf(t).map((r) => timesOf(r, heads, which))));
    return (
      `Geometric means, threads ${t}: the peer's time over ours (in brackets the programs that both ran).\n\n| peer | over WebAssembly | over native | over the better route | the same by the least times |\n|---|---|---|---|---|\n` +
      `${list.map((m, i) => `| ${[...m, ofLeast[i].at(-1)].join(" | ")} |`).join("\n")}\n`
    );
  });
  return (
    `\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, ${memory}, ${process.platform}-${process.arch}, load ${load.toFixed(1)} at the start and ${loadavg()[0].toFixed(1)} at the end of the last run. ` +
    `Made by \`npm run bench -- --peers\`: a process for each library, in turn, outputs compared first; medians of whole calls (in brackets the least and the upper quarter). Threads are those of the libraries that have them. ` +
    `${named.join(", ")}. "–": not written for it, not to be had, or failed (below); the last column above 1: JitLens is faster.\n\n` +
    `| ${heads.join(" | ")} |\n|${heads.map(() => "---|").join("")}\n${workOf(jl).flatMap((w) => counts.flatMap((t) => known.get(`${w.name}|${t}`) ?? [])).join("\n")}\n\n` +
    ofCounts.join("\n") +
    (reasons.size ? `\n${[...reasons].map((r) => `- ${r.join(": ")}`).join("\n")}\n` : "")
  );
}
/** After each program, so that a run that is stopped has what it measured. */
function write() {
  const results = join(root, "bench", "RESULTS.md");
  const head = "\n## Beside other libraries";
  const [before, rest = ""] = readFileSync(results, "utf8").split(head);
  const end = rest.indexOf("\n## ");
  writeFileSync(results, `${before.trimEnd()}\n${head}${section(end < 0 ? rest : rest.slice(0, end)).trimEnd()}\n${end < 0 ? "" : rest.slice(end)}`);
}

try {
  for (const threads of threadCounts) {
    const sides = [];
    for (const side of SIDES) {
      // A side of one thread is measured beside many as well: the ratios of a row are of one run.
      if (side.isOff || failed.has(side.id)) continue;
      const s = start(side, side.inThreads ? threads : 1);
      const r = await s.ready;
      if (r.error) failed.set(side.id, r.error);
      else {
        versions.set(side.id, r.version);
        sides.push(s);
      }
    }
    try {
      for (const w of chosen) {
        const args = argumentsOf(jl, w);
        const files = args.map((a, i) => join(scratch, `in-${i}`));
        args.forEach((a, i) => writeFileSync(files[i], new Uint8Array(new Float32Array(a.dataSync()).buffer)));
        const shapes = args.map((a) => [...a.shape]);
        args.forEach((a) => a.delete());
        const results = await measure(w, shapes, files, sides, scratch);
        table.push({ name: w.name, threads, results });
        write();
        const told = [...results].map(([id, r]) => `${id} ${r.error ?? `${show(quantile(r.times, 0.5))} (${show(quantile(r.times, 0))}–${show(quantile(r.times, 0.75))})`}`);
        console.log(`${w.name}, threads ${threads}: ${told.join(" | ")}`);
      }
    } finally {
      for (const s of sides) s.stop();
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
