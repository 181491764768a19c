// Whether a graph is one: operands precede their uses, types are what the rows infer, attributes are in range, regions fit their node.
// Tests run it after every step of the compiler (compiler/checks.ts).
import type { Graph, Node, TensorType } from "./graph.ts";
import { GraphError, rowOf } from "./ops.ts";

const show = (t: TensorType): string => `${t.dtype}[${t.shape.join()}]`;
const showAll = (ts: readonly TensorType[]): string => (ts.length === 1 ? show(ts[0]!) : `(${ts.map(show).join(", ")})`);
const same = (a: readonly TensorType[], b: readonly TensorType[]): boolean => a.length === b.length && a.every((t, i) => show(t) === show(b[i]!));

/**
 * Throws GraphError naming the first node that breaks a rule. In a program that is `numbered`, ids are unique over all regions; while it is
 * being rewritten, in each graph.
 */
export function verifyGraph(graph: Graph, numbered = false): void {
  new Verifier(numbered).graph(graph, graph.name || "main");
}
class Verifier {
  #ids = new Set<number>();
  /** Reductions with one reducer share its graph. */
  readonly #done = new Set<Graph>();
  constructor(private readonly numbered: boolean) {}

  graph(graph: Graph, where: string): void {
    if (this.#done.has(graph)) return;
    this.#done.add(graph);
    const outer = this.#ids;
    if (!this.numbered) this.#ids = new Set();
    const all = new Set(graph.nodes);
    graph.params.forEach((p, i) => {
      if (!p.is("parameter") || p.attrs.index !== i) throw new GraphError(`${where}: parameter ${i} is the node %${p.id} ${p.op}`);
      if (!all.has(p)) throw new GraphError(`${where}: the parameter %${p.id} is not among the nodes`);
    });
    const seen = new Set<Node>();
    for (const n of graph.nodes) {
      const fail = (message: string): never => {
        throw new GraphError(`${where}: %${n.id} ${n.op}: ${message}`);
      };
      if (this.#ids.has(n.id)) fail("its id is used twice");
      this.#ids.add(n.id);
      for (const i of n.inputs)
        if (!seen.has(i)) fail(all.has(i) ? `%${i.id} ${i.op} is used before it is computed` : `%${i.id} ${i.op} belongs to another graph`);
      if (n.is("parameter") && graph.params[n.attrs.index] !== n) fail("it is not a parameter of this graph");
      verifyTypes(n, fail);
      rowOf(n.op)
        .regions(n.attrs)
        .forEach((r, k) => this.graph(r, `${where}/%${n.id} ${n.op} region ${k}`));
      seen.add(n);
    }
    graph.outs.forEach((o, i) => {
      if (!seen.has(o)) throw new GraphError(`${where}: result ${i}, %${o.id} ${o.op}, is not a node of this graph`);
    });
    if (!this.numbered) this.#ids = outer;
  }
}
function verifyTypes(n: Node, fail: (message: string) => never): void {
  const row = rowOf(n.op);
  if (row.arity !== null && n.inputs.length !== row.arity) fail(`it has ${n.inputs.length} operands, expected ${row.arity}`);
  if (n.types.some((t) => t.shape.some((s) => !Number.isInteger(s) || s < 0)))
    fail(`its type is ${showAll(n.types)}: sizes must be whole numbers, 0 or more`);
  if (n.is("get")) {
    const [of] = n.inputs;
    const given = of!.types[n.attrs.index];
    if (!given || !same([given], n.types))
      fail(`it is result ${n.attrs.index} of %${of!.id} and claims ${showAll(n.types)}, that node gives ${showAll(of!.types)}`);
    return;
  }
  if (n.inputs.some((i) => i.types.length !== 1)) fail("an operand has several results: take one with get");
  const inferred = inferTypes(n, fail);
  if (!same(inferred, n.types)) fail(`it claims ${showAll(n.types)}, its operands give ${showAll(inferred)}`);
}
function inferTypes(n: Node, fail: (message: string) => never): readonly TensorType[] {
  try {
    return rowOf(n.op).infer(n.inputs, n.attrs, n.types);
  } catch (e) {
    return fail(e instanceof Error ? e.message : String(e));
  }
}
