// A kernel has bounds: beyond them its code is slow to compile, or the target refuses it.
import { type Sentence, sentence } from "../../../core/sentence.ts";
import { showNumber, showOperations } from "../cost.ts";
import type { Facts } from "../facts.ts";
import type { Candidate } from "../groups.ts";
import type { JoinRule, PlacementRule } from "./rule.ts";

const NAME = "kernel is full";
const OTHERWISE = sentence("shorten the chain of operations around it");
interface Size {
  readonly nodes: number;
  readonly flops: number;
  readonly buffers: number;
}
function bound(s: Size, { limits }: Facts): Sentence | null {
  if (s.nodes > limits.nodes)
    return sentence("one kernel would hold {0}; more than {1} make it slow to compile", showOperations(s.nodes), limits.nodes);
  if (s.flops > limits.operations)
    return sentence("one kernel would compute {0} for an element; more than {1} make it slow to compile", showOperations(s.flops), limits.operations);
  if (s.buffers > limits.buffers)
    return sentence("one kernel would read and write {0} arrays; it can have {1}", showNumber(s.buffers), limits.buffers);
  return null;
}
export const fullPlacement: PlacementRule = {
  name: NAME,
  stage: "placement",
  kept: "limit",
  decide: ({ producer, readers }, facts) => {
    for (const { kernel } of readers) {
      const reason = bound({ nodes: kernel.nodes.size + 1, flops: kernel.flops + facts.ownFlops(producer), buffers: 0 }, facts);
      if (reason) return { fuse: false, reason };
    }
    return null;
  },
  otherwise: OTHERWISE,
};
/** A softmax has two stages, the gradient of a normalization three; each further one computes all elements again. */
const MAX_STAGES = 8;
export const fullJoin: JoinRule = {
  name: NAME,
  stage: "join",
  kept: "limit",
  decide: ({ producer: a, consumer: b, passed }, facts) => {
    const stages = a.stages + b.stages;
    if (passed.length > 0 && b.stages > 0 && stages > MAX_STAGES)
      return {
        fuse: false,
        reason: sentence("one kernel would walk its rows {0} times and compute them anew each time; {1} times are the most", stages, MAX_STAGES),
      };
    const reason = bound({ nodes: sum(a, b, (c) => c.nodes.size), flops: sum(a, b, (c) => c.flops), buffers: sum(a, b, buffers) }, facts);
    return reason ? { fuse: false, reason } : null;
  },
  otherwise: OTHERWISE,
};
const buffers = (c: Candidate): number => c.reads.size + c.outputs.size;
const sum = (a: Candidate, b: Candidate, f: (c: Candidate) => number): number => f(a) + f(b);
