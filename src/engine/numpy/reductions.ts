// Reductions and cumulative functions.
import {
  type DType,
  canonicalize,
  dtypeOf,
  inexactOf,
  isComplex,
  isFloat,
  isHalf,
  isInexact,
  isInteger,
  isUnsigned,
  realPart,
} from "../core/dtypes.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { neutral } from "../core/neutral.ts";
import { type ArrayLike, asArray, axesOf, axisOf, broadcastShapes, broadcastTo, castTo, options, promoteInexact } from "./convert.ts";
import { isnan } from "./ufuncs.ts";
import type {
  ArgOptions,
  AverageOptions,
  AverageReturnedOptions,
  Axis,
  CumulativeOptions,
  CumulativeSumOptions,
  DTypeLike,
  ExtremumOptions,
  KeepAxesOptions,
  MeanOptions,
  ReductionOptions,
  SumOptions,
  VarianceOptions,
} from "./options.ts";
import type { Tail } from "../core/signature.ts";

export const keep = (v: Value, like: Value, axes: readonly number[], keepdims: boolean | undefined): Value =>
  keepdims
    ? o.reshape(
        v,
        like.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
      )
    : v;
/** What any reduction may be told. */
type AnyReduction = SumOptions & VarianceOptions;
const opts = (fn: string, rest: readonly unknown[]): AnyReduction => options<AnyReduction>(fn, ["axis"], rest);
/** The array with a neutral value where a mask does not hold; a mask that has more elements spreads the array. */
function masked(fn: string, v: Value, given: ArrayLike | null | undefined, fill: number | bigint): Value {
  if (given === undefined || given === null) return v;
  const where = castTo(asArray(given, fn), "bool"),
    shape = broadcastShapes(fn, [v.shape, where.shape]),
    neutralValue = o.lit(v.dtype, isComplex(v.dtype) ? [Number(fill), 0] : v.dtype === "bool" ? Boolean(fill) : fill);
  return o.select(broadcastTo(where, shape), broadcastTo(v, shape), broadcastTo(neutralValue, shape));
}

/** Small integers and booleans add up in the default integer type. */
function widened(d: DType, promoteIntegers = true): DType {
  if (d === "bool") return promoteIntegers ? canonicalize("int64") : "int32";
  if (!promoteIntegers || !isInteger(d)) return d;
  return isUnsigned(d) ? canonicalize("uint64") : canonicalize("int64");
}
const accumulate =
  (fn: "sum" | "prod", kind: "add" | "mul") =>
  (x: ArrayLike, ...rest: Tail<[axis: Axis], SumOptions>): Value => {
    const v = asArray(x, fn),
      p = opts(fn, rest),
      axes = axesOf(fn, p.axis, v.ndim),
      dtype = p.dtype ? dtypeOf(p.dtype) : widened(v.dtype, p.promoteIntegers ?? true);
    const up = isHalf(dtype) ? castTo(castTo(v, dtype), "float32") : castTo(v, dtype, v.weakType),
      m = masked(fn, up, p.where, neutral(kind, dtype));
    const r0 = axes.length ? (fn === "sum" ? o.reduceSum(m, axes) : o.reduceProd(m, axes)) : m,
      r = castTo(r0, dtype);
    const out = p.initial === undefined || p.initial === null ? r : (fn === "sum" ? o.add : o.mul)(r, castTo(asArray(p.initial), dtype));
    return keep(out, m, axes, p.keepdims);
  };
/** The sum over axes; small integers add up in the default integer type. 0 where there is nothing.
 * @example np.sum([[1, 2], [3, 4]], { axis: 0 }) // [4, 6] */
export const sum = accumulate("sum", "add");
/** The product over axes; small integers multiply in the default integer type. 1 where there is nothing.
 * @example np.prod([[1, 2], [3, 4]], { axis: 1 }) // [2, 12] */
