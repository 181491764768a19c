// Sorting, searching, order statistics.
import { canonicalize, complexOf, type DType, dtypeOf, inexactOf, isFloat, itemsize } from "../core/dtypes.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axesOf, axisOf, broadcastTo, castTo, oneOf, options, promote, promoteInexact } from "./convert.ts";
import { take, takeAlongAxis, where } from "./choosing.ts";
import { sum } from "./reductions.ts";
import { isnan } from "./ufuncs.ts";
import type {
  ArgsortOptions,
  Axis,
  AxisOptions,
  ChooseOptions,
  CompressOptions,
  DigitizeOptions,
  MedianOptions,
  QuantileOptions,
  SearchsortedOptions,
  SortOptions,
} from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** Sorts operands together by the first `numKeys` of them, stably. */
export const sortTogether = (xs: readonly Value[], dimension: number, numKeys = 1, isStable = true): readonly Value[] =>
  bind(primitiveNamed("sort"), xs, { dimension, isStable, numKeys });
/** Options that NumPy has and JAX refuses: there is one algorithm, and arrays have no fields. */
function sortOptions(fn: string, rest: readonly unknown[]): SortOptions {
  const p = options<SortOptions>(fn, ["axis"], rest);
  if (p.kind !== undefined && p.kind !== null)
    throw new TypeError(`${fn}: kind is ${JSON.stringify(p.kind)}, expected none: there is one algorithm; use { stable: true } or { stable: false }`);
  if (p.order !== undefined && p.order !== null)
    throw new TypeError(`${fn}: order is ${JSON.stringify(p.order)}, expected none: arrays have no fields`);
  return p;
}
/** Sorted along an axis, ascending, NaN last.
 * @example np.sort([3, 1, 2]) // [1, 2, 3] */
export function sort(x: ArrayLike, ...rest: Tail<[axis: number | null], SortOptions>): Value {
  const v0 = asArray(x, "sort"),
    p = sortOptions("sort", rest),
    v = p.axis === null ? o.reshape(v0, [v0.size]) : v0,
    a = axisOf("sort", p.axis ?? -1, v.ndim),
    r = sortTogether([v], a)[0]!;
  return p.descending ? o.rev(r, [a]) : r;
}
/** The indices that sort along an axis; stable. Integers.
 * @example np.argsort([3, 1, 2]) // [1, 2, 0] */
export function argsort(x: ArrayLike, ...rest: Tail<[axis: number | null], ArgsortOptions>): Value {
  const v0 = asArray(x, "argsort"),
    p: ArgsortOptions = sortOptions("argsort", rest),
    v = p.axis === null ? o.reshape(v0, [v0.size]) : v0,
    a = axisOf("argsort", p.axis ?? -1, v.ndim),
    i = o.iota(p.dtype ? dtypeOf(p.dtype) : canonicalize("int64"), v.shape, a);
  if (!p.descending) return sortTogether([v, i], a)[1]!;
  // Descending and stable: sort the reversed array, then reverse the result.
  return o.rev(sortTogether([o.rev(v, [a]), o.rev(i, [a])], a)[1]!, [a]);
}
/** The indices that sort by several keys, the last one first.
 * @example np.lexsort([[1, 0, 2], [1, 1, 0]]) // [2, 1, 0] */
export function lexsort(keys: readonly ArrayLike[] | Value, ...rest: Tail<[axis: number], AxisOptions>): Value {
  const ks = (Array.isArray(keys) ? keys : [...(keys as Value)]).map((k) => asArray(k as ArrayLike, "lexsort")),
    a = axisOf("lexsort", options<AxisOptions>("lexsort", ["axis"], rest).axis ?? -1, ks[0]!.ndim);
  return sortTogether([...[...ks].reverse(), o.iota(canonicalize("int64"), ks[0]!.shape, a)], a, ks.length).at(-1)!;
}
/** Sorted and complex: by real parts, then imaginary ones.
 * @example np.sortComplex(np.array([3, 1, 2])) // [1+0i, 2+0i, 3+0i] */
