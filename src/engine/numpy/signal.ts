// Differences, windows, polynomials, interpolation, statistics of pairs: smaller functions written in terms of the others.
import { canonicalize, dtypeOf, isComplex, isFloat } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, broadcastTo, castTo, oneOf, options, promote, promoteInexact, sizeArgument } from "./convert.ts";
import { arange, linspace } from "./creation.ts";
import { where } from "./choosing.ts";
import { dot } from "./linear.ts";
import { flip, moveaxis } from "./manipulation.ts";
import { sum } from "./reductions.ts";
import { compress, searchsorted, sortTogether } from "./sorting.ts";
import { isinf, isnan, isneginf, isposinf } from "./ufuncs.ts";
import type { BincountOptions, DTypeLike, SelectOptions, IsinOptions } from "./options.ts";
import type {
  ConvolveOptions,
  DiffOptions,
  Ediff1dOptions,
  InterpOptions,
  NanToNumOptions,
  PolyderOptions,
  PolyintOptions,
  PolyvalOptions,
  TrapezoidOptions,
  VanderOptions,
} from "./signalOptions.ts";
import type { UnwrapOptions } from "./signalOptions.ts";
import type { DiagonalIndexOptions, GridOptions } from "./shapeOptions.ts";
import type { Tail } from "../core/signature.ts";

/** Whether the imaginary part is not 0; bool.
 * @example np.iscomplex([1, 2]) // [false, false] */
export const iscomplex = (x: ArrayLike): Value => {
  const v = asArray(x, "iscomplex");
  return isComplex(v.dtype) ? o.ne(o.imag(v), o.lit(o.imag(v).dtype, 0)) : o.full(v.shape, "bool", 0);
};
/** Whether the imaginary part is 0; bool.
 * @example np.isreal([1, 2]) // [true, true] */
export const isreal = (x: ArrayLike): Value => o.not(iscomplex(x));
const MAX: Readonly<Record<string, number>> = {
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
};
/** NaN as 0 and infinities as the largest numbers, or as given.
 * @example np.nanToNum([NaN, 1], { nan: 0 }) // [0, 1] */
export function nanToNum(
  x: ArrayLike,
  ...rest: Tail<[copy: boolean, nan: ArrayLike, posinf: ArrayLike | null, neginf: ArrayLike | null], NanToNumOptions>
): Value {
  const p = options<NanToNumOptions>("nanToNum", ["copy", "nan", "posinf", "neginf"], rest),
    v = asArray(x, "nanToNum");
  if (isComplex(v.dtype)) return o.complex(nanToNum(o.real(v), ...rest), nanToNum(o.imag(v), ...rest));
  if (!isFloat(v.dtype)) return v;
  const big = MAX[v.dtype]!,
    as = (y: ArrayLike): Value => castTo(asArray(y), v.dtype);
  return where(isnan(v), as(p.nan ?? 0), where(isposinf(v), as(p.posinf ?? big), where(isneginf(v), as(p.neginf ?? -big), v)));
}
/** Differences of neighbours along an axis; one element fewer each time.
 * @example np.diff([1, 4, 9]) // [3, 5] */
export function diff(
  x: ArrayLike,
  ...rest: Tail<[n: number, axis: number, prepend: ArrayLike | null, append: ArrayLike | null], DiffOptions>
): Value {
  const p = options<DiffOptions>("diff", ["n", "axis", "prepend", "append"], rest);
  let v = asArray(x, "diff");
  const a = axisOf("diff", p.axis ?? -1, v.ndim),
    end = (y: ArrayLike): Value => {
      const e = castTo(asArray(y), v.dtype);
      return e.ndim === 0
        ? o.splat(
            e,
            v.shape.map((n, i) => (i === a ? 1 : n)),
          )
        : e;
    };
  const parts = [
    ...(p.prepend === undefined || p.prepend === null ? [] : [end(p.prepend)]),
    v,
    ...(p.append === undefined || p.append === null ? [] : [end(p.append)]),
  ];
  v = o.concatenate(parts, a);
  const order = sizeArgument("diff", "n", p.n ?? 1);
  for (let i = 0; i < order; i++) {
    const n = v.shape[a]!,
      hi = o.sliceInDim(v, a, Math.min(1, n), n),
      lo = o.sliceInDim(v, a, 0, Math.max(0, n - 1));
    v = v.dtype === "bool" ? o.ne(hi, lo) : o.sub(hi, lo);
  }
  return v;
}
/** Differences of neighbours in the flattened array.
 * @example np.ediff1d([1, 4, 9]) // [3, 5] */
