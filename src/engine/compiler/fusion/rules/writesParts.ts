// Concatenation, scatter and updates of a slice write parts of an array: they have no loop over its elements that another could share.
import { sentence } from "../../../core/sentence.ts";
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
      reason: sentence("{0} writes an array part by part, so no loop walks all of its elements", op),
      otherwise:
        region === producer
          ? sentence("apply the operation to the parts, before {0}", op)
          : sentence("build the array without {0}, for example with np.where", op),
    };
  },
  otherwise: sentence("compute every element in one loop"),
};
