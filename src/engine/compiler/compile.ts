// The compiler's front door: closed jaxpr → graph → passes → plan. A backend turns the plan into something that runs.
import type { ClosedJaxpr } from "../core/jaxpr.ts";
import type { Graph } from "../graph/graph.ts";
import { lowerClosed } from "../graph/lower.ts";
import { numberProgram } from "../graph/regions.ts";
import { type Pins, checkPins } from "./fusion/pins.ts";
import { runPasses } from "./passes/pipeline.ts";
import type { PassRecord } from "./passes/rewrite.ts";
import { type Plan, planProgram } from "./plan.ts";
import { optimizeRegions } from "./passes/regions.ts";

export interface Compilation {
  readonly jaxpr: ClosedJaxpr;
  readonly traced: Graph;
  readonly graph: Graph;
  readonly passes: readonly PassRecord[];
  readonly plan: Plan;
  /** Milliseconds of each phase. */
  readonly phases: { readonly lower: number; readonly passes: number; readonly plan: number };
}
/**
 * Compiles a program up to its plan; no code is generated. The ids of its nodes, kernels and regions do not depend on pins.
 * @throws PinError where a pin names no edge of the program
 */
export function compileJaxpr(jaxpr: ClosedJaxpr, pins?: Pins): Compilation {
  const t0 = performance.now(),
    traced = lowerClosed(jaxpr),
    t1 = performance.now();
  const { graph, records } = runPasses(optimizeRegions(traced)),
    regions = numberProgram(graph);
  if (pins)
    checkPins(
      pins,
      regions.map((r) => r.graph),
      regions[0]!.name,
    );
  const t2 = performance.now(),
    plan = planProgram(regions, pins),
    t3 = performance.now();
  return { jaxpr, traced, graph, passes: records, plan, phases: { lower: t1 - t0, passes: t2 - t1, plan: t3 - t2 } };
}
