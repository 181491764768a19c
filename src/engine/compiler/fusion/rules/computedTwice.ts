// In one kernel with its consumer, a value that is also stored would be computed twice: once for the store, once where it is read.
import { sentence } from "../../../core/sentence.ts";
import { showOperations } from "../cost.ts";
import { sizeOfNode } from "../facts.ts";
import type { JoinRule } from "./rule.ts";

export const computedTwice: JoinRule = {
  name: "computed twice",
  stage: "join",
  kept: "cheaper",
  decide: ({ producer, consumer, passed, loops, pin }, facts) => {
    if (pin === "fuse" || !loops.signature) return null;
    const reduced = producer.kind === "loop" && consumer.kind === "reduce";
    // Beside a reduction, what is mapped over the rows is computed in loops of its own in any case.
    if (!reduced && (!loops.again || producer.kind === "reduce")) return null;
    const { cheapFlops } = facts.costs;
    const heavy = (reduced ? [...producer.outputs] : passed).find((o) => facts.inlineFlops(o) > cheapFlops);
    if (!heavy) return null;
    const flops = facts.inlineFlops(heavy);
    const cost = showOperations(flops);
    return {
      fuse: false,
      reason: reduced
        ? sentence("{0} is stored as well as reduced: one kernel would compute each element twice, at {1}", heavy.op, cost)
        : sentence(
            "{0} is also needed at other places than the one just computed: one kernel would compute each element twice, at {1}",
            heavy.op,
            cost,
          ),
      otherwise: reduced ? sentence("keep only what the reduction gives") : sentence("make an element cost {0} or less", showOperations(cheapFlops)),
      again: flops * sizeOfNode(heavy),
    };
  },
  otherwise: sentence("make its elements cheaper to compute"),
};
