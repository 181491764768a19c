// Random numbers: threefry keys and the samplers built on its bits. Values equal JAX's.
import type { Shape } from "../core/aval.ts";
import { type DType, canonicalize, dtypeOf, isInteger, itemsize, kindOf } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { bind1 } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import * as p from "../primitives/random.ts";
import { setDraws } from "./gamma.ts";
import { floatOption, shapeFor, typed } from "./keys.ts";
import { split } from "./deriving.ts";
import { type ArrayLike, asArray, axisOf, broadcastTo, castTo, oneOf, options, shapeOf, sizeArgument } from "../numpy/convert.ts";
import { iinfo } from "../numpy/dtypeInfo.ts";
import { primitiveNamed } from "../core/primitive.ts";
import * as np from "../numpy/index.ts";
import type {
  BernoulliOptions,
  CategoricalOptions,
  ChoiceOptions,
  DTypeOptions,
  GumbelOptions,
  LognormalOptions,
  PermutationOptions,
  SampleOptions,
  UniformOptions,
} from "./options.ts";
import type { Tail } from "../core/signature.ts";
import type { DTypeLike } from "../numpy/options.ts";
import { sortTogether } from "../numpy/sorting.ts";

export * from "./deriving.ts";
/** Random bits as unsigned integers.
 * @example random.bits(random.key(0), [2]) // [4070199207, 4202968722] */
export function bits(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const { k: t } = typed("bits", k),
    q = options<SampleOptions>("bits", ["shape", "dtype"], rest),
    d = dtypeOf(q.dtype ?? canonicalize("uint64"));
  return bind1(p.randomBits, [t], { bitWidth: itemsize(d) * 8, shape: shapeOf("bits", q.shape ?? []), ...p.streamParams() });
}

/** [1, 2) from random mantissa bits, minus 1. */
function unit(k: Value, shape: Shape, dtype: DType): Value {
  // Bits drawn, mantissa bits, the unsigned type of the float's width, and the bits of 1.0. bfloat16 draws 8 bits, as JAX does.
  const spec: Readonly<Record<string, [number, number, DType, number | bigint]>> = {
    float32: [32, 23, "uint32", 0x3f800000],
    float64: [64, 52, "uint64", 0x3ff0000000000000n],
    float16: [16, 10, "uint16", 0x3c00],
    bfloat16: [8, 7, "uint16", 0x3f80],
  };
  const [width, mantissa, u, one] = spec[dtype]!,
    b = castTo(bind1(p.randomBits, [k], { bitWidth: width, shape, ...p.streamParams() }), u);
  return o.sub(o.bitcast(o.or(o.shiftRightLogical(b, o.lit(u, width - mantissa)), o.lit(u, one)), dtype), o.lit(dtype, 1));
}
/** Uniform numbers in [minval, maxval).
 * @example random.uniform(random.key(0), [3]) // [0.9477, 0.9786, 0.3323] */
export function uniform(
  k: Value,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike, minval: ArrayLike, maxval: ArrayLike], UniformOptions>
): Value {
  const q = options<UniformOptions>("uniform", ["shape", "dtype", "minval", "maxval"], rest),
    { k: t } = typed("uniform", k),
    dtype = floatOption("uniform", q.dtype),
    shape = shapeOf("uniform", q.shape ?? []);
  return between(t, shape, dtype, q.minval ?? 0, q.maxval ?? 1);
}
function between(k: Value, shape: Shape, dtype: DType, minval: ArrayLike, maxval: ArrayLike): Value {
  const full = [...k.shape, ...shape],
    lo = castTo(asArray(minval), dtype),
    hi = castTo(asArray(maxval), dtype),
    a = lo.ndim ? broadcastTo(lo, full) : lo,
    b = hi.ndim ? broadcastTo(hi, full) : hi;
  return o.max(a, o.add(o.mul(unit(k, shape, dtype), o.sub(b, a)), a));
}
const f32 = new Float32Array(1),
  i32 = new Int32Array(f32.buffer);
/** The float after −1: the lower end that keeps erf⁻¹ finite. */
function afterMinusOne(dtype: DType): number {
  if (dtype === "float64") return -1 + 2 ** -53;
  if (dtype === "bfloat16") return -1 + 2 ** -8;
  if (dtype === "float16") return -1 + 2 ** -11;
  f32[0] = -1;
  i32[0]! -= 1;
  return f32[0];
}
/** Standard normal numbers.
 * @example random.normal(random.key(0), [3]) // [1.623, 2.025, -0.4336] */
