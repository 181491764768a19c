// Transformations that scale each element by averages of past gradients: Adam and its kin.
import type { Tree } from "../core/pytree.ts";
import type { DType } from "../core/dtypes.ts";
import { ArgumentError } from "../core/errors.ts";
import { rsqrt } from "../lax/elementwise.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { type GradientTransformation, mapLeaves, transformation } from "./base.ts";
import * as n from "./numerics.ts";

/** Two running averages: of the gradient and of its square. */
interface Moments {
  readonly count: Value;
  readonly mu: Tree;
  readonly nu: Tree;
}
/** Options of `scaleByAdam`. */
export interface ScaleByAdamOptions {
  /** Decay of the average of gradients. */
  readonly b1?: ArrayLike;
  /** Decay of the average of squared gradients. */
  readonly b2?: ArrayLike;
  /** Added outside the square root. */
  readonly eps?: ArrayLike;
  /** Added inside the square root. */
  readonly epsRoot?: ArrayLike;
  /** Type of the average of gradients; the parameters' by default. */
  readonly muDtype?: DType | null;
  /** Nesterov's look ahead. */
  readonly nesterov?: boolean;
}
const startMoments =
  (muDtype?: DType | null) =>
  (params: Tree): Moments => ({ count: n.zeroCount(), mu: n.zerosOf(params, muDtype), nu: n.zerosOf(params) });
/** The average of gradients without its bias, or with Nesterov's look ahead. */
function unbiased(mu: Tree, updates: Tree, b1: ArrayLike, count: Value, nesterov: boolean): Tree {
  if (!nesterov) return n.biasCorrection(mu, b1, count);
  const ahead = n.biasCorrection(mu, b1, n.safeIncrement(count));
  return mapLeaves((m, g) => np.add(np.multiply(b1, m), np.multiply(n.oneMinus(b1), g)), ahead, n.biasCorrection(updates, b1, count));
}
const divide = (mu: Tree, nu: Tree, eps: ArrayLike, epsRoot: ArrayLike): Tree =>
  mapLeaves((m, v) => m.div(np.add(np.sqrt(np.add(v, epsRoot)), eps)), mu, nu);

/** Adam (Kingma and Ba, 2014): m̂ / (√(v̂ + epsRoot) + eps).
 * @example const tx = optim.scaleByAdam(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleByAdam(options: ScaleByAdamOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, muDtype, nesterov = false } = options;
  return transformation<Moments>(startMoments(muDtype), (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const nu = n.updateMomentPerElemNorm(updates, state.nu, b2, 2);
    const count = n.safeIncrement(state.count);
    const out = divide(unbiased(mu, updates, b1, count, nesterov), n.biasCorrection(nu, b2, count), eps, epsRoot);
    return [out, { count, mu: n.castTree(mu, muDtype), nu: mapLeaves((v, old) => v.astype(old.dtype), nu, state.nu) }];
  });
}
/** Options of `scaleByAmsgrad`. */
export interface ScaleByAmsgradOptions extends Omit<ScaleByAdamOptions, "nesterov"> {
  readonly biasCorrectionMu?: boolean;
  readonly biasCorrectionNu?: boolean;
}
/** AMSGrad (Reddi et al., 2018): Adam with the largest second moment so far.
 * @example const tx = optim.scaleByAmsgrad(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleByAmsgrad(options: ScaleByAmsgradOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, muDtype, biasCorrectionMu = true, biasCorrectionNu = true } = options;
  const init = (params: Tree) => ({ ...startMoments(muDtype)(params), nuMax: n.zerosOf(params) });
  return transformation<Moments & { readonly nuMax: Tree }>(init, (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const nu = n.updateMomentPerElemNorm(updates, state.nu, b2, 2);
    const count = n.safeIncrement(state.count);
    const muHat = biasCorrectionMu ? n.biasCorrection(mu, b1, count) : mu;
    const effective = biasCorrectionNu ? n.biasCorrection(nu, b2, count) : nu;
    const nuMax = mapLeaves((a, b) => np.maximum(a, b), state.nuMax, effective);
    return [divide(muHat, nuMax, eps, epsRoot), { count, mu: n.castTree(mu, muDtype), nu, nuMax }];
  });
}
/** Options of `scaleByAdamax`. */
export interface ScaleByAdamaxOptions {
  readonly b1?: ArrayLike;
  readonly b2?: ArrayLike;
  readonly eps?: ArrayLike;
}
/** Adamax (Kingma and Ba, 2014): Adam with the largest gradient, decayed, in place of the second moment.
 * @example const tx = optim.scaleByAdamax(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleByAdamax(options: ScaleByAdamaxOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options;
  return transformation<Moments>(startMoments(), (updates, state) => {
    const count = n.safeIncrement(state.count);
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const nu = n.updateInfinityMoment(updates, state.nu, b2, eps);
    return [mapLeaves((m, v) => m.div(v), n.biasCorrection(mu, b1, count), nu), { count, mu, nu }];
  });
}
/** Options of `scaleByBelief`. */
export type ScaleByBeliefOptions = Omit<ScaleByAdamOptions, "muDtype">;
/** AdaBelief (Zhuang et al., 2020): the second moment is that of the difference between gradient and its average.
 * @example const tx = optim.scaleByBelief(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1.111, -1.111] */
