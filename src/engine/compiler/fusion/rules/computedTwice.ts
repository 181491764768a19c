// In one kernel with its consumer, a value that is also stored would be computed twice: once for the store, once where it is read.
import { showCount } from "../cost.ts";
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
    const why = reduced ? "is stored as well as reduced" : "is also needed at other places than the one just computed";
    const flops = facts.inlineFlops(heavy);
    return {
      fuse: false,
      reason: `${heavy.op} ${why}: one kernel would compute each element twice, at ${showCount(flops, "operation")}`,
      otherwise: reduced ? "keep only what the reduction gives" : `make an element cost ${showCount(cheapFlops, "operation")} or less`,
      again: flops * sizeOfNode(heavy),
    };
  },
  otherwise: "make its elements cheaper to compute",
};
