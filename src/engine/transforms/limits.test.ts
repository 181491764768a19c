// Programs of thousands of operations, operands, constants and levels: time and memory grow as the program does, at the usual stack.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  num = (v: unknown): number => Number((v as Value).item());
type F = (x: Value) => Value;
function nested(depth: number, wrap: (f: F) => F): F {
  let f: F = (x) => np.sin(x);
  for (let i = 0; i < depth; i++) {
    const inner = f;
    f = wrap(inner);
  }
  return f;
}
const long =
  (n: number): F =>
  (x) => {
    for (let i = 0; i < n; i++) x = np.sin(x).add(0.1);
    return x;
  };
test("grad through 200 nested jits", () => {
  const f = nested(200, (g) => jl.jit((x: Value) => g(x).mul(1.001)) as F);
  expect(num(jl.grad(f)(np.array(0.5)))).toBeCloseTo(Math.cos(0.5) * 1.001 ** 200, 4);
}, 20_000);
test("vmap nested 60 deep", () => {
  const f = nested(60, (g) => jl.vmap(g) as F);
  expect(f(np.ones(Array<number>(60).fill(1))).shape).toHaveLength(60);
});
test("10,000 operations are traced, differentiated, checked and printed", () => {
  const f = long(5000),
    jaxpr = jl.makeJaxpr(jl.grad(f))(np.array(0.5));
  expect(jaxpr.eqns.length).toBeGreaterThan(10_000);
  expect(String(jaxpr).length).toBeGreaterThan(100_000);
  jl.config.update("enableChecks", true);
  try {
    jl.makeJaxpr(jl.grad(long(1000)))(np.array(0.5));
  } finally {
    jl.config.update("enableChecks", false);
  }
}, 30_000);
test("3,000 inputs, constants and results", () => {
  const xs = Array.from({ length: 3000 }, (_x, i) => np.array(i).add(0)),
    sum = (v: readonly Value[]): Value => v.reduce((a, b) => a.add(b));
  expect(num(jl.jit((v: readonly Value[]) => sum(v))(xs))).toBe(4498500);
  expect(num(jl.jit((x: Value) => sum([x, ...xs]))(np.array(1)))).toBe(4498501);
  expect((jl.grad(jl.jit((v: readonly Value[]) => sum(v)))(xs) as Value[]).length).toBe(3000);
  expect((jl.jit((x: Value) => xs.map((y) => x.add(y)))(np.array(1)) as Value[]).length).toBe(3000);
}, 30_000);
test("jit made anew in code that never yields keeps no constants alive", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 300; i++) {
    const big = np.asarray(new Float32Array(2 ** 18).fill(i));
    jl.jit((x: Value) => x.add(big.get(0)))(np.array(1));
  }
  // 300 MiB of constants went by; what the collector has not seen yet may stand, all of it may not.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250 * 2 ** 20);
}, 60_000);
