// Nothing speaks against it: two kernels become one, and what passed between them stays in registers.
import { sizeOf } from "../../../core/aval.ts";
import type { Node } from "../../../graph/graph.ts";
import { nodeBytes, showBytes } from "../cost.ts";
import type { Candidate } from "../groups.ts";
import type { JoinRule } from "./rule.ts";

const moved = (passed: readonly Node[]): string => showBytes(passed.reduce((s, n) => s + nodeBytes(n), 0));
const OTHERWISE = "pin it apart to store the value";
const mapsRows = (a: Candidate, b: Candidate): boolean =>
  a.kind === "reduce" && (b.kind === "reduce" || sizeOf(b.signature.results.shape) !== sizeOf(a.signature.results.shape));

export const siblings: JoinRule = {
  name: "siblings",
  stage: "join",
  kept: "limit",
  decide: ({ how }) =>
    how === "siblings" ? { fuse: true, reason: "both walk the same elements and read the same array, so one pass serves both" } : null,
  otherwise: OTHERWISE,
};
export const sameRows: JoinRule = {
  name: "same rows",
  stage: "join",
  kept: "limit",
  decide: ({ producer, consumer, passed }) =>
    mapsRows(producer, consumer)
      ? { fuse: true, reason: `the next operation walks the same rows: ${moved(passed)} of ${opsOf(passed)} need not be read back` }
      : null,
  otherwise: OTHERWISE,
};
export const epilogue: JoinRule = {
  name: "epilogue",
  stage: "join",
  kept: "limit",
  decide: ({ passed }) => ({
    fuse: true,
    reason: `the next operation takes each element of ${opsOf(passed)} while it is in a register: ${moved(passed)} need not be read back`,
  }),
  otherwise: OTHERWISE,
};
const opsOf = (passed: readonly Node[]): string => [...new Set(passed.map((n) => n.op))].join(" and ");
