// A handful of elements is computed in every kernel that needs them: a kernel of their own would cost more to start.
import { sentence } from "../../../core/sentence.ts";
import { showNumber } from "../cost.ts";
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
      reason:
        size === 1
          ? sentence("it has only 1 element: computing it again in {0} kernels costs less than a kernel of its own", readers.length)
          : sentence(
              "it has only {0} elements: computing them again in {1} kernels costs less than a kernel of its own",
              showNumber(size),
              readers.length,
            ),
    };
  },
  otherwise: sentence("pin it apart to compute it once"),
};
