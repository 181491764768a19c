// A value that several kernels need is computed in each only if that costs less than storing it once and reading it back.
import { nodeBytes, showBytes, showCount } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { PlacementRule } from "./rule.ts";

export const recomputeOrStore: PlacementRule = {
  name: "recompute or store",
  stage: "placement",
  kept: "cheaper",
  decide: ({ producer, readers }, facts) => {
    const kernels = readers.length;
    const evaluations = readers.reduce((sum, r) => sum + r.evaluations, 0);
    const flops = Math.max(0, evaluations - sizeOfNode(producer)) * facts.inlineFlops(producer);
    const inputs = facts.leafBytes(producer);
    const bytes = nodeBytes(producer);
    const storing = inputs + bytes * (1 + kernels);
    const again = inputs * kernels;
    const computing = again + flops / facts.costs.flopsPerByte;
    const more = flops > 0 ? `, with ${showCount(flops, "more operation")}` : "";
    return computing <= storing
      ? {
          fuse: true,
          reason: `${kernels} kernels need it, and each computes it from ${showBytes(again)}${more}; storing it once would move ${showBytes(storing)}`,
          otherwise: "pin it apart to compute it once",
        }
      : {
          fuse: false,
          reason: `${kernels} kernels need it: storing it once moves ${showBytes(storing)}; computing it in each would read ${showBytes(again)}${more}`,
          otherwise: "make it cheaper to compute, or read it in one kernel: same shape, same order",
          again: flops,
        };
  },
  otherwise: "pin it",
};
