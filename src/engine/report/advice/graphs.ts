// Parts of graphs that rules take out and put elsewhere: what only one value needs, what a loop's turns do not change.
import { type Graph, GraphBuilder, type Node } from "../../graph/graph.ts";

/** Copies a node, its operands given. */
export function copied(g: GraphBuilder, n: Node, inputs: readonly Node[]): Node {
  const made = g.node(n.op, inputs, n.attrs, n.types);
  made.origin = n.origin;
  return made;
}
/** Copies all of a graph but the nodes that are known already (its parameters, and what stands for others): its results. */
export function inlined(g: GraphBuilder, graph: Graph, known: Map<Node, Node>): Node[] {
  for (const n of graph.nodes) {
    if (known.has(n)) continue;
    const inputs = n.inputs.map((i) => known.get(i)!);
    known.set(n, copied(g, n, inputs));
  }
  return graph.outs.map((o) => known.get(o)!);
}
/** A graph's parameters by what stands for them. */
export const given = ({ params }: Graph, values: readonly Node[]): Map<Node, Node> => new Map(params.map((p, i) => [p, values[i]!]));
/**
 * A loop that carries further values along, unchanged.
 * @param put says what nodes of the body are now: by the carried values, before the rest of the body is copied
 */
export function carryingAlong(
  g: GraphBuilder,
  loop: Node<"while">,
  inputs: readonly Node[],
  extra: readonly Node[],
  put: (inner: GraphBuilder, known: Map<Node, Node>, carried: readonly Node[]) => void,
): Node {
  const { cond, body } = loop.attrs;
  const inner = new GraphBuilder(body.name);
  const known = given(
    body,
    body.params.map((p) => inner.param(p.type)),
  );
  const carried = extra.map((v) => inner.param(v.type));
  put(inner, known, carried);
  const outs = [...inlined(inner, body, known), ...carried];
  const test = new GraphBuilder(cond.name);
  const testKnown = given(
    cond,
    cond.params.map((p) => test.param(p.type)),
  );
  extra.forEach((v) => test.param(v.type));
  const attrs = { cond: test.build(inlined(test, cond, testKnown)), body: inner.build(outs) };
  const made = g.node("while", [...inputs, ...extra], attrs, [...loop.types, ...extra.map((b) => b.type)]);
  return loop.types.length === 1 ? g.node("get", [made], { index: 0 }, [loop.type]) : made;
}
/** A body that does what the given one does, so many times. */
export function repeated(body: Graph, count: number): Graph {
  const g = new GraphBuilder(body.name);
  let values: readonly Node[] = body.params.map((p) => g.param(p.type));
  for (let k = 0; k < count; k++) values = inlined(g, body, given(body, values));
  return g.build(values);
}
/** Copies what a value is computed from, down to the nodes that are known already. */
export function copiedWith(g: GraphBuilder, n: Node, known: Map<Node, Node>): Node {
  const open: Node[] = [n];
  for (let m = open.at(-1); m; m = open.at(-1)) {
    const missing = m.inputs.filter((i) => !known.has(i));
    if (known.has(m) || missing.length === 0) {
      if (!known.has(m))
        known.set(
          m,
          copied(
            g,
            m,
            m.inputs.map((i) => known.get(i)!),
          ),
        );
      open.pop();
    } else open.push(...missing);
  }
  return known.get(n)!;
}
/** What is computed for one value alone, itself included: every reader of such a node is one as well. Sources are nobody's. */
export function exclusive(
  out: Node,
  users: (n: Node) => readonly Node[],
  isResult: (n: Node) => boolean,
  readers: readonly Node[],
): ReadonlySet<Node> {
  const own = new Set<Node>();
  const isOwn = (n: Node): boolean => !n.is("parameter", "callback") && !isResult(n) && users(n).every((u) => own.has(u) || readers.includes(u));
  if (!isOwn(out)) return own;
  own.add(out);
  // A node is looked at again each time that one of its readers has become one: the last of them lets it in.
  const open = [out];
  for (let n = open.pop(); n; n = open.pop())
    for (const i of n.inputs)
      if (!own.has(i) && isOwn(i)) {
        own.add(i);
        open.push(i);
      }
  return own;
}
/** A graph of what a value is computed from, down to some operands: its parameters. */
export function graphOf(name: string, out: Node, operands: readonly Node[]): Graph {
  const g = new GraphBuilder(name);
  const known = new Map<Node, Node>(operands.map((o) => [o, g.param(o.type)]));
  return g.build([copiedWith(g, out, known)]);
}
/** Nodes of a body that all turns compute alike: what they are computed from is carried around unchanged. */
export function invariants(body: Graph): ReadonlySet<Node> {
  const all = new Set<Node>();
  for (const n of body.nodes) {
    if (n.is("parameter") ? body.outs[n.attrs.index] === n : !n.is("callback", "barrier") && n.inputs.every((i) => all.has(i))) all.add(n);
  }
  return all;
}
