// Discrete distributions: probabilities of integers, −∞ (or 0) off their support.
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, castTo, options, promoteInexact } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import * as special from "../special.ts";
import { parameters, weakly } from "./families.ts";
import type { LocScaleOptions } from "../options.ts";
import type { Tail } from "../../core/signature.ts";

/** A function of a distribution: its parameters, then loc and scale, by position or (the last two) by name. */
type Public = (k: ArrayLike, ...parameters: (ArrayLike | LocScaleOptions)[]) => Value;
const on = (inside: Value, v: Value, otherwise = -Infinity): Value => np.where(inside, v, otherwise).astype(v.dtype);
function discrete(
  name: string,
  shapes: number,
  /** Of k without the location, the parameters, and the location. */
  logpmf: (k: Value, ...p: Value[]) => Value,
  /** Only the whole part of k counts. */
  whole = false,
): {
  /** The logarithm of the mass at k. Parameters of the distribution first, then `loc`.
   * @example scipy.stats.binom.logpmf(2, 5, 0.5) // -1.163 */
  logpmf: Public;
  /** The mass at k. Parameters of the distribution first, then `loc`.
   * @example scipy.stats.binom.pmf(2, 5, 0.5) // 0.3125 */
  pmf: Public;
} {
  const log: Public = (k, ...rest) => {
    const p = parameters(`${name}.logpmf`, shapes, k, rest);
    return weakly(logpmf((whole ? np.floor(p.x) : p.x).sub(p.loc), ...p.shapes, p.loc), p);
  };
  return { logpmf: log, pmf: (k, ...rest) => np.exp(log(k, ...rest)) };
}
const { gammaln, betaln, xlogy, xlog1py } = special,
  whole = (k: Value): Value => np.floor(k).eq(k);
