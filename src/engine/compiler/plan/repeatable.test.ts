// Kernels that may be run several times in a row: those that do not write over what they read. The rest of the program then gets what one run leaves.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import { compile } from "../../backends/programs.ts";
import type { NDArray } from "../../core/value.ts";
import { repeatableKernels } from "./repeatable.ts";

const { numpy: np, lax } = jl;
const compiled = (f: (x: jl.Value) => jl.Value, x: jl.Value) => compile(jl.makeJaxpr(f)(x));

test("a loop's counter, which is changed in place, is not repeated", () => {
  const x = np.arange(100).mul(0.1);
  const { compilation, loaded } = compiled((v) => lax.foriLoop(0, 5, (_i: jl.Value, c: jl.Value) => np.sin(c).add(v), v) as jl.Value, x);
  const found = repeatableKernels(compilation.plan);
  expect(found.size).toBeGreaterThan(0);
  expect(found.size).toBeLessThan(compilation.plan.kernels.length);
  expect(loaded.repeatable).toEqual(found);
});
test("a program with repeated kernels gives what it gives without", () => {
  const x = np.arange(100).mul(0.1);
  const { loaded } = compiled((v) => lax.foriLoop(0, 7, (_i: jl.Value, c: jl.Value) => np.sin(c).add(np.roll(c, 1).mul(v)), v) as jl.Value, x);
  const run = (times: number): number[] => {
    const asked = new Map<number, number>();
    const [out] = loaded.run([x as NDArray], (k) => {
      if (k >= 0) asked.set(k, (asked.get(k) ?? 0) + 1);
      return times;
    });
    expect([...asked.values()].every((n) => n > 0)).toBe(true);
    return [...new Float32Array(out!.bytes().slice().buffer)];
  };
  expect(run(5)).toEqual(run(1));
});
