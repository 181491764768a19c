// What rules of advice ask about a profile: the compiled program beside its Report, what each operation costs, who computes it, what the person calls it.
import type { Compiled } from "../../backends/programs.ts";
import { kernelCost } from "../../compiler/cost/kernelCost.ts";
import { type CostTable } from "../../compiler/cost/table.ts";
import { trafficOf } from "../../compiler/cost/traffic.ts";
import type { Decision } from "../../compiler/fusion/ledger.ts";
import { type Schedule, scheduleKernel } from "../../compiler/kernel/schedule.ts";
import type { PlannedKernel, PlannedRegion } from "../../compiler/plan/types.ts";
import { type Target, WASM } from "../../compiler/target.ts";
import { sizeOf } from "../../core/aval.ts";
import type { NDArray } from "../../core/value.ts";
import type { Node } from "../../graph/graph.ts";
import type { Jitted, Traced } from "../../transforms/jit.ts";
import type { RetraceEvent } from "../../transforms/retrace.ts";
import { functionsOf, withCalls } from "../record/calibrate.ts";
import { valueNameOf } from "../record/labels.ts";
import { nodeStack } from "../record/levels.ts";
import { largestResultOf } from "../record/results.ts";
import { Places } from "../places.ts";
import type { Frame, Kernel, Program, Report } from "../types.ts";
import type { Text } from "./edits.ts";
import { knownNumber } from "./known.ts";
import type { Line } from "./types.ts";

