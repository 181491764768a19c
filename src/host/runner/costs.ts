// What the machine's work costs and how fast it can be at best: each measured and kept for the kind of device that was measured, until the machine
// is another, or quieter than it was then.
import type { EngineModule } from "./engineApi.ts";
import { conditionsNow, isStale, keep, kept } from "./machineCache.ts";

type Tools = EngineModule["internals"];
type CostTable = ReturnType<Tools["machineCosts"]>;
type Ceilings = ReturnType<Tools["machineCeilings"]>;
const VERSION = 10;

/** @param measure whether to measure where nothing was kept, or what was kept is stale: it takes two seconds at most */
export function costsOfMachine(engine: EngineModule, measure: boolean): { readonly costs?: CostTable } {
  const costs = known(engine, "costs", measure, engine.internals.machineCosts, (c) => c.spread ?? null);
  return costs === null ? {} : { costs };
}
/** The same of native code, where the person wants that, beside WebAssembly's. It takes some seconds where nothing was kept: programs are compiled for it. */
export function nativeCostsOfMachine(engine: EngineModule, beside: CostTable | undefined): { readonly nativeCosts?: CostTable } {
  if (!beside || (engine.config.native ?? "off") === "off") return {};
  const nativeCosts = known(
    engine,
    "native costs",
    true,
    (before) => engine.internals.nativeCosts(before, beside),
    (c) => c?.spread ?? null,
  );
  return nativeCosts === null ? {} : { nativeCosts };
}
/** @param measure as above: a third of a second */
export function ceilingsOfMachine(engine: EngineModule, measure: boolean): { readonly ceilings?: NonNullable<Ceilings> } {
  const ceilings = known(engine, "ceilings", measure, engine.internals.machineCeilings, () => 0);
  return ceilings === null ? {} : { ceilings };
}
/**
 * @param read gives back what was kept where it is whole, else measures
 * @param spread by which part repeated measurements differed; null where nothing was measured: that is not kept
 */
function known<T>(
  { internals }: EngineModule,
  what: string,
  measure: boolean,
  read: (before: unknown) => T | null,
  spread: (t: T) => number | null,
): T | null {
  const name = `${what}-${internals.defaultDevice().platform}`;
  const folder = internals.thisUsersCache(),
    before = kept(folder, name, VERSION);
  if (before === null && !measure) return null;
  const now = conditionsNow();
  const isOld = measure && before !== null && isStale(before.conditions, now);
  const value = read(isOld ? null : (before?.value ?? null));
  const measured = value === null || value === before?.value ? null : spread(value);
  if (measured !== null) keep(folder, name, VERSION, value, { ...now, spread: measured });
  return value;
}
