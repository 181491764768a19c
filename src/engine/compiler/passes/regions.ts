// Loop bodies, conditions, branches and reducers are programs too: each is optimized by the same passes before the program around it.
import type { Graph, Node, OpAttrs } from "../../graph/graph.ts";
import { rewriteGraph } from "./rewrite.ts";
import { runPasses } from "./pipeline.ts";

const optimize = (g: Graph): Graph => runPasses(optimizeRegions(g)).graph;
const HAS_GRAPH = ["while", "case", "generic_reduce", "generic_reduce_window"] as const;
export function optimizeRegions(graph: Graph): Graph {
  if (!graph.nodes.some((n) => n.is(...HAS_GRAPH))) return graph;
  // Reductions with one reducer keep one, so that CSE sees that they are the same.
  const reducers = new Map<Graph, Graph>();
  const reducer = (g: Graph): Graph => {
    let r = reducers.get(g);
    if (!r) reducers.set(g, (r = optimize(g)));
    return r;
  };
  return rewriteGraph(graph, (g, n, inputs): Node | null => {
    if (n.is("while")) {
      const a: OpAttrs["while"] = { cond: optimize(n.attrs.cond), body: optimize(n.attrs.body) };
      return keepOrigin(g.node("while", inputs, a, n.types), n);
    }
    if (n.is("case")) return keepOrigin(g.node("case", inputs, { branches: n.attrs.branches.map(optimize) }, n.types), n);
    if (n.is("generic_reduce")) return keepOrigin(g.node("generic_reduce", inputs, { ...n.attrs, body: reducer(n.attrs.body) }, n.types), n);
    if (n.is("generic_reduce_window"))
      return keepOrigin(g.node("generic_reduce_window", inputs, { ...n.attrs, body: reducer(n.attrs.body) }, n.types), n);
    return null;
  });
}
function keepOrigin(made: Node, from: Node): Node {
  made.origin = from.origin;
  return made;
}
