// A value that one kernel needs is computed there.
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
    const often = times > 1 ? `, ${times} times for each element` : "";
    return { fuse: true, reason: `one kernel needs it and computes it on the spot${often}: ${showBytes(2 * nodeBytes(producer))} less to move` };
  },
  otherwise: "pin it apart to store the value",
};
