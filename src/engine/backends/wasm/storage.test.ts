// Memory in code that never yields: bounded, and nothing that is still used is lost.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";

test("a loop that makes far more arrays than fit stays bounded, and an old array keeps its values", () => {
  const np = jl.numpy,
    step = jl.jit((x: Value) => x.mul(0.5).add(1)),
    kept = np.arange(8).astype("float32").add(1),
    reads = jl.jit((a: Value, b: Value) => a.sum().add(b));
  let x: Value = np.zeros([512, 512]);
  for (let i = 0; i < 1200; i++) x = step(x); // 1.2 GiB of results
  expect(jl.profiler.memoryStats().bytesInUse).toBeLessThan(600 * 2 ** 20);
  expect(Number(x.get(3, 4).item())).toBeCloseTo(2, 5);
  expect(Number(reads(kept, np.array(1)).item())).toBe(37);
});