export function scaleByBelief(options: ScaleByBeliefOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-16, epsRoot = 1e-16, nesterov = false } = options;
  return transformation<Moments>(startMoments(), (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const surprise = n.updateMomentPerElemNorm(n.subtract(updates, mu), state.nu, b2, 2);
    const nu = mapLeaves((v) => np.add(v, epsRoot), surprise);
    const count = n.safeIncrement(state.count);
    return [divide(unbiased(mu, updates, b1, count, nesterov), n.biasCorrection(nu, b2, count), eps, 0), { count, mu, nu }];
  });
}
/** Options of `scaleByYogi`. */
export interface ScaleByYogiOptions extends Omit<ScaleByAdamOptions, "muDtype" | "nesterov"> {
  readonly initialAccumulatorValue?: number;
}
/** Yogi (Zaheer et al., 2018): the second moment moves by at most the squared gradient.
 * @example const tx = optim.scaleByYogi(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.996, -0.9985] */
export function scaleByYogi(options: ScaleByYogiOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-3, epsRoot = 0, initialAccumulatorValue = 1e-6 } = options;
  const init = (params: Tree): Moments => ({
    count: n.zeroCount(),
    mu: n.fullOf(params, initialAccumulatorValue),
    nu: n.fullOf(params, initialAccumulatorValue),
  });
  return transformation<Moments>(init, (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const nu = mapLeaves(
      (v, g) => {
        const square = n.absSq(g);
        return v.sub(np.multiply(n.oneMinus(b2), np.sign(v.sub(square))).mul(square));
      },
      state.nu,
      updates,
    );
    const count = n.safeIncrement(state.count);
    return [divide(n.biasCorrection(mu, b1, count), n.biasCorrection(nu, b2, count), eps, epsRoot), { count, mu, nu }];
  });
}
/** Options of `scaleByRadam`. */
export interface ScaleByRadamOptions extends Omit<ScaleByAdamOptions, "muDtype" | "b2"> {
  readonly b2?: number;
  /** Variance is rectified where the length of the average is above it. */
  readonly threshold?: number;
}
/** Rectified Adam (Liu et al., 2020): plain momentum while too few gradients were seen to know their variance.
 * @example const tx = optim.scaleByRadam(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export function scaleByRadam(options: ScaleByRadamOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, threshold = 5, nesterov = false } = options;
  const longest = 2 / (1 - b2) - 1;
  return transformation<Moments>(startMoments(), (updates, state) => {
    const mu = n.updateMoment(updates, state.mu, b1, 1);
    const nu = n.updateMomentPerElemNorm(updates, state.nu, b2, 2);
    const count = n.safeIncrement(state.count);
    const decayed = np.power(b2, count);
    const length = np.subtract(longest, np.multiply(2, count).mul(decayed).div(np.subtract(1, decayed)));
    const muHat = unbiased(mu, updates, b1, count, nesterov);
    const rectified = np.sqrt(
      length
        .sub(4)
        .mul(length.sub(2))
        .mul(longest)
        .div(np.multiply((longest - 4) * (longest - 2), length)),
    );
    const scaled = mapLeaves(
      (m, v) =>
        rectified
          .astype(m.dtype)
          .mul(m)
          .div(np.add(np.sqrt(np.add(v, epsRoot)), eps)),
      muHat,
      n.biasCorrection(nu, b2, count),
    );
    return [n.choose(length.ge(threshold), scaled, muHat), { count, mu, nu }];
  });
}
/** Options of `scaleByLion`. */
export interface ScaleByLionOptions {
  readonly b1?: ArrayLike;
  readonly b2?: ArrayLike;
  readonly muDtype?: DType | null;
  /** How the sign is taken: "hard", "smooth" (tanh) or "refined" (the value itself within ±1). */
  readonly mode?: "hard" | "smooth" | "refined";
  readonly smoothBeta?: number;
}
/** Lion (Chen et al., 2023): the sign of an average of gradients.
 * @example const tx = optim.scaleByLion(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleByLion(options: ScaleByLionOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.99, muDtype, mode = "hard", smoothBeta = 1 } = options;
  const signs: Record<string, (x: Value) => Value> = {
    hard: (x) => np.sign(x),
    smooth: (x) => np.tanh(np.multiply(smoothBeta, x)),
    refined: (x) => np.where(np.abs(x).lt(1), x, np.sign(x)),
  };
  const sign = signs[mode];
  if (!sign) throw new ArgumentError(`optim.scaleByLion: mode is ${JSON.stringify(mode)}, expected "hard", "smooth" or "refined"`);
  const init = (params: Tree) => ({ count: n.zeroCount(), mu: n.zerosOf(params, muDtype) });
  return transformation<{ readonly count: Value; readonly mu: Tree }>(init, (updates, state) => {
    const out = mapLeaves((g, m) => sign(np.add(np.multiply(n.oneMinus(b1), g), np.multiply(b1, m))), updates, state.mu);
    const mu = n.castTree(n.updateMoment(updates, state.mu, b2, 1), muDtype);
    return [out, { count: n.safeIncrement(state.count), mu }];
  });
}
/** Options of `scaleByAdan`. */
export interface ScaleByAdanOptions {
  readonly b1?: ArrayLike;
  readonly b2?: ArrayLike;
  readonly b3?: ArrayLike;
  readonly eps?: ArrayLike;
  readonly epsRoot?: ArrayLike;
}
/** Adan (Xie et al., 2022): Nesterov momentum from differences of gradients.
 * @example const tx = optim.scaleByAdan(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [1, -1] */
