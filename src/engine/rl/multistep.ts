// Returns over several steps of one trajectory: what was collected, and from some step on an estimate of the rest. Sequences have one axis, time.
import { ArgumentError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { scan } from "../lax/control.ts";
import { batchedIndex } from "./base.ts";
import { type TargetOptions, checked, held, indices, matrix, sameShape, scalarOrVector, vector } from "./check.ts";

/** acc ← step(acc, …), from the last time step to the first; every acc, in order of time. */
const backwards = (initial: Value, xs: readonly Value[], step: (acc: Value, ...at: Value[]) => Value): Value =>
  scan(
    (acc: Value, at: Value[]) => {
      const next = step(acc, ...at);
      return [next, next];
    },
    initial,
    [...xs],
    { reverse: true },
  )[1];
/** acc ← delta + factor·acc from the last step to the first, starting at 0. */
export const discountedSum = (deltas: Value, factors: Value): Value =>
  backwards(np.zeros([], { dtype: deltas.dtype }), [deltas, factors], (acc, delta, factor) => delta.add(factor.mul(acc)));
/** A number for each time step, where there is one for all. */
const eachStep = (x: ArrayLike, like: Value): Value => np.onesLike(like).mul(x);

/** Options of `lambdaReturns`. */
export interface LambdaReturnsOptions extends TargetOptions {
  /** Mixing parameter, one for all steps or one for each: 1 is the whole return, 0 one step of it. 1. */
  readonly lambda?: ArrayLike;
}
/**
 * λ-returns: Gₜ = rₜ₊₁ + γₜ₊₁·((1 − λₜ₊₁)·vₜ₊₁ + λₜ₊₁·Gₜ₊₁) (Sutton and Barto, 2018, chapter 12).
 * @param rT rewards at 1 … T, floats [T]
 * @param discountT discounts at 1 … T, [T]
 * @param vT values to bootstrap from at 1 … T, [T]
 * @returns returns at 0 … T − 1, [T]
 * @example rl.lambdaReturns(np.array([1, 1]), np.array([0.9, 0.9]), np.array([0, 0]), 0.5) // [1.45, 1]
 */
export function lambdaReturns(rT: ArrayLike, discountT: ArrayLike, vT: ArrayLike, ...rest: Tail<[lambda: ArrayLike], LambdaReturnsOptions>): Value {
  const { lambda = 1, stopTargetGradients = false } = options<LambdaReturnsOptions>("rl.lambdaReturns", ["lambda"], rest);
  const a = checked("lambdaReturns", { rT: vector(rT), discountT: vector(discountT), vT: vector(vT), lambda: scalarOrVector(lambda) });
  sameShape("lambdaReturns", { rT: a.rT, discountT: a.discountT, vT: a.vT });
  const returns = backwards(a.vT.get(-1), [a.rT, a.discountT, a.vT, eachStep(lambda, a.discountT)], (acc, r, discount, v, l) =>
    r.add(discount.mul(np.subtract(1, l).mul(v).add(l.mul(acc)))),
  );
  return held(returns, stopTargetGradients);
}
/** Options of `nStepBootstrappedReturns`. */
export interface NStepOptions extends TargetOptions {
  /** Mixing parameter at 1 … T, one for all steps or one for each. 1. */
  readonly lambdaT?: ArrayLike;
}
/**
 * Returns of n steps that bootstrap from the value n steps ahead, or from the last one where the trajectory ends sooner.
 * @param rT rewards at 1 … T, floats [T]
 * @param discountT discounts at 1 … T, [T]
 * @param vT values to bootstrap from at 1 … T, [T]
 * @param n number of steps, at least 1
 * @returns returns at 0 … T − 1, [T]
 * @example rl.nStepBootstrappedReturns(np.array([1, 1, 1]), np.array([1, 1, 1]), np.array([5, 5, 5]), 2) // [7, 7, 6]
 */
export function nStepBootstrappedReturns(
  rT: ArrayLike,
  discountT: ArrayLike,
  vT: ArrayLike,
  n: number,
  ...rest: Tail<[lambdaT: ArrayLike], NStepOptions>
): Value {
  const fn = "nStepBootstrappedReturns";
  const { lambdaT = 1, stopTargetGradients = false } = options<NStepOptions>(`rl.${fn}`, ["lambdaT"], rest);
  const a = checked(fn, { rT: vector(rT), discountT: vector(discountT), vT: vector(vT), lambdaT: scalarOrVector(lambdaT) });
  sameShape(fn, { rT: a.rT, discountT: a.discountT, vT: a.vT });
  if (!Number.isInteger(n) || n < 1) throw new ArgumentError(`rl.${fn}: n is ${n}, expected an integer of at least 1`);
  const length = a.rT.shape[0]!,
    lastValue = (times: number): Value => np.repeat(a.vT.get("-1:"), times);
  const padded = (x: Value, end: Value): Value => (n === 1 ? x : np.concatenate([x, end]));
  const [r, discount, l, v] = [
    padded(a.rT, np.zeros([n - 1])),
    padded(a.discountT, np.ones([n - 1])),
    padded(eachStep(lambdaT, a.discountT), np.ones([n - 1])),
    padded(a.vT, lastValue(n - 1)),
  ];
  let targets = np.concatenate([a.vT.get(`${n - 1}:`), lastValue(Math.min(n - 1, length))]);
  for (let i = n - 1; i >= 0; i--) {
    const at = (x: Value): Value => x.get(`${i}:${i + length}`);
    targets = at(r).add(at(discount).mul(np.subtract(1, at(l)).mul(at(v)).add(at(l).mul(targets))));
  }
  return held(targets, stopTargetGradients);
}
/**
 * The discounted return of a trajectory: Gₜ = rₜ₊₁ + γₜ₊₁·Gₜ₊₁, from `vT` at its end.
 * @param rT rewards, floats [T]
 * @param discountT discounts, [T]
 * @param vT values, [T] (the last one counts) or one number
 * @returns returns, [T]
 * @example rl.discountedReturns(np.array([1, 1, 1]), np.array([0.5, 0.5, 0.5]), np.zeros([3])) // [1.75, 1.5, 1]
 */
export function discountedReturns(rT: ArrayLike, discountT: ArrayLike, vT: ArrayLike, options: TargetOptions = {}): Value {
  const a = checked("discountedReturns", { rT: vector(rT), discountT: vector(discountT), vT: scalarOrVector(vT) });
  return lambdaReturns(a.rT, a.discountT, eachStep(a.vT, a.discountT), { lambda: 1, ...options });
}
/**
 * Temporal differences over several steps with importance sampling for each decision (Sutton et al., 2014):
 * ρₜ·(δₜ + γₜ₊₁·λₜ₊₁·ρₜ₊₁·…).
 * @param rT rewards at 1 … T, floats [T]
 * @param discountT discounts at 1 … T, [T]
 * @param rhoTm1 importance ratios at 0 … T − 1, [T]
 * @param lambda mixing parameter, one for all steps or [T]
 * @param values values at 0 … T, [T + 1]
 * @returns errors at 0 … T − 1, [T]
 * @example rl.importanceCorrectedTdErrors(np.array([1, 1]), np.array([0.9, 0.9]), np.array([1, 1]), np.array([1, 1]), np.array([0, 0, 0])) // [1.9, 1]
 */
export function importanceCorrectedTdErrors(
  rT: ArrayLike,
  discountT: ArrayLike,
  rhoTm1: ArrayLike,
  lambda: ArrayLike,
  values: ArrayLike,
  options: TargetOptions = {},
): Value {
  const fn = "importanceCorrectedTdErrors";
  const a = checked(fn, {
    rT: vector(rT),
    discountT: vector(discountT),
    rhoTm1: vector(rhoTm1),
    lambda: scalarOrVector(lambda),
    values: vector(values),
  });
  const [vTm1, vT] = [a.values.get(":-1"), a.values.get("1:")];
  sameShape(fn, { rT: a.rT, discountT: a.discountT, rhoTm1: a.rhoTm1, "values[1:]": vT });
  const rhoT = np.concatenate([a.rhoTm1.get("1:"), np.ones([1])]);
  const factors = a.discountT.mul(rhoT).mul(eachStep(a.lambda, a.discountT));
  const errors = a.rhoTm1.mul(discountedSum(a.rT.add(a.discountT.mul(vT)).sub(vTm1), factors));
  return options.stopTargetGradients ? held(errors.add(vTm1), true).sub(vTm1) : errors;
}
/**
 * Generalized advantages, truncated at the end of the sequence: Âₜ = δₜ + γₜ₊₁·λₜ₊₁·Âₜ₊₁ (Schulman et al., 2017).
 * @param rT rewards at 1 … T, floats [T]
 * @param discountT discounts at 1 … T, [T]
 * @param lambda mixing parameter, one for all steps or [T]
 * @param values values at 0 … T, [T + 1]
 * @returns advantages at 0 … T − 1, [T]
 * @example rl.truncatedGeneralizedAdvantageEstimation(np.array([1, 1]), np.array([0.9, 0.9]), 0.95, np.array([0, 0, 0])) // [1.855, 1]
 */
export function truncatedGeneralizedAdvantageEstimation(
  rT: ArrayLike,
  discountT: ArrayLike,
  lambda: ArrayLike,
  values: ArrayLike,
  options: TargetOptions = {},
): Value {
  const fn = "truncatedGeneralizedAdvantageEstimation";
  const a = checked(fn, { rT: vector(rT), discountT: vector(discountT), lambda: scalarOrVector(lambda), values: vector(values) });
  sameShape(fn, { rT: a.rT, discountT: a.discountT, "values[1:]": a.values.get("1:") });
  const deltas = a.rT.add(a.discountT.mul(a.values.get("1:"))).sub(a.values.get(":-1"));
  return held(discountedSum(deltas, a.discountT.mul(eachStep(a.lambda, a.discountT))), options.stopTargetGradients ?? false);
}
/**
 * Off-policy returns from action values: Gₜ = rₜ₊₁ + γₜ₊₁·(E[q] − cₜ₊₁·q(aₜ₊₁) + cₜ₊₁·Gₜ₊₁). What `cT` is makes it importance sampling, Q(λ), Tree
 * Backup or Retrace (Munos et al., 2016).
 * @param qT action values at 1 … T, floats [T, A]
 * @param aT actions at 1 … T, integers [T]
 * @param rT rewards, [T]
 * @param discountT discounts, [T]
 * @param cT weights, [T]
 * @param piT probabilities of the target policy, [T, A]
 * @returns returns at 0 … T − 1, [T]
 * @example rl.generalOffPolicyReturnsFromActionValues(np.array([[1, 2], [3, 4]]), np.int32([0, 1]), np.array([1, 1]), np.array([0.5, 0.5]),
 * np.array([1, 1]), np.array([[0.5, 0.5], [0, 1]])) // [2.75, 3]
 */
export function generalOffPolicyReturnsFromActionValues(
  qT: ArrayLike,
  aT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  cT: ArrayLike,
  piT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const fn = "generalOffPolicyReturnsFromActionValues";
  const a = checked(fn, { qT: matrix(qT), aT: indices(aT), rT: vector(rT), discountT: vector(discountT), cT: vector(cT), piT: matrix(piT) });
  sameShape(fn, { qT: a.qT, piT: a.piT });
  sameShape(fn, { "qT[:, 0]": a.qT.get(":", 0), aT: a.aT, rT: a.rT, discountT: a.discountT, cT: a.cT });
  const chosen = batchedIndex(a.qT, a.aT).get(":-1");
  return generalOffPolicyReturnsFromQAndV(chosen, np.sum(a.piT.mul(a.qT), { axis: -1 }), a.rT, a.discountT, a.cT.get(":-1"), options);
}
/**
 * Off-policy returns from values of the taken actions and of states: Gₜ = rₜ₊₁ + γₜ₊₁·(vₜ₊₁ − cₜ₊₁·qₜ₊₁ + cₜ₊₁·Gₜ₊₁).
 * @param qT values of the taken actions at 1 … T − 1, floats [T − 1]
 * @param vT values of states under the target policy at 1 … T, [T]
 * @param rT rewards at 1 … T, [T]
 * @param discountT discounts at 1 … T, [T]
 * @param cT weights at 1 … T − 1, [T − 1]
 * @returns returns at 0 … T − 1, [T]
 * @example rl.generalOffPolicyReturnsFromQAndV(np.array([1]), np.array([1.5, 4]), np.array([1, 1]), np.array([0.5, 0.5]), np.array([1])) // [2.75,
 * 3]
 */
export function generalOffPolicyReturnsFromQAndV(
  qT: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  cT: ArrayLike,
  options: TargetOptions = {},
): Value {
  const fn = "generalOffPolicyReturnsFromQAndV";
  const a = checked(fn, { qT: vector(qT), vT: vector(vT), rT: vector(rT), discountT: vector(discountT), cT: vector(cT) });
  const early = (x: Value): Value => x.get(":-1");
  sameShape(fn, { qT: a.qT, "vT[:-1]": early(a.vT), "rT[:-1]": early(a.rT), "discountT[:-1]": early(a.discountT), cT: a.cT });
  const last = a.rT.get(-1).add(a.discountT.get(-1).mul(a.vT.get(-1)));
  const returns = backwards(last, [early(a.rT), early(a.discountT), a.cT, early(a.vT), a.qT], (acc, r, discount, c, v, q) =>
    r.add(discount.mul(v.sub(c.mul(q)).add(c.mul(acc)))),
  );
  return held(np.concatenate([returns, np.expandDims(last, 0)]), options.stopTargetGradients ?? false);
}
