// Learning whole distributions of returns: categorical ones over fixed atoms (C51), and ones given by their quantiles (QR-DQN).
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { softmax as softmaxOf } from "../nn/index.ts";
import { vmap } from "../transforms/vectorize.ts";
import { type TargetOptions, checked, held, index, matrix, scalar, vector } from "./check.ts";
import { categoricalCrossEntropy } from "./distributions.ts";
import { huberLoss } from "./clipping.ts";

/** 1 / x where x > 0, else 0: atoms may coincide. */
const inverse = (x: Value): Value => np.where(x.gt(0), np.divide(1, np.where(x.gt(0), x, 1)), 0);
/**
 * A categorical distribution on other atoms: the nearest one by the Cramér distance (Bellemare et al., 2017).
 * @param zP atoms, floats [P]
 * @param probs their probabilities, [P]
 * @param zQ ascending atoms of the result, [Q]
 * @returns probabilities, [Q]
 * @example rl.categoricalL2Project(np.array([0.5]), np.array([1]), np.array([0, 1])) // [0.5, 0.5]
 */
export function categoricalL2Project(zP: ArrayLike, probs: ArrayLike, zQ: ArrayLike): Value {
  const a = checked("categoricalL2Project", { zP: vector(zP), probs: vector(probs), zQ: vector(zQ) });
  const column = (x: Value): Value => np.expandDims(x, 1);
  const above = column(inverse(np.roll(a.zQ, -1).sub(a.zQ))),
    below = column(inverse(a.zQ.sub(np.roll(a.zQ, 1))));
  const delta = np.expandDims(np.clip(a.zP, a.zQ.get(0), a.zQ.get(-1)), 0).sub(column(a.zQ));
  const distance = np.where(delta.ge(0), delta.mul(above), np.negative(delta).mul(below));
  return np.sum(np.clip(np.subtract(1, distance), 0, 1).mul(a.probs), { axis: -1 });
}
/** Cross entropy of logits at t − 1 against the projected distribution of r + γ·atoms. */
function projectedLoss(atomsTm1: Value, logits: Value, rT: Value, discountT: Value, atomsT: Value, probs: Value, options: TargetOptions): Value {
  const target = categoricalL2Project(rT.add(discountT.mul(atomsT)), probs, atomsTm1);
  return categoricalCrossEntropy(held(target, options.stopTargetGradients ?? true), logits);
}
/**
 * TD-learning of a categorical distribution of values.
 * @param vAtomsTm1 atoms at t − 1, floats [N]
 * @param vLogitsTm1 logits at t − 1, [N]
 * @param rT reward
 * @param discountT discount
 * @param vAtomsT atoms at t, [N]
 * @param vLogitsT logits at t, [N]
 * @returns the loss, a scalar
 * @example rl.categoricalTdLearning(np.array([0, 1]), np.array([0, 0]), np.array(0), np.array(1), np.array([0, 1]), np.array([0, 0])) // 0.6931
 */