export function normal(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("normal", ["shape", "dtype"], rest),
    { k: t } = typed("normal", k),
    shape = shapeOf("normal", q.shape ?? []);
  if (typeof q.dtype === "string" && q.dtype.startsWith("complex")) {
    const part = q.dtype === "complex128" ? canonicalize("float64") : "float32",
      ks = split(t),
      re = normal(ks.get(0), { shape, dtype: part }),
      im = normal(ks.get(1), { shape, dtype: part });
    return o.complex(re.div(Math.SQRT2), im.div(Math.SQRT2));
  }
  const dtype = floatOption("normal", q.dtype),
    u = between(t, shape, dtype, afterMinusOne(dtype), 1);
  return o.mul(o.lit(dtype, Math.SQRT2), bind1(primitiveNamed("erf_inv"), [u], {}));
}
/** Normal numbers between two bounds.
 * @example random.truncatedNormal(random.key(0), -1, 1, [3]) // [0.8619, 0.9413, -0.291] */
export function truncatedNormal(
  k: Value,
  lower: ArrayLike,
  upper: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>
): Value {
  const q = options<SampleOptions>("truncatedNormal", ["shape", "dtype"], rest),
    { k: t } = typed("truncatedNormal", k),
    dtype = floatOption("truncatedNormal", q.dtype),
    lo = castTo(asArray(lower), dtype),
    hi = castTo(asArray(upper), dtype),
    shape = shapeFor("truncatedNormal", q.shape, lo, hi),
    s = Math.SQRT2;
  const a = o.erf(o.div(lo, o.lit(dtype, s))),
    b = o.erf(o.div(hi, o.lit(dtype, s))),
    u = between(t, shape, dtype, a, b),
    out = o.mul(o.lit(dtype, s), bind1(primitiveNamed("erf_inv"), [u], {}));
  const inf = o.lit(dtype, Infinity),
    full = (v: Value): Value => broadcastTo(v, out.shape);
  return o.min(
    o.max(out, bind1(primitiveNamed("nextafter"), [full(lo), full(inf)], {})),
    bind1(primitiveNamed("nextafter"), [full(hi), full(o.neg(inf))], {}),
  );
}
/** true with probability p.
 * @example random.bernoulli(random.key(0), 0.5, [4]) // [false, false, true, true] */
export function bernoulli(k: Value, ...rest: Tail<[p: ArrayLike, shape: number | Shape | null], BernoulliOptions>): Value {
  const q = options<BernoulliOptions>("bernoulli", ["p", "shape"], rest),
    prob = probability(asArray(q.p ?? 0.5, "bernoulli")),
    shape = shapeFor("bernoulli", q.shape, prob);
  return o.lt(uniform(k, { shape, dtype: prob.dtype }), prob.ndim ? broadcastTo(prob, shape) : prob);
}
/** A probability has its own floating type, and a draw's numbers have it too; numbers are float32. */
const probability = (p: Value): Value => (kindOf(p.dtype) === "f" && !p.weakType ? p : castTo(p, canonicalize("float64")));
const tiny = (d: DType): number => (d === "float64" ? 2.2250738585072014e-308 : d === "float16" ? 6.103515625e-5 : 1.1754943508222875e-38);
/** Exponentially distributed numbers, mean 1.
 * @example random.exponential(random.key(0), [2]) // [2.95, 3.843] */
export function exponential(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("exponential", ["shape", "dtype"], rest),
    d = floatOption("exponential", q.dtype);
  return o.neg(o.log1p(o.neg(uniform(k, { shape: q.shape ?? [], dtype: d }))));
}
/** Gumbel-distributed numbers.
 * @example random.gumbel(random.key(0), [2]) // [2.923, 3.833] */
export function gumbel(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], GumbelOptions>): Value {
  const q = options<GumbelOptions>("gumbel", ["shape", "dtype"], rest);
  const d = floatOption("gumbel", q.dtype);
  const shape = shapeOf("gumbel", q.shape ?? []);
  const mode = oneOf("gumbel", "mode", q.mode ?? "low", ["low", "high", "highest"]);
  return mode === "low" ? o.neg(o.log(o.neg(o.log(uniform(k, { shape, dtype: d, minval: tiny(d), maxval: 1 }))))) : gumbelTail(k, shape, d);
}
/** With a second draw below one half, so that the upper tail is not cut off where the steps of one draw end. */
function gumbelTail(k: Value, shape: Shape, dtype: DType): Value {
  const two = uniform(k, { shape: [2, ...shape], dtype });
  const [high, low] = [two.get(0), two.get(1)];
  const x = np.where(high.ge(0.5), high, high.add(low.mul(EPSILON[dtype]!)).add(tiny(dtype))).astype(dtype);
  return o.neg(o.log(o.neg(o.log1p(o.neg(x)))));
}
/** The distance from 1 to the next number of a type. */
const EPSILON: Readonly<Partial<Record<DType, number>>> = { float16: 2 ** -10, bfloat16: 2 ** -7, float32: 2 ** -23, float64: 2 ** -52 };
/** Laplace-distributed numbers.
 * @example random.laplace(random.key(0), [2]) // [-2.257, -3.15] */