export function ediff1d(x: ArrayLike, ...rest: Tail<[toEnd: ArrayLike | null, toBegin: ArrayLike | null], Ediff1dOptions>): Value {
  const p = options<Ediff1dOptions>("ediff1d", ["toEnd", "toBegin"], rest),
    v = o.reshape(asArray(x, "ediff1d"), [asArray(x).size]),
    flat = (y: ArrayLike): Value => {
      const e = castTo(asArray(y), v.dtype);
      return o.reshape(e, [e.size]);
    };
  return o.concatenate(
    [
      ...(p.toBegin === undefined || p.toBegin === null ? [] : [flat(p.toBegin)]),
      diff(v),
      ...(p.toEnd === undefined || p.toEnd === null ? [] : [flat(p.toEnd)]),
    ],
    0,
  );
}
/** The integral along an axis by the trapezoid rule.
 * @example np.trapezoid([0, 1, 4], { dx: 0.5 }) // 1.5 */
export function trapezoid(y: ArrayLike, ...rest: Tail<[x: ArrayLike | null, dx: number, axis: number], TrapezoidOptions>): Value {
  const p = options<TrapezoidOptions>("trapezoid", ["x", "dx", "axis"], rest),
    [v] = promoteInexact("trapezoid", p.x === undefined || p.x === null ? [y] : [y, p.x]),
    a = axisOf("trapezoid", p.axis ?? -1, v!.ndim),
    n = v!.shape[a]!,
    pairs = o.add(o.sliceInDim(v!, a, Math.min(1, n), n), o.sliceInDim(v!, a, 0, Math.max(0, n - 1)));
  if (p.x === undefined || p.x === null) return sum(pairs, { axis: a }).mul((p.dx ?? 1) / 2);
  const x = castTo(asArray(p.x), v!.dtype);
  if (x.ndim === 1 && x.shape[0] === n) return sum(o.mul(o.broadcastInDim(diff(x), pairs.shape, [a]), pairs), { axis: a }).mul(0.5);
  // Other spacings broadcast against the values, the axis last.
  const last = v!.ndim - 1,
    back = a - last - 1,
    d = x.ndim === 1 ? diff(x) : moveaxis(diff(x, { axis: back }), back, -1);
  return sum(o.moveaxis(pairs, a, last).mul(d), { axis: -1 }).mul(0.5);
}
/** The powers of a vector's elements as columns: [n, N].
 * @example np.vander([1, 2, 3]) // [[1, 1, 1], [4, 2, 1], [9, 3, 1]] */
export function vander(x: ArrayLike, ...rest: Tail<[N: number | null, increasing: boolean], VanderOptions>): Value {
  const p = options<VanderOptions>("vander", ["N", "increasing"], rest),
    v = asArray(x, "vander"),
    n = sizeArgument("vander", "N", p.N ?? v.shape[0]!),
    cols = Array.from({ length: n }, (_z, i) => o.expandDims(o.integerPow(v, p.increasing ? i : n - 1 - i), 1));
  return n ? o.concatenate(cols, 1) : o.full([v.shape[0]!, 0], v.dtype, 0);
}
/** Linear interpolation through the points (xp, fp) at x; xp ascends.
 * @example np.interp([0.5, 1.5], [0, 1, 2], [0, 10, 0]) // [5, 5] */
