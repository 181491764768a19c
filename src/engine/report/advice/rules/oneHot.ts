// A product with one-hot rows multiplies a table by zeros to pick some of its rows: they are taken by their index instead.
import { sentence } from "../../../core/sentence.ts";
import { type GraphBuilder, type Node } from "../../../graph/graph.ts";
import { isInteger } from "../../../core/dtypes.ts";
import { component } from "../build.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, plain, times, valueName } from "../words.ts";

interface OneHot extends Candidate {
  readonly product: Node<"dot">;
  readonly side: 0 | 1;
  /** Which operand of the comparison is the index. */
  readonly index: 0 | 1;
  readonly ms: number;
}
export const oneHot: Rule<OneHot> = {
  name: "product with one-hot rows",
  tolerance: 1e-5,
  find(f) {
    const found: OneHot[] = [];
    for (const n of f.nodes()) {
      if (!n.is("dot") || n.attrs.lhsBatch.length > 0 || n.attrs.lhsContract.length !== 1) continue;
      for (const side of [0, 1] as const) {
        const { hot, axis } = turned(n, side);
        const index = indexOf(hot, axis);
        if (index === null || n.inputs[1 - side]!.dtype !== n.dtype || n.inputs[1 - side]!.shape.length === 0) continue;
        const ms = f.ms(n) + (f.users(hot).length === 1 ? f.ms(hot) + f.ms(hot.inputs[0]!) : 0);
        found.push({ at: f.line(n), others: [f.line(hot)], product: n, side, index, ms, most: 0.95 * ms });
        break;
      }
    }
    return found;
  },
  change: ({ product, side, index }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === product ? taken(g, product, side, index, inputs) : null),
  }),
  say({ product, side, index, ms }, o, f) {
    const table = valueName(product.inputs[1 - side]!, f);
    const rows = product.inputs[1 - side]!.shape[contracted(product, side === 0 ? 1 : 0)]!;
    const compared = turned(product, side).hot.inputs[0]!.inputs[index]!;
    const name = plain(valueName(compared.is("broadcast") ? compared.inputs[0]! : compared, f));
    const i = /^[\w$.]+$/.test(name) ? name : "index";
    return {
      text: sentence(
        "{0} is multiplied with one-hot rows: of {1} numbers that are multiplied and added up for each result, one counts ({2} of the time). Such a product only picks rows of {0}.",
        ...[table, rows, percent(ms, f.total)],
      ),
      remedy: sentence(
        "Take them by their index instead of a one-hot product: np.take({0}, {1}, { axis: {2} }) (or {0}.get({1})), {3} times faster.",
        ...[table, i, contracted(product, side === 0 ? 1 : 0), times(o.factor)],
      ),
      change: sentence("the one-hot product as a selection by index"),
    };
  },
};
const contracted = (n: Node<"dot">, side: 0 | 1): number => (side === 0 ? n.attrs.lhsContract : n.attrs.rhsContract)[0]!;
/** The operand before it was transposed, and its axis that the product contracts. */
function turned(n: Node<"dot">, side: 0 | 1): { readonly hot: Node; readonly axis: number } {
  const x = n.inputs[side]!;
  const axis = contracted(n, side);
  return x.is("transpose") && x.shape.length === 2 ? { hot: x.inputs[0]!, axis: x.attrs.permutation[axis]! } : { hot: x, axis };
}
/** Where a value is "index equals place along the axis", as numbers: which side of the comparison is the index. */
function indexOf(hot: Node, axis: number): 0 | 1 | null {
  const same = hot.is("convert") ? hot.inputs[0]! : null;
  if (!same?.is("compare") || same.attrs.direction !== "eq") return null;
  for (const i of [0, 1] as const) {
    const index = same.inputs[i]!;
    if (isInteger(index.dtype) && isConstantAlong(index, axis) && isPlaces(same.inputs[1 - i]!, axis)) return i;
  }
  return null;
}
const isPlaces = (n: Node, axis: number): boolean => {
  if (n.is("iota")) return n.attrs.dim === axis;
  if (n.is("broadcast")) {
    const at = n.attrs.dims.indexOf(axis);
    return at >= 0 && n.inputs[0]!.shape[at] === n.shape[axis] && isPlaces(n.inputs[0]!, at);
  }
  if (n.is("convert") && isInteger(n.dtype)) return isPlaces(n.inputs[0]!, axis);
  if (!n.is("reshape")) return false;
  // [k] as [1, k]
  const wide = n.shape.filter((s) => s !== 1);
  return wide.length === 1 && n.shape[axis] === wide[0] && n.inputs[0]!.shape.length === 1 && isPlaces(n.inputs[0]!, 0);
};
const isConstantAlong = (n: Node, axis: number): boolean => {
  if (!n.is("broadcast")) return false;
  const at = n.attrs.dims.indexOf(axis);
  return at < 0 || n.inputs[0]!.shape[at] === 1;
};
function taken(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, index: 0 | 1, inputs: readonly Node[]): Node {
  const { hot, axis } = turned(product, side);
  const spread = (hot === product.inputs[side] ? inputs[side]! : inputs[side]!.inputs[0]!).inputs[0]!.inputs[index]!;
  const table = inputs[1 - side]!;
  const at = g.convert(component(g, spread, axis, 0), "int32");
  const row = contracted(product, side === 0 ? 1 : 0);
  const others = table.shape.length - 1;
  const attrs = {
    offsetDims: Array.from({ length: others }, (_v, i) => (side === 0 ? at.shape.length + i : i)),
    collapsedSliceDims: [row],
    startIndexMap: [row],
    operandBatchingDims: [],
    startIndicesBatchingDims: [],
    sliceSizes: table.shape.map((s, i) => (i === row ? 1 : s)),
    // An index that is no row's has a one nowhere.
    mode: "fill" as const,
    fillValue: 0,
  };
  return g.node("gather", [table, g.reshape(at, [...at.shape, 1])], attrs, [{ shape: product.shape, dtype: product.dtype }]);
}
