// Movement (transpose, slice, broadcast, …) only changes which element is read: an index map, never a copy.
import { sentence } from "../../../core/sentence.ts";
import { isMovement } from "../../../graph/graph.ts";
import type { PlacementRule } from "./rule.ts";

export const indexMap: PlacementRule = {
  name: "movement is an index map",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer }, facts) =>
    isMovement(producer) && facts.inlineFlops(producer) === 0
      ? { fuse: true, reason: sentence("{0} only changes which element is read: it needs no kernel and no memory", producer.op) }
      : null,
  otherwise: sentence("pin it apart to store a copy in the order in which it is read"),
};