export function interp(
  x: ArrayLike,
  xp: ArrayLike,
  fp: ArrayLike,
  ...rest: Tail<[left: ArrayLike | string | null, right: ArrayLike | string | null, period: number | null], InterpOptions>
): Value {
  const p = options<InterpOptions>("interp", ["left", "right", "period"], rest),
    [a, b0, f0] = promoteInexact("interp", [x, xp, fp]) as [Value, Value, Value];
  if (p.period !== undefined && p.period !== null) return interp(...periodic(a, b0, f0, Math.abs(p.period)));
  const [b, f, n] = [b0, f0, b0.shape[0]!];
  const i = o.min(o.max(searchsorted(b, a, { side: "right" }), o.lit("int32", 1)), o.lit("int32", n - 1)),
    df = f.get(i).sub(f.get(i.sub(1))),
    dx = b.get(i).sub(b.get(i.sub(1))),
    d = a.sub(b.get(i.sub(1))),
    zero = o.le(o.abs(dx), o.like(dx, 1.2e-38));
  const inside = where(zero, f.get(i.sub(1)), f.get(i.sub(1)).add(d.div(where(zero, 1, dx)).mul(df))),
    edge = (given: ArrayLike | string | null | undefined, value: Value): Value =>
      given === undefined || given === null ? value : given === "extrapolate" ? inside : asArray(given),
    left = edge(p.left, f.get(0)),
    right = edge(p.right, f.get(-1));
  return where(a.lt(b.get(0)), left, where(a.gt(b.get(-1)), right, inside));
}
/** x and the table brought into one period, the table with a copy of its ends on the other side. */
function periodic(x: Value, xp: Value, fp: Value, period: number): [Value, Value, Value] {
  const wrap = (v: Value): Value => v.mod(period),
    [b, f] = sortTogether([wrap(xp), fp], 0) as [Value, Value];
  return [wrap(x), o.concatenate([b.get("-1:").sub(period), b, b.get(":1").add(period)], 0), o.concatenate([f.get("-1:"), f, f.get(":1")], 0)];
}
/** One-dimensional convolution as a contraction over shifted copies; modes full, same, valid. */
function slide(fn: string, a: ArrayLike, v: ArrayLike, mode: string, turned: boolean): Value {
  const [x0, y0] = promoteInexact(fn, [a, v]) as [Value, Value],
    swap = x0.shape[0]! < y0.shape[0]!,
    x = swap ? y0 : x0,
    y = swap ? x0 : y0,
    n = x.shape[0]!,
    k = y.shape[0]!;
  if (!n || !k) throw new ShapeError(`${fn}: the operands are ${x0.aval} and ${y0.aval}; neither may be empty`);
  const lit = o.lit(x.dtype, isComplex(x.dtype) ? [0, 0] : x.dtype === "bool" ? false : 0),
    padded = o.pad(x, lit, [[k - 1, k - 1, 0]]),
    out = n + k - 1,
    windows = padded.get(o.add(o.broadcastInDim(o.iota("int32", [out], 0), [out, k], [0]), o.broadcastInDim(o.iota("int32", [k], 0), [out, k], [1]))),
    kernel = turned ? flip(y) : y;
  let full = dot(windows, kernel);
  if (!turned && swap) full = flip(full);
  if (mode === "full") return full;
  if (mode === "valid") return o.sliceInDim(full, 0, k - 1, n);
  const start = Math.floor((k - 1) / 2) + (!turned && swap ? (k % 2 === 0 ? 1 : 0) : 0);
  return o.sliceInDim(full, 0, start, start + n);
}
const modeOf = (fn: string, rest: Tail<[mode: string], ConvolveOptions>, otherwise: string): string =>
  oneOf(fn, "mode", options<ConvolveOptions>(fn, ["mode"], rest).mode ?? otherwise, ["full", "same", "valid"]);
/** The convolution of two vectors.
 * @example np.convolve([1, 2, 3], [1, 1]) // [1, 3, 5, 3] */
export const convolve = (a: ArrayLike, v: ArrayLike, ...rest: Tail<[mode: string], ConvolveOptions>): Value =>
  slide("convolve", a, v, modeOf("convolve", rest, "full"), true);
/** The correlation of two vectors.
 * @example np.correlate([1, 2, 3], [0, 1], { mode: "same" }) // [1, 2, 3] */
export const correlate = (a: ArrayLike, v: ArrayLike, ...rest: Tail<[mode: string], ConvolveOptions>): Value =>
  slide("correlate", a, o.conj(asArray(v)), modeOf("correlate", rest, "valid"), false);

// ---- polynomials, highest power first
const aligned = (fn: string, a: ArrayLike, b: ArrayLike): [Value, Value] => {
  const [x, y] = promote(fn, [a, b]) as [Value, Value];
  if (x.ndim === 0 || y.ndim === 0) throw new ShapeError(`${fn}: the coefficients are ${x.aval} and ${y.aval}, expected vectors`);
  const n = Math.max(x.shape[0]!, y.shape[0]!),
    lift = (v: Value): Value =>
      o.pad(
        v,
        o.lit(v.dtype, isComplex(v.dtype) ? [0, 0] : 0),
        v.shape.map((_n, d): [number, number, number] => [d === 0 ? n - v.shape[0]! : 0, 0, 0]),
      );
  return [lift(x), lift(y)];
};
/** The sum of polynomials, coefficients highest power first.
 * @example np.polyadd([1, 2], [1, 0, 0]) // [1, 1, 2] */
export const polyadd = (a: ArrayLike, b: ArrayLike): Value => {
  const [x, y] = aligned("polyadd", a, b);
  return x.add(y);
};
/** The difference of polynomials, coefficients highest power first.
 * @example np.polysub([1, 2], [1, 1]) // [0, 1] */
