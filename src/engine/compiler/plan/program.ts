// The plan of a whole program: its regions share one arena, one table of constants and one list of kernels.
import type { NDArray } from "../../core/value.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import type { Region } from "../../graph/regions.ts";
import { type Fusion, fuse } from "../fusion/fuse.ts";
import type { Group } from "../fusion/groups.ts";
import type { Pins } from "../fusion/pins.ts";
import type { Kernel } from "../kernel/ir.ts";
import { type Target, WASM } from "../target.ts";
import { Arena } from "./arena.ts";
import { copies } from "./copies.ts";
import { type RegionOptions, RegionPlanner } from "./region.ts";
import { takers } from "./takers.ts";
import { type Place, type Plan, type PlannedKernel, samePlace } from "./types.ts";

export class ProgramPlanner {
  readonly arena: Arena;
  readonly kernels: PlannedKernel[] = [];
  readonly constants: NDArray[] = [];
  readonly fusions = new Map<Region, Fusion>();
  fuseMilliseconds = 0;
  readonly #regionOf: ReadonlyMap<Graph, Region>;
  readonly #constantSlots = new Map<NDArray, number>();
  constructor(
    regions: readonly Region[],
    readonly pins: Pins,
    readonly target: Target,
    readonly firstConstant: number,
  ) {
    this.arena = new Arena(target.alignment);
    this.#regionOf = new Map(regions.map((r) => [r.graph, r]));
  }
  fuse(region: Region): Fusion {
    const start = performance.now();
    const fusion = fuse(region.graph, this.pins, this.target);
    this.fuseMilliseconds += performance.now() - start;
    this.fusions.set(region, fusion);
    return fusion;
  }
  /** Plans a region, whose results then lie in `outs`; `planner.close()` gives back its memory. */
  region(graph: Graph, options: RegionOptions): { readonly planner: RegionPlanner; readonly outs: readonly Place[] } {
    const planner = new RegionPlanner(this, this.#regionOf.get(graph)!, options);
    return { planner, outs: planner.run() };
  }
  planned(group: Group, kernel: Kernel, region: Region): PlannedKernel {
    const k: PlannedKernel = { id: this.kernels.length, kernel, group, nodes: [...group.nodes], outputs: group.outputs, region };
    this.kernels.push(k);
    return k;
  }
  /** The slot of a constant; equal arrays have one. */
  constant(n: Node<"constant">): Place {
    let slot = this.#constantSlots.get(n.attrs.value);
    if (slot === undefined) {
      slot = this.firstConstant + this.constants.length;
      this.#constantSlots.set(n.attrs.value, slot);
      this.constants.push(n.attrs.value);
    }
    return { kind: "slot", slot };
  }
}
/**
 * Plans a whole program, given as its regions, the main one first. Slots: parameters, then results, then constants.
 * @param donated by parameter: whether a result of its type may have its memory. A grid's shaders have no array twice, so there nothing is taken.
 */
export function planProgram(regions: readonly Region[], pins: Pins = new Map(), target: Target = WASM, donated: readonly boolean[] = []): Plan {
  const { graph } = regions[0]!;
  const params = graph.params.map((p) => p.type);
  const outs = graph.outs.map((o) => o.type);
  const planner = new ProgramPlanner(regions, pins, target, params.length + outs.length);
  const slots = (from: number, count: number): Place[] => Array.from({ length: count }, (_v, i) => ({ kind: "slot", slot: from + i }));
  const wanted = slots(params.length, outs.length);
  const places = slots(0, params.length);
  const replaces = target.parallelism.grid ? outs.map(() => null) : takers(params, outs, donated);
  const main = planner.region(graph, { params: places, wanted, replaces });
  const takes = replaces.map((p, i) => (p !== null && samePlace(main.outs[i]!, places[p]!) ? p : null));
  const ends = takes.map((p, i) => (p === null ? wanted[i]! : places[p]!));
  return {
    steps: [...main.planner.steps, ...copies(main.outs, ends, graph.outs)],
    takes,
    kernels: planner.kernels,
    regions: regions.map((r) => ({ ...r, fusion: planner.fusions.get(r)! })),
    params,
    outs,
    constants: planner.constants,
    fuseMilliseconds: planner.fuseMilliseconds,
    arenaBytes: planner.arena.size,
    unplannedBytes: planner.arena.unplanned,
  };
}
