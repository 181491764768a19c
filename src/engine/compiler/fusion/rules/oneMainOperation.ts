// A kernel is built around one product, one running sum, or reductions of the same rows; its consumers must be elementwise, or such reductions.
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
  decide: ({ producer, consumer, how, passed, groups }, facts) => {
    if (how === "siblings" || TAKES[producer.kind].includes(consumer.kind)) return null;
    const hero = consumer.hero;
    if (!hero) return { fuse: false, reason: `${producer.kind} kernels take in no consumer` };
    const reader = passed.flatMap((o) => facts.users(o)).find((u) => groups.homes(u).has(consumer));
    const whose = reader === undefined || reader === hero ? `${hero.op} is` : `${reader.op} is computed in the kernel of ${hero.op}, which is`;
    return { fuse: false, reason: `${whose} the main operation of a kernel of its own, and a kernel has one` };
  },
  otherwise: "the kernel that reads it were elementwise",
};
