// optim.contrib: variants of Adam.
import type { Tree } from "../../core/pytree.ts";
import type { DType } from "../../core/dtypes.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import * as np from "../../numpy/index.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type ScalarOrSchedule, mapLeaves, needParams, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import type { Mask } from "../masking.ts";
import * as n from "../numerics.ts";
import { scaleByLearningRate } from "../scaling.ts";

interface Moments {
  readonly count: Value;
  readonly mu: Tree;
  readonly nu: Tree;
}
/** Options of `scaleByAcprop`. */
export interface ScaleByAcpropOptions {
  readonly b1?: ArrayLike;
  readonly b2?: ArrayLike;
  readonly eps?: ArrayLike;
  readonly epsRoot?: ArrayLike;
}
/** ACProp (Zhuang et al., 2021): each gradient by the variance of those before it.
 * @example const tx = optim.contrib.scaleByAcprop(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export function scaleByAcprop(options: ScaleByAcpropOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-16, epsRoot = 1e-16 } = options;
  const init = (params: Tree): Moments => ({ count: n.zeroCount(), mu: n.zerosOf(params), nu: n.zerosOf(params) });
  return transformation<Moments>(init, (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const surprise = n.updateMomentPerElemNorm(n.subtract(updates, state.mu), state.nu, b2, 2);
    const nu = mapLeaves((v) => np.add(v, epsRoot), surprise);
    const count = n.safeIncrement(state.count);
    const first = state.count.eq(0);
    const before = n.biasCorrection(state.nu, b2, np.where(first, count, state.count));
    const out = mapLeaves((g, v) => g.div(np.add(np.sqrt(np.where(first, np.onesLike(v), v)), eps)), updates, before);
    return [out, { count, mu, nu }];
  });
}
/** Weight decay and its mask. */
interface Decay {
  readonly weightDecay?: ScalarOrSchedule;
  readonly mask?: Mask | null;
}
const split = <O extends Decay>({ weightDecay = 0, mask = null, ...rest }: O) => ({ decay: addDecayedWeights(weightDecay, { mask }), rest });
/** Options of `acprop`. */
export interface AcpropOptions extends ScaleByAcpropOptions, Decay {}
/** ACProp (Zhuang et al., 2021).
 * @example const tx = optim.contrib.acprop(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.95, 2.1] */
export function acprop(learningRate: ScalarOrSchedule, options: AcpropOptions = {}): GradientTransformation {
  const { decay, rest } = split(options);
  return chain(scaleByAcprop(rest), decay, scaleByLearningRate(learningRate));
}
/** Options of `scaleByAdemamix`. */
export interface ScaleByAdemamixOptions extends ScaleByAcpropOptions {
  /** Decay of the slow average of gradients. */
  readonly b3?: ScalarOrSchedule;
  /** Weight of the slow average. */
  readonly alpha?: ScalarOrSchedule;
  readonly muDtype?: DType | null;
}
interface AdemamixState {
  readonly count: Value;
  readonly countM2: Value;
  readonly m1: Tree;
  readonly m2: Tree;
  readonly nu: Tree;
}
/** AdEMAMix (Pagliardini et al., 2024): Adam with a second, slow average of gradients.
 * @example const tx = optim.contrib.scaleByAdemamix(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1.001, -1.001] */
