// optim.contrib: Mechanic, which learns how large the steps of another optimizer should be (Cutkosky et al., 2023).
import type { Tree } from "../../core/pytree.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { clamp } from "../../lax/elementwise.ts";
import * as np from "../../numpy/index.ts";
import { type GradientTransformation, type OptState, mapLeaves, needParams, transformation } from "../base.ts";
import * as n from "../numerics.ts";
import { treeDtype } from "../treeUtils.ts";

/** Options of `mechanize`. */
export interface MechanizeOptions {
  /** Decay of the parameters as this learner sees it, apart from what `baseOptimizer` decays. 0.01. */
  readonly weightDecay?: ArrayLike;
  /** Keeps divisors from zero. 1e-8. */
  readonly eps?: ArrayLike;
  /** The scale to start from. 1e-6. */
  readonly sInit?: ArrayLike;
  /** How many memories there are, of lengths 10, 100, … steps; their scales add up. 6. */
  readonly numBetas?: number;
}
interface MechanicState {
  readonly baseOptimizerState: OptState;
  readonly count: Value;
  /** What was won by each memory, the largest product so far, the sum of squares, and the scale: [numBetas]. */
  readonly r: Value;
  readonly m: Value;
  readonly v: Value;
  readonly s: Value;
  /** The parameters at the first update. */
  readonly x0: Tree;
}
/**
 * The updates of `baseOptimizer`, scaled by a factor that is learned from the gradients. Its learning rate should be 1, or a schedule whose peak is 1.
 * Needs parameters. Its numbers have the narrowest type of the parameters.
 * @example const tx = optim.contrib.mechanize(optim.sgd(1), { sInit: 0.1, weightDecay: 0 }), w = np.array([1, 2]); tx.update(np.array([3, 4]), tx.init(w),
 * w)[0] // [-0.3, -0.4]
 */
export function mechanize(baseOptimizer: GradientTransformation, options: MechanizeOptions = {}): GradientTransformation {
  const { weightDecay = 1e-2, eps = 1e-8, sInit = 1e-6, numBetas = 6 } = options;
  return transformation<MechanicState>(
    (params) => {
      const dtype = treeDtype(params, "lowest"),
        zeros = (): Value => np.zeros([numBetas], { dtype });
      return {
        baseOptimizerState: baseOptimizer.init(params) as OptState,
        count: n.zeroCount(),
        r: zeros(),
        m: zeros(),
        v: zeros(),
        s: np.ones([numBetas], { dtype }).mul(sInit),
        x0: params,
      };
    },
    (updates, state, given, extra) => {
      const params = needParams("contrib.mechanize", given);
      const [steps, baseOptimizerState] = baseOptimizer.update(updates, state.baseOptimizerState, params, extra);
      // Whoever loads other weights after init starts from those.
      const x0 = n.choose(state.count.eq(0), params, state.x0),
        scale = np.sum(state.s);
      const pull = np.multiply(weightDecay, scale).mul(n.globalNorm(updates)).div(n.globalNorm(params).add(eps));
      const grads = mapLeaves((g, p) => g.add(pull.mul(p)), updates, params);
      // The unscaled way so far, found again from the parameters instead of being kept.
      const way = mapLeaves((x, from) => from.sub(x).div(scale.add(eps)), params, x0);
      const h = n.vdot(grads, way),
        held = clamp(np.negative(state.m), np.onesLike(state.m).mul(h), state.m);
      const betas = np.array(Float64Array.from({ length: numBetas }, (_x, i) => 1 - 0.1 ** (i + 1))).astype(state.s.dtype);
      const m = np.maximum(betas.mul(state.m), np.abs(h).add(eps)),
        v = np.square(betas).mul(state.v).add(np.square(h)),
        r = betas.mul(state.r).add(held.mul(state.s));
      const wealth = np.divide(sInit, numBetas).mul(m).add(np.maximum(0, r)),
        s = wealth.div(np.sqrt(v).add(eps)),
        total = np.sum(s);
      const out = mapLeaves((p, from, w, u) => from.sub(total.mul(w.sub(u))).sub(p), params, x0, way, steps);
      return [out, { baseOptimizerState, count: n.safeIncrement(state.count), r, m, v, s, x0 }];
    },
  );
}
