// scipy.stats: density estimates by Gaussian kernels (Scott, 1992).
import { registerPytreeNodeClass } from "../../core/pytree.ts";
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, promoteInexact } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { logsumexp } from "../../nn/index.ts";
import * as random from "../../random/index.ts";
import { ndtr } from "../special.ts";

/** Options of `gaussianKde`. */
export interface GaussianKdeOptions {
  /** How wide the kernels are: a rule, a factor, or a function of the estimate. "scott" by default. */
  readonly bwMethod?: "scott" | "silverman" | number | ((kde: GaussianKde) => ArrayLike) | null;
  readonly weights?: ArrayLike | null;
}
const rows = (x: Value): Value => (x.ndim < 2 ? np.reshape(x, [1, -1]) : x);
const LOG_TAU = Math.log(2 * Math.PI);

/** A density estimate: points in `dataset`, an axis a coordinate first, each with a Gaussian kernel. */
export class GaussianKde {
  /** @internal use `gaussianKde` */
  constructor(
    readonly neff: Value,
    readonly dataset: Value,
    readonly weights: Value,
    readonly covariance: Value,
    readonly invCov: Value,
  ) {}
  static of(dataset: ArrayLike, options: GaussianKdeOptions = {}): GaussianKde {
    const fn = "gaussianKde";
    const [data] = promoteInexact(fn, [rows(asArray(dataset, fn, "dataset"))]) as [Value];
    if (data.size < 2) throw new ShapeError(`${fn}: the data has several elements, got ${data.aval}`);
    const [d, n] = data.shape as [number, number];
    const given = options.weights ?? null;
    const raw = given === null ? np.full([n], 1 / n, { dtype: data.dtype }) : asArray(given, fn, "weights").astype(data.dtype);
    if (raw.ndim !== 1 || raw.size !== n) throw new ShapeError(`${fn}: weights are ${n} numbers, one a point, got ${raw.aval}`);
    const weights = given === null ? raw : raw.div(np.sum(raw));
    const neff = np.divide(1, np.sum(weights.mul(weights)));
    const method = options.bwMethod ?? "scott";
    const bare = (factor: ArrayLike): GaussianKde => {
      const covariance = np.reshape(np.cov(data, { aweights: weights, bias: false }), [d, d]);
      const square = np.square(factor);
      return new GaussianKde(neff, data, weights, covariance.mul(square), np.linalg.inv(covariance).div(square));
    };
    if (method === "scott") return bare(np.power(neff, -1 / (d + 4)));
    if (method === "silverman") return bare(np.power(neff.mul((d + 2) / 4), -1 / (d + 4)));
    if (typeof method === "number") return bare(method);
    if (typeof method === "function") return bare(method(bare(1)));
    throw new ArgumentError(`${fn}: bwMethod is ${JSON.stringify(method)}, expected "scott", "silverman", a number or a function`);
  }
  /** Number of coordinates. */
  get d(): number {
    return this.dataset.shape[0]!;
  }
  /** Number of points. */
  get n(): number {
    return this.dataset.shape[1]!;
  }
  #points(x: ArrayLike): Value {
    const p = rows(asArray(x, "gaussianKde", "the points"));
    if (p.shape[0] === this.d) return p;
    if (p.shape[0] === 1 && p.shape[1] === this.d) return np.reshape(p, [this.d, 1]);
    throw new ShapeError(`gaussianKde: points have ${this.d} coordinates on the first axis, got ${p.aval}`);
  }
  /** Logarithms of the weighted kernels, a row a point. */
  #kernels(x: ArrayLike): Value {
    const whitening = np.linalg.cholesky(this.invCov);
    const white = (v: Value): Value => np.matmul(np.transpose(v), whitening);
    const difference = np.expandDims(white(this.#points(x)), 1).sub(np.expandDims(white(this.dataset), 0));
    const logNorm = np.sum(np.log(np.diag(whitening))).sub((this.d / 2) * LOG_TAU);
    return logNorm.sub(np.sum(np.square(difference), { axis: -1 }).mul(0.5));
  }
  /** The density at points: coordinates on the first axis. */
  evaluate(points: ArrayLike): Value {
    return np.sum(np.exp(this.#kernels(points)).mul(this.weights), { axis: -1 });
  }
  /** The density at points. */
  pdf(points: ArrayLike): Value {
    return this.evaluate(points);
  }
  /** Its logarithm. */
  logpdf(points: ArrayLike): Value {
    return logsumexp(this.#kernels(points).add(np.log(this.weights)), { axis: -1 }) as Value;
  }
  /** Σ weight · N(x; mean, covariance) for each column of `means`. */
  #convolved(covariance: Value, points: Value, weights: Value, mean: Value): Value {
    const factor = np.linalg.cholesky(covariance);
    const difference = points.sub(np.reshape(mean, [-1, 1]));
    const half = np.linalg.solve(factor, difference);
    const norm = np.exp(np.sum(np.log(np.diag(factor))).add((this.d / 2) * LOG_TAU));
    return np.sum(np.exp(np.sum(np.square(half), { axis: 0 }).mul(-0.5)).mul(weights)).div(norm);
  }
  /** The integral of the density times a Gaussian. */
  integrateGaussian(mean: ArrayLike, cov: ArrayLike): Value {
    const m = np.reshape(asArray(mean, "gaussianKde"), [-1]);
    const c = asArray(cov, "gaussianKde");
    if (m.size !== this.d) throw new ShapeError(`gaussianKde.integrateGaussian: the mean has ${this.d} coordinates, got ${m.size}`);
    if (c.size !== this.d * this.d) throw new ShapeError(`gaussianKde.integrateGaussian: the covariance is ${this.d} × ${this.d}, got ${c.aval}`);
    return this.#convolved(this.covariance.add(np.reshape(c, [this.d, this.d])), this.dataset, this.weights, m);
  }
  /** The integral from low to high, of one coordinate. */
  integrateBox1d(low: ArrayLike, high: ArrayLike): Value {
    if (this.d !== 1) throw new ShapeError(`gaussianKde.integrateBox1d: one coordinate is expected, the data has ${this.d}`);
    const sigma = np.sqrt(np.reshape(this.covariance, []));
    const below = (x: ArrayLike): Value => ndtr(np.subtract(x, this.dataset.get(0)).div(sigma));
    return np.sum(this.weights.mul(below(high).sub(below(low))));
  }
  /** The integral of the product with another estimate. */
  integrateKde(other: GaussianKde): Value {
    if (other.d !== this.d) throw new ShapeError(`gaussianKde.integrateKde: both have as many coordinates, got ${this.d} and ${other.d}`);
    const covariance = this.covariance.add(other.covariance);
    const [few, many] = this.n < other.n ? [this, other] : [other, this];
    const parts = Array.from({ length: few.n }, (_x, i) =>
      this.#convolved(covariance, many.dataset, many.weights, few.dataset.get(":", i)).mul(few.weights.get(i)),
    );
    return parts.reduce((a, b) => a.add(b));
  }
  /** Draws points from the density: coordinates on the first axis. */
  resample(key: Value, shape: readonly number[] = []): Value {
    const two = random.split(key);
    const index = random.choice(two.get(0), this.n, { shape, p: this.weights });
    const noise = random.multivariateNormal(two.get(1), np.zeros([this.d], { dtype: this.covariance.dtype }), this.covariance, { shape });
    return np.take(this.dataset, index, { axis: 1 }).add(np.moveaxis(noise, -1, 0).astype(this.dataset.dtype));
  }
  treeFlatten(): [Value[], null] {
    return [[this.neff, this.dataset, this.weights, this.covariance, this.invCov], null];
  }
  static treeUnflatten(_aux: null, c: readonly Value[]): GaussianKde {
    return new GaussianKde(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!);
  }
}
registerPytreeNodeClass(GaussianKde);
/** Estimates the density of points, coordinates on the first axis (a vector is points of one coordinate).
 * @example scipy.stats.gaussianKde(np.array([0, 1, 2])).evaluate([1]) // [0.3182] */
export const gaussianKde = (dataset: ArrayLike, options: GaussianKdeOptions = {}): GaussianKde => GaussianKde.of(dataset, options);
