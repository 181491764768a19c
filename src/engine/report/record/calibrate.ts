// The cost table of the machine at hand: small programs of our own engine are timed, and the costs of the classes of instructions follow from what each
// program carries out. Some 300 ms, once a machine; whoever calls keeps the table.
import { mathFunction } from "../../graph/math/mathlib.ts";
import { numberProgram } from "../../graph/regions.ts";
import type { Device, Loaded } from "../../backends/device.ts";
import { defaultDevice } from "../../backends/devices.ts";
import { countKernel } from "../../compiler/cost/kernelCost.ts";
import { routineNs } from "../../compiler/cost/routines.ts";
import { CLASSES, type CostClass, type CostTable, ORDINARY } from "../../compiler/cost/table.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { planProgram } from "../../compiler/plan/program.ts";
import type { Plan, PlannedKernel } from "../../compiler/plan/types.ts";
import { postOrder, roots } from "../../compiler/kernel/walk.ts";
import type { Node } from "../../graph/graph.ts";
import type { Target } from "../../compiler/target.ts";
import { timerCost } from "./measure.ts";
import { LARGE, type Micro, memoryMicro, micros, routineMicro } from "./micro.ts";

const BUDGET_MS = 220;
const LEAST_ROUNDS = 3;

interface Timed {
  readonly micro: Micro;
  readonly loaded: Loaded;
  readonly kernels: readonly PlannedKernel[];
  readonly times: number[];
  /** What the clock adds to a kernel. */
  readonly clock: number;
}
export function calibrate(device: Device, target: Target, budget = BUDGET_MS): CostTable {
  const start = performance.now();
  const timed = [...micros(), routineMicro(), memoryMicro()].map((m) => load(m, device, target));
  const [routine, memory] = timed.slice(-2) as [Timed, Timed];
  const isSeldom = (t: Timed): boolean => t === memory || t === routine;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() - start < budget; round++)
    for (const t of timed) if (!isSeldom(t) || round % 8 === 0) run(t);
  const ns = (t: Timed): number => 1e6 * middle(t.times);
  const small = timed.slice(0, -2).map((t) => ({ counts: countsOf(t, target), ns: ns(t) }));
  return {
    ...ORDINARY,
    ns: fit(small),
    // As much is written as is read.
    bandwidth: (3 * 4 * LARGE) / Math.max(1, ns(memory)),
    routines: ns(routine) / routineNs(routine.kernels.flatMap((k) => k.nodes).find((n): n is Node<"library"> => n.is("library"))!),
    calls: {},
    spread: Number((timed.reduce((s, t) => s + spreadOf(t.times), 0) / timed.length).toPrecision(3)),
    from: MEASURED,
  };
}
const MEASURED = "measured";
function load(micro: Micro, device: Device, target: Target): Timed {
  const plan = planProgram(numberProgram(micro.graph, micro.name), undefined, target);
  const loaded = device.load({ traced: micro.graph, plan });
  return { micro, loaded, kernels: plan.kernels, times: [], clock: timerCost(loaded).pair };
}
/** Time inside the kernels of one run. */
function run({ micro, loaded, times, clock }: Timed): void {
  let inside = 0;
  let from = 0;
  const outs = loaded.run(micro.args, (k, at = performance.now()) => {
    if (k >= 0) from = at;
    else inside += Math.max(0, at - from - clock);
  });
  for (const o of outs) o.release();
  times.push(inside);
}
/** The later half of the runs is in optimized code; of those, the faster ones were not interrupted. */
function middle(times: readonly number[]): number {
  const late = times.slice(times.length >> 1).sort((a, b) => a - b);
  return late[late.length >> 2] ?? 0;
}
/** The middle half of the later runs, as a part of their median. */
function spreadOf(times: readonly number[]): number {
  const late = times.slice(times.length >> 1).sort((a, b) => a - b);
  const at = (part: number): number => late[Math.floor(part * (late.length - 1))] ?? 0;
  return at(0.5) > 0 ? (at(0.75) - at(0.25)) / at(0.5) : 0;
}
/** The costs of the machine at hand: those that were kept from an earlier run, where they are whole; else measured now. */
export function machineCosts(kept: unknown, device: Device = defaultDevice()): CostTable {
  if (isTable(kept)) return kept;
  // What a grid of threads costs is not the sum of its instructions: its kernels are predicted by the memory they move alone.
  return device.target && !device.target.parallelism.grid ? calibrate(device, device.target) : ORDINARY;
}
/** What a file said may be anything: every class has a sensible number, or the table is measured anew. */
function isTable(t: unknown): t is CostTable {
  const sensible = (n: unknown): boolean => typeof n === "number" && n > 0 && n < 1e6;
  if (typeof t !== "object" || t === null) return false;
  const { ns, calls, otherCall, bandwidth, cache, launch, routines, from } = t as Partial<CostTable>;
  return (
    from === MEASURED &&
    [otherCall, bandwidth, launch, routines].every(sensible) &&
    typeof cache === "number" &&
    typeof ns === "object" &&
    ns !== null &&
    CLASSES.every((c) => sensible(ns[c])) &&
    typeof calls === "object" &&
    calls !== null &&
    Object.values(calls).every(sensible)
  );
}
type Counts = Readonly<Partial<Record<CostClass, number>>>;
function countsOf({ kernels }: Timed, target: Target): Counts {
  const counts: Partial<Record<CostClass, number>> = {};
  for (const k of kernels)
    countKernel(scheduleKernel(k.kernel, target), (what, times) => {
      if (typeof what === "string") counts[what] = (counts[what] ?? 0) + times;
    });
  return counts;
}
const SWEEPS = 60;
/** How much the ordinary cost counts beside what was measured: classes that no program weighs on keep it. */
const PRIOR = 0.01;
/** Least squares of the relative errors, costs never below a tenth of the ordinary ones; a class at a time, until nothing moves. */
export function fit(measured: readonly { readonly counts: Counts; readonly ns: number }[]): Record<CostClass, number> {
  const cost: Record<CostClass, number> = { ...ORDINARY.ns };
  const rows = measured.filter((m) => m.ns > 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const c of CLASSES) {
      let above = PRIOR / ORDINARY.ns[c];
      let below = PRIOR / ORDINARY.ns[c] ** 2;
      for (const { counts, ns } of rows) {
        const own = (counts[c] ?? 0) / ns;
        if (own === 0) continue;
        const others = CLASSES.reduce((s, d) => (d === c ? s : s + ((counts[d] ?? 0) * cost[d]) / ns), 0);
        above += own * (1 - others);
        below += own * own;
      }
      const least = ORDINARY.ns[c] / 10;
      const found = above / below;
      cost[c] = Number.isFinite(found) ? Math.max(least, found) : ORDINARY.ns[c];
    }
  return cost;
}
/** The table with the costs of further functions of the mathematics library: each is timed alone. */
export function withCalls(table: CostTable, functions: Iterable<readonly [name: string, args: number]>): CostTable {
  const missing = [...new Map(functions)].filter(([name]) => table.calls[name] === undefined);
  if (missing.length === 0) return table;
  return { ...table, calls: { ...table.calls, ...Object.fromEntries(missing.map(([name, args]) => [name, callNs(name, args)])) } };
}
/** The functions of the mathematics library that a plan's kernels call. */
export function functionsOf(plan: Plan): [name: string, args: number][] {
  const found = new Map<string, number>();
  for (const k of plan.kernels)
    postOrder(roots(k.kernel.body), (e) => {
      if (e.kind === "call") found.set(e.fn, e.args.length);
    });
  return [...found];
}
const CALL_MS = 6;
/** What the kernel spends around a call: into JavaScript and back, the conversions. */
const AROUND_NS = 6;
function callNs(name: string, args: number): number {
  const f = mathFunction(name) as (...xs: number[]) => number;
  const CALLS = 40;
  const best: number[] = [];
  let kept = 0;
  for (const start = performance.now(); performance.now() - start < CALL_MS;) {
    const from = performance.now();
    for (let i = 0; i < CALLS; i++) kept += args === 2 ? f(0.4 + (i % 97) / 64, 0.7 + (i % 13) / 8) : f(0.1 + (i % 97) / 120);
    best.push(((performance.now() - from) * 1e6) / CALLS);
  }
  // The sum is looked at, so that the calls are not left out.
  if (Number.isNaN(kept) && best.length === 0) return ORDINARY.otherCall;
  return AROUND_NS + middle(best);
}
