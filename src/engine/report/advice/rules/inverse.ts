// An inverse times something: the inverse is a solve with the identity, as dear as the matrix is wide. The product is moved into the solve: it takes the right
// side itself.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { solveEdit } from "../edits.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { editOr, percent, times, valueName } from "../words.ts";

interface Inverse extends Candidate {
  readonly product: Node<"dot">;
  readonly side: 0 | 1;
  /** From the product to the permuted identity. */
  readonly solves: readonly Node<"library">[];
  /** What multiplies the product by fewer columns than the inverse has: x·A⁻¹·y is x·(A⁻¹·y). */
  readonly then: Node<"dot"> | null;
  readonly ms: number;
}
export const inverse: Rule<Inverse> = {
  name: "inverse instead of solve",
  tolerance: 1e-2,
  find(f) {
    const found: Inverse[] = [];
    for (const product of f.nodes()) {
      if (!product.is("dot") || !isPlain(product)) continue;
      for (const side of [0, 1] as const) {
        const solves = solvesOf(product.inputs[side]!, product, f);
        const contract = side === 0 ? product.attrs.lhsContract[0]! : product.attrs.rhsContract[0]!;
        // A⁻¹·x contracts the inverse's columns, x·A⁻¹ its rows: the latter is a solve with the transposed matrix.
        if (!solves.length || (side === 0 ? contract !== 1 : contract !== 0)) continue;
        const n = solves[0]!.shape[1]!;
        const columnsOf = (x: Node): number => sizeOf(x.shape) / n;
        const then = side === 1 ? multipliedBy(product, n, f) : null;
        const columns = columnsOf(then ? then.inputs[1]! : product.inputs[1 - side]!);
        // As many right sides as the inverse has: nothing is gained.
        if (columns >= n) continue;
        const ms = [...solves, product, ...(then ? [then] : [])].reduce((s, m) => s + f.ms(m), 0);
        found.push({
          at: f.line(product),
          others: solves.map((s) => f.line(s)),
          product,
          side,
          solves,
          then,
          ms,
          most: ms * Math.max(0.1, 1 - columns / n),
        });
      }
    }
    return found;
  },
  change: ({ product, side, solves, then }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      if (then) return n === then ? multipliedLater(g, then, solves, inputs) : null;
      return n === product ? moved(g, product, side, solves, inputs) : null;
    },
  }),
  say({ at, product, side, solves, then, ms }, o, f) {
    const right = then ? then.inputs[1]! : product.inputs[1 - side]!;
    const x = valueName(right, f);
    const n = solves[0]!.shape[0]!;
    const columns = sizeOf(right.shape) / n;
    const isOne = columns === 1;
    const share = percent(ms, f.total);
    return {
      text: isOne
        ? sentence(
            "The inverse of a matrix of {0}×{0} is formed with np.linalg.inv, and all that is wanted of it is its product with {1}: a solve for {0} right sides where one is enough ({2} of the time).",
            ...[n, x, share],
          )
        : sentence(
            "The inverse of a matrix of {0}×{0} is formed with np.linalg.inv, and all that is wanted of it is its product with {1}: a solve for {0} right sides where {2} are enough ({3} of the time).",
            ...[n, x, columns, share],
          ),
      remedy: then
        ? sentence(
            "Multiply from the right: np.linalg.solve(A, {0}) first, and then what stands before the inverse, instead of inv and two products: {1} times faster, and more exact.",
            x,
            times(o.factor),
          )
        : side === 0
          ? sentence("Use np.linalg.solve(A, {0}) instead of inv and a product: {1} times faster, and more exact.", x, times(o.factor))
          : right.shape.length === 2
            ? sentence("Use np.linalg.solve(A.T, {0}.T).T instead of inv and a product: {1} times faster, and more exact.", x, times(o.factor))
            : sentence("Use np.linalg.solve(A.T, {0}) instead of inv and a product: {1} times faster, and more exact.", x, times(o.factor)),
      change: sentence("the product with the inverse as a solve"),
      action: editOr(
        sentence("Solve instead"),
        side === 0 && solves.every((s) => f.line(s).line === at.line) ? solveEdit(f.text(at), at) : null,
        sentence("Copy the solve"),
        then || side === 0 ? "np.linalg.solve(A, x)" : right.shape.length === 2 ? "np.linalg.solve(A.T, x.T).T" : "np.linalg.solve(A.T, x)",
      ),
    };
  },
};
const isPlain = (n: Node<"dot">): boolean =>
  n.attrs.lhsBatch.length === 0 && n.attrs.lhsContract.length === 1 && n.inputs.every((i) => i.shape.length === 1 || i.shape.length === 2);
interface Params {
  readonly leftSide?: boolean;
  readonly transposeA?: boolean;
}
const isSolve = (n: Node): n is Node<"library"> =>
  n.is("library") && n.attrs.name === "triangular_solve" && n.shape.length === 2 && (n.attrs.params as Params).leftSide === true;