export function scaleByAdemamix(options: ScaleByAdemamixOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, b3 = 0.9999, alpha = 6, eps = 1e-8, epsRoot = 0, muDtype } = options;
  const init = (params: Tree): AdemamixState => {
    const zeros = n.zerosOf(params, muDtype);
    return { count: n.zeroCount(), countM2: n.zeroCount(), m1: zeros, m2: zeros, nu: zeros };
  };
  return transformation<AdemamixState>(init, (updates, state) => {
    const weight = n.at(alpha, state.countM2);
    const m1 = n.updateMoment(updates, state.m1, b1, 1);
    const m2 = n.updateMoment(updates, state.m2, n.at(b3, state.countM2), 1);
    const nu = n.updateMomentPerElemNorm(updates, state.nu, b2, 2);
    const count = n.safeIncrement(state.count);
    const out = mapLeaves(
      (fast, slow, v) => fast.add(np.multiply(weight, slow)).div(np.add(np.sqrt(np.add(v, epsRoot)), eps)),
      n.biasCorrection(m1, b1, count),
      m2,
      n.biasCorrection(nu, b2, count),
    );
    return [out, { count, countM2: n.safeIncrement(state.countM2), m1, m2, nu }];
  });
}
/** Options of `ademamix`. */
export interface AdemamixOptions extends ScaleByAdemamixOptions, Decay {}
/** AdEMAMix (Pagliardini et al., 2024).
 * @example const tx = optim.contrib.ademamix(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export function ademamix(learningRate: ScalarOrSchedule, options: AdemamixOptions = {}): GradientTransformation {
  const { decay, rest } = split(options);
  return chain(scaleByAdemamix({ alpha: 5, ...rest }), decay, scaleByLearningRate(learningRate));
}
/** Options of `scaleBySimplifiedAdemamix`. */
export interface ScaleBySimplifiedAdemamixOptions extends ScaleByAcpropOptions {
  readonly alpha?: ScalarOrSchedule;
}
/** Simplified AdEMAMix (Morwani et al., 2025): one accumulator of gradients, and the gradient itself weighted by alpha.
 * @example const tx = optim.contrib.scaleBySimplifiedAdemamix(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleBySimplifiedAdemamix(options: ScaleBySimplifiedAdemamixOptions = {}): GradientTransformation {
  const { b1 = 0.99, b2 = 0.95, alpha = 0, eps = 1e-8, epsRoot = 0 } = options;
  return transformation<{ readonly t: Value; readonly m: Tree; readonly n: Tree }>(
    (params) => ({ t: n.zeroCount(), m: n.zerosOf(params), n: n.zerosOf(params) }),
    (g, state) => {
      const weight = n.at(alpha, state.t);
      const m = n.addScaled(g, b1, state.m);
      const square = mapLeaves(
        (x, old) => {
          const now = x.mul(x);
          return now.add(np.multiply(b2, old.sub(now)));
        },
        g,
        state.n,
      );
      const t = n.safeIncrement(state.t);
      const out = mapLeaves(
        (sum, x, v) => sum.add(np.multiply(weight, x)).div(np.add(np.sqrt(np.add(v, epsRoot)), eps)),
        m,
        g,
        n.biasCorrection(square, b2, t),
      );
      return [out, { t, m, n: square }];
    },
  );
}
/** Options of `simplifiedAdemamix`. */
export interface SimplifiedAdemamixOptions extends ScaleBySimplifiedAdemamixOptions, Decay {}
/** Simplified AdEMAMix (Morwani et al., 2025).
 * @example const tx = optim.contrib.simplifiedAdemamix(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export function simplifiedAdemamix(learningRate: ScalarOrSchedule, options: SimplifiedAdemamixOptions = {}): GradientTransformation {
  const { decay, rest } = split(options);
  return chain(scaleBySimplifiedAdemamix(rest), decay, scaleByLearningRate(learningRate));
}
/** Options of `scaleByAdopt`. */
export interface ScaleByAdoptOptions {
  readonly b1?: number;
  readonly b2?: number;
  readonly eps?: ArrayLike;
  readonly muDtype?: DType | null;
  readonly nesterov?: boolean;
  readonly useClipping?: boolean;
  /** The bound of normalized gradients at a step; its fourth root by default. */
  readonly clipValueFn?: (step: Value) => ArrayLike;
}
/** ADOPT (Taniguchi et al., 2024): normalizes by the second moment before the gradient enters it, then averages.
 * @example const tx = optim.contrib.scaleByAdopt(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0, 0] */
