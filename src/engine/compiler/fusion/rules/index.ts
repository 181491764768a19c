// The rules in the order in which they are asked. To add one: an object in a file of its own, and a line here.
import { circle } from "./circle.ts";
import { columns } from "./columns.ts";
import { computedTwice } from "./computedTwice.ts";
import { fewElements } from "./fewElements.ts";
import { fullJoin, fullPlacement } from "./fullKernel.ts";
import { indexMap } from "./indexMap.ts";
import { epilogue, sameRows, siblings } from "./joined.ts";
import { mustBeStored } from "./mustBeStored.ts";
import { oneMainOperation } from "./oneMainOperation.ts";
import { otherLoops } from "./otherLoops.ts";
import { pinnedJoin, pinnedPlacement } from "./pinned.ts";
import { readOften } from "./readOften.ts";
import { recomputeOrStore } from "./recomputeOrStore.ts";
import type { JoinRule, PlacementRule } from "./rule.ts";
import { singleConsumer } from "./singleConsumer.ts";
import { standalone } from "./standalone.ts";
import { writesParts } from "./writesParts.ts";

/** The last has an opinion on every edge. */
export const PLACEMENT: readonly PlacementRule[] = [
  mustBeStored,
  pinnedPlacement,
  fullPlacement,
  columns,
  indexMap,
  readOften,
  singleConsumer,
  fewElements,
  recomputeOrStore,
];
/** Refusals first, the cheapest to ask before the dearest; then what the joined kernel is called. */
export const JOIN: readonly JoinRule[] = [
  standalone,
  writesParts,
  oneMainOperation,
  pinnedJoin,
  otherLoops,
  computedTwice,
  fullJoin,
  circle,
  siblings,
  sameRows,
  epilogue,
];
