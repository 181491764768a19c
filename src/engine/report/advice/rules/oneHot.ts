// A product with one-hot rows multiplies a table by zeros to pick some of its rows: they are taken by their index instead. The other way round, it adds values into
// rows: they are added by their index. What is one-hot may be made before the loop that multiplies with it.
import { sentence } from "../../../core/sentence.ts";
import { type GraphBuilder, type Node } from "../../../graph/graph.ts";
import { isInteger } from "../../../core/dtypes.ts";
import { unspread } from "../axes.ts";
import { component, filled } from "../build.ts";
import type { Facts } from "../facts.ts";
import { carryingAlong, copiedWith } from "../graphs.ts";
import type { Candidate, Rule, Said } from "../types.ts";
import { codeOf, joined, partName, percent, times, valueName } from "../words.ts";

interface Product {
  readonly product: Node<"dot">;
  readonly side: 0 | 1;
  readonly hot: Hot;
  readonly ms: number;
}
interface OneHot extends Candidate {
  /** Products of one loop are changed together, the dearest first: what one of them gains alone is little beside the others. */
  readonly products: readonly Product[];
}
/** A value that is "index equals place along an axis", as numbers. */
interface Hot {
  /** The loop that it was made before, with the place at which it is carried; null where it is made beside the product. */
  readonly loop: { readonly node: Node<"while">; readonly at: number } | null;
  /** The comparison's result as numbers, and which operand of the comparison is the index. */
  readonly node: Node;
  readonly index: 0 | 1;
  /** The axis of its places, which one of them is: an axis of the product's operand. */
  readonly axis: number;
  /** The operand's axes are turned round. */
  readonly isTurned: boolean;
}
/** So many more numbers are multiplied than added: fewer are as cheap in tiles. */
const LEAST_ROWS = 64;

