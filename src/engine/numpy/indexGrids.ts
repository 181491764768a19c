// Arrays of indices: of a whole grid, of triangles, of diagonals.
import { canonicalize, dtypeOf } from "../core/dtypes.ts";
import type { Tail } from "../core/signature.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, castTo, integerArgument, options, sizeArgument } from "./convert.ts";
import type { DTypeLike } from "./options.ts";
import type { DiagonalIndexOptions, IndicesOptions, TriangleIndicesOptions } from "./shapeOptions.ts";

/** Index grids of a shape: [ndim, ...dimensions], or one array an axis with `sparse`.
 * @example np.indices([2, 2]) // [[[0, 0], [1, 1]], [[0, 1], [0, 1]]] */
export function indices(dimensions: readonly number[], ...rest: Tail<[dtype: DTypeLike | null, sparse: boolean], IndicesOptions>): Value | Value[] {
  const opts = options<IndicesOptions>("indices", ["dtype", "sparse"], rest);
  const d = opts.dtype ? dtypeOf(opts.dtype) : canonicalize("int64");
  if (opts.sparse)
    return dimensions.map((n, i) =>
      o.broadcastInDim(
        o.iota(d, [n], 0),
        dimensions.map((_m, k) => (k === i ? n : 1)),
        [i],
      ),
    );
  return o.concatenate(
    dimensions.map((_n, i) => o.expandDims(o.iota(d, dimensions, i), 0)),
    0,
  );
}
const triangle =
  (upper: boolean) =>
  (n: number, ...rest: Tail<[k: number, m: number | null], TriangleIndicesOptions>): [Value, Value] => {
    const p = options<TriangleIndicesOptions>("triIndices", ["k", "m"], rest),
      m = sizeArgument("triIndices", "m", p.m ?? sizeArgument("triIndices", "n", n)),
      k = integerArgument("triIndices", "k", p.k ?? 0),
      r: number[] = [],
      c: number[] = [];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++)
        if (upper ? j - i >= k : j - i <= k) {
          r.push(i);
          c.push(j);
        }
    const column = (l: number[]): Value => castTo(asArray(Int32Array.from(l)), canonicalize("int64"));
    return [column(r), column(c)];
  };
/** `[rows, columns]` of the upper triangle of an [n, m] matrix.
 * @example np.triuIndices(2) // [[0, 0, 1], [0, 1, 1]] */
export const triuIndices = triangle(true);
/** `[rows, columns]` of the lower triangle of an [n, m] matrix.
 * @example np.trilIndices(2) // [[0, 1, 1], [0, 0, 1]] */
export const trilIndices = triangle(false);
/** `[rows, columns]` of the upper triangle of a matrix like x.
 * @example np.triuIndicesFrom([[1, 2], [3, 4]]) // [[0, 0, 1], [0, 1, 1]] */
export const triuIndicesFrom = (x: ArrayLike, ...rest: Tail<[k: number], DiagonalIndexOptions>): [Value, Value] => {
  const [n, m] = asArray(x).shape;
  return triuIndices(n!, { m: m!, ...options<DiagonalIndexOptions>("triuIndicesFrom", ["k"], rest) });
};
/** `[rows, columns]` of the lower triangle of a matrix like x.
 * @example np.trilIndicesFrom([[1, 2], [3, 4]]) // [[0, 1, 1], [0, 0, 1]] */
export const trilIndicesFrom = (x: ArrayLike, ...rest: Tail<[k: number], DiagonalIndexOptions>): [Value, Value] => {
  const [n, m] = asArray(x).shape;
  return trilIndices(n!, { m: m!, ...options<DiagonalIndexOptions>("trilIndicesFrom", ["k"], rest) });
};
/** The indices of the main diagonal of an [n, n, …] array, one array an axis.
 * @example np.diagIndices(2) // [[0, 1], [0, 1]] */
export const diagIndices = (n: number, ndim: number | { ndim?: number } = 2): Value[] =>
  Array.from({ length: typeof ndim === "number" ? ndim : (ndim.ndim ?? 2) }, () => o.iota(canonicalize("int64"), [n], 0));
