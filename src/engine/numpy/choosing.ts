// Elements chosen by a condition, and where it holds.
import { canonicalize, type DType, isComplex, isInteger } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import { Array as Value, NDArray } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, broadcastShapes, broadcastTo, castTo, oneOf, options, promote, sizeArgument } from "./convert.ts";
import { get, type Index, IndexUpdate, integerIndex, nonzeroStatic } from "./indexing.ts";
import type { ClipOptions, NonzeroOptions, TakeAlongAxisOptions, TakeOptions } from "./options.ts";

/**
 * where(condition, x, y): x where the condition holds, else y. Two whole numbers beside an integer or boolean condition are weak integers.
 * With the condition alone, the positions of its true elements (with `size`, that many, filled up by `fillValue`), as nonzero gives them.
 * @example np.where(np.array([true, false]), 1, [5, 6]) // [1, 6]
 */
export function where(condition: ArrayLike, x?: ArrayLike | NonzeroOptions, y?: ArrayLike): Value {
  if (x === undefined || y === undefined) {
    if (x !== undefined && !isNonzeroOptions(x))
      throw new TypeError("where: got a value for true elements and none for false ones; give both, or neither");
    // Callers of this form get a list of arrays, one an axis.
    return nonzero(condition, x ?? {}) as unknown as Value;
  }
  const c0 = asArray(condition, "where"),
    c = c0.dtype === "bool" ? c0 : o.ne(c0, o.like(c0, 0)),
    [a, b] = promote("where", [x, y], [c0]),
    shape = broadcastShapes("where", [c.shape, a!.shape, b!.shape]);
  return o.select(broadcastTo(c, shape), broadcastTo(a!, shape), broadcastTo(b!, shape));
}
const isNonzeroOptions = (v: unknown): v is NonzeroOptions => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
/** The positions of elements that are not zero, an array an axis. With `size`, the first that many, filled up by `fillValue`.
 * @example np.nonzero([0, 5, 0, 7]) // [[1, 3]] */
export function nonzero(x: ArrayLike, opts: NonzeroOptions = {}): Value[] {
  const v0 = asArray(x, "nonzero"),
    v = v0.ndim === 0 ? o.reshape(v0, [1]) : v0,
    mask = v.dtype === "bool" ? v : o.ne(v, o.like(v, 0)),
    dtype = canonicalize("int64");
  if (opts.size === undefined || opts.size === null) return nonzeroStatic(mask, "nonzero").map((i) => castTo(i, dtype));
  sizeArgument("nonzero", "size", opts.size);
  if (mask.size === 0) return mask.shape.map((_n, d) => fillUp(dtype, opts.size!, opts.fillValue, d));
  // The k-th true element stands where the running count first reaches k.
  const flat = o.reshape(mask, [mask.size]),
    count = o.cumsum(castTo(flat, "int32"), 0, false),
    size = opts.size,
    total = o.reduceSum(castTo(flat, "int32"), [0]);
  const slot = o.select(flat, o.sub(count, o.like(count, 1)), o.full(count.shape, "int32", size)),
    position = new IndexUpdate(o.full([size], "int32", 0), [slot]).set(o.iota("int32", [mask.size], 0), { mode: "drop" });
  const valid = o.lt(o.iota("int32", [size], 0), total);
  let stride = mask.size;
  return mask.shape.map((n, d) => {
    stride /= n || 1;
    return o.select(valid, castTo(position.floorDivide(stride).remainder(n), dtype), fillUp(dtype, size, opts.fillValue, d));
  });
}
const fillUp = (dtype: DType, size: number, value: number | readonly number[] | null | undefined, axis: number): Value =>
  o.full([size], dtype, (typeof value === "object" && value !== null ? value[axis] : value) ?? 0);
/** The positions of elements that are not zero in the flattened array. Under jit give `size`.
 * @example np.flatnonzero([[0, 1], [2, 0]]) // [1, 2] */
export const flatnonzero = (x: ArrayLike, opts: NonzeroOptions = {}): Value => {
  const v = asArray(x);
  return nonzero(o.reshape(v, [v.size]), opts)[0]!;
};
/** The positions of elements that are not zero, a row each.
 * @example np.argwhere([[1, 0], [0, 2]]) // [[0, 0], [1, 1]] */
export function argwhere(x: ArrayLike, opts: NonzeroOptions = {}): Value {
  const v = asArray(x, "argwhere"),
    parts = nonzero(v, opts).slice(0, v.ndim);
  if (parts.length === 0) return o.full([opts.size ?? nonzero(v)[0]!.size, 0], canonicalize("int64"), 0);
  return o.concatenate(
    parts.map((p) => o.expandDims(p, 1)),
    1,
  );
}
/** x held between bounds; null for none.
 * @example np.clip([-1, 0.5, 3], 0, 1) // [0, 0.5, 1] */
