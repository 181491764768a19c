// The compiler's front door: closed jaxpr → graph → passes → plan. A device turns the program into something that runs.
import type { ClosedJaxpr } from "../core/jaxpr.ts";
import type { Graph } from "../graph/graph.ts";
import { lowerClosed } from "../graph/lower.ts";
import { type Region, numberProgram } from "../graph/regions.ts";
import { checks } from "./checks.ts";
import { type Pins, checkPins } from "./fusion/pins.ts";
import { runPasses } from "./passes/pipeline.ts";
import type { PassRecord } from "./passes/rewrite.ts";
import { planProgram } from "./plan/program.ts";
import type { Plan } from "./plan/types.ts";
import { optimizeRegions } from "./passes/regions.ts";
import { type Target, WASM } from "./target.ts";

/** A program at each level of the compiler. The graph is made at once; the levels below when somebody asks: a device may need none of them. */
export class Compilation {
  readonly traced: Graph;
  /** Milliseconds of each phase, 0 before it has run. */
  readonly phases = { lower: 0, passes: 0, plan: 0 };
  /** When each began, by `performance.now()`; 0 before it has run. */
  readonly began = { lower: 0, passes: 0, plan: 0 };
  #optimized: Optimized | null = null;
  #plan: Plan | null = null;
  /**
   * @param changed a graph to compile in place of the lowered one, with the same parameters and results: what advice tries
   * @param target what kernels and places are planned for
   * @throws PinError where a pin names no edge of the program
   */
  constructor(
    readonly jaxpr: ClosedJaxpr,
    private readonly pins?: Pins,
    changed?: Graph,
    readonly target: Target = WASM,
  ) {
    this.traced = changed ?? this.#timed("lower", () => lowerClosed(jaxpr));
    checks().traced?.(this.traced);
    if (!pins) return;
    const graphs = this.#passed().regions.map((r) => r.graph);
    checkPins(pins, graphs, this.#passed().regions[0]!.name);
  }
  /** The graph after all passes. Ids of its nodes, and of kernels and regions, do not depend on pins. */
  get graph(): Graph {
    return this.#passed().graph;
  }
  get passes(): readonly PassRecord[] {
    return this.#passed().records;
  }
  get plan(): Plan {
    const { regions } = this.#passed();
    if (!this.#plan) {
      this.#plan = this.#timed("plan", () => planProgram(regions, this.pins, this.target, this.jaxpr.donated));
      checks().planned?.(this.graph, this.#plan);
    }
    return this.#plan;
  }
  #passed(): Optimized {
    return (this.#optimized ??= this.#timed("passes", () => {
      const { graph, records } = runPasses(optimizeRegions(this.traced));
      return { graph, records, regions: numberProgram(graph) };
    }));
  }
  #timed<R>(phase: keyof Compilation["phases"], run: () => R): R {
    const start = performance.now();
    const r = run();
    this.began[phase] = start;
    this.phases[phase] = performance.now() - start;
    return r;
  }
}
interface Optimized {
  readonly graph: Graph;
  readonly records: readonly PassRecord[];
  readonly regions: readonly Region[];
}
/** Compiles a program as far as it is asked for; no code is generated. */
export const compileJaxpr = (jaxpr: ClosedJaxpr, pins?: Pins, target?: Target): Compilation => new Compilation(jaxpr, pins, undefined, target);
