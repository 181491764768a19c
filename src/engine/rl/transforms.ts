// Monotonic functions that squeeze values, with their inverses, element by element; and numbers as two neighbouring bins of a histogram.
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { sigmoid as logistic } from "../nn/index.ts";
import { floats } from "./check.ts";
import { oneHot } from "./base.ts";

/** x itself.
 * @example rl.identity(np.array([1, 2])) // [1, 2] */
export const identity = (x: ArrayLike): Value => floats("identity", "x", x);
/** 1 / (1 + e⁻ˣ).
 * @example rl.sigmoid(np.array([0, 2])) // [0.5, 0.8808] */
export const sigmoid = (x: ArrayLike): Value => logistic(floats("sigmoid", "x", x));
/** The inverse of `sigmoid`: −log(1 / x − 1).
 * @example rl.logit(np.array([0.5, 0.9])) // [0, 2.197] */
export const logit = (x: ArrayLike): Value => np.negative(np.log(np.divide(1, floats("logit", "x", x)).sub(1)));
/** sign(x)·f(|x|). */
const odd = (fn: string, x: ArrayLike, f: (size: Value) => Value): Value => {
  const v = floats(fn, "x", x);
  return np.sign(v).mul(f(np.abs(v)));
};
/** sign(x)·log(1 + |x|).
 * @example rl.signedLogp1(np.array([-1, 1])) // [-0.6931, 0.6931] */
export const signedLogp1 = (x: ArrayLike): Value => odd("signedLogp1", x, np.log1p);
/** The inverse of `signedLogp1`: sign(x)·(e^|x| − 1).
 * @example rl.signedExpm1(np.array([-1, 1])) // [-1.718, 1.718] */
export const signedExpm1 = (x: ArrayLike): Value => odd("signedExpm1", x, np.expm1);
/** Options of `signedHyperbolic` and `signedParabolic`. */
export interface HyperbolicOptions {
  /** The slope that is left for large numbers. 1e-3. */
  readonly eps?: number;
}
/** sign(x)·(√(|x| + 1) − 1) + ε·x (Pohlen et al., 2018).
 * @example rl.signedHyperbolic(np.array([-3, 3])) // [-1.003, 1.003] */
export function signedHyperbolic(x: ArrayLike, ...rest: Tail<[eps: number], HyperbolicOptions>): Value {
  const { eps = 1e-3 } = options<HyperbolicOptions>("rl.signedHyperbolic", ["eps"], rest);
  return odd("signedHyperbolic", x, (s) => np.sqrt(s.add(1)).sub(1)).add(np.multiply(eps, x));
}
/** The inverse of `signedHyperbolic`.
 * @example rl.signedParabolic(rl.signedHyperbolic(np.array([-3, 3]))) // [-3, 3] */
export function signedParabolic(x: ArrayLike, ...rest: Tail<[eps: number], HyperbolicOptions>): Value {
  const { eps = 1e-3 } = options<HyperbolicOptions>("rl.signedParabolic", ["eps"], rest);
  return odd("signedParabolic", x, (s) => {
    const z = np
      .sqrt(
        s
          .add(eps + 1)
          .mul(4 * eps)
          .add(1),
      )
      .div(2)
      .div(eps)
      .sub(1 / (2 * eps));
    return np.square(z).sub(1);
  });
}
/** sinh x.
 * @example rl.hyperbolicSin(np.array([0, 1])) // [0, 1.175] */
export const hyperbolicSin = (x: ArrayLike): Value => np.sinh(floats("hyperbolicSin", "x", x));
/** The inverse of `hyperbolicSin`: arsinh x.
 * @example rl.hyperbolicArcsin(np.array([0, 1])) // [0, 0.8814] */
export const hyperbolicArcsin = (x: ArrayLike): Value => np.arcsinh(floats("hyperbolicArcsin", "x", x));
/** sign(x)·((|x| / √p + 1)ᵖ − 1) / √p. With 1 / p it is the inverse (Schaul et al., 2021).
 * @example rl.power(np.array([2, 3]), 2) // [3.414, 6.182] */
export const power = (x: ArrayLike, p: ArrayLike): Value => {
  const root = np.sqrt(p);
  return odd("power", x, (s) => np.power(s.div(root).add(1), p).sub(1).div(root));
};
/**
 * Numbers as weights of the two bins beside them, which are spread evenly from `minValue` to `maxValue`. What lies outside counts as the bound.
 * @param scalar floats of any shape, [...]
 * @returns weights that add up to 1, [..., numBins]
 * @example rl.transformTo2hot(np.array(0.25), 0, 1, 3) // [0.5, 0.5, 0]
 */
export function transformTo2hot(scalar: ArrayLike, minValue: number, maxValue: number, numBins: number): Value {
  const x = np.clip(floats("transformTo2hot", "scalar", scalar), minValue, maxValue);
  const range = maxValue - minValue,
    bin = x
      .sub(minValue)
      .div(range)
      .mul(numBins - 1);
  const [lower, upper] = [np.floor(bin), np.ceil(bin)];
  const valueOf = (at: Value): Value =>
    at
      .div(numBins - 1)
      .mul(range)
      .add(minValue);
  // Where both bins are one, the small number makes the weight of the lower one 0, and the upper one's 1.
  const weight = valueOf(upper)
    .sub(x)
    .div(valueOf(upper).sub(valueOf(lower)).add(1e-5));
  const hot = (at: Value, w: Value): Value => oneHot(at, numBins, { dtype: x.dtype }).mul(np.expandDims(w, -1));
  return hot(lower, weight).add(hot(upper, np.subtract(1, weight)));
}
/**
 * The mean of a histogram over bins that are spread evenly from `minValue` to `maxValue`.
 * @param probs weights, floats [..., numBins]
 * @returns [...]
 * @example rl.transformFrom2hot(np.array([0.5, 0.5, 0]), 0, 1, 3) // 0.25
 */
export function transformFrom2hot(probs: ArrayLike, minValue: number, maxValue: number, numBins: number): Value {
  const p = floats("transformFrom2hot", "probs", probs);
  return transformFrom2hotNonlinear(p, np.linspace(minValue, maxValue, { num: numBins }).astype(p.dtype));
}
/** `transformTo2hot` with any ascending bins, [N]: [...] → [..., N].
 * @example rl.transformTo2hotNonlinear(np.array(2), np.array([0, 1, 5])) // [0, 0.75, 0.25] */
export function transformTo2hotNonlinear(scalar: ArrayLike, bins: ArrayLike): Value {
  const b = floats("transformTo2hotNonlinear", "bins", bins);
  const x = np.clip(floats("transformTo2hotNonlinear", "scalar", scalar), b.get(0), b.get(-1));
  const upper = np.argmax(np.expandDims(x, -1).le(b), { axis: -1 }),
    lower = upper.sub(1);
  const weight = b
    .get(upper)
    .sub(x)
    .div(b.get(upper).sub(b.get(lower)));
  const hot = (at: Value, w: Value): Value => oneHot(at, b.shape[0]!).mul(np.expandDims(w, -1));
  return hot(lower, weight).add(hot(upper, np.subtract(1, weight)));
}
/** The mean of a histogram over any bins, [N]: [..., N] → [...].
 * @example rl.transformFrom2hotNonlinear(np.array([0, 0.75, 0.25]), np.array([0, 1, 5])) // 2 */
export const transformFrom2hotNonlinear = (probs: ArrayLike, bins: ArrayLike): Value => np.sum(np.multiply(probs, bins), { axis: -1 });
