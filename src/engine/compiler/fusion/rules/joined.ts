// Nothing speaks against it: two kernels become one, and what passed between them stays in registers.
import { sizeOf } from "../../../core/aval.ts";
import type { Node } from "../../../graph/graph.ts";
import { nodeBytes, showBytes } from "../cost.ts";
import type { Candidate } from "../groups.ts";
import type { JoinRule } from "./rule.ts";

const moved = (passed: readonly Node[]): string => showBytes(passed.reduce((s, n) => s + nodeBytes(n), 0));
const OTHERWISE = "the two ran through different loops";
const mapsRows = (a: Candidate, b: Candidate): boolean =>
  a.kind === "reduce" && (b.kind === "reduce" || sizeOf(b.signature.results.shape) !== sizeOf(a.signature.results.shape));

export const siblings: JoinRule = {
  name: "siblings",
  stage: "join",
  decide: ({ how }) =>
    how === "siblings" ? { fuse: true, reason: "both run over the same elements and read the same operand, once for both" } : null,
  otherwise: OTHERWISE,
};
export const sameRows: JoinRule = {
  name: "same rows",
  stage: "join",
  decide: ({ producer, consumer, passed }) =>
    mapsRows(producer, consumer)
      ? { fuse: true, reason: `the consumer runs over the same rows: ${moved(passed)} of ${opsOf(passed)} need not be read back` }
      : null,
  otherwise: OTHERWISE,
};
export const epilogue: JoinRule = {
  name: "epilogue",
  stage: "join",
  decide: ({ passed }) => ({
    fuse: true,
    reason: `the consumer takes each element of ${opsOf(passed)} while it is in a register: ${moved(passed)} need not be read back`,
  }),
  otherwise: OTHERWISE,
};
const opsOf = (passed: readonly Node[]): string => [...new Set(passed.map((n) => n.op))].join(" and ");
