// A whole sort of which one element is read: the first is the least, the last the greatest, and finding it is one pass.
import { sentence } from "../../../core/sentence.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { sortEdit } from "../edits.ts";
import { codeOf, count, editOr, partName, percent, times } from "../words.ts";

interface Reading {
  readonly get: Node<"get"> | null;
  readonly slice: Node;
}
interface Sorted extends Candidate {
  readonly node: Node<"library">;
  readonly readings: readonly Reading[];
  readonly axis: number;
  readonly end: "first" | "last";
  readonly arg: boolean;
}
export const sorted: Rule<Sorted> = {
  name: "sort of which one element is read",
  find(f) {
    const found: Sorted[] = [];
    for (const n of f.nodes()) {
      if (!n.is("library") || n.attrs.name !== "sort") continue;
      const c = looked(n, f);
      if (c) found.push(c);
    }
    return found;
  },
  change: ({ node, readings, axis, end }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      const r = readings.find((x) => x.slice === n);
      if (!r) return null;
      // The keys' own inputs, as they are in the graph that is built: the sort is the slice's operand, or its operand's.
      const sort = inputs[0]!.is("get") ? inputs[0].inputs[0]! : inputs[0]!;
      return extreme(g, sort, node, r, axis, end, n);
    },
  }),
  say({ at, node, readings, end, arg, axis }, o, f) {
    const size = node.inputs[0]!.shape[axis]!;
    const isLast = end === "last";
    const best = isLast ? sentence("greatest") : sentence("least");
    const max = isLast ? "max" : "min";
    const keys = partName(node.inputs[0]!, f);
    const wanted = `${codeOf(node.inputs[0]!, f) ?? "x"}.${arg ? "arg" : ""}${max}({ axis: ${axis} })`;
    const sorts = node.inputs[0]!.shape.reduce((a, b) => a * b, 1) / size;
    const work =
      sorts > 1
        ? sentence("{0} sorts of {1} elements, {2} of the time", sorts, count(size), percent(f.ms(node), f.total))
        : sentence("{0} elements, {1} of the time", count(size), percent(f.ms(node), f.total));
    const read =
      readings.length > 1
        ? isLast
          ? sentence("the last element of the sort is read, at {0} places", readings.length)
          : sentence("the first element of the sort is read, at {0} places", readings.length)
        : isLast
          ? sentence("the last element of the sort is read")
          : sentence("the first element of the sort is read");
    const faster = times(o.factor);
    return {
      text: sentence("{0} is sorted whole ({1}), and only {2}: the {3}.", keys, work, read, best),
      remedy: !arg
        ? sentence("Take the {0} alone: {1} in one pass, {2} times faster.", best, max, faster)
        : isLast
          ? sentence(
              "Take the {0} alone: argmax gives its index, max its value in one pass, {1} times faster. Of equal ones it gives the first, where the sort has the last.",
              best,
              faster,
            )
          : sentence("Take the {0} alone: argmin gives its index, min its value in one pass, {1} times faster.", best, faster),
      change: sentence("the sort by arg{0} and {0}", max),
      action: editOr(
        sentence("Use {0}", arg ? `arg${max}` : max),
        sortEdit(f.text(at), at, end, axis, node.inputs[0]!.shape.length),
        sentence("Copy {0}", arg ? `arg${max}` : max),
        wanted,
      ),
    };
  },
};
function looked(n: Node<"library">, f: Facts): Sorted | null {
  const params = n.attrs.params as { dimension?: number; axis?: number; numKeys?: number };
  const [keys] = n.inputs;
  if (!keys || keys.dtype.startsWith("c") || (params.numKeys ?? 1) !== 1 || n.inputs.length > 2) return null;
  const axis = params.dimension ?? params.axis ?? keys.shape.length - 1;
  const readings: Reading[] = [];
  const results = n.types.length === 1 ? [n] : f.users(n);
  let end: "first" | "last" | null = null;
  let arg = false;
  for (const r of results) {
    if (r !== n && !r.is("get")) return null;
    const index = r.is("get") ? r.attrs.index : 0;
    if (f.isResult(r)) return null;
    for (const u of f.users(r)) {
      const at = placeOf(u, axis, f);
      if (at === null || u.shape[axis] !== 1) return null;
      const here = at === 0 ? "first" : at === keys.shape[axis]! - 1 ? "last" : null;
      if (here === null || (end !== null && end !== here)) return null;
      end = here;
      arg ||= index === 1;
      // What is carried along must be the places themselves.
      if (index === 1 && !(n.inputs[1]!.is("iota") && n.inputs[1].attrs.dim === axis)) return null;
      readings.push({ get: r.is("get") ? r : null, slice: u });
    }
  }
  if (end === null) return null;
  return { at: f.line(n), others: readings.map((r) => f.line(r.slice)), node: n, readings, axis, end, arg, most: f.ms(n) };
}
/** At which place of an axis a slice of one element is taken; null where it is none. */
function placeOf(u: Node, axis: number, f: Facts): number | null {
  const size = u.inputs[0]!.shape[axis]!;
  const others = u.shape.every((s, i) => i === axis || s === u.inputs[0]!.shape[i]);
  if (u.is("slice")) return others ? u.attrs.start[axis]! : null;
  if (!u.is("dynamic_slice") || !others) return null;
  const at = f.known(u.inputs[1 + axis]!);
  return at === null ? null : Math.min(Math.max(at, 0), size - 1);
}
function extreme(g: GraphBuilder, sort: Node, from: Node<"library">, { get }: Reading, axis: number, end: "first" | "last", like: Node): Node {
  const kind = end === "last" ? "max" : "min";
  const keys = sort.inputs[0]!;
  if (get?.attrs.index === 1) {
    const type = { shape: keys.shape.filter((_s, i) => i !== axis), dtype: from.types[1]!.dtype };
    return g.reshape(g.node("arg_reduce", [keys], { axis, kind }, [type]), like.shape);
  }
  return g.reshape(g.reduce(keys, [axis], kind), like.shape);
}
