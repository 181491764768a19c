// Running sums as a product with a triangle of ones: half of what is multiplied is zero, and each sum begins anew. A running sum goes through the data once.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import { isFloat } from "../../../core/dtypes.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, partName, percent, shapeText, times } from "../words.ts";
import { isMadeOfPlaces, numbersOf } from "../made.ts";

/** Which numbers of the triangle are ones: those up to the diagonal, or from it on; with it or without. */
interface Triangle {
  readonly reverse: boolean;
  readonly strict: boolean;
}
interface Running extends Candidate {
  readonly product: Node<"dot">;
  readonly side: 0 | 1;
  readonly triangle: Triangle;
  readonly ms: number;
}
const LEAST_SIZE = 8;

export const triangle: Rule<Running> = {
  name: "product with a triangle of ones",
  tolerance: 1e-3,
  find(f) {
    const found: Running[] = [];
    for (const product of f.nodes()) {
      if (!product.is("dot") || product.attrs.lhsBatch.length > 0 || product.attrs.lhsContract.length !== 1 || !isFloat(product.dtype)) continue;
      for (const side of [0, 1] as const) {
        const ones = product.inputs[side]!;
        const [n, m] = ones.shape;
        if (ones.shape.length !== 2 || n !== m || n! < LEAST_SIZE || !isMadeOfPlaces(ones)) continue;
        const by = triangleOf(numbersOf(ones, f), n!, contractedAxis(product, side));
        if (!by) continue;
        const ms = f.ms(product) + f.ms(ones);
        found.push({ at: f.line(product), others: [f.line(ones)], product, side, triangle: by, ms, most: 0.95 * ms });
        break;
      }
    }
    return found;
  },
  change: ({ product, side, triangle: by }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === product ? running(g, product, inputs[1 - side]!, side, by) : null),
  }),
  say({ product, side, triangle: { reverse, strict }, ms }, o, f) {
    const x = partName(product.inputs[1 - side]!, f);
    const size = product.inputs[side]!.shape[0]!;
    const name = codeOf(product.inputs[1 - side]!, f) ?? "x";
    const axis = contractedAxis(product, side === 0 ? 1 : 0);
    const sum = reverse ? `np.flip(np.cumsum(np.flip(${name}, ${axis}), { axis: ${axis} }), ${axis})` : `np.cumsum(${name}, { axis: ${axis} })`;
    const call = strict ? `${sum}.sub(${name})` : sum;
    return {
      text: sentence(
        "{0} is multiplied with a triangle of ones ({1}) to add up what comes before each place: {2} numbers are multiplied for each sum, half of them by zero ({3} of the time).",
        ...[x, shapeText(product.inputs[side]!.shape), size, percent(ms, f.total)],
      ),
      remedy: sentence("Use a running sum (cumsum), which goes through the data once: {0}, {1} times faster.", call, times(o.factor)),
      change: sentence("the product with a triangle as a running sum"),
      action: { label: sentence("Copy the running sum"), kind: "snippet", snippet: call },
    };
  },
};
const contractedAxis = (n: Node<"dot">, side: 0 | 1): number => (side === 0 ? n.attrs.lhsContract : n.attrs.rhsContract)[0]!;
/** @param axis the one that the product goes along: places of the sum are along the other one */
function triangleOf(numbers: ArrayLike<number> | null, n: number, axis: number): Triangle | null {
  if (!numbers) return null;
  const at = (place: number, term: number): number => numbers[axis === 1 ? place * n + term : term * n + place]!;
  const reverse = at(0, n - 1) === 1;
  const strict = at(0, 0) === 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const isOne = i === j ? !strict : j > i === reverse;
      if (at(i, j) !== Number(isOne)) return null;
    }
  return { reverse, strict };
}
function running(g: GraphBuilder, product: Node<"dot">, x: Node, side: 0 | 1, { reverse, strict }: Triangle): Node {
  const axis = contractedAxis(product, side === 0 ? 1 : 0);
  const sum = g.node("cumulative", [x], { axis, reverse, kind: "add" }, [x.type]);
  const all = strict ? g.binary("sub", sum, x) : sum;
  // Places stand where the triangle's stood: before the other axes, or behind them.
  const others = x.shape.map((_s, i) => i).filter((i) => i !== axis);
  const order = side === 0 ? [axis, ...others] : [...others, axis];
  const moved = order.every((p, i) => p === i) ? all : g.transpose(all, order);
  return sizeOf(moved.shape) === sizeOf(product.shape) ? moved : g.reshape(moved, product.shape);
}
