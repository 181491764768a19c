// What was touched long ago: by bytes that the program moves in between, over runs that follow one another and turns of loops.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import { compile } from "../../backends/programs.ts";
import { scheduleKernel } from "../kernel/schedule.ts";
import { WASM } from "../target.ts";
import { kernelCost } from "./kernelCost.ts";
import { residency } from "./residency.ts";
import { ORDINARY } from "./table.ts";
import { trafficOf } from "./traffic.ts";

const { numpy: np, lax } = jl;
function planned(f: (...xs: jl.Value[]) => jl.Value, ...xs: jl.Value[]) {
  const { plan } = compile(jl.makeJaxpr(f as never)(...xs)).compilation;
  const schedules = new Map(plan.kernels.map((k) => [k, scheduleKernel(k.kernel, WASM)]));
  return { plan, schedules, since: residency(plan, (k) => schedules.get(k) ?? null) };
}
const KILO = 1024;
test("an argument was touched a run ago, what the kernel before has made just now", () => {
  const { plan, since } = planned((x) => np.cumsum(np.sort(x).mul(2)), np.zeros([KILO]));
  const [first] = plan.kernels;
  const last = plan.kernels.at(-1)!;
  // The argument: everything that a run moves lies in between, but for what reads it.
  expect(since.get(first!.id)!.places[0]).toBeGreaterThanOrEqual(4 * KILO);
  const made = Math.min(...since.get(last.id)!.places);
  expect(made).toBeLessThan(64 * KILO);
});
test("a small array that is read after a large one has gone by comes from memory, and costs more", () => {
  const { plan, schedules, since } = planned(
    (small, large) => lax.foriLoop(0, 3, (_i: jl.Value, c: jl.Value) => c.add(small).add(np.sort(large).sum()), small) as jl.Value,
    np.zeros([KILO]),
    np.zeros([KILO * KILO]),
  );
  const reads = plan.kernels.find(
    (k) => schedules.get(k)!.kernel.buffers.some((b) => b.role === "in" && b.size === KILO) && k.group.kind === "loop",
  )!;
  const schedule = schedules.get(reads)!;
  expect(Math.max(...since.get(reads.id)!.places)).toBeGreaterThan(4 * KILO * KILO);
  const slow = { ...ORDINARY, memory: [{ bytes: 2 ** 20, read: 100, written: 100, code: 0 }] };
  expect(kernelCost(schedule, trafficOf(reads, schedule, since.get(reads.id)), slow).ms).toBeGreaterThan(
    2 * kernelCost(schedule, trafficOf(reads, schedule), slow).ms,
  );
});
test("the turn of a loop counts, not its first one", () => {
  const { plan, since } = planned((x) => lax.foriLoop(0, 3, (_i: jl.Value, c: jl.Value) => np.sin(c).mul(x), x) as jl.Value, np.zeros([KILO]));
  for (const k of plan.kernels) for (const s of since.get(k.id)!.places) expect(s).toBeLessThan(64 * KILO);
});
test("no more lies in between than all that the program has, however often it is gone over", () => {
  const { plan, since } = planned(
    (x) => lax.foriLoop(0, 30, (_i: jl.Value, c: jl.Value) => np.sin(c).mul(x).add(np.cos(c).sum()), x) as jl.Value,
    np.zeros([KILO]),
  );
  for (const k of plan.kernels) for (const s of since.get(k.id)!.places) expect(s).toBeLessThan(64 * KILO);
});
test("of a stack that a loop goes through, each turn's part was touched a run ago", () => {
  const { plan, schedules, since } = planned(
    (xs) => (lax.scan((c: jl.Value, x: jl.Value) => [np.sin(c).add(x), null], np.zeros([KILO]), xs) as [jl.Value, null])[0],
    np.zeros([64, KILO]),
  );
  const reads = plan.kernels.find((k) => schedules.get(k)!.kernel.buffers.some((b) => b.role === "in" && b.size === 64 * KILO))!;
  const stack = schedules.get(reads)!.kernel.buffers.findIndex((b) => b.size === 64 * KILO);
  expect(since.get(reads.id)!.places[stack]).toBeGreaterThan(4 * 64 * KILO);
});
test("a kernel that ran long ago has its code to fetch", () => {
  const { plan, schedules } = planned((x) => np.tanh(x), np.zeros([16]));
  const [only] = plan.kernels;
  const schedule = schedules.get(only!)!;
  const after = (idle: number): number => kernelCost(schedule, trafficOf(only!, schedule, { places: [], idle }), ORDINARY).ms;
  expect(after(2 ** 22)).toBeGreaterThan(1.2 * after(0));
  expect(after(Infinity)).toBeGreaterThan(after(2 ** 22));
});
