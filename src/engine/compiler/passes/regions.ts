// Loop bodies, conditions, branches and reducers are programs too: each is optimized by the same passes before the program around it.
import type { Graph, Node, OpAttrs } from "../../graph/graph.ts";
import { rewriteGraph } from "./rewrite.ts";
import { runPasses } from "./pipeline.ts";
import { type PassWatch, inside } from "./watch.ts";

const optimize = (g: Graph, watch?: PassWatch): Graph => runPasses(optimizeRegions(g, watch), watch).graph;
const HAS_GRAPH = ["while", "case", "generic_reduce", "generic_reduce_window"] as const;
/** @param watch is told of the passes over each region, named as the regions of the compiled program are */
export function optimizeRegions(graph: Graph, watch?: PassWatch): Graph {
  if (!graph.nodes.some((n) => n.is(...HAS_GRAPH))) return graph;
  // Reductions with one reducer keep one, so that CSE sees that they are the same.
  const reducers = new Map<Graph, Graph>();
  const reducer = (g: Graph): Graph => {
    let r = reducers.get(g);
    if (!r) reducers.set(g, (r = optimize(g)));
    return r;
  };
  const count = { while: 0, case: 0 };
  return rewriteGraph(graph, (g, n, inputs): Node | null => {
    if (n.is("while")) {
      const name = `while.${++count.while}`;
      const a: OpAttrs["while"] = {
        cond: optimize(n.attrs.cond, inside(watch, `${name} condition`)),
        body: optimize(n.attrs.body, inside(watch, `${name} body`)),
      };
      return keepOrigin(g.node("while", inputs, a, n.types), n);
    }
    if (n.is("case")) {
      const name = `case.${++count.case}`;
      const branches = n.attrs.branches.map((b, i) => optimize(b, inside(watch, `${name} branch ${i}`)));
      return keepOrigin(g.node("case", inputs, { branches }, n.types), n);
    }
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