export function categoricalTdLearning(
  vAtomsTm1: ArrayLike,
  vLogitsTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  vAtomsT: ArrayLike,
  vLogitsT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("categoricalTdLearning", {
    ...{ vAtomsTm1: vector(vAtomsTm1), vLogitsTm1: vector(vLogitsTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ vAtomsT: vector(vAtomsT), vLogitsT: vector(vLogitsT) },
  });
  return projectedLoss(a.vAtomsTm1, a.vLogitsTm1, a.rT, a.discountT, a.vAtomsT, softmaxOf(a.vLogitsT), options);
}
/**
 * Q-learning of categorical distributions of action values: the greedy action is that of the largest mean.
 * @param qAtomsTm1 atoms at t − 1, floats [N]
 * @param qLogitsTm1 logits at t − 1, [A, N]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qAtomsT atoms at t, [N]
 * @param qLogitsT logits at t, [A, N]
 * @returns the loss, a scalar
 * @example const atoms = np.array([0, 1]); rl.categoricalQLearning(atoms, np.zeros([2, 2]), np.int32(0), 1, 0, atoms, np.zeros([2, 2])) // 0.6931
 */
export function categoricalQLearning(
  qAtomsTm1: ArrayLike,
  qLogitsTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qAtomsT: ArrayLike,
  qLogitsT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("categoricalQLearning", {
    ...{ qAtomsTm1: vector(qAtomsTm1), qLogitsTm1: matrix(qLogitsTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ qAtomsT: vector(qAtomsT), qLogitsT: matrix(qLogitsT) },
  });
  const probs = softmaxOf(a.qLogitsT),
    greedy = np.argmax(np.sum(probs.mul(a.qAtomsT), { axis: 1 }));
  return projectedLoss(a.qAtomsTm1, a.qLogitsTm1.get(a.aTm1), a.rT, a.discountT, a.qAtomsT, probs.get(greedy), options);
}
/**
 * Double Q-learning of categorical distributions: other action values choose the action.
 * @param qAtomsTm1 atoms at t − 1, floats [N]
 * @param qLogitsTm1 logits at t − 1, [A, N]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param qAtomsT atoms at t, [N]
 * @param qLogitsT logits at t, [A, N]
 * @param qTSelector action values at t whose largest one chooses, [A]
 * @returns the loss, a scalar
 * @example const atoms = np.array([0, 1]); rl.categoricalDoubleQLearning(atoms, np.zeros([2, 2]), np.int32(0), 1, 0, atoms, np.zeros([2, 2]),
 * np.array([0, 1])) // 0.6931
 */
export function categoricalDoubleQLearning(
  qAtomsTm1: ArrayLike,
  qLogitsTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  qAtomsT: ArrayLike,
  qLogitsT: ArrayLike,
  qTSelector: ArrayLike,
  options: TargetOptions = {},
): Value {
  const a = checked("categoricalDoubleQLearning", {
    ...{ qAtomsTm1: vector(qAtomsTm1), qLogitsTm1: matrix(qLogitsTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ qAtomsT: vector(qAtomsT), qLogitsT: matrix(qLogitsT), qTSelector: vector(qTSelector) },
  });
  const probs = softmaxOf(a.qLogitsT.get(np.argmax(a.qTSelector)));
  return projectedLoss(a.qAtomsTm1, a.qLogitsTm1.get(a.aTm1), a.rT, a.discountT, a.qAtomsT, probs, options);
}

/** Options of losses over quantiles. */
export interface QuantileOptions extends TargetOptions {
  /** Where Huber's loss becomes linear; 0 for the plain absolute value. 0. */
  readonly huberParam?: number;
}
/**
 * Quantile regression between two distributions given by their quantiles (Dabney et al., 2018).
 * @param distSrc quantiles that are learned, floats [N]
 * @param tauSrc their levels, from 0 to 1, [N]
 * @param distTarget samples or quantiles of the target, [M]
 * @returns the loss, a scalar: a sum over the learned quantiles of means over the target's
 * @example rl.quantileRegressionLoss(np.array([0, 1]), np.array([0.25, 0.75]), np.array([0, 2])) // 0.75
 */
export function quantileRegressionLoss(distSrc: ArrayLike, tauSrc: ArrayLike, distTarget: ArrayLike, options: QuantileOptions = {}): Value {
  const { huberParam = 0, stopTargetGradients = true } = options;
  const a = checked("quantileRegressionLoss", { distSrc: vector(distSrc), tauSrc: vector(tauSrc), distTarget: vector(distTarget) });
  const delta = np.expandDims(a.distTarget, 0).sub(np.expandDims(a.distSrc, 1));
  const weight = np.abs(np.expandDims(a.tauSrc, 1).sub(held(delta.lt(0).astype("float32"), stopTargetGradients)));
  const loss = huberParam > 0 ? huberLoss(delta, huberParam) : np.abs(delta);
  return np.sum(np.mean(loss.mul(weight), { axis: -1 }));
}
/**
 * Q-learning of quantiles. One distribution chooses the greedy action by its mean, another one values it.
 * @param distQTm1 quantiles at t − 1, floats [N, A]
 * @param tauQTm1 their levels, [N]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param distQTSelector quantiles at t that choose, [M, A]
 * @param distQT quantiles at t of the target, [M, A]
 * @returns the loss, a scalar
 * @example rl.quantileQLearning(np.array([[0], [1]]), np.array([0.25, 0.75]), np.int32(0), 1, 0.5, np.array([[0], [2]]), np.array([[0], [2]])) //
 * 0.75
 */
export function quantileQLearning(
  distQTm1: ArrayLike,
  tauQTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  distQTSelector: ArrayLike,
  distQT: ArrayLike,
  options: QuantileOptions = {},
): Value {
  const a = checked("quantileQLearning", {
    ...{ distQTm1: matrix(distQTm1), tauQTm1: vector(tauQTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ distQTSelector: matrix(distQTSelector), distQT: matrix(distQT) },
  });
  const greedy = np.argmax(np.mean(a.distQTSelector, { axis: 0 }));
  const target = held(a.rT.add(a.discountT.mul(a.distQT.get(":", greedy))), options.stopTargetGradients ?? true);
  return quantileRegressionLoss(a.distQTm1.get(":", a.aTm1), a.tauQTm1, target, { huberParam: options.huberParam ?? 0 });
}
/**
 * Expected SARSA of quantiles: the mean of the losses against each next action, by its probability.
 * @param distQTm1 quantiles at t − 1, floats [N, A]
 * @param tauQTm1 their levels, [N]
 * @param aTm1 action at t − 1, an integer
 * @param rT reward
 * @param discountT discount
 * @param distQT quantiles at t, [M, A]
 * @param probsAT probabilities of the actions at t, [A]
 * @returns the loss, a scalar
 * @example rl.quantileExpectedSarsa(np.array([[0], [1]]), np.array([0.25, 0.75]), np.int32(0), 1, 0.5, np.array([[0], [2]]), np.array([1])) // 0.75
 */
export function quantileExpectedSarsa(
  distQTm1: ArrayLike,
  tauQTm1: ArrayLike,
  aTm1: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  distQT: ArrayLike,
  probsAT: ArrayLike,
  options: QuantileOptions = {},
): Value {
  const a = checked("quantileExpectedSarsa", {
    ...{ distQTm1: matrix(distQTm1), tauQTm1: vector(tauQTm1), aTm1: index(aTm1), rT: scalar(rT), discountT: scalar(discountT) },
    ...{ distQT: matrix(distQT), probsAT: vector(probsAT) },
  });
  const { huberParam = 0, stopTargetGradients = true } = options;
  const source = a.distQTm1.get(":", a.aTm1),
    target = held(a.rT.add(a.discountT.mul(a.distQT)), stopTargetGradients);
  const losses = vmap((t: Value) => quantileRegressionLoss(source, a.tauQTm1, t, { huberParam }), { inAxes: 1 })(target);
  return np.dot(losses, held(a.probsAT, stopTargetGradients));
}
