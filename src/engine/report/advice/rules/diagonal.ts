// Products with a diagonal matrix, and products of which only the diagonal is read: most of what is multiplied is zero, or thrown away.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, partName, percent, times, valueName } from "../words.ts";

const LEAST_SIZE = 8;
const isMatrices = (n: Node): n is Node<"dot"> =>
  n.is("dot") && n.attrs.lhsBatch.length === 0 && n.attrs.lhsContract.length === 1 && n.inputs[0]!.shape.length === 2;
const contractedAxis = (n: Node<"dot">, side: 0 | 1): number => (side === 0 ? n.attrs.lhsContract : n.attrs.rhsContract)[0]!;

/** The code of a transposed matrix. */
const turned = (code: string): string => (code.endsWith(".T") ? code.slice(0, -2) : `${code}.T`);

interface Diagonal extends Candidate {
  readonly product: Node<"dot">;
  readonly side: 0 | 1;
  readonly ms: number;
}
export const diagonalMatrix: Rule<Diagonal> = {
  name: "product with a diagonal matrix",
  tolerance: 1e-5,
  find(f) {
    const found: Diagonal[] = [];
    for (const product of f.nodes()) {
      if (!isMatrices(product)) continue;
      for (const side of [0, 1] as const) {
        const matrix = product.inputs[side]!;
        if (matrix.shape.length !== 2 || matrix.shape[0] !== matrix.shape[1] || matrix.shape[0]! < LEAST_SIZE || !isDiagonal(matrix)) continue;
        const ms = f.ms(product) + (f.users(matrix).length === 1 ? f.ms(matrix) : 0);
        found.push({ at: f.line(product), others: [f.line(matrix)], product, side, ms, most: 0.95 * ms });
        break;
      }
    }
    return found;
  },
  change: ({ product, side }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === product ? scaled(g, product, inputs[side]!, inputs[1 - side]!, side) : null),
  }),
  say({ product, side, ms }, o, f) {
    const matrix = product.inputs[side]!;
    const x = partName(product.inputs[1 - side]!, f);
    const d = numbers(matrix);
    const n = matrix.shape[0]!;
    const made = codeOf(matrix, f);
    const name = (d && codeOf(d, f)) ?? (made === null ? "d" : `np.diagonal(${made})`);
    const other = codeOf(product.inputs[1 - side]!, f) ?? "x";
    const rank = product.inputs[1 - side]!.shape.length;
    // Along which axis of the other factor the diagonal lies.
    const spread = rank === 1 || contractedAxis(product, side === 0 ? 1 : 0) === rank - 1 ? name : `${name}.get(":", null)`;
    return {
      text: sentence(
        "{0} is a diagonal matrix of {1}×{1}, and {2} is multiplied with all of it: of {1} products for each element, {3} are with zero ({4} of the time).",
        ...[valueName(matrix, f), n, x, n - 1, percent(ms, f.total)],
      ),
      remedy: sentence(
        "Multiply by the diagonal's numbers, spread over the rows, without a matrix: {0}, {1} times faster.",
        `${other}.mul(${spread})`,
        times(o.factor),
      ),
      change: sentence("the product with a diagonal matrix as a multiplication element by element"),
      action: { label: sentence("Copy the multiplication"), kind: "snippet", snippet: `${other}.mul(${spread})` },
    };
  },
};
/** Whether a matrix is zero off its diagonal, by how it was made: chosen, or multiplied, by "row equals column". */
function isDiagonal(n: Node): boolean {
  if (n.is("convert", "neg")) return isDiagonal(n.inputs[0]!);
  if (n.is("select")) return isSamePlace(n.inputs[0]!) && isZero(n.inputs[2]!);
  if (n.is("mul")) return n.inputs.some((i) => isDiagonal(i));
  if (n.is("div")) return isDiagonal(n.inputs[0]!);
  if (n.is("transpose")) return isDiagonal(n.inputs[0]!);
  return isSamePlace(n);
}
const isZero = (n: Node): boolean =>
  n.is("broadcast", "reshape", "convert")
    ? isZero(n.inputs[0]!)
    : n.is("constant") && n.shape.length === 0 && Number(n.attrs.value.dataSync()[0]) === 0;