/** The triangular solves that make an inverse which only the product reads. */
function solvesOf(x: Node, reader: Node, f: Facts): Node<"library">[] {
  const solves: Node<"library">[] = [];
  for (let [n, by] = [x, reader]; isSolve(n) && f.users(n).every((u) => u === by) && !f.isResult(n); [n, by] = [n.inputs[1]!, n]) solves.push(n);
  // A square right side that is no identity would be an honest product of two.
  const last = solves.at(-1);
  return last && last.shape[0] === last.shape[1] && isFree(last.inputs[1]!) ? solves : [];
}
/** Whether a value comes from no argument but through indices: an identity, its rows in another order. */
function isFree(n: Node): boolean {
  if (n.is("parameter")) return false;
  if (n.is("gather", "dynamic_slice")) return isFree(n.inputs[0]!);
  if (n.is("library", "dot")) return false;
  if (n.is("convert") && n.inputs[0]!.dtype === "bool") return true;
  return n.inputs.every(isFree);
}
/** What reads x·A⁻¹ alone and multiplies it by a vector, or by a matrix of fewer columns than it has. */
function multipliedBy(product: Node<"dot">, n: number, f: Facts): Node<"dot"> | null {
  const [reader, ...more] = f.users(product);
  if (!reader?.is("dot") || more.length > 0 || f.isResult(product) || product.shape.length !== 2 || !isPlain(reader)) return null;
  const [left, right] = reader.inputs as [Node, Node];
  const fits = left === product && right !== product && reader.attrs.lhsContract[0] === 1 && product.attrs.lhsContract[0] === 1;
  return fits && sizeOf(right.shape) < n * n ? reader : null;
}
type Solve = Node<"library">["attrs"];
/** The solves that an inverse is made of, outermost first, as they are in the graph that is built, and the permuted identity that they begin with. */
function chainOf(x: Node, length: number): { readonly chain: readonly Node[]; readonly eye: Node } {
  const chain: Node[] = [];
  for (; chain.length < length; x = x.inputs[1]!) chain.push(x);
  return { chain, eye: x };
}
/** A⁻¹·b. @param contract the axis of b that is as long as A is wide */
function solved(g: GraphBuilder, inverse: Node, solves: readonly Node[], b: Node, contract: number): Node {
  const { chain, eye } = chainOf(inverse, solves.length);
  const n = eye.shape[0]!;
  const right = b.shape.length === 1 ? g.reshape(b, [n, 1]) : b;
  const rhsContract = [b.shape.length === 1 ? 0 : contract];
  const type = { shape: [n, right.shape[1 - rhsContract[0]!]!], dtype: b.dtype };
  let r = g.node("dot", [eye, right], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract }, [type]);
  for (const s of [...chain].reverse()) r = g.node("library", [s.inputs[0]!, r], s.attrs as Solve, [type]);
  return r;
}
/** x·A⁻¹·y as x·(A⁻¹·y). */
function multipliedLater(g: GraphBuilder, then: Node<"dot">, solves: readonly Node[], [product, y]: readonly Node[]): Node {
  const [x, inverse] = product!.inputs as [Node, Node];
  const r = solved(g, inverse, solves, y!, then.attrs.rhsContract[0]!);
  const all = g.node("dot", [x, r], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [
    { shape: [x.shape[0]!, r.shape[1]!], dtype: then.dtype },
  ]);
  return g.reshape(all, then.shape);
}
function moved(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, solves: readonly Node<"library">[], inputs: readonly Node[]): Node {
  const b = inputs[1 - side]!;
  if (side === 0) return g.reshape(solved(g, inputs[0]!, solves, b, product.attrs.rhsContract[0]!), product.shape);
  // x·L⁻¹·R is (L⁻ᵀ·xᵀ)ᵀ·R.
  const { chain, eye } = chainOf(inputs[1]!, solves.length);
  const n = eye.shape[0]!;
  let r = b.shape.length === 1 ? g.reshape(b, [n, 1]) : product.attrs.lhsContract[0] === 1 ? g.transpose(b, [1, 0]) : b;
  const columns = r.shape[1]!;
  for (const s of chain) {
    const attrs = s.attrs as Solve;
    const p = attrs.params as Params;
    r = g.node("library", [s.inputs[0]!, r], { ...attrs, params: { ...p, transposeA: p.transposeA !== true } }, [
      { shape: [n, columns], dtype: product.dtype },
    ]);
  }
  const all = g.node("dot", [r, eye], { lhsBatch: [], rhsBatch: [], lhsContract: [0], rhsContract: [0] }, [
    { shape: [columns, n], dtype: product.dtype },
  ]);
  return g.reshape(all, product.shape);
}
