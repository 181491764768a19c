// V-trace (Espeholt et al., 2018): temporal differences over several steps, with importance ratios that are held below a bound.
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { scan } from "../lax/control.ts";
import { type TargetOptions, checked, held, sameShape, scalar, scalarOrVector, vector } from "./check.ts";

/** Options of `vtrace`. */
export interface VtraceOptions extends TargetOptions {
  /** Mixing parameter, one for all steps or one for each. 1. */
  readonly lambda?: ArrayLike;
  /** Bound of the ratios that weigh errors. 1. */
  readonly clipRhoThreshold?: ArrayLike;
  /** Which steps are learned from, [T]; the others pass on the error of the step after them. All. */
  readonly sampleMask?: ArrayLike | null;
}
/** Options of `vtraceTdErrorAndAdvantage`. */
export interface VtraceAdvantageOptions extends VtraceOptions {
  /** Bound of the ratios that weigh advantages. 1. */
  readonly clipPgRhoThreshold?: ArrayLike;
}
/** Options of `leakyVtrace`. */
export interface LeakyVtraceOptions extends VtraceOptions {
  /** How far ratios are held below their bounds: 1 is V-trace, 0 importance sampling. 1. */
  readonly alpha?: ArrayLike;
}
/** Options of `leakyVtraceTdErrorAndAdvantage`. */
export interface LeakyVtraceAdvantageOptions extends LeakyVtraceOptions, VtraceAdvantageOptions {}
/** What V-trace gives an actor and a critic, each [T]. */
export interface VtraceOutput {
  readonly errors: Value;
  readonly pgAdvantage: Value;
  readonly qEstimate: Value;
}

/** The five sequences of one trajectory. */
type Sequences = readonly [vTm1: ArrayLike, vT: ArrayLike, rT: ArrayLike, discountT: ArrayLike, rhoTm1: ArrayLike];
function sequences(fn: string, [vTm1, vT, rT, discountT, rhoTm1]: Sequences): Record<"vTm1" | "vT" | "rT" | "discountT" | "rhoTm1", Value> {
  const a = checked(fn, { vTm1: vector(vTm1), vT: vector(vT), rT: vector(rT), discountT: vector(discountT), rhoTm1: vector(rhoTm1) });
  sameShape(fn, a);
  return a;
}
/** (1 − α)·ρ + α·min(bound, ρ); the bounded ratio where there is no α. */
function leaky(rho: Value, bound: ArrayLike, alpha: ArrayLike | undefined): Value {
  const bounded = np.minimum(bound, rho);
  return alpha === undefined ? bounded : np.subtract(1, alpha).mul(rho).add(np.multiply(alpha, bounded));
}

function errorsOf(fn: string, given: Sequences, q: LeakyVtraceOptions): Value {
  const a = sequences(fn, given);
  const { lambda } = checked(fn, { lambda: scalarOrVector(q.lambda ?? 1), alpha: scalar(q.alpha ?? 1) });
  const c = leaky(a.rhoTm1, 1, q.alpha).mul(lambda);
  const deltas = leaky(a.rhoTm1, q.clipRhoThreshold ?? 1, q.alpha).mul(a.rT.add(a.discountT.mul(a.vT)).sub(a.vTm1));
  const mask = q.sampleMask === undefined || q.sampleMask === null ? null : asArray(q.sampleMask, `rl.${fn}`, "sampleMask");
  if (mask) sameShape(fn, { vTm1: a.vTm1, sampleMask: mask });
  const [, errors] = scan(
    (acc: Value, at: { delta: Value; factor: Value; learnable: Value | null }) => {
      const all = at.delta.add(at.factor.mul(acc)),
        next = at.learnable ? np.where(at.learnable, all, acc) : all;
      return [next, next];
    },
    np.zeros([], { dtype: deltas.dtype }),
    { delta: deltas, factor: a.discountT.mul(c), learnable: mask && mask.ne(0) },
    { reverse: true },
  );
  return (q.stopTargetGradients ?? true) ? held(errors.add(a.vTm1), true).sub(a.vTm1) : errors;
}
function withAdvantage(fn: string, given: Sequences, q: LeakyVtraceAdvantageOptions): VtraceOutput {
  const a = sequences(fn, given);
  const errors = errorsOf(fn, given, q),
    targets = errors.add(a.vTm1),
    early = np
      .onesLike(a.discountT)
      .mul(q.lambda ?? 1)
      .get(":-1");
  const bootstrap = np.concatenate([early.mul(targets.get("1:")).add(np.subtract(1, early).mul(a.vTm1.get("1:"))), a.vT.get("-1:")]);
  const qEstimate = a.rT.add(a.discountT.mul(bootstrap));
  const pgAdvantage = leaky(a.rhoTm1, q.clipPgRhoThreshold ?? 1, q.alpha).mul(qEstimate.sub(a.vTm1));
  return { errors, pgAdvantage, qEstimate };
}
/**
 * V-trace's errors: what to add to the values at t − 1.
 * @param vTm1 values at 0 … T − 1, floats [T]
 * @param vT values at 1 … T, [T]
 * @param rT rewards at 1 … T, [T]
 * @param discountT discounts at 1 … T, [T]
 * @param rhoTm1 importance ratios π / μ of the taken actions at 0 … T − 1, [T]
 * @returns errors, [T]
 * @example rl.vtrace(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]), np.array([0.9, 0.9]), np.array([1, 1])) // [1.9, 1]
 */
