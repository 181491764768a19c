// What XLA's reasons for not fusing mean, in words for a person: a row each. What XLA says otherwise is quoted.
import { type Sentence, sentence } from "../../../engine/core/sentence.ts";
import type { Decision } from "../../../engine/report/types.ts";

/** What is told of an edge: the operations of the value and of what reads it, and how many kernels read it. */
export interface Edge {
  readonly producer: string;
  readonly consumer: string;
  readonly readers: number;
}
export interface Verdict {
  readonly rule: string;
  readonly kept?: NonNullable<Decision["kept"]>;
  readonly reason: Sentence;
  readonly otherwise?: Sentence;
}
/** Our words for what is read by a kernel of a library's. */
export const TO_LIBRARY = "custom fusions";
/** Our words for what XLA calls no loop, where a library builds the kernel. */
export const OF_LIBRARY = "a library builds the producer";
interface Row {
  /** XLA's words. */
  readonly says: RegExp;
  readonly rule: string;
  readonly kept: NonNullable<Decision["kept"]>;
  readonly reason: (e: Edge) => Sentence;
  readonly otherwise?: Sentence;
}
// The pass on CPUs: xla/service/cpu/cpu_instruction_fusion.cc and xla/service/instruction_fusion.cc; the one on GPUs: xla/backends/gpu/transforms/priority_fusion.cc.
const ROWS: readonly Row[] = [
  {
    says: /^expensive producer would be duplicated/,
    rule: "XLA: dear values once",
    kept: "cheaper",
    reason: (e) => sentence("XLA stores {0}: {1} kernels read it, and it is too expensive to be computed in each of them", e.producer, e.readers),
  },
  {
    says: /^Fusion is not profitable/,
    rule: "XLA: read several times",
    kept: "cheaper",
    reason: (e) =>
      sentence(
        "XLA stores {0}: {1} reads its elements several times, and they are too expensive to be computed anew each time",
        e.producer,
        e.consumer,
      ),
  },
  {
    says: /^operand can not be duplicated/,
    rule: "XLA: not in every reader",
    kept: "cheaper",
    reason: (e) =>
      sentence("XLA stores {0}: not all that reads it can take it in, and computing it in some would read what it is made of again", e.producer),
  },
  {
    says: /^Producer is not loop-fusible/,
    rule: "XLA: no loop to take in",
    kept: "limit",
    reason: (e) => sentence("XLA runs {0} by itself: on a CPU it is no loop over elements that another kernel could take in", e.producer),
  },
  {
    says: /not found a fusible case/,
    rule: "XLA: takes nothing in",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: on a CPU {1} is a kernel that takes nothing in", e.producer, e.consumer),
  },
  {
    says: /reductions over major dimensions/,
    rule: "XLA: reduces over other axes",
    kept: "limit",
    reason: (e) =>
      sentence(
        "XLA stores {0}: of {0} and {1} one reduces over another axis than the last, for which XLA has a fast kernel that is fused with nothing",
        e.producer,
        e.consumer,
      ),
    otherwise: sentence("reduce over the last axis"),
  },
  {
    says: /producer is itself a fusion/,
    rule: "XLA: two fusions",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: it is the result of a fusion, and on a CPU a fusion is taken into no other", e.producer),
  },
  {
    says: /code duplication/i,
    rule: "XLA: too much code",
    kept: "cheaper",
    reason: (e) => sentence("XLA stores {0}: taken in, its code would stand too many times in the kernel of {1}", e.producer, e.consumer),
  },
  {
    says: /Concatenate fusion is inefficient/,
    rule: "XLA: concatenation",
    kept: "cheaper",
    reason: (e) => sentence("XLA stores {0}: a concatenation of many parts, or along the last axis, is faster as a copy of its own", e.producer),
  },
  {
    says: /Too many reductions/,
    rule: "XLA: too many reductions",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: the kernel of {1} has as many reductions as XLA puts into one", e.producer, e.consumer),
  },
  {
    says: /output-fused into some operand/,
    rule: "XLA: belongs to a product",
    kept: "cheaper",
    reason: (e) => sentence("XLA stores {0}: it is computed together with a product of a matrix and a vector", e.producer),
  },
  {
    says: new RegExp(TO_LIBRARY),
    rule: "XLA: a library's kernel",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: {1} is a kernel that a library builds", e.producer, e.consumer),
  },
  {
    says: new RegExp(OF_LIBRARY),
    rule: "XLA: a library's kernel",
    kept: "limit",
    reason: (e) => sentence("XLA has a library build the kernel of {0}, which no other kernel can take in", e.producer),
  },
  {
    says: /constant/,
    rule: "XLA: constants",
    kept: "cheaper",
    reason: (e) => sentence("XLA keeps the constant {0} in memory", e.producer),
  },
  {
    says: /^the producer is not fusible|^not fusible/,
    rule: "XLA: takes part in no fusion",
    kept: "limit",
    reason: (e) => sentence("XLA runs {0} by itself: it takes part in no fusion", e.producer),
  },
  {
    says: /^the consumer is not fusible/,
    rule: "XLA: takes nothing in",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: what reads it takes part in no fusion", e.producer),
  },
  {
    says: /into the output of the root/,
    rule: "XLA: a result",
    kept: "needed",
    reason: (e) => sentence("XLA stores {0}: it is a result of the program", e.producer),
  },
  {
    says: /contain a reduce/,
    rule: "XLA: two reductions",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: both sides reduce, and XLA puts two reductions that follow each other into two kernels", e.producer),
  },
  {
    says: /output of a reduce fusion would create a loop fusion/,
    rule: "XLA: a reduction's kernel is kept",
    kept: "cheaper",
    reason: (e) => sentence("XLA stores {0}: together with {1} it would lose its fast kernel for reductions", e.producer, e.consumer),
  },
  {
    says: /tiled reductions with different shapes/,
    rule: "XLA: reductions of other shapes",
    kept: "limit",
    reason: (e) => sentence("XLA stores {0}: its reduction and that of {1} have other shapes, and one kernel tiles for one", e.producer, e.consumer),
    otherwise: sentence("reduce over the same axes"),
  },
];
/** The verdict of XLA's on an edge that it did not fuse. */
export function refusal(said: string, e: Edge): Verdict {
  const row = ROWS.find((r) => r.says.test(said));
  if (!row) return { rule: "XLA: its own reason", reason: sentence('XLA stores {0}, and says: "{1}"', e.producer, said) };
  const { rule, kept, otherwise } = row;
  return { rule, kept, reason: row.reason(e), ...(otherwise ? { otherwise } : {}) };
}