export function scaleByAdan(options: ScaleByAdanOptions = {}): GradientTransformation {
  const { b1 = 0.98, b2 = 0.92, b3 = 0.99, eps = 1e-8, epsRoot = 0 } = options;
  interface State {
    readonly m: Tree;
    readonly v: Tree;
    readonly n: Tree;
    readonly g: Tree;
    readonly t: Value;
  }
  const init = (p: Tree): State => ({ m: n.zerosOf(p), v: n.zerosOf(p), n: n.zerosOf(p), g: n.zerosOf(p), t: n.zeroCount() });
  return transformation<State>(init, (g, state) => {
    const difference = mapLeaves((a, b) => np.where(state.t.eq(0), np.zerosLike(a), a.sub(b)), g, state.g);
    const m = n.updateMoment(g, state.m, b1, 1);
    const v = n.updateMoment(difference, state.v, b2, 1);
    const square = n.updateMomentPerElemNorm(n.addScaled(g, n.oneMinus(b2), difference), state.n, b3, 2);
    const t = n.safeIncrement(state.t);
    const direction = n.addScaled(n.biasCorrection(m, b1, t), n.oneMinus(b2), n.biasCorrection(v, b2, t));
    return [divide(direction, n.biasCorrection(square, b3, t), eps, epsRoot), { m, v, n: square, g, t }];
  });
}
/** Options of `scaleByRms`. */
export interface ScaleByRmsOptions {
  readonly decay?: ArrayLike;
  readonly eps?: ArrayLike;
  readonly initialScale?: ArrayLike;
  /** Whether eps stands inside the square root. */
  readonly epsInSqrt?: boolean;
  readonly biasCorrection?: boolean;
}
interface RmsState {
  readonly count?: Value;
  readonly mu?: Tree;
  readonly nu: Tree;
}
/** RMSProp (Tieleman and Hinton, 2012): by the root of the average of squares.
 * @example const tx = optim.scaleByRms(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [3.162, -3.162] */
export const scaleByRms = (options: ScaleByRmsOptions = {}): GradientTransformation => byRoot(options, false);
/** RMSProp, centred: by the standard deviation.
 * @example const tx = optim.scaleByStddev(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [3.333, -3.333] */
