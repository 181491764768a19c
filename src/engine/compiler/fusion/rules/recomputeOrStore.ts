// A value that several kernels need is computed in each only if that costs less than storing it once and reading it back.
import { sentence } from "../../../core/sentence.ts";
import { nodeBytes, showBytes, showOperations } from "../cost.ts";
import type { Node } from "../../../graph/graph.ts";
import { type Facts, sizeOfNode } from "../facts.ts";
import { type Candidate, siblingKey } from "../groups.ts";
import type { PlacementRule, Reader } from "./rule.ts";

/** Readers of very many kernels, and long ways between two of them, are not looked through. */
const MOST_SEARCHED = 64;
const MOST_READERS = 16;
export const recomputeOrStore: PlacementRule = {
  name: "recompute or store",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer, readers }, facts) => {
    const passes = readers.length > MOST_READERS ? readers.map((r) => r.evaluations) : passesOf(readers, facts);
    const kernels = passes.length;
    const evaluations = passes.reduce((sum, p) => sum + p, 0);
    const flops = Math.max(0, evaluations - sizeOfNode(producer)) * facts.inlineFlops(producer);
    const inputs = facts.leafBytes(producer);
    const bytes = nodeBytes(producer);
    const storing = inputs + bytes * (1 + kernels);
    const again = inputs * kernels;
    const read = again === 0 ? sentence("nothing in memory") : showBytes(again);
    // Arithmetic that is done again costs as much wherever the value lies; moving one that the caches hold costs far less.
    const { cached, flopsPerByte } = facts.costs;
    const computing = again + flops / (bytes <= cached.bytes ? cached.flopsPerByte : flopsPerByte);
    return computing <= storing
      ? {
          fuse: true,
          reason:
            flops > 0
              ? sentence(
                  "{0} kernels need it, and each computes it from {1}, with {2} more; storing it once would move {3}",
                  kernels,
                  read,
                  showOperations(flops),
                  showBytes(storing),
                )
              : sentence("{0} kernels need it, and each computes it from {1}; storing it once would move {2}", kernels, read, showBytes(storing)),
          otherwise: sentence("pin it apart to compute it once"),
        }
      : {
          fuse: false,
          reason:
            flops > 0
              ? sentence(
                  "{0} kernels need it: storing it once moves {1}; computing it in each would read {2}, with {3} more",
                  kernels,
                  showBytes(storing),
                  read,
                  showOperations(flops),
                )
              : sentence("{0} kernels need it: storing it once moves {1}; computing it in each would read {2}", kernels, showBytes(storing), read),
          otherwise: sentence("make it cheaper to compute, or read it in one kernel: same shape, same order"),
          again: flops,
        };
  },
  otherwise: sentence("pin it"),
};
/**
 * Evaluations of each pass over the value: what reduces the same rows becomes one kernel, which computes an element once for all. Not so where one of the
 * reductions waits for another: each of the two goes over the rows.
 */
function passesOf(readers: readonly Reader[], facts: Facts): number[] {
  const passes: { readonly key: string | null; readonly kernels: Candidate[]; evaluations: number }[] = [];
  for (const { kernel, evaluations } of readers) {
    const key = kernel.kind === "reduce" ? siblingKey(kernel) : null;
    const pass = key === null ? undefined : passes.find((p) => p.key === key && p.kernels.every((k) => !isChained(k, kernel, facts)));
    if (pass) {
      pass.kernels.push(kernel);
      pass.evaluations = Math.max(pass.evaluations, evaluations);
    } else passes.push({ key, kernels: [kernel], evaluations });
  }
  return passes.map((p) => p.evaluations);
}
/** Whether one of two kernels needs the other's result, or might: a search that takes too long counts as found. */
function isChained(a: Candidate, b: Candidate, facts: Facts): boolean {
  const [first, last] = a.last < b.last ? [a, b] : [b, a];
  const seen = new Set<Node>();
  const open = last.hero ? [last.hero] : [];
  for (let n = open.pop(); n; n = open.pop()) {
    if (n === first.hero) return true;
    for (const i of n.inputs)
      if (!seen.has(i) && facts.position(i) >= first.first) {
        if (seen.size >= MOST_SEARCHED) return true;
        seen.add(i);
        open.push(i);
      }
  }
  return false;
}
