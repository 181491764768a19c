// One kernel has one set of loops.
import { sentence } from "../../../core/sentence.ts";
import type { JoinRule } from "./rule.ts";

export const otherLoops: JoinRule = {
  name: "other loops",
  stage: "join",
  kept: "limit",
  decide: ({ loops }) => (loops.signature ? null : { fuse: false, reason: loops.reason, otherwise: loops.otherwise }),
  otherwise: sentence("make both walk the same elements in the same order"),
};