export const sortComplex = (x: ArrayLike): Value => {
  const v = sort(x);
  return castTo(v, complexOf(inexactOf(v.dtype)));
};
const topK = (x: Value, k: number): readonly [Value, Value] => o.callAll("top_k", [x], { k, axis: x.ndim - 1 }) as unknown as readonly [Value, Value];
/** The operand with an axis last, how to put it back, and the place of the kth element. */
function partitioned(fn: string, x: ArrayLike, kth: number, rest: readonly unknown[]): { v: Value; k: number; back: (r: Value) => Value } {
  const { axis = -1 } = options<{ axis?: number }>(fn, ["axis"], rest),
    w = asArray(x, fn),
    a = axisOf(fn, axis, w.ndim),
    n = w.shape[a]!,
    k = kth < 0 ? kth + n : kth;
  if (k < 0 || k >= n) throw new ShapeError(`${fn}: kth is ${kth}, the axis has ${n} elements`);
  return { v: o.moveaxis(w, a, w.ndim - 1), k, back: (r) => o.moveaxis(r, r.ndim - 1, a) };
}
/** The kth smallest element in its sorted place, smaller ones (ascending) before it, larger ones (descending) behind: JAX's order.
 * @example np.partition([3, 1, 2], 1).get(1) // 2 */
export function partition(x: ArrayLike, kth: number, ...rest: Tail<[axis: number], AxisOptions>): Value {
  const { v, k, back } = partitioned("partition", x, kth, rest),
    n = v.shape.at(-1)!,
    low = o.neg(topK(o.neg(v), k + 1)[0]);
  return back(k + 1 < n ? o.concatenate([low, topK(v, n - k - 1)[0]], v.ndim - 1) : low);
}
/** Indices that put the kth smallest element in its place along an axis, smaller ones before it and others after it; int32. NumPy's argpartition.
 * @example np.argpartition([3, 1, 2], 0).get(0) // 1 */
export function argpartition(x: ArrayLike, kth: number, ...rest: Tail<[axis: number], AxisOptions>): Value {
  const { v, k, back } = partitioned("argpartition", x, kth, rest),
    n = v.shape.at(-1)!,
    low = topK(o.neg(v), k + 1)[1];
  if (k + 1 === n) return back(low);
  // The others by position: equal values must not be named twice.
  const at = o.iota("int32", [...v.shape, k + 1], v.ndim - 1),
    taken = o.reduceSum(
      o.convert(
        o.eq(
          at,
          o.broadcastInDim(
            low,
            at.shape,
            [...v.shape.keys()].map((i) => (i === v.ndim - 1 ? v.ndim : i)),
          ),
        ),
        "int32",
      ),
      [v.ndim],
    );
  return back(o.concatenate([low, topK(o.neg(o.convert(taken, "float32")), n - k - 1)[1]], v.ndim - 1));
}
/** Where elements of v would be put into a sorted vector so that it stays sorted. Integers of v's shape.
 * @example np.searchsorted([1, 3, 5], [0, 3, 6]) // [0, 1, 3] */
export function searchsorted(a: ArrayLike, v: ArrayLike, ...rest: Tail<[side: "left" | "right"], SearchsortedOptions>): Value {
  const p = options<SearchsortedOptions>("searchsorted", ["side"], rest),
    side = oneOf("searchsorted", "side", p.side ?? "left", ["left", "right"]),
    [s0, q] = promote("searchsorted", [a, v]),
    s = p.sorter === undefined || p.sorter === null ? s0! : take(s0!, p.sorter),
    n = s.shape[0]!;
  const flat = o.reshape(q!, [q!.size, 1]),
    row = o.broadcastInDim(s, [q!.size, n], [1]),
    col = o.broadcastInDim(flat, [q!.size, n], [0, 1]);
  const nanQ = isFloat(q!.dtype) ? isnan(col) : null,
    nanS = isFloat(q!.dtype) ? isnan(row) : null;
  let before = side === "right" ? o.le(row, col) : o.lt(row, col);
  // NaN sorts behind everything.
  if (nanQ && nanS) before = side === "right" ? o.or(before, nanQ) : o.or(before, o.and(nanQ, o.not(nanS)));
  return o.reshape(o.reduceSum(o.convert(before, "int32"), [1]), q!.shape);
}
/** In which interval of rising or falling edges each element lies. Integers.
 * @example np.digitize([0.5, 2.5], [0, 1, 2]) // [1, 3] */
