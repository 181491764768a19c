// Losses whose gradients are those of policies: over a sequence of states with discrete actions, or (dpg) for one continuous action.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { relu, softmax as softmaxOf } from "../nn/index.ts";
import { checked, held, indices, matrix, scalar, vector } from "./check.ts";
import { softmax } from "./distributions.ts";
import { l2Loss } from "./losses.ts";

/** Options of policy gradients. */
export interface PolicyGradientOptions {
  /** Whether advantages count as constants where the loss is differentiated. True. */
  readonly useStopGradient?: boolean;
}
/** x, shortened to a norm of at most `maxNorm`; its derivative at 0 is no NaN. */
function clipByL2Norm(x: Value, maxNorm: ArrayLike): Value {
  const squares = np.sum(np.square(x)),
    some = squares.gt(0);
  const norm = np.where(some, np.sqrt(np.where(some, squares, 1)), squares);
  return x.mul(maxNorm).div(np.maximum(norm, maxNorm));
}
/** Options of `dpgLoss`. */
export interface DpgLossOptions extends PolicyGradientOptions {
  /** The largest norm of the gradient of q; no bound where it is null. */
  readonly dqdaClipping?: ArrayLike | null;
}
/**
 * Deterministic policy gradient (Silver et al., 2014): half the squared distance to the action moved along the gradient of its value.
 * @param aT continuous action, floats [A]
 * @param dqdaT gradient of q in the action, [A]
 * @returns [A]
 * @example rl.dpgLoss(np.array([1]), np.array([2])) // [2]
 */
export function dpgLoss(aT: ArrayLike, dqdaT: ArrayLike, options: DpgLossOptions = {}): Value {
  const { dqdaClipping = null, useStopGradient = true } = options;
  const a = checked("dpgLoss", { aT: vector(aT), dqdaT: vector(dqdaT) });
  const step = dqdaClipping === null ? a.dqdaT : clipByL2Norm(a.dqdaT, dqdaClipping);
  return l2Loss(held(step.add(a.aT), useStopGradient).sub(a.aT));
}
/**
 * REINFORCE: −mean of w·advantage·log π(a) (Williams, 1992).
 * @param logitsT preferences of the actions, floats [T, A]
 * @param aT actions that were taken, integers [T]
 * @param advT advantages, [T]
 * @param wT weights of the time steps, [T]
 * @returns the loss, a scalar
 * @example rl.policyGradientLoss(np.array([[1, 2]]), np.int32([1]), np.array([1]), np.array([1])) // 0.3133
 */
export function policyGradientLoss(logitsT: ArrayLike, aT: ArrayLike, advT: ArrayLike, wT: ArrayLike, options: PolicyGradientOptions = {}): Value {
  const a = checked("policyGradientLoss", { logitsT: matrix(logitsT), aT: indices(aT), advT: vector(advT), wT: vector(wT) });
  const adv = held(a.advT, options.useStopGradient ?? true);
  return np.mean(np.negative(softmax().logprob(a.aT, a.logitsT)).mul(adv).mul(a.wT));
}
/**
 * −mean of w·entropy of the policy: keeps it from becoming certain too early (Williams and Peng, 1991).
 * @param logitsT preferences of the actions, floats [T, A]
 * @param wT weights of the time steps, [T]
 * @returns the loss, a scalar
 * @example rl.entropyLoss(np.array([[0, 0]]), np.array([1])) // -0.6931
 */
export function entropyLoss(logitsT: ArrayLike, wT: ArrayLike): Value {
  const a = checked("entropyLoss", { logitsT: matrix(logitsT), wT: vector(wT) });
  return np.negative(np.mean(softmax().entropy(a.logitsT).mul(a.wT)));
}
/** The policy, and the advantages of all actions over what the policy expects. */
function advantages(fn: string, logitsT: ArrayLike, qT: ArrayLike, stop: boolean): { policy: Value; advantage: Value } {
  const a = checked(fn, { logitsT: matrix(logitsT), qT: matrix(qT) });
  const policy = softmaxOf(a.logitsT, { axis: 1 }),
    q = held(a.qT, stop);
  return { policy, advantage: q.sub(np.sum(policy.mul(q), { axis: 1, keepdims: true })) };
}
const meanOfSums = (x: Value): Value => np.mean(np.sum(x, { axis: 1 }));
/**
 * Q-based policy gradient (Srinivasan et al., 2018).
 * @param logitsT preferences of the actions, floats [T, A]
 * @param qT action values, [T, A]
 * @returns the loss, a scalar
 * @example rl.qpgLoss(np.array([[0, 0]]), np.array([[1, 2]])) // 0
 */
export function qpgLoss(logitsT: ArrayLike, qT: ArrayLike, options: PolicyGradientOptions = {}): Value {
  const { policy, advantage } = advantages("qpgLoss", logitsT, qT, true);
  return meanOfSums(np.negative(policy).mul(held(advantage, options.useStopGradient ?? true)));
}
/**
 * Regret matching policy gradient: `qpgLoss` with what is regretted (advantages above 0) alone.
 * @param logitsT preferences of the actions, floats [T, A]
 * @param qT action values, [T, A]
 * @returns the loss, a scalar
 * @example rl.rmLoss(np.array([[0, 1]]), np.array([[1, 2]])) // -0.1966
 */
export function rmLoss(logitsT: ArrayLike, qT: ArrayLike, options: PolicyGradientOptions = {}): Value {
  const { policy, advantage } = advantages("rmLoss", logitsT, qT, true);
  return meanOfSums(np.negative(policy).mul(held(relu(advantage), options.useStopGradient ?? true)));
}
/**
 * Regret policy gradient: the mean of the summed regrets.
 * @param logitsT preferences of the actions, floats [T, A]
 * @param qT action values, [T, A]
 * @returns the loss, a scalar
 * @example rl.rpgLoss(np.array([[0, 1]]), np.array([[1, 2]])) // 0.2689
 */
export function rpgLoss(logitsT: ArrayLike, qT: ArrayLike, options: PolicyGradientOptions = {}): Value {
  return meanOfSums(relu(advantages("rpgLoss", logitsT, qT, options.useStopGradient ?? true).advantage));
}
/**
 * PPO's clipped objective: −mean of min(ρ·Â, clip(ρ, 1 − ε, 1 + ε)·Â) (Schulman et al., 2017).
 * @param probRatiosT ratios of the actions' probabilities, new to old, floats [T]
 * @param advT advantages, [T]
 * @param epsilon how far ratios count
 * @returns the loss, a scalar
 * @example rl.clippedSurrogatePgLoss(np.array([1.5]), np.array([1]), 0.2) // -1.2
 */
export function clippedSurrogatePgLoss(probRatiosT: ArrayLike, advT: ArrayLike, epsilon: ArrayLike, options: PolicyGradientOptions = {}): Value {
  const a = checked("clippedSurrogatePgLoss", { probRatiosT: vector(probRatiosT), advT: vector(advT), epsilon: scalar(epsilon) });
  const adv = held(a.advT, options.useStopGradient ?? true),
    clipped = np.clip(a.probRatiosT, np.subtract(1, a.epsilon), np.add(1, a.epsilon));
  return np.negative(np.mean(np.fmin(a.probRatiosT.mul(adv), clipped.mul(adv))));
}