const bernoulliMass = discrete("bernoulli", 1, (k, p) => on(k.ge(0).and(k.le(1)), xlogy(k, p!).add(xlog1py(np.subtract(1, k), p!.neg()))));
export const bernoulli = {
  ...bernoulliMass,
  /** The cumulative distribution at k. Parameters of the distribution first, then `loc`.
   * @example scipy.stats.bernoulli.cdf(0, 0.3) // 0.7 */
  cdf: ((k, ...rest) => {
    const q = parameters("bernoulli.cdf", 1, k, rest),
      [p] = q.shapes as [Value],
      x = q.x.sub(q.loc);
    const v = np.where(np.isnan(p).or(p.lt(0)).or(p.gt(1)), NaN, np.where(x.lt(0), 0, np.where(x.lt(1), np.subtract(1, p), 1)));
    return weakly(v.astype(p.dtype), q);
  }) as Public,
  /** The quantile of a probability. Parameters of the distribution first, then `loc`.
   * @example scipy.stats.bernoulli.ppf(0.9, 0.3) // 1 */
  ppf: ((q0, ...rest) => {
    const q = parameters("bernoulli.ppf", 1, q0, rest),
      [p] = q.shapes as [Value];
    const none = np.isnan(q.x).or(np.isnan(p)).or(p.lt(0)).or(p.gt(1)).or(q.x.lt(0)).or(q.x.gt(1));
    return weakly(np.where(none, NaN, np.where(q.x.le(np.subtract(1, p)), 0, 1)).astype(p.dtype), q);
  }) as Public,
};
// As in JAX, numbers of successes between whole ones have a mass too, and n itself is followed by one.
export const binom = discrete("binom", 2, (k, n, p) =>
  on(
    k.ge(0).and(k.lt(n!.add(1))),
    gammaln(n!.add(1))
      .sub(gammaln(k.add(1)))
      .sub(gammaln(n!.sub(k).add(1)))
      .add(xlogy(k, p!))
      .add(xlog1py(n!.sub(k), p!.neg())),
  ),
);
const betabinomMass = (k: Value, n: Value, a: Value, b: Value, loc: Value): Value => {
  const mass = on(
    k.ge(loc.neg()).and(k.le(n)).and(k.add(a).gt(0)),
    betaln(k.add(a), n.sub(k).add(b))
      .sub(betaln(a, b))
      .sub(np.log1p(n))
      .sub(betaln(n.sub(k).add(1), k.add(1))),
  );
  return np.where(n.lt(0).or(a.le(0)).or(b.le(0)), NaN, mass).astype(mass.dtype);
};
export const betabinom = discrete("betabinom", 3, (k, n, a, b, loc) => betabinomMass(k, n!, a!, b!, loc!), true);
export const geom = discrete("geom", 1, (k, p) => on(np.logicalNot(k.le(0)), xlog1py(k.sub(1), p!.neg()).add(np.log(p!))));
export const nbinom = discrete("nbinom", 2, (k, n, p) =>
  on(
    k.ge(0),
    gammaln(k.add(n!))
      .sub(gammaln(n!))
      .sub(gammaln(k.add(1)))
      .add(xlogy(n!, p!))
      .add(xlogy(k, np.subtract(1, p!))),
  ),
);
const poissonMass = discrete("poisson", 1, (k, mu) =>
  on(
    k.ge(0).and(whole(k)),
    xlogy(k, mu!)
      .sub(gammaln(k.add(1)))
      .sub(mu!),
  ),
);
export const poisson = {
  ...poissonMass,
  /** The cumulative distribution at k. Parameters of the distribution first, then `loc`.
   * @example scipy.stats.poisson.cdf(2, 3) // 0.4232 */
  cdf: ((k, ...rest) => {
    const q = parameters("poisson.cdf", 1, k, rest),
      x = q.x.sub(q.loc);
    return weakly(on(x.ge(0), special.gammaincc(np.floor(np.maximum(x, 0)).add(1), q.shapes[0]!), 0), q);
  }) as Public,
  /** The entropy in nats, of each mean: summed below 100, by Stirling's series above.
   * @example scipy.stats.poisson.entropy(3) // 1.931 */
  entropy(mu: ArrayLike, ...rest: Tail<[loc: ArrayLike], { readonly loc?: ArrayLike }>): Value {
    const { loc = 0 } = options<{ readonly loc?: ArrayLike }>("poisson.entropy", ["loc"], rest);
    const [m, l] = promoteInexact("poisson.entropy", [asArray(mu), asArray(loc)]) as [Value, Value];
    const summed = (terms: number, reach: (mean: Value) => Value): Value => {
      const k = np.reshape(np.arange(terms).astype(m.dtype), [terms, ...m.shape.map(() => 1)]);
      const p = np.where(k.lt(np.ceil(reach(m))), poissonMass.pmf(k, m), 0);
      return np.sum(special.entr(p), { axis: 0 });
    };
    const large = np.multiply(0.5, np.log(m.mul(2 * Math.PI * Math.E))).sub(np.divide(1 / 12, m));
    const few = summed(35, (x) => x.add(20));
    const many = summed(250, (x) => x.add(np.sqrt(x).mul(10)).add(20));
    const out = np.where(m.eq(0), 0, np.where(m.lt(10), few, np.where(m.lt(100), many, large)));
    return np.broadcastTo(out, np.broadcastShapes(m.shape, l.shape)).astype(m.dtype);
  },
};
const multinomialLog = (x: ArrayLike, n: ArrayLike, p: ArrayLike): Value => {
  const k = asArray(x),
    q = asArray(p),
    kf = castTo(k, q.dtype),
    total = castTo(asArray(n), q.dtype),
    v = gammaln(total.add(1)).add(np.sum(xlogy(kf, q).sub(gammaln(kf.add(1))), { axis: -1 }));
  return on(np.sum(kf, { axis: -1 }).eq(total), v);
};
export const multinomial = {
  /** The logarithm of the mass at counts x [..., k] of n trials with probabilities p [..., k].
   * @example scipy.stats.multinomial.logpmf([1, 2], 3, [0.5, 0.5]) // -0.9808 */
  logpmf: multinomialLog,
  /** The mass at counts x [..., k] of n trials with probabilities p [..., k].
   * @example scipy.stats.multinomial.pmf([1, 2], 3, [0.5, 0.5]) // 0.375 */
  pmf: (x: ArrayLike, n: ArrayLike, p: ArrayLike): Value => np.exp(multinomialLog(x, n, p)),
};