export const oneHot: Rule<OneHot> = {
  name: "product with one-hot rows",
  tolerance: 1e-5,
  find(f) {
    const found: Product[][] = [];
    for (const n of f.nodes()) {
      if (!n.is("dot") || n.attrs.lhsBatch.length > 0 || n.attrs.lhsContract.length !== 1) continue;
      for (const side of [0, 1] as const) {
        const hot = hotOf(n.inputs[side]!, f);
        const table = n.inputs[1 - side]!;
        if (!hot || table.dtype !== n.dtype || table.shape.length === 0) continue;
        const isAdded = contracted(n, side) !== hot.axis;
        if (isAdded && (hot.node.shape.length !== 2 || table.shape.length > 2 || rowsOf(hot) < LEAST_ROWS)) continue;
        const own = hot.loop === null && f.users(hot.node).length === 1 ? f.ms(hot.node) + f.ms(hot.node.inputs[0]!) : 0;
        const one = { product: n, side, hot, ms: f.ms(n) + own };
        const together = hot.loop && found.find((all) => all[0]!.hot.loop?.node === hot.loop!.node);
        if (together) together.push(one);
        else found.push([one]);
        break;
      }
    }
    return found.map((products) => {
      products.sort((a, b) => b.ms - a.ms);
      const [at, ...others] = products.map((p) => f.line(p.product));
      const most = 0.95 * products.reduce((s, p) => s + p.ms, 0);
      return { at: at!, others: [...others, ...products.map((p) => f.line(p.hot.node))], products, most };
    });
  },
  change: ({ products }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      const [{ product, side, hot }] = products as [Product];
      if (!hot.loop)
        return n === product ? byIndex(g, product, side, hot, indexOf(g, madeOf(product, side, hot, inputs), hot), inputs[1 - side]!) : null;
      if (n !== hot.loop.node) return null;
      // The indices are carried along instead of the rows.
      const indices = products.map((p) => indexOf(g, inputs[p.hot.loop!.at]!, p.hot));
      return carryingAlong(g, hot.loop.node, inputs, indices, (inner, known, carried) => {
        // One may be computed from another, so they are made in the order of the program.
        for (const [i, p] of [...products.entries()].sort(([, a], [, b]) => a.product.id - b.product.id)) {
          const table = copiedWith(inner, p.product.inputs[1 - p.side]!, known);
          known.set(p.product, byIndex(inner, p.product, p.side, p.hot, carried[i]!, table));
        }
      });
    },
  }),
  say({ products }, o, f) {
    const [{ product, side, hot }] = products as [Product];
    const ms = products.reduce((s, p) => s + p.ms, 0);
    if (products.length > 1) return severalSaid(products, ms, o.factor, f);
    const table = partName(product.inputs[1 - side]!, f);
    const rows = rowsOf(hot);
    const compared = hot.node.inputs[0]!.inputs[hot.index]!;
    const i = codeOf(unspread(compared), f) ?? "index";
    const values = codeOf(product.inputs[1 - side]!, f) ?? "values";
    if (contracted(product, side) !== hot.axis)
      return {
        text: sentence(
          "{0} is multiplied with one-hot columns to add it up by index: of {1} sums that each value is multiplied for, it is added to one ({2} of the time).",
          ...[table, rows, percent(ms, f.total)],
        ),
        remedy: sentence(
          "Add the values by their index instead of a one-hot product: ops.segmentSum({0}, {1}, {2}), {3} times faster.",
          ...[values, i, rows, times(o.factor)],
        ),
        change: sentence("the one-hot product as additions by index"),
      };
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
function severalSaid(products: readonly Product[], ms: number, factor: number, f: Facts): Said {
  const [{ hot }] = products as [Product];
  const hots = joined(products.map((p) => valueName(p.hot.node, f)));
  return {
    text: sentence(
      "{0} products of this loop multiply with one-hot rows ({1}): of {2} numbers that are multiplied for each, one counts ({3} of the time). They only pick rows by their index, or add values by it.",
      ...[products.length, hots, rowsOf(hot), percent(ms, f.total)],
    ),
    remedy: sentence(
      "Take rows by their index (np.take) and add values by their index (ops.segmentSum) instead of the one-hot products: {0} times faster.",
      times(factor),
    ),
    change: sentence("the one-hot products as selections and additions by index"),
  };
}
/** How many places there are. */
const rowsOf = ({ node, axis, isTurned }: Hot): number => node.shape[isTurned ? 1 - axis : axis]!;
const contracted = (n: Node<"dot">, side: 0 | 1): number => (side === 0 ? n.attrs.lhsContract : n.attrs.rhsContract)[0]!;
/** What is one-hot about an operand of a product: as it is, transposed, or carried around a loop unchanged. */
function hotOf(operand: Node, f: Facts): Hot | null {
  const isTurned = operand.is("transpose") && operand.shape.length === 2;
  const inner = isTurned ? operand.inputs[0]! : operand;
  const loop = inner.is("parameter") ? carriedBy(inner, f) : null;
  const before = loop ? loop.node.inputs[loop.at]! : inner;
  // It may have been turned before the loop as well.
  if (loop && before.is("transpose")) return null;
  for (const axis of before.shape.keys()) {
    const index = indexSide(before, axis);
    if (index !== null) return { loop, node: before, index, axis: isTurned ? 1 - axis : axis, isTurned };
  }
  return null;
}
/** The loop that carries a parameter of its body around unchanged. */
function carriedBy(p: Node<"parameter">, f: Facts): Hot["loop"] {
  const region = f.regionOf(p);
  const node = region && [...f.nodes()].find((n): n is Node<"while"> => n.is("while") && n.attrs.body === region.graph);
  const at = p.attrs.index;
  return node && node.attrs.body.outs[at] === p ? { node, at } : null;
}
/** Where a value is "index equals place along the axis", as numbers: which side of the comparison is the index. */
function indexSide(hot: Node, axis: number): 0 | 1 | null {
  const same = hot.is("convert") ? hot.inputs[0]! : null;
  if (!same?.is("compare") || same.attrs.direction !== "eq") return null;
  for (const i of [0, 1] as const) {
    const index = same.inputs[i]!;
    if (isInteger(index.dtype) && isConstantAlong(index, axis) && isPlaces(same.inputs[1 - i]!, axis)) return i;
  }
  return null;
}
/** The one-hot value in the graph that is built. */
const madeOf = (product: Node, side: 0 | 1, hot: Hot, inputs: readonly Node[]): Node =>
  product.inputs[side] === hot.node ? inputs[side]! : inputs[side]!.inputs[0]!;
/** Its index, without the axis of places. */
function indexOf(g: GraphBuilder, made: Node, hot: Hot): Node {
  const own = hot.isTurned ? 1 - hot.axis : hot.axis;
  return g.convert(component(g, made.inputs[0]!.inputs[hot.index]!, own, 0), "int32");
}
function byIndex(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, hot: Hot, at: Node, other: Node): Node {
  return contracted(product, side) === hot.axis ? taken(g, product, side, at, other) : added(g, product, side, hot, at, other);
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
function taken(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, at: Node, table: Node): Node {
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
/** Values added into rows by their index. */
function added(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, hot: Hot, at: Node, values: Node): Node {
  const axis = contracted(product, side === 0 ? 1 : 0);
  const rows = rowsOf(hot);
  const first = axis === 0 ? values : g.transpose(values, [1, 0]);
  const window = first.shape.slice(1);
  const attrs = {
    updateWindowDims: window.map((_s, i) => i + 1),
    insertedWindowDims: [0],
    scatterDimsToOperandDims: [0],
    operandBatchingDims: [],
    scatterIndicesBatchingDims: [],
    combine: "add" as const,
    mode: "drop" as const,
  };
  const zero = filled(g, 0, product.dtype, [rows, ...window]);
  const sums = g.node("scatter", [zero, g.reshape(at, [...at.shape, 1]), first], attrs, [zero.type]);
  return side === 1 && window.length ? g.transpose(sums, [1, 0]) : sums;
}