export const vtrace = (
  vTm1: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  rhoTm1: ArrayLike,
  ...rest: Tail<[lambda: ArrayLike], VtraceOptions>
): Value => errorsOf("vtrace", [vTm1, vT, rT, discountT, rhoTm1], options<VtraceOptions>("rl.vtrace", ["lambda"], rest));
/**
 * V-trace between importance sampling and itself, by `alpha` (Zahavy et al., 2020). Arguments as in `vtrace`.
 * @returns errors, [T]
 * @example rl.leakyVtrace(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]), np.array([0.5, 0.5]), np.array([3, 1]), 0.5) // [3, 1]
 */
export const leakyVtrace = (
  vTm1: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  rhoTm1: ArrayLike,
  ...rest: Tail<[alpha: ArrayLike, lambda: ArrayLike], LeakyVtraceOptions>
): Value => errorsOf("leakyVtrace", [vTm1, vT, rT, discountT, rhoTm1], options<LeakyVtraceOptions>("rl.leakyVtrace", ["alpha", "lambda"], rest));
/** V-trace's errors for the critic, advantages for the actor, and the estimates of action values behind these. Arguments as in `vtrace`; each [T].
 * @example rl.vtraceTdErrorAndAdvantage(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]), np.array([0.5, 0.5]), np.array([3, 1])).pgAdvantage
 * // [1.5, 1] */
export const vtraceTdErrorAndAdvantage = (
  vTm1: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  rhoTm1: ArrayLike,
  ...rest: Tail<[lambda: ArrayLike], VtraceAdvantageOptions>
): VtraceOutput =>
  withAdvantage(
    "vtraceTdErrorAndAdvantage",
    [vTm1, vT, rT, discountT, rhoTm1],
    options<VtraceAdvantageOptions>("rl.vtraceTdErrorAndAdvantage", ["lambda"], rest),
  );
/** `vtraceTdErrorAndAdvantage` with ratios between held and free ones, by `alpha`.
 * @example rl.leakyVtraceTdErrorAndAdvantage(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]), np.array([0.5, 0.5]), np.array([3, 1]),
 * 0.5).pgAdvantage // [3, 1] */
export const leakyVtraceTdErrorAndAdvantage = (
  vTm1: ArrayLike,
  vT: ArrayLike,
  rT: ArrayLike,
  discountT: ArrayLike,
  rhoTm1: ArrayLike,
  ...rest: Tail<[alpha: ArrayLike, lambda: ArrayLike], LeakyVtraceAdvantageOptions>
): VtraceOutput =>
  withAdvantage(
    "leakyVtraceTdErrorAndAdvantage",
    [vTm1, vT, rT, discountT, rhoTm1],
    options<LeakyVtraceAdvantageOptions>("rl.leakyVtraceTdErrorAndAdvantage", ["alpha", "lambda"], rest),
  );