export const prod = accumulate("prod", "mul");
const extremum =
  (fn: "max" | "min") =>
  (x: ArrayLike, ...rest: Tail<[axis: Axis], ExtremumOptions>): Value => {
    const v = asArray(x, fn),
      p = opts(fn, rest),
      axes = axesOf(fn, p.axis, v.ndim),
      d = v.dtype;
    if (axes.some((a) => v.shape[a] === 0) && p.initial === undefined)
      throw new ShapeError(
        `${fn}: axis ${axes.find((a) => v.shape[a] === 0)} of ${v.aval} is empty, so there is no ${fn === "max" ? "largest" : "smallest"} element; give one with { initial }`,
      );
    if (p.where !== undefined && p.where !== null && (p.initial === undefined || p.initial === null))
      throw new TypeError(`${fn}: with { where } an element may be left that none stands for; say what it is then with { initial }`);
    const m = masked(fn, v, p.where, isComplex(d) ? (fn === "max" ? -Infinity : Infinity) : neutral(fn, d)),
      r = axes.length ? (fn === "max" ? o.reduceMax(m, axes) : o.reduceMin(m, axes)) : m;
    return keep(
      castTo(p.initial === undefined || p.initial === null ? r : (fn === "max" ? o.max : o.min)(r, castTo(asArray(p.initial), d)), d),
      m,
      axes,
      p.keepdims,
    );
  };
/** The largest element over axes; NaN where there is one. Throws ShapeError on empty axes without `initial`.
 * @example np.max([[1, 4], [3, 2]], { axis: 0 }) // [3, 4] */
export const max = extremum("max");
/** The smallest element over axes; NaN where there is one. Throws ShapeError on empty axes without `initial`.
 * @example np.min([[1, 4], [3, 2]], { axis: 0 }) // [1, 2] */
export const min = extremum("min");
/** Another name of max.
 * @example np.amax([1, 3, 2]) // 3 */
export const amax = max;
/** Another name of min.
 * @example np.amin([1, 3, 2]) // 1 */
export const amin = min;
const truth =
  (fn: "all" | "any") =>
  (x: ArrayLike, ...rest: Tail<[axis: Axis], ReductionOptions>): Value => {
    const v0 = asArray(x, fn),
      v = v0.dtype === "bool" ? v0 : o.ne(v0, o.like(v0, 0)),
      p = opts(fn, rest),
      axes = axesOf(fn, p.axis, v.ndim),
      m = masked(fn, v, p.where, fn === "all" ? 1 : 0);
    return keep(bind1(primitiveNamed(fn === "all" ? "reduce_and" : "reduce_or"), [m], { axes }), m, axes, p.keepdims);
  };
/** Whether all elements over axes are not zero; bool.
 * @example np.all([[true, false], [true, true]], { axis: 1 }) // [false, true] */
export const all = truth("all");
/** Whether an element over axes is not zero; bool.
 * @example np.any([[false, false], [false, true]], { axis: 1 }) // [false, true] */
export const any = truth("any");
const count = (v: Value, axes: readonly number[]): number => axes.reduce((n, a) => n * v.shape[a]!, 1);
/** The mean over axes; integers give floats.
 * @example np.mean([[1, 2], [3, 4]], { axis: 1 }) // [1.5, 3.5] */
export function mean(x: ArrayLike, ...rest: Tail<[axis: Axis], MeanOptions>): Value {
  const v = asArray(x, "mean"),
    p = opts("mean", rest),
    axes = axesOf("mean", p.axis, v.ndim),
    dtype = p.dtype ? dtypeOf(p.dtype) : inexactOf(v.dtype),
    wide = isHalf(dtype) ? "float32" : dtype;
  const s = sum(castTo(v, wide, v.weakType && wide === v.dtype), {
    axis: axes,
    keepdims: p.keepdims ?? false,
    ...(p.where === undefined ? {} : { where: p.where }),
  });
  const n =
    p.where === undefined || p.where === null
      ? o.like(s, count(v, axes))
      : sum(castTo(broadcastTo(asArray(p.where), v.shape), wide), { axis: axes, keepdims: p.keepdims ?? false });
  return castTo(o.div(s, n), dtype);
}
/** The weighted mean over axes; with `returned`, `[average, sum of weights]`. Weights have the array's shape, or that of the one axis.
 * @example np.average([1, 2, 4], { weights: [1, 1, 2] }) // 2.75 */
