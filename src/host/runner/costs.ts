// What the machine's work costs and how fast it can be at best: each measured once and kept.
import type { EngineModule } from "./engineApi.ts";
import { keep, kept } from "./machineCache.ts";

type Tools = EngineModule["internals"];
type CostTable = ReturnType<Tools["machineCosts"]>;
type Ceilings = ReturnType<Tools["machineCeilings"]>;
const VERSION = 1;

/** @param measure whether to measure where nothing was kept: it takes a third of a second */
export function costsOfMachine({ internals }: EngineModule, measure: boolean): { readonly costs?: CostTable } {
  const before = kept("costs", VERSION);
  if (before === null && !measure) return {};
  const costs = internals.machineCosts(before);
  if (costs !== before) keep("costs", VERSION, costs);
  return { costs };
}
/** @param measure as above: a third of a second */
export function ceilingsOfMachine({ internals }: EngineModule, measure: boolean): { readonly ceilings?: NonNullable<Ceilings> } {
  const before = kept("ceilings", VERSION);
  if (before === null && !measure) return {};
  const ceilings = internals.machineCeilings(before);
  if (ceilings === null) return {};
  if (ceilings !== before) keep("ceilings", VERSION, ceilings);
  return { ceilings };
}
