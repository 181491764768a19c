// A person has decided about this edge.
import { sentence } from "../../../core/sentence.ts";
import type { JoinRule, PlacementRule } from "./rule.ts";

const NAME = "pinned";
const APART = { fuse: false, reason: sentence("you pinned it apart") };
const OTHERWISE = sentence("remove the pin");
export const pinnedPlacement: PlacementRule = {
  name: NAME,
  stage: "placement",
  kept: "pinned",
  decide: ({ pin, stored }) =>
    pin === "split" ? APART : pin === "fuse" && !stored ? { fuse: true, reason: sentence("you pinned it together") } : null,
  otherwise: OTHERWISE,
};
export const pinnedJoin: JoinRule = {
  name: NAME,
  stage: "join",
  kept: "pinned",
  decide: ({ pin }) => (pin === "split" ? APART : null),
  otherwise: OTHERWISE,
};
