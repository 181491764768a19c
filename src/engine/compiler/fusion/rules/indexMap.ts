// Movement (transpose, slice, broadcast, …) only changes which element is read: an index map, never a copy.
import { isMovement } from "../../../graph/graph.ts";
import type { PlacementRule } from "./rule.ts";

export const indexMap: PlacementRule = {
  name: "movement is an index map",
  stage: "placement",
  decide: ({ producer }, facts) =>
    isMovement(producer) && facts.inlineFlops(producer) === 0
      ? { fuse: true, reason: `${producer.op} only changes which element is read, so it costs neither a kernel nor memory` }
      : null,
  otherwise: "its elements were computed on the way and each were read more than twice",
};
