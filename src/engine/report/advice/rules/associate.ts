// (A·B)·x: the product of two matrices is formed though only its product with something thin is wanted. A·(B·x) takes far fewer operations.
import { type Sentence, sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { associateEdit } from "../edits.ts";
import type { Candidate, Rule } from "../types.ts";
import { editOr, percent, shapeText, times, valueName } from "../words.ts";

interface Chain extends Candidate {
  readonly outer: Node<"dot">;
  readonly inner: Node<"dot">;
  /** Which operand of the outer product the inner one is. */
  readonly side: 0 | 1;
}
export const associate: Rule<Chain> = {
  name: "order of products",
  tolerance: 1e-2,
  find(f) {
    const found: Chain[] = [];
    for (const outer of f.nodes()) {
      if (!outer.is("dot") || !isPlain(outer)) continue;
      for (const side of [0, 1] as const) {
        const inner = outer.inputs[side]!;
        if (!inner.is("dot") || !isPlain(inner) || f.users(inner).length !== 1 || f.isResult(inner)) continue;
        const before = work(inner) + work(outer);
        const after = workAfter(outer, inner, side);
        if (after === null || after > 0.6 * before) continue;
        const ms = f.ms(inner) + f.ms(outer);
        found.push({ at: f.line(inner), others: [f.line(outer)], outer, inner, side, most: ms * (1 - after / before) });
      }
    }
    return found;
  },
  change: ({ outer, inner, side }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === outer ? reassociated(g, inputs[side]!, inputs[1 - side]!, inner, outer, side) : null),
  }),
  say({ at, inner, outer, side }, o, f) {
    const [a, b] = inner.inputs.map((n) => valueName(n, f)) as [string | Sentence, string | Sentence];
    const x = valueName(outer.inputs[1 - side]!, f);
    const [from, to] =
      side === 0
        ? [sentence("({0}·{1})·{2}", a, b, x), sentence("{0}·({1}·{2})", a, b, x)]
        : [sentence("{2}·({0}·{1})", a, b, x), sentence("({2}·{0})·{1}", a, b, x)];
    return {
      text: sentence(
        "The product of {0} and {1} is formed ({2}, {3} of the time), and all that is wanted of it is its product with {4}.",
        ...[a, b, shapeText(inner.shape), percent(f.ms(inner), f.total), x],
      ),
      remedy: sentence("Multiply in the other order: {0} instead of {1} takes {2} times less.", to, from, times(o.factor)),
      change: sentence("{0} as {1}", from, to),
      action: editOr(
        sentence("Multiply in the other order"),
        f.line(outer).line === at.line ? associateEdit(f.text(at), at, side) : null,
        sentence("Copy the product"),
        side === 0 ? "a.matmul(b.matmul(x))" : "x.matmul(a).matmul(b)",
      ),
    };
  },
};
/** A product of two matrices (or a matrix and a vector), of one contracted axis and no batches. */
const isPlain = (n: Node<"dot">): boolean =>
  n.attrs.lhsBatch.length === 0 && n.attrs.lhsContract.length === 1 && n.inputs.every((i) => i.shape.length === 1 || i.shape.length === 2);
const depth = (n: Node<"dot">): number => n.inputs[0]!.shape[n.attrs.lhsContract[0]!]!;
const work = (n: Node<"dot">): number => sizeOf(n.shape) * depth(n);
/** Which operand of the inner product the outer one contracts with, and by which of its axes; null where that is not one of its own. */
function contracted(outer: Node<"dot">, inner: Node<"dot">, side: 0 | 1): { operand: 0 | 1; axis: number } | null {
  const axis = (side === 0 ? outer.attrs.lhsContract : outer.attrs.rhsContract)[0]!;
  const [left, right] = inner.inputs;
  const freeLeft = left!.shape.map((_s, i) => i).filter((i) => i !== inner.attrs.lhsContract[0]);
  const freeRight = right!.shape.map((_s, i) => i).filter((i) => i !== inner.attrs.rhsContract[0]);
  return axis < freeLeft.length ? { operand: 0, axis: freeLeft[axis]! } : { operand: 1, axis: freeRight[axis - freeLeft.length]! };
}
function workAfter(outer: Node<"dot">, inner: Node<"dot">, side: 0 | 1): number | null {
  const c = contracted(outer, inner, side);
  if (!c || c.operand !== (side === 0 ? 1 : 0)) return null;
  const x = outer.inputs[1 - side]!;
  const thin = sizeOf(x.shape) / depth(outer);
  const near = inner.inputs[c.operand]!;
  const far = inner.inputs[1 - c.operand]!;
  return sizeOf(near.shape) * thin + sizeOf(far.shape) * thin;
}
function reassociated(g: GraphBuilder, product: Node, x: Node, inner: Node<"dot">, outer: Node<"dot">, side: 0 | 1): Node {
  const c = contracted(outer, inner, side)!;
  const near = product.inputs[c.operand]!;
  const far = product.inputs[1 - c.operand]!;
  const xAxis = (side === 0 ? outer.attrs.rhsContract : outer.attrs.lhsContract)[0]!;
  const nearAxis = (c.operand === 0 ? inner.attrs.lhsContract : inner.attrs.rhsContract)[0]!;
  const farAxis = (c.operand === 0 ? inner.attrs.rhsContract : inner.attrs.lhsContract)[0]!;
  const free = x.shape.filter((_s, i) => i !== xAxis);
  const batch = { lhsBatch: [], rhsBatch: [] };
  // Of `near` the axis that the first product contracted is left: it stands before or after those of x.
  const left = near.shape[nearAxis]!;
  const first =
    side === 0
      ? g.node("dot", [near, x], { ...batch, lhsContract: [c.axis], rhsContract: [xAxis] }, [{ shape: [left, ...free], dtype: outer.dtype }])
      : g.node("dot", [x, near], { ...batch, lhsContract: [xAxis], rhsContract: [c.axis] }, [{ shape: [...free, left], dtype: outer.dtype }]);
  return side === 0
    ? g.node("dot", [far, first], { ...batch, lhsContract: [farAxis], rhsContract: [0] }, outer.types)
    : g.node("dot", [first, far], { ...batch, lhsContract: [free.length], rhsContract: [farAxis] }, outer.types);
}
