// optim.contrib: Sophia (Liu et al., 2023): momentum by the diagonal of the Hessian, which is estimated now and then.
import { StructureError } from "../../core/errors.ts";
import type { DType } from "../../core/dtypes.ts";
import { type Tree, leavesOf, structure } from "../../core/pytree.ts";
import type { AnyFunction, ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { cond } from "../../lax/control.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { PRNGKey, rademacher, split } from "../../random/draws.ts";
import { grad, jvp } from "../../transforms/autodiff.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type OptState, type ScalarOrSchedule, mapLeaves, needParams, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import type { Mask } from "../masking.ts";
import * as n from "../numerics.ts";
import { scaleByLearningRate } from "../scaling.ts";

/**
 * The diagonal of the Hessian by Hutchinson's estimator: random signs times the Hessian's product with them. Unbiased, of large variance.
 * `update` needs parameters and `{ objFn }`, the loss as a function of them alone.
 * @example const tx = optim.contrib.hutchinsonEstimatorDiagHessian(), w = np.array([1, 2]); tx.update(w, tx.init(w), w,
 * { objFn: (p: Array) => np.sum(p.mul(p).mul([1, 3])) })[0] // [2, 6]
 */
export function hutchinsonEstimatorDiagHessian(randomSeed: Value | null = null): GradientTransformation {
  return transformation<{ readonly key: Value }>(
    () => ({ key: randomSeed ?? PRNGKey(0) }),
    (_updates, state, given, { objFn }) => {
      const params = needParams("contrib.hutchinsonEstimatorDiagHessian", given);
      if (!objFn)
        throw new StructureError(
          "optim.contrib.hutchinsonEstimatorDiagHessian: update needs the loss as a function of parameters. Instead: tx.update(grads, state, params, { objFn })",
        );
      const keys = split(state.key),
        leaves = leavesOf(params) as ArrayLike[],
        own = split(keys.get(1), leaves.length);
      const signs = structure(params).unflatten(
        leaves.map((l, i) => {
          const x = asArray(l, "optim.contrib.sophia");
          return rademacher(own.get(i), x.shape, "float32").astype(x.dtype);
        }),
      );
      const gradient: AnyFunction = grad(objFn),
        product: Tree = jvp(gradient, [params], [signs])[1];
      return [mapLeaves((h, s) => h.mul(s), product, signs), { key: keys.get(0) }];
    },
  );
}
/** Options of `scaleBySophia`. */
export interface ScaleBySophiaOptions {
  readonly b1?: ArrayLike;
  readonly b2?: ArrayLike;
  readonly eps?: ArrayLike;
  /** What the diagonal is multiplied by: the smaller, the more steps are clipped. 0.01. */
  readonly gamma?: ArrayLike;
  /** The largest step of a parameter; null: no bound. 1. */
  readonly clipThreshold?: number | null;
  /** How many steps the diagonal is kept for. 10. */
  readonly updateInterval?: number;
  /** A transformation whose updates are the diagonal. Hutchinson's estimator. */
  readonly hessianDiagonalFn?: GradientTransformation;
  readonly muDtype?: DType | null;
}
interface SophiaState {
  readonly count: Value;
  readonly mu: Tree;
  readonly nu: Tree;
  readonly hessianFnState: OptState;
}
/** Momentum by the diagonal of the Hessian. Needs parameters, and what `hessianDiagonalFn` needs.
 * @example const tx = optim.contrib.scaleBySophia(), w = np.array([1, 2]); tx.update(w, tx.init(w), w, { objFn: (p: Array) => np.sum(p.mul(p)) })[0] // [1,
 * 1] */
export function scaleBySophia(options: ScaleBySophiaOptions = {}): GradientTransformation {
  const { b1 = 0.965, b2 = 0.99, eps = 1e-8, gamma = 0.01, clipThreshold = 1, updateInterval = 10, muDtype } = options;
  const diagonal = options.hessianDiagonalFn ?? hutchinsonEstimatorDiagHessian();
  const init = (params: Tree): SophiaState => ({
    ...{ count: n.zeroCount(), mu: n.zerosOf(params, muDtype), nu: n.zerosOf(params) },
    hessianFnState: diagonal.init(params) as OptState,
  });
  return transformation<SophiaState>(init, (updates, state, given, extra) => {
    const params = needParams("contrib.scaleBySophia", given),
      count = n.safeIncrement(state.count);
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const out = mapLeaves(
      (m, h) => {
        const u = m.div(np.maximum(np.multiply(gamma, h), eps));
        return clipThreshold === null ? u : np.clip(u, -clipThreshold, clipThreshold);
      },
      n.biasCorrection(mu, b1, count),
      state.nu,
    );
    const [hessianFnState, nu] = cond(
      np.remainder(state.count, updateInterval).eq(0),
      (s: OptState, old: Tree) => {
        const [h, next] = diagonal.update(updates, s, params, extra);
        return [next as OptState, n.updateMoment(h, old, b2, 1)];
      },
      (s: OptState, old: Tree) => [s, old],
      state.hessianFnState,
      state.nu,
    ) as [OptState, Tree];
    return [out, { count, mu: n.castTree(mu, muDtype), nu, hessianFnState }];
  });
}
/** Options of `sophia`. */
export interface SophiaOptions extends ScaleBySophiaOptions {
  /** 1e-4. */
  readonly weightDecay?: ScalarOrSchedule;
  readonly weightDecayMask?: Mask | null;
}
/** Sophia (Liu et al., 2023). `update` needs parameters and `{ objFn }`, the loss as a function of them alone.
 * @example const tx = optim.contrib.sophia(0.1, { weightDecay: 0 }), w = np.array([1, 2]); tx.update(w, tx.init(w), w,
 * { objFn: (p: Array) => np.sum(p.mul(p)) })[0] // [-0.1, -0.1] */
export function sophia(learningRate: ScalarOrSchedule, options: SophiaOptions = {}): GradientTransformation {
  const { weightDecay = 1e-4, weightDecayMask = null, ...rest } = options;
  return chain(scaleBySophia(rest), addDecayedWeights(weightDecay, { mask: weightDecayMask }), scaleByLearningRate(learningRate));
}
