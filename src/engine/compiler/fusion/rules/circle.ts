// A kernel between the two would need the joined kernel, and be needed by it.
import type { JoinRule } from "./rule.ts";

export const circle: JoinRule = {
  name: "would make a circle",
  stage: "join",
  decide: ({ producer, consumer, how, groups }) => {
    const between =
      groups.dependsThrough(producer, consumer) ||
      (how === "siblings" && (groups.dependsThrough(consumer, producer) || groups.reads(producer, consumer) || groups.reads(consumer, producer)));
    return between ? { fuse: false, reason: "a kernel between the two needs the one and is needed by the other" } : null;
  },
  otherwise: "no other kernel stood between them",
};