/** What a run knows beside its Report. */
export interface AdviceContext {
  readonly traced: Traced;
  readonly jitted: Jitted;
  readonly self: unknown;
  /** The arguments of the measured call, static ones included. */
  readonly args: readonly unknown[];
  /** The values that the program was measured with. */
  readonly values: readonly NDArray[];
  readonly compiled: Compiled;
  readonly costs: CostTable;
  readonly root: string | null;
  readonly retraces: readonly RetraceEvent[];
  /** Calls of other jits of the file with an argument of the measured call. */
  readonly siblings?: readonly SiblingCall[];
}
export interface SiblingCall {
  readonly jitted: Jitted;
  readonly self: unknown;
  readonly args: readonly unknown[];
}
export class Facts {
  readonly program: Program;
  readonly places: Places;
  readonly target: Target;
  readonly kernels: readonly PlannedKernel[];
  readonly regions: readonly PlannedRegion[];
  /** Constants and values, as the program takes them. */
  readonly operands: readonly NDArray[];
  readonly costs: CostTable;
  readonly #ms = new Map<Node, number>();
  readonly #in = new Map<Node, PlannedKernel[]>();
  readonly #schedules = new Map<PlannedKernel, Schedule | null>();
  readonly #users = new Map<Node, Node[]>();
  readonly #regionOf = new Map<Node, PlannedRegion>();
  readonly #decisions = new Map<Node, Decision[]>();
  readonly #readings = new Map<Node, Decision[]>();
  readonly #names = new Map<Node, string | null>();
  #largest: number | null = null;
  constructor(
    readonly report: Report,
    readonly context: AdviceContext,
  ) {
    const { plan } = context.compiled.compilation;
    this.program = report.programs[0]!;
    this.places = new Places(context.root, report);
    this.target = context.compiled.device.target ?? WASM;
    this.kernels = plan.kernels;
    this.regions = plan.regions;
    this.operands = [...(context.traced.consts as readonly NDArray[]), ...context.values];
    this.costs = withCalls(context.costs, functionsOf(plan));
    for (const region of plan.regions) {
      for (const n of region.graph.nodes) {
        this.#regionOf.set(n, region);
        for (const i of new Set(n.inputs)) push(this.#users, i, n);
      }
      for (const d of region.fusion.ledger) {
        push(this.#decisions, d.producer, d);
        push(this.#readings, d.consumer, d);
      }
    }
    for (const k of plan.kernels) this.#weigh(k);
  }
  #weigh(k: PlannedKernel): void {
    const own = this.reported(k);
    const ms = own?.time?.median ?? 0;
    const schedule = this.schedule(k);
    const cost = schedule ? kernelCost(schedule, trafficOf(k, schedule), this.costs).nodes : new Map<Node, number>();
    const all = [...cost.values()].reduce((a, b) => a + b, 0);
    for (const n of k.nodes) {
      push(this.#in, n, k);
      const share = all > 0 ? (cost.get(n) ?? 0) / all : 1 / k.nodes.length;
      this.#ms.set(n, (this.#ms.get(n) ?? 0) + share * ms);
    }
  }
  reported(k: PlannedKernel): Kernel | undefined {
    return this.program.kernels?.find((r) => r.id === `k${k.id}`);
  }
  schedule(k: PlannedKernel): Schedule | null {
    let s = this.#schedules.get(k);
    if (s === undefined) this.#schedules.set(k, (s = k.kernel.body.length ? scheduleKernel(k.kernel, this.target) : null));
    return s;
  }
  /** How often the kernels of a region run in one run of the program, by the region's name. */
  callsIn(region: string): number {
    const k = this.kernels.find((x) => x.region.name === region);
    return (k && this.reported(k)?.calls) ?? 1;
  }
  /** Milliseconds of a kernel in one run, all its calls together. */
  kernelMs(k: PlannedKernel): number {
    return this.reported(k)?.time?.median ?? 0;
  }
  /** Milliseconds that a node's own instructions take in one run, in all kernels. */
  ms(n: Node): number {
    return this.#ms.get(n) ?? 0;
  }
  /** Milliseconds of the nodes and of all that is computed along for them alone. */
  msWith(n: Node): number {
    let sum = 0;
    for (const m of this.inlinedWith(n)) sum += this.ms(m);
    return sum;
  }
  /** A node, and the producers that are computed for it in the same kernel and for nobody else. */
  inlinedWith(n: Node): ReadonlySet<Node> {
    const all = new Set([n]);
    const open = [n];
    for (let m = open.pop(); m; m = open.pop())
      for (const d of this.readings(m))
        if (d.fused && !all.has(d.producer) && this.users(d.producer).every((u) => all.has(u))) {
          all.add(d.producer);
          open.push(d.producer);
        }
    return all;
  }
  /** A steady run of the program alone. */
  get total(): number {
    return this.report.timing?.program.median ?? 0;
  }
  /** Wall time of a steady call. */
  get call(): number {
    return this.report.timing?.total.median ?? 0;
  }
  /** The value of a scalar that is known before the program runs. */
  known(n: Node): number | null {
    const { consts } = this.context.traced;
    const { params } = this.regions[0]!.graph;
    // Parameters of loops' bodies are other ones.
    return knownNumber(n, (p) => (params[p.attrs.index] === p && p.attrs.index < consts.length ? (consts[p.attrs.index] as NDArray) : undefined));
  }
  users(n: Node): readonly Node[] {
    return this.#users.get(n) ?? [];
  }
  kernelsOf(n: Node): readonly PlannedKernel[] {
    return this.#in.get(n) ?? [];
  }
  regionOf(n: Node): PlannedRegion | undefined {
    return this.#regionOf.get(n);
  }
  /** Edges from a node to its consumers. */
  decisions(n: Node): readonly Decision[] {
    return this.#decisions.get(n) ?? [];
  }
  /** Edges from a node's producers to it. */
  readings(n: Node): readonly Decision[] {
    return this.#readings.get(n) ?? [];
  }
  /** How often each element of a value is computed, all kernels together. */
  evaluations(n: Node): number {
    const most = Math.max(0, ...this.decisions(n).map((d) => d.cost.evaluations));
    return most / Math.max(1, sizeOf(n.shape));
  }
  isResult(n: Node): boolean {
    return this.#regionOf.get(n)?.graph.outs.includes(n) ?? false;
  }
  /** All nodes of the program, those of loops and branches included. */
  *nodes(): Iterable<Node> {
    for (const r of this.regions) yield* r.graph.nodes;
  }
  frame(n: Node): Frame | undefined {
    return this.places.top(nodeStack(this.places, n));
  }
  /** The largest finite number among the results of the measured call: how far apart results may lie is a part of it. One run of the program, for all trials. */
  get largestResult(): number {
    this.#largest ??= largestResultOf(this.context.compiled, this.operands);
    return this.#largest;
  }
  /** The person's line of a node; the function's own where nobody knows. */
  line(n: Node): Line {
    const f = this.frame(n) ?? this.report.frames[this.report.function.at]!;
    return { file: f.file, line: f.line };
  }
  /** The name of an argument of the function; null for anything else. */
  argument(n: Node): string | null {
    if (!n.is("parameter") || this.regions[0]!.graph.params[n.attrs.index] !== n) return null;
    return this.program.arguments[n.attrs.index - this.context.traced.consts.length]?.name ?? null;
  }
  lineText(at: Line): string {
    return this.places.lineText(at)?.trim() ?? "";
  }
  /** The file of a line, for edits. */
  text({ file }: Line): Text {
    return { file, lines: this.places.lines(file) ?? [] };
  }
  /** The person's variable that a node is (a part of) the value of. */
  variable(n: Node): string | null {
    let name = this.#names.get(n);
    if (name === undefined) {
      name = valueNameOf(n, { frameOf: (m) => this.frame(m), lineText: (l) => this.places.lineText(l) });
      this.#names.set(n, name);
    }
    return name;
  }
}
/** Milliseconds of a call that are not its program: dispatch, arguments, and what the host does until the next call. */
export const aroundCall = (f: Facts): number => Math.max(0, f.call - f.total) + (f.report.calls?.between?.median ?? 0);
/** Milliseconds of loading the library: every run of the file begins with it, however little is compiled. */
export const engineLoad = ({ report: { spans = [] } }: Facts): number =>
  spans.reduce((s, x) => (x.track === "road" && x.name === LOADING ? s + x.duration : s), 0);
const LOADING = "load the engine";
/** Milliseconds that the function's first compilation took in this run, tracing included: code that compiles was new to the machine then. */
export const coldCompile = ({ report: { phases = {} } }: Facts): number => FIRST.reduce((s, p) => s + (phases[p] ?? 0), 0);
const FIRST = ["trace", "lower", "passes", "fuse", "plan", "generate code"];
function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
