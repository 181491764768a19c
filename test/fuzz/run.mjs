#!/usr/bin/env node
// Runs recorded random programs (record.py) against the built engine: operation by operation, and as one compiled program; values, and gradients
// with respect to the recorded subset of the inputs, with the others closed over.
//
//   node test/fuzz/run.mjs [--root DIR] [--cases FILE] [--only ID] [--fails N] [--json FILE] [--every N] [--ways eager|jit]
//
// --every  every Nth program alone
// --ways   in one of the two ways alone
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { nativeFaults } from "../nativeRun.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const opt = {
  root: join(here, "..", ".."),
  cases: join(here, "programs.jsonl.gz"),
  known: join(here, "known-misses.tsv"),
  only: null,
  fails: 30,
  json: null,
  every: 1,
  ways: "",
};
for (let i = 2; i < process.argv.length; i += 2) {
  const key = process.argv[i].replace(/^--/, "");
  if (!(key in opt))
    throw new Error(
      `unknown option ${process.argv[i]}; expected ${Object.keys(opt)
        .map((k) => `--${k}`)
        .join(", ")}`,
    );
  opt[key] = process.argv[i + 1];
}
const jl = await import(pathToFileURL(join(resolve(opt.root), "dist/engine/index.js")).href);
const { numpy: np, lax, nn, scipy } = jl;

// ---- the operations that record.py names
const along = (x, axis, index) => [...Array(axis).fill(":"), index];
const slice = ({ start, stop, step }) => `${start ?? ""}:${stop ?? ""}${step === null ? "" : `:${step}`}`;
const BODIES = {
  tanh: (h, w) => np.tanh(h.mul(w).add(0.5)),
  sine: (h, w) => np.sin(h).add(w),
  mix: (h, w) => np.where(np.greater(h, w), h.mul(0.9), np.multiply(w, 0.5)),
  product: (h, w) => h.mul(w).mul(0.5),
  relu: (h, w) => np.maximum(h.sub(w), 0),
};
const unary = (f) => (x) => f(x);
const onAxis =
  (f) =>
  (x, { axis }) =>
    f(x, { axis });