export function clip(x: ArrayLike, ...rest: Tail<[min: ArrayLike | null, max: ArrayLike | null], ClipOptions>): Value {
  const p = options<ClipOptions>("clip", ["min", "max"], rest);
  let v = asArray(x, "clip");
  for (const bound of [v, p.min, p.max])
    if (bound instanceof Value && isComplex(bound.dtype))
      throw new DTypeError(`clip: complex values (${bound.aval}) have no order; clip the real and the imaginary part, or the absolute value`);
  if (p.min !== undefined && p.min !== null) v = v.maximum(p.min);
  if (p.max !== undefined && p.max !== null) v = v.minimum(p.max);
  return v;
}
/** Elements, or slices along an axis, at indices; the indices' shape stands in the axis's place.
 * @example np.take([10, 20, 30], np.array([2, 0], { dtype: "int32" })) // [30, 10] */

export function take(x: ArrayLike, indices: ArrayLike, ...rest: Tail<[axis: number | null], TakeOptions>): Value {
  const p = options<TakeOptions>("take", ["axis"], rest),
    v0 = asArray(x, "take"),
    flat = p.axis === null || p.axis === undefined,
    v = flat ? o.reshape(v0, [v0.size]) : v0,
    a = axisOf("take", p.axis ?? 0, v.ndim);
  if (p.mode === "raise") throw new TypeError('take: mode "raise" cannot be, as compiled code does not throw; use "fill", "clip" or "wrap"');
  oneOf("take", "mode", p.mode ?? "fill", ["fill", "clip", "wrap"]);
  let i = intArray("take", indices);
  const n = v.shape[a]!;
  if (p.mode === "wrap") i = i.remainder(n);
  else if (p.mode === "clip") i = o.min(o.max(i, o.like(i, 0)), o.like(i, n - 1));
  return get(v, [...Array<Index>(a).fill(":"), i], {
    mode: p.mode && p.mode !== "wrap" ? p.mode : "fill",
    ...(p.fillValue === undefined ? {} : { fillValue: p.fillValue }),
  });
}
function intArray(fn: string, x: ArrayLike): Value {
  const v = asArray(x, fn, "the indices");
  if (isInteger(v.dtype)) return v;
  if ((typeof x === "number" || Array.isArray(x)) && v instanceof NDArray) {
    for (const n of [x].flat(Infinity) as unknown[]) if (typeof n === "number") integerIndex(fn, n);
    return castTo(v, "int32");
  }
  throw new DTypeError(`${fn}: the indices have dtype ${v.dtype}, expected integers; convert them with astype("int32")`);
}
/** x at indices along an axis; indices have x's shape but for that axis. argsort's partner.
 * @example np.takeAlongAxis([[3, 1], [2, 4]], np.array([[1], [0]], { dtype: "int32" }), 1) // [[1], [2]] */
export function takeAlongAxis(x: ArrayLike, indices: ArrayLike, ...rest: Tail<[axis: number | null], TakeAlongAxisOptions>): Value {
  const p = options<TakeAlongAxisOptions>("takeAlongAxis", ["axis"], rest),
    v0 = asArray(x, "takeAlongAxis"),
    i0 = intArray("takeAlongAxis", indices),
    flat = p.axis === null,
    v = flat ? o.reshape(v0, [v0.size]) : v0,
    i = flat ? o.reshape(i0, [i0.size]) : i0;
  const a = axisOf("takeAlongAxis", p.axis ?? -1, v.ndim),
    others = (s: readonly number[]): number[] => s.map((n, d) => (d === a ? 1 : n));
  if (i.ndim !== v.ndim) throw new ShapeError(`takeAlongAxis: the indices are ${i.aval}, expected ${v.ndim} axes as the array ${v.aval} has`);
  const shape = broadcastShapes("takeAlongAxis", [others(v.shape), others(i.shape)]).map((n, d) => (d === a ? i.shape[a]! : n));
  // Nothing can be read along an empty axis: what is not there is zero, as in JAX.
  if (v.shape[a] === 0) return o.full(shape, v.dtype, 0);
  const idx = v.shape.map((n, d): Index =>
    d === a ? broadcastTo(i, shape) : n === 1 ? o.full(shape, "int32", 0) : o.broadcastInDim(o.iota("int32", [n], 0), shape, [d]),
  );
  return get(v, idx, {
    mode: p.mode ?? "fill",
    wrapNegativeIndices: p.wrapNegativeIndices ?? true,
    ...(p.fillValue === undefined ? {} : { fillValue: p.fillValue }),
  });
}
