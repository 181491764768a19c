// scipy.stats: distributions and a few statistics.
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, oneOf, options } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import type { RankdataOptions, SemOptions } from "../options.ts";
import type { Tail } from "../../core/signature.ts";

export {
  beta,
  cauchy,
  chi2,
  expon,
  gamma,
  gennorm,
  gumbelL,
  gumbelR,
  laplace,
  logistic,
  norm,
  pareto,
  t,
  truncnorm,
  uniform,
  vonmises,
  wrapcauchy,
} from "./families.ts";
export { bernoulli, betabinom, binom, geom, multinomial, nbinom, poisson } from "./discrete.ts";
export { type GaussianKde, type GaussianKdeOptions, gaussianKde } from "./kde.ts";
export { type ModeOptions, mode } from "./mode.ts";
export { dirichlet, multivariateNormal } from "./multivariate.ts";
/** The standard error of the mean.
 * @example scipy.stats.sem([1, 2, 3, 4]) // 0.6455 */
export function sem(a: ArrayLike, ...rest: Tail<[axis: number | null, ddof: number], SemOptions>): Value {
  const q = options<SemOptions>("sem", ["axis", "ddof"], rest),
    v = asArray(a, "sem"),
    axis = q.axis === undefined ? 0 : q.axis,
    x = axis === null ? np.ravel(v) : v,
    k = axis ?? 0,
    n = x.shape[k < 0 ? k + x.ndim : k]!;
  const spread = { axis: k, ddof: q.ddof ?? 1, keepdims: q.keepdims ?? false };
  if (oneOf("sem", "nanPolicy", q.nanPolicy ?? "propagate", ["propagate", "omit"]) === "propagate") return np.std(x, spread).div(Math.sqrt(n));
  const present = np.sum(np.logicalNot(np.isnan(x)), { axis: k, keepdims: q.keepdims ?? false });
  return np.nanstd(x, spread).div(np.sqrt(present.astype(v.dtype)));
}
/** Ranks from 1; equal values share the average ("average"), lowest ("min"), highest ("max") or next ("dense") one, or stand in order ("ordinal").
 * @example scipy.stats.rankdata([10, 30, 20]) // [1, 3, 2] */
export function rankdata(a: ArrayLike, ...rest: Tail<[method: string, axis: number | null], RankdataOptions>): Value {
  const q = options<RankdataOptions>("rankdata", ["method", "axis"], rest);
  oneOf("rankdata", "nanPolicy", q.nanPolicy ?? "propagate", ["propagate"]);
  const v = asArray(a, "rankdata"),
    flat = q.axis === undefined || q.axis === null,
    x = flat ? np.ravel(v) : np.moveaxis(v, q.axis!, -1),
    method = q.method ?? "average",
    row = np.expandDims(x, -1),
    others = np.expandDims(x, -2),
    n = x.shape.at(-1)!,
    less = np.sum(others.lt(row), { axis: -1 }),
    leq = np.sum(others.le(row), { axis: -1 });
  const earlier = np.arange(n).get(null, ":").lt(np.arange(n).get(":", null)),
    firsts = np.sum(others.eq(row).and(earlier), { axis: -1 }).eq(0);
  const ranks: Readonly<Record<string, () => Value>> = {
    average: () => less.add(leq).add(1).astype("float32").div(2),
    min: () => less.add(1),
    max: () => leq,
    dense: () => np.sum(others.lt(row).and(np.expandDims(firsts, -2)), { axis: -1 }).add(1),
    ordinal: () => less.add(np.sum(others.eq(row).and(earlier), { axis: -1 })).add(1),
  };
  if (!(method in ranks)) throw new TypeError(`rankdata: the method is "${method}", expected ${Object.keys(ranks).join(", ")}`);
  // Every method answers in floats, as in JAX: only "average" needs them, but one dtype serves all callers.
  const r = ranks[method]!().astype("float32");
  return flat ? r : np.moveaxis(r, -1, q.axis!);
}
