// Temporal differences: target − estimate, of values of states and of actions. One transition, or one sequence of them; batches by vmap.
// A value at time t − 1 is named …Tm1, one at time t …T. Actions are indices from 0.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { batchedIndex } from "./base.ts";
import { type TargetOptions, checked, held, index, indices, matrix, scalar, scalarOrVector, vector } from "./check.ts";
import { generalOffPolicyReturnsFromActionValues, generalOffPolicyReturnsFromQAndV, lambdaReturns } from "./multistep.ts";

/** target − estimate, with the target held. */
export const tdError = (target: Value, estimate: Value, { stopTargetGradients = true }: TargetOptions): Value =>
  held(target, stopTargetGradients).sub(estimate);
/** One entry of a vector. */
export const entry = (values: Value, i: Value): Value => batchedIndex(values, i);

/**
 * TD(0): r + γ·v′ − v (Sutton, 1988).
 * @param vTm1 value at t − 1, a float
 * @param rT reward, a float
 * @param discountT discount, a float
 * @param vT value at t, a float
 * @returns the error, a scalar
 * @example rl.tdLearning(np.array(1), np.array(1), np.array(0.9), np.array(2)) // 1.8
 */
export function tdLearning(vTm1: ArrayLike, rT: ArrayLike, discountT: ArrayLike, vT: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("tdLearning", { vTm1: scalar(vTm1), rT: scalar(rT), discountT: scalar(discountT), vT: scalar(vT) });
  return tdError(a.rT.add(a.discountT.mul(a.vT)), a.vTm1, options);
}
/**
 * TD(λ): λ-returns less values (Sutton and Barto, 2018, chapter 12).
 * @param vTm1 values at 0 … T − 1, floats [T]
 * @param rT rewards at 1 … T, [T]
 * @param discountT discounts at 1 … T, [T]
 * @param vT values at 1 … T, [T]
 * @param lambda mixing parameter, one for all steps or [T]
 * @returns errors, [T]
 * @example rl.tdLambda(np.array([1, 1]), np.array([1, 1]), np.array([0.9, 0.9]), np.array([1, 1]), np.array([0.5, 0.5])) // [1.305, 0.9]
 */
export function tdLambda(vTm1: ArrayLike, rT: ArrayLike, discountT: ArrayLike, vT: ArrayLike, lambda: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("tdLambda", { vTm1: vector(vTm1), rT: vector(rT), discountT: vector(discountT), vT: vector(vT), lambda: scalarOrVector(lambda) });
  return tdError(lambdaReturns(a.rT, a.discountT, a.vT, a.lambda), a.vTm1, options);
}
/**
 * SARSA: r + γ·q′(a′) − q(a) (Sutton and Barto, 2018, section 6.4).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qT action values at t, [A]
 * @param aT action at t, an integer
 * @returns the error, a scalar
 * @example rl.sarsa(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array([0, 1]), np.int32(1)) // 0.9
 */
export function sarsa(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  aT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("sarsa", {
    ...{ qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT), qT: vector(qT), aT: index(aT) },
  });
  return tdError(a.rT.add(a.discountT.mul(entry(a.qT, a.aT))), entry(a.qTm1, a.aTm1), options);
}
/**
 * Expected SARSA: r + γ·Σ π(a′)·q′(a′) − q(a) (van Seijen et al., 2009).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qT action values at t, [A]
 * @param probsAT probabilities of the actions at t, [A]
 * @returns the error, a scalar
 * @example rl.expectedSarsa(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array([0, 1]), np.array([0.5, 0.5])) // 0.45
 */
export function expectedSarsa(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  probsAT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("expectedSarsa", {
    ...{ qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT), qT: vector(qT), probsAT: vector(probsAT) },
  });
  return tdError(a.rT.add(a.discountT.mul(np.dot(a.qT, a.probsAT))), entry(a.qTm1, a.aTm1), options);
}
/**
 * SARSA(λ) over a sequence.
 * @param qTm1 action values at 0 … T − 1, floats [T, A]
 * @param aTm1 actions at 0 … T − 1, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param qT action values at 1 … T, [T, A]
 * @param aT actions at 1 … T, integers [T]
 * @param lambda mixing parameter, one for all steps or [T]
 * @returns errors, [T]
 * @example rl.sarsaLambda(np.array([[1, 2], [1, 2]]), np.int32([0, 1]), np.array([1, 1]), np.array([0.9, 0.9]), np.array([[0, 1], [0, 1]]), np.int32([1, 1]), 0.5) // [1.305, -0.1]
 */
