// Extents of a matrix product, and whether it is large enough for tiles.
import type { Node } from "../../graph/graph.ts";
import type { TileShape } from "../target.ts";

export interface MatmulSize {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
export function matmulSize(n: Node<"dot">): MatmulSize {
  const [x, y] = n.inputs as [Node, Node],
    a = n.attrs,
    product = (node: Node, keep: (i: number) => boolean): number => node.shape.reduce((p, s, i) => (keep(i) ? p * s : p), 1);
  return {
    batch: a.lhsBatch.reduce((p, i) => p * x.shape[i]!, 1),
    k: a.lhsContract.reduce((p, i) => p * x.shape[i]!, 1),
    m: product(x, (i) => !a.lhsBatch.includes(i) && !a.lhsContract.includes(i)),
    n: product(y, (i) => !a.rhsBatch.includes(i) && !a.rhsContract.includes(i)),
  };
}
/** Whether the right operand lies in memory with its columns side by side: then few rows are multiplied with it as it lies. */
function isGivenByRows(n: Node<"dot">): boolean {
  const y = n.inputs[1];
  const last = (y?.shape.length ?? 0) - 1;
  return y !== undefined && y.is("parameter", "constant") && y.dtype === "float32" && !n.attrs.rhsContract.includes(last) && !n.attrs.rhsBatch.includes(last);
}
/** Packing pays from here on; smaller products are plain reductions, and all are where the target has no tile. */
export function isTiled(n: Node, tile: TileShape | null): n is Node<"dot"> {
  if (!tile || !n.is("dot") || n.dtype !== "float32") return false;
  const { m, n: columns, k } = matmulSize(n);
  if (k < tile.leastDepth || m * columns * k < tile.leastWork) return false;
  return m >= tile.rows ? columns >= tile.columns : columns >= 2 * tile.columns && k * columns >= tile.largeMatrix && isGivenByRows(n);
}
