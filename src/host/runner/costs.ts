// What the machine's work costs and how fast it can be at best: each measured and kept, until the machine
// is another, or quieter than it was then.
import type { EngineModule } from "./engineApi.ts";
import { conditionsNow, isStale, keep, kept } from "./machineCache.ts";

type Tools = EngineModule["internals"];
type CostTable = ReturnType<Tools["machineCosts"]>;
type Ceilings = ReturnType<Tools["machineCeilings"]>;
const VERSION = 2;

/** @param measure whether to measure where nothing was kept, or what was kept is stale: it takes a third of a second */
export function costsOfMachine({ internals }: EngineModule, measure: boolean): { readonly costs?: CostTable } {
  const costs = known("costs", measure, internals.machineCosts, (c) => c.spread ?? 0);
  return costs === null ? {} : { costs };
}
/** @param measure as above: a third of a second */
export function ceilingsOfMachine({ internals }: EngineModule, measure: boolean): { readonly ceilings?: NonNullable<Ceilings> } {
  const ceilings = known("ceilings", measure, internals.machineCeilings, () => 0);
  return ceilings === null ? {} : { ceilings };
}
/** @param read gives back what was kept where it is whole, else measures */
function known<T>(name: string, measure: boolean, read: (before: unknown) => T | null, spread: (t: T) => number): T | null {
  const before = kept(name, VERSION);
  if (before === null && !measure) return null;
  const now = conditionsNow();
  const isOld = measure && before !== null && isStale(before.conditions, now);
  const value = read(isOld ? null : (before?.value ?? null));
  if (value !== null && value !== before?.value) keep(name, VERSION, value, { ...now, spread: spread(value) });
  return value;
}
