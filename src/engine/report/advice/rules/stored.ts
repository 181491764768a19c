// A value that one kernel stores and others read back, though computing it where it is read would cost less: the edges to its readers are pinned together. The
// compiler decides by a model of what memory and arithmetic cost; here both are measured.
import { sentence } from "../../../core/sentence.ts";
import { memoryNs } from "../../../compiler/cost/table.ts";
import { showBytes } from "../../../compiler/fusion/cost.ts";
import type { Decision } from "../../../compiler/fusion/ledger.ts";
import type { Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

interface Stored extends Candidate {
  readonly node: Node;
  readonly edges: readonly Decision[];
  readonly bytes: number;
  /** Milliseconds of storing it and reading it back. */
  readonly ms: number;
}
export const stored: Rule<Stored> = {
  name: "stored and read back",
  // What is computed in another kernel may be added up in another order there.
  tolerance: 1e-4,
  find(f) {
    const found: Stored[] = [];
    for (const n of f.nodes()) {
      const edges = f.decisions(n).filter((d) => !d.fused);
      // What something needs in memory, or no one kernel can compute, is stored in any case.
      if (!edges.length || !edges.every((d) => d.kept === "cheaper") || f.isResult(n)) continue;
      const bytes = edges.reduce((s, d) => s + d.cost.bytesMoved, 0);
      const times = f.callsIn(f.regionOf(n)?.name ?? "");
      const ms = (times * movedNs(bytes, edges.length, f)) / 1e6;
      found.push({
        at: f.line(n),
        others: edges.map((d) => f.line(d.consumer)),
        node: n,
        edges,
        bytes,
        ms,
        most: ms,
        key: `store ${f.line(n).file}:${f.line(n).line}`,
      });
    }
    return found;
  },
  change: ({ edges }) => ({ kind: "pins", pins: pinsOf(edges) }),
  say({ node, edges, bytes, ms }, o, f) {
    const name = valueName(node, f);
    return {
      text: sentence(
        "{0} is stored by a kernel of its own and read back: {1} go through memory for it (about {2} of the time), though what it is computed from is at hand where it is read.",
        ...[name, showBytes(bytes), percent(ms, f.total)],
      ),
      remedy: sentence("Pin its edges together, so that {0} is computed where it is read: {1} times faster.", name, times(o.factor)),
      change: sentence("{0} computed where it is read: its edges pinned together", name),
      action: { label: sentence("Compute {0} where it is read", name), kind: "pin", pins: pinsOf(edges) },
    };
  },
};
const pinsOf = (edges: readonly Decision[]): string[] => edges.map((d) => `${d.producer.id}>${d.consumer.id}=fuse`);
function movedNs(bytes: number, edges: number, { costs }: Facts): number {
  return memoryNs(costs, bytes / 2, bytes / 2) + edges * costs.launch;
}
