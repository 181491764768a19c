// Concatenation, scatter and updates of a slice write parts of an array: they have no loop over its elements that another could share.
import type { JoinRule } from "./rule.ts";

export const writesParts: JoinRule = {
  name: "writes parts",
  stage: "join",
  kept: "limit",
  decide: ({ producer, consumer }) => {
    const region = [producer, consumer].find((c) => c.kind === "region");
    if (!region) return null;
    const op = region.hero!.op;
    return {
      fuse: false,
      reason: `${op} writes an array part by part, so no loop walks all of its elements`,
      otherwise: region === producer ? `apply the operation to the parts, before ${op}` : `build the array without ${op}, for example with np.where`,
    };
  },
  otherwise: "compute every element in one loop",
};
