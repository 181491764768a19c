// The ledger: every producer → consumer edge of every region, what was decided about it, and what either verdict costs.
import { type CostTable, memoryNs } from "../../compiler/cost/table.ts";
import type { Decision as Decided } from "../../compiler/fusion/ledger.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import type { Node } from "../../graph/graph.ts";
import { phrasesOf } from "../phrases.ts";
import type { Places } from "../places.ts";
import type { Decision } from "../types.ts";
import { nodeId, nodeStack } from "./levels.ts";

export interface LedgerContext {
  readonly places: Places;
  readonly costs: CostTable;
  /** The person's variable for a value, or null. */
  readonly nameOf: (n: Node) => string | null;
  /** How often what computes a node runs in one run of the function. */
  readonly callsOf: (n: Node) => number;
}
export function decisions(plan: Plan, { places, costs, nameOf, callsOf }: LedgerContext): Decision[] {
  const known = new Map<Node, string | null>();
  const name = (n: Node): string | null => {
    let found = known.get(n);
    if (found === undefined) known.set(n, (found = nameOf(n)));
    return found;
  };
  return plan.regions.flatMap(({ fusion }) =>
    fusion.ledger.map((d): Decision => {
      const stack = nodeStack(places, d.producer) ?? nodeStack(places, d.consumer);
      const { bytesSaved, bytesMoved, flopsRecomputed, launchesSaved, evaluations } = d.cost;
      const bytes = d.fused ? bytesSaved : bytesMoved;
      const producer = name(d.producer);
      const consumer = name(d.consumer);
      const phrases = phrasesOf({ reason: d.reason, otherwise: d.otherwise });
      return {
        id: `${d.producer.id}>${d.consumer.id}`,
        producer: nodeId(d.producer),
        consumer: nodeId(d.consumer),
        ...((producer ?? consumer) ? { names: { ...(producer ? { producer } : {}), ...(consumer ? { consumer } : {}) } } : {}),
        fused: d.fused,
        rule: d.rule,
        reason: d.reason.text,
        otherwise: d.otherwise.text,
        ...(phrases ? { phrases } : {}),
        ...(d.kept ? { kept: d.kept } : {}),
        ...(d.pinned ? { pinned: true } : {}),
        cost: {
          ...(bytes ? { bytes } : {}),
          ...(flopsRecomputed ? { flops: flopsRecomputed } : {}),
          ...(launchesSaved ? { launches: launchesSaved } : {}),
          ...(evaluations ? { evaluations } : {}),
        },
        ms: predicted(d, costs, callsOf(d.consumer)),
        ...(stack === undefined ? {} : { stack }),
      };
    }),
  );
}
/** What the edge adds to a run either way: as one kernel the arithmetic that is done again, as two what goes through memory and the start of another kernel. */
function predicted({ fused, cost }: Decided, costs: CostTable, calls: number): { readonly fused: number; readonly kept: number } {
  const bytes = fused ? cost.bytesSaved : cost.bytesMoved;
  const { ns, launch } = costs;
  // Half of it is written, and half read back.
  const moved = memoryNs(costs, bytes / 2, bytes / 2);
  const again = (cost.flopsRecomputed * ns.lanes) / 4;
  const starts = fused ? cost.launchesSaved * launch : 0;
  return { fused: (calls * again) / 1e6, kept: (calls * (moved + starts)) / 1e6 };
}
