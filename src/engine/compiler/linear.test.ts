// Compiling takes time in proportion to the program: the work is counted, not timed, and long programs need no deep stack.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import { type Compilation, compileJaxpr } from "./compile.ts";

const np = jl.numpy;
type Build = (n: number) => Compilation;
const matrix = (...shape: number[]): jl.ShapeDtypeStruct => jl.shapeDtypeStruct(shape, "float32");
const layers =
  (n: number) =>
  (x: Value, w: Value): Value => {
    for (let i = 0; i < n; i++) x = np.sin(np.tanh(x.matmul(w)).add(x));
    return x;
  };
const PROGRAMS: readonly (readonly [string, Build])[] = [
  ["matmul, tanh, add, sin", (n) => compileJaxpr(jl.makeJaxpr(layers(n))(matrix(8, 64), matrix(64, 64)))],
  [
    "the gradient of that",
    (n) => {
      const loss = (x: Value, w: Value): Value => layers(n)(x, w).sum();
      return compileJaxpr(jl.makeJaxpr(jl.grad(loss, { argnums: [0, 1] }))(matrix(8, 64), matrix(64, 64)));
    },
  ],
  [
    "a chain",
    (n) =>
      compileJaxpr(
        jl.makeJaxpr((x: Value) => {
          for (let i = 0; i < 10 * n; i++) x = x.add(i);
          return x;
        })(matrix(64)),
      ),
  ],
  [
    "the gradient of a chain",
    (n) => {
      const loss = (x: Value): Value => {
        for (let i = 0; i < 6 * n; i++) x = np.sin(x.mul(1.01)); // full kernels from the start
        return x.sum();
      };
      return compileJaxpr(jl.makeJaxpr(jl.grad(loss))(matrix(16)));
    },
  ],
  [
    "many results of one argument",
    (n) => compileJaxpr(jl.makeJaxpr((x: Value) => Array.from({ length: 4 * n }, (_v, i) => np.sin(x.mul(i))))(matrix(64))),
  ],
];
const workOf = (c: Compilation): number => c.plan.regions.reduce((sum, r) => sum + r.fusion.work, 0);
test.each(PROGRAMS)("%s: twice the program is at most 2.3 times the work of fusion", (_name, build) => {
  const work = [100, 200, 400].map((n) => workOf(build(n)));
  expect(work[1]! / work[0]!).toBeLessThan(2.3);
  expect(work[2]! / work[1]!).toBeLessThan(2.3);
});
test("10,000 operations compile at the default stack, into kernels of bounded size", () => {
  const { plan } = PROGRAMS[2]![1](1000);
  expect(plan.kernels.length).toBeGreaterThan(1);
  expect(plan.kernels.length).toBeLessThan(25);
});
