// The largest error of each special function in ulp of float32, beside JAX's: against SciPy's float64 values over dense grids.
//   python bench/numerics.py references.json && node bench/numerics.mjs references.json     (the engine is the built one)
import { readFileSync } from "node:fs";
import * as jl from "../dist/engine/index.js";

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64")).buffer;
const rows = [];
for (const [name, { x, want, jax }] of Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")))) {
  const f = name.split(".").reduce((module, part) => module[part], jl);
  const first = (v) => (Array.isArray(v) ? v[0] : v);
  const points = new Float32Array(bytes(x));
  const got = await jl
    .jit((v) => first(f(v)))(jl.numpy.array(points))
    .data();
  let worst = 0,
    at = 0;
  new Float64Array(bytes(want)).forEach((y, i) => {
    const size = Math.fround(Math.abs(y));
    // Denormal numbers have no digits to be held to.
    if (!(size > 1.2e-38) || size === Infinity) return;
    const error = Math.abs(got[i] - y) / 2 ** (Math.floor(Math.log2(size)) - 23);
    if (!(error <= worst)) [worst, at] = [error, i];
  });
  rows.push([name, worst, jax, points[at]]);
}
rows.sort((a, b) => b[1] - a[1]);
console.log("| function | ours | JAX | worst at |\n|---|---|---|---|");
for (const [name, ours, jax, at] of rows) console.log(`| ${name} | ${ours.toPrecision(3)} | ${jax.toPrecision(3)} | ${at.toPrecision(5)} |`);
