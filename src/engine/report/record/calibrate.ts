// The cost table of the machine at hand: small programs of our own engine are timed, and each cost is solved from the one that weighs on it most. A second
// on a quiet machine, once; whoever calls keeps the table.
import { withConfig } from "../../core/config.ts";
import { numberProgram } from "../../graph/regions.ts";
import type { Device, Loaded } from "../../backends/device.ts";
import { defaultDevice } from "../../backends/devices.ts";
import { type KernelWork, kernelWork, movedNs, workNs } from "../../compiler/cost/kernelCost.ts";
import { routineOf } from "../../compiler/cost/routines.ts";
import { CLASSES, type CostClass, type CostTable, ORDINARY } from "../../compiler/cost/table.ts";
import { type Traffic, trafficOf } from "../../compiler/cost/traffic.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { planProgram } from "../../compiler/plan/program.ts";
import type { Plan, PlannedKernel } from "../../compiler/plan/types.ts";
import { postOrder, roots } from "../../compiler/kernel/walk.ts";
import type { Node } from "../../graph/graph.ts";
import { type Target, WASM } from "../../compiler/target.ts";
import { fastest } from "./fastest.ts";
import { timerCost } from "./measure.ts";
import { measureReach } from "./memoryReach.ts";
import { type Micro, type Solved, micros, routineMicros } from "./micro.ts";

/** How long a pass over the programs is, milliseconds a program. */
const PASS_MS = 4;
/** Short kernels are run so often between two readings of the clock, where the device can repeat them. */
const BATCH = 16;
const SHORT_MS = 0.2;

interface Timed {
  readonly micro: Micro;
  readonly loaded: Loaded;
  readonly kernels: readonly PlannedKernel[];
  readonly batch: number;
  /** What the clock adds to a kernel. */
  readonly clock: number;
}
export const calibrate = (device: Device, target: Target, passMs = PASS_MS): CostTable => withConfig({ native: "off" }, () => calibrated(device, target, passMs));
/**
 * The same of native code, in one thread; null where there is none. Its kernels are scheduled as WebAssembly's, so their instructions are counted alike.
 * @param beside WebAssembly's costs: memory takes as long for both
 */
function calibrateNative(device: Device, target: Target, beside: CostTable): CostTable | null {
  return withConfig({ native: "all", nativeThreads: 1 }, () => {
    const isNative = ({ loaded }: Timed): boolean => [...(loaded.routes?.() ?? [])].some(([, r]) => r.code === "native");
    return isNative(load(micros()[0]!, device, target)) ? calibrated(device, target, PASS_MS, beside) : null;
  });
}
function calibrated(device: Device, target: Target, passMs: number, beside: CostTable | null = null): CostTable {
  const solved = micros();
  const { lanes, plain } = routineMicros();
  const timed = [...solved, lanes, plain].map((m) => load(m, device, target));
  const times = fastest(
    timed.map((t) => () => run(t)),
    passMs,
  );
  /** How many times as long as predicted the program at a place took. */
  const slower = (at: number): number => (1e6 * times.at(at)!.best) / routineOf(libraryOf(timed.at(at)!)).ns;
  const programs = solved.map(({ solves }, i): Program => {
    const kernels = timed[i]!.kernels.map((k) => {
      const schedule = scheduleKernel(k.kernel, target);
      return { work: kernelWork(schedule), traffic: trafficOf(k, schedule) };
    });
    return { solves, kernels, ns: 1e6 * times[i]!.best };
  });
  const table = solve(programs, beside ? FAR_NATIVE : FAR);
  return {
    ...table,
    memory: beside?.memory ?? measureReach(device, target, table, passMs),
    routines: { lanes: slower(-2), plain: slower(-1) },
    calls: {},
    spread: Number((times.reduce((s, t) => s + spreadOf(t.last), 0) / timed.length).toPrecision(3)),
    from: MEASURED,
  };
}
const libraryOf = ({ kernels }: Timed): Node<"library"> => kernels.flatMap((k) => k.nodes).find((n) => n.is("library"))!;
const MEASURED = "measured";
function load(micro: Micro, device: Device, target: Target): Timed {
  const plan = planProgram(numberProgram(micro.graph, micro.name), undefined, target);
  const loaded = device.load({ traced: micro.graph, plan });
  const timed: Timed = { micro, loaded, kernels: plan.kernels, batch: 1, clock: timerCost(loaded).pair };
  const isShort = run(timed) < SHORT_MS && plan.kernels.every((k) => loaded.repeatable?.has(k.id));
  return isShort ? { ...timed, batch: BATCH } : timed;
}
/** Time inside the kernels of one run. */
function run({ micro, loaded, clock, batch }: Timed): number {
  let inside = 0;
  let from = 0;
  const outs = loaded.run(micro.args, (k, at = performance.now()) => {
    if (k >= 0) from = at;
    else inside += Math.max(0, at - from - clock);
    return batch;
  });
  for (const o of outs) o.release();
  return inside / batch;
}
/** The middle half of the runs, as a part of their median. */
function spreadOf(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return at(0.5) > 0 ? (at(0.75) - at(0.25)) / at(0.5) : 0;
}
/** A program that was timed: what its kernels carry out and move, and which cost follows from it. */
export interface Program {
  readonly solves: Solved;
  readonly kernels: readonly { readonly work: KernelWork; readonly traffic: Traffic }[];
  readonly ns: number;
}
const isClass = (s: Solved): s is CostClass => (CLASSES as readonly string[]).includes(s);
const costOf = (table: CostTable, s: Solved): number => (isClass(s) ? table.ns[s] : table[s]);
const withCost = (table: CostTable, s: Solved, cost: number): CostTable => (isClass(s) ? { ...table, ns: { ...table.ns, [s]: cost } } : { ...table, [s]: cost });
const SWEEPS = 6;
/** How far a cost may be from the ordinary machine's, either way. */
const FAR = 5;
const FAR_NATIVE = 16;
const HALVINGS = 24;
/** Each cost such that its program takes what was measured, one after the other, until they agree. A cost that a program does not show stays ordinary. */
export function solve(programs: readonly Program[], far = FAR): CostTable {
  let table: CostTable = ORDINARY;
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const p of programs) {
      if (!(p.ns > 0)) continue;
      const predicted = (cost: number): number => programNs(p, withCost(table, p.solves, cost));
      const ordinary = costOf(ORDINARY, p.solves);
      let least = ordinary / far;
      let most = ordinary * far;
      if (predicted(most) === predicted(least)) continue;
      for (let i = 0; i < HALVINGS; i++) {
        const middle = Math.sqrt(least * most);
        if (predicted(middle) < p.ns) least = middle;
        else most = middle;
      }
      table = withCost(table, p.solves, Math.sqrt(least * most));
    }
  return table;
}
const programNs = ({ kernels }: Program, table: CostTable): number =>
  kernels.reduce((s, { work, traffic }) => s + table.launch + Math.max(workNs(work, table), movedNs(traffic, table)), 0);
