// What a kernel would evaluate many times for each element is computed once, unless it is very cheap.
import { sentence } from "../../../core/sentence.ts";
import { sizeOfNode } from "../facts.ts";
import { showOperations } from "../cost.ts";
import type { PlacementRule } from "./rule.ts";

/** So many operations in all at the reads of an element are not very cheap either, where one of them is dearer than the read itself: a division. */
const MOST_AGAIN = 24;
const DEARER_THAN_READING = 4;
export const readOften: PlacementRule = {
  name: "computed once, read often",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer, readers }, facts) => {
    const size = sizeOfNode(producer);
    const most = Math.max(0, ...readers.map((r) => r.evaluations));
    const flops = facts.inlineFlops(producer);
    const { cheapFlops } = facts.costs;
    const times = Math.round(most / Math.max(size, 1));
    const isCheap = flops <= cheapFlops && (flops < DEARER_THAN_READING || size === 1 || times * flops <= MOST_AGAIN);
    if (most <= 2 * size || isCheap) return null;
    return {
      fuse: false,
      reason: sentence(
        "one kernel reads each element {0} times: it is stored once, or it would be computed again at each read, at {1}",
        times,
        showOperations(flops),
      ),
      otherwise: sentence("make an element cost {0} or less, or read each element at most twice", showOperations(cheapFlops)),
      again: (readers.reduce((sum, r) => sum + r.evaluations, 0) - size) * flops,
    };
  },
  otherwise: sentence("make its elements cheaper to compute"),
};
