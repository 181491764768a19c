// A last axis of a few elements (coordinates, colours): loops over it are too short for lanes. The program is computed component by component instead, each an
// array without that axis.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import { type Graph, type GraphBuilder, type Node, isElementwise } from "../../../graph/graph.ts";
import { rewriteGraph } from "../../../compiler/passes/rewrite.ts";
import { component } from "../build.ts";
import { componentsEdit } from "../componentEdits.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, editOr, percent, shapeText, times, typeText, valueName } from "../words.ts";

const MOST_COMPONENTS = 4;
const LEAST_ELEMENTS = 4096;
interface Components extends Candidate {
  readonly largest: Node;
  readonly count: number;
  readonly ms: number;
}
export const components: Rule<Components> = {
  name: "short last axis",
  find(f) {
    // Of each length of the axis one candidate: all values that have it.
    const by = new Map<number, Node[]>();
    for (const n of f.regions[0]!.graph.nodes)
      if (isShort(n)) {
        const list = by.get(n.shape.at(-1)!);
        if (list) list.push(n);
        else by.set(n.shape.at(-1)!, [n]);
      }
    return [...by].flatMap(([count, nodes]) => {
      const work = nodes.filter((n) => isElementwise(n));
      const kernels = [...new Set(work.flatMap((n) => f.kernelsOf(n)))].filter((k) => !hasLanes(k, f));
      const ms = kernels.reduce((s, k) => s + f.kernelMs(k), 0);
      const size = Math.max(...work.map((n) => sizeOf(n.shape)));
      const largest = work.find((n) => sizeOf(n.shape) === size);
      if (!largest || ms === 0 || isOfProduct(largest)) return [];
      return [{ at: f.line(largest), others: nodes.map((n) => f.line(n)), largest, count, ms, most: 0.9 * ms, key: `axis of ${count}` }];
    });
  },
  change: ({ count }) => ({ kind: "graph", transform: (graph) => apart(graph, count) }),
  say({ at, largest, count, ms }, o, f) {
    const name = valueName(largest, f);
    const [all, others] = [shapeText(largest.shape), shapeText(largest.shape.slice(0, -1))];
    return {
      text: sentence(
        "{0} has the shape {1}: the innermost axis has length {2}, so the inner loop over it runs without lanes ({3}). The kernels that it is in take {4} of the time.",
        ...[name, all, count, typeText(largest), percent(ms, f.total)],
      ),
      remedy: sentence(
        "Compute it component by component: the {0} coordinates separately, each an array {1}, put together by np.stack at the end; or put the axis of {0} first. {2} times faster.",
        ...[count, others, times(o.factor)],
      ),
      change: sentence("all values with a last axis of {0} taken apart", count),
      action: editOr(
        sentence("Take it apart"),
        isOfPairs(largest, count) ? componentsEdit(f.text(at), at, count) : null,
        sentence("Copy how to take it apart"),
        snippet(count, codeOf(largest, f) ?? "x"),
      ),
    };
  },
};
const snippet = (count: number, name: string): string =>
  `const parts = [${Array.from({ length: count }, (_v, i) => i).join(", ")}].map((i) => ${name}.get("...", i));`;
/** Whether both operands have the last axis themselves: one that is spread along it has no components. */
const isOfPairs = (n: Node, count: number): boolean =>
  n.shape.length === 3 &&
  n.inputs.length === 2 &&
  n.inputs.every(
    (i) => i.is("broadcast") && i.inputs[0]!.shape.at(-1) === count && i.attrs.dims.at(-1) === 2 && i.attrs.dims.length === i.inputs[0]!.shape.length,
  );
/** Whether a short axis is the columns of a product: a layer of few features is no list of coordinates that could be taken apart. */
const isOfProduct = (n: Node): boolean =>
  n.is("dot", "conv") ||
  ((isElementwise(n) || n.is("reshape", "convert")) && n.inputs.some((i) => i.shape.at(-1) === n.shape.at(-1) && isOfProduct(i)));
