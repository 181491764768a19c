// A value that several kernels need is computed in each only if that costs less than storing it once and reading it back.
import { sentence } from "../../../core/sentence.ts";
import { nodeBytes, showBytes, showOperations } from "../cost.ts";
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
    const read = again === 0 ? sentence("nothing in memory") : showBytes(again);
    // Arithmetic that is done again costs as much wherever the value lies; moving one that the caches hold costs far less.
    const { cached, flopsPerByte } = facts.costs;
    const computing = again + flops / (bytes <= cached.bytes ? cached.flopsPerByte : flopsPerByte);
    return computing <= storing
      ? {
          fuse: true,
          reason:
            flops > 0
              ? sentence(
                  "{0} kernels need it, and each computes it from {1}, with {2} more; storing it once would move {3}",
                  kernels,
                  read,
                  showOperations(flops),
                  showBytes(storing),
                )
              : sentence("{0} kernels need it, and each computes it from {1}; storing it once would move {2}", kernels, read, showBytes(storing)),
          otherwise: sentence("pin it apart to compute it once"),
        }
      : {
          fuse: false,
          reason:
            flops > 0
              ? sentence(
                  "{0} kernels need it: storing it once moves {1}; computing it in each would read {2}, with {3} more",
                  kernels,
                  showBytes(storing),
                  read,
                  showOperations(flops),
                )
              : sentence("{0} kernels need it: storing it once moves {1}; computing it in each would read {2}", kernels, showBytes(storing), read),
          otherwise: sentence("make it cheaper to compute, or read it in one kernel: same shape, same order"),
          again: flops,
        };
  },
  otherwise: sentence("pin it"),
};
