// Transformations that add to the updates: weight decay, noise; and those that keep parameters or updates in bounds.
import type { Tree } from "../core/pytree.ts";
import { leavesOf, structure } from "../core/pytree.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { type GradientTransformation, type ScalarOrSchedule, isSchedule, mapLeaves, needParams, statelessOf, transformation } from "./base.ts";
import { type KeyOptions, keyOf } from "./keys.ts";
import { type Mask, masked } from "./masking.ts";
import * as n from "./numerics.ts";

/** Options of `addDecayedWeights`. */
export interface AddDecayedWeightsOptions {
  /** Which leaves decay: a tree of booleans, or a function of the parameters that gives one. */
  readonly mask?: Mask | null;
}
/** Adds `weightDecay · parameter` to each update.
 * @example const tx = optim.addDecayedWeights(0.1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.6, -0.8] */
export function addDecayedWeights(weightDecay: ScalarOrSchedule = 0, q: AddDecayedWeightsOptions = {}): GradientTransformation {
  const mask = q.mask ?? null;
  const all = isSchedule(weightDecay)
    ? transformation<{ readonly count: Value }>(
        () => ({ count: n.zeroCount() }),
        (u, state, p) => [n.addScaled(u, weightDecay(state.count), needParams("addDecayedWeights", p)), { count: n.safeIncrement(state.count) }],
      )
    : statelessOf((u, p) => {
        const params = needParams("addDecayedWeights", p);
        return weightDecay === 0 ? u : n.addScaled(u, weightDecay, params);
      });
  return mask === null ? all : masked(all, mask);
}
/** Adds normal noise of variance eta / (1 + step)^gamma (Neelakantan et al., 2015).
 * @example const tx = optim.addNoise(0, 0.55, random.key(0)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [3, 4] } */
export function addNoise(eta: ArrayLike, gamma: ArrayLike, ...rest: Tail<[key: Value | number], KeyOptions>): GradientTransformation {
  const key = keyOf("addNoise", options<KeyOptions>("optim.addNoise", ["key", "seed"], rest));
  return transformation<{ readonly count: Value; readonly rngKey: Value }>(
    () => ({ count: n.zeroCount(), rngKey: key }),
    (updates, state) => {
      const count = n.safeIncrement(state.count);
      const deviation = np.sqrt(np.divide(eta, np.power(count, gamma)));
      const [rngKey, sampleKey] = both(state.rngKey);
      const leaves = leavesOf(updates) as Value[];
      const keys = random.split(sampleKey, leaves.length);
      const noisy = leaves.map((g, i) => g.add(deviation.mul(random.normal(keys.get(i), g.shape, { dtype: g.dtype }))));
      return [structure(updates).unflatten(noisy), { count, rngKey }];
    },
  );
}
const both = (key: Value): [Value, Value] => {
  const two = random.split(key);
  return [two.get(0), two.get(1)];
};
/** Changes updates so that no parameter falls below zero.
 * @example const tx = optim.keepParamsNonnegative(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export const keepParamsNonnegative = (): GradientTransformation =>
  statelessOf((u, p) => mapLeaves((g, q) => np.where(q.add(g).lt(0), np.negative(q), g), u, needParams("keepParamsNonnegative", p)));
/** Zeros in place of NaNs; the state says in which leaves there were any.
 * @example const tx = optim.zeroNans(), w = np.array([1, 2]); tx.update(np.array([NaN, -1]), tx.init(w), w)[0] // [0, -1] */
export const zeroNans = (): GradientTransformation =>
  transformation<{ readonly foundNan: Tree }>(
    (params) => ({ foundNan: mapLeaves(() => np.array(false), params) }),
    (updates) => [mapLeaves((g) => np.where(np.isnan(g), np.zerosLike(g), g), updates), { foundNan: mapLeaves((g) => np.any(np.isnan(g)), updates) }],
  );
