// A normal distribution of independent coordinates, for estimators that draw and weigh by density.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { normal } from "../random/index.ts";

/** Normal draws of mean `loc` and deviation exp(`logScale`), coordinate by coordinate. */
export class MultiNormalDiagFromLogScale {
  /** The means. */
  readonly mean: Value;
  /** The logarithms of the deviations. */
  readonly logScale: Value;
  readonly #scale: Value;
  constructor(loc: ArrayLike, logScale: ArrayLike) {
    this.mean = np.asarray(loc);
    this.logScale = np.asarray(logScale);
    this.#scale = np.exp(this.logScale);
  }
  /** Draws: [...shape, ...the shape of a point]. */
  sample(shape: readonly number[], key: Value): Value {
    return normal(key, [...shape, ...this.#point()])
      .mul(this.#scale)
      .add(this.mean);
  }
  /** The logarithm of the density at points [..., ...the shape of a point]. */
  logProb(x: ArrayLike): Value {
    const distance = np.subtract(x, this.mean).div(this.#scale),
      log = np
        .square(distance)
        .mul(-0.5)
        .sub(this.logScale)
        .sub(0.5 * Math.log(2 * Math.PI));
    return np.sum(log, { axis: this.#point().map((_n, i) => -(i + 1)) });
  }
  /** Mean and log-deviations. */
  get params(): [mean: Value, logScale: Value] {
    return [this.mean, this.logScale];
  }
  #point(): readonly number[] {
    return np.broadcastShapes(this.mean.shape, this.logScale.shape);
  }
}
/** The distribution of independent normal coordinates.
 * @example optim.multiNormal(np.array([0, 0]), np.array([0, 0])).logProb(np.array([0, 0])) // -1.838 */
export const multiNormal = (loc: ArrayLike, logScale: ArrayLike): MultiNormalDiagFromLogScale => new MultiNormalDiagFromLogScale(loc, logScale);
