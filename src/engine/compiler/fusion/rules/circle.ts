// A kernel between the two would need the joined kernel, and be needed by it.
import { sentence } from "../../../core/sentence.ts";
import type { JoinRule } from "./rule.ts";

export const circle: JoinRule = {
  name: "would make a circle",
  stage: "join",
  kept: "limit",
  decide: ({ producer, consumer, how, groups }) => {
    const between =
      groups.dependsThrough(producer, consumer) ||
      (how === "siblings" && (groups.dependsThrough(consumer, producer) || groups.reads(producer, consumer) || groups.reads(consumer, producer)));
    return between ? { fuse: false, reason: sentence("another kernel has to run between the two: it needs the first and feeds the second") } : null;
  },
  otherwise: sentence("take the value that stands between them from somewhere else"),
};
