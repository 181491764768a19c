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
        if (!solves.length || (side === 0 ? contract !== 1 : contract !== 0) || (side === 1 && product.inputs[0]!.shape.length > 1)) continue;
        const ms = solves.reduce((s, n) => s + f.ms(n), 0) + f.ms(product);
        const n = solves[0]!.shape[1]!;
        const columns = sizeOf(product.inputs[1 - side]!.shape) / n;
        found.push({
          at: f.line(product),
          others: solves.map((s) => f.line(s)),
          product,
          side,
          solves,
          ms,
          most: ms * Math.max(0.1, 1 - columns / n),
        });
      }
    }
    return found;
  },
  change: ({ product, side, solves }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === product ? moved(g, product, side, solves, inputs) : null),
  }),
  say({ at, product, side, solves, ms }, o, f) {
    const x = valueName(product.inputs[1 - side]!, f);
    const n = solves[0]!.shape[0]!;
    const isOne = side === 1 || product.inputs[1]!.shape.length === 1;
    const share = percent(ms, f.total);
    return {
      text: isOne
        ? sentence(
            "The inverse of a matrix of {0}×{0} is formed with np.linalg.inv, and all that is wanted of it is its product with {1}: a solve for {0} right sides where one is enough ({2} of the time).",
            ...[n, x, share],
          )
        : sentence(
            "The inverse of a matrix of {0}×{0} is formed with np.linalg.inv, and all that is wanted of it is its product with {1}: a solve for {0} right sides where {2} are enough ({3} of the time).",
            ...[n, x, product.inputs[1]!.shape[1]!, share],
          ),
      remedy:
        side === 0
          ? sentence("Use np.linalg.solve(A, {0}) instead of inv and a product: {1} times faster, and more exact.", x, times(o.factor))
          : sentence("Use np.linalg.solve(A.T, {0}) instead of inv and a product: {1} times faster, and more exact.", x, times(o.factor)),
      change: sentence("the product with the inverse as a solve"),
      action: editOr(
        sentence("Solve instead"),
        side === 0 && solves.every((s) => f.line(s).line === at.line) ? solveEdit(f.text(at), at) : null,
        sentence("Copy the solve"),
        `np.linalg.solve(${side === 0 ? "A" : "A.T"}, x)`,
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
function moved(g: GraphBuilder, product: Node<"dot">, side: 0 | 1, solves: readonly Node<"library">[], inputs: readonly Node[]): Node {
  const n = solves[0]!.shape[0]!;
  const type = (shape: readonly number[]) => ({ shape, dtype: product.dtype });
  const chain: Node[] = [];
  let x = inputs[side]!;
  for (const _s of solves) {
    chain.push(x);
    x = x.inputs[1]!;
  }
  const eye = x;
  const b = inputs[1 - side]!;
  if (side === 0) {
    const contract = product.attrs.rhsContract[0]!;
    const right = b.shape.length === 1 ? g.reshape(b, [n, 1]) : b;
    const rhsContract = [b.shape.length === 1 ? 0 : contract];
    const k = right.shape[1 - rhsContract[0]!]!;
    let r = g.node("dot", [eye, right], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract }, [type([n, k])]);
    for (const s of chain.reverse()) r = g.node("library", [s.inputs[0]!, r], s.attrs as Node<"library">["attrs"], [type([n, k])]);
    return g.reshape(r, product.shape);
  }
  // x·L⁻¹·R is (L⁻ᵀ·xᵀ)ᵀ·R.
  let r = g.reshape(b, [n, 1]);
  for (const s of chain) {
    const attrs = s.attrs as Node<"library">["attrs"];
    const p = attrs.params as Params;
    r = g.node("library", [s.inputs[0]!, r], { ...attrs, params: { ...p, transposeA: p.transposeA !== true } }, [type([n, 1])]);
  }
  return g.node("dot", [g.reshape(r, [n]), eye], { lhsBatch: [], rhsBatch: [], lhsContract: [0], rhsContract: [0] }, [type([n])]);
}
