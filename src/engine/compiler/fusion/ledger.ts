// The ledger: every producer → consumer edge of a graph, what was decided about it, by which rule, at what cost, and what would turn the verdict.
import type { Node } from "../../graph/graph.ts";
import { nodeBytes } from "./cost.ts";
import { type Facts, isGiven, sizeOfNode } from "./facts.ts";
import type { Grouping } from "./groups.ts";
import { edgeKey } from "./pins.ts";
import { mustBeStored } from "./rules/mustBeStored.ts";
import type { Verdict } from "./rules/rule.ts";

/** Costs of one edge, compared with the other verdict on it alone. */
export interface Cost {
  /** Bytes that fusing saves: the consumer's read, and the write where the value is stored for nobody else. 0 where it was kept. */
  readonly bytesSaved: number;
  /** Bytes that keeping costs: the consumer's read, and the write where nobody else needs it. 0 where it was fused. */
  readonly bytesMoved: number;
  /** Arithmetic of the producer beyond one evaluation of each element, in all kernels that compute it. */
  readonly flopsRecomputed: number;
  readonly launchesSaved: number;
  /** Evaluations of the producer's elements, summed over all kernels that compute it. */
  readonly evaluations: number;
}
export interface Decision {
  readonly producer: Node;
  readonly consumer: Node;
  readonly fused: boolean;
  readonly rule: string;
  /** A sentence without its full stop. */
  readonly reason: string;
  /** What would have to hold for the other verdict: it completes "the other verdict if …". */
  readonly otherwise: string;
  /** A person decided it. */
  readonly pinned: boolean;
  readonly cost: Cost;
}
interface Named {
  readonly name: string;
  readonly stage: "placement" | "join";
  readonly otherwise: string;
}
export interface Said extends Verdict {
  readonly rule: string;
  readonly stage: Named["stage"];
  readonly otherwise: string;
}
/** Refused for its cost: that its kernel could not be joined later either is not why the value is stored. */
const isCost = (s: Said | undefined): boolean => s?.stage === "placement" && !s.fuse && s.rule !== mustBeStored.name;
/** What the rules said, edge by edge. */
export class Verdicts {
  readonly #said = new Map<string, Said>();
  say(producer: Node, consumers: Iterable<Node>, { name, stage, otherwise }: Named, v: Verdict): void {
    const said: Said = { otherwise, ...v, rule: name, stage };
    for (const c of consumers) {
      const key = edgeKey(producer, c);
      if (v.fuse || !isCost(this.#said.get(key))) this.#said.set(key, said);
    }
  }
  of(producer: Node, consumer: Node, fused: boolean): Omit<Said, "stage"> {
    const said = this.#said.get(edgeKey(producer, consumer));
    if (said?.fuse === fused) return said;
    return fused
      ? { fuse: true, rule: "same kernel", reason: "both ended in one kernel, joined through other values", otherwise: "those were not joined" }
      : { fuse: false, rule: "separate kernels", reason: `${producer.op} is stored and read back`, otherwise: "their kernels could be joined" };
  }
}
export function writeLedger(facts: Facts, groups: Grouping, verdicts: Verdicts): Decision[] {
  const ledger: Decision[] = [];
  for (const consumer of facts.graph.nodes) {
    if (consumer.is("get")) continue;
    for (const producer of new Set(consumer.inputs)) {
      if (isGiven(producer)) continue;
      const fused = [...groups.homes(consumer)].some((g) => g.nodes.has(producer));
      const { rule, reason, otherwise } = verdicts.of(producer, consumer, fused);
      const cost = costOf(producer, consumer, fused, facts, groups);
      ledger.push({ producer, consumer, fused, rule, reason, otherwise, pinned: rule === "pinned", cost });
    }
  }
  return ledger;
}
/** Bytes of an operand that an operation reads: a slice or gather touches what it takes, not the whole array. */
export function touched(producer: Node, consumer: Node): number {
  const partly = consumer.is("slice", "dynamic_slice", "gather") && consumer.inputs[0] === producer;
  return partly ? Math.min(nodeBytes(consumer), nodeBytes(producer)) : nodeBytes(producer);
}
function costOf(producer: Node, consumer: Node, fused: boolean, facts: Facts, groups: Grouping): Cost {
  const read = touched(producer, consumer);
  const written = nodeBytes(producer);
  const stored = groups.isStored(producer);
  const evaluations = groups.evaluations(producer);
  const flopsRecomputed = fused ? Math.max(0, evaluations - sizeOfNode(producer)) * facts.ownFlops(producer) : 0;
  if (fused) return { bytesSaved: read + (stored ? 0 : written), bytesMoved: 0, flopsRecomputed, launchesSaved: stored ? 0 : 1, evaluations };
  const needed = facts.isResult(producer) || groups.readers(producer).size > 1;
  return { bytesSaved: 0, bytesMoved: read + (needed ? 0 : written), flopsRecomputed, launchesSaved: 0, evaluations };
}