export function digitize(x: ArrayLike, bins: ArrayLike, ...rest: Tail<[right: boolean], DigitizeOptions>): Value {
  const right = options<DigitizeOptions>("digitize", ["right"], rest).right ?? false,
    b = asArray(bins),
    n = b.shape[0]!;
  if (n === 0) return o.full(asArray(x).shape, "int32", 0);
  // Falling bins are searched in reverse, from the same side: what is counted from the end are the bins that are passed.
  const side = right ? "left" : "right",
    rising = searchsorted(b, x, { side }),
    falling = o.sub(o.lit("int32", n), searchsorted(o.rev(b, [0]), x, { side }));
  return where(b.get(n - 1).ge(b.get(0)), rising, falling);
}
function quantileOf(fn: string, x: ArrayLike, q: ArrayLike, rest: readonly unknown[], percent: boolean, ignoreNan: boolean): Value {
  const p = options<QuantileOptions>(fn, ["axis"], rest),
    [v0] = promoteInexact(fn, typeof q === "number" ? [x] : [x, q]),
    q0 = castTo(asArray(q, fn), v0!.dtype),
    qs = percent ? o.div(q0, o.like(q0, 100)) : q0,
    axes = axesOf(fn, p.axis, v0!.ndim),
    kept = v0!.shape.map((_n, i) => i).filter((i) => !axes.includes(i)),
    method = oneOf(fn, "method", p.method ?? "linear", ["linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf"]);
  const given = p.weights === undefined || p.weights === null ? null : asArray(p.weights, fn);
  if (given && method !== "inverted_cdf") throw new TypeError(`${fn}: weights count in method "inverted_cdf" alone; the method is "${method}"`);
  const lead = kept.map((i) => v0!.shape[i]!),
    n = axes.reduce((m, a) => m * v0!.shape[a]!, 1),
    v = o.reshape(o.transpose(v0!, [...kept, ...axes]), [...lead, n]),
    last = lead.length,
    spread = (w: Value): Value =>
      o.reshape(
        o.transpose(w.ndim === 1 && axes.length === 1 ? o.broadcastInDim(w, v0!.shape, axes) : broadcastTo(w, v0!.shape), [...kept, ...axes]),
        [...lead, n],
      ),
    [s, ws] = sortTogether(
      method === "inverted_cdf" ? [v, given ? spread(castTo(given, v.dtype)) : o.full([...lead, n], v.dtype, 1)] : [v],
      last,
    ) as [Value, Value | undefined];
  const nan = isnan(v),
    count = ignoreNan ? o.reduceSum(castTo(o.not(nan), v.dtype), [last]) : o.full(lead, v.dtype, n),
    bad = ignoreNan ? o.eq(count, o.like(count, 0)) : bindAny(nan, last);
  const full = [...qs.shape, ...lead],
    qf = o.broadcastInDim(
      qs,
      full,
      qs.shape.map((_n, i) => i),
    ),
    cf = o.broadcastInDim(
      count,
      full,
      lead.map((_n, i) => qs.ndim + i),
    ),
    last1 = o.max(o.sub(cf, o.like(cf, 1)), o.like(cf, 0)),
    // Quantiles below 0 and above 1 are the ends.
    at = o.min(o.max(o.mul(qf, o.sub(cf, o.like(cf, 1))), o.like(cf, 0)), last1),
    low = o.floor(at),
    high = o.min(
      low
        .add(1)
        .mul(o.convert(o.gt(at, low), at.dtype))
        .add(low.mul(o.convert(o.eq(at, low), at.dtype))),
      last1,
    );
  const pick = (i: Value): Value => {
    const idx = o.convert(i, "int32"),
      m = qs.size,
      flat = o.moveaxis(o.reshape(idx, [m, ...lead]), 0, last);
    return o.reshape(o.moveaxis(takeAlongAxis(s, flat, { axis: last }), last, 0), full);
  };
  /** By weights: the first element at which the weights so far are that part of all; a weight that is negative or NaN spoils all. */
  const byWeights = (w: Value): Value => {
    const spoilt = o.or(o.lt(w, o.like(w, 0)), isnan(w)),
      upTo = o.cumsum(o.select(o.or(spoilt, isnan(s)), o.zerosLike(w.aval), w), last, false),
      rows = lead.map((_n, i) => qs.ndim + i),
      places = [...full, n],
      target = o.mul(qf, o.broadcastInDim(o.squeeze(o.sliceInDim(upTo, last, n - 1, n), [last]), full, rows)),
      before = o.lt(
        o.broadcastInDim(upTo, places, [...rows, full.length]),
        o.broadcastInDim(
          target,
          places,
          full.map((_n, i) => i),
        ),
      );
    const at0 = castTo(o.reduceSum(castTo(before, "int32"), [full.length]), cf.dtype);
    const found = pick(o.max(o.min(at0, o.sub(cf, o.like(cf, 1))), o.like(cf, 0)));
    return o.select(o.broadcastInDim(bindAny(spoilt, last), full, rows), o.full(full, found.dtype, NaN), found);
  };
  const a = pick(low),
    b = pick(high),
    w = o.sub(at, low);
  let r: Value;
  switch (method) {
    case "inverted_cdf":
      r = byWeights(ws!);
      break;
    case "lower":
      r = a;
      break;
    case "higher":
      r = b;
      break;
    case "nearest":
      r = o.select(o.le(w, o.like(w, 0.5)), a, b);
      break;
    case "midpoint":
      r = o.mul(o.add(a, b), o.like(a, 0.5));
      break;
    default:
      r = o.add(o.mul(a, o.sub(o.like(w, 1), w)), o.mul(b, w));
  }
  r = o.select(
    o.broadcastInDim(
      bad,
      full,
      lead.map((_n, i) => qs.ndim + i),
    ),
    o.full(full, r.dtype, NaN),
    r,
  );
  return p.keepdims ? o.reshape(r, [...qs.shape, ...v0!.shape.map((m, i) => (axes.includes(i) ? 1 : m))]) : r;
}
const bindAny = (m: Value, axis: number): Value => bind(primitiveNamed("reduce_or"), [m], { axes: [axis] })[0]!;
/** The q-quantiles along axes (q in [0, 1]); q's shape stands in front. NaN where there is one.
 * @example np.quantile([1, 2, 3, 4], [0, 0.5, 1]) // [1, 2.5, 4] */