const isShort = (n: Node): boolean => {
  const last = n.shape.at(-1) ?? 0;
  return n.types.length === 1 && n.shape.length >= 2 && last >= 2 && last <= MOST_COMPONENTS && sizeOf(n.shape) >= LEAST_ELEMENTS;
};
function hasLanes(k: Facts["kernels"][number], f: Facts): boolean {
  const s = f.schedule(k);
  return s === null || [...s.loops.values()].some((l) => l.kind === "lanes" && l.lanes > 1);
}
/** The graph with every value whose last axis has `count` elements as so many values without it. */
function apart(graph: Graph, count: number): Graph {
  const parts = new Map<Node, readonly Node[]>();
  const has = (n: Node): boolean => n.types.length === 1 && n.shape.length >= 1 && n.shape.at(-1) === count;
  const partsOf = (g: GraphBuilder, old: Node, x: Node): readonly Node[] => {
    let p = parts.get(old);
    if (!p) parts.set(old, (p = Array.from({ length: count }, (_v, i) => component(g, x, x.shape.length - 1, i))));
    return p;
  };
  return rewriteGraph(graph, (g, n, inputs) => {
    if (n.is("reduce") && has(n.inputs[0]!) && parts.has(n.inputs[0]!)) {
      const own = partsOf(g, n.inputs[0]!, inputs[0]!);
      const last = n.inputs[0]!.shape.length - 1;
      const dims = n.attrs.dims.filter((d) => d !== last);
      const reduced = own.map((p) => g.reduce(p, dims, n.attrs.kind));
      if (n.attrs.dims.includes(last)) return reduced.reduce((a, b) => g.binary(n.attrs.kind, a, b));
      parts.set(n, reduced);
      return together(g, reduced);
    }
    if (!has(n) || sizeOf(n.shape) < count * 2) return null;
    const made = split(g, n, inputs, (i) => (has(n.inputs[i]!) ? partsOf(g, n.inputs[i]!, inputs[i]!) : null), count);
    if (!made) return null;
    parts.set(n, made);
    return together(g, made);
  });
}
/** The components of a node's result, from those of its operands; null where it mixes them. */
function split(
  g: GraphBuilder,
  n: Node,
  inputs: readonly Node[],
  operand: (i: number) => readonly Node[] | null,
  count: number,
): readonly Node[] | null {
  const each = (make: (k: number) => Node): Node[] => Array.from({ length: count }, (_v, k) => make(k));
  const rank = n.shape.length;
  if (isElementwise(n)) {
    const own = inputs.map((x, i) => (x.shape.length ? operand(i) : null));
    if (inputs.some((x, i) => x.shape.length > 0 && !own[i])) return null;
    const type = { shape: n.shape.slice(0, -1), dtype: n.dtype };
    return each((k) =>
      g.node(
        n.op,
        inputs.map((x, i) => own[i]?.[k] ?? x),
        n.attrs,
        [type],
      ),
    );
  }
  if (n.is("broadcast")) {
    const from = n.inputs[0]!;
    const at = n.attrs.dims.indexOf(rank - 1);
    const shape = n.shape.slice(0, -1);
    if (at < 0) {
      const one = g.broadcast(inputs[0]!, shape, n.attrs.dims);
      return each(() => one);
    }
    if (at !== from.shape.length - 1) return null;
    if (from.shape[at] === 1) {
      const one = g.broadcast(component(g, inputs[0]!, at, 0), shape, n.attrs.dims.slice(0, -1));
      return each(() => one);
    }
    const own = operand(0);
    return own && each((k) => g.broadcast(own[k]!, shape, n.attrs.dims.slice(0, -1)));
  }
  if (n.is("reshape")) {
    const own = n.inputs[0]!.shape.at(-1) === count ? operand(0) : null;
    return own && each((k) => g.reshape(own[k]!, n.shape.slice(0, -1)));
  }
  return null;
}
/** The components as one value again: dead where all readers take them apart. */
function together(g: GraphBuilder, parts: readonly Node[]): Node {
  const columns = parts.map((p) => g.reshape(p, [...p.shape, 1]));
  const [first] = columns;
  const type = { shape: [...parts[0]!.shape, parts.length], dtype: first!.dtype };
  return g.node("concatenate", columns, { dim: type.shape.length - 1 }, [type]);
}