export function scaleByAdopt(options: ScaleByAdoptOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.9999, eps = 1e-6, muDtype, nesterov = false, useClipping = true } = options;
  const { clipValueFn = (step: Value) => np.power(step, 0.25) } = options;
  const init = (params: Tree): Moments => ({ count: n.zeroCount(), mu: n.zerosOf(params, muDtype), nu: n.zerosOf(params) });
  return transformation<Moments>(init, (updates, state) => {
    const started = state.count.gt(0);
    const b1Now = np.where(started, b1, 1);
    const nu = n.updateMomentPerElemNorm(updates, state.nu, np.where(started, b2, 0), 2);
    const bound = clipValueFn(state.count);
    const normalized = mapLeaves(
      (g, v) => {
        const x = g.div(np.maximum(np.sqrt(v), eps));
        return useClipping ? np.clip(x, np.negative(bound), bound) : x;
      },
      updates,
      state.nu,
    );
    const mu = n.updateMoment(normalized, state.mu, b1Now, 1);
    const out = nesterov ? n.updateMoment(normalized, mu, b1Now, 1) : mu;
    return [out, { count: n.safeIncrement(state.count), mu: n.castTree(mu, muDtype), nu }];
  });
}
/** ADOPT (Taniguchi et al., 2024).
 * @example const tx = optim.contrib.adopt(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [1, 2] */
export const adopt = (learningRate: ScalarOrSchedule, options: ScaleByAdoptOptions = {}): GradientTransformation =>
  chain(scaleByAdopt(options), scaleByLearningRate(learningRate));
/** Options of `scaleByMadgrad`. */
export interface ScaleByMadgradOptions {
  readonly momentum?: number;
  readonly eps?: number;
}
interface MadgradState {
  readonly count: Value;
  readonly gradSumSq: Tree;
  readonly s: Tree;
  readonly x0: Tree;
}
/** MADGRAD (Defazio and Jelassi, 2022): dual averaging by the cube root of squared gradients. Needs parameters.
 * @example const tx = optim.contrib.scaleByMadgrad(0.1); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [-0.03107, -0.0342] } */
export function scaleByMadgrad(learningRate: ScalarOrSchedule, { momentum = 0.9, eps = 1e-6 }: ScaleByMadgradOptions = {}): GradientTransformation {
  const init = (params: Tree): MadgradState => ({ count: n.zeroCount(), gradSumSq: n.zerosOf(params), s: n.zerosOf(params), x0: params });
  return transformation<MadgradState>(init, (updates, state, given) => {
    const params = needParams("contrib.scaleByMadgrad", given);
    const rate = np.add(n.at(learningRate, state.count), eps).mul(np.sqrt(state.count.add(1)));
    const gradSumSq = mapLeaves((sum, g) => sum.add(rate.mul(g.mul(g)).astype(g.dtype)), state.gradSumSq, updates);
    const s = mapLeaves((sum, g) => sum.add(rate.mul(g).astype(g.dtype)), state.s, updates);
    const out = mapLeaves(
      (x0, sum, square, x) => {
        const z = x0.sub(sum.div(np.cbrt(square).add(eps)));
        return np
          .multiply(1 - momentum, z)
          .add(np.multiply(momentum, x))
          .sub(x);
      },
      state.x0,
      s,
      gradSumSq,
      params,
    );
    return [out, { count: n.safeIncrement(state.count), gradSumSq, s, x0: state.x0 }];
  });
}
/** Options of `madgrad`. */
export interface MadgradOptions extends ScaleByMadgradOptions {
  readonly weightDecay?: number;
}
/** MADGRAD (Defazio and Jelassi, 2022).
 * @example const tx = optim.contrib.madgrad(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9829, 2.022] */
export const madgrad = (learningRate: ScalarOrSchedule, { weightDecay = 0, ...rest }: MadgradOptions = {}): GradientTransformation =>
  chain(addDecayedWeights(weightDecay), scaleByMadgrad(learningRate, rest));
