// JAX reads, compiles and runs the StableHLO that our engine prints, and gets our results: one process for a table of small programs.
import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import type { Value } from "../../src/engine/core/value.ts";
import { pythonWithJax } from "../python.mjs";

const { numpy: np, lax, nn, random } = jl;
let python = "";
beforeAll(() => {
  python = pythonWithJax();
}, 300_000);

const line = np.linspace(-1, 2, 12).reshape([3, 4]).astype("float32");
const square = np.array([
  [4, 1, 0.5],
  [1, 3, 1],
  [0.5, 1, 2],
]).astype("float32");
const ints = np.array([4, 7, -3, 9, 2, 2], { dtype: "int32" });
const image = np.linspace(0, 1, 72).reshape([1, 6, 6, 2]).astype("float32");
const filter = np.linspace(-1, 1, 54).reshape([3, 3, 2, 3]).astype("float32");

type Program = readonly [(...args: Value[]) => unknown, ...Value[]];
const PROGRAMS: Readonly<Record<string, Program>> = {
  "elementwise functions": [(a) => np.tanh(a).add(np.exp(a)).mul(np.sqrt(np.abs(a))), line],
  "rare functions": [(a) => jl.scipy.special.erf(a).add(np.log1p(np.abs(a))).add(np.arctan2(a, 2)), line],
  "broadcasting and reductions": [(a) => [np.sum(a, { axis: 0 }), np.max(a, { axis: 1 }), np.mean(a)], line],
  "a product of matrices": [(a, b) => np.matmul(a, b.T), line, line],
  "a batched contraction": [(a) => np.einsum("bij,bkj->bik", np.stack([a, a]), np.stack([a, a.mul(2)])), line],
  "a convolution with strides": [(a, w) => lax.convGeneralDilated(a, w, [2, 2], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] }), image, filter],
  "pooling": [(a) => lax.reduceWindow(a, -1e9, lax.max, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), image],
  "softmax and layer norm": [(a) => nn.softmax(nn.standardize(a)), line],
  "slices, joins, padding": [(a) => np.pad(np.concatenate([lax.slice(a, [0, 0], [2, 4]), np.flip(a, { axis: 1 })], { axis: 0 }), 1), line],
  "gathers by index": [(a, i) => np.take(a, np.mod(i, 3), { axis: 0 }), line, ints],
  "scatters by index": [(a, i) => a.at(np.mod(i, 3)).add(1), line, ints],
  "an update of a part": [(a) => lax.dynamicUpdateSlice(a, np.ones([2, 2]), [1, 1]), line],
  "sorts": [(a, i) => [np.sort(a, { axis: 1 }), np.argsort(i, { stable: true })], line, ints],
  "running sums": [(a) => np.cumsum(a, { axis: 0 }), line],
  "integers and comparisons": [(i) => [np.floorDivide(i, 4), np.bitwiseXor(i, 5), np.greater(i, 3)], ints],
  "a loop with state": [(a) => lax.scan((c, x) => [np.add(c, x).mul(0.5), c], np.zeros([4]), a), line],
  "a loop with a condition": [(a) => lax.whileLoop((x) => np.sum(x).lt(50), (x) => x.mul(2).add(1), a), line],
  "a branch": [(a) => lax.cond(np.sum(a).gt(0), (x: Value) => np.sin(x), (x: Value) => np.cos(x), a), line],
  "random bits": [() => random.bits(random.PRNGKey(3), [5])],
  "half precision": [(a) => np.sum(a.astype("bfloat16").mul(2)).astype("float32"), line],
  "a gradient": [jl.grad((a: Value) => np.sum(np.tanh(np.matmul(a, a)))) as Program[0], square],
  "a batch of gradients": [jl.vmap(jl.grad((a: Value) => np.sum(nn.relu(a).mul(a)))) as Program[0], line],
  "complex numbers and transforms": [(a) => np.abs(jl.numpy.fft.fft(a)), line],
};

interface Asked {
  readonly text: string;
  readonly args: readonly Raw[];
}
type Raw = readonly [dtype: string, shape: readonly number[], values: readonly (number | boolean)[]];
const raw = (v: Value): Raw => [v.dtype, v.shape, Array.from(v.dataSync() as ArrayLike<number | bigint | boolean>, (x) => (typeof x === "boolean" ? x : Number(x)))];

/** JAX's client takes the text as it is: each answer is its results, or why there are none. */
const ASK = `
import json, sys
import jax
import numpy as np
from jaxlib import xla_client as xc
device = jax.devices("cpu")[0]
def run(text, args):
    program = device.client.compile_and_load(text, xc.DeviceList((device,)), xc.CompileOptions())
    given = [jax.device_put(np.array(v, dtype=d).reshape(s), device) for d, s, v in args]
    results = program.execute_sharded(given).disassemble_into_single_device_arrays()
    return [[str(a.dtype), list(a.shape), a.ravel().astype(np.float64).tolist()] for a in (np.asarray(r[0]) for r in results)]
answers = []
for asked in json.load(sys.stdin):
    try:
        answers.append(run(asked["text"], asked["args"]))
    except Exception as e:
        answers.append(str(e)[:500])
print(json.dumps(answers))
`;
test("JAX gets our results from what is printed", { timeout: 120_000 }, () => {
  const asked: Asked[] = Object.values(PROGRAMS).map(([f, ...args]) => ({ text: jl.interop.stablehlo.print(f, ...args), args: args.map(raw) }));
  const r = spawnSync(python, ["-c", ASK], { input: JSON.stringify(asked), encoding: "utf8", env: { ...process.env, JAX_PLATFORMS: "cpu" }, maxBuffer: 1 << 26 });
  expect(r.status, r.stderr.slice(-2000)).toBe(0);
  const answers = JSON.parse(r.stdout.trim().split("\n").at(-1)!) as (readonly Raw[] | string)[];
  Object.entries(PROGRAMS).forEach(([name, [f, ...args]], k) => {
    const theirs = answers[k]!;
    if (typeof theirs === "string") throw new Error(`${name}: ${theirs}`);
    const ours = jl.tree.leaves(jl.jit(f)(...args)) as Value[];
    expect(theirs.map(([dtype, shape]) => `${dtype} ${shape.join()}`), name).toEqual(ours.map((v) => `${v.dtype} ${v.shape.join()}`));
    ours.forEach((v, i) => {
      const want = theirs[i]![2].map(Number);
      raw(v)[2].forEach((x, j) => expect(Math.abs(Number(x) - want[j]!), `${name}, element ${j}`).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(want[j]!))));
    });
  });
});