export function sarsaLambda(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  aT: ArrayLike,
  lambda: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("sarsaLambda", {
    ...{ qTm1: matrix(qTm1), aTm1: indices(aTm1), rT: vector(rT), discountT: vector(discountT), qT: matrix(qT), aT: indices(aT) },
    lambda: scalarOrVector(lambda),
  });
  return tdError(lambdaReturns(a.rT, a.discountT, batchedIndex(a.qT, a.aT), a.lambda), batchedIndex(a.qTm1, a.aTm1), options);
}
/**
 * Q-learning: r + γ·max q′ − q(a) (Watkins, 1989).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qT action values at t, [A]
 * @returns the error, a scalar
 * @example rl.qLearning(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array([0, 1])) // 0.9
 */
export function qLearning(qTm1: ArrayLike, aTm1: ArrayLike, rT: ArrayLike, discountT: ArrayLike, qT: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("qLearning", { qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT), qT: vector(qT) });
  return tdError(a.rT.add(a.discountT.mul(np.max(a.qT))), entry(a.qTm1, a.aTm1), options);
}
/**
 * Double Q-learning: one estimate chooses the action, another one values it (van Hasselt, 2010).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qTValue action values at t that the target is read from, [A]
 * @param qTSelector action values at t whose largest one chooses, [A]
 * @returns the error, a scalar
 * @example rl.doubleQLearning(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array([0, 1]), np.array([1, 0])) // 0
 */
export function doubleQLearning(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qTValue: ArrayLike,
  qTSelector: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("doubleQLearning", {
    ...{ qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ qTValue: vector(qTValue), qTSelector: vector(qTSelector) },
  });
  return tdError(a.rT.add(a.discountT.mul(entry(a.qTValue, np.argmax(a.qTSelector)))), entry(a.qTm1, a.aTm1), options);
}
/**
 * Persistent Q-learning, which widens the gap between actions (Bellemare et al., 2016).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qT action values at t, [A]
 * @param actionGapScale from 0 (Q-learning) to 1 (the action is repeated)
 * @returns the error, a scalar
 * @example rl.persistentQLearning(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array([0, 1]), 0.5) // 0.45
 */
export function persistentQLearning(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  actionGapScale: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("persistentQLearning", {
    ...{ qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT), qT: vector(qT) },
    actionGapScale: scalar(actionGapScale),
  });
  const corrected = np
    .subtract(1, a.actionGapScale)
    .mul(np.max(a.qT))
    .add(a.actionGapScale.mul(entry(a.qT, a.aTm1)));
  return tdError(a.rT.add(a.discountT.mul(corrected)), entry(a.qTm1, a.aTm1), options);
}
/**
 * QV-learning: r + γ·v′ − q(a) (Wiering and van Hasselt, 2007).
 * @param qTm1 action values at t − 1, floats [A]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param vT value at t
 * @returns the error, a scalar
 * @example rl.qvLearning(np.array([1, 2]), np.int32(0), np.array(1), np.array(0.9), np.array(2)) // 1.8
 */
export function qvLearning(qTm1: ArrayLike, aTm1: ArrayLike, rT: ArrayLike, discountT: ArrayLike, vT: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("qvLearning", { qTm1: vector(qTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT), vT: scalar(vT) });
  return tdError(a.rT.add(a.discountT.mul(a.vT)), entry(a.qTm1, a.aTm1), options);
}
/**
 * QV-max: r + γ·max q′ − v (Wiering and van Hasselt, 2009).
 * @param vTm1 value at t − 1
 * @param rT reward
 * @param discountT discount
 * @param qT action values at t, floats [A]
 * @returns the error, a scalar
 * @example rl.qvMax(np.array(1), np.array(1), np.array(0.9), np.array([0, 1])) // 0.9
 */
export function qvMax(vTm1: ArrayLike, rT: ArrayLike, discountT: ArrayLike, qT: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("qvMax", { vTm1: scalar(vTm1), rT: scalar(rT), discountT: scalar(discountT), qT: vector(qT) });
  return tdError(a.rT.add(a.discountT.mul(np.max(a.qT))), a.vTm1, options);
}
/**
 * Q(λ): Peng's with one λ, Watkins' with one for each step.
 * @param qTm1 action values at 0 … T − 1, floats [T, A]
 * @param aTm1 actions at 0 … T − 1, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param qT action values at 1 … T, [T, A]
 * @param lambda mixing parameter, one for all steps or [T]
 * @returns errors, [T]
 * @example rl.qLambda(np.array([[1, 2], [1, 2]]), np.int32([0, 1]), np.array([1, 1]), np.array([0.9, 0.9]), np.array([[0, 1], [0, 1]]), 0.5) // [1.305, -0.1]
 */
