// A program computed in another type of float, arguments and results keep theirs.
import { type DType, isComplex } from "../../core/dtypes.ts";
import { type Graph, GraphBuilder, type Node, type TensorType } from "../../graph/graph.ts";

/** What must keep its own type is given that, and converted again. */
const KEPT = ["library", "callback", "bitcast", "generic_reduce", "generic_reduce_window"] as const;

/**
 * Arguments are converted when they come in and results when they leave; loops carry the other type.
 * @param types what is not computed in any more @param by what is computed in instead
 */
export const retyped = (graph: Graph, types: ReadonlySet<DType>, by: DType): Graph => retypedGraph(graph, types, by, false);
function retypedGraph(graph: Graph, types: ReadonlySet<DType>, by: DType, inside: boolean): Graph {
  const isOne = (t: TensorType): boolean => types.has(t.dtype);
  const other = (t: TensorType): TensorType => (isOne(t) ? { shape: t.shape, dtype: by } : t);
  const g = new GraphBuilder(graph.name);
  const known = new Map<Node, Node>();
  const own = (n: Node, t: TensorType): Node => (n.dtype === t.dtype ? n : g.convert(n, t.dtype));
  for (const n of graph.nodes) {
    g.origin = n.origin;
    const inputs = n.inputs.map((i) => known.get(i)!);
    known.set(n, made(n, inputs));
  }
  function made(n: Node, inputs: readonly Node[]): Node {
    if (n.is("parameter")) return inside ? g.param(other(n.type)) : own(g.param(n.type), other(n.type));
    if (!n.types.some(isOne) && !n.inputs.some((i) => i.types.some(isOne))) return g.node(n.op, inputs, n.attrs, n.types);
    if (n.is("convert")) return inputs[0]!.dtype === other(n.type).dtype ? inputs[0]! : g.convert(inputs[0]!, other(n.type).dtype);
    if (n.is("constant")) return own(g.node(n.op, inputs, n.attrs, n.types), other(n.type));
    const within = (part: Graph): Graph => retypedGraph(part, types, by, true);
    if (n.is("while")) return g.node("while", inputs, { cond: within(n.attrs.cond), body: within(n.attrs.body) }, n.types.map(other));
    if (n.is("case")) return g.node("case", inputs, { branches: n.attrs.branches.map(within) }, n.types.map(other));
    if (n.is(...KEPT) || [...n.types, ...n.inputs].some((t) => isComplex(t.dtype))) {
      const same = g.node(
        n.op,
        inputs.map((x, i) => own(x, n.inputs[i]!.type)),
        n.attrs,
        n.types,
      );
      return n.types.length === 1 ? own(same, other(n.type)) : same;
    }
    // A result of a routine has that routine's type.
    if (n.is("get")) return own(g.node("get", inputs, n.attrs, [inputs[0]!.types[n.attrs.index]!]), other(n.type));
    return g.node(n.op, inputs, n.attrs, n.types.map(other));
  }
  return g.build(graph.outs.map((o) => (inside ? known.get(o)! : own(known.get(o)!, o.type))));
}
