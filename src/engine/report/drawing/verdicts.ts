// What was decided about an edge of the picture: fused (the value never leaves the kernel) or stored (it is written to memory and read again).
import type { Decision, NodeId, Program } from "../types.ts";
import type { Item, LeafEdge } from "./item.ts";

export type Verdict = "fused" | "stored";
export class Verdicts {
  readonly #decisions = new Map<string, Decision>();
  readonly #hasKernels: boolean;
  constructor(program: Program) {
    this.#hasKernels = (program.kernels?.length ?? 0) > 0;
    for (const d of program.decisions ?? []) this.#decisions.set(`${d.producer}>${d.consumer}`, d);
  }
  /** Null where nothing was decided: the level knows no kernels. */
  of(leaves: readonly LeafEdge[]): Verdict | null {
    if (!this.#hasKernels) return null;
    let verdict: Verdict | null = null;
    for (const e of leaves) {
      const [a, b] = [kernelOf(e.from), kernelOf(e.to)];
      if (!a && !b) continue;
      if (a !== b) return "stored";
      verdict = "fused";
    }
    return verdict;
  }
  /** The decisions that an edge stands for: first of stored values, the largest first. */
  decisions(leaves: readonly LeafEdge[]): readonly Decision[] {
    const found = new Set<Decision>();
    for (const e of leaves) {
      const ids: NodeId[] = [e.producer.id, ...[...e.via].reverse().map((n) => n.id), e.consumer.id];
      for (let i = 0; i + 1 < ids.length; i++) {
        const d = this.#decisions.get(`${ids[i]}>${ids[i + 1]}`);
        if (d) found.add(d);
      }
    }
    return [...found].sort((a, b) => Number(a.fused) - Number(b.fused) || (b.cost.bytes ?? 0) - (a.cost.bytes ?? 0));
  }
}
const kernelOf = (item: Item): Item | null => (item.parent?.kind === "kernel" ? item.parent : null);
