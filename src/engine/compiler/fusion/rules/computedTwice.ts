// In one kernel with its consumer, a value that is also stored would be computed twice: once for the store, once where it is read.
import { showCount } from "../cost.ts";
import type { JoinRule } from "./rule.ts";

export const computedTwice: JoinRule = {
  name: "computed twice",
  stage: "join",
  decide: ({ producer, consumer, passed, loops, pin }, facts) => {
    if (pin === "fuse" || !loops.signature) return null;
    const reduced = producer.kind === "loop" && consumer.kind === "reduce";
    // Beside a reduction, what is mapped over the rows is computed in loops of its own in any case.
    if (!reduced && (!loops.again || producer.kind === "reduce")) return null;
    const { cheapFlops } = facts.costs;
    const heavy = (reduced ? [...producer.outputs] : passed).find((o) => facts.inlineFlops(o) > cheapFlops);
    if (!heavy) return null;
    const why = reduced ? "is stored and reduced" : "is read at other elements than the loops are at";
    return {
      fuse: false,
      reason: `${heavy.op} ${why}: in one kernel each element, which takes ${showCount(facts.inlineFlops(heavy), "operation")}, would be computed twice`,
      otherwise: `an element took at most ${showCount(cheapFlops, "operation")}`,
    };
  },
  otherwise: "its elements were cheaper",
};