export function average(x: ArrayLike, options: AverageReturnedOptions): [average: Value, weights: Value];
export function average(x: ArrayLike, axis: Axis, weights: ArrayLike | null | undefined, returned: true): [average: Value, weights: Value];
export function average(x: ArrayLike, ...rest: Tail<[axis: Axis, weights: ArrayLike | null], AverageOptions>): Value;
export function average(
  x: ArrayLike,
  ...rest: Tail<[axis: Axis, weights: ArrayLike | null, returned: boolean], AverageOptions>
): Value | [Value, Value] {
  const p = options<AverageOptions>("average", ["axis", "weights", "returned"], rest),
    v = promoteInexact("average", [x])[0]!;
  if (p.weights === undefined || p.weights === null) {
    const m = mean(v, { axis: p.axis ?? null, keepdims: p.keepdims ?? false });
    return p.returned ? [m, o.full(m.shape, m.dtype, count(v, axesOf("average", p.axis, v.ndim)))] : m;
  }
  const [a, w0] = promoteInexact("average", [v, p.weights]),
    axes = axesOf("average", p.axis, a!.ndim);
  let w = w0!;
  if (w.shape.join() !== a!.shape.join()) {
    if (w.ndim !== 1 || axes.length !== 1)
      throw new ShapeError(
        `average: the weights are ${w.aval} and the array ${a!.aval}; expected equal shapes, or weights of one axis together with { axis }`,
      );
    w = o.broadcastInDim(w, a!.shape, axes);
  }
  const s = sum(w, { axis: axes, keepdims: p.keepdims ?? false }),
    m = o.div(sum(o.mul(a!, w), { axis: axes, keepdims: p.keepdims ?? false }), s);
  return p.returned ? [m, s] : m;
}
/** How many elements take part, along the axes: a number, or a sum where there is a mask. */
function counted(v: Value, axes: readonly number[], p: AnyReduction, dtype: DType, present: Value | null = null): Value {
  // A mask may spread the array: then its places are counted.
  const given = p.where === undefined || p.where === null ? null : castTo(asArray(p.where), "bool"),
    shape = given ? broadcastShapes("where", [v.shape, given.shape]) : v.shape,
    [where, here] = [given, present].map((m) => m && broadcastTo(m, shape)),
    mask = where && here ? o.and(where, here) : (where ?? here);
  return mask ? sum(castTo(mask, dtype), { axis: axes, keepdims: p.keepdims ?? false }) : o.lit(dtype, count(v, axes));
}
/** The dtypes that a variance is computed in and given in. */
function varianceTypes(fn: string, from: DType, asked: DTypeLike | undefined): { compute: DType; result: DType } {
  const wide = (d: DType): DType => (isHalf(d) ? "float32" : d);
  if (asked === undefined || asked === null) return { compute: wide(inexactOf(from)), result: realPart(inexactOf(from)) };
  const d = dtypeOf(asked);
  if (isComplex(from) && !isComplex(d)) throw new DTypeError(`${fn}: the values are ${from}; a real dtype (${d}) for their variance is not defined`);
  return { compute: wide(d), result: d };
}
const squaredLength = (d: Value): Value => (isComplex(d.dtype) ? o.real(o.mul(d, o.conj(d))) : o.square(d));
const correctionOf = (fn: string, p: AnyReduction): number => {
  if (p.correction !== undefined && p.correction !== null && p.ddof)
    throw new TypeError(`${fn}: ddof (${p.ddof}) and correction (${p.correction}) are two names for one thing; give one of them`);
  return p.correction ?? p.ddof ?? 0;
};
/** `var`: the mean of squared distances from the mean; `ddof` (or `correction`) is subtracted from the count.
 * @example np.var([1, 2, 3, 4]) // 1.25 */
