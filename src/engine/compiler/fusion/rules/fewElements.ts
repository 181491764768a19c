// A handful of elements is computed in every kernel that needs them: a kernel of their own would cost more to start.
import { showCount } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { PlacementRule } from "./rule.ts";

/** So many times as dear as a cheap element, and the element is not cheap any more. */
const STILL_CHEAP = 4;
/** What is computed from it is computed again as well, so the kernels and the arithmetic are bounded: else chains of such values would grow quadratically. */
const MOST_KERNELS = 32;
const MOST_OPERATIONS = 2048;
export const fewElements: PlacementRule = {
  name: "few elements",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer, readers }, facts) => {
    const size = sizeOfNode(producer);
    const { smallElements, cheapFlops } = facts.costs;
    const flops = facts.inlineFlops(producer);
    if (size > smallElements || flops > STILL_CHEAP * cheapFlops) return null;
    const evaluations = readers.reduce((sum, r) => sum + r.evaluations, 0);
    if (readers.length > MOST_KERNELS || (evaluations - size) * flops > MOST_OPERATIONS) return null;
    return {
      fuse: true,
      reason: `it has only ${showCount(size, "element")}: computing ${size === 1 ? "it" : "them"} again in ${readers.length} kernels costs less than a kernel of its own`,
    };
  },
  otherwise: "pin it apart to compute it once",
};
