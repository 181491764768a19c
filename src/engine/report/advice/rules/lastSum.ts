// A running sum of which the last value alone is read: that is the sum, in one pass and without an array of all sums on the way.
import { sentence } from "../../../core/sentence.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, count, percent, times } from "../words.ts";

type Reducing = "add" | "mul" | "max" | "min";
interface LastSum extends Candidate {
  readonly node: Node<"cumulative">;
  readonly kind: Reducing;
  readonly reads: readonly Node[];
}
/** As NumPy calls them: running, and whole. */
const NAMES: Readonly<Record<Reducing, readonly [string, string]>> = {
  add: ["np.cumsum", "sum"],
  mul: ["np.cumprod", "prod"],
  max: ["lax.cummax", "max"],
  min: ["lax.cummin", "min"],
};
export const lastSum: Rule<LastSum> = {
  name: "running sum of which the last is read",
  tolerance: 1e-4,
  find(f) {
    const found: LastSum[] = [];
    for (const n of f.nodes()) {
      if (!n.is("cumulative") || n.attrs.kind === "logsumexp" || f.isResult(n)) continue;
      const { axis, reverse, kind } = n.attrs;
      const size = n.shape[axis]!;
      const reads = readersOf(n, axis, f);
      const last = reverse ? 0 : size - 1;
      if (size < 2 || !reads?.length || !reads.every((r) => r.shape[axis] === 1 && placeOf(r, axis, f) === last)) continue;
      found.push({
        at: f.line(n),
        others: reads.map((r) => f.line(r)),
        node: n,
        kind,
        reads,
        most: f.ms(n) + reads.reduce((s, r) => s + f.ms(r), 0),
      });
    }
    return found;
  },
  change: ({ kind, reads, node }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      if (!reads.includes(n)) return null;
      // Of the other axes the same part is read.
      const x = g.node(n.op, [summedIn(g, inputs[0]!), ...inputs.slice(1)], wholeAlong(n, node.attrs.axis), [
        { shape: n.shape.map((s, i) => (i === node.attrs.axis ? node.shape[i]! : s)), dtype: n.dtype },
      ]);
      return g.reshape(g.reduce(x, [node.attrs.axis], kind), n.shape);
    },
  }),
  say({ node, kind }, o, f) {
    const { axis, reverse } = node.attrs;
    const [running, whole] = NAMES[kind];
    const snippet = `${codeOf(node.inputs[0]!, f) ?? "x"}.${whole}({ axis: ${axis} })`;
    const words = [running, count(node.shape[axis]!), percent(f.ms(node), f.total)];
    return {
      text: reverse
        ? sentence(
            "Of {0} over {1} elements only the first value is read, the one that has all of them in it: every other one is computed and stored for nothing ({2} of the time).",
            ...words,
          )
        : sentence(
            "Of {0} over {1} elements only the last value is read, the one that has all of them in it: every other one is computed and stored for nothing ({2} of the time).",
            ...words,
          ),
      remedy:
        kind === "add" || kind === "mul"
          ? sentence(
              "Take the whole at once: {0} in place of {1} and the selection, {2} times faster; rounded in another order.",
              snippet,
              running,
              times(o.factor),
            )
          : sentence("Take the whole at once: {0} in place of {1} and the selection, {2} times faster.", snippet, running, times(o.factor)),
      change: sentence("{0} in place of {1}", whole, running),
      action: { label: sentence("Copy {0}", whole), kind: "snippet", snippet },
    };
  },
};
/** What reads a running sum, through slices that leave its axis whole; null where one of them is a result. */
function readersOf(n: Node, axis: number, f: Facts): Node[] | null {
  const found: Node[] = [];
  for (const u of f.users(n)) {
    const inside = u.is("slice") && u.shape[axis] === n.shape[axis] ? readersOf(u, axis, f) : [u];
    if (inside === null || (inside[0] !== u && f.isResult(u))) return null;
    found.push(...inside);
  }
  return found;
}
/** What is added up, cut as the running sum was, in the graph that is built. */
function summedIn(g: GraphBuilder, running: Node): Node {
  if (!running.is("slice")) return running.inputs[0]!;
  return g.node("slice", [summedIn(g, running.inputs[0]!)], running.attrs, [running.type]);
}
/** At which place of an axis one element is taken; null where that is not known, or the reading is of another kind. */
function placeOf(r: Node, axis: number, f: Facts): number | null {
  if (r.is("slice")) return r.attrs.start[axis]!;
  if (!r.is("dynamic_slice")) return null;
  const at = f.known(r.inputs[1 + axis]!);
  return at === null ? null : Math.min(Math.max(at, 0), r.inputs[0]!.shape[axis]! - 1);
}
/** The attributes of a slice that takes all of an axis. */
function wholeAlong(r: Node, axis: number): Node["attrs"] {
  if (!r.is("slice")) return r.attrs;
  const { start, strides } = r.attrs;
  return { ...r.attrs, start: start.map((s, i) => (i === axis ? 0 : s)), strides: strides.map((s, i) => (i === axis ? 1 : s)) };
}
