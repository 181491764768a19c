// A value that several kernels need is computed in each only if that costs less than storing it once and reading it back.
import { nodeBytes, showBytes, showCount } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { PlacementRule } from "./rule.ts";

export const recomputeOrStore: PlacementRule = {
  name: "recompute or store",
  stage: "placement",
  decide: ({ producer, readers }, facts) => {
    const kernels = readers.length;
    const evaluations = readers.reduce((sum, r) => sum + r.evaluations, 0);
    const flops = Math.max(0, evaluations - sizeOfNode(producer)) * facts.inlineFlops(producer);
    const inputs = facts.leafBytes(producer);
    const bytes = nodeBytes(producer);
    const storing = inputs + bytes * (1 + kernels);
    const again = inputs * kernels;
    const computing = again + flops / facts.costs.flopsPerByte;
    const stored = `storing it once moves ${showBytes(storing)} (its operands are read once, it is written once and read ${kernels} times)`;
    const computed = `computing it in each of ${kernels} kernels moves ${showBytes(again)}${flops > 0 ? ` and takes ${showCount(flops, "operation")} more` : ""}`;
    return computing <= storing
      ? { fuse: true, reason: `${computed}; ${stored}`, otherwise: "computing an element took more operations, or fewer kernels needed it" }
      : { fuse: false, reason: `${stored}; ${computed}`, otherwise: "computing an element took fewer operations, or one kernel needed it" };
  },
  otherwise: "the costs were otherwise",
};