export function variance(x: ArrayLike, ...rest: Tail<[axis: Axis], VarianceOptions>): Value {
  const v0 = asArray(x, "var"),
    p = opts("var", rest),
    axes = axesOf("var", p.axis, v0.ndim),
    { compute, result } = varianceTypes("var", v0.dtype, p.dtype),
    v = castTo(v0, compute),
    where = p.where === undefined || p.where === null ? {} : { where: p.where },
    centre =
      p.mean === undefined || p.mean === null ? mean(v, { axis: axes, keepdims: true, dtype: v.dtype, ...where }) : castTo(asArray(p.mean), v.dtype),
    square = squaredLength(o.sub(v, broadcastTo(centre, v.shape))),
    total = sum(square, { axis: axes, keepdims: p.keepdims ?? false, ...where }),
    n = o.sub(counted(v, axes, p, square.dtype), o.like(square, correctionOf("var", p))),
    r = castTo(o.div(total, n), result);
  // Of an integer type that was asked for, NaN makes a float.
  const out = castTo(r, inexactOf(r.dtype));
  return o.select(broadcastTo(o.gt(n, o.like(n, 0)), out.shape), out, o.full(out.shape, out.dtype, NaN));
}
/** The standard deviation: the root of the variance.
 * @example np.std([1, 3], { ddof: 1 }) // 1.414 */
export function std(x: ArrayLike, ...rest: Tail<[axis: Axis], VarianceOptions>): Value {
  return o.sqrt(variance(x, ...rest));
}
/** The largest element less the smallest, over axes.
 * @example np.ptp([3, 1, 7]) // 6 */
export function ptp(x: ArrayLike, ...rest: Tail<[axis: Axis], KeepAxesOptions>): Value {
  return o.sub(max(x, ...rest), min(x, ...rest));
}
/** How many elements are not zero, over axes.
 * @example np.countNonzero([0, 1, 2, 0]) // 2 */
export function countNonzero(x: ArrayLike, ...rest: Tail<[axis: Axis], KeepAxesOptions>): Value {
  const v = asArray(x, "countNonzero");
  return sum(o.ne(v, o.like(v, 0)), ...rest);
}

const arg =
  (fn: "argmax" | "argmin") =>
  (x: ArrayLike, ...rest: Tail<[axis: number | null], ArgOptions>): Value => {
    const v = asArray(x, fn),
      p = options<ArgOptions>(fn, ["axis"], rest),
      flat = p.axis === null || p.axis === undefined,
      a = flat ? 0 : axisOf(fn, p.axis as number, v.ndim);
    const out = bind1(primitiveNamed(fn), [flat ? o.reshape(v, [v.size]) : v], { axes: [a], indexDtype: canonicalize("int64") });
    return p.keepdims ? o.reshape(out, flat ? v.shape.map(() => 1) : v.shape.map((n, i) => (i === a ? 1 : n))) : out;
  };
/** The index of the first largest element along an axis; integers.
 * @example np.argmax([1, 3, 2]) // 1 */
export const argmax = arg("argmax");
/** The index of the first smallest element along an axis; integers.
 * @example np.argmin([[3, 1], [0, 2]], { axis: 1 }) // [1, 0] */
export const argmin = arg("argmin");