export const quantile = (x: ArrayLike, q: ArrayLike, ...rest: Tail<[axis: Axis], QuantileOptions>): Value =>
  quantileOf("quantile", x, q, rest, false, false);
/** The q-percentiles along axes (q in [0, 100]); q's shape stands in front.
 * @example np.percentile([1, 2, 3, 4], 50) // 2.5 */
export const percentile = (x: ArrayLike, q: ArrayLike, ...rest: Tail<[axis: Axis], QuantileOptions>): Value =>
  quantileOf("percentile", x, q, rest, true, false);
/** As quantile, ignoring NaN.
 * @example np.nanquantile([1, NaN, 3], 0.25) // 1.5 */
export const nanquantile = (x: ArrayLike, q: ArrayLike, ...rest: Tail<[axis: Axis], QuantileOptions>): Value =>
  quantileOf("nanquantile", x, q, rest, false, true);
/** As percentile, ignoring NaN.
 * @example np.nanpercentile([1, NaN, 3], 50) // 2 */
export const nanpercentile = (x: ArrayLike, q: ArrayLike, ...rest: Tail<[axis: Axis], QuantileOptions>): Value =>
  quantileOf("nanpercentile", x, q, rest, true, true);
/** The middle element along axes, or the mean of the two in the middle.
 * @example np.median([5, 1, 3]) // 3 */
