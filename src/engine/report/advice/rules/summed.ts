// Two arrays spread out against each other, multiplied and added up: a product of matrices that the compiler does not see as one. As one it runs in tiles.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import { isFloat } from "../../../core/dtypes.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { alongOnly, isAlong, unspread } from "../axes.ts";
import { summedEdit } from "../edits.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, editOr, partName, percent, shapeText, times } from "../words.ts";

/** The axes of the product: those that both have, and those that one of them alone has. */
interface Roles {
  readonly contract: readonly number[];
  readonly batch: readonly number[];
  readonly own: readonly [readonly number[], readonly number[]];
}
interface Summed extends Candidate {
  readonly sum: Node<"reduce">;
  readonly product: Node;
  readonly roles: Roles;
  readonly ms: number;
}
/** Smaller products are no gain in tiles. */
const LEAST_WORK = 1 << 14;
const LEAST_ROWS = 4;

export const summed: Rule<Summed> = {
  name: "products added up one by one",
  tolerance: 1e-3,
  find(f) {
    const found: Summed[] = [];
    for (const sum of f.nodes()) {
      if (!sum.is("reduce") || sum.attrs.kind !== "add" || !isFloat(sum.dtype)) continue;
      const [product] = sum.inputs;
      if (!product!.is("mul") || product.inputs[0] === product.inputs[1] || sizeOf(product.shape) < LEAST_WORK) continue;
      if (new Set(f.users(product)).size > 1 || f.isResult(product)) continue;
      const roles = rolesOf(product, sum.attrs.dims);
      if (!roles || roles.own.some((axes) => sizeAlong(product, axes) < LEAST_ROWS)) continue;
      const ms = f.kernelsOf(sum).reduce((s, k) => s + f.kernelMs(k), 0);
      found.push({ at: f.line(product), others: [f.line(sum)], sum, product, roles, ms, most: 0.9 * ms });
    }
    return found;
  },
  change({ sum, product, roles }) {
    // The factors in the graph that is built.
    let factors: readonly Node[] = [];
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        if (n === product) factors = inputs;
        return n === sum ? contracted(g, factors, sum, product, roles) : null;
      },
    };
  },
  say({ at, product, sum, roles, ms }, o, f) {
    const [a, b] = product.inputs.map((x) => partName(unspread(x), f));
    const [x, y] = product.inputs.map((n) => codeOf(unspread(n), f));
    return {
      text: sentence(
        "{0} and {1} are spread out against each other ({2}), multiplied element by element and added up: a product of matrices that is computed as {3} single products ({4} of the time).",
        ...[a!, b!, shapeText(product.shape), sizeOf(product.shape).toLocaleString("en"), percent(ms, f.total)],
      ),
      remedy: sentence(
        "Use a product of matrices (matmul): {0} is computed in tiles, {1} times faster.",
        einsum(product, sum, roles, x ?? "a", y ?? "b", f),
        times(o.factor),
      ),
      change: sentence("the sum of products as a product of matrices"),
      action: editOr(
        sentence("Multiply as matrices"),
        product.inputs.every((n) => unspread(n).shape.length === 2) ? summedEdit(f.text(at), at) : null,
        sentence("Copy the product"),
        einsum(product, sum, roles, x ?? "a", y ?? "b", f),
      ),
    };
  },
};
const sizeAlong = (n: Node, axes: readonly number[]): number => axes.reduce((p, a) => p * n.shape[a]!, 1);
/** Null where it is no product of matrices: an axis that is added up of one factor alone, or one that neither has. */
function rolesOf(product: Node, dims: readonly number[]): Roles | null {
  const contract: number[] = [];
  const batch: number[] = [];
  const own: [number[], number[]] = [[], []];
  for (const [axis, size] of product.shape.entries()) {
    if (size === 1) continue;
    const [a, b] = product.inputs.map((x) => isAlong(x, axis));
    if (dims.includes(axis)) {
      if (!a || !b) return null;
      contract.push(axis);
    } else if (a && b) batch.push(axis);
    else if (a) own[0].push(axis);
    else if (b) own[1].push(axis);
    else return null;
  }
  return contract.length ? { contract, batch, own } : null;
}
function contracted(g: GraphBuilder, factors: readonly Node[], sum: Node<"reduce">, product: Node, { contract, batch, own }: Roles): Node {
  const [x, y] = factors.map((n, i) => alongOnly(g, n, [...batch, ...own[i]!, ...contract])) as [Node, Node];
  const places = (axes: readonly number[], from: number): number[] => axes.map((_a, i) => from + i);
  const result = [...batch, ...own[0], ...own[1]];
  const dot = g.node(
    "dot",
    [x, y],
    {
      lhsBatch: places(batch, 0),
      rhsBatch: places(batch, 0),
      lhsContract: places(contract, batch.length + own[0].length),
      rhsContract: places(contract, batch.length + own[1].length),
    },
    [{ shape: result.map((a) => product.shape[a]!), dtype: sum.dtype }],
  );
  const sorted = [...result].sort((a, b) => a - b);
  const order = sorted.map((a) => result.indexOf(a));
  return g.reshape(order.every((p, i) => p === i) ? dot : g.transpose(dot, order), sum.shape);
}
/** The product as a person would write it. */
function einsum(product: Node, sum: Node, { contract, batch, own }: Roles, x: string, y: string, f: Facts): string {
  const letter = (axis: number): string => "ijklmnopq"[axis] ?? "z";
  const of = (i: 0 | 1): string =>
    [...batch, ...own[i], ...contract]
      .sort((p, q) => p - q)
      .map(letter)
      .join("");
  const out = [...batch, ...own[0], ...own[1]]
    .sort((p, q) => p - q)
    .map(letter)
    .join("");
  const isMatrix = product.inputs.every((n) => unspread(n).shape.length === 2) && batch.length === 0 && sum.shape.length === 2;
  // Rows of both against each other is the usual case.
  if (isMatrix && own[0][0]! < own[1][0]! && product.inputs.every((n, i) => sizesFit(unspread(n), product, [...own[i]!, ...contract]) && f.frame(n)))
    return `${x}.matmul(${y}.T)`;
  return `np.einsum("${of(0)},${of(1)}->${out}", ${x}, ${y})`;
}
const sizesFit = (n: Node, product: Node, axes: readonly number[]): boolean =>
  axes.every((a, i) => n.shape[i] === product.shape[a]) && axes.every((a, i) => i === 0 || axes[i - 1]! < a);
