// node bench/native.mjs [--only WORDS] [--seconds 0.6] [--threads N] [--write]: WebAssembly, native kernels in one thread and in N (as many as there are processors), of one
// engine, in one process and in turn, outputs compared first; the program alone, without the call. Beside other libraries: bench/peers.mjs, with the same programs (work.mjs).
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { apart, argumentsOf, workOf } from "./work.mjs";

const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const only = argument("--only")?.split(",") ?? [];
const seconds = Number(argument("--seconds") ?? 0.6);
const many = Number(argument("--threads") ?? availableParallelism());
const jl = await import(new URL("../dist/engine/index.js", import.meta.url));
const WORK = workOf(jl).filter((w) => w.only !== "peers");
const drop = (storages) => storages.forEach((s) => s.release());
function measure(w) {
  const args = argumentsOf(jl, w);
  const jaxpr = jl.makeJaxpr((...xs) => w.f(...xs))(...args);
  const settings = [["off", 1], ["wait", 1], ["wait", many]].map(([native, nativeThreads]) => ({ native, nativeThreads }));
  const set = ({ native, nativeThreads }) => (jl.config.update("native", native), jl.config.update("nativeThreads", nativeThreads));
  const sides = settings.map((setting) => {
    set(setting);
    // Each compiled for itself, and loaded with the mode at that time.
    const { loaded } = jl.internals.compile(jaxpr, new Map());
    const outs = loaded.run(args);
    const out = outs.map((o) => new Float32Array(o.bytes().slice().buffer));
    drop(outs);
    return { loaded, out, setting, least: Infinity };
  });
  const differ = Math.max(...sides[0].out.map((x, i) => apart(x, sides[1].out[i], w.magnitude)));
  if (!(differ <= (w.tolerance ?? 1e-5))) throw new Error(`${w.name}: the outputs differ by ${differ}`);
  if (sides[1].out.some((x, i) => !Buffer.from(x.buffer).equals(Buffer.from(sides[2].out[i].buffer)))) throw new Error(`${w.name}: threads change the bits`);
  const start = performance.now();
  for (let round = 0; round < 6 || performance.now() - start < seconds * 1000; round++)
    for (const s of round % 2 ? [...sides].reverse() : sides) {
      // What a route of the last round has left in the threads' hands is not this one's.
      set(s.setting);
      const t = performance.now();
      const r = s.loaded.run(args);
      s.least = Math.min(s.least, performance.now() - t);
      drop(r);
    }
  return { differ, wasm: sides[0].least, native: sides[1].least, shared: sides[2].least };
}
const chosen = WORK.filter((w) => !only.length || only.some((o) => w.name.includes(o)));
const load = loadavg()[0];
const show = (ms) => (ms === undefined ? "" : ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`);
const rows = [];
for (const w of chosen) {
  const m = measure(w);
  const native = (ms) => show(ms) + (w.flops ? ` (${(w.flops / ms / 1e6).toFixed(0)} GFLOP/s)` : "");
  const row = [
    ...[w.name, show(m.wasm), native(m.native), native(m.shared), (m.wasm / m.native).toFixed(2), (m.native / m.shared).toFixed(2)],
    m.differ === 0 ? "same" : m.differ.toExponential(0),
  ];
  rows.push(row);
  console.log(row.join(" | "));
}
if (process.argv.includes("--write")) {
  const file = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "RESULTS.md");
  const [before, rest = ""] = readFileSync(file, "utf8").split("\n## Native kernels");
  const end = rest.indexOf("\n## ");
  writeFileSync(
    file,
    `${before.trimEnd()}\n\n## Native kernels\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${load.toFixed(1)} at the start and ` +
      `${loadavg()[0].toFixed(1)} at the end. Made by \`node bench/native.mjs --write\`: both routes of one engine in one process, in turn, outputs compared first, the bits of one and ${many} threads the same; least times. Other libraries: bench/peers.mjs.` +
      `\n\n| what | WebAssembly | native, 1 thread | native, ${many} threads | WebAssembly / native | 1 / ${many} threads | largest difference of the routes |\n|---|---|---|---|---|---|---|\n` +
      `${rows.map((r) => `| ${r.join(" | ")} |`).join("\n")}\n${end < 0 ? "" : rest.slice(end)}`,
  );
}
process.exit(0);
