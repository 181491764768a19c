// Distances of all pairs by differences: [N, K, D] of them are formed, squared and added up, though |a − b|² is |a|² + |b|² − 2·a·b, a product of matrices.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { alongOnly, isAlong, unspread } from "../axes.ts";
import { filled } from "../build.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, shapeText, times, valueName } from "../words.ts";

interface Distances extends Candidate {
  readonly sum: Node<"reduce">;
  readonly square: Node;
  readonly difference: Node;
  /** The axis of the differences that each operand alone has, and the one that is summed. */
  readonly own: readonly [number, number];
  readonly depth: number;
  readonly ms: number;
}
/** Of fewer coordinates the differences are as cheap. */
const LEAST_DEPTH = 6;
const LEAST_SIZE = 1 << 14;

export const distances: Rule<Distances> = {
  name: "differences of all pairs",
  find(f) {
    const found: Distances[] = [];
    for (const sum of f.nodes()) {
      if (!sum.is("reduce") || sum.attrs.kind !== "add" || sum.attrs.dims.length !== 1 || !sum.dtype.startsWith("float")) continue;
      const [square] = sum.inputs;
      const [depth] = sum.attrs.dims;
      const difference = square!.is("mul") && square.inputs[0] === square.inputs[1] ? square.inputs[0]! : null;
      if (!difference?.is("sub") || difference.shape.length !== 3 || sizeOf(difference.shape) < LEAST_SIZE) continue;
      if (difference.shape[depth!]! < LEAST_DEPTH || !isAlone(square!, f) || !isAlone(difference, f)) continue;
      const axes = difference.inputs.map((x) => [0, 1, 2].filter((a) => a !== depth && isAlong(x, a)));
      if (axes.some((a) => a.length !== 1) || axes[0]![0] === axes[1]![0]) continue;
      const ms = f.kernelsOf(sum).reduce((s, k) => s + f.kernelMs(k), 0);
      found.push({
        at: f.line(difference),
        others: [f.line(square!), f.line(sum)],
        ...{ sum, square: square!, difference, own: [axes[0]![0]!, axes[1]![0]!], depth: depth!, ms },
        most: 0.9 * ms,
      });
    }
    return found;
  },
  change({ sum, difference, own, depth }) {
    // The operands of the difference in the graph that is built.
    let operands: readonly Node[] = [];
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        if (n === difference) operands = inputs;
        if (n !== sum) return null;
        const matrices = operands.map((x, i) => alongOnly(g, x, [own[i as 0 | 1], depth]));
        return byProduct(g, matrices, sum, own);
      },
    };
  },
  say({ difference, ms }, o, f) {
    const [a, b] = difference.inputs.map((x) => valueName(unspread(x), f)) as [string, string];
    return {
      text: sentence(
        "The differences of all pairs of {0} and {1} are formed ({2}), squared and summed: every pair goes through all coordinates one by one ({3} of the time).",
        ...[a, b, shapeText(difference.shape), percent(ms, f.total)],
      ),
      remedy: sentence(
        "Use |a−b|² = |a|² + |b|² − 2·a·b: a product of matrices, {0}.matmul({1}.T), and two sums of squares, at least 0 by np.maximum. {2} times faster; results differ by at most {3} of the largest, so very small distances are less exact.",
        ...[a, b, times(o.factor), ((o.error ?? 0) / (o.notes?.scale || 1)).toPrecision(2)],
      ),
      change: sentence("the squared distances by a product of matrices"),
    };
  },
};
const isAlone = (n: Node, f: Facts): boolean => new Set(f.users(n)).size === 1 && !f.isResult(n);
function byProduct(g: GraphBuilder, operands: readonly Node[], sum: Node<"reduce">, own: readonly [number, number]): Node {
  // In the order of the result's axes.
  const [a, b] = (own[0] < own[1] ? operands : [...operands].reverse()) as [Node, Node];
  const norm = (x: Node, axis: 0 | 1): Node => g.broadcast(g.reduce(g.binary("mul", x, x), [1], "add"), sum.shape, [axis]);
  const product = g.node("dot", [a, b], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [1] }, [sum.type]);
  const twice = g.binary("mul", product, filled(g, 2, sum.dtype, sum.shape));
  const all = g.binary("sub", g.binary("add", norm(a, 0), norm(b, 1)), twice);
  return g.binary("max", all, filled(g, 0, sum.dtype, sum.shape));
}
