// Edges of the fusion ledger by their ids, and as plain data.
import { type Stored, storedValues } from "../../engine/report/ranking.ts";
import type { Decision, Program, Report } from "../../engine/report/types.ts";
import { usage } from "./failure.ts";
import { nearest } from "./nearest.ts";

/** `lost` is what storing costs more than fusing would, milliseconds. */
export const storedData = (m: Stored) => ({
  ...m.decision,
  kind: m.kind,
  text: m.edge,
  edges: m.edges.map((d) => d.id),
  lost: m.ms ?? null,
  file: m.file ?? null,
  line: m.line ?? null,
});
export interface Edge {
  readonly program: Program | undefined;
  readonly decision: Decision;
  /** The value that is stored for it; absent where the edge is fused. */
  readonly stored?: Stored;
}
/** Throws a Failure, which says `advice`, where there is no such edge. */
export function findEdge(r: Report, wanted: string, advice: string): Edge {
  const program = r.programs.find((p) => p.decisions?.some((d) => d.id === wanted)) ?? r.programs[0];
  const decision = program?.decisions?.find((x) => x.id === wanted);
  if (!decision) {
    const close = nearest(
      wanted,
      (program?.decisions ?? []).map((d) => d.id),
    );
    throw usage(`there is no edge "${wanted}" in the ledger of ${r.function.name}`, `${close ? `Did you mean "${close}"? ` : ""}${advice}`);
  }
  const stored = storedValues(r, program).find((m) => m.edges.includes(decision));
  return { program, decision, ...(stored ? { stored } : {}) };
}
