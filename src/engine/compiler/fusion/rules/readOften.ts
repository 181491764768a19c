// What a kernel would evaluate many times for each element is computed once, unless it is very cheap.
import { sizeOfNode } from "../facts.ts";
import { showCount } from "../cost.ts";
import type { PlacementRule } from "./rule.ts";

export const readOften: PlacementRule = {
  name: "computed once, read often",
  stage: "placement",
  decide: ({ producer, readers }, facts) => {
    const size = sizeOfNode(producer);
    const most = Math.max(0, ...readers.map((r) => r.evaluations));
    const flops = facts.inlineFlops(producer);
    const { cheapFlops } = facts.costs;
    if (most <= 2 * size || flops <= cheapFlops) return null;
    const times = Math.round(most / Math.max(size, 1));
    return {
      fuse: false,
      reason: `a kernel that reads it would compute each of its elements ${times} times, at ${showCount(flops, "operation")} each; stored, each is computed once`,
      otherwise: `an element took at most ${showCount(cheapFlops, "operation")}, or were needed at most twice`,
    };
  },
  otherwise: "its elements were cheaper",
};