export function laplace(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("laplace", ["shape", "dtype"], rest),
    d = floatOption("laplace", q.dtype),
    u = uniform(k, {
      shape: q.shape ?? [],
      dtype: d,
      minval: -1 + (d === "float64" ? 2 ** -52 : d === "float32" ? 2 ** -23 : d === "float16" ? 2 ** -10 : 2 ** -7),
      maxval: 1,
    });
  return o.mul(o.sign(u), o.log1p(o.neg(o.abs(u))));
}
/** Logistically distributed numbers.
 * @example random.logistic(random.key(0), [2]) // [2.896, 3.822] */
export function logistic(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("logistic", ["shape", "dtype"], rest);
  const d = floatOption("logistic", q.dtype);
  const u = uniform(k, { shape: q.shape ?? [], dtype: d, minval: tiny(d), maxval: 1 });
  return o.sub(o.log(u), o.log1p(o.neg(u)));
}
/** Cauchy-distributed numbers.
 * @example random.cauchy(random.key(0), [2]) // [6.027, 14.84] */
export function cauchy(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("cauchy", ["shape", "dtype"], rest),
    d = floatOption("cauchy", q.dtype),
    e = d === "float64" ? 2 ** -52 : d === "float32" ? 2 ** -23 : d === "float16" ? 2 ** -10 : 2 ** -7,
    u = uniform(k, { shape: q.shape ?? [], dtype: d, minval: e, maxval: 1 });
  return o.tan(o.mul(o.lit(d, Math.PI), o.sub(u, o.lit(d, 0.5))));
}
/** −1 or 1.
 * @example random.rademacher(random.key(0), [4]) // [-1, -1, 1, 1] */
export function rademacher(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("rademacher", ["shape", "dtype"], rest),
    d = dtypeOf(q.dtype ?? canonicalize("int64"));
  return castTo(o.sub(o.mul(castTo(bernoulli(k, { p: 0.5, shape: q.shape ?? [] }), "int32"), o.lit("int32", 2)), o.lit("int32", 1)), d);
}
/** Integers in [minval, maxval): two draws of bits, combined by a multiplier, as JAX does.
 * @example random.randint(random.key(0), [5], 0, 10) // [9, 0, 2, 3, 1] */
export function randint(
  k: Value,
  shape: number | Shape,
  minval: ArrayLike,
  maxval: ArrayLike,
  ...rest: Tail<[dtype: DTypeLike], DTypeOptions>
): Value {
  const q = options<DTypeOptions>("randint", ["dtype"], rest);
  const { k: t } = typed("randint", k);
  const dtype = dtypeOf(q.dtype ?? canonicalize("int64"));
  if (!isInteger(dtype)) throw new DTypeError(`random.randint: dtype is ${dtype}, expected an integer type`);
  const s = shapeOf("randint", shape);
  if (itemsize(dtype) >= 4) return integersBetween(t, s, asArray(minval), asArray(maxval), dtype);
  // Narrow types are drawn as int32, whose range holds one past their largest number.
  const { min, max } = iinfo(dtype) as { min: number; max: number };
  const bound = (v: ArrayLike, most: number): Value => np.clip(castTo(asArray(v), "int32"), min, most);
  return castTo(integersBetween(t, s, bound(minval, max), bound(maxval, max + 1), "int32"), dtype);
}
function integersBetween(k: Value, shape: Shape, minval: Value, maxval: Value, dtype: DType): Value {
  const width = itemsize(dtype) * 8;
  const u = `uint${width}` as DType;
  const integer = (v: Value): Value => (isInteger(v.dtype) ? v : castTo(v, canonicalize("int64")));
  const { min, max } = iinfo(dtype);
  /** Bounds of another type go to the nearest number of this one. */
  const fitted = (v: Value): Value => {
    const own = iinfo(v.dtype);
    const [least, most] = [own.min > min ? own.min : min, own.max < max ? own.max : max];
    return broadcastTo(castTo(np.clip(v, v.dtype === dtype ? null : least, v.dtype === dtype ? null : most), dtype), shape);
  };
  const [low, high] = [integer(minval), integer(maxval)];
  const [lo, hi] = [fitted(low), fitted(high)];
  // One past the largest number cannot be written in the type itself: the span is one more then.
  const past = iinfo(high.dtype).max > max ? broadcastTo(high.gt(max), shape) : null;
  const ks = split(k);
  const draw = (i: number): Value => bind1(p.randomBits, [ks.get(i)], { bitWidth: width, shape, ...p.streamParams() });
  const [upper, lower] = [draw(0), draw(1)];
  const bare = o.select(o.le(hi, lo), o.full(shape, u, 1), o.convert(o.sub(hi, lo), u));
  const span = past ? o.select(o.and(past, o.gt(hi, lo)), o.add(bare, o.full(shape, u, 1)), bare) : bare;
  const m0 = o.rem(o.full(shape, u, 2 ** (width / 2)), span);
  const multiplier = o.rem(o.mul(m0, m0), span);
  const offset = o.rem(o.add(o.mul(o.rem(upper, span), multiplier), o.rem(lower, span)), span);
  return o.add(lo, o.convert(offset, dtype));
}
/** A random order of an array along an axis, by sorting random bits.
 * @example random.permutation(random.key(0), 5) // [0, 1, 4, 3, 2] */
