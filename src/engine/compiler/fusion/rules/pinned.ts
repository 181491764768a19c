// A person has decided about this edge.
import type { JoinRule, PlacementRule } from "./rule.ts";

const NAME = "pinned";
const APART = { fuse: false, reason: "a person pinned it apart" };
export const pinnedPlacement: PlacementRule = {
  name: NAME,
  stage: "placement",
  decide: ({ pin, stored }) => (pin === "split" ? APART : pin === "fuse" && !stored ? { fuse: true, reason: "a person pinned it together" } : null),
  otherwise: "the pin were removed",
};
export const pinnedJoin: JoinRule = {
  name: NAME,
  stage: "join",
  decide: ({ pin }) => (pin === "split" ? APART : null),
  otherwise: "the pin were removed",
};
