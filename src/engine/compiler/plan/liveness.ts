// When the values of a region are read for the last time, as a position in the order of its groups.
import type { Graph, Node } from "../../graph/graph.ts";
import type { Group } from "../fusion/groups.ts";

export class Liveness {
  readonly #lastUse = new Map<Node, number>();
  readonly #deaths: Node[][];
  constructor(graph: Graph, groups: readonly Group[]) {
    groups.forEach((g, t) => {
      for (const n of g.nodes) for (const i of n.inputs) if (!g.nodes.has(i) || g.outputs.includes(i)) this.#lastUse.set(i, t);
    });
    for (const o of graph.outs) this.#lastUse.set(o, Infinity);
    this.#deaths = groups.map(() => []);
    for (const [n, t] of this.#lastUse) if (t !== Infinity) this.#deaths[t]!.push(n);
  }
  isRead(n: Node): boolean {
    return this.#lastUse.has(n);
  }
  /** The group that reads it last; Infinity for a result, −1 where nothing reads it. */
  lastUse(n: Node): number {
    return this.#lastUse.get(n) ?? -1;
  }
  /** Values that are read for the last time by a group. */
  deaths(t: number): readonly Node[] {
    return this.#deaths[t]!;
  }
}
