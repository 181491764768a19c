// Which edges a pin of a row names. Apart: the edges themselves. Together: also those along which the value is computed, or the part before it would be
// stored in its place.
import type { Decision } from "../../engine/report/types.ts";
import type { Lookup } from "../lookup.ts";

/** How our compiler names an edge; others may name theirs otherwise. */
export const isEdge = (id: string): boolean => /^\d+>\d+$/.test(id);
/** So many pins at most: a command line bears no more. */
const MOST = 200;
export function pinsFor(lookup: Lookup, members: readonly Decision[], verdict: "fuse" | "split"): string[] {
  const pins = new Set(members.filter((d) => isEdge(d.id)).map((d) => `${d.id}=${verdict}`));
  if (verdict === "fuse") for (const d of along(lookup, members)) if (isEdge(d.id)) pins.add(`${d.id}=fuse`);
  return [...pins].slice(0, MOST);
}
const known = new WeakMap<Lookup, ReadonlyMap<string, readonly Decision[]>>();
/** Fused edges by what they lead into. Every row that is drawn asks. */
function fusedInto(lookup: Lookup): ReadonlyMap<string, readonly Decision[]> {
  const have = known.get(lookup);
  if (have) return have;
  const into = new Map<string, Decision[]>();
  for (const d of lookup.decisions)
    if (d.fused) {
      const list = into.get(d.consumer);
      if (list) list.push(d);
      else into.set(d.consumer, [d]);
    }
  known.set(lookup, into);
  return into;
}
/** The fused edges behind the values, up to what lies in memory. */
function along(lookup: Lookup, members: readonly Decision[]): Decision[] {
  const into = fusedInto(lookup);
  const found: Decision[] = [];
  const seen = new Set<string>();
  const open = [...new Set(members.map((d) => d.producer))];
  for (let at = open.pop(); at !== undefined && found.length < MOST; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const d of into.get(at) ?? []) {
      found.push(d);
      open.push(d.producer);
    }
  }
  return found;
}
