// The roofs of this machine: measured in little time, kept where they are whole.
import { expect, test } from "vitest";
import { machineCeilings } from "./ceilings.ts";
import "../../index.ts";

test("are measured with our own kernels, and taken from what was kept", () => {
  const c = machineCeilings(null)!;
  for (const rate of [c.bandwidth!, c.cache!, ...Object.values(c.flops!)]) {
    expect(rate).toBeGreaterThan(0.05);
    expect(rate).toBeLessThan(10_000);
  }
  // Products in lanes of f32 are faster than in f64, caches faster than memory (with room for a busy machine).
  expect(c.flops!.f32!).toBeGreaterThan(c.flops!.f64!);
  expect(c.cache!).toBeGreaterThan(0.5 * c.bandwidth!);
  expect(c.from).toMatch(/own kernels on this machine, \d{4}-\d\d-\d\d/);
  expect(machineCeilings(JSON.parse(JSON.stringify(c)))).toEqual(c);
});
test("what a file said may be anything", () => {
  for (const broken of [{}, { bandwidth: -1 }, { bandwidth: 1, cache: 1, cacheBytes: 2 ** 20, flops: { f32: "x" }, from: "" }, []])
    expect(machineCeilings(broken)!.from).toMatch(/own kernels/);
});
