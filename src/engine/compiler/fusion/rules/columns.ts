// A column of an array is read far apart: its neighbours are not neighbours in memory, so loops along it load their lanes one by one. Read often, it is copied
// once into the order of reading.
import { sentence } from "../../../core/sentence.ts";
import type { Node } from "../../../graph/graph.ts";
import { showNumber } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { PlacementRule } from "./rule.ts";

/** Fewer reads of each element, or fewer elements, are not worth a kernel. */
const LEAST_READS = 8;
const LEAST_ELEMENTS = 64;

export const columns: PlacementRule = {
  name: "column read often",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer, readers }) => {
    const apart = stride(producer);
    const size = sizeOfNode(producer);
    const reads = Math.floor(Math.max(0, ...readers.map((r) => r.evaluations)) / Math.max(1, size));
    if (apart < 2 || size < LEAST_ELEMENTS || reads < LEAST_READS) return null;
    return {
      fuse: false,
      reason: sentence(
        "each element is read {0} times, and the next one lies {1} elements further on: it is copied once into the order of reading",
        showNumber(reads),
        apart,
      ),
    };
  },
  otherwise: sentence("put the axis that is cut first, so that a column lies side by side"),
};
/** How far apart neighbours lie in what a slice cuts one place out of the last axis; 1 for anything else. */
function stride(n: Node): number {
  const last = n.shape.at(-1);
  return n.is("slice", "dynamic_slice") && last === 1 && n.shape.length > 1 ? n.inputs[0]!.shape.at(-1)! : 1;
}
