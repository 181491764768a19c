// From kernels to source lines. A kernel's time is split over its nodes by what their instructions cost, then over the lines of their
// equations.
import type { KernelCost } from "../../compiler/cost/kernelCost.ts";
import type { PlannedKernel } from "../../compiler/plan/types.ts";
import type { Node } from "../../graph/graph.ts";
import type { Place } from "../programLines.ts";
import type { LineShare } from "../types.ts";
import type { KernelContext } from "./kernels.ts";
import { stackOf } from "./levels.ts";

/** The lines that caused a node: the innermost line of the user's of each of its equations. */
function linesOf(n: Node, c: KernelContext): Place[] {
  const found = new Map<string, Place>();
  for (const e of n.origin) {
    const f = c.places.top(stackOf(c.places, e));
    if (f) found.set(`${f.file}:${f.line}`, { file: f.file, line: f.line });
  }
  return found.size ? [...found.values()] : [c.home];
}
/** What an operation weighs at least, of an even part: its line stays known where it costs nothing. */
const LEAST = 1e-4;
export function kernelLines(k: PlannedKernel, cost: KernelCost, c: KernelContext): LineShare[] {
  const weights = new Map<string, { place: Place; weight: number }>();
  const all = [...cost.nodes.values()].reduce((a, b) => a + b, 0) || 1;
  const least = (LEAST * all) / Math.max(1, k.nodes.length);
  for (const n of k.nodes) {
    const weight = (cost.nodes.get(n) ?? 0) + least;
    const places = linesOf(n, c);
    for (const place of places) {
      const key = `${place.file}:${place.line}`;
      const have = weights.get(key) ?? { place, weight: 0 };
      have.weight += weight / places.length;
      weights.set(key, have);
    }
  }
  const lines = [...weights.values()];
  const total = lines.reduce((s, w) => s + w.weight, 0) || 1;
  return lines.map((w) => ({ ...w.place, share: w.weight / total })).sort((a, b) => b.share - a.share);
}
