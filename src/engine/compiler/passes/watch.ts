// What somebody who wants to see the passes is told: each pass over each region, with what became of every node. Nobody watches an ordinary run.
import type { Graph, Node } from "../../graph/graph.ts";

export interface WatchedPass {
  readonly name: string;
  /** The region by name; null for the whole program. */
  readonly region: string | null;
  /** The file that the pass and its patterns stand in. */
  readonly file: string;
  readonly before: Graph;
  readonly after: Graph;
  /** What a node of the graph before is in the graph after; absent where it is gone. */
  readonly became: ReadonlyMap<Node, Node>;
  /** Patterns that fired, and how often. */
  readonly fired: ReadonlyMap<string, number>;
}
export interface PassWatch {
  readonly region: string | null;
  readonly on: (pass: WatchedPass) => void;
}
/** The same watch over a region inside. */
export const inside = (watch: PassWatch | undefined, name: string): PassWatch | undefined =>
  watch && { ...watch, region: watch.region === null ? name : `${watch.region}/${name}` };
/** One step after another. */
export function compose(first: ReadonlyMap<Node, Node>, second: ReadonlyMap<Node, Node>): Map<Node, Node> {
  const both = new Map<Node, Node>();
  for (const [from, to] of first) {
    const last = second.get(to);
    if (last) both.set(from, last);
  }
  return both;
}