export const median = (x: ArrayLike, ...rest: Tail<[axis: Axis], MedianOptions>): Value => quantileOf("median", x, 0.5, rest, false, false);
/** As median, ignoring NaN.
 * @example np.nanmedian([5, NaN, 3]) // 4 */
export const nanmedian = (x: ArrayLike, ...rest: Tail<[axis: Axis], MedianOptions>): Value => quantileOf("nanmedian", x, 0.5, rest, false, true);

/** The slices along an axis where a condition holds. Under jit give `size`.
 * @example np.compress([true, false, true], [1, 2, 3]) // [1, 3] */
export function compress(condition: ArrayLike, x: ArrayLike, ...rest: Tail<[axis: number | null], CompressOptions>): Value {
  const p = options<CompressOptions>("compress", ["axis"], rest),
    v0 = asArray(x, "compress"),
    v = p.axis === null || p.axis === undefined ? o.reshape(v0, [v0.size]) : v0,
    c = asArray(condition, "compress"),
    a = axisOf("compress", p.axis ?? 0, v.ndim);
  const mask = (c.dtype === "bool" ? c : o.ne(c, o.like(c, 0))) as Value,
    idx = mask.nonzero({ size: p.size ?? null })[0]!;
  if (mask.ndim !== 1) throw new ShapeError(`compress: the condition is ${c.aval}, expected one axis`);
  const taken = take(v, idx, { axis: a, fillValue: p.fillValue ?? 0 });
  if (p.size === undefined || p.size === null) return taken;
  // Beyond the true elements stands the fill value.
  const real = o.broadcastInDim(o.lt(o.iota("int32", [p.size], 0), sum(mask, { dtype: "int32" })), taken.shape, [a]);
  return o.select(real, taken, broadcastTo(castTo(asArray(p.fillValue ?? 0), taken.dtype), taken.shape));
}
/** From each of several arrays the elements whose index names it.
 * @example np.choose(np.array([0, 1], { dtype: "int32" }), [[1, 2], [10, 20]]) // [1, 20] */
export function choose(index: ArrayLike, choices: readonly ArrayLike[], ...rest: Tail<[out: null, mode: string], ChooseOptions>): Value {
  const p = options<ChooseOptions>("choose", ["out", "mode"], rest),
    vs = promote("choose", choices),
    i0 = asArray(index, "choose"),
    n = vs.length,
    shape = vs.reduce((s, v) => (v.size >= s.reduce((a, b) => a * b, 1) ? v.shape : s), i0.shape),
    i1 = castTo(i0, "int32"),
    i = p.mode === "wrap" ? i1.remainder(n) : p.mode === "clip" ? o.min(o.max(i1, o.lit("int32", 0)), o.lit("int32", n - 1)) : i1;
  return o.selectN(broadcastTo(i, shape), ...vs.map((v) => broadcastTo(v, shape)));
}
/** The same bits under another type; a change of width changes the last axis. */
export function view(x: ArrayLike, dtype: DType | string): Value {
  const v = asArray(x, "view"),
    d = dtypeOf(dtype),
    from = itemsize(v.dtype),
    to = itemsize(d);
  if (from === to) return v.dtype === "bool" || d === "bool" ? castTo(v, d) : o.bitcast(v, d);
  if (from > to) {
    const r = o.bitcast(v, d);
    return o.reshape(r, [...v.shape.slice(0, -1), (v.shape.at(-1)! * from) / to]);
  }
  return o.bitcast(o.reshape(v, [...v.shape.slice(0, -1), (v.shape.at(-1)! * from) / to, to / from]), d);
}