/** The costs of the machine at hand: those that were kept from an earlier run, where they are whole; else measured now. */
export function machineCosts(kept: unknown, device: Device = defaultDevice()): CostTable {
  if (isTable(kept)) return kept;
  // What a grid of threads costs is not the sum of its instructions: its kernels are predicted by the roofs (compiler/cost/roofs.ts).
  return device.target && !device.target.parallelism.grid ? calibrate(device, device.target) : ORDINARY;
}
/** The same of native code; null where there is none. @param beside WebAssembly's costs */
export function nativeCosts(kept: unknown, beside: CostTable, device: Device = defaultDevice()): CostTable | null {
  if (isTable(kept)) return kept;
  return device.target === WASM ? calibrateNative(device, device.target, beside) : null;
}
/** What a file said may be anything: every class has a sensible number, or the table is measured anew. */
function isTable(t: unknown): t is CostTable {
  const sensible = (n: unknown): boolean => typeof n === "number" && n > 0 && n < 1e9;
  const notNegative = (n: unknown): boolean => n === 0 || sensible(n);
  if (typeof t !== "object" || t === null) return false;
  const { ns, calls, otherCall, memory, wait, carry, launch, routines, from } = t as Partial<CostTable>;
  return (
    from === MEASURED &&
    [otherCall, wait, carry, launch, routines?.lanes, routines?.plain].every(sensible) &&
    Array.isArray(memory) &&
    memory.every((p: Partial<CostTable["memory"][number]> | null) => sensible(p?.bytes) && [p?.read, p?.written, p?.code].every(notNegative)) &&
    typeof ns === "object" &&
    ns !== null &&
    CLASSES.every((c) => sensible(ns[c])) &&
    typeof calls === "object" &&
    calls !== null &&
    Object.values(calls).every(sensible)
  );
}
/** The table with the costs of further functions of the mathematics library: each is timed alone. */
export function withCalls(
  table: CostTable,
  functions: Iterable<readonly [name: string, args: number]>,
  device: Device = defaultDevice(),
): CostTable {
  const missing = [...new Map(functions)].filter(([name]) => table.calls[name] === undefined);
  if (missing.length === 0) return table;
  return { ...table, calls: { ...table.calls, ...Object.fromEntries(missing.map(([name, args]) => [name, callNs(device, name, args)])) } };
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
/** Of one pass over a function, milliseconds; there are passes until it is in optimized code. */
const CALL_MS = 2;
const CALLS = 64;
function callNs(device: Device, name: string, args: number): number {
  const run = device.caller?.(name, args);
  if (!run) return ORDINARY.otherCall;
  const time = (): number => {
    const from = performance.now();
    run(CALLS);
    return ((performance.now() - from) * 1e6) / CALLS;
  };
  const [timed] = fastest([time], CALL_MS);
  return timed!.best;
}
