// Products, reductions, cumulative operations, sorting.
import { type DType, canonicalize, dtypeOf } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, options } from "../numpy/convert.ts";
import { prim } from "./helpers.ts";
import type { CumulativeOptions, DotGeneralOptions, ProductOptions, SortKeyValOptions, SortOptions, TopKOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

interface DotOptions {
  /** Which axes are contracted and which are batch axes; without it, vectors and matrices are multiplied. */
  readonly dimensionNumbers?: o.DimensionNumbers | null;
  readonly precision?: unknown;
  /** The dtype that is summed in and given. */
  readonly preferredElementType?: DType | string | null;
}
/** The product of vectors and matrices, or with `dimensionNumbers` any contraction.
 * @example lax.dot([[1, 2], [3, 4]], [1, 1]) // [3, 7] */
export const dot = (x: ArrayLike, y: ArrayLike, opts: DotOptions = {}): Value => {
  const a = asArray(x, "lax.dot"),
    b = asArray(y, "lax.dot"),
    preferred = opts.preferredElementType ? dtypeOf(opts.preferredElementType) : null;
  if (opts.dimensionNumbers) return o.dotGeneral(a, b, opts.dimensionNumbers, preferred, opts.precision ?? null);
  if (a.ndim > 2 || b.ndim > 2 || !a.ndim || !b.ndim)
    throw new ShapeError(`lax.dot: the operands are ${a.aval} and ${b.aval}, expected vectors or matrices; use dotGeneral`);
  const contraction: o.DimensionNumbers = [
    [[a.ndim - 1], [0]],
    [[], []],
  ];
  return o.dotGeneral(a, b, contraction, preferred ?? a.dtype, opts.precision ?? null);
};
/** The product of stacks of matrices.
 * @example lax.batchMatmul(np.ones([2, 3, 4]), np.ones([2, 4, 5])).shape // [2, 3, 5] */
export const batchMatmul = (x: ArrayLike, y: ArrayLike, _options: ProductOptions = {}): Value => {
  const a = asArray(x),
    b = asArray(y),
    n = a.ndim - 2,
    lead = Array.from({ length: n }, (_x, i) => i);
  return o.dotGeneral(
    a,
    b,
    [
      [[n + 1], [n]],
      [lead, lead],
    ],
    a.dtype,
  );
};
/** Sums of products over pairs of axes, for each entry of the batch axes.
 * @example lax.dotGeneral([[1, 2], [3, 4]], [[1, 0], [0, 1]], [[[1], [0]], [[], []]]) // [[1, 2], [3, 4]] */
export const dotGeneral = (x: ArrayLike, y: ArrayLike, dimensionNumbers: o.DimensionNumbers, opts: DotGeneralOptions = {}): Value => {
  const [a, b] = [asArray(x), asArray(y)];
  return o.dotGeneral(a!, b!, dimensionNumbers, opts.preferredElementType ? dtypeOf(opts.preferredElementType) : null, opts.precision ?? null);
};

const reduction =
  (name: string) =>
  (x: ArrayLike, axes: readonly number[]): Value => {
    const v = asArray(x);
    return prim(name, [v], { axes: axes.map((a) => axisOf(name, a, v.ndim)), ...(name === "reduce_sum" ? { outSharding: null } : {}) });
  };
/** The sum over axes.
 * @example lax.reduceSum([[1, 2], [3, 4]], [0]) // [4, 6] */
export const reduceSum = reduction("reduce_sum");
/** The largest element over axes.
 * @example lax.reduceMax([[1, 4], [3, 2]], [0]) // [3, 4] */
export const reduceMax = reduction("reduce_max");
/** The smallest element over axes.
 * @example lax.reduceMin([[1, 4], [3, 2]], [0]) // [1, 2] */
export const reduceMin = reduction("reduce_min");
/** The product over axes.
 * @example lax.reduceProd([[1, 2], [3, 4]], [0]) // [3, 8] */
export const reduceProd = reduction("reduce_prod");
/** Bits (or truths) of all elements over axes.
 * @example lax.reduceAnd(np.array([true, false]), [0]) // false */
export const reduceAnd = reduction("reduce_and");
/** Bits (or truths) of any element over axes.
 * @example lax.reduceOr(np.array([true, false]), [0]) // true */
export const reduceOr = reduction("reduce_or");
/** The parity of bits over axes.
 * @example lax.reduceXor(np.array([true, true]), [0]) // false */
export const reduceXor = reduction("reduce_xor");
const arg =
  (name: string) =>
  (x: ArrayLike, axis: number, indexDtype: DType | string = canonicalize("int64")): Value => {
    const v = asArray(x);
    return prim(name, [v], { axes: [axisOf(name, axis, v.ndim)], indexDtype: dtypeOf(indexDtype) });
  };
/** The index of the first largest element along an axis.
 * @example lax.argmax([1, 3, 2], 0, "int32") // 1 */
export const argmax = arg("argmax");
/** The index of the first smallest element along an axis.
 * @example lax.argmin([1, 3, 0], 0, "int32") // 2 */
export const argmin = arg("argmin");
const cumulative =
  (name: string) =>
  (x: ArrayLike, ...rest: Tail<[axis: number, reverse: boolean], CumulativeOptions>): Value => {
    const p = options<CumulativeOptions>(name, ["axis", "reverse"], rest),
      v = asArray(x);
    return prim(name, [v], { axis: axisOf(name, p.axis ?? 0, v.ndim), reverse: p.reverse ?? false });
  };
/** Sums up to each element along an axis.
 * @example lax.cumsum([1, 2, 3]) // [1, 3, 6] */
export const cumsum = cumulative("cumsum");
/** Products up to each element along an axis.
 * @example lax.cumprod([1, 2, 3]) // [1, 2, 6] */
export const cumprod = cumulative("cumprod");
/** The largest element up to each along an axis.
 * @example lax.cummax([1, 3, 2]) // [1, 3, 3] */
export const cummax = cumulative("cummax");
/** The smallest element up to each along an axis.
 * @example lax.cummin([3, 1, 2]) // [3, 1, 1] */
export const cummin = cumulative("cummin");
/** log Σ exp up to each element along an axis.
 * @example lax.cumlogsumexp([0, 0]) // [0, 0.6931] */
export const cumlogsumexp = cumulative("cumlogsumexp");
/** Sorts along an axis, stably; of a list of arrays the first `numKeys` are compared and all are put into their order.
 * @example lax.sort([3, 1, 2]) // [1, 2, 3] */
export function sort(x: readonly Value[], ...rest: Tail<[dimension: number, isStable: boolean, numKeys: number], SortOptions>): readonly Value[];
export function sort(x: ArrayLike, ...rest: Tail<[dimension: number, isStable: boolean, numKeys: number], SortOptions>): Value;
export function sort(
  x: ArrayLike | readonly ArrayLike[],
  ...rest: Tail<[dimension: number, isStable: boolean, numKeys: number], SortOptions>
): Value | readonly Value[] {
  const p = options<SortOptions>("sort", ["dimension", "isStable", "numKeys"], rest),
    list = Array.isArray(x) && x.some((v) => v instanceof Value) ? (x as ArrayLike[]).map((v) => asArray(v)) : [asArray(x as ArrayLike)],
    r = bind(primitiveNamed("sort"), list, {
      dimension: axisOf("sort", p.dimension ?? -1, list[0]!.ndim),
      isStable: p.isStable ?? true,
      numKeys: p.numKeys ?? 1,
    });
  return Array.isArray(x) && x.some((v) => v instanceof Value) ? r : r[0]!;
}
/** `[keys, values]`, sorted by the keys.
 * @example lax.sortKeyVal([3, 1, 2], [30, 10, 20]) // [[1, 2, 3], [10, 20, 30]] */
export const sortKeyVal = (
  k: ArrayLike,
  v: ArrayLike,
  ...rest: Tail<[dimension: number, isStable: boolean], SortKeyValOptions>
): [keys: Value, values: Value] => {
  const p = options<SortKeyValOptions>("sortKeyVal", ["dimension", "isStable"], rest),
    keys = asArray(k);
  const [sorted, values] = bind(primitiveNamed("sort"), [keys, asArray(v)], {
    dimension: axisOf("sortKeyVal", p.dimension ?? -1, keys.ndim),
    isStable: p.isStable ?? true,
    numKeys: 1,
  });
  return [sorted!, values!];
};
/** `[values, indices]` of the k largest elements along an axis.
 * @example lax.topK([3, 1, 2], 2) // [[3, 2], [0, 2]] */
export const topK = (x: ArrayLike, k: number, opts: TopKOptions = {}): [values: Value, indices: Value] => {
  const v = asArray(x);
  const [values, indices] = bind(primitiveNamed("top_k"), [v], { k, axis: axisOf("topK", opts.axis ?? -1, v.ndim) });
  return [values!, indices!];
};
