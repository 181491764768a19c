// The order in which a graph is evaluated: its live nodes as they stand, each with the values that nobody reads after it.
import type { Graph, Node } from "../graph.ts";

interface Step {
  readonly node: Node;
  readonly dead: readonly Node[];
}
const schedules = new WeakMap<Graph, readonly Step[]>();

/** A node that holds the value: a result of a node with several is held by that node. */
const holder = (n: Node): Node => (n.is("get") ? n.inputs[0]! : n);
/** Whether running a node is seen from outside. */
function hasEffect(n: Node): boolean {
  if (n.is("callback")) return n.attrs.effectful;
  if (n.is("while")) return [n.attrs.cond, n.attrs.body].some((g) => g.nodes.some(hasEffect));
  return n.is("case") && n.attrs.branches.some((g) => g.nodes.some(hasEffect));
}
function make(graph: Graph): readonly Step[] {
  const live = new Set<Node>();
  const open = [...graph.outs, ...graph.nodes.filter(hasEffect)];
  for (let n = open.pop(); n; n = open.pop())
    if (!live.has(n)) {
      live.add(n);
      open.push(...n.inputs);
    }
  const order = graph.nodes.filter((n) => live.has(n) && !n.is("parameter", "get"));
  const last = new Map<Node, Node>();
  for (const n of order) for (const i of n.inputs) last.set(holder(i), n);
  for (const n of order) if (!last.has(n)) last.set(n, n);
  for (const o of graph.outs) last.delete(holder(o));
  const dead = new Map<Node, Node[]>();
  for (const [n, at] of last) dead.set(at, [...(dead.get(at) ?? []), n]);
  return order.map((node) => ({ node, dead: dead.get(node) ?? [] }));
}
export function scheduleOf(graph: Graph): readonly Step[] {
  let s = schedules.get(graph);
  if (!s) schedules.set(graph, (s = make(graph)));
  return s;
}
