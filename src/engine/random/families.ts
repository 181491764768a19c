// Samplers built on gamma, normal and uniform ones.
import { type Shape } from "../core/aval.ts";
import { type DType, canonicalize } from "../core/dtypes.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, broadcastTo, castTo, options, shapeOf } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { randomGamma } from "./gamma.ts";
import { exponential, normal, split, uniform } from "./draws.ts";
import { floatOption, shapeFor, typed } from "./keys.ts";
import type { BallOptions, MultivariateNormalOptions, OrthogonalOptions, SampleOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import type { DTypeLike } from "../numpy/options.ts";

/** A sampler with one parameter beside the key. */
type Sampler = (k: Value, a: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>) => Value;
function gammaOf(fn: string, logSpace: boolean): Sampler {
  return (k, a, ...rest) => {
    const q = options<SampleOptions>(fn, ["shape", "dtype"], rest),
      d = floatOption(fn, q.dtype),
      v = castTo(asArray(a, fn), d),
      shape = shapeFor(fn, q.shape, v);
    return bind1(randomGamma, [typed(fn, k).k, broadcastTo(v, shape)], { logSpace });
  };
}
/** Gamma-distributed numbers with form a.
 * @example random.gamma(random.key(0), 2) // 1.59 */
export const gamma = gammaOf("gamma", false);
/** The logarithm of gamma-distributed numbers.
 * @example random.loggamma(random.key(0), 2) // 0.4636 */
export const loggamma = gammaOf("loggamma", true);
/** Beta-distributed numbers.
 * @example random.beta(random.key(0), 2, 3) // 0.2363 */
export function beta(k: Value, a: ArrayLike, b: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("beta", ["shape", "dtype"], rest),
    d = floatOption("beta", q.dtype),
    x = castTo(asArray(a), d),
    y = castTo(asArray(b), d),
    shape = shapeFor("beta", q.shape, x, y),
    ks = split(typed("beta", k).k);
  const la = loggamma(ks.get(0), broadcastTo(x, shape), { dtype: d }),
    lb = loggamma(ks.get(1), broadcastTo(y, shape), { dtype: d }),
    top = o.max(la, lb),
    ga = o.exp(o.sub(la, top)),
    gb = o.exp(o.sub(lb, top));
  return o.div(ga, o.add(ga, gb));
}
/** Dirichlet-distributed vectors.
 * @example random.dirichlet(random.key(0), [1, 2, 3]) // [0.1423, 0.4049, 0.4528] */
export function dirichlet(k: Value, alpha: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("dirichlet", ["shape", "dtype"], rest),
    d = floatOption("dirichlet", q.dtype),
    a = castTo(asArray(alpha), d),
    shape = q.shape === null || q.shape === undefined ? a.shape.slice(0, -1) : shapeOf("dirichlet", q.shape),
    full = [...shape, a.shape.at(-1)!];
  const l = loggamma(k, a, { shape: full, dtype: d }),
    top = o.reduceMax(l, [l.ndim - 1]),
    e = o.exp(o.sub(l, broadcastTo(o.expandDims(top, top.ndim), full)));
  return o.div(e, broadcastTo(o.expandDims(o.reduceSum(e, [e.ndim - 1]), e.ndim - 1), full));
}
/** Samples of the chi-square distribution with df degrees of freedom. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.chisquare(random.key(0), 3) // 2.205 */
export function chisquare(k: Value, df: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("chisquare", ["shape", "dtype"], rest),
    d = floatOption("chisquare", q.dtype),
    v = castTo(asArray(df), d),
    shape = shapeFor("chisquare", q.shape, v);
  return o.mul(o.lit(d, 2), o.exp(loggamma(k, o.div(broadcastTo(v, shape), o.lit(d, 2)), { shape, dtype: d })));
}
/** Samples of the F distribution with dfnum and dfden degrees of freedom. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.f(random.key(0), 2, 3) // 3.27 */
export function f(
  k: Value,
  dfnum: ArrayLike,
  dfden: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>
): Value {
  const q = options<SampleOptions>("f", ["shape", "dtype"], rest),
    d = floatOption("f", q.dtype),
    a = castTo(asArray(dfnum), d),
    b = castTo(asArray(dfden), d),
    shape = shapeFor("f", q.shape, a, b),
    ks = split(typed("f", k).k),
    x = broadcastTo(a, shape),
    y = broadcastTo(b, shape);
  return o.div(o.div(chisquare(ks.get(1), x, { shape, dtype: d }), x), o.div(chisquare(ks.get(0), y, { shape, dtype: d }), y));
}
/** Samples of Student's t distribution with df degrees of freedom. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.t(random.key(0), 3) // 0.6902 */
export function t(k: Value, df: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("t", ["shape", "dtype"], rest),
    d = floatOption("t", q.dtype),
    v = broadcastTo(castTo(asArray(df), d), shapeFor("t", q.shape, castTo(asArray(df), d))),
    ks = split(typed("t", k).k),
    half = o.div(v, o.lit(d, 2));
  return o.mul(normal(ks.get(0), { shape: v.shape, dtype: d }), o.sqrt(o.div(half, gamma(ks.get(1), half, { shape: v.shape, dtype: d }))));
}
/** Samples of the generalized normal distribution of power p: its density falls as exp(−|x|ᵖ). `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.generalizedNormal(random.key(0), 2, [2]) // [0.9543, 0.09015] */
export function generalizedNormal(k: Value, p: number, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("generalizedNormal", ["shape", "dtype"], rest),
    d = floatOption("generalizedNormal", q.dtype),
    shape = shapeOf("generalizedNormal", q.shape ?? []),
    ks = split(typed("generalizedNormal", k).k),
    g = gamma(ks.get(0), 1 / p, { shape, dtype: d }),
    sign = rademacherOf(ks.get(1), shape, d);
  return o.mul(sign, o.pow(g, o.lit(d, 1 / p)));
}
const rademacherOf = (k: Value, shape: readonly number[], d: DType): Value => {
  const bit = o.lt(uniform(k, { shape, dtype: canonicalize("float64") }), o.lit(canonicalize("float64"), 0.5));
  return o.sub(o.mul(o.convert(bit, d), o.lit(d, 2)), o.lit(d, 1));
};
/** Uniform in the unit ball of the p-norm in `d` dimensions.
 * @example random.ball(random.key(0), 2) // [0.9172, 0.3928] */
export function ball(k: Value, d: number, ...rest: Tail<[p: number, shape: number | Shape | null, dtype: DTypeLike], BallOptions>): Value {
  const q = options<BallOptions>("ball", ["p", "shape", "dtype"], rest),
    type = floatOption("ball", q.dtype),
    p = q.p ?? 2,
    shape = shapeOf("ball", q.shape ?? []),
    ks = split(typed("ball", k).k),
    g = generalizedNormal(ks.get(0), p, { shape: [...shape, d], dtype: type }),
    e = exponential(ks.get(1), { shape, dtype: type });
  const norm = o.pow(o.add(o.reduceSum(o.pow(o.abs(g), o.lit(type, p)), [shape.length]), e), o.lit(type, 1 / p));
  return o.div(g, broadcastTo(o.expandDims(norm, norm.ndim), g.shape));
}
/** Samples of the triangular distribution between left and right, densest at mode. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.triangular(random.key(0), 0, 0.5, 1) // 0.8382 */
export function triangular(
  k: Value,
  left: ArrayLike,
  mode: ArrayLike,
  right: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>
): Value {
  const q = options<SampleOptions>("triangular", ["shape", "dtype"], rest),
    d = floatOption("triangular", q.dtype),
    [a, m, b] = [left, mode, right].map((x) => castTo(asArray(x), d)) as [Value, Value, Value],
    shape = shapeFor("triangular", q.shape, a, m, b),
    full = (v: Value): Value => broadcastTo(v, shape),
    [l, c, r] = [full(a), full(m), full(b)];
  const fc = o.div(o.sub(c!, l!), o.sub(r!, l!)),
    u = uniform(k, { shape, dtype: d }),
    w = o.sub(r!, l!);
  return o.select(
    o.gt(fc, u),
    o.add(l!, o.sqrt(o.mul(o.mul(u, w), o.sub(c!, l!)))),
    o.sub(r!, o.sqrt(o.mul(o.mul(o.sub(o.lit(d, 1), u), w), o.sub(r!, c!)))),
  );
}
/** The inverse Gaussian distribution with unit scale. Source: Michael, Schucany and Haas (1976).
 * @example random.wald(random.key(0), 1) // 0.3806 */
export function wald(k: Value, mean: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("wald", ["shape", "dtype"], rest),
    d = floatOption("wald", q.dtype),
    m0 = castTo(asArray(mean), d),
    shape = shapeFor("wald", q.shape, m0),
    m = broadcastTo(m0, shape),
    ks = split(typed("wald", k).k),
    v = normal(ks.get(0), { shape, dtype: d }),
    z = uniform(ks.get(1), { shape, dtype: d }),
    y = o.square(v),
    ysq = o.square(y),
    msq = o.square(m),
    c = (n: number): Value => o.lit(d, n);
  const w = o.sub(o.add(m, o.div(o.mul(msq, y), c(2))), o.mul(o.div(m, c(2)), o.sqrt(o.add(o.mul(c(4), o.mul(m, y)), o.mul(msq, ysq)))));
  return o.select(o.le(z, o.div(m, o.add(m, w))), w, o.div(msq, w));
}
/** Samples of the double-sided Maxwell distribution, with its centre and scale. `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.doubleSidedMaxwell(random.key(0), 0, 1) // 1.546 */
export function doubleSidedMaxwell(
  k: Value,
  loc: ArrayLike,
  scale: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>
): Value {
  const q = options<SampleOptions>("doubleSidedMaxwell", ["shape", "dtype"], rest),
    d = floatOption("doubleSidedMaxwell", q.dtype),
    shape = shapeOf("doubleSidedMaxwell", q.shape ?? []),
    l = castTo(asArray(loc), d),
    s = castTo(asArray(scale), d),
    full = [...shape, ...np.broadcastShapes(l.shape, s.shape)],
    ks = split(typed("doubleSidedMaxwell", k).k);
  const x = np.sqrt(np.sum(normal(ks.get(0), { shape: [...full, 3], dtype: d }).pow(2), { axis: -1 })),
    sign = rademacherOf(ks.get(1), full, d);
  return np.add(np.multiply(np.multiply(x, sign), s), l);
}
/** Samples of the geometric distribution: the number of trials up to the first success, from 1. `shape` is the result's, by default that of the parameters; `dtype` an integer type.
 * @example random.geometric(random.key(0), 0.5, [4]) // [1, 1, 2, 2] */
export function geometric(k: Value, p: ArrayLike, ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike], SampleOptions>): Value {
  const q = options<SampleOptions>("geometric", ["shape", "dtype"], rest),
    v = castTo(asArray(p), canonicalize("float64")),
    shape = shapeFor("geometric", q.shape, v),
    u = uniform(k, { shape, dtype: v.dtype });
  return castTo(np.floor(np.divide(np.log(u), np.log1p(broadcastTo(v, shape).neg()))).add(1), (q.dtype ?? canonicalize("int64")) as DType);
}
/** Samples of the normal distribution with mean [..., n] and covariance [..., n, n], by its Cholesky factor (or `method` "eigh", "svd"). `shape` is the result's, by default that of the parameters; `dtype` a float type.
 * @example random.multivariateNormal(random.key(0), [0, 0], [[1, 0], [0, 4]]) // [1.623, 4.051] */
