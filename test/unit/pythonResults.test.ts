// What a Python function gave, in short: another run is held to it, as the tools for agents do after an edit.
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { diffResults } from "../../src/engine/report/diff/results.ts";
import type { Report } from "../../src/engine/report/types.ts";
import { pythonWithJax } from "../python.mjs";
import { reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
const profiled = async (body: string): Promise<Report> =>
  reportOf(
    await run(
      `import jax\nimport jax.numpy as jnp\n@jax.jit\ndef f(x, key):\n    return ${body}\nf(jnp.linspace(-1, 2, 40).reshape(4, 10), jax.random.key(1))\n`,
      { mode: "profile", file: join(scratch, `pyd${n++}`, "model.py"), python: { setting } },
    ),
  );
test("the same program gives the same bits; another order of sums is close; other numbers and types are told", { timeout: 120_000 }, async () => {
  const first = await profiled('{"s": (x * x).sum(0), "big": jnp.where(x > 1.9, jnp.inf, x), "k": key, "c": x[0] + 1j, "n": jnp.arange(3)}');
  expect(first.results!.map((d) => d.type)).toEqual(["f32[4,10]", "c64[10]", "key<fry>[]", "i32[3]", "f32[10]"]);
  const [big, complex] = first.results!;
  expect(big!.sample).toContain(null);
  expect(big!.largest).toBeCloseTo(1.8461, 3);
  expect(complex!.sample.slice(0, 2)).toEqual([-1, 1]);
  const same = await profiled('{"s": (x * x).sum(0), "big": jnp.where(x > 1.9, jnp.inf, x), "k": key, "c": x[0] + 1j, "n": jnp.arange(3)}');
  expect(diffResults(first, same)).toMatchObject({ bits: true, relative: 0 });
  const close = await profiled('{"s": (x * x * (1 + 1e-6)).sum(0), "big": jnp.where(x > 1.9, jnp.inf, x), "k": key, "c": x[0] + 1j, "n": jnp.arange(3)}');
  const d = diffResults(first, close) as Exclude<ReturnType<typeof diffResults>, "types" | undefined>;
  expect(d.bits).toBe(false);
  expect(d.relative).toBeGreaterThan(0);
  expect(d.relative).toBeLessThan(1e-5);
  expect(diffResults(first, await profiled("x * 2"))).toBe("types");
});
