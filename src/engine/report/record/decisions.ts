// The ledger: every producer → consumer edge of every region, and what was decided about it.
import type { Plan } from "../../compiler/plan/types.ts";
import type { Places } from "../places.ts";
import type { Decision } from "../types.ts";
import { nodeId, nodeStack } from "./levels.ts";

export function decisions(plan: Plan, places: Places): Decision[] {
  return plan.regions.flatMap(({ fusion }) =>
    fusion.ledger.map((d): Decision => {
      const stack = nodeStack(places, d.producer) ?? nodeStack(places, d.consumer);
      const { bytesSaved, bytesMoved, flopsRecomputed, launchesSaved, evaluations } = d.cost;
      const bytes = d.fused ? bytesSaved : bytesMoved;
      return {
        id: `${d.producer.id}>${d.consumer.id}`,
        producer: nodeId(d.producer),
        consumer: nodeId(d.consumer),
        fused: d.fused,
        rule: d.rule,
        reason: d.reason,
        ...(d.otherwise ? { otherwise: d.otherwise } : {}),
        ...(d.pinned ? { pinned: true } : {}),
        cost: {
          ...(bytes ? { bytes } : {}),
          ...(flopsRecomputed ? { flops: flopsRecomputed } : {}),
          ...(launchesSaved ? { launches: launchesSaved } : {}),
          ...(evaluations ? { evaluations } : {}),
        },
        ...(stack === undefined ? {} : { stack }),
      };
    }),
  );
}
