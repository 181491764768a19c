// Movement (transpose, slice, broadcast, …) only changes which element is read: an index map, never a copy.
import { isMovement } from "../../../graph/graph.ts";
import type { PlacementRule } from "./rule.ts";

export const indexMap: PlacementRule = {
  name: "movement is an index map",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer }, facts) =>
    isMovement(producer) && facts.inlineFlops(producer) === 0
      ? { fuse: true, reason: `${producer.op} only changes which element is read: it needs no kernel and no memory` }
      : null,
  otherwise: "pin it apart to store a copy in the order in which it is read",
};
