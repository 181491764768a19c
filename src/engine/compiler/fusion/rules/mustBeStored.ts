// A value that leaves the program, or that something reads from memory, has a place in memory in any case.
import { sentence } from "../../../core/sentence.ts";
import type { PlacementRule } from "./rule.ts";

export const mustBeStored: PlacementRule = {
  name: "must be stored",
  stage: "placement",
  kept: "needed",
  decide: ({ stored }) => (stored ? { fuse: false, ...stored } : null),
  otherwise: sentence("remove what needs it in memory"),
};