export function permutation(k: Value, x: number | ArrayLike, ...rest: Tail<[axis: number, independent: boolean], PermutationOptions>): Value {
  const q = options<PermutationOptions>("permutation", ["axis", "independent"], rest),
    { k: t } = typed("permutation", k);
  if (typeof x === "number") return shuffle(t, np.arange(sizeArgument("random.permutation", "the length", x)), 0);
  const v = asArray(x),
    axis = axisOf("random.permutation", q.axis ?? 0, v.ndim);
  if (q.independent || v.ndim === 1) return shuffle(t, v, axis);
  return np.take(v, shuffle(t, np.arange(v.shape[axis]!), 0), { axis });
}
function shuffle(k: Value, x: Value, axis: number): Value {
  const rounds = Math.ceil((3 * Math.log(Math.max(1, x.size))) / Math.log(2 ** 32 - 1));
  let v = x,
    key1 = k;
  for (let i = 0; i < rounds; i++) {
    const ks = split(key1);
    key1 = ks.get(0);
    const order = bind1(p.randomBits, [ks.get(1)], { bitWidth: 32, shape: v.shape, ...p.streamParams() });
    v = sortTogether([order, v], axis)[1]!;
  }
  return v;
}
/** Indices drawn with probabilities softmax(logits).
 * @example random.categorical(random.key(0), [0, 0, 5]) // 2 */
export function categorical(k: Value, logits: ArrayLike, ...rest: Tail<[axis: number, shape: Shape | null], CategoricalOptions>): Value {
  const q = options<CategoricalOptions>("categorical", ["axis", "shape"], rest),
    l = asArray(logits, "categorical"),
    axis = (q.axis ?? -1) < 0 ? (q.axis ?? -1) + l.ndim : q.axis!,
    batch = l.shape.filter((_n, i) => i !== axis),
    shape = q.shape === undefined || q.shape === null ? batch : [...q.shape],
    prefix = shape.slice(0, shape.length - batch.length);
  if (q.replace === false) return withoutReplacement(k, l, axis, shape, prefix, q.mode ?? null);
  const full = [...prefix, ...l.shape],
    g = gumbel(k, { shape: full, dtype: l.dtype, mode: q.mode ?? null });
  return np.argmax(
    g.add(
      o.broadcastInDim(
        l,
        full,
        l.shape.map((_n, i) => prefix.length + i),
      ),
    ),
    { axis: prefix.length + axis },
  );
}
/** The categories of the largest noisy logits: draws that do not repeat (Kool et al., 2019). */
function withoutReplacement(k: Value, logits: Value, axis: number, shape: Shape, prefix: Shape, mode: string | null): Value {
  const draws = prefix.reduce((a, b) => a * b, 1);
  if (draws > logits.shape[axis]!)
    throw new ShapeError(`random.categorical: ${draws} draws without replacement are more than the ${logits.shape[axis]} categories`);
  const noisy = logits.add(gumbel(k, { shape: logits.shape, dtype: logits.dtype, mode }));
  const order = np.argsort(np.negative(np.moveaxis(noisy, axis, -1)), { axis: -1 }).get("...", `:${draws}`);
  return np.reshape(np.moveaxis(order, -1, 0), shape);
}
/** Elements drawn from an array, or from 0 … n − 1.
 * @example random.choice(random.key(0), 5, [3]) // [4, 0, 2] */
