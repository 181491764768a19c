// optim.contrib: gradient descent with differential privacy (Abadi et al., 2016): each example's gradient is clipped, and their sum is blurred by noise.
import { leavesOf, structure } from "../../core/pytree.ts";
import type { Tail } from "../../core/signature.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { options } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import { type GradientTransformation, type ScalarOrSchedule, identity, transformation } from "../base.ts";
import { perExampleGlobalNormClip } from "../clipping.ts";
import { chain } from "../combining.ts";
import { type KeyOptions, keyOf } from "../keys.ts";
import { scaleByLearningRate } from "../scaling.ts";
import { trace } from "../accumulation.ts";

interface PrivateState {
  readonly rngKey: Value;
}
/**
 * Gradients of single examples (the batch is the first axis of every leaf, as `vmap(grad(loss))` gives them) → their private mean: each is clipped to the norm
 * `l2NormClip`, and normal noise of deviation `l2NormClip · noiseMultiplier` is added to the sum. It comes first in a chain.
 * ShapeError where the leaves' first axes differ.
 * @example const tx = optim.contrib.differentiallyPrivateAggregate(1, 0, random.key(0)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([[3, 4], [0, 0.5]]) }, tx.init(params), params)[0] // { w: [0.3, 0.65] }
 */
export function differentiallyPrivateAggregate(
  l2NormClip: ArrayLike,
  noiseMultiplier: ArrayLike,
  ...rest: Tail<[key: Value | number], KeyOptions>
): GradientTransformation {
  const who = "contrib.differentiallyPrivateAggregate",
    rngKey = keyOf(who, options<KeyOptions>(who, ["key"], rest)),
    deviation = np.multiply(l2NormClip, noiseMultiplier);
  return transformation<PrivateState>(
    () => ({ rngKey }),
    (updates, state) => {
      const [sum] = perExampleGlobalNormClip(leavesOf(updates) as Value[], l2NormClip),
        batch = (leavesOf(updates)[0] as Value).shape[0]!,
        keys = random.split(state.rngKey, sum.length + 1);
      const noisy = sum.map((g, i) => g.add(deviation.mul(random.normal(keys.get(i + 1), g.shape, { dtype: g.dtype }))).div(batch));
      return [structure(updates).unflatten(noisy), { rngKey: keys.get(0) }];
    },
  );
}
/** Options of `dpsgd`. */
export interface DpsgdOptions {
  /** The decay of momentum; null is none. */
  readonly momentum?: ArrayLike | null;
  /** Whether momentum is Nesterov's. False. */
  readonly nesterov?: boolean;
}
/** Stochastic gradient descent whose gradients are aggregated by `differentiallyPrivateAggregate`: updates take gradients of single examples.
 * @example const tx = optim.contrib.dpsgd(1, 1, 0, 0); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([[3, 4], [0, 0.5]]) }, tx.init(params), params)[0] // { w: [-0.3, -0.65] } */
export function dpsgd(
  learningRate: ScalarOrSchedule,
  l2NormClip: ArrayLike,
  noiseMultiplier: ArrayLike,
  seed: number,
  q: DpsgdOptions = {},
): GradientTransformation {
  const { momentum = null, nesterov = false } = q;
  return chain(
    differentiallyPrivateAggregate(l2NormClip, noiseMultiplier, seed),
    momentum === null ? identity() : trace(momentum, { nesterov }),
    scaleByLearningRate(learningRate),
  );
}
