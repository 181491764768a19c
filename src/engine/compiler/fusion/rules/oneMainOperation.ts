// A kernel is built around one product, one running sum, or reductions of the same rows; its consumers must be elementwise, or such reductions.
import { sentence } from "../../../core/sentence.ts";
import type { GroupKind } from "../groups.ts";
import type { JoinRule } from "./rule.ts";

/** Which kinds of consumer a kind of producer can take in. */
const TAKES: Readonly<Record<GroupKind, readonly GroupKind[]>> = {
  loop: ["loop", "reduce"],
  reduce: ["loop", "reduce"],
  matmul: ["loop"],
  cumulative: ["loop"],
  region: [],
  library: [],
  while: [],
  case: [],
  callback: [],
};
export const oneMainOperation: JoinRule = {
  name: "one main operation a kernel",
  stage: "join",
  kept: "limit",
  decide: ({ producer, consumer, how, passed, groups }, facts) => {
    if (how === "siblings" || TAKES[producer.kind].includes(consumer.kind)) return null;
    const hero = consumer.hero;
    const [before] = passed;
    if (!hero)
      return {
        fuse: false,
        reason: before
          ? sentence("{0} writes its result in parts, so nothing else can be done on the way", before.op)
          : sentence("it writes its result in parts, so nothing else can be done on the way"),
      };
    const reader = passed.flatMap((o) => facts.users(o)).find((u) => groups.homes(u).has(consumer));
    return {
      fuse: false,
      reason:
        reader === undefined || reader === hero
          ? sentence("{0} has loops of its own, and a kernel is built around one such operation", hero.op)
          : sentence(
              "{0} is computed in the kernel of {1}, which has loops of its own, and a kernel is built around one such operation",
              reader.op,
              hero.op,
            ),
    };
  },
  otherwise: sentence("read the result with elementwise operations only"),
};