function isSamePlace(n: Node): boolean {
  if (!n.is("compare") || n.attrs.direction !== "eq" || n.shape.length !== 2) return false;
  const axes = n.inputs.map((i) => placeAxis(i));
  return axes.every((a) => a !== null) && axes[0] !== axes[1];
}
/** The axis whose places a value is; null for anything else. */
function placeAxis(n: Node): number | null {
  if (n.is("iota")) return n.attrs.dim;
  if (n.is("broadcast")) {
    const from = n.inputs[0]!;
    const at = placeAxis(from);
    return at === null || from.shape[at] === 1 ? null : n.attrs.dims[at]!;
  }
  if (n.is("reshape")) {
    const wide = n.shape.flatMap((s, i) => (s === 1 ? [] : [i]));
    return wide.length === 1 && n.inputs[0]!.shape.length === 1 && n.inputs[0]!.is("iota") ? wide[0]! : null;
  }
  return null;
}
/** The numbers on the diagonal, where they are there as a vector. */
function numbers(n: Node): Node | null {
  if (n.is("convert", "neg", "transpose")) return numbers(n.inputs[0]!);
  const spread = n.is("select") ? n.inputs[1]! : n.is("mul") ? n.inputs.find((i) => !isDiagonal(i)) : undefined;
  return spread?.is("broadcast") && spread.inputs[0]!.shape.length === 1 ? spread.inputs[0]! : null;
}
/** The other factor, each row (or column) times its number. */
function scaled(g: GraphBuilder, product: Node<"dot">, matrix: Node, x: Node, side: 0 | 1): Node {
  // Off the diagonal all is zero, so the sum of a row is its number.
  const d = onDiagonal(g, matrix) ?? g.reduce(matrix, [1], "add");
  const axis = contractedAxis(product, side === 0 ? 1 : 0);
  const all = g.binary("mul", x, g.broadcast(d, x.shape, [axis]));
  const others = x.shape.map((_s, i) => i).filter((i) => i !== axis);
  const order = side === 0 ? [axis, ...others] : [...others, axis];
  return order.every((p, i) => p === i) ? all : g.transpose(all, order);
}
/** The numbers of the diagonal in the graph that is built, by the operations that made the matrix. */
function onDiagonal(g: GraphBuilder, n: Node): Node | null {
  if (n.is("convert")) {
    const d = onDiagonal(g, n.inputs[0]!);
    return d && g.convert(d, n.dtype);
  }
  const d = n.is("select", "mul") ? numbers(n) : null;
  return d?.dtype === n.dtype && (n.is("select") || isOnes(n.inputs.find((i) => isDiagonal(i))!)) ? d : null;
}
const isOnes = (n: Node): boolean => (n.is("convert") ? isOnes(n.inputs[0]!) : isSamePlace(n));

interface Read extends Candidate {
  readonly product: Node<"dot">;
  readonly slice: Node<"slice">;
  readonly ms: number;
}
export const diagonalRead: Rule<Read> = {
  name: "product of which the diagonal is read",
  tolerance: 1e-4,
  find(f) {
    const found: Read[] = [];
    for (const product of f.nodes()) {
      if (!isMatrices(product) || product.shape.length !== 2 || product.shape[0] !== product.shape[1] || product.shape[0]! < LEAST_SIZE) continue;
      const slice = diagonalOf(product, f);
      if (!slice) continue;
      const ms = f.ms(product);
      found.push({ at: f.line(product), others: [f.line(slice)], product, slice, ms, most: 0.95 * ms });
    }
    return found;
  },
  change({ product, slice }) {
    let factors: readonly Node[] = [];
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        if (n === product) factors = inputs;
        return n === slice ? rowByRow(g, product, factors, slice) : null;
      },
    };
  },
  say({ product, ms }, o, f) {
    const [a, b] = product.inputs.map((i) => partName(i, f)) as [string, string];
    const [x, y] = product.inputs.map((i) => codeOf(i, f));
    const n = product.shape[0]!;
    const right = contractedAxis(product, 1) === 1 ? (y ?? "b") : turned(y ?? "b");
    const left = contractedAxis(product, 0) === 1 ? (x ?? "a") : turned(x ?? "a");
    const call = `${left}.mul(${right}).sum({ axis: 1 })`;
    return {
      text: sentence(
        "The whole product of {0} and {1} is formed ({2}×{2}, {3} of the time), and only its diagonal is read: {2} of {4} numbers.",
        ...[a, b, n, percent(ms, f.total), (n * n).toLocaleString("en")],
      ),
      remedy: sentence("Compute the diagonal alone, row by row: {0}, {1} times faster. (A trace is the sum of all of that.)", call, times(o.factor)),
      change: sentence("the diagonal alone"),
      action: { label: sentence("Copy the sum of products"), kind: "snippet", snippet: call },
    };
  },
};
/** The one reading of a square value, of its diagonal: a flat view at every (n + 1)th place. */
function diagonalOf(product: Node, f: Facts): Node<"slice"> | null {
  const [flat, ...others] = new Set(f.users(product));
  if (!flat?.is("reshape") || others.length || f.isResult(product) || f.isResult(flat) || flat.shape.length !== 1) return null;
  const [slice, ...more] = new Set(f.users(flat));
  const n = product.shape[0]!;
  if (!slice?.is("slice") || more.length) return null;
  return slice.attrs.start[0] === 0 && slice.attrs.strides[0] === n + 1 && slice.shape[0] === n ? slice : null;
}
function rowByRow(g: GraphBuilder, product: Node<"dot">, factors: readonly Node[], slice: Node): Node {
  const rows = factors.map((x, i) => (contractedAxis(product, i as 0 | 1) === 1 ? x : g.transpose(x, [1, 0]))) as [Node, Node];
  const sum = g.reduce(g.binary("mul", ...rows), [1], "add");
  return sizeOf(sum.shape) === sizeOf(slice.shape) ? sum : g.reshape(sum, slice.shape);
}
