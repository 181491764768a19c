// A whole sort of which a few elements at one end are read: those few can be found in one pass.
import { sentence } from "../../../core/sentence.ts";
import { isComplex } from "../../../core/dtypes.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, count, partName, percent, times } from "../words.ts";

interface Few extends Candidate {
  readonly node: Node<"library">;
  /** What reads the sort: a cut of one end. */
  readonly slices: readonly { readonly index: number; readonly slice: Node<"slice"> }[];
  readonly axis: number;
  readonly end: "first" | "last";
  /** How many are read. */
  readonly k: number;
}
const ROUTINE = "topK";
/** More than this part of the elements is a sort. */
const MOST_SHARE = 0.25;

export const topFew: Rule<Few> = {
  name: "sort of which a few elements are read",
  tolerance: 1e-6,
  find(f) {
    const found: Few[] = [];
    for (const n of f.nodes()) {
      const c = n.is("library") && n.attrs.name === "sort" ? looked(n, f) : null;
      if (c) found.push(c);
    }
    return found;
  },
  change: ({ node, slices, axis, end, k }) => {
    let keys: Node | null = null;
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        if (n === node) keys = inputs[0]!;
        const s = slices.find((x) => x.slice === n);
        return s && keys ? fewOf(g, keys, s, node, axis, end, k) : null;
      },
    };
  },
  say({ node, slices, axis, end, k }, o, f) {
    const keys = partName(node.inputs[0]!, f);
    const size = node.inputs[0]!.shape[axis]!;
    const name = codeOf(node.inputs[0]!, f) ?? "x";
    const isLast = end === "last";
    // As the sort has them: the least first.
    const along = axis === node.inputs[0]!.shape.length - 1 ? "" : `, { axis: ${axis} }`;
    const call = isLast
      ? `const [values, indices] = lax.topK(${name}, ${k}${along}).map((v) => np.flip(v, ${axis}));`
      : `const [negated, indices] = lax.topK(${name}.neg(), ${k}${along});\nconst values = negated.neg();`;
    const share = percent(f.ms(node), f.total);
    return {
      text: isLast
        ? sentence("{0} is sorted whole ({1} elements a row, {2} of the time), and only the {3} greatest are read.", keys, count(size), share, k)
        : sentence("{0} is sorted whole ({1} elements a row, {2} of the time), and only the {3} least are read.", keys, count(size), share, k),
      remedy: isLast
        ? sentence(
            "Take those alone: lax.topK({0}, {1}) gives the {1} greatest, the greatest first, and their indices in one pass, {2} times faster.",
            ...[name, k, times(o.factor)],
          )
        : sentence(
            "Take those alone: lax.topK({0}.neg(), {1}) gives the {1} least with their signs turned, and their indices in one pass, {2} times faster.",
            ...[name, k, times(o.factor)],
          ),
      change: slices.some((s) => s.index === 1) ? sentence("the sort by topK and its indices") : sentence("the sort by topK"),
      action: { label: sentence("Copy topK"), kind: "snippet", snippet: call },
    };
  },
};
function looked(n: Node<"library">, f: Facts): Few | null {
  const params = n.attrs.params as { dimension?: number; numKeys?: number };
  const [keys, places] = n.inputs;
  const axis = params.dimension ?? (keys?.shape.length ?? 1) - 1;
  if (!keys || isComplex(keys.dtype) || !keys.dtype.startsWith("float") || (params.numKeys ?? 1) !== 1 || n.inputs.length > 2) return null;
  if (places && !(places.is("iota") && places.attrs.dim === axis)) return null;
  const size = keys.shape[axis]!;
  const slices: { index: number; slice: Node<"slice"> }[] = [];
  let end: "first" | "last" | null = null;
  let k = 0;
  for (const r of n.types.length === 1 ? [n] : f.users(n)) {
    if (f.isResult(r) || (r !== n && !r.is("get"))) return null;
    const index = r.is("get") ? r.attrs.index : 0;
    for (const u of f.users(r)) {
      // A sort turned round is read at its other end.
      const turned = u.is("reverse") && u.attrs.dims.join() === String(axis) ? u : null;
      const cuts = turned ? f.users(turned) : [u];
      if (turned && f.isResult(turned)) return null;
      for (const c of cuts) {
        if (!c.is("slice") || !c.shape.every((s, i) => i === axis || s === keys.shape[i])) return null;
        const [from, to] = [c.attrs.start[axis]!, c.attrs.start[axis]! + (c.shape[axis]! - 1) * c.attrs.strides[axis]! + 1];
        const here = from + to > size ? "last" : "first";
        const own = turned ? (here === "last" ? "first" : "last") : here;
        const depth = here === "last" ? size - from : to;
        if (end !== null && end !== own) return null;
        end = own;
        k = Math.max(k, depth);
        slices.push({ index, slice: c });
      }
    }
  }
  if (end === null || k < 2 || k > MOST_SHARE * size) return null;
  return { at: f.line(n), others: slices.map((s) => f.line(s.slice)), node: n, slices, axis, end, k, most: 0.95 * f.ms(n) };
}
/** The slice of the sort, from the few greatest (or least) of its rows. */
function fewOf(
  g: GraphBuilder,
  keys: Node,
  { index, slice }: Few["slices"][number],
  node: Node<"library">,
  axis: number,
  end: Few["end"],
  k: number,
): Node {
  const shape = keys.shape.map((s, i) => (i === axis ? k : s));
  const wanted = end === "last" ? keys : g.unary("neg", keys);
  const top = g.node("library", [wanted], { name: ROUTINE, params: { axis, k } }, [
    { shape, dtype: keys.dtype },
    { shape, dtype: "int32" },
  ]);
  const [values, indices] = g.results(top);
  const picked = index === 1 ? g.convert(indices!, node.types[1]!.dtype) : end === "last" ? values! : g.unary("neg", values!);
  // topK gives the best first: the end of an ascending sort, turned round.
  const source = slice.inputs[0]!;
  const isTurned = source.is("reverse");
  const bestFirst = (end === "last") === isTurned;
  const size = keys.shape[axis]!;
  const start = slice.attrs.start[axis]!;
  const ordered = bestFirst ? picked : g.node("reverse", [picked], { dims: [axis] }, [picked.type]);
  // The k of that end of what is read: its first ones, or its last.
  const offset = bestFirst ? 0 : size - k;
  // Least first of an ascending sort is the best first as well.
  const from = end === "first" && !isTurned ? start : start - offset;
  const whole = end === "first" && !isTurned ? picked : ordered;
  const stride = slice.attrs.strides[axis]!;
  return g.slice(
    whole,
    shape.map((_s, i) => (i === axis ? from : 0)),
    shape.map((s, i) => (i === axis ? from + (slice.shape[axis]! - 1) * stride + 1 : s)),
    shape.map((_s, i) => (i === axis ? stride : 1)),
  );
}
