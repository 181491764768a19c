// optim.perturbations: functions that are flat almost everywhere, made differentiable by noise (Berthet et al., 2020).
import type { Tree } from "../core/pytree.ts";
import type { DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { stopGradient } from "../lax/elementwise.ts";
import * as np from "../numpy/index.ts";
import { gumbel, normal, split } from "../random/draws.ts";
import { vmap } from "../transforms/vectorize.ts";
import { mapLeaves } from "./base.ts";
import { addScaled, scaleTree } from "./numerics.ts";
import { treeRandomLike, treeSum } from "./treeUtils.ts";

/** Noise: how it is drawn, and the logarithm of its density up to a constant. */
export interface Noise {
  sample(key: Value, sampleShape: readonly number[], dtype?: DType): Value;
  logProb(inputs: ArrayLike): Value;
}
/** Standard normal noise. */
export class Normal implements Noise {
  /** Draws of a shape. */
  sample(key: Value, sampleShape: readonly number[] = [], dtype: DType = "float32"): Value {
    return normal(key, sampleShape, dtype);
  }
  /** −x² / 2. */
  logProb(inputs: ArrayLike): Value {
    return np.square(inputs).mul(-0.5);
  }
}
/** Gumbel's noise, whose perturbed maxima are softmax. */
export class Gumbel implements Noise {
  /** Draws of a shape. */
  sample(key: Value, sampleShape: readonly number[] = [], dtype: DType = "float32"): Value {
    return gumbel(key, sampleShape, dtype);
  }
  /** −x − e⁻ˣ. */
  logProb(inputs: ArrayLike): Value {
    return np.negative(inputs).sub(np.exp(np.negative(inputs)));
  }
}
/** Options of `makePerturbedFun`. */
export interface PerturbedOptions {
  /** How many draws are averaged. 1000. */
  readonly numSamples?: number;
  /** How much noise is added. 0.1. */
  readonly sigma?: ArrayLike;
  /** `new Gumbel()`. */
  readonly noise?: Noise;
  /** Whether the value without noise is taken off in gradients, so that they vary less. True. */
  readonly useBaseline?: boolean;
}
/**
 * The mean of a function over noise on its argument, a pytree: `(key, x) → mean of fun(x + sigma·noise)`. Its derivatives, which are those of the mean, need none
 * of the function's own.
 * @example const best = optim.perturbations.makePerturbedFun((x: Array) => nn.oneHot(np.argmax(x), 2), { numSamples: 10 }); best(random.key(0), np.array([0,
 * 9])) // [0, 1]
 */
export function makePerturbedFun<T, R>(fun: (x: T) => R, options: PerturbedOptions = {}): (key: Value, x: T) => R {
  const { numSamples = 1000, sigma = 0.1, noise = new Gumbel(), useBaseline = true } = options;
  const constant = (tree: T): T => mapLeaves((l) => stopGradient(l), tree);
  return (key, x) => {
    const baseline: Tree = useBaseline ? fun(constant(x)) : null;
    const one = (k: Value): R => {
      const drawn = treeRandomLike(k, x, { sampler: (own, shape, dtype) => noise.sample(own, shape, dtype) });
      const shifted = constant(addScaled(x, sigma, drawn));
      const log = treeSum(mapLeaves((at, from) => noise.logProb(at.sub(from).div(sigma)), shifted, x));
      // Its value is 1, its derivative that of the logarithm.
      const box = np.exp(log.sub(stopGradient(log)));
      const out = scaleTree(box, fun(shifted));
      return useBaseline ? addScaled(out, np.subtract(1, box), baseline) : out;
    };
    return mapLeaves((l) => np.mean(l, { axis: 0 }), vmap(one)(split(key, numSamples)) as unknown as R);
  };
}
