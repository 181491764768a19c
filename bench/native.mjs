// node bench/native.mjs [--only WORDS] [--seconds 0.6] [--threads N] [--write]: WebAssembly, native kernels in one thread and in N (as many as there are processors), of one
// engine, in one process and in turn, outputs compared first. With JAX or NumPy at hand (--python PATH), the same work there as well, in processes of their own, one for each
// number of threads.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";

const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const only = argument("--only")?.split(",") ?? [];
const seconds = Number(argument("--seconds") ?? 0.6);
const python = argument("--python");
const many = Number(argument("--threads") ?? availableParallelism());
const jl = await import(new URL("../dist/engine/index.js", import.meta.url));
const np = jl.numpy;
const noise = (...shape) => jl.random.normal(jl.random.key(1), shape);
const layerNorm = (x) => x.sub(x.mean(-1, { keepdims: true })).div(np.sqrt(x.var(-1, { keepdims: true }).add(1e-5)));
const attention = (q, k, v) => np.matmul(jl.nn.softmax(np.matmul(q, k.transpose([0, 2, 1])).mul(0.125)), v);
const loss = (p, a, b) => np.square(np.tanh(a.matmul(p[0]).add(p[1])).matmul(p[2]).add(p[3]).sub(b)).mean();
const lstm = (w, u, xs) => {
  const n = u.shape[0];
  // Small weights: large ones make it chaotic, so that the last bit decides.
  const step = ([h, c], x) => {
    const [i, f, g, o] = np.split(x.matmul(w).add(h.matmul(u)).mul(0.05), 4, { axis: -1 });
    const next = jl.nn.sigmoid(f).mul(c).add(jl.nn.sigmoid(i).mul(np.tanh(g)));
    const out = jl.nn.sigmoid(o).mul(np.tanh(next));
    return [[out, next], out];
  };
  return jl.lax.scan(step, [np.zeros([32, n]), np.zeros([32, n])], xs)[1];
};
/** What is run here, and as Python over `np` and `nn`, with arguments of the same shapes; `flops` where they are what counts. */
const WORK = [
  { name: "x + x² + x³, 4096²", f: (x) => x.add(x.mul(x)).add(x.mul(x).mul(x)), args: [[4096, 4096]], py: "x + x*x + x*x*x" },
  { name: "softmax 4096×1024", f: (x) => jl.nn.softmax(x), args: [[4096, 1024]], py: "softmax(x)" },
  { name: "layer norm + gelu 4096×1024", f: (x) => jl.nn.gelu(layerNorm(x)), args: [[4096, 1024]], py: "gelu((x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5))" },
  { name: "Σ tanh·exp, 16M", f: (x) => np.tanh(x).mul(np.exp(x.mul(x).neg())).sum(), args: [[4096, 4096]], py: "(np.tanh(x) * np.exp(-x*x)).sum()", tolerance: 1e-4 },
  { name: "float16 tanh 4M", f: (x) => np.tanh(x.astype("float16")).astype("float32"), args: [[2048, 2048]], py: "np.tanh(x.astype(np.float16)).astype(np.float32)", tolerance: 2e-3 },
  ...[64, 512, 1024, 2048].map((n) => ({ name: `matmul ${n}³`, f: (x, y) => x.matmul(y), args: [[n, n], [n, n]], py: "x @ y", flops: 2 * n ** 3 })),
  { name: "tanh(x@w + b), 1024×512·512×512", f: (x, w, b) => np.tanh(x.matmul(w).add(b)), args: [[1024, 512], [512, 512], [512]], py: "np.tanh(x @ y + z)", tolerance: 1e-4 },
  { name: "attention, 8 heads, 512×64", f: attention, args: [[8, 512, 64], [8, 512, 64], [8, 512, 64]], py: "softmax((x @ y.transpose(0, 2, 1)) * np.float32(0.125)) @ z" },
  { name: "gradient of an MLP, 256×784·512·10", f: (p, q, r, s, a, b) => jl.grad(loss)([p, q, r, s], a, b)[0], args: [[784, 512], [512], [512, 10], [10], [256, 784], [256, 10]], tolerance: 1e-3 },
  { name: "Adam, 10M", f: (p, m, v, g) => {
      const [m2, v2] = [m.mul(0.9).add(g.mul(0.1)), np.abs(v).mul(0.999).add(g.mul(g).mul(0.001))];
      return [p.sub(m2.mul(10).div(np.sqrt(v2.mul(1000)).add(1e-8)).mul(1e-3)), m2, v2];
    }, args: [[10_000_000], [10_000_000], [10_000_000], [10_000_000]] },
  { name: "LSTM, 256 steps, 32×128", f: lstm, args: [[128, 512], [128, 512], [256, 32, 128]], tolerance: 1e-3 },
];
const drop = (storages) => storages.forEach((s) => s.release());
/** The largest difference, relative to the largest magnitude. */
function apart(a, b) {
  let [largest, most] = [1e-30, 0];
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]));
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most) && !Object.is(a[i], b[i])) most = Number.isNaN(d) ? Infinity : d;
  }
  return most / largest;
}
function measure(w) {
  const args = w.args.map((s) => noise(...s));
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
  const differ = Math.max(...sides[0].out.map((x, i) => apart(x, sides[1].out[i])));
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
/** Least milliseconds by library. */
function inPython(work, threads) {
  const said = work.filter((w) => w.py).map((w) => [w.name, w.args, w.py]);
  const program = `
import json, time, sys
import numpy as np0
rng = np0.random.default_rng(1)
def least(f, wait):
    best = 1e9
    t0 = time.perf_counter()
    n = 0
    while n < 5 or (time.perf_counter() - t0 < ${seconds} and n < 400):
        s = time.perf_counter(); wait(f()); best = min(best, time.perf_counter() - s); n += 1
    return best * 1e3
result = {}
for name, shapes, text in json.loads(sys.stdin.read()):
    args = [rng.standard_normal(s, dtype=np0.float32) for s in shapes]
    row = {}
    def softmax0(x):
        e = np0.exp(x - x.max(-1, keepdims=True)); return e / e.sum(-1, keepdims=True)
    def gelu0(x): return np0.float32(0.5) * x * (1 + np0.tanh(np0.float32(0.7978845608) * (x + np0.float32(0.044715) * x * x * x)))
    f = eval("lambda x, y=None, z=None: " + text, {"np": np0, "softmax": softmax0, "gelu": gelu0})
    row["numpy"] = least(lambda: f(*args), lambda r: r)
    try:
        import jax, jax.numpy as jnp
        g = jax.jit(eval("lambda x, y=None, z=None: " + text, {"np": jnp, "softmax": jax.nn.softmax, "gelu": jax.nn.gelu}))
        dev = [jnp.asarray(a) for a in args]
        row["jax"] = least(lambda: g(*dev), lambda r: r.block_until_ready())
        want, got = np0.asarray(g(*dev), dtype=np0.float64), np0.asarray(f(*args), dtype=np0.float64)
        row["apart"] = float(abs(want - got).max() / max(abs(got).max(), 1e-30))
    except ImportError:
        pass
    result[name] = row
print(json.dumps(result))`;
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), ...(threads === 1 ? { XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" } : {}), JAX_PLATFORMS: "cpu", ...(/avx512f/.test(readFileSync("/proc/cpuinfo", "utf8")) ? { OPENBLAS_CORETYPE: "SKYLAKEX" } : {}) };
  const affinity = process.platform === "linux" && threads === 1 ? ["taskset", "-c", "0"] : [];
  const [file, ...rest] = [...affinity, python, "-c", program];
  const r = spawnSync(file, rest, { input: JSON.stringify(said), encoding: "utf8", env, maxBuffer: 2 ** 26 });
  if (r.status !== 0) throw new Error(r.stderr);
  return JSON.parse(r.stdout);
}
const chosen = WORK.filter((w) => !only.length || only.some((o) => w.name.includes(o)));
const load = loadavg()[0];
const [peers, peersOfMany] = [1, many].map((threads) => (python ? inPython(chosen, threads) : {}));
const show = (ms) => (ms === undefined ? "" : ms < 0.1 ? `${(ms * 1000).toFixed(1)} µs` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`);
const rows = [];
for (const w of chosen) {
  const m = measure(w);
  const [p, q] = [peers[w.name] ?? {}, peersOfMany[w.name] ?? {}];
  const native = (ms) => show(ms) + (w.flops ? ` (${(w.flops / ms / 1e6).toFixed(0)} GFLOP/s)` : "");
  const peer = (x, ours) => (x === undefined ? "" : `${show(x)} (${(x / ours).toFixed(2)})`);
  const row = [
    ...[w.name, show(m.wasm), native(m.native), native(m.shared), (m.wasm / m.native).toFixed(2), (m.native / m.shared).toFixed(2)],
    ...[peer(p.jax, m.native), peer(q.jax, m.shared), peer(p.numpy, m.native), peer(q.numpy, m.shared), m.differ === 0 ? "same" : m.differ.toExponential(0)],
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
      `${loadavg()[0].toFixed(1)} at the end. Made by \`node bench/native.mjs --write\`: both routes of one engine in one process, in turn, outputs compared first, the bits of one and ${many} threads the same; least times. JAX and NumPy in processes of their own; ` +
      `in brackets their time over the native one of as many threads (above 1: native is faster).\n\n| what | WebAssembly | native, 1 thread | native, ${many} threads | WebAssembly / native | 1 / ${many} threads | JAX, 1 | JAX, ${many} | NumPy, 1 | NumPy, ${many} | largest difference of the routes |\n|---|---|---|---|---|---|---|---|---|---|---|\n` +
      `${rows.map((r) => `| ${r.join(" | ")} |`).join("\n")}\n${end < 0 ? "" : rest.slice(end)}`,
  );
}
process.exit(0);
