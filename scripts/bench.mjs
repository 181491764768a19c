// npm run bench: ratios in one run, outputs checked equal first. Writes bench/RESULTS.md. With --peers: beside other libraries (bench/peers.mjs), nothing else.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { build, ensureDependencies, ensureRig, root } from "./lib.mjs";

ensureDependencies();
build();
if (process.argv.includes("--peers")) {
  await import("../bench/peers.mjs");
  process.exit(0);
}
const jl = await import(new URL("../dist/engine/index.js", import.meta.url)),
  np = jl.numpy;
const median = (xs) => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)];
const pause = () => new Promise((r) => setTimeout(r, 0));
/** Median milliseconds after warm-up; the event loop turns between runs, so that freed memory is given back as in a program. */
async function time(f, runs = 15, warmups = 8) {
  for (let i = 0; i < warmups; i++) {
    f();
    await pause();
  }
  const out = [];
  for (let i = 0; i < runs; i++) {
    const t = performance.now();
    f();
    out.push(performance.now() - t);
    await pause();
  }
  return median(out);
}
const rows = [],
  row = (what, value, note = "") => {
    rows.push([what, value, note]);
    console.log(`${what}: ${value}${note ? `  (${note})` : ""}`);
  };

// x + x·x + x·x·x on 4096²: one fused kernel; the peer is NumPy in its default form and with out=; the floor is a copy of the same bytes.
const n = 4096,
  x = np
    .arange(n * n)
    .astype("float32")
    .mul(1e-7)
    .reshape([n, n]),
  f = jl.jit((v) => v.add(v.mul(v)).add(v.mul(v).mul(v)));
const got = f(x).get(1, "0:4").dataSync(),
  v = Math.fround(4096 * 1e-7);
if (Math.abs(got[0] - (v + v * v + v * v * v)) > 1e-6) throw new Error(`x + x² + x³ is wrong: ${got[0]}`);
const ours = await time(() => f(x).delete()),
  source = new Float32Array(n * n).fill(1),
  target = new Float32Array(n * n),
  copy = await time(() => target.set(source));
row("x + x² + x³, 4096², JitLens", `${ours.toFixed(1)} ms`);
row("copy of the same bytes (TypedArray.set)", `${copy.toFixed(1)} ms`, `JitLens / copy = ${(ours / copy).toFixed(2)}`);
const python = spawnSync(
  "python3",
  [
    "-c",
    `
import numpy as np, time, json
x = (np.arange(${n * n}, dtype=np.float32) * np.float32(1e-7)).reshape(${n}, ${n}); o = np.empty_like(x); t = np.empty_like(x)
def plain(): return x + x * x + x * x * x
def out():
    np.multiply(x, x, out=t); np.add(x, t, out=o); np.multiply(t, x, out=t); np.add(o, t, out=o)
def med(f):
    r = []
    for i in range(12):
        s = time.perf_counter(); f(); r.append(time.perf_counter() - s)
    return sorted(r[3:])[4] * 1e3
print(json.dumps([med(plain), med(out), float(plain()[1, 0]), np.__version__]))`,
  ],
  { encoding: "utf8" },
);
if (python.status === 0) {
  const [plain, out, value, version] = JSON.parse(python.stdout);
  if (Math.abs(value - got[0]) > 1e-6) throw new Error(`NumPy gives ${value}, JitLens ${got[0]}`);
  row(`NumPy ${version}`, `${plain.toFixed(1)} ms`, `NumPy / JitLens = ${(plain / ours).toFixed(2)}`);
  row(`NumPy ${version} with out=`, `${out.toFixed(1)} ms`, `NumPy / JitLens = ${(out / ours).toFixed(2)}`);
} else row("NumPy", "not there", "install python3 with numpy to compare");

// Trace and compile: the gradient of a 2-layer MLP, each time from nothing.
const loss = (p, a, b) => np.square(np.tanh(a.matmul(p.w1).add(p.b1)).matmul(p.w2).add(p.b2).sub(b)).mean(),
  s = (...d) => jl.shapeDtypeStruct(d, "float32");
const phases = [];
for (let i = 0; i < 12; i++) {
  const t = performance.now(),
    jaxpr = jl.makeJaxpr(jl.grad(loss))({ w1: s(64, 128), b1: s(128), w2: s(128, 32), b2: s(32) }, s(32, 64), s(32, 32)),
    traced = performance.now();
  jl.internals.compile(jaxpr);
  phases.push([traced - t, performance.now() - traced]);
}
row("MLP gradient: trace", `${median(phases.map((p) => p[0])).toFixed(2)} ms`);
row("MLP gradient: compile", `${median(phases.map((p) => p[1])).toFixed(2)} ms`, "lower, passes, fusion, plan, WebAssembly");
const m = 512,
  a = np.ones([m, m]),
  mm = jl.jit((u, w) => u.matmul(w)),
  tm = await time(() => mm(a, a).delete());
row(`matmul ${m}³`, `${tm.toFixed(1)} ms`, `${((2 * m ** 3) / tm / 1e6).toFixed(1)} GFLOP/s`);

// In the real workbench: activation, and from the click to the first painted graph.
try {
  ensureRig();
  const { openWorkbench, until } = await import("../test/e2e/workbench.mjs"),
    examples = join(root, "examples"),
    w = await openWorkbench({ folder: examples, file: join(examples, "digits.ts") });
  try {
    await w.lens("jit & profile").waitFor();
    const clicked = performance.now();
    await w.lens("jit & profile").click();
    await w.drawn("graph");
    row(
      "click to first painted graph",
      `${((performance.now() - clicked) / 1000).toFixed(2)} s`,
      "digits.ts, run and measured in between; code-server and Chromium on the same cores",
    );
    const logs = (d) =>
        readdirSync(d, { withFileTypes: true }).flatMap((e) =>
          e.isDirectory() ? logs(join(d, e.name)) : e.name === "JitLens.log" ? [join(d, e.name)] : [],
        ),
      activated = await until(
        "the log",
        () =>
          /activated in ([\d.]+) ms/.exec(
            logs(join(w.server.data, "logs"))
              .map((f) => readFileSync(f, "utf8"))
              .join("\n"),
          )?.[1],
        10_000,
      );
    row("activation of the extension", `${activated} ms`);
  } finally {
    await w.close();
  }
} catch (e) {
  row("VS Code rig", "not measured", String(e.message).split("\n")[0]);
}
// What bench/compare.mjs wrote below stays.
const results = join(root, "bench", "RESULTS.md");
const [, ...sections] = readFileSync(results, "utf8").split("\n## ");
writeFileSync(
  results,
  `# Results\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node} (V8 ${process.versions.v8}), ${cpus()[0]?.model}, 1 thread. Made by \`npm run bench\`; medians of one run, outputs checked first.\n\n| what | value | note |\n|---|---|---|\n${rows.map((r) => `| ${r.join(" | ")} |`).join("\n")}\n${sections.map((s) => `\n## ${s}`).join("")}`,
);
process.exit(0);