const cumulative =
  (fn: string, primitive: string) =>
  (x: ArrayLike, ...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value => {
    const v0 = asArray(x, fn),
      p = options<CumulativeOptions>(fn, ["axis", "dtype"], rest),
      v1 = p.axis === null || p.axis === undefined || v0.ndim === 0 ? o.reshape(v0, [v0.size]) : v0;
    // Small integers keep their type here, unlike in sum; booleans are counted.
    const result = p.dtype ? dtypeOf(p.dtype) : v1.dtype === "bool" ? widened(v1.dtype) : v1.dtype,
      dtype = result === "bool" ? widened(result) : result,
      v = result === "bool" && v1.dtype !== "bool" ? o.ne(v1, o.like(v1, 0)) : v1,
      axis = axisOf(fn, v0.ndim === 0 ? 0 : (p.axis ?? 0), v.ndim);
    return castTo(bind1(primitiveNamed(primitive), [castTo(v, dtype)], { axis, reverse: false }), result);
  };
/** Sums up to each element along an axis, or of the flattened array.
 * @example np.cumsum([1, 2, 3, 4]) // [1, 3, 6, 10] */
export const cumsum = cumulative("cumsum", "cumsum");
/** Products up to each element along an axis, or of the flattened array.
 * @example np.cumprod([1, 2, 3, 4]) // [1, 2, 6, 24] */
export const cumprod = cumulative("cumprod", "cumprod");
const cumulativeArrayApi =
  (fn: "cumulativeSum" | "cumulativeProd") =>
  (x: ArrayLike, ...rest: Tail<[axis: number], CumulativeSumOptions>): Value => {
    const v = asArray(x, fn),
      p = options<CumulativeSumOptions>(fn, ["axis"], rest);
    if (v.ndim === 0) throw new ShapeError(`${fn}: the array is a scalar, expected at least one axis`);
    if ((p.axis === undefined || p.axis === null) && v.ndim > 1)
      throw new ShapeError(`${fn}: the array ${v.aval} has ${v.ndim} axes; say which one with { axis }`);
    const a = axisOf(fn, p.axis ?? 0, v.ndim),
      // Unlike in cumsum, small integers are widened here.
      dtype = p.dtype ? dtypeOf(p.dtype) : fn === "cumulativeSum" || v.dtype === "bool" ? widened(v.dtype) : v.dtype,
      r = (fn === "cumulativeSum" ? cumsum : cumprod)(v, { axis: a, dtype }),
      first = r.shape.map((n, i) => (i === a ? 1 : n));
    return p.includeInitial ? o.concatenate([o.full(first, r.dtype, fn === "cumulativeSum" ? 0 : 1), r], a) : r;
  };
/** cumsum as the array standard has it: with `includeInitial`, a zero in front.
 * @example np.cumulativeSum([1, 2, 3], { includeInitial: true }) // [0, 1, 3, 6] */
export const cumulativeSum = cumulativeArrayApi("cumulativeSum");
/** cumprod as the array standard has it: with `includeInitial`, a one in front.
 * @example np.cumulativeProd([1, 2, 3]) // [1, 2, 6] */
export const cumulativeProd = cumulativeArrayApi("cumulativeProd");

// ---- ignoring NaN
const filled = (x: ArrayLike, fn: string, value: number): [Value, Value] => {
  const v = asArray(x, fn),
    n = isnan(v);
  return [isFloat(v.dtype) || isComplex(v.dtype) ? o.select(n, o.full(v.shape, v.dtype, value), v) : v, n];
};
/** sum, with NaN as 0.
 * @example np.nansum([1, NaN, 3]) // 4 */
export const nansum = (x: ArrayLike, ...rest: Tail<[axis: Axis], SumOptions>): Value => sum(filled(x, "nansum", 0)[0], ...rest);
/** prod, with NaN as 1.
 * @example np.nanprod([2, NaN, 3]) // 6 */
export const nanprod = (x: ArrayLike, ...rest: Tail<[axis: Axis], SumOptions>): Value => prod(filled(x, "nanprod", 1)[0], ...rest);
/** cumsum, with NaN as 0.
 * @example np.nancumsum([2, NaN, 3]) // [2, 2, 5] */
export const nancumsum = (x: ArrayLike, ...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value =>
  cumsum(filled(x, "nancumsum", 0)[0], ...rest);
/** cumprod, with NaN as 1.
 * @example np.nancumprod([2, NaN, 3]) // [2, 2, 6] */
export const nancumprod = (x: ArrayLike, ...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value =>
  cumprod(filled(x, "nancumprod", 1)[0], ...rest);
const nanExtremum =
  (fn: "nanmax" | "nanmin") =>
  (x: ArrayLike, ...rest: Tail<[axis: Axis], ExtremumOptions>): Value => {
    const v = asArray(x, fn);
    if (!isInexact(v.dtype)) return (fn === "nanmax" ? max : min)(v, ...rest);
    const [f, n] = filled(v, fn, fn === "nanmax" ? -Infinity : Infinity),
      p = opts(fn, rest),
      r = (fn === "nanmax" ? max : min)(f, ...rest);
    if (p.initial !== undefined && p.initial !== null) return r;
    const none = all(n, { axis: p.axis ?? null, keepdims: p.keepdims ?? false });
    return o.select(none, o.full(r.shape, r.dtype, NaN), r);
  };
/** max, ignoring NaN; NaN where there is nothing else.
 * @example np.nanmax([1, NaN, 3]) // 3 */
export const nanmax = nanExtremum("nanmax");
/** min, ignoring NaN; NaN where there is nothing else.
 * @example np.nanmin([1, NaN, 3]) // 1 */
export const nanmin = nanExtremum("nanmin");
const nanArg =
  (fn: "nanargmax" | "nanargmin") =>
  (x: ArrayLike, ...rest: Tail<[axis: number | null], ArgOptions>): Value => {
    const v = asArray(x, fn),
      [f, n] = filled(v, fn, fn === "nanargmax" ? -Infinity : Infinity),
      p = opts(fn, rest),
      r = (fn === "nanargmax" ? argmax : argmin)(f, ...rest),
      none = all(n, { axis: p.axis ?? null, keepdims: p.keepdims ?? false });
    return o.select(none, o.full(r.shape, r.dtype, -1), r);
  };
/** argmax, ignoring NaN; −1 where there is nothing else.
 * @example np.nanargmax([NaN, 2, 1]) // 1 */
export const nanargmax = nanArg("nanargmax");
/** argmin, ignoring NaN; −1 where there is nothing else.
 * @example np.nanargmin([NaN, 2, 1]) // 2 */
export const nanargmin = nanArg("nanargmin");
/** The mean of what is not NaN.
 * @example np.nanmean([1, NaN, 3]) // 2 */
export function nanmean(x: ArrayLike, ...rest: Tail<[axis: Axis], MeanOptions>): Value {
  const v = asArray(x, "nanmean"),
    p = opts("nanmean", rest);
  if (!isInexact(v.dtype)) return mean(v, p);
  const axes = axesOf("nanmean", p.axis, v.ndim),
    dtype = p.dtype ? dtypeOf(p.dtype) : v.dtype,
    where = p.where === undefined || p.where === null ? {} : { where: p.where };
  return o.div(nansum(v, { axis: axes, dtype, keepdims: p.keepdims ?? false, ...where }), counted(v, axes, p, dtype, o.not(isnan(v))));
}
/** The variance of what is not NaN.
 * @example np.nanvar([1, NaN, 5]) // 4 */
export function nanvar(x: ArrayLike, ...rest: Tail<[axis: Axis], VarianceOptions>): Value {
  const v0 = asArray(x, "nanvar"),
    p = opts("nanvar", rest),
    axes = axesOf("nanvar", p.axis, v0.ndim),
    { compute, result } = varianceTypes("nanvar", v0.dtype, p.dtype),
    v = castTo(v0, compute),
    missing = isnan(v),
    where = p.where === undefined || p.where === null ? {} : { where: p.where },
    // An integer dtype holds the values; their mean and distances are floats.
    wide = inexactOf(v.dtype),
    centre =
      p.mean === undefined || p.mean === null ? castTo(nanmean(v, { axis: axes, keepdims: true, ...where }), wide) : castTo(asArray(p.mean), wide),
    shape = broadcastShapes("nanvar", [v.shape, centre.shape]),
    distance = o.select(broadcastTo(missing, shape), o.full(shape, wide, 0), o.sub(broadcastTo(castTo(v, wide), shape), broadcastTo(centre, shape))),
    total = sum(squaredLength(distance), { axis: axes, keepdims: p.keepdims ?? false, ...where }),
    n = o.sub(counted(v, axes, p, total.dtype, o.not(missing)), o.like(total, p.ddof ?? 0)),
    none = o.le(n, o.like(n, 0)),
    r = o.div(o.select(none, o.full(total.shape, total.dtype, NaN), total), o.select(none, o.full(n.shape, n.dtype, 1), n));
  return castTo(r, result);
}
/** std of what is not NaN.
 * @example np.nanstd([1, NaN, 3]) // 1 */
export const nanstd = (x: ArrayLike, ...rest: Tail<[axis: Axis], VarianceOptions>): Value => o.sqrt(nanvar(x, ...rest));