export const polysub = (a: ArrayLike, b: ArrayLike): Value => {
  const [x, y] = aligned("polysub", a, b);
  return x.sub(y);
};
/** A polynomial (coefficients, highest power first) at points.
 * @example np.polyval([1, 0, 2], 3) // 11 */
export function polyval(p: ArrayLike, x: ArrayLike, ...rest: Tail<[unroll: number], PolyvalOptions>): Value {
  options<PolyvalOptions>("polyval", ["unroll"], rest);
  const [c, v] = promote("polyval", [p, x]) as [Value, Value];
  let r = o.zerosLike(v.aval);
  for (let i = 0; i < c.shape[0]!; i++) r = r.mul(v).add(c.get(i));
  return r;
}
/** The coefficients of the derivative, highest power first.
 * @example np.polyder([1, 2, 3]) // [2, 2] */
export function polyder(p: ArrayLike, ...rest: Tail<[m: number], PolyderOptions>): Value {
  const m = options<PolyderOptions>("polyder", ["m"], rest).m ?? 1;
  let [c] = promoteInexact("polyder", [p]) as [Value];
  for (let k = 0; k < m; k++) {
    const n = c.shape[0]!;
    c = o.sliceInDim(c, 0, 0, Math.max(0, n - 1)).mul(castTo(arange(n - 1, 0, -1), c.dtype));
  }
  return c;
}
/** The coefficients of the integral, highest power first.
 * @example np.polyint([2, 2]) // [1, 2, 0] */
export function polyint(p: ArrayLike, ...rest: Tail<[m: number, k: ArrayLike | null], PolyintOptions>): Value {
  const q = options<PolyintOptions>("polyint", ["m", "k"], rest),
    m = q.m ?? 1;
  let [c] = promoteInexact("polyint", [p]) as [Value];
  const k =
    q.k === undefined || q.k === null ? o.full([m], c.dtype, 0) : broadcastTo(castTo(o.reshape(asArray(q.k), [asArray(q.k).size]), c.dtype), [m]);
  for (let i = 0; i < m; i++) {
    const n = c.shape[0]!;
    c = o.concatenate([c.div(castTo(arange(n, 0, -1), c.dtype)), o.reshape(k.get(i), [1])], 0);
  }
  return c;
}

// ---- choosing and index grids
/** From several arrays the element of the first whose condition holds, else the default.
 * @example np.select([np.array([true, false]), np.array([true, true])], [[1, 2], [3, 4]]) // [1, 4] */
export function select(conditions: readonly ArrayLike[], choices: readonly ArrayLike[], ...rest: Tail<[otherwise: ArrayLike], SelectOptions>): Value {
  const d = options<SelectOptions>("select", ["default"], rest).default ?? 0,
    vs = promote("select", [...choices, d]);
  return conditions.reduceRight<Value>((acc, c, i) => where(c, vs[i]!, acc), vs.at(-1)!);
}
/** The elements where the condition holds, flat; with `size`, that many, filled up by `fillValue`.
 * @example np.extract([true, false, true], [1, 2, 3]) // [1, 3] */
export const extract = (condition: ArrayLike, x: ArrayLike, opts: { size?: number | null; fillValue?: number } = {}): Value =>
  compress(o.reshape(asArray(condition, "extract"), [asArray(condition, "extract").size]), x, opts);
/** The flattened array as a diagonal of a square matrix.
 * @example np.diagflat([1, 2]) // [[1, 0], [0, 2]] */
export function diagflat(x: ArrayLike, ...rest: Tail<[k: number], DiagonalIndexOptions>): Value {
  const k = options<DiagonalIndexOptions>("diagflat", ["k"], rest).k ?? 0,
    v = o.reshape(asArray(x, "diagflat"), [asArray(x).size]),
    n = v.size + Math.abs(k),
    i = o.iota("int32", [v.size], 0);
  return o
    .full([n, n], v.dtype, 0)
    .at(i.add(Math.max(0, -k)), i.add(Math.max(0, k)))
    .set(v);
}
/** How often each number 0, 1, 2, … occurs in a vector of integers. Under jit give `length`.
 * @example np.bincount(np.array([0, 1, 1, 3], { dtype: "int32" })) // [1, 2, 0, 1] */
