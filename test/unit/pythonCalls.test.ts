// Calls of a Python function in its run: how many, from where, and what the host does between them, while jit's own cache would answer them.
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { pythonWithJax } from "../python.mjs";
import { reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
async function profiled(text: string): Promise<{ readonly r: Report; readonly output: string }> {
  let output = "";
  const r = await run(`import jax, time\nimport jax.numpy as jnp\n${text}`, {
    ...{ mode: "profile", file: join(scratch, `pyc${n++}`, "model.py"), python: { setting } },
    ...{ collect: { calls: 1e6, seconds: 20 }, output: (t) => void (output += t) },
  });
  return { r: reportOf(r), output };
}
/** `line × count` of the innermost frame, and of the one around it. */
const from = (r: Report): string[] =>
  r.calls!.from.map(({ stack, count }) => `${r.stacks[stack]!.map((f) => r.frames[f]!.line).join(" < ")} × ${count}`);

test("each call is counted where it stands, also those that jit's cache knows; what the file sees stays the same", async () => {
  const { r, output } = await profiled(`@jax.jit
def f(x): return jnp.sin(x) * 2
x = jnp.ones(16)
for i in range(30):
    x = f(x)
def other():
    return f(x[:4])
for i in range(20):
    other()
print("cached", f._cache_size(), "sum", float(x.sum()) != 0)
`);
  expect(r.calls!.count).toBe(50);
  expect(from(r)).toEqual(["7 × 30", "9 < 11 × 20"]);
  expect(output).toContain("cached 2 sum True");
  expect(r.compilations.filter((c) => c.function === "f")).toHaveLength(2);
  expect(r.calls!.wall).toEqual(r.timing!.total);
  expect(r.calls!.run!.inside).toBeGreaterThan(0);
});
test("what is between two calls is the host's: results are waited for in the call", async () => {
  const { r } = await profiled(`@jax.jit
def f(x): return x @ x.T
x = jnp.ones((300, 300))
for i in range(8):
    f(x)
    time.sleep(0.03)
`);
  expect(r.calls!.count).toBe(8);
  // Sleeping takes no less than it is told to.
  expect(r.calls!.between!.min).toBeGreaterThanOrEqual(30);
  expect(r.calls!.run!.between).toBeGreaterThanOrEqual(6 * 30);
});
test("calls inside another jit, a gradient or a batch are parts of those; donated arguments are the file's own", async () => {
  const { r, output } = await profiled(`from functools import partial
@partial(jax.jit, donate_argnums=0)
def f(x): return x + 1
x = jnp.zeros(4)
for i in range(10): x = f(x)
g = jax.jit(lambda x: f(x) * 2)
y = g(x.copy()), jax.grad(lambda x: f(x).sum())(x.copy()), jax.vmap(f)(jnp.ones((3, 4)))
print("x", x)
`);
  expect(output).toContain("x [10. 10. 10. 10.]");
  expect(r.calls!.count).toBe(10);
});
test("a jit that is made anew for each call is counted as one function", async () => {
  const { r } = await profiled(`def g(x): return x + 1
x = jnp.zeros(4)
for i in range(5):
    x = jax.jit(g)(x)
`);
  expect(r.calls!.count).toBe(5);
});
test("a function with effects is not measured, and its calls are not timed", async () => {
  const { r, output } = await profiled(`@jax.jit
def f(x):
    jax.debug.print("seen {}", x)
    return x
for i in range(3): f(float(i))
`);
  expect(output.match(/seen/g)).toHaveLength(3);
  expect(r.calls).toBeUndefined();
});
