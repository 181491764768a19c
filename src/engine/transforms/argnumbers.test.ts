// Numbers of arguments and axes that a function does not have are refused by name, whichever transformation is asked.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  product = (x: Value, y: Value): Value => x.mul(y),
  one = np.array(1);
type Loose = (f: unknown, options: unknown) => (...args: unknown[]) => unknown;
const takers: Readonly<Record<string, (n: unknown) => unknown>> = {
  grad: (n) => (jl.grad as unknown as Loose)(product, { argnums: n })(one, one),
  valueAndGrad: (n) => (jl.valueAndGrad as unknown as Loose)(product, { argnums: n })(one, one),
  jacfwd: (n) => (jl.jacfwd as unknown as Loose)(product, { argnums: n })(one, one),
  jacrev: (n) => (jl.jacrev as unknown as Loose)(product, { argnums: n })(one, one),
  hessian: (n) => (jl.hessian as unknown as Loose)(product, { argnums: n })(one, one),
  makeJaxpr: (n) => (jl.makeJaxpr as unknown as Loose)(product, { staticArgnums: n })(one, one),
  checkpoint: (n) => (jl.checkpoint as unknown as Loose)(product, { staticArgnums: n })(one, one),
  customJvp: (n) => (jl.customJvp as unknown as Loose)(product, { nondiffArgnums: n }),
  jit: (n) => (jl.jit as unknown as Loose)(product, { staticArgnums: n }),
};
test.each(Object.keys(takers))("%s", (name) => {
  for (const bad of [NaN, 1.5, 2, -3, [0, 5]]) expect(() => takers[name]!(bad), String(bad)).toThrow(jl.ArgumentError);
});
test.each<[string, unknown]>([
  ["past the end", 2],
  ["before the start", -3],
  ["a fraction", 1.5],
  ["NaN", NaN],
])("vmap: an axis %s", (_name, axis) => {
  expect(() => jl.vmap((x: Value) => x, { inAxes: axis as number })(np.ones([2, 3]))).toThrow(
    /inAxes is .* for x, which is f32\[2,3\] and has 2 axes/,
  );
  expect(() => jl.vmap((x: Value) => x, { outAxes: axis as number })(np.ones([2, 3]))).toThrow(/outAxes is .* for an output of 2 axes/);
});
test("leaks are looked for in two calls at the same time", async () => {
  const kept: unknown[] = [],
    later = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
  const clean = jl.checkTracerLeaks(async () => {
      await later(5);
      return jl.jit((x: Value) => x.add(1))(1);
    }),
    leaking = jl.checkTracerLeaks(async () => {
      await later(20);
      jl.jit((x: Value) => {
        kept.push(x);
        return x;
      })(1);
    });
  await expect(clean).resolves.toBeDefined();
  await expect(leaking).rejects.toThrow(/outlived the transformation/);
});
