// Why functions were compiled again, put together: sixty compilations for sixty shapes are one finding, with a count, what it cost and what to do about it.
import type { Cause, Compilation } from "../engine/report/types.ts";
import { t } from "./l10n.ts";

export interface CauseGroup {
  readonly key: string;
  readonly function: string;
  readonly kind: Cause["kind"];
  readonly argument: string | undefined;
  readonly compilations: readonly Compilation[];
  /** Milliseconds of all of them. */
  readonly ms: number;
}
export const costOf = (c: Compilation): number => (c.phases.trace ?? 0) + (c.phases.lower ?? 0) + (c.phases.compile ?? 0);

/** Largest cost first. A function's first compilation is nobody's fault: it is left out. */
export function causeGroups(list: readonly Compilation[]): CauseGroup[] {
  const groups = new Map<string, { first: Compilation; cause: Cause; all: Compilation[] }>();
  for (const c of list) {
    const seen = new Set<string>();
    for (const cause of c.causes) {
      if (cause.kind === "first") continue;
      const key = JSON.stringify([c.function, cause.kind, cause.argument ?? ""]);
      if (seen.has(key)) continue;
      seen.add(key);
      const group = groups.get(key);
      if (group) group.all.push(c);
      else groups.set(key, { first: c, cause, all: [c] });
    }
  }
  return [...groups]
    .map(([key, { first, cause, all }]) => ({
      key,
      function: first.function,
      kind: cause.kind,
      argument: cause.argument,
      compilations: all,
      ms: all.reduce((sum, c) => sum + costOf(c), 0),
    }))
    .sort((a, b) => b.ms - a.ms);
}
/** Milliseconds of all compilations in the groups. One with two causes is in two groups, and was one compilation. */
export const costOfAll = (groups: readonly CauseGroup[]): number =>
  [...new Set(groups.flatMap((g) => g.compilations))].reduce((sum, c) => sum + costOf(c), 0);
/** What differed at first and at last: "f32[2] … f32[61]". */
export function valuesOf(g: CauseGroup): string {
  const of = (c: Compilation | undefined): Cause | undefined => c?.causes.find((x) => x.kind === g.kind && x.argument === g.argument);
  const first = of(g.compilations[0]);
  const last = of(g.compilations.at(-1));
  if (!first?.now) return "";
  const before = first.before ? `${first.before} → ` : "";
  return g.compilations.length > 1 && last?.now ? `${before}${first.now} … ${last.now}` : `${before}${first.now}`;
}
export const CAUSE_NAMES: Readonly<Record<Cause["kind"], () => string>> = {
  first: () => t("first call"),
  shape: () => t("another shape"),
  dtype: () => t("another type"),
  weakType: () => t("a bare number instead of an array, or the other way round"),
  static: () => t("another static value"),
  tree: () => t("another structure"),
  newFunction: () => t("a new function, or a new value that it closes over"),
  placement: () => t("another device"),
  config: () => t("another configuration"),
  evicted: () => t("forgotten: the cache was full"),
};
/** What a person can do; `{0}` is the argument. */
const REMEDIES: Readonly<Record<Cause["kind"], (argument: string) => string>> = {
  first: () => "",
  shape: (x) => t("Each shape is a program of its own. Pad {0} to one size or a few, or move the loop over sizes out of jit.", x),
  dtype: (x) => t("Bring {0} to one type before the call, with astype.", x),
  weakType: (x) => t("Pass {0} as np.array(value, type) at every call: numbers are weakly typed.", x),
  static: (x) => t("Every value of {0} is a program of its own. If it is only computed with, take it out of staticArgnums.", x),
  tree: (x) => t("Give {0} the same keys and lengths at every call; stack lists that grow into one array.", x),
  newFunction: () => t("Call jit once, outside the loop or the function, and pass values that change as arguments."),
  placement: (x) => t("Keep {0} on one device.", x),
  config: () => t("Set the configuration once, before the first call."),
  evicted: () => t("Raise cacheSize of jit, or call with fewer different types."),
};
export const remedyOf = (g: CauseGroup): string => REMEDIES[g.kind](g.argument ?? t("the argument"));
