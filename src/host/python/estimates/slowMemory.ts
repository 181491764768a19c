// A fusion that waits for memory, and moves its bytes far more slowly than another kernel of the program does: it reads or writes an array across the order in
// which it lies.
import { sentence } from "../../../engine/core/sentence.ts";
import type { Kernel, Node, Report } from "../../../engine/report/types.ts";
import { isTranscendentalOp } from "../../../xla/ops.ts";
import { type EstimateRule, LEAST_SHARE, callOf, isReordered, measured, nodesOf, placeOf } from "./facts.ts";

/** Smaller arrays lie in caches. */
const LEAST_BYTES = 4 * 2 ** 20;
/** Operations for each byte above which a kernel computes rather than waits. */
const COMPUTES = 2;
/** How much faster another kernel moves, for it to be said. */
const FACTOR = 3;
/** What reads elements in another order than the one in which they lie. */
const ACROSS: readonly string[] = ["transpose", "copy", "gather", "reverse", "reduce", "scatter"];

export const slowMemory: EstimateRule = {
  name: "slow-memory",
  find(r: Report) {
    const nodes = nodesOf(r);
    const moved = (k: Kernel): number => k.bytesRead + k.bytesWritten;
    const of = (k: Kernel): readonly Node[] => k.nodes.flatMap((id) => nodes.get(id) ?? []);
    const waits = (k: Kernel): boolean =>
      k.calls === 1 &&
      moved(k) >= LEAST_BYTES &&
      of(k).every((n) => n.category !== "contraction" && n.category !== "library" && n.category !== "control" && !isTranscendentalOp(n.op)) &&
      k.flops < COMPUTES * moved(k);
    const kernels = measured(r).filter(waits);
    const rate = (k: (typeof kernels)[number]): number => moved(k) / k.time.median;
    const best = Math.max(0, ...kernels.map(rate));
    return kernels.flatMap((k) => {
      const across = [...new Set(of(k).flatMap((n) => (n.op === "copy" && !isReordered(n) ? [] : [n.op])))].filter((op) => ACROSS.includes(op));
      if (rate(k) * FACTOR > best || k.time.median < LEAST_SHARE * callOf(r) || !across.length) return [];
      return [
        {
          at: placeOf(r, k),
          others: k.lines.map((l) => l.line),
          text: sentence(
            "This kernel waits for memory: it moves {0} at {1} GB/s, another one of this program at {2}. It holds {3}, which reads across the order in which the elements lie.",
            `${(moved(k) / 2 ** 20).toFixed(0)} MiB`,
            (rate(k) / 1e6).toFixed(1),
            (best / 1e6).toFixed(1),
            across.join(", "),
          ),
          remedy: sentence(
            "Make the array in the order in which it is read, or read it in the order in which it lies: swap the axes once where it is made, sum over the last axis, take slices of the first one.",
          ),
          // At half of that rate: what is written is written at any rate.
          predicted: k.time.median * (1 - (2 * rate(k)) / best),
        },
      ];
    });
  },
};
