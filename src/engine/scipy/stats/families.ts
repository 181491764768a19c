// Continuous distributions with a location and a scale: each by its standardized functions.
import { Value } from "../../core/value.ts";
import { isComplex } from "../../core/dtypes.ts";
import { DTypeError } from "../../core/errors.ts";
import { type ArrayLike, castTo, operands } from "../../numpy/convert.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import * as special from "../special.ts";
import type { LocScaleOptions } from "../options.ts";

/** A function of the standardized value and the shape parameters. */
type Standard = (z: Value, ...shapes: Value[]) => Value;
/** A function of a distribution: its parameters, then loc and scale, by position or (the last two) by name. */
type Public = (x: ArrayLike, ...parameters: (ArrayLike | LocScaleOptions)[]) => Value;
interface Family {
  /** How many shape parameters stand between x and the location. */
  readonly shapes?: number;
  readonly logpdf?: Standard;
  readonly cdf?: Standard;
  readonly logcdf?: Standard;
  readonly sf?: Standard;
  readonly logsf?: Standard;
  /** Inverse of cdf, and of sf. */
  readonly ppf?: Standard;
  readonly isf?: Standard;
  /** Functions of complex numbers too, as in JAX: others compare, or have no continuation that it computes. `pdf` goes with `logpdf`. */
  readonly complex?: readonly string[];
  /** Functions whose results are never of a weak type. */
  readonly strong?: readonly string[];
  /** What the logarithm of the density loses by the scale, log(scale) where nothing is said. */
  readonly logScale?: (scale: Value) => Value;
}
/** x and parameters as floating arrays of one shape: shape parameters, then loc and scale, by position or by name; `weak` where all are numbers. */
export function parameters(
  fn: string,
  shapes: number,
  x: ArrayLike,
  rest: readonly unknown[],
): { x: Value; shapes: Value[]; loc: Value; scale: Value; weak: boolean } {
  const last = rest.at(-1),
    named =
      typeof last === "object" && last !== null && Object.getPrototypeOf(last) === Object.prototype
        ? (last as { loc?: ArrayLike; scale?: ArrayLike })
        : {},
    positional = (named === last ? rest.slice(0, -1) : rest) as ArrayLike[];
  if (positional.length < shapes) throw new TypeError(`${fn}: got ${positional.length} parameters, expected ${shapes} before loc and scale`);
  const all = operands(
      fn,
      [x, ...positional.slice(0, shapes), named.loc ?? positional[shapes] ?? 0, named.scale ?? positional[shapes + 1] ?? 1],
      true,
    ),
    shape = np.broadcastShapes(...all.map((v) => v.shape)),
    full = all.map((v) => castTo(np.broadcastTo(v, shape), v.dtype));
  return {
    x: full[0]!,
    shapes: full.slice(1, -2),
    loc: full.at(-2)!,
    scale: full.at(-1)!,
    weak: all[0]!.weakType && (!(x instanceof Value) || x.weakType),
  };
}
/** A result of numbers alone is of a weak type. */
export const weakly = (v: Value, { weak }: { readonly weak: boolean }): Value => castTo(v, v.dtype, weak);
/** A continuous distribution. What JAX does not have throws. */
interface Distribution {
  /** The density.
   * @example scipy.stats.norm.pdf([0, 1]) // [0.3989, 0.242] */
  readonly pdf: Public;
  /** The logarithm of the density.
   * @example scipy.stats.norm.logpdf([0, 1]) // [-0.9189, -1.419] */
  readonly logpdf: Public;
  /** The probability of at most x.
   * @example scipy.stats.norm.cdf([0, 1.96]) // [0.5, 0.975] */
  readonly cdf: Public;
  /** The logarithm of cdf.
   * @example scipy.stats.norm.logcdf([0, 1.96]) // [-0.6931, -0.02532] */
  readonly logcdf: Public;
  /** The probability of more than x.
   * @example scipy.stats.norm.sf([0, 1.96]) // [0.5, 0.025] */
  readonly sf: Public;
  /** The logarithm of sf.
   * @example scipy.stats.norm.logsf([0, 1.96]) // [-0.6931, -3.689] */
  readonly logsf: Public;
  /** The x at which cdf is q.
   * @example scipy.stats.norm.ppf([0.5, 0.975]) // [0, 1.96] */
  readonly ppf: Public;
  /** The x at which sf is q.
   * @example scipy.stats.norm.isf([0.5, 0.025]) // [0, 1.96] */
  readonly isf: Public;
}
function family(name: string, f: Family): Distribution {
  const missing =
    (fn: string): Public =>
    () => {
      throw new TypeError(`scipy.stats.${name}.${fn} is not there, as in JAX`);
    };
  const read = (fn: string, x: ArrayLike, rest: readonly unknown[]): ReturnType<typeof parameters> => {
    const p = parameters(`${name}.${fn}`, f.shapes ?? 0, x, rest);
    if (isComplex(p.x.dtype) && !f.complex?.includes(fn))
      throw new DTypeError(
        `scipy.stats.${name}.${fn}: its arguments have dtype ${p.x.dtype}, expected floating ones; take their real parts, np.real(x)`,
      );
    return p;
  };
  const typed = (fn: string, p: { readonly weak: boolean }, v: Value): Value => weakly(v, { weak: p.weak && !f.strong?.includes(fn) });
  const make = (fn: string, g: Standard | undefined, finish: (v: Value, scale: Value, loc: Value) => Value = (v) => v): Public =>
    g
      ? (x, ...rest) => {
          const p = read(fn, x, rest);
          return typed(fn, p, finish(g(p.x.sub(p.loc).div(p.scale), ...p.shapes), p.scale, p.loc));
        }
      : missing(fn);
  const quantile = (fn: string, g: Standard | undefined): Public =>
    g
      ? (q, ...rest) => {
          const p = read(fn, q, rest);
          return typed(
            fn,
            p,
            g(p.x, ...p.shapes)
              .mul(p.scale)
              .add(p.loc),
          );
        }
      : missing(fn);
  const density = make("logpdf", f.logpdf, (v, scale) => v.sub((f.logScale ?? np.log)(scale))),
    log = (g: Standard | undefined): Standard | undefined => g && ((...a) => np.log(g(...a))),
    exp = (g: Standard | undefined): Standard | undefined => g && ((...a) => np.exp(g(...a)));
  return {
    logpdf: density,
    pdf: f.logpdf ? (x, ...rest) => np.exp(density(x, ...rest)) : missing("pdf"),
    cdf: make("cdf", f.cdf ?? exp(f.logcdf)),
    logcdf: make("logcdf", f.logcdf ?? log(f.cdf)),
    sf: make("sf", f.sf ?? exp(f.logsf)),
    logsf: make("logsf", f.logsf ?? log(f.sf)),
    ppf: quantile("ppf", f.ppf),
    isf: quantile("isf", f.isf),
  };
}
/** Off the support the value is another one; NaN is nowhere and stays. */
const on = (z: Value, low: number, high: number, value: Value, otherwise = -Infinity): Value =>
  np.where(z.lt(low).or(z.gt(high)), otherwise, value).astype(value.dtype);
