// A value that one kernel needs is computed there.
import { sentence } from "../../../core/sentence.ts";
import { nodeBytes, showBytes } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { PlacementRule } from "./rule.ts";

export const singleConsumer: PlacementRule = {
  name: "single consumer",
  stage: "placement",
  kept: "limit",
  decide: ({ producer, readers }) => {
    const [reader] = readers;
    if (readers.length > 1) return null;
    const times = reader ? Math.round(reader.evaluations / Math.max(1, sizeOfNode(producer))) : 1;
    const saved = showBytes(2 * nodeBytes(producer));
    return {
      fuse: true,
      reason:
        times > 1
          ? sentence("one kernel needs it and computes it on the spot, {0} times for each element: {1} less to move", times, saved)
          : sentence("one kernel needs it and computes it on the spot: {0} less to move", saved),
    };
  },
  otherwise: sentence("pin it apart to store the value"),
};