const UNARY = {
  ...Object.fromEntries(
    "abs negative sign square sin cos tan tanh exp expm1 arctan sinh arcsinh cbrt floor ceil rint trunc reciprocal logicalNot invert isfinite"
      .split(" ")
      .map((n) => [n, unary(np[n])]),
  ),
  ...Object.fromEntries("sigmoid relu softplus gelu silu".split(" ").map((n) => [n, unary(nn[n])])),
  ...Object.fromEntries("cumsum cumprod sort argsort flip diff argmax argmin".split(" ").map((n) => [n, onAxis(np[n])])),
  log1pAbs: (x) => np.log1p(np.abs(x)),
  sqrtAbs: (x) => np.sqrt(np.abs(x)),
  erf: (x) => scipy.special.erf(x),
  softmax: onAxis(nn.softmax),
  logSoftmax: onAxis(nn.logSoftmax),
  cummax: (x, { axis }) => lax.cummax(x, { axis: axis < 0 ? axis + x.ndim : axis }),
};
const BINARY = {
  ...Object.fromEntries(
    (
      "add subtract multiply divide floorDivide remainder maximum minimum arctan2 hypot logaddexp copysign equal less greaterEqual logicalAnd logicalXor " +
      "bitwiseAnd bitwiseXor leftShift rightShift matmul outer"
    )
      .split(" ")
      .map((n) => [n, (x, y) => np[n](x, y)]),
  ),
  power: (x, y) => np.power(np.abs(x), y),
  select: (x, y) => np.where(np.greater(x, y), x, y),
};
const REDUCTIONS = Object.fromEntries("sum prod max min mean var std any all".split(" ").map((n) => [n, (x, p) => np[n](x, p)]));
const OTHERS = {
  logsumexp: (x, p) => nn.logsumexp(x, p),
  reshape: (x, { shape }) => np.reshape(x, shape),
  transpose: (x, { axes }) => np.transpose(x, axes),
  roll: (x, { shift, axis }) => np.roll(x, shift, { axis }),
  expandDims: (x, { axis }) => np.expandDims(x, axis),
  broadcastTo: (x, { shape }) => np.broadcastTo(x, shape),
  tile: (x, { reps }) => np.tile(x, reps),
  repeat: (x, { repeats, axis }) => np.repeat(x, repeats, { axis }),
  pad: (x, { widths, mode }) => np.pad(x, widths, { mode }),
  slice: (x, p) => x.get(...along(x, p.axis, slice(p))),
  index: (x, { axis, i }) => x.get(...along(x, axis, i)),
  take: (x, { indices, axis }) => np.take(x, np.array(indices, { dtype: "int32" }), { axis }),
  tril: (x, { k }) => np.tril(x, { k }),
  triu: (x, { k }) => np.triu(x, { k }),
  astype: (x, { dtype }) => x.astype(dtype),
  clip: (x, { lo, hi }) => np.clip(x, lo, hi),
  scalarAdd: (x, { v }) => np.add(x, v),
  scalarMul: (x, { v }) => np.multiply(x, v),
  scalarRsub: (x, { v }) => np.subtract(v, x),
  scalarDiv: (x, { v }) => np.divide(x, v),
  integerPower: (x, { n }) => lax.integerPow(x, n),
  where: (c, x, y) => np.where(c, x, y),
  concatenate: (x, y, { axis }) => np.concatenate([x, y], { axis }),
  stack: (x, y, { axis }) => np.stack([x, y], { axis }),
  tensordot: (x, y, { axes }) => np.tensordot(x, y, { axes }),
  einsum: (x, y, { spec }) => np.einsum(spec, x, y),
  atSet: (x, y, { axis, i }) => x.at(...along(x, axis, i)).set(y),
  atAdd: (x, y, { axis, i }) => x.at(...along(x, axis, i)).add(y),
  gatherRows: (x, i) => x.get(np.remainder(np.abs(i), x.shape[0])),
  scatterRows: (x, i, y) => x.at(np.remainder(np.abs(i), x.shape[0])).add(y),
  takeAlongAxis: (x, { axis }) => np.takeAlongAxis(x, np.argsort(x, { axis }), { axis }),
};
const CONTROL = {
  scan: (h, xs, { kind, reverse }) =>
    lax.scan(
      (c, x) => {
        const next = BODIES[kind](c, x);
        return [next, next];
      },
      h,
      xs,
      { reverse },
    )[1],
  scanFromZero: (xs, w, { kind }) => lax.scan((c, x) => [BODIES[kind](c, x).add(w), c], np.zerosLike(xs.get(0)), xs)[0],
  foriLoop: (h, w, { kind, n }) => lax.foriLoop(0, n, (_i, c) => BODIES[kind](c, w), h),
  cond: (p, h, w, { one, two }) => lax.cond(np.greater(np.sum(p), 0), BODIES[one], BODIES[two], h, w),
  whileLoop: (h, { kind }) =>
    lax.whileLoop(
      ([i]) => np.less(i, 4),
      ([i, c]) => [i.add(1), BODIES[kind](c, np.asarray(0.5, { dtype: h.dtype }))],
      [np.asarray(0, { dtype: "int32" }), h],
    )[1],
  checkpoint: (h, w, { kind }) => jl.checkpoint(BODIES[kind])(h, w),
  jitted: (h, w, { kind }) => jl.jit(BODIES[kind])(h, w),
  vmapped: (h, w, { kind }) => jl.vmap(BODIES[kind], { inAxes: [0, null] })(h, w),
  jvp: (h, w, { kind }) => jl.jvp((a) => BODIES[kind](a, w), [h], [np.onesLike(h)])[1],
  innerGrad: (h, w, { kind }) => jl.grad((a) => np.sum(BODIES[kind](a, w)))(h),
};
const TABLE = { ...UNARY, ...BINARY, ...REDUCTIONS, ...OTHERS, ...CONTROL };

function evaluate(program, inputs) {
  const env = [...inputs];
  for (const s of program.statements) {
    const operands = s.args.map((i) => env[i]);
    env.push(s.params ? TABLE[s.op](...operands, s.params) : TABLE[s.op](...operands));
  }
  return program.outputs.map((i) => env[i]);
}
const inexact = (v) => /float/.test(v.dtype);
const WEIGHTS = [1, 0.5, -0.25];
function loss(program, wrt, inputs) {
  return (...given) => {
    const all = [...inputs];
    wrt.forEach((i, k) => (all[i] = given[k]));
    return evaluate(program, all)
      .map((o, k) => (inexact(o) ? np.sum(o.mul(np.asarray(WEIGHTS[k % 3], { dtype: o.dtype })).astype(given[0].dtype)) : null))
      .filter((x) => x !== null)
      .reduce((a, b) => a.add(b));
  };
}

