// Loop bodies, conditions and branches are programs too: each is optimized by the same passes before the program around it.
import type { Graph, Node, OpAttrs } from "../../graph/graph.ts";
import { rewriteGraph } from "./rewrite.ts";
import { runPasses } from "./pipeline.ts";

const optimize = (g: Graph): Graph => runPasses(optimizeRegions(g)).graph;
export function optimizeRegions(graph: Graph): Graph {
  if (!graph.nodes.some((n) => n.is("while", "case"))) return graph;
  return rewriteGraph(graph, (g, n, inputs): Node | null => {
    if (n.is("while")) {
      const a: OpAttrs["while"] = { cond: optimize(n.attrs.cond), body: optimize(n.attrs.body) };
      return keepOrigin(g.node("while", inputs, a, n.types), n);
    }
    if (n.is("case")) return keepOrigin(g.node("case", inputs, { branches: n.attrs.branches.map(optimize) }, n.types), n);
    return null;
  });
}
function keepOrigin(made: Node, from: Node): Node {
  made.origin = from.origin;
  return made;
}