export const scaleByStddev = (options: ScaleByRmsOptions = {}): GradientTransformation => byRoot(options, true);
function byRoot(options: ScaleByRmsOptions, centred: boolean): GradientTransformation {
  const { decay = 0.9, eps = 1e-8, initialScale = 0, epsInSqrt = true, biasCorrection = false } = options;
  const init = (params: Tree): RmsState => ({
    ...(biasCorrection ? { count: n.zeroCount() } : {}),
    ...(centred ? { mu: n.zerosOf(params) } : {}),
    nu: n.fullOf(params, initialScale),
  });
  const root = (v: Value): Value => (epsInSqrt ? rsqrt(np.add(v, eps)) : np.divide(1, np.add(np.sqrt(v), eps)));
  return transformation<RmsState>(init, (updates, state) => {
    const nu = n.updateMomentPerElemNorm(updates, state.nu, decay, 2);
    const mu = centred ? n.updateMoment(updates, state.mu, decay, 1) : undefined;
    const count = state.count === undefined ? undefined : n.safeIncrement(state.count);
    const corrected = <T>(t: T): T => (count === undefined ? t : n.biasCorrection(t, decay, count));
    const variance = mu === undefined ? corrected(nu) : mapLeaves((v, m) => v.sub(n.absSq(m)), corrected(nu), corrected(mu));
    const out = mapLeaves((g, v) => root(v).mul(g), updates, variance);
    return [out, { ...(count === undefined ? {} : { count }), ...(mu === undefined ? {} : { mu }), nu }];
  });
}
/** Options of `scaleByRss`. */
export interface ScaleByRssOptions {
  readonly initialAccumulatorValue?: ArrayLike;
  readonly eps?: ArrayLike;
}
/** AdaGrad (Duchi et al., 2011): by the root of the sum of all squares.
 * @example const tx = optim.scaleByRss(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.8452, -0.9535] */
export function scaleByRss(options: ScaleByRssOptions = {}): GradientTransformation {
  const { initialAccumulatorValue = 0.1, eps = 1e-7 } = options;
  return transformation<{ readonly sumOfSquares: Tree }>(
    (params) => ({ sumOfSquares: n.fullOf(params, initialAccumulatorValue) }),
    (updates, state) => {
      const sumOfSquares = mapLeaves((t, g) => n.absSq(g).add(t), state.sumOfSquares, updates);
      const out = mapLeaves((g, t) => np.where(t.gt(0), rsqrt(np.add(t, eps)), 0).mul(g), updates, sumOfSquares);
      return [out, { sumOfSquares }];
    },
  );
}
/** Options of `scaleByAdadelta`. */
export interface ScaleByAdadeltaOptions {
  readonly rho?: ArrayLike;
  readonly eps?: ArrayLike;
}
/** AdaDelta (Zeiler, 2012): by the ratio of past updates to past gradients.
 * @example const tx = optim.scaleByAdadelta(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.003162, -0.003162] */
export function scaleByAdadelta(options: ScaleByAdadeltaOptions = {}): GradientTransformation {
  const { rho = 0.9, eps = 1e-6 } = options;
  return transformation<{ readonly eG: Tree; readonly eX: Tree }>(
    (params) => ({ eG: n.zerosOf(params), eX: n.zerosOf(params) }),
    (updates, state) => {
      const eG = n.updateMoment(updates, state.eG, rho, 2);
      const out = mapLeaves(
        (g, now, past) =>
          np
            .sqrt(np.add(past, eps))
            .div(np.sqrt(np.add(now, eps)))
            .mul(g),
        updates,
        eG,
        state.eX,
      );
      return [out, { eG, eX: n.updateMoment(out, state.eX, rho, 2) }];
    },
  );
}
/** Options of `scaleByNovograd`. */
export interface ScaleByNovogradOptions extends Omit<ScaleByAdamOptions, "nesterov"> {
  readonly weightDecay?: ArrayLike;
}
/** NovoGrad (Ginsburg et al., 2019): one second moment a leaf, of the gradient's norm.
 * @example const tx = optim.scaleByNovograd(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.4472, -0.8944] */
export function scaleByNovograd(options: ScaleByNovogradOptions = {}): GradientTransformation {
  const { b1 = 0.9, b2 = 0.25, eps = 1e-8, epsRoot = 0, weightDecay = 0, muDtype } = options;
  const init = (params: Tree): Moments => ({
    count: n.zeroCount(),
    mu: n.zerosOf(params, muDtype),
    nu: mapLeaves((p) => np.zeros([], { dtype: p.dtype }), params),
  });
  return transformation<Moments>(init, (updates, state, params) => {
    const count = n.safeIncrement(state.count);
    const first = count.eq(1);
    const nu = mapLeaves(
      (old, g) => {
        const norm2 = np.sum(n.absSq(g));
        return np.where(first, norm2, np.add(np.multiply(n.oneMinus(b2), norm2), np.multiply(b2, old)));
      },
      state.nu,
      updates,
    );
    const normalized = mapLeaves((g, v) => g.div(np.add(np.sqrt(np.add(v, epsRoot)), eps)), updates, nu);
    const decayed = weightDecay === 0 ? normalized : n.addScaled(normalized, weightDecay, params);
    const mu = mapLeaves((m, u) => np.where(first, u, np.multiply(b1, m).add(u)), state.mu, decayed);
    return [n.castTree(mu, muDtype), { count, mu: n.castTree(mu, muDtype), nu }];
  });
}