// ---- values
const bits = (a) => Uint8Array.from(Buffer.from(a.b64, "base64"));
const array = (a) => np.reshape(np.frombuffer(bits(a).buffer, { dtype: a.$a }), a.shape);
function compare(what, got, want, atol) {
  want.forEach((w, k) => {
    const g = got[k];
    if (g.dtype !== w.$a) throw new Error(`${what} ${k}: dtype ${g.dtype}, JAX gives ${w.$a}`);
    if (g.shape.join() !== w.shape.join()) throw new Error(`${what} ${k}: shape [${g.shape}], JAX gives [${w.shape}]`);
    const x = g.dataSync(),
      y = array(w).dataSync();
    for (let i = 0; i < y.length; i++) {
      const a = Number(x[i]),
        b = Number(y[i]);
      if (!(Object.is(a, b) || a === b || Math.abs(a - b) <= atol[k]))
        throw new Error(`${what} ${k}[${i}] of ${y.length}: ${a}, JAX gives ${b} (within ${atol[k].toPrecision(3)}; ${g.dtype})`);
    }
    if (what.includes("value") && g.weakType !== Boolean(w.weak))
      throw new Error(`${what} ${k}: weakType ${g.weakType}, JAX gives ${Boolean(w.weak)}`);
  });
}
/** Each way of running a case: its name, and what it computes. */
const WAYS = {
  "eager value": (c, xs) => compare("eager value", evaluate(c.program, xs), c.outputs, c.atol),
  "jit value": (c, xs) => compare("jit value", jl.jit((...a) => evaluate(c.program, a))(...xs), c.outputs, c.atol),
  "eager gradient": (c, xs) =>
    c.grads &&
    compare(
      "eager gradient",
      jl.grad(loss(c.program, c.wrt, xs), { argnums: c.wrt.map((_i, k) => k) })(...c.wrt.map((i) => xs[i])),
      c.grads,
      c.gradAtol,
    ),
  "jit gradient": (c, xs) =>
    c.grads &&
    compare(
      "jit gradient",
      jl.jit((...a) => jl.grad(loss(c.program, c.wrt, a), { argnums: c.wrt.map((_i, k) => k) })(...c.wrt.map((i) => a[i])))(...xs),
      c.grads,
      c.gradAtol,
    ),
};

// ---- the run
const known = new Map();
try {
  for (const l of readFileSync(opt.known, "utf8").split("\n")) if (l && !l.startsWith("#")) known.set(l.split("\t")[0], l.split("\t")[1]);
} catch {
  /* no list: nothing is known to miss */
}
const cases = gunzipSync(readFileSync(opt.cases))
  .toString()
  .trim()
  .split("\n")
  .map((l) => JSON.parse(l));
const failures = [];
let passed = 0,
  skipped = 0;
for (const [i, c] of cases.entries()) {
  if (i % Number(opt.every)) continue;
  if (opt.only !== null && String(c.id) !== opt.only) continue;
  const wrong = [];
  const xs = c.inputs.map(array);
  for (const [way, run] of Object.entries(WAYS)) {
    if (!way.startsWith(opt.ways)) continue;
    try {
      run(c, xs);
    } catch (e) {
      wrong.push(
        `${way}: ${String(e?.message ?? e)
          .split("\n")[0]
          .slice(0, 220)}`,
      );
    }
  }
  const why = known.get(String(c.id));
  if (why !== undefined) {
    if (wrong.length) skipped++;
    else failures.push({ id: c.id, message: "it is listed as a known miss, but holds: take it off the list" });
  } else if (wrong.length)
    failures.push({ id: c.id, message: wrong[0], ways: wrong.map((w) => w.split(":")[0]), ops: c.program.statements.map((s) => s.op).join(" ") });
  else passed++;
}
for (const f of failures.slice(0, Number(opt.fails))) console.log(`program ${f.id}: ${f.message}${f.ops ? `\n    ${f.ops}` : ""}`);
if (opt.json) writeFileSync(opt.json, JSON.stringify(failures, null, 1));
const failed = failures.length + nativeFaults(jl);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