export function qLambda(
  qTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qT: ArrayLike,
  lambda: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("qLambda", {
    ...{ qTm1: matrix(qTm1), aTm1: indices(aTm1), rT: vector(rT), discountT: vector(discountT), qT: matrix(qT), lambda: scalarOrVector(lambda) },
  });
  return tdError(lambdaReturns(a.rT, a.discountT, np.max(a.qT, { axis: -1 }), a.lambda), batchedIndex(a.qTm1, a.aTm1), options);
}
/** Options of `retrace`. */
export interface RetraceOptions extends TargetOptions {
  /** Added to the behaviour's probabilities before dividing by them. 1e-8. */
  readonly eps?: ArrayLike;
}
/** min(1, π(a) / (μ(a) + ε))·λ: how far a trace of Retrace goes on. */
export const traceWeights = (piT: Value, aT: Value, muT: Value, lambda: Value, eps: ArrayLike): Value =>
  np.minimum(1, batchedIndex(piT, aT).div(muT.add(eps))).mul(lambda);
/**
 * Retrace(λ) (Munos et al., 2016).
 * @param qTm1 action values at 0 … T − 1, floats [T, A]
 * @param qT action values at 1 … T, [T, A]
 * @param aTm1 actions at 0 … T − 1, integers [T]
 * @param aT actions at 1 … T, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param piT probabilities of the target policy at 1 … T, [T, A]
 * @param muT probabilities that the behaviour gave its actions at 1 … T, [T]
 * @param lambda mixing parameter
 * @returns errors, [T]
 * @example rl.retrace(np.array([[1, 2]]), np.array([[1, 2]]), np.int32([0]), np.int32([0]), np.array([1]), np.array([0.9]), np.array([[0.5, 0.5]]), np.array([0.5]), 0.9) // [1.35]
 */
export function retrace(
  qTm1: ArrayLike,
  qT: ArrayLike,
  aTm1: ArrayLike,
  aT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  piT: ArrayLike,
  muT: ArrayLike,
  lambda: ArrayLike,
  options: RetraceOptions = {},
): Value {
  const a = checked("retrace", {
    ...{ qTm1: matrix(qTm1), qT: matrix(qT), aTm1: indices(aTm1), aT: indices(aT), rT: vector(rT), discountT: vector(discountT) },
    ...{ piT: matrix(piT), muT: vector(muT), lambda: scalarOrVector(lambda) },
  });
  const c = traceWeights(a.piT, a.aT, a.muT, a.lambda, options.eps ?? 1e-8);
  return tdError(generalOffPolicyReturnsFromActionValues(a.qT, a.aT, a.rT, a.discountT, c, a.piT), batchedIndex(a.qTm1, a.aTm1), options);
}
/**
 * Retrace(λ) of continuous actions.
 * @param qTm1 values of the taken actions at 0 … T − 1, floats [T]
 * @param qT values of the taken actions at 1 … T − 1, [T − 1]
 * @param vT values of states under the target policy at 1 … T, [T]
 * @param rT rewards at 1 … T, [T]
 * @param discountT discounts at 1 … T, [T]
 * @param logRhos logarithms of π / μ of the taken actions at 1 … T − 1, [T − 1]
 * @param lambda mixing parameter, one for all steps or [T − 1]
 * @returns errors, [T]
 * @example rl.retraceContinuous(np.array([1, 1]), np.array([1]), np.array([1.5, 4]), np.array([1, 1]), np.array([0.5, 0.5]), np.array([0]), 1) //
 * [1.75, 2]
 */
export function retraceContinuous(
  qTm1: ArrayLike,
  qT: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  logRhos: ArrayLike,
  lambda: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("retraceContinuous", {
    ...{ qTm1: vector(qTm1), qT: vector(qT), vT: vector(vT), rT: vector(rT), discountT: vector(discountT) },
    ...{ logRhos: vector(logRhos), lambda: scalarOrVector(lambda) },
  });
  const c = np.minimum(1, np.exp(a.logRhos)).mul(a.lambda);
  return tdError(generalOffPolicyReturnsFromQAndV(a.qT, a.vT, a.rT, a.discountT, c), a.qTm1, options);
}
