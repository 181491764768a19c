// A value that one kernel needs is computed there.
import { nodeBytes, showBytes } from "../cost.ts";
import type { PlacementRule } from "./rule.ts";

export const singleConsumer: PlacementRule = {
  name: "single consumer",
  stage: "placement",
  decide: ({ producer, readers }) =>
    readers.length <= 1
      ? { fuse: true, reason: `the only kernel that needs it computes it on the spot, and ${showBytes(2 * nodeBytes(producer))} less are moved` }
      : null,
  otherwise: "a second kernel needed it, and computing it there as well cost more than storing it",
};
