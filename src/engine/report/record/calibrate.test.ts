// Calibration without a clock: from times that a known table predicts, the costs come out again as far as the programs show them.
import { expect, test } from "vitest";
import "../../index.ts";
import { kernelWork, movedNs, workNs } from "../../compiler/cost/kernelCost.ts";
import { type CostTable, ORDINARY } from "../../compiler/cost/table.ts";
import { trafficOf } from "../../compiler/cost/traffic.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { planProgram } from "../../compiler/plan/program.ts";
import { WASM } from "../../compiler/target.ts";
import { numberProgram } from "../../graph/regions.ts";
import { type Program, machineCosts, solve } from "./calibrate.ts";
import { micros } from "./micro.ts";

const programs = micros().map(({ solves, graph, name }): Omit<Program, "ns"> => ({
  solves,
  kernels: planProgram(numberProgram(graph, name), undefined, WASM).kernels.map((k) => {
    const schedule = scheduleKernel(k.kernel, WASM);
    return { work: kernelWork(schedule), traffic: trafficOf(k, schedule) };
  }),
}));
const predict = (p: Omit<Program, "ns">, t: CostTable): number =>
  p.kernels.reduce((s, k) => s + t.launch + Math.max(workNs(k.work, t), movedNs(k.traffic, t)), 0);

test("each program's time is predicted after its cost was solved from it", () => {
  // A machine that is twice as fast, whose loads are slow and whose divisions are quick.
  const { ns } = ORDINARY;
  const machine: CostTable = {
    ...ORDINARY,
    ns: { ...(Object.fromEntries(Object.entries(ns).map(([k, v]) => [k, v / 2])) as typeof ns), lanesDivide: ns.lanesDivide / 3, access: ns.access * 1.5 },
    wait: 0.6,
    carry: 0.5,
    launch: 12,
  };
  const found = solve(programs.map((p) => ({ ...p, ns: predict(p, machine) })));
  for (const p of programs) expect(predict(p, found) / predict(p, machine), p.solves).toBeCloseTo(1, 1);
});
test("times that make no sense lead to costs within bounds", () => {
  const found = solve(programs.map((p, i) => ({ ...p, ns: i % 2 ? 1e9 : 1e-3 })));
  expect(Object.values(found.ns).every((n) => Number.isFinite(n) && n > 0)).toBe(true);
  expect(solve(programs.map((p) => ({ ...p, ns: 0 })))).toEqual(ORDINARY);
});
test("what a file said is measured anew unless it is whole", () => {
  const table = { ...ORDINARY, calls: { tanh: 5 }, routines: { lanes: 1, plain: 1 }, from: "measured" };
  expect(machineCosts(table)).toBe(table);
});
