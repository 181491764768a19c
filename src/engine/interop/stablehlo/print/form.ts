// How one operation of the graph is written: a form each, in tables that are total over the operations.
import type { Graph, Node, OpName } from "../../../graph/graph.ts";
import { rowOf } from "../../../graph/ops.ts";
import { NoStableHLOError } from "./error.ts";
import type { Block, Ref, Writer } from "./writer.ts";

/** Writes a node whose operands are written, and gives its results. `region` writes a graph inside it, for values of its parameters. */
export type Form<K extends OpName = OpName> = (
  w: Writer,
  n: Node<K>,
  ins: readonly Ref[],
  region: (g: Graph, args: readonly Ref[]) => readonly Ref[],
) => readonly Ref[];
export type Forms<K extends OpName> = { readonly [P in K]: Form<P> };
/** An operation without a counterpart. */
export const none =
  (why: string): Form =>
  (_w, n) => {
    const eqn = n.origin[0];
    throw new NoStableHLOError(`${eqn?.primitive.name ?? rowOf(n.op).stablehlo} has no counterpart in StableHLO: ${why}`, eqn?.source.frames[0]);
  };
/** A graph as a region of its own parameters. */
export const blockOf = (g: Graph, region: (g: Graph, args: readonly Ref[]) => readonly Ref[]): Block => ({
  takes: g.params.map((p) => p.type),
  gives: (args) => region(g, args),
});