export function bincount(x: ArrayLike, ...rest: Tail<[weights: ArrayLike | null, minlength: number, length: number | null], BincountOptions>): Value {
  const p = options<BincountOptions>("bincount", ["weights", "minlength"], rest),
    v = castTo(asArray(x, "bincount"), "int32"),
    n = p.length ?? Math.max(p.minlength ?? 0, v.size ? Number(v.max().item()) + 1 : 0),
    w = p.weights === undefined || p.weights === null ? o.full(v.shape, canonicalize("int64"), 1) : asArray(p.weights);
  sizeArgument("bincount", "length", n);
  return o
    .full([n], w.dtype, 0)
    .at(o.max(v, o.lit("int32", 0)))
    .add(w, { mode: "drop" });
}
/** Whether each element occurs in another array; bool.
 * @example np.isin([1, 2, 3], [2, 3]) // [false, true, true] */
export function isin(x: ArrayLike, test: ArrayLike, ...rest: Tail<[assumeUnique: boolean, invert: boolean], IsinOptions>): Value {
  const opts = options<IsinOptions>("isin", ["assumeUnique", "invert"], rest);
  const [a, b] = promote("isin", [x, test]) as [Value, Value],
    t = o.reshape(b, [b.size]),
    full = [...a.shape, t.size],
    hit = bind1(
      primitiveNamed("reduce_or"),
      [
        o.eq(
          o.broadcastInDim(
            a,
            full,
            a.shape.map((_n, i) => i),
          ),
          o.broadcastInDim(t, full, [a.ndim]),
        ),
      ],
      { axes: [a.ndim] },
    );
  return opts.invert ? o.not(hit) : hit;
}
/** `num` values from start to stop, each a multiple of the one before.
 * @example np.geomspace(1, 100, 3) // [1, 10, 100] */
export function geomspace(
  start: ArrayLike,
  stop: ArrayLike,
  ...rest: Tail<[num: number, endpoint: boolean, dtype: DTypeLike, axis: number], GridOptions>
): Value {
  const p = options<GridOptions>("geomspace", ["num", "endpoint", "dtype", "axis"], rest),
    [a, b] = promoteInexact("geomspace", [start, stop]) as [Value, Value],
    s = o.sign(a),
    e = linspace(o.log(o.abs(a)), o.log(o.abs(b)), { num: p.num ?? 50, endpoint: p.endpoint ?? true, axis: p.axis ?? 0 }) as Value,
    r = o.exp(e).mul(s);
  return p.dtype ? castTo(r, dtypeOf(p.dtype)) : r;
}
/** Jumps of more than half a period taken out of a sequence of angles.
 * @example np.unwrap([0, 3, 6.5, 0.5]) // [0, 3, 0.2168, 0.5] */
export function unwrap(x: ArrayLike, ...rest: Tail<[discont: number | null, axis: number, period: number], UnwrapOptions>): Value {
  const p = options<UnwrapOptions>("unwrap", ["discont", "axis"], rest),
    period = p.period ?? 2 * Math.PI,
    [v] = promote("unwrap", [asArray(x, "unwrap"), period]) as [Value],
    a = axisOf("unwrap", p.axis ?? -1, v.ndim),
    half = period / 2;
  if (v.shape[a] === 0) return v;
  const d = diff(v, { axis: a }),
    m0 = d.add(half).remainder(period).sub(half),
    m = where(m0.eq(-half).and(d.gt(0)), half, m0),
    jump = where(d.abs().lt(p.discont ?? half), 0, m.sub(d));
  return o.concatenate([o.sliceInDim(v, a, 0, 1), o.add(o.sliceInDim(v, a, 1, v.shape[a]!), o.cumsum(castTo(jump, v.dtype), a, false))], a);
}
/** Whether arrays are equal after broadcasting; a bool scalar.
 * @example np.arrayEquiv([1, 1], [[1, 1], [1, 1]]) // true */
export function arrayEquiv(x: ArrayLike, y: ArrayLike): Value {
  const a = asArray(x),
    b = asArray(y);
  try {
    return a.eq(b).all();
  } catch {
    return asArray(false);
  }
}
/** The distance from x to the next float away from zero.
 * @example np.spacing(1).lt(1e-6) // true */
export const spacing = (x: ArrayLike): Value => {
  const [v] = promoteInexact("spacing", [x]) as [Value],
    inf = broadcastTo(o.lit(v.dtype, Infinity), v.shape),
    s = o.sub(bind1(primitiveNamed("nextafter"), [o.abs(v), inf], {}), o.abs(v));
  return where(isinf(v), NaN, where(v.lt(0), s.neg(), s));
};
