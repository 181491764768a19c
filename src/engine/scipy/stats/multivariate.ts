// Distributions of vectors.
import { ShapeError } from "../../core/errors.ts";
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, promoteInexact } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { solveTriangular } from "../linalg.ts";
import { gammaln, xlogy } from "../special.ts";

/** log density of a point of the simplex; x has the components in front, all of them or all but the last. */
function dirichletLog(x: ArrayLike, alpha: ArrayLike): Value {
  const [v, a] = promoteInexact("dirichlet", [asArray(x), asArray(alpha)]) as [Value, Value],
    n = a.shape[0]!;
  if (a.ndim !== 1 || (v.shape[0] !== n && v.shape[0] !== n - 1))
    throw new ShapeError(`dirichlet: x is ${v.aval} and alpha ${a.aval}; x needs ${n} (or ${n - 1}) components in front`);
  const full = v.shape[0] === n ? v : np.concatenate([v, np.subtract(1, np.sum(v, { axis: 0, keepdims: true }))]),
    b = a.reshape([n, ...full.shape.slice(1).map(() => 1)]);
  const log = np
      .sum(xlogy(b.sub(1), full), { axis: 0 })
      .add(gammaln(a.sum()))
      .sub(gammaln(a).sum()),
    inside = np.all(full.gt(0), { axis: 0 }).and(np.abs(np.sum(full, { axis: 0 }).sub(1)).lt(1e-6));
  return np.where(inside, log, -Infinity).astype(log.dtype);
}
export const dirichlet = {
  /** The logarithm of the density at x [k, ...] or [k − 1, ...] (the last is then what is missing to 1), with concentrations alpha [k].
   * @example scipy.stats.dirichlet.logpdf([0.4, 0.6], [2, 2]) // 0.3646 */
  logpdf: dirichletLog,
  /** The density at x [k, ...] or [k − 1, ...] (the last is then what is missing to 1), with concentrations alpha [k].
   * @example scipy.stats.dirichlet.pdf([0.4, 0.6], [2, 2]) // 1.44 */
  pdf: (x: ArrayLike, alpha: ArrayLike): Value => np.exp(dirichletLog(x, alpha)),
};
function normalLog(x: ArrayLike, mean: ArrayLike, cov: ArrayLike, _q: object = {}): Value {
  const [v, m, c] = promoteInexact("multivariateNormal", [asArray(x), asArray(mean), asArray(cov)]) as [Value, Value, Value];
  if (m.ndim === 0) {
    const z = v.sub(m);
    return z
      .mul(z)
      .div(c)
      .add(np.log(c.mul(2 * Math.PI)))
      .mul(-0.5);
  }
  const n = m.shape.at(-1)!;
  if (c.ndim < 2) {
    const z = v.sub(m);
    return np
      .sum(z.mul(z).div(c), { axis: -1 })
      .add(n * Math.log(2 * Math.PI))
      .add(
        np
          .log(c)
          .mul(n)
          .sum({ axis: null } as never),
      )
      .mul(-0.5);
  }
  const l = np.linalg.cholesky(c),
    z = v.sub(m),
    flat = z.reshape([-1, n]),
    y =
      c.ndim === 2
        ? solveTriangular(l, flat.T, { lower: true }).T.reshape(z.shape)
        : solveTriangular(l, z.get("...", null), { lower: true }).get("...", 0);
  return np
    .sum(y.mul(y), { axis: -1 })
    .mul(-0.5)
    .sub((n / 2) * Math.log(2 * Math.PI))
    .sub(np.sum(np.log(np.diagonal(l, { axis1: -2, axis2: -1 })), { axis: -1 }));
}
export const multivariateNormal = {
  /** The logarithm of the density at x [..., n] with mean [n] and covariance [n, n].
   * @example scipy.stats.multivariateNormal.logpdf([0, 0], [0, 0], [[1, 0], [0, 1]]) // -1.838 */
  logpdf: normalLog,
  /** The density at x [..., n] with mean [n] and covariance [n, n].
   * @example scipy.stats.multivariateNormal.pdf([0, 0], [0, 0], [[1, 0], [0, 1]]) // 0.1592 */
  pdf: (x: ArrayLike, mean: ArrayLike, cov: ArrayLike, q: object = {}): Value => np.exp(normalLog(x, mean, cov, q)),
};
