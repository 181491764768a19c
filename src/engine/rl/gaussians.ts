// Distributions of continuous actions, as collections of functions of their parameters: Gaussian ones with independent components along the last axis.
import { ArgumentError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { softplus } from "../nn/index.ts";
import { normal } from "../random/draws.ts";
import { floats } from "./check.ts";

/** The functions of a continuous distribution of vectors; `sigma` is one number or one for each component. */
export interface ContinuousDistribution<Extra extends readonly unknown[] = []> {
  /** A vector, in the shape of `mu`. */
  sample(key: Value, mu: ArrayLike, sigma?: ArrayLike, ...extra: Extra): Value;
  /** Densities. */
  prob(sample: ArrayLike, mu: ArrayLike, sigma?: ArrayLike, ...extra: Extra): Value;
  /** Logarithms of densities. */
  logprob(sample: ArrayLike, mu: ArrayLike, sigma?: ArrayLike, ...extra: Extra): Value;
  entropy(mu: ArrayLike, sigma?: ArrayLike): Value;
  klToStandardNormal(mu: ArrayLike, sigma?: ArrayLike): Value;
  kl(mu0: ArrayLike, sigma0: ArrayLike, mu1: ArrayLike, sigma1: ArrayLike): Value;
}
interface Gaussian {
  readonly mu: Value;
  readonly sigma: Value;
}
const LOG_2PI = Math.log(2 * Math.PI);
const gaussian = (fn: string, mu: ArrayLike, sigma: ArrayLike): Gaussian => {
  const m = floats(fn, "mu", mu);
  return { mu: m, sigma: np.onesLike(m).mul(sigma) };
};
const gaussianDraw = (key: Value, { mu, sigma }: Gaussian): Value => sigma.mul(normal(key, mu.shape, mu.dtype)).add(mu);
const gaussianLogprob = (sample: ArrayLike, { mu, sigma }: Gaussian): Value =>
  np.sum(
    np
      .square(np.subtract(sample, mu).div(sigma))
      .mul(-0.5)
      .sub(np.log(sigma))
      .sub(LOG_2PI / 2),
    { axis: -1 },
  );
const gaussianEntropy = ({ sigma }: Gaussian): Value => np.sum(np.log(sigma).add((1 + LOG_2PI) / 2), { axis: -1 });
const gaussianKl = (p: Gaussian, q: Gaussian): Value => {
  const ratio = np.square(p.sigma.div(q.sigma));
  return np.sum(
    np
      .square(p.mu.sub(q.mu).div(q.sigma))
      .add(ratio.sub(1).sub(np.log(ratio)))
      .mul(0.5),
    { axis: -1 },
  );
};
const standard = ({ mu }: Gaussian): Gaussian => ({ mu: np.zerosLike(mu), sigma: np.onesLike(mu) });

/** Relative entropy of two Gaussian distributions with independent components; `sigma` are standard deviations. Over the last axis.
 * @example rl.multivariateNormalKlDivergence(np.array([0]), np.array([[1]]), np.array([1]), np.array([[1]])).shape // [1] */
export const multivariateNormalKlDivergence = (mu0: ArrayLike, sigma0: ArrayLike, mu1: ArrayLike, sigma1: ArrayLike): Value =>
  gaussianKl(gaussian("multivariateNormalKlDivergence", mu0, sigma0), gaussian("multivariateNormalKlDivergence", mu1, sigma1));

/** Options of `gaussianDiagonal`. */
export interface GaussianDiagonalOptions {
  /** The standard deviation. Where it is missing, the functions take it after `mu`. */
  readonly sigma?: ArrayLike | null;
}
/** A Gaussian distribution with independent components.
 * @example rl.gaussianDiagonal().logprob(np.array([0]), np.array([0]), np.array([1])) // -0.9189 */
export function gaussianDiagonal(...rest: Tail<[sigma: ArrayLike | null], GaussianDiagonalOptions>): ContinuousDistribution {
  const own = options<GaussianDiagonalOptions>("rl.gaussianDiagonal", ["sigma"], rest).sigma ?? null;
  const of = (mu: ArrayLike, sigma?: ArrayLike): Gaussian => {
    const s = sigma ?? own;
    if (s === null) throw new ArgumentError("rl.gaussianDiagonal: sigma is missing. Instead: rl.gaussianDiagonal(0.1), or give it after mu");
    return gaussian("gaussianDiagonal", mu, s);
  };
  return {
    sample: (key, mu, sigma) => gaussianDraw(key, of(mu, sigma)),
    prob: (sample, mu, sigma) => np.exp(gaussianLogprob(sample, of(mu, sigma))),
    logprob: (sample, mu, sigma) => gaussianLogprob(sample, of(mu, sigma)),
    entropy: (mu, sigma) => gaussianEntropy(of(mu, sigma)),
    klToStandardNormal: (mu, sigma) => gaussianKl(of(mu, sigma), standard(of(mu, sigma))),
    kl: (mu0, sigma0, mu1, sigma1) => gaussianKl(of(mu0, sigma0), of(mu1, sigma1)),
  };
}
/** Bounds of continuous actions, one number or one for each component. */
export interface ActionSpec {
  readonly minimum: ArrayLike;
  readonly maximum: ArrayLike;
}
/** Options of `squashedGaussian`. */
export interface SquashedGaussianOptions {
  /** Bounds of the logarithm of the standard deviation. −4 and 0. */
  readonly sigmaMin?: ArrayLike;
  readonly sigmaMax?: ArrayLike;
}
/**
 * A Gaussian distribution whose draws are squashed by tanh into the bounds of the actions (−1 to 1 where there are none). What is given as `mu` and
 * `sigma` is squashed too: the mean is tanh(mu), the logarithm of the deviation lies between the bounds. Entropy and kl are of the Gaussian within.
 * @example rl.squashedGaussian().entropy(np.array([0]), np.array([0])) // -0.5811
 */
export function squashedGaussian(
  ...rest: Tail<[sigmaMin: ArrayLike, sigmaMax: ArrayLike], SquashedGaussianOptions>
): ContinuousDistribution<[actionSpec?: ActionSpec | null]> {
  const { sigmaMin = -4, sigmaMax = 0 } = options<SquashedGaussianOptions>("rl.squashedGaussian", ["sigmaMin", "sigmaMax"], rest);
  const of = (mu: ArrayLike, sigma: ArrayLike = 0): Gaussian => {
    const log = np.add(sigmaMin, np.multiply(0.5, np.subtract(sigmaMax, sigmaMin)).mul(np.tanh(sigma).add(1)));
    return gaussian("squashedGaussian", np.tanh(floats("squashedGaussian", "mu", mu)), np.exp(log));
  };
  const scaleOf = (spec: ActionSpec): Value => np.subtract(spec.maximum, spec.minimum).mul(0.5);
  const squash = (x: Value, spec?: ActionSpec | null): Value => (spec ? np.add(spec.minimum, scaleOf(spec).mul(np.tanh(x).add(1))) : np.tanh(x));
  const logprob = (sample: ArrayLike, mu: ArrayLike, sigma?: ArrayLike, spec?: ActionSpec | null): Value => {
    const inUnit = spec ? np.subtract(sample, spec.minimum).div(scaleOf(spec)).sub(1) : np.asarray(sample);
    const x = np.arctanh(inUnit);
    // The logarithm of the derivative of tanh, without cancellation.
    const slope = np
      .subtract(Math.LN2, x)
      .sub(softplus(x.mul(-2)))
      .mul(2);
    const volume = spec ? slope.add(np.log(scaleOf(spec))) : slope;
    return gaussianLogprob(x, of(mu, sigma)).sub(np.sum(volume, { axis: -1 }));
  };
  return {
    sample: (key, mu, sigma, spec) => squash(gaussianDraw(key, of(mu, sigma)), spec),
    prob: (sample, mu, sigma, spec) => np.exp(logprob(sample, mu, sigma, spec)),
    logprob,
    entropy: (mu, sigma) => gaussianEntropy(of(mu, sigma)),
    klToStandardNormal: (mu, sigma) => gaussianKl(of(mu, sigma), standard(of(mu, sigma))),
    kl: (mu0, sigma0, mu1, sigma1) => gaussianKl(of(mu0, sigma0), of(mu1, sigma1)),
  };
}
