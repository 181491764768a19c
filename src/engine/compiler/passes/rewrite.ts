// The one mechanism of all passes: a graph is rebuilt node by node, and a pass says what each node becomes.
import type { Eqn } from "../../core/jaxpr.ts";
import { Graph, GraphBuilder, type Node } from "../../graph/graph.ts";

/** What a node becomes: another node of the new graph, or null to keep it as it is. */
export type Rewrite = (g: GraphBuilder, n: Node, inputs: readonly Node[]) => Node | null;

export interface PassRecord {
  readonly pass: string;
  readonly before: number;
  readonly after: number;
  readonly changed: readonly string[];
}

/**
 * Rebuilds the live part of a graph. The equations of a replaced node are joined to its replacement's.
 * @param became is told what every node has become, where somebody wants to know
 */
export function rewriteGraph(graph: Graph, rewrite: Rewrite, became?: Map<Node, Node>): Graph {
  const g = new GraphBuilder(graph.name),
    map = new Map<Node, Node>(),
    live = liveNodes(graph),
    origins = new Origins();
  for (const n of graph.nodes) {
    if (!live.has(n) && n.op !== "parameter") continue;
    if (n.is("parameter")) {
      map.set(n, g.param(n.type));
      continue;
    }
    g.origin = n.origin;
    const inputs = n.inputs.map((i) => map.get(i)!),
      replaced = rewrite(g, n, inputs);
    if (replaced) {
      if (replaced.op !== "parameter") origins.add(replaced, n.origin);
      map.set(n, replaced);
    } else {
      const same = g.node(n.op, inputs, n.attrs, n.types);
      same.origin = n.origin;
      map.set(n, same);
    }
  }
  origins.settle();
  const built = g.build(graph.outs.map((o) => map.get(o)!)),
    kept = liveNodes(built);
  if (became) for (const [from, to] of map) if (kept.has(to) || to.is("parameter")) became.set(from, to);
  return new Graph(
    built.params,
    built.nodes.filter((n) => kept.has(n) || n.op === "parameter"),
    built.outs,
    graph.name,
  );
}
/** Rebuilds a graph and those of all loops and branches inside it. A loop or branch that the rewrite answers for is not gone into. */
export function rewriteProgram(graph: Graph, rewrite: Rewrite): Graph {
  const inside = (g: Graph): Graph => rewriteProgram(g, rewrite);
  return rewriteGraph(graph, (g, n, inputs) => {
    const replaced = rewrite(g, n, inputs);
    if (replaced) return replaced;
    if (n.is("while")) return g.node("while", inputs, { cond: inside(n.attrs.cond), body: inside(n.attrs.body) }, n.types);
    return n.is("case") ? g.node("case", inputs, { branches: n.attrs.branches.map(inside) }, n.types) : null;
  });
}
/** Calls back with effects, itself or in a loop's body or a branch. */
function hasEffect(n: Node): boolean {
  if (n.is("callback")) return n.attrs.effectful;
  if (n.is("while")) return n.attrs.body.nodes.some(hasEffect) || n.attrs.cond.nodes.some(hasEffect);
  return n.is("case") && n.attrs.branches.some((b) => b.nodes.some(hasEffect));
}
export function liveNodes(graph: Graph): Set<Node> {
  const live = new Set<Node>(),
    stack = [...graph.outs, ...graph.nodes.filter(hasEffect)];
  for (let n = stack.pop(); n; n = stack.pop())
    if (!live.has(n)) {
      live.add(n);
      stack.push(...n.inputs);
    }
  return live;
}
/** Equations of nodes that stand for several, collected while a graph is rebuilt: one node may stand for thousands. */
class Origins {
  readonly #of = new Map<Node, Set<Eqn>>();
  add(n: Node, more: readonly Eqn[]): void {
    if (more === n.origin) return;
    let all = this.#of.get(n);
    if (!all) this.#of.set(n, (all = new Set(n.origin)));
    for (const e of more) all.add(e);
  }
  settle(): void {
    for (const [n, all] of this.#of) n.origin = [...all];
  }
}
