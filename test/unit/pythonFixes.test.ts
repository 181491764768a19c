// Errors of a Python function while it is typed: the changes that are offered are those with which JAX can trace it, no others.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edited } from "../../src/host/live/fixes.ts";
import { LiveService } from "../../src/host/live/service.ts";
import { WarmRunners } from "../../src/host/live/warm.ts";
import { pythonWithJax } from "../python.mjs";
import { type Started, dist, reportOf, scratch, start } from "./runs.ts";

const warm = new WarmRunners();
const service = new LiveService(join(dist, "grammars"), warm);
const head = "import jax\nimport jax.numpy as jnp\nimport numpy as np\nfrom functools import partial\nfrom jax import lax\n";
const SIGNATURE = "def f(x, n, b, k=True):\n  ";
/** A function of an array, a number and a row, whose body is edited. */
const program = (body: string, decorator = "@jax.jit"): string =>
  `${head}${decorator}\n${SIGNATURE}${body}\n\nf(jnp.ones((4, 8)), 3, jnp.ones(4))\n`;
let run: Started;
beforeAll(async () => {
  process.env.JAX_PLATFORMS = "cpu";
  const setting = pythonWithJax();
  run = await start(program("return x"), {
    file: join(scratch, "pythonFixes", "model.py"),
    python: { setting },
    live: true,
    onLive: (m) => warm.message("run", m),
    liveEnded: () => warm.ended("run"),
  });
  warm.starting({ root: null, file: run.file });
  warm.add("run", { root: "/work", file: run.file }, run);
  reportOf(await run.result);
  warm.ready("run");
}, 300_000);
afterAll(() => run.close());
/** What is offered for a body, as the body after it; and what it says. */
async function offered(body: string, decorator?: string): Promise<{ readonly after: string[]; readonly titles: string[] }> {
  const text = program(body, decorator);
  const p = { run: "run", file: run.file, languageId: "python", text, line: 6 };
  const answer = await service.edit(p);
  if (answer?.kind !== "failed") throw new Error(JSON.stringify(answer));
  const { error, name, range } = answer;
  const at = { line: error.line! - 1, column: error.column! - 1 };
  const fixes = await service.fixes({ ...p, name, message: error.message, at, range });
  const bodyOf = (t: string): string => t.slice(t.indexOf(SIGNATURE) + SIGNATURE.length, t.indexOf("\n\nf(jnp")).replaceAll("\n  ", "\n");
  const done = fixes.map((f) => edited(text, f.edits));
  return {
    after: done.map((t) => (t.includes(`${decorator ?? "@jax.jit"}\ndef`) ? bodyOf(t) : t.split("\n")[5]!)),
    titles: fixes.map((f) => `${f.kind} ${f.after}`),
  };
}
const CASES: readonly (readonly [what: string, body: string, after: readonly string[]])[] = [
  ["a product: the operand whose transpose fits", "return x @ x", ["return x.T @ x", "return x @ x.T"]],
  ["a product by name, inside a sum", "return 1 + jnp.dot(x.T, b + x.T)", ["return 1 + jnp.dot(x, b + x.T)", "return 1 + jnp.dot(x.T, (b + x.T).T)"]],
  ["a product by name", "return 1 + jnp.dot(x, b)", ["return 1 + jnp.dot(x.T, b)"]],
  ["shapes that do not broadcast: an axis is put in", "return x * b", ["return x * b[:, None]"]],
  ["of a function", "return jnp.add(b + 1, x)", ["return jnp.add((b + 1)[:, None], x)"]],
  ["a size that does not fit", "return x.reshape(4, 2, 5)", ["return x.reshape(4, 2, 4)"]],
  ["a size in a tuple", "return jnp.reshape(x, (2, 15))", ["return jnp.reshape(x, (2, 16))"]],
  ["an axis that is not there", "return x.sum(axis=2)", ["return x.sum(axis=1)"]],
  ["an option of PyTorch's", "return x.sum(dim=0, keepdims=True)", ["return x.sum(axis=0, keepdims=True)"]],
  ["another one", "return jnp.mean(x, axis=0, keepdim=True)", ["return jnp.mean(x, axis=0, keepdims=True)"]],
  ["an assignment to an element", "x[0, 1] = 2.0\n  return x", ["x = x.at[0, 1].set(2.0)\nreturn x"]],
  ["and one that adds", "x[0] += b[0]\n  return x", ["x = x.at[0].add(b[0])\nreturn x"]],
  ["and one that subtracts", "x[0] -= b[0] + 1\n  return x", ["x = x.at[0].add(-(b[0] + 1))\nreturn x"]],
  ["NumPy on a traced array", "return np.tanh(x) + 1", ["return jnp.tanh(x) + 1"]],
  ["types that differ", "return lax.add(b, jnp.arange(4))", ["return lax.add(b, jnp.arange(4).astype(b.dtype))"]],
  ["a choice", "return x if x.sum() > 0 else -x", ["return jnp.where(x.sum() > 0, x, -x)"]],
  ["two returns", "if x.sum() > 0:\n    return x\n  return -x", ["return lax.cond(x.sum() > 0, lambda: x, lambda: -x)"]],
  ["two branches", "if b[0] > 0:\n    return x\n  else:\n    return -x", ["return lax.cond(b[0] > 0, lambda: x, lambda: -x)"]],
  ["and", "return (b > 0) & (b[0] > 0 and b[1] > 0)", ["return (b > 0) & (jnp.logical_and(b[0] > 0, b[1] > 0))"]],
  ["not", "return not b[0] > 0", ["return jnp.logical_not(b[0] > 0)"]],
  ["a chain of comparisons", "return 0 < b[0] < 2", ["return (0 < b[0]) & (b[0] < 2)"]],
  ["the larger of two", "return max(b[0], 0.0)", ["return jnp.maximum(b[0], 0.0)"]],
  ["a number of Python's", "return float(b[0])", ["return b[0].astype(float)"]],
  ["a sum over a mask", "return x[x > 0].sum()", ["return x.sum(where=x > 0)"]],
  ["a mean over a mask", "return jnp.mean(x[x > 0])", ["return jnp.mean(x, where=x > 0)"]],
  ["a mask alone: its size is not known", "return x[x > 0]", []],
  ["what no change is known for", "return undefined_name + x", []],
];
test.each(CASES)("%s", async (_what, body, after) => expect((await offered(body)).after).toEqual(after));

test.each([
  ["a bare decorator", "@jax.jit", /^@jax\.jit\(static_argnames="n"\)$|^@partial\(jax\.jit, static_argnames="n"\)$/],
  ["partial with options", "@partial(jax.jit, donate_argnums=0)", /^@partial\(jax\.jit, donate_argnums=0, static_argnames="n"\)$/],
  ["beside another one", '@partial(jax.jit, static_argnames="k")', /^@partial\(jax\.jit, static_argnames=\("k", "n"\)\)$/],
])("an argument that is a size becomes static: %s", async (_what, decorator, line) => {
  const { after, titles } = await offered("return jnp.zeros(n)", decorator);
  expect(after[0]).toMatch(line);
  expect(titles[0]).toBe('static static_argnames="n"');
});
test("an array is not made static, and the number of a loop is", async () => {
  expect((await offered("return sum(range(int(b[0])))")).titles).toEqual([]);
  expect((await offered("y = x\n  for _ in range(n):\n    y = y * 2\n  return y")).titles[0]).toBe('static static_argnames="n"');
});
