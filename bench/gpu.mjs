// What the GPU of this machine reaches: kernels' times by its own clock, against the bandwidth that a copy reaches there.
//   node bench/gpu.mjs [--small] [--json FILE]      after npm run build, with the package webgpu installed
// --small is for drivers in software. Results of a real GPU belong into RESULTS.md, with the adapter's name.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gpuEnvironment } from "../test/gpu.mjs";
import { root } from "../scripts/lib.mjs";

const args = process.argv.slice(2);
const small = args.includes("--small");
Object.assign(process.env, small ? gpuEnvironment().env : {});
const jl = await import(pathToFileURL(join(root, "dist", "engine", "index.js")).href);
const np = jl.numpy;
const [gpu] = jl.devices("webgpu");

const N = small ? 256 : 10_000;
const [ROWS, COLUMNS] = small ? [64, 512] : [8192, 4096];
const SIDE = small ? 128 : 4096;
const made = (...shape) => jl.devicePut(jl.jit(() => jl.random.normal(jl.random.key(0), shape))(), gpu);
const square = (x) => x.mul(x);
/** A function, its arguments, and what it has to move (bytes) or compute (operations) at least. */
const PROGRAMS = {
  [`copy ${N}²`]: { f: (x) => x.add(0.5), args: [made(N, N)], bytes: 8 * N * N },
  [`x + x·x + x·x·x, ${N}²`]: { f: (x) => x.add(square(x)).add(square(x).mul(x)), args: [made(N, N)], bytes: 8 * N * N },
  [`tanh, ${N}²`]: { f: np.tanh, args: [made(N, N)], bytes: 8 * N * N },
  [`sum, ${N}²`]: { f: (x) => x.sum(), args: [made(N, N)], bytes: 4 * N * N },
  [`sum of columns, ${N}²`]: { f: (x) => x.sum({ axis: 0 }), args: [made(N, N)], bytes: 4 * N * N },
  [`transpose, ${N}²`]: { f: (x) => x.T.add(1), args: [made(N, N)], bytes: 8 * N * N },
  [`softmax ${ROWS}×${COLUMNS}`]: { f: (x) => jl.nn.softmax(x), args: [made(ROWS, COLUMNS)], bytes: 8 * ROWS * COLUMNS },
  [`layer norm ${ROWS}×${COLUMNS}`]: {
    f(x) {
      const d = x.sub(x.mean({ axis: 1, keepdims: true }));
      return d.div(np.sqrt(square(d).mean({ axis: 1, keepdims: true }).add(1e-5)));
    },
    args: [made(ROWS, COLUMNS)],
    bytes: 8 * ROWS * COLUMNS,
  },
  [`matmul ${SIDE}³`]: { f: (x, y) => np.matmul(x, y), args: [made(SIDE, SIDE), made(SIDE, SIDE)], flops: 2 * SIDE ** 3 },
  "100 kernels of a chain": { f: (x) => Array.from({ length: 100 }).reduce((y) => np.cumsum(y), x), args: [made(8)], kernels: 100 },
};
/** The profile of one program. */
function profile(name, { f, args }) {
  const jitted = jl.jit(f);
  return jl.internals.record({
    ...{
      name,
      position: { file: "gpu.mjs", line: 1, column: 1, func: "" },
      jitted,
      args,
      traced: jitted.trace(...args),
      traceMilliseconds: 0,
      values: args,
    },
    ...{ sources: [], root: null, versions: {}, machine: { cpu: "", cores: 1, platform: process.platform }, retraces: [], warnings: [] },
    effort: { warmup: 200, budget: small ? 100 : 500 },
  });
}
const rows = [];
let copied = null;
for (const [name, p] of Object.entries(PROGRAMS)) {
  const { timing, programs, warnings } = profile(name, p);
  const inside = programs[0].kernels.reduce((sum, k) => sum + (k.time?.median ?? 0), 0);
  const rate = p.bytes ? p.bytes / inside / 1e6 : null;
  copied ??= rate;
  rows.push({
    program: name,
    "kernels ms": Number(inside.toPrecision(4)),
    "call ms": Number(timing.total.median.toPrecision(4)),
    "GB/s": rate === null ? "" : Number(rate.toPrecision(3)),
    "of copy": rate === null ? "" : Number((rate / copied).toFixed(2)),
    "GFLOP/s": p.flops ? Number((p.flops / inside / 1e6).toPrecision(4)) : "",
    "µs a launch": p.kernels ? Number(((1000 * timing.program.median) / p.kernels).toPrecision(3)) : "",
    notes: warnings
      .map((w) => w.message)
      .join("; ")
      .slice(0, 80),
  });
}
console.log(`${gpu.description}, Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`);
console.table(rows);
const at = args.indexOf("--json");
if (at >= 0) writeFileSync(args[at + 1], `${JSON.stringify({ adapter: gpu.description, rows }, null, 1)}\n`);
