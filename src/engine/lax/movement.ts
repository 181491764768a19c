// Shapes: broadcasting, reshaping, slicing, padding, joining; windows at computed positions.
import { type DType, dtypeOf } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import type { Shape } from "../core/aval.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, broadcastShapes as broadcastShapesOf, castTo, options, integerArgument } from "../numpy/convert.ts";
import { prim, unify } from "./helpers.ts";
import type { AxisOptions, IndexInDimOptions, PlaceInDimOptions, PlaceOptions, ReshapeOptions, SliceInDimOptions, SliceOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** New axes of the given sizes in front.
 * @example lax.broadcast([1, 2], [2]) // [[1, 2], [1, 2]] */
export const broadcast = (x: ArrayLike, sizes: Shape): Value => {
  const v = asArray(x);
  return o.broadcastInDim(
    v,
    [...sizes, ...v.shape],
    v.shape.map((_n, i) => i + sizes.length),
  );
};
/** x in a larger shape: axis i of x is axis dims[i] of the result.
 * @example lax.broadcastInDim(np.array([1, 2]), [2, 3], [0]) // [[1, 1, 1], [2, 2, 2]] */
export const broadcastInDim = (x: ArrayLike, shape: Shape, dims: readonly number[]): Value =>
  prim("broadcast_in_dim", [asArray(x)], { shape, broadcastDimensions: dims });
/** New axes of size 1 in front, up to a rank.
 * @example lax.broadcastToRank([1, 2], 3).shape // [1, 1, 2] */
export const broadcastToRank = (x: ArrayLike, rank: number): Value => {
  const v = asArray(x),
    k = rank - v.ndim;
  return o.broadcastInDim(
    v,
    [...Array<number>(k).fill(1), ...v.shape],
    v.shape.map((_n, i) => i + k),
  );
};
/** The same elements in another shape.
 * @example lax.reshape([1, 2, 3, 4], [2, 2]) // [[1, 2], [3, 4]] */
export const reshape = (x: ArrayLike, newSizes: Shape, ...rest: Tail<[dimensions: readonly number[] | null], ReshapeOptions>): Value => {
  const d = options<ReshapeOptions>("reshape", ["dimensions"], rest).dimensions,
    v = asArray(x);
  return o.reshape(d ? o.transpose(v, d) : v, newSizes);
};
/** Axes from start to stop joined into one.
 * @example lax.collapse(np.ones([2, 3, 4]), 0, 2).shape // [6, 4] */
export const collapse = (x: ArrayLike, start: number, stop?: number): Value => {
  const v = asArray(x),
    a = start < 0 ? start + v.ndim : start,
    b = stop === undefined || stop === null ? v.ndim : stop < 0 ? stop + v.ndim : stop;
  return o.reshape(v, [...v.shape.slice(0, a), v.shape.slice(a, b).reduce((p, q) => p * q, 1), ...v.shape.slice(b)]);
};
/** Without the given axes of size 1.
 * @example lax.squeeze([[1, 2]], [0]) // [1, 2] */
export const squeeze = (x: ArrayLike, dimensions: readonly number[]): Value => {
  const v = asArray(x);
  return o.squeeze(
    v,
    dimensions.map((d) => axisOf("squeeze", d, v.ndim)),
  );
};
/** New axes of size 1 at the given places.
 * @example lax.expandDims([1, 2], [0]) // [[1, 2]] */
export const expandDims = (x: ArrayLike, dimensions: readonly number[]): Value => {
  const v = asArray(x),
    rank = v.ndim + dimensions.length;
  return o.expandDims(
    v,
    dimensions.map((d) => (d < 0 ? d + rank : d)),
  );
};
/** The axes in another order.
 * @example lax.transpose([[1, 2], [3, 4]], [1, 0]) // [[1, 3], [2, 4]] */
export const transpose = (x: ArrayLike, permutation: readonly number[]): Value => o.transpose(asArray(x), permutation);
/** The order along axes reversed.
 * @example lax.rev([1, 2, 3], [0]) // [3, 2, 1] */
export const rev = (x: ArrayLike, dimensions: readonly number[]): Value => o.rev(asArray(x), dimensions);
/** A box of the array, from start to limit.
 * @example lax.slice([1, 2, 3, 4], [1], [3]) // [2, 3] */
export const slice = (
  x: ArrayLike,
  start: readonly number[],
  limit: readonly number[],
  ...rest: Tail<[strides: readonly number[] | null], SliceOptions>
): Value => o.slice(asArray(x), start, limit, options<SliceOptions>("slice", ["strides"], rest).strides ?? null);
/** A part along one axis.
 * @example lax.sliceInDim([1, 2, 3, 4], 1, 3) // [2, 3] */
export function sliceInDim(
  x: ArrayLike,
  start: number | null,
  limit: number | null,
  ...rest: Tail<[stride: number, axis: number], SliceInDimOptions>
): Value {
  const p = options<SliceInDimOptions>("sliceInDim", ["stride", "axis"], rest),
    v = asArray(x),
    a = axisOf("sliceInDim", p.axis ?? 0, v.ndim),
    n = v.shape[a]!,
    at = (i: number | null | undefined, d: number): number => (i === null || i === undefined ? d : i < 0 ? i + n : i);
  return o.sliceInDim(v, a, at(start, 0), at(limit, n), p.stride ?? 1);
}
/** One slice along an axis.
 * @example lax.indexInDim([1, 2, 3], 1) // [2] */
export function indexInDim(x: ArrayLike, index: number, ...rest: Tail<[axis: number, keepdims: boolean], IndexInDimOptions>): Value {
  const p = options<IndexInDimOptions>("indexInDim", ["axis", "keepdims"], rest),
    v = asArray(x),
    a = axisOf("indexInDim", p.axis ?? 0, v.ndim),
    i = index < 0 ? index + v.shape[a]! : index,
    s = o.sliceInDim(v, a, i, i + 1);
  return p.keepdims === false ? o.squeeze(s, [a]) : s;
}
/** Padded before, behind and between elements, per axis; negative numbers cut.
 * @example lax.pad([1, 2], 0, [[1, 2, 1]]) // [0, 1, 0, 2, 0, 0] */
export const pad = (x: ArrayLike, value: ArrayLike, config: readonly (readonly [number, number, number])[]): Value => {
  const [v, f] = unify("pad", [x, value]);
  return o.pad(v!, f!, config);
};
/** Arrays joined along an axis.
 * @example lax.concatenate([[1, 2], [3]], 0) // [1, 2, 3] */
export const concatenate = (xs: readonly ArrayLike[], dimension: number): Value =>
  prim(
    "concatenate",
    xs.map((x) => asArray(x)),
    { dimension },
  );
/** Parts of given sizes along an axis.
 * @example lax.split([1, 2, 3], [1, 2]) // [[1], [2, 3]] */
export const split = (x: ArrayLike, sizes: readonly number[], ...rest: Tail<[axis: number], AxisOptions>): readonly Value[] => {
  const v = asArray(x);
  return bind(primitiveNamed("split"), [v], { sizes, axis: axisOf("split", options<AxisOptions>("split", ["axis"], rest).axis ?? 0, v.ndim) });
};
/** x repeated along its axes.
 * @example lax.tile([1, 2], [2]) // [1, 2, 1, 2] */
export const tile = (x: ArrayLike, reps: readonly number[]): Value => prim("tile", [asArray(x)], { reps });
/** Arrays joined along a new axis.
 * @example lax.stack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const stack = (xs: readonly ArrayLike[], ...rest: Tail<[axis: number], AxisOptions>): Value => {
  const vs = xs.map((x) => asArray(x));
  return prim("stack", vs, { axis: axisOf("stack", options<AxisOptions>("stack", ["axis"], rest).axis ?? 0, vs[0]!.ndim + 1) });
};
/** The slices along an axis, as a list.
 * @example lax.unstack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const unstack = (x: ArrayLike, ...rest: Tail<[axis: number], AxisOptions>): readonly Value[] => {
  const v = asArray(x);
  return bind(primitiveNamed("unstack"), [v], { axis: axisOf("unstack", options<AxisOptions>("unstack", ["axis"], rest).axis ?? 0, v.ndim) });
};

/** Start indices: negative ones count from the end, constants are taken as int32. */
const starts = (v: Value, list: readonly ArrayLike[] | Value, negative: boolean | readonly boolean[] = true): Value[] =>
  (Array.isArray(list) ? (list as ArrayLike[]) : [...(list as Value)]).map((s, i) =>
    wrapIndex(s, v.shape[i]!, typeof negative === "boolean" ? negative : negative[i]),
  );
function wrapIndex(s: ArrayLike, n: number, negative = true): Value {
  if (typeof s === "number") {
    const i = integerArgument("lax", "a start index", s);
    return o.lit("int32", i < 0 && negative ? i + n : i);
  }
  const v = asArray(s);
  if (!v.dtype.includes("int")) throw new DTypeError(`lax: a start index has dtype ${v.dtype}, expected an integer`);
  return v.dtype.startsWith("u") || !negative ? v : o.select(o.lt(v, o.like(v, 0)), o.add(v, o.like(v, n)), v);
}
/** A box of given sizes at a computed place; the place is moved so that the box fits.
 * @example lax.dynamicSlice([1, 2, 3, 4], [1], [2]) // [2, 3] */
export const dynamicSlice = (x: ArrayLike, at: readonly ArrayLike[] | Value, sliceSizes: readonly number[], opts: PlaceOptions = {}): Value => {
  const v = asArray(x);
  return o.dynamicSlice(v, starts(v, at, opts.allowNegativeIndices), sliceSizes);
};
/** A part of given size along one axis, at a computed place.
 * @example lax.dynamicSliceInDim([1, 2, 3, 4], 1, 2) // [2, 3] */
export const dynamicSliceInDim = (x: ArrayLike, start: ArrayLike, size: number, ...rest: Tail<[axis: number], PlaceInDimOptions>): Value => {
  const v = asArray(x),
    p = options<PlaceInDimOptions>("dynamicSliceInDim", ["axis"], rest),
    a = axisOf("dynamicSliceInDim", p.axis ?? 0, v.ndim);
  return o.dynamicSlice(
    v,
    v.shape.map((n, i) => (i === a ? wrapIndex(start, n, p.allowNegativeIndices) : o.lit("int32", 0))),
    v.shape.map((n, i) => (i === a ? size : n)),
  );
};
/** One slice along an axis, at a computed place.
 * @example lax.dynamicIndexInDim([1, 2, 3], 1) // [2] */
export const dynamicIndexInDim = (x: ArrayLike, index: ArrayLike, ...rest: Tail<[axis: number, keepdims: boolean], IndexInDimOptions>): Value => {
  const p = options<IndexInDimOptions>("dynamicIndexInDim", ["axis", "keepdims"], rest),
    r = dynamicSliceInDim(x, index, 1, { axis: p.axis ?? 0, allowNegativeIndices: p.allowNegativeIndices ?? true });
  return p.keepdims === false ? o.squeeze(r, [axisOf("dynamicIndexInDim", p.axis ?? 0, r.ndim)]) : r;
};
/** x with a box replaced at a computed place.
 * @example lax.dynamicUpdateSlice([1, 2, 3, 4], [8, 9], [1]) // [1, 8, 9, 4] */
export const dynamicUpdateSlice = (x: ArrayLike, u: ArrayLike, at: readonly ArrayLike[] | Value, opts: PlaceOptions = {}): Value => {
  const v = asArray(x);
  return o.dynamicUpdateSlice(v, castTo(asArray(u), v.dtype), starts(v, at, opts.allowNegativeIndices));
};
/** x with a part along one axis replaced.
 * @example lax.dynamicUpdateSliceInDim([1, 2, 3, 4], [8, 9], 1, 0) // [1, 8, 9, 4] */
export const dynamicUpdateSliceInDim = (
  x: ArrayLike,
  u: ArrayLike,
  start: ArrayLike,
  axis: number,
  opts: { readonly allowNegativeIndices?: boolean } = {},
): Value => {
  const v = asArray(x),
    a = axisOf("dynamicUpdateSliceInDim", axis, v.ndim);
  return o.dynamicUpdateSlice(
    v,
    castTo(asArray(u), v.dtype),
    v.shape.map((n, i) => (i === a ? wrapIndex(start, n, opts.allowNegativeIndices) : o.lit("int32", 0))),
  );
};
/** x with one slice along an axis replaced.
 * @example lax.dynamicUpdateIndexInDim([1, 2, 3], 9, 1, 0) // [1, 9, 3] */
export const dynamicUpdateIndexInDim = (
  x: ArrayLike,
  u: ArrayLike,
  index: ArrayLike,
  axis: number,
  opts: { readonly allowNegativeIndices?: boolean } = {},
): Value => {
  const v = asArray(x),
    a = axisOf("dynamicUpdateIndexInDim", axis, v.ndim),
    w = castTo(asArray(u), v.dtype);
  return dynamicUpdateSliceInDim(v, w.ndim < v.ndim ? o.expandDims(w, a) : w, index, a, opts);
};

/** The shape that shapes of one rank, or scalars, have in common.
 * @example lax.broadcastShapes([2, 1], [3]) // [2, 3] */
export const broadcastShapes = (...shapes: Shape[]): number[] => broadcastShapesOf("lax.broadcastShapes", shapes);
/** x in the shape of another array.
 * @example lax.broadcastLike([1, 2], np.ones([2, 2])) // [[1, 2], [1, 2]] */
export const broadcastLike = (x: ArrayLike, like: ArrayLike): Value => {
  const v = asArray(x),
    s = asArray(like).shape,
    k = s.length - v.ndim;
  return o.broadcastInDim(
    v,
    s,
    v.shape.map((_n, i) => i + k),
  );
};
/** Zeros of a shape.
 * @example lax.empty([2], "float32") // [0, 0] */
export const empty = (shape: Shape, dtype: DType | string): Value => o.full(shape, dtypeOf(dtype), 0);
