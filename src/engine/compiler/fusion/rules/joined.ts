// Nothing speaks against it: two kernels become one, and what passed between them stays in registers.
import { type Sentence, listed, sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { Node } from "../../../graph/graph.ts";
import { nodeBytes, showBytes } from "../cost.ts";
import type { Candidate } from "../groups.ts";
import type { JoinRule } from "./rule.ts";

const moved = (passed: readonly Node[]): string => showBytes(passed.reduce((s, n) => s + nodeBytes(n), 0));
const OTHERWISE = sentence("pin it apart to store the value");
const mapsRows = (a: Candidate, b: Candidate): boolean =>
  a.kind === "reduce" && (b.kind === "reduce" || sizeOf(b.signature.results.shape) !== sizeOf(a.signature.results.shape));

export const siblings: JoinRule = {
  name: "siblings",
  stage: "join",
  kept: "limit",
  decide: ({ how }) =>
    how === "siblings" ? { fuse: true, reason: sentence("both walk the same elements and read the same array, so one pass serves both") } : null,
  otherwise: OTHERWISE,
};
export const sameRows: JoinRule = {
  name: "same rows",
  stage: "join",
  kept: "limit",
  decide: ({ producer, consumer, passed }) =>
    mapsRows(producer, consumer)
      ? { fuse: true, reason: sentence("the next operation walks the same rows: {0} of {1} need not be read back", moved(passed), opsOf(passed)) }
      : null,
  otherwise: OTHERWISE,
};
export const epilogue: JoinRule = {
  name: "epilogue",
  stage: "join",
  kept: "limit",
  decide: ({ passed }) => ({
    fuse: true,
    reason: sentence(
      "the next operation takes each element of {0} while it is in a register: {1} need not be read back",
      opsOf(passed),
      moved(passed),
    ),
  }),
  otherwise: OTHERWISE,
};
const opsOf = (passed: readonly Node[]): string | Sentence => listed([...new Set(passed.map((n) => n.op))]);
