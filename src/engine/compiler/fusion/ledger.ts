// The ledger: every producer → consumer edge of a graph, what was decided about it, by which rule, at what cost, and what would turn the verdict.
import { type Sentence, sentence } from "../../core/sentence.ts";
import type { Node } from "../../graph/graph.ts";
import { nodeBytes } from "./cost.ts";
import { type Facts, isGiven, sizeOfNode } from "./facts.ts";
import type { Grouping } from "./groups.ts";
import { edgeKey } from "./pins.ts";
import { mustBeStored } from "./rules/mustBeStored.ts";
import type { Kept, Verdict } from "./rules/rule.ts";

/** Costs of one edge, compared with the other verdict on it alone. */
export interface Cost {
  /** Bytes that fusing saves: the consumer's read, and the write where the value is stored for nobody else. 0 where it was kept. */
  readonly bytesSaved: number;
  /** Bytes that keeping costs: the consumer's read, and the write where nobody else needs it. 0 where it was fused. */
  readonly bytesMoved: number;
  /**
   * Arithmetic of the producer, and of what is computed along with it, beyond one evaluation of each element, in all kernels that compute it.
   * Of a stored value: what fusing would do again.
   */
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
  readonly reason: Sentence;
  /** What a person would do for the other verdict: an imperative clause. */
  readonly otherwise: Sentence;
  /** Why the value is stored; null where it is not. */
  readonly kept: Kept | null;
  /** A person decided it. */
  readonly pinned: boolean;
  readonly cost: Cost;
}
interface Named {
  readonly name: string;
  readonly stage: "placement" | "join";
  readonly otherwise: Sentence;
  readonly kept: Kept;
}
export interface Said extends Verdict {
  readonly rule: string;
  readonly stage: Named["stage"];
  readonly otherwise: Sentence;
  readonly kept: Kept;
}
/** Refused for its cost: that its kernel could not be joined later either is not why the value is stored. */
const isCost = (s: Said | undefined): boolean => s?.stage === "placement" && !s.fuse && s.rule !== mustBeStored.name;
/** What the rules said, edge by edge. */
export class Verdicts {
  readonly #said = new Map<string, Said>();
  say(producer: Node, consumers: Iterable<Node>, { name, stage, otherwise, kept }: Named, v: Verdict): void {
    const said: Said = { otherwise, ...v, rule: name, stage, kept };
    for (const c of consumers) {
      const key = edgeKey(producer, c);
      if (v.fuse || !isCost(this.#said.get(key))) this.#said.set(key, said);
    }
  }
  of(producer: Node, consumer: Node, fused: boolean): Omit<Said, "stage"> {
    const said = this.#said.get(edgeKey(producer, consumer));
    if (said?.fuse === fused) return said;
    return fused
      ? {
          fuse: true,
          rule: "same kernel",
          reason: sentence("both came into one kernel through other values"),
          otherwise: sentence("pin it apart to store the value"),
          kept: "limit",
        }
      : {
          fuse: false,
          rule: "separate kernels",
          reason: sentence("{0} is written by one kernel and read by another", producer.op),
          otherwise: sentence("make both walk the same elements in the same order"),
          kept: "limit",
        };
  }
}
export function writeLedger(facts: Facts, groups: Grouping, verdicts: Verdicts): Decision[] {
  const ledger: Decision[] = [];
  for (const consumer of facts.graph.nodes) {
    if (consumer.is("get")) continue;
    for (const producer of new Set(consumer.inputs)) {
      if (isGiven(producer)) continue;
      const fused = [...groups.homes(consumer)].some((g) => g.nodes.has(producer));
      const { rule, reason, otherwise, kept, again } = verdicts.of(producer, consumer, fused);
      const cost = costOf({ producer, consumer, fused, again: again ?? 0 }, facts, groups);
      ledger.push({ producer, consumer, fused, rule, reason, otherwise, kept: fused ? null : kept, pinned: rule === "pinned", cost });
    }
  }
  return ledger;
}
/** Bytes of an operand that an operation touches: a slice or gather what it takes, an update of a part the part that it writes over. */
function touched(producer: Node, consumer: Node): number {
  const all = nodeBytes(producer);
  if (consumer.inputs[0] !== producer) return all;
  if (consumer.is("slice", "dynamic_slice", "gather")) return Math.min(nodeBytes(consumer), all);
  const part = consumer.is("dynamic_update_slice") ? consumer.inputs[1] : consumer.is("scatter") ? consumer.inputs.at(-1) : undefined;
  return part ? Math.min(nodeBytes(part), all) : all;
}
interface Edge {
  readonly producer: Node;
  readonly consumer: Node;
  readonly fused: boolean;
  readonly again: number;
}
function costOf({ producer, consumer, fused, again }: Edge, facts: Facts, groups: Grouping): Cost {
  const read = touched(producer, consumer);
  const written = nodeBytes(producer);
  const stored = groups.isStored(producer);
  const evaluations = groups.evaluations(producer);
  const flopsRecomputed = fused ? Math.max(0, evaluations - sizeOfNode(producer)) * facts.inlineFlops(producer) : again;
  if (fused) return { bytesSaved: read + (stored ? 0 : written), bytesMoved: 0, flopsRecomputed, launchesSaved: stored ? 0 : 1, evaluations };
  const needed = facts.isResult(producer) || groups.readers(producer).size > 1;
  return { bytesSaved: 0, bytesMoved: read + (needed ? 0 : written), flopsRecomputed, launchesSaved: 0, evaluations };
}