export function choice(
  k: Value,
  a: number | ArrayLike,
  ...rest: Tail<[shape: number | Shape, replace: boolean, p: ArrayLike | null, axis: number], ChoiceOptions>
): Value {
  const q = options<ChoiceOptions>("choice", ["shape", "replace", "p", "axis"], rest),
    shape = shapeOf("choice", q.shape ?? []),
    pool = typeof a === "number" ? null : asArray(a),
    axis = pool ? axisOf("random.choice", q.axis ?? 0, pool.ndim) : 0,
    n = pool ? pool.shape[axis]! : sizeArgument("random.choice", "a", a),
    draws = shape.reduce((x, y) => x * y, 1);
  if (n === 0 && draws > 0)
    throw new ShapeError(`random.choice: there is nothing to choose from (${pool ? pool.aval : "a is 0"}), and ${draws} are asked for`);
  if (q.replace === false && draws > n)
    throw new ShapeError(`random.choice: ${draws} are asked for without replacement, and there are ${n}; give { replace: true }, or a smaller shape`);
  let index: Value;
  if (q.p === undefined || q.p === null)
    index = q.replace === false ? shuffle(typed("choice", k).k, np.arange(n), 0).get(`:${draws}`).reshape(shape) : randint(k, shape, 0, n);
  else if (q.replace === false) {
    const w = asArray(q.p),
      g = gumbel(k, { shape: [n], dtype: w.dtype }).add(np.log(w));
    index = np.argsort(g.neg()).get(`:${draws}`).reshape(shape);
  } else {
    const w = castTo(asArray(q.p), canonicalize("float64")),
      c = np.cumsum(w),
      r = c.get(-1).mul(np.subtract(1, uniform(k, { shape, dtype: c.dtype })));
    index = np.searchsorted(c, r);
  }
  return pool ? np.take(pool, index, { axis }) : index;
}
/** Samples of the Maxwell distribution of scale 1. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.maxwell(random.key(0), [2]) // [2.631, 0.991] */
export function maxwell(k: Value, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("maxwell", ["shape", "dtype"], rest);
  return np.sqrt(
    np.sum(normal(k, { shape: [...shapeOf("maxwell", q.shape ?? []), 3], dtype: q.dtype ?? canonicalize("float64") }).pow(2), { axis: -1 }),
  );
}
/** Samples of the Rayleigh distribution. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.rayleigh(random.key(0), 1) // 0.3279 */
export function rayleigh(k: Value, scale: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("rayleigh", ["shape", "dtype"], rest),
    d = floatOption("rayleigh", q.dtype),
    s = castTo(asArray(scale), d),
    shape = shapeFor("rayleigh", q.shape, s),
    u = uniform(k, { shape, dtype: d, minval: tiny(d), maxval: 1 });
  return o.mul(broadcastTo(s, shape), o.sqrt(o.mul(o.lit(d, -2), o.log(u))));
}
/** Samples whose logarithm is normal with mean 0 and deviation `sigma`, by default 1. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.lognormal(random.key(0)) // 5.066 */
export function lognormal(k: Value, ...rest: Tail<[sigma: ArrayLike, shape: number | Shape | null, dtype: DTypeLike], LognormalOptions>): Value {
  const q = options<LognormalOptions>("lognormal", ["sigma", "shape", "dtype"], rest),
    d = floatOption("lognormal", q.dtype),
    s = castTo(asArray(q.sigma ?? 1), d),
    shape = shapeFor("lognormal", q.shape, s);
  return np.exp(normal(k, { shape, dtype: d }).mul(s));
}
/** Samples of the Pareto distribution with shape b, from 1. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.pareto(random.key(0), 2) // 4.371 */
export function pareto(k: Value, b: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("pareto", ["shape", "dtype"], rest),
    d = floatOption("pareto", q.dtype),
    a = castTo(asArray(b), d),
    shape = shapeFor("pareto", q.shape, a);
  return np.exp(exponential(k, { shape, dtype: d }).div(a));
}
/** Samples of the Weibull distribution. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.weibullMin(random.key(0), 1, 2) // 1.718 */
export function weibullMin(
  k: Value,
  scale: ArrayLike,
  concentration: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>
): Value {
  const q = options<SampleOptions>("weibullMin", ["shape", "dtype"], rest),
    d = floatOption("weibullMin", q.dtype),
    u = uniform(k, { shape: q.shape ?? [], dtype: d });
  return np.power(np.log1p(u.neg()).neg(), np.divide(1, concentration)).mul(castTo(asArray(scale), d));
}
// What the gamma sampler's loop draws from.
setDraws({
  split: (k, n) => split(k, n),
  normal: (k, dtype) => normal(k, { dtype }),
  uniform: (k, dtype) => uniform(k, { dtype }),
  exponential: (k, dtype) => exponential(k, { dtype }),
});
