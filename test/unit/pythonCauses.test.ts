// Why a function is traced again, found by comparing calls: also where JAX's own explanation is wrong or silent (guides: jax-bridge-traps, 11 to 16).
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { pythonWithJax } from "../python.mjs";
import { reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
const head = "import jax\nimport jax.numpy as jnp\nimport numpy as np\nfrom functools import partial\n";
const f = "@jax.jit\ndef f(x, y=0.0): return x + y\na = jnp.ones(3)\n";
/** The causes of each trace of f, "kind argument: before → now". */
async function causes(text: string): Promise<string[]> {
  const file = join(scratch, `pyc${n++}`, "model.py");
  const r = reportOf(await run(head + text, { mode: "trace", file, python: { setting }, collect: { calls: 1e6, seconds: 10 } }));
  return r.compilations
    .filter((c) => c.function === "f")
    .map((c) => c.causes.map((x) => (x.argument === undefined ? x.kind : `${x.kind} ${x.argument}: ${x.before} → ${x.now}`)).join("; "));
}
const CASES: readonly [string, string, readonly string[]][] = [
  ["a shape", `${f}f(a)\nf(jnp.ones(4))\nf(a)`, ["first", "shape x: f32[3] → f32[4]"]],
  ["two at once", `${f}f(a, a)\nf(a.astype(jnp.int32), jnp.ones(3, bool))`, ["first", "dtype x: f32[3] → i32[3]; dtype y: f32[3] → bool[3]"]],
  ["a weak type", `${f}f(jnp.float32(1))\nf(1.0)`, ["first", "weakType x: strong → weak"]],
  [
    "the closest of the calls before counts",
    `${f}f(a, a)\nf(a)\nf(jnp.ones(1), a)`,
    ["first", "tree y: passed → not passed", "shape x: f32[3] → f32[1]"],
  ],
  [
    "an int after calls in several styles, which JAX takes for a change of the tree",
    `${f}f(1.0, a)\nf(1.0, y=a)\nf(1, a)`,
    ["first", "tree y: by position → by keyword", "dtype x: f32[] → i32[]"],
  ],
  [
    "static values, compared with their types",
    "@partial(jax.jit, static_argnums=1)\ndef f(x, n): return x * n\na = jnp.ones(3)\nf(a, 1)\nf(a, 2)\nf(a, True)",
    ["first", "static n: 1 → 2", "static n: 2 → True"],
  ],
  [
    "a new entry of a dictionary",
    "@jax.jit\ndef f(p): return p['w']\na = jnp.ones(3)\nf({'w': a})\nf({'w': a, 'b': a})",
    ["first", "tree p: {'w': *} → {'b': *, 'w': *}"],
  ],
  [
    "configuration",
    `${f}f(a)\njax.config.update("jax_default_matmul_precision", "highest")\nf(a)`,
    ["first", "config jax_default_matmul_precision: None → highest"],
  ],
  [
    "a function that is defined anew in a loop",
    "for i in range(2):\n  @jax.jit\n  def f(x): return x + 1\n  f(jnp.ones(3))",
    ["first", "newFunction"],
  ],
  ["the same array type from NumPy and from JAX is no trace", `${f}f(a)\nf(np.ones(3, np.float32))\nf(a)`, ["first"]],
];
test.each(CASES)("%s", async (_what, text, wanted) => expect(await causes(text)).toEqual(wanted));
