// Many values added into few rows by index, one after the other (segment sums, the way back of an embedding): as a product with one-hot rows they are added in
// lanes.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import { isFloat } from "../../../core/dtypes.ts";
import { type GraphBuilder, type Node } from "../../../graph/graph.ts";
import type { Candidate, Rule } from "../types.ts";
import { count, percent, times, valueName } from "../words.ts";

interface FewRows extends Candidate {
  readonly node: Node<"scatter">;
  readonly updates: number;
  readonly ms: number;
}
const MOST_ROWS = 128;
const LEAST_UPDATES = 4;

export const fewRows: Rule<FewRows> = {
  name: "added into few rows by index",
  tolerance: 1e-3,
  find(f) {
    const found: FewRows[] = [];
    for (const n of f.nodes()) {
      if (!n.is("scatter") || rowsAdded(n) === null || !isFloat(n.dtype)) continue;
      const updates = countOf(n);
      const rows = n.shape[0]!;
      if (rows > MOST_ROWS || updates < LEAST_UPDATES * rows) continue;
      const ms = f.ms(n);
      found.push({ at: f.line(n), node: n, updates, ms, most: 0.9 * ms });
    }
    return found;
  },
  change: ({ node }) => ({ kind: "rewrite", rewrite: (g, n, inputs) => (n === node ? product(g, node, inputs) : null) }),
  say({ node, updates, ms }, o, f) {
    const [, index, values] = node.inputs;
    const i = valueName(source(index!), f);
    const x = valueName(values!, f);
    const rows = node.shape[0]!;
    const isTaken = f.frame(node) && /take|get\(/.test(f.lineText(f.line(node)));
    const faster = times(o.factor);
    return {
      text: sentence(
        "{0} values are added by index into only {1} rows, one after the other (a scatter-add, {2} of the time): where an index is read, lanes do not help.",
        ...[count(updates), rows, percent(ms, f.total)],
      ),
      remedy: isTaken
        ? sentence(
            "Multiply by one-hot rows: nn.oneHot({0}, {1}).T.matmul({2}) adds the same values as a product of matrices, {3} times faster. On the way back the selection by index of this line is that scatter: nn.oneHot({0}, {1}).matmul(…) instead of the selection has the product as its derivative.",
            ...[i, rows, x, faster],
          )
        : sentence(
            "Multiply by one-hot rows: nn.oneHot({0}, {1}).T.matmul({2}) adds the same values as a product of matrices, {3} times faster.",
            ...[i, rows, x, faster],
          ),
      change: sentence("the scatter as a one-hot product"),
    };
  },
};
/** Where an index comes from, in the person's program: past what makes negative ones count from the end. */
const source = (n: Node): Node =>
  n.is("select") ? source(n.inputs[2]!) : n.is("reshape", "broadcast", "convert", "concatenate") ? source(n.inputs[0]!) : n;
/** Into whole rows of the first axis, by one index each; those with an index that is no row's are dropped. How many axes the indices have; null: something else. */
function rowsAdded({ attrs: a, inputs: [operand, indices, updates] }: Node<"scatter">): number | null {
  const window = operand!.shape.slice(1);
  const batch = updates!.shape.length - window.length;
  if (a.combine !== "add" || a.mode !== "drop" || a.operandBatchingDims.length > 0 || batch < 0 || operand!.shape.length === 0) return null;
  if (updates!.shape.slice(batch).join() !== window.join()) return null;
  const isFirst = a.insertedWindowDims.join() === "0" && a.scatterDimsToOperandDims.join() === "0" && indices!.shape.at(-1) === 1;
  if (isFirst && a.updateWindowDims.every((d, i) => d === batch + i)) return batch;
  // Each element by an index of its own: that of its row, and its place in the row.
  const all = operand!.shape.map((_s, i) => i).join();
  if (a.insertedWindowDims.join() !== all || a.scatterDimsToOperandDims.join() !== all || !indices!.is("concatenate")) return null;
  const [row, ...places] = indices!.inputs;
  const isRow = row!.is("broadcast") && row!.attrs.dims.every((d) => d < batch || row!.shape[d] === 1);
  const isPlace = (p: Node, i: number): boolean =>
    p.shape.at(-1) === 1 &&
    ((p.is("iota") && p.attrs.dim === batch + i) || (p.is("broadcast") && p.inputs[0]!.is("iota") && p.attrs.dims.join() === `${batch + i}`));
  return row!.shape.at(-1) === 1 && isRow && places.length === window.length && places.every(isPlace) ? batch : null;
}
/** How many values are added: rows of the first axis. */
const countOf = (n: Node<"scatter">): number => sizeOf(n.inputs[2]!.shape.slice(0, rowsAdded(n)!));
function product(g: GraphBuilder, n: Node<"scatter">, [operand, indices, updates]: readonly Node[]): Node {
  const added = countOf(n);
  const rows = n.shape[0]!;
  const window = n.shape.slice(1);
  const shape = [rows, added];
  const at = g.broadcast(g.reshape(rowIndices(g, n, indices!), [added]), shape, [1]);
  const hot = g.convert(g.compare("eq", at, g.iota({ shape, dtype: at.dtype }, 0)), n.dtype);
  const flat = g.reshape(updates!, [added, ...window]);
  const attrs = { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] };
  return g.binary("add", operand!, g.node("dot", [hot, flat], attrs, [{ shape: n.shape, dtype: n.dtype }]));
}
/** The rows' indices alone. */
function rowIndices(g: GraphBuilder, n: Node<"scatter">, indices: Node): Node {
  if (n.attrs.insertedWindowDims.length === 1 && !indices.is("concatenate")) return indices;
  const row = indices.is("concatenate") ? indices.inputs[0]! : indices;
  const batch = rowsAdded(n)!;
  const limit = row.shape.map((s, i) => (i < batch ? s : 1));
  return g.slice(
    row,
    row.shape.map(() => 0),
    limit,
    row.shape.map(() => 1),
  );
}
