// The ledger: every producer → consumer edge of every region, and what was decided about it.
import type { Plan } from "../../compiler/plan/types.ts";
import type { Places } from "../places.ts";
import type { Decision } from "../types.ts";
import { nodeId, nodeStack } from "./levels.ts";

export function decisions(plan: Plan, places: Places): Decision[] {
  return plan.regions.flatMap(({ fusion }) =>
    fusion.ledger.map((d): Decision => {
      const stack = nodeStack(places, d.producer) ?? nodeStack(places, d.consumer);
      const { bytesSaved, flopsRecomputed, launchesSaved } = d.cost;
      return {
        id: `${d.producer.id}>${d.consumer.id}`,
        producer: nodeId(d.producer),
        consumer: nodeId(d.consumer),
        fused: d.fused,
        rule: d.rule,
        reason: d.reason,
        ...(d.otherwise ? { otherwise: d.otherwise } : {}),
        ...(d.rule === "pinned" ? { pinned: true } : {}),
        cost: {
          ...(bytesSaved ? { bytes: bytesSaved } : {}),
          ...(flopsRecomputed ? { flops: flopsRecomputed } : {}),
          ...(launchesSaved ? { launches: launchesSaved } : {}),
        },
        ...(stack === undefined ? {} : { stack }),
      };
    }),
  );
}