export function multivariateNormal(
  k: Value,
  mean: ArrayLike,
  cov: ArrayLike,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike, method: string], MultivariateNormalOptions>
): Value {
  const q = options<MultivariateNormalOptions>("multivariateNormal", ["shape", "dtype", "method"], rest),
    d = floatOption("multivariateNormal", q.dtype),
    m = castTo(asArray(mean), d),
    c = castTo(asArray(cov), d),
    shape =
      q.shape === null || q.shape === undefined
        ? np.broadcastShapes(m.shape.slice(0, -1), c.shape.slice(0, -2))
        : shapeOf("multivariateNormal", q.shape),
    n = m.shape.at(-1)!;
  const factor =
      q.method === "svd"
        ? ((): Value => {
            const [u, s] = np.linalg.svd(c) as readonly Value[];
            return u!.mul(np.sqrt(s!).get("...", null, ":"));
          })()
        : q.method === "eigh"
          ? ((): Value => {
              const [w, v] = np.linalg.eigh(c);
              return v.mul(np.sqrt(w).get("...", null, ":"));
            })()
          : np.linalg.cholesky(c),
    z = normal(k, { shape: [...shape, n], dtype: d });
  return m.add(np.einsum("...ij,...j->...i", factor, z));
}
/** Orthogonal matrices, uniformly (Haar).
 * @example random.orthogonal(random.key(0), 3).shape // [3, 3] */
export function orthogonal(
  k: Value,
  n: number,
  ...rest: Tail<[shape: number | Shape | null, dtype: DTypeLike, m: number | null], OrthogonalOptions>
): Value {
  const q = options<OrthogonalOptions>("orthogonal", ["shape", "dtype", "m"], rest),
    shape = shapeOf("orthogonal", q.shape ?? []),
    rows = n,
    columns = q.m ?? n,
    z = normal(k, { shape: [...shape, Math.max(rows, columns), Math.min(rows, columns)], dtype: q.dtype ?? canonicalize("float64") }),
    [Q, R] = np.linalg.qr(z) as readonly Value[],
    r = np.diagonal(R!, { axis1: -2, axis2: -1 }),
    s = Q!.mul(np.expandDims(np.divide(r, np.abs(r)), -2));
  return rows < columns ? s.mT : s;
}
