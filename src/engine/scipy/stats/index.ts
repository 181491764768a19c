// scipy.stats: distributions and a few statistics.
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, options } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";

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
export { dirichlet, multivariateNormal } from "./multivariate.ts";
/** The standard error of the mean. */
export function sem(a: ArrayLike, ...rest: readonly unknown[]): Value {
  const q = options<{ axis?: number | null; ddof?: number; keepdims?: boolean }>("sem", ["axis", "ddof"], rest, ["nanPolicy", "keepdims"]),
    v = asArray(a, "sem"),
    axis = q.axis === undefined ? 0 : q.axis,
    x = axis === null ? np.ravel(v) : v,
    k = axis ?? 0,
    n = x.shape[k < 0 ? k + x.ndim : k]!;
  return np.std(x, { axis: k, ddof: q.ddof ?? 1, keepdims: q.keepdims ?? false }).div(Math.sqrt(n));
}
