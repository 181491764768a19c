// Concatenation, scatter and updates of a slice write parts of an array: they have no loop over its elements that another could share.
import type { JoinRule } from "./rule.ts";

export const writesParts: JoinRule = {
  name: "writes parts",
  stage: "join",
  decide: ({ producer, consumer }) => {
    const region = [producer, consumer].find((c) => c.kind === "region");
    return region
      ? { fuse: false, reason: `${region.hero!.op} writes parts of an array, so there is no moment at which it has just computed an element` }
      : null;
  },
  otherwise: "it computed every element of its result in one loop",
};