/** z between bounds, without a slope at the bounds. */
const clamp = (z: Value, low: number, high: number): Value => lax.clamp(castTo(np.asarray(low), z.dtype), z, castTo(np.asarray(high), z.dtype));
/** Where JAX counts NaN as off the support. */
const support = (inside: Value, v: Value): Value => np.where(inside, v, -Infinity).astype(v.dtype);
const LOG_PI = Math.log(Math.PI),
  LOG_2PI = Math.log(2 * Math.PI),
  unit = (q: Value, v: Value): Value => np.where(np.isnan(q).or(q.lt(0)).or(q.gt(1)), NaN, v).astype(v.dtype);

export const norm = family("norm", {
  complex: ["logpdf"],
  strong: ["cdf", "logcdf", "sf", "logsf", "ppf", "isf"],
  logpdf: (z) => z.mul(z).add(LOG_2PI).mul(-0.5),
  cdf: special.ndtr,
  logcdf: (z) => special.logNdtr(z),
  sf: (z) => special.ndtr(z.neg()),
  logsf: (z) => special.logNdtr(z.neg()),
  ppf: special.ndtri,
  isf: (q) => special.ndtri(np.subtract(1, q)),
});
export const cauchy = family("cauchy", {
  complex: ["logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"],
  logpdf: (z) => np.log1p(z.mul(z)).add(LOG_PI).neg(),
  cdf: (z) => np.arctan(z).div(Math.PI).add(0.5),
  sf: (z) => np.arctan(z.neg()).div(Math.PI).add(0.5),
  ppf: (q) => np.tan(q.sub(0.5).mul(Math.PI)),
  isf: (q) => np.tan(np.subtract(0.5, q).mul(Math.PI)),
});
export const expon = family("expon", {
  complex: ["ppf"],
  logpdf: (z) => on(z, 0, Infinity, z.neg()),
  cdf: (z) => on(z, 0, Infinity, np.expm1(z.neg()).neg(), 0),
  // By the survival function, which is 1 off the support: derivatives there are 0.
  logcdf: (z) => np.log1p(np.exp(np.where(z.lt(0), 0, z).neg()).neg()).astype(z.dtype),
  logsf: (z) => on(z, 0, Infinity, z.neg(), 0),
  ppf: (q) => unit(q, np.log1p(q.neg()).neg()),
});
export const gumbelR = family("gumbelR", {
  logpdf: (z) => z.add(np.exp(z.neg())).neg(),
  logcdf: (z) => np.exp(z.neg()).neg(),
  sf: (z) => np.expm1(np.exp(z.neg()).neg()).neg(),
  logsf: (z) => np.log1p(np.exp(np.exp(z.neg()).neg()).neg()),
  ppf: (q) => np.log(np.log(q).neg()).neg(),
});
export const gumbelL = family("gumbelL", {
  logpdf: (z) => z.sub(np.exp(z)),
  cdf: (z) => np.expm1(np.exp(z).neg()).neg(),
  logcdf: (z) => np.log(np.expm1(np.exp(z).neg()).neg()),
  logsf: (z) => np.exp(z).neg(),
  ppf: (q) => np.where(q.le(0).or(q.ge(1)), NaN, np.log(np.log1p(q.neg()).neg())).astype(q.dtype),
});
export const laplace = family("laplace", {
  logpdf: (z) => np.abs(z).add(Math.LN2).neg(),
  cdf: (z) => {
    const e = np.exp(np.abs(z).neg()).mul(0.5);
    return np.where(z.le(0), e, np.subtract(1, e));
  },
});
export const logistic = family("logistic", {
  complex: ["logpdf", "cdf", "sf", "ppf", "isf"],
  logpdf: (z) => np.logaddexp(z.div(2), z.div(-2)).mul(-2),
  cdf: special.expit,
  sf: (z) => special.expit(z.neg()),
  ppf: special.logit,
  isf: (q) => special.logit(q).neg(),
});
export const uniform = family("uniform", {
  complex: ["ppf"],
  strong: ["cdf", "logcdf"],
  logpdf: (z) => on(z, 0, 1, np.zerosLike(z)),
  cdf: (z) => np.where(z.le(0), 0, np.where(z.ge(1), 1, z)).astype(z.dtype),
  ppf: (q) => unit(q, q),
});
export const beta = family("beta", {
  shapes: 2,
  logpdf: (z, a, b) => {
    const v = special
      .xlogy(a!.sub(1), z)
      .add(special.xlog1py(b!.sub(1), z.neg()))
      .sub(special.betaln(a!, b!));
    return np.where(a!.le(0).or(b!.le(0)), NaN, on(z, 0, 1, v)).astype(v.dtype);
  },
  cdf: (z, a, b) => special.betainc(a!, b!, clamp(z, 0, 1)),
  sf: (z, a, b) => special.betainc(b!, a!, np.subtract(1, clamp(z, 0, 1))),
});
export const chi2 = family("chi2", {
  shapes: 1,
  logpdf: (z, df) => {
    const h = df!.div(2);
    return on(z, 0, Infinity, h.sub(1).mul(np.log(z)).sub(z.div(2)).sub(special.gammaln(h)).sub(h.mul(Math.LN2)));
  },
  cdf: (z, df) => special.gammainc(df!.div(2), clamp(z.div(2), 0, Infinity)),
  sf: (z, df) => special.gammaincc(df!.div(2), clamp(z.div(2), 0, Infinity)),
});
export const gamma = family("gamma", {
  shapes: 1,
  logpdf: (z, a) => {
    const ok = z.ge(0),
      y = np.where(ok, z, 1);
    return support(ok, special.xlogy(a!.sub(1), y).sub(y).sub(special.gammaln(a!)));
  },
  cdf: (z, a) => special.gammainc(a!, clamp(z, 0, Infinity)),
  sf: (z, a) => np.where(z.lt(0), 1, special.gammaincc(a!, np.maximum(z, 0))).astype(z.dtype),
});
export const pareto = family("pareto", {
  complex: ["ppf"],
  shapes: 1,
  logpdf: (z, b) => on(z, 1, Infinity, np.log(b!).sub(b!.add(1).mul(np.log(z)))),
  cdf: (z, b) => on(z, 1, Infinity, np.subtract(1, np.power(z, b!.neg())), 0),
  logcdf: (z, b) => on(z, 1, Infinity, np.log1p(np.power(z, b!.neg()).neg())),
  logsf: (z, b) => on(z, 1, Infinity, b!.mul(np.log(z)).neg(), 0),
  ppf: (q, b) => unit(q, np.power(np.subtract(1, q), np.divide(-1, b!))),
});
export const t = family("t", {
  shapes: 1,
  logScale: (scale) => np.log(np.abs(scale)),
  logpdf: (z, df) => {
    const h = df!.add(1).div(2);
    return special
      .gammaln(h)
      .sub(special.gammaln(df!.div(2)))
      .sub(np.log(df!.mul(Math.PI)).mul(0.5))
      .sub(h.mul(np.log1p(z.mul(z).div(df!))));
  },
});
export const gennorm = family("gennorm", {
  shapes: 1,
  logpdf: (z, b) =>
    np
      .log(b!.mul(0.5))
      .sub(special.gammaln(np.divide(1, b!)))
      .sub(np.power(np.abs(z), b!)),
  cdf: (z, b) =>
    np
      .sign(z)
      .mul(special.gammainc(np.divide(1, b!), np.power(np.abs(z), b!)))
      .add(1)
      .mul(0.5),
});
export const vonmises = family("vonmises", {
  shapes: 1,
  logpdf: (z, k) => {
    const v = k!
      .mul(np.cos(z).sub(1))
      .sub(np.log(special.i0e(k!)))
      .sub(LOG_2PI);
    return np.where(k!.gt(0), v, NaN).astype(v.dtype);
  },
});
export const wrapcauchy = family("wrapcauchy", {
  shapes: 1,
  logpdf: (z, k) => {
    const v = np
      .log(np.subtract(1, k!.mul(k!)))
      .sub(LOG_2PI)
      .sub(
        np.log(
          k!
            .mul(k!)
            .add(1)
            .sub(k!.mul(2).mul(np.cos(z))),
        ),
      );
    return np.where(k!.gt(0).and(k!.lt(1)), support(z.ge(0).and(z.le(2 * Math.PI)), v), NaN).astype(v.dtype);
  },
});
/** log(Φ(b) − Φ(a)), on the side where it loses no digits. */
function logMass(a: Value, b: Value): Value {
  const diff = (x: Value, y: Value): Value => x.add(np.log1p(np.exp(y.sub(x)).neg())),
    left = b.le(0),
    right = a.gt(0),
    far = left.or(right),
    lo = np.where(right, b.neg(), a),
    hi = np.where(right, a.neg(), b),
    tail = diff(special.logNdtr(np.where(far, hi, -1)), special.logNdtr(np.where(far, lo, -2)));
  return np.where(
    far,
    tail,
    np.log1p(
      special
        .ndtr(np.where(far, -1, a))
        .neg()
        .sub(special.ndtr(np.where(far, -1, b.neg()))),
    ),
  );
}
const within = (z: Value, a: Value, b: Value, v: Value, below: number, above: number): Value =>
  np.where(a.ge(b), NaN, np.where(z.lt(a), below, np.where(z.gt(b), above, v))).astype(v.dtype);
const INF = Infinity;
export const truncnorm = family("truncnorm", {
  strong: ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"],
  shapes: 2,
  logpdf: (z, a, b) => within(z, a!, b!, z.mul(z).add(LOG_2PI).mul(-0.5).sub(logMass(a!, b!)), -INF, -INF),
  logcdf: (z, a, b) => within(z, a!, b!, logMass(a!, z).sub(logMass(a!, b!)), -INF, 0),
  logsf: (z, a, b) => within(z, a!, b!, logMass(z, b!).sub(logMass(a!, b!)), 0, -INF),
});
