// The optimizers: chains of transformations, with Optax's names and defaults. All take a learning rate (a number, an array or a schedule) and options.
import { type DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { key as makeKey } from "../random/index.ts";
import { ema, trace } from "./accumulation.ts";
import * as a from "./adaptive.ts";
import { addDecayedWeights, addNoise } from "./adding.ts";
import { type GradientTransformation, type ScalarOrSchedule, identity, isSchedule } from "./base.ts";
import { clipByBlockRms } from "./clipping.ts";
import { chain } from "./combining.ts";
import { scaleByFactoredRms } from "./factored.ts";
import { type LbfgsOptions, scaleByLbfgs } from "./lbfgs.ts";
import { scaleByZoomLinesearch } from "./zoom.ts";
import { type Mask, masked } from "./masking.ts";
import * as s from "./scaling.ts";

const downhill = s.scaleByLearningRate;
/** Weight decay and which leaves have it. */
export interface WeightDecayOptions {
  readonly weightDecay?: ScalarOrSchedule;
  readonly mask?: Mask | null;
}
const decay = (o: WeightDecayOptions, otherwise: number): GradientTransformation =>
  addDecayedWeights(o.weightDecay ?? otherwise, { mask: o.mask ?? null });
/** The option object without what is for another transformation. */
function without<O extends object, K extends keyof O>(options: O, ...names: readonly K[]): Omit<O, K> {
  const rest = { ...options };
  for (const n of names) delete rest[n];
  return rest;
}

/** AdaBelief (Zhuang et al., 2020).
 * @example const tx = optim.adabelief(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8889, 2.111] */
export const adabelief = (learningRate: ScalarOrSchedule, options: a.ScaleByBeliefOptions = {}): GradientTransformation =>
  chain(a.scaleByBelief(options), downhill(learningRate));
/** Options of `adadelta`. */
export interface AdadeltaOptions extends a.ScaleByAdadeltaOptions {
  readonly weightDecay?: ScalarOrSchedule;
  readonly weightDecayMask?: Mask | null;
}
/** AdaDelta (Zeiler, 2012).
 * @example const tx = optim.adadelta(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9997, 2] */
export const adadelta = (learningRate: ScalarOrSchedule | null = null, options: AdadeltaOptions = {}): GradientTransformation =>
  chain(
    addDecayedWeights(options.weightDecay ?? 0, { mask: options.weightDecayMask ?? null }),
    a.scaleByAdadelta(without(options, "weightDecay", "weightDecayMask")),
    downhill(learningRate),
  );
/** Options of `adafactor`. */
export interface AdafactorOptions {
  readonly minDimSizeToFactor?: number;
  readonly decayRate?: number;
  readonly decayOffset?: number;
  readonly multiplyByParameterScale?: boolean;
  readonly clippingThreshold?: number | null;
  readonly momentum?: number | null;
  readonly dtypeMomentum?: DType;
  readonly weightDecayRate?: number | null;
  readonly eps?: number;
  readonly factored?: boolean;
  readonly weightDecayMask?: Mask | null;
}
/** Adafactor (Shazeer and Stern, 2018): second moments of matrices as a row and a column.
 * @example const tx = optim.adafactor(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8419, 2.158] */
export function adafactor(learningRate: ScalarOrSchedule | null = null, options: AdafactorOptions = {}): GradientTransformation {
  const { minDimSizeToFactor = 128, decayRate = 0.8, decayOffset = 0, eps = 1e-30, factored = true } = options;
  const { clippingThreshold = 1, multiplyByParameterScale = true, momentum = null, weightDecayRate = null } = options;
  const steps = [scaleByFactoredRms({ factored, decayRate, stepOffset: decayOffset, minDimSizeToFactor, epsilon: eps })];
  if (clippingThreshold !== null) steps.push(clipByBlockRms(clippingThreshold));
  if (learningRate !== null) steps.push(downhill(learningRate, { flipSign: false }));
  if (multiplyByParameterScale) steps.push(s.scaleByParamBlockRms());
  if (momentum !== null) steps.push(ema(momentum, { debias: false, accumulatorDtype: options.dtypeMomentum ?? "float32" }));
  if (weightDecayRate !== null) steps.push(addDecayedWeights(weightDecayRate, { mask: options.weightDecayMask ?? null }));
  return chain(...steps, s.scale(-1));
}
/** AdaGrad (Duchi et al., 2011).
 * @example const tx = optim.adagrad(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9155, 2.095] */
export const adagrad = (learningRate: ScalarOrSchedule, options: a.ScaleByRssOptions = {}): GradientTransformation =>
  chain(a.scaleByRss(options), downhill(learningRate));
/** Adam (Kingma and Ba, 2014).
 * @example const tx = optim.adam(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const adam = (learningRate: ScalarOrSchedule, options: a.ScaleByAdamOptions = {}): GradientTransformation =>
  chain(a.scaleByAdam(options), downhill(learningRate));
/** Adam with Nesterov's momentum (Dozat, 2016).
 * @example const tx = optim.nadam(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8526, 2.147] */
export const nadam = (learningRate: ScalarOrSchedule, options: a.ScaleByAdamOptions = {}): GradientTransformation =>
  adam(learningRate, { nesterov: true, ...options });
/** Options of `adamw`. */
export interface AdamwOptions extends a.ScaleByAdamOptions, WeightDecayOptions {}
/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
 * @example const tx = optim.adamw(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const adamw = (learningRate: ScalarOrSchedule, options: AdamwOptions = {}): GradientTransformation =>
  chain(a.scaleByAdam(without(options, "weightDecay", "mask")), decay(options, 1e-4), downhill(learningRate));
/** `adamw` with Nesterov's momentum.
 * @example const tx = optim.nadamw(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8526, 2.147] */
export const nadamw = (learningRate: ScalarOrSchedule, options: AdamwOptions = {}): GradientTransformation =>
  adamw(learningRate, { nesterov: true, ...options });
/** Adamax (Kingma and Ba, 2014).
 * @example const tx = optim.adamax(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const adamax = (learningRate: ScalarOrSchedule, options: a.ScaleByAdamaxOptions = {}): GradientTransformation =>
  chain(a.scaleByAdamax(options), downhill(learningRate));
/** Options of `adamaxw`. */
export interface AdamaxwOptions extends a.ScaleByAdamaxOptions, WeightDecayOptions {}
/** Adamax with decoupled weight decay.
 * @example const tx = optim.adamaxw(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const adamaxw = (learningRate: ScalarOrSchedule, options: AdamaxwOptions = {}): GradientTransformation =>
  chain(a.scaleByAdamax(without(options, "weightDecay", "mask")), decay(options, 1e-4), downhill(learningRate));
/** Options of `adan`. */
export interface AdanOptions extends a.ScaleByAdanOptions, WeightDecayOptions {}
/** Adan (Xie et al., 2022).
 * @example const tx = optim.adan(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const adan = (learningRate: ScalarOrSchedule, options: AdanOptions = {}): GradientTransformation =>
  chain(a.scaleByAdan({ epsRoot: 1e-8, ...without(options, "weightDecay", "mask") }), decay(options, 0), downhill(learningRate));
/** AMSGrad (Reddi et al., 2018).
 * @example const tx = optim.amsgrad(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const amsgrad = (learningRate: ScalarOrSchedule, options: a.ScaleByAmsgradOptions = {}): GradientTransformation =>
  chain(a.scaleByAmsgrad(options), downhill(learningRate));
/** Options of `fromage`. */
export interface FromageOptions {
  readonly minNorm?: number;
}
/** Fromage (Bernstein et al., 2020): steps relative to the size of each leaf.
 * @example const tx = optim.fromage(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8955, 2.189] */
export function fromage(learningRate: ScalarOrSchedule, { minNorm = 1e-6 }: FromageOptions = {}): GradientTransformation {
  const shrink = (rate: ArrayLike): ArrayLike =>
    typeof rate === "number" ? 1 / Math.sqrt(1 + rate * rate) : np.divide(1, np.sqrt(np.add(1, np.square(rate))));
  const times = (x: ArrayLike, y: ArrayLike): ArrayLike => (typeof x === "number" && typeof y === "number" ? x * y : np.multiply(x, y));
  const less = (x: ArrayLike): ArrayLike => (typeof x === "number" ? x - 1 : np.subtract(x, 1));
  const rate: ScalarOrSchedule = isSchedule(learningRate)
    ? (count) => times(shrink(learningRate(count)), learningRate(count))
    : times(learningRate, shrink(learningRate));
  const weight: ScalarOrSchedule = isSchedule(learningRate) ? (count) => less(shrink(learningRate(count))) : less(shrink(learningRate));
  return chain(s.scaleByTrustRatio({ minNorm }), downhill(rate), addDecayedWeights(weight));
}
/** Options of `lars`. */
export interface LarsOptions {
  readonly weightDecay?: ScalarOrSchedule;
  readonly weightDecayMask?: Mask | null;
  readonly trustCoefficient?: ArrayLike;
  readonly eps?: ArrayLike;
  readonly trustRatioMask?: Mask;
  readonly momentum?: ArrayLike;
  readonly nesterov?: boolean;
}
/** LARS (You et al., 2017): a trust ratio a leaf, and momentum.
 * @example const tx = optim.lars(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9999, 2] */
export function lars(learningRate: ScalarOrSchedule, options: LarsOptions = {}): GradientTransformation {
  const {
    weightDecay = 0,
    weightDecayMask = true,
    trustCoefficient = 0.001,
    eps = 0,
    trustRatioMask = true,
    momentum = 0.9,
    nesterov = false,
  } = options;
  return chain(
    addDecayedWeights(weightDecay, { mask: weightDecayMask }),
    masked(s.scaleByTrustRatio({ trustCoefficient, eps }), trustRatioMask),
    downhill(learningRate),
    trace(momentum, { nesterov }),
  );
}
/** Options of `lamb`. */
export interface LambOptions extends Omit<AdamwOptions, "nesterov" | "muDtype"> {}
/** LAMB (You et al., 2020): Adam with a trust ratio a leaf.
 * @example const tx = optim.lamb(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8419, 2.158] */
export const lamb = (learningRate: ScalarOrSchedule, options: LambOptions = {}): GradientTransformation =>
  chain(a.scaleByAdam({ eps: 1e-6, ...without(options, "weightDecay", "mask") }), decay(options, 0), s.scaleByTrustRatio(), downhill(learningRate));
/** Options of `lion`. */
export interface LionOptions extends Omit<a.ScaleByLionOptions, "mode" | "smoothBeta">, WeightDecayOptions {}
/** Lion (Chen et al., 2023).
 * @example const tx = optim.lion(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8999, 2.1] */
export const lion = (learningRate: ScalarOrSchedule, options: LionOptions = {}): GradientTransformation =>
  chain(a.scaleByLion(without(options, "weightDecay", "mask")), decay(options, 1e-3), downhill(learningRate));
/** Options of `noisySgd`. */
export interface NoisySgdOptions {
  readonly eta?: ArrayLike;
  readonly gamma?: ArrayLike;
  /** Key of the noise; `random.key(0)` by default. */
  readonly key?: Value;
}
/** Gradient descent with noise that fades (Neelakantan et al., 2015).
 * @example const tx = optim.noisySgd(0.1, { key: random.key(0) }), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0].shape // [2] */
export const noisySgd = (learningRate: ScalarOrSchedule, { eta = 0.01, gamma = 0.55, key }: NoisySgdOptions = {}): GradientTransformation =>
  chain(addNoise(eta, gamma, key ?? makeKey(0)), downhill(learningRate));
/** NovoGrad (Ginsburg et al., 2019).
 * @example const tx = optim.novograd(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9553, 2.089] */
export const novograd = (learningRate: ScalarOrSchedule, options: Omit<a.ScaleByNovogradOptions, "muDtype"> = {}): GradientTransformation =>
  chain(a.scaleByNovograd({ eps: 1e-6, ...options }), downhill(learningRate));
/** Optimistic gradient descent (Mokhtari et al., 2019), for games.
 * @example const tx = optim.optimisticGradientDescent(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.95, 2.1] */
export const optimisticGradientDescent = (learningRate: ScalarOrSchedule, options: s.ScaleByOptimisticGradientOptions = {}): GradientTransformation =>
  chain(s.scaleByOptimisticGradient(options), downhill(learningRate));
/** Options of `optimisticAdamV2`. */
export interface OptimisticAdamOptions extends a.ScaleByAdamOptions, s.ScaleByOptimisticGradientOptions {}
/** Optimistic Adam (Daskalakis et al., 2017).
 * @example const tx = optim.optimisticAdamV2(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8526, 2.147] */
export function optimisticAdamV2(learningRate: ScalarOrSchedule, options: OptimisticAdamOptions = {}): GradientTransformation {
  const { alpha = 1, beta = 1 } = options;
  const inner = a.scaleByAdam({ nesterov: true, ...without(options, "alpha", "beta") });
  return chain(inner, s.scaleByOptimisticGradient({ alpha, beta }), downhill(learningRate));
}
/** Options of `optimisticAdam`. */
export interface OptimisticAdamFirstOptions extends a.ScaleByAdamOptions {
  /** How much the last gradient counts against. The learning rate. */
  readonly optimism?: ArrayLike | null;
}
/** Optimistic Adam with its learning rate inside, for a number alone; `optimisticAdamV2` takes schedules too.
 * @example const tx = optim.optimisticAdam(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.8526,
 * 2.147] */
export function optimisticAdam(learningRate: ArrayLike, options: OptimisticAdamFirstOptions = {}): GradientTransformation {
  const beta = options.optimism ?? learningRate,
    inner = a.scaleByAdam({ nesterov: true, ...without(options, "optimism") });
  return chain(inner, s.scaleByOptimisticGradient({ alpha: learningRate, beta }), downhill(1));
}
/** Options of `polyakSgd`. */
export interface PolyakSgdOptions extends s.ScaleByPolyakOptions {
  readonly scaling?: ScalarOrSchedule;
}
/** Gradient descent with Polyak's step size; `update` needs `{ value }`, the loss.
 * @example const tx = optim.polyakSgd({ maxLearningRate: 1 }), w = np.array([1, 2]); tx.update(w, tx.init(w), w, { value: np.array(2.5) })[0] // [-0.5, -1] */
export const polyakSgd = (options: PolyakSgdOptions = {}): GradientTransformation =>
  chain(sgd(options.scaling ?? 1), s.scaleByPolyak(without(options, "scaling")));
/** Rectified Adam (Liu et al., 2020).
 * @example const tx = optim.radam(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.95, 2.1] */
export const radam = (learningRate: ScalarOrSchedule, options: a.ScaleByRadamOptions = {}): GradientTransformation =>
  chain(a.scaleByRadam(options), downhill(learningRate));
/** Options of `rmsprop`. */
export interface RmspropOptions extends a.ScaleByRmsOptions {
  readonly centered?: boolean;
  readonly momentum?: ArrayLike | null;
  readonly nesterov?: boolean;
}
/** RMSProp (Tieleman and Hinton, 2012; centred as Graves, 2013).
 * @example const tx = optim.rmsprop(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.6838, 2.316] */
export function rmsprop(learningRate: ScalarOrSchedule, options: RmspropOptions = {}): GradientTransformation {
  const { centered = false, momentum = null, nesterov = false } = options;
  const inner = without(options, "centered", "momentum", "nesterov");
  return chain(
    centered ? a.scaleByStddev(inner) : a.scaleByRms(inner),
    downhill(learningRate),
    momentum === null ? identity() : trace(momentum, { nesterov }),
  );
}
/** Resilient backpropagation (Riedmiller and Braun, 1993), for full batches.
 * @example const tx = optim.rprop(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [1, 2] */
export const rprop = (learningRate: ArrayLike, options: s.ScaleByRpropOptions = {}): GradientTransformation =>
  chain(s.scaleByRprop(learningRate, options), s.scale(-1));
/** Options of `sgd`. */
export interface SgdOptions {
  readonly momentum?: ArrayLike | null;
  readonly nesterov?: boolean;
  readonly accumulatorDtype?: DType | null;
}
/** Gradient descent, with momentum where it is given.
 * @example const tx = optim.sgd(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.95, 2.1] */
export function sgd(learningRate: ScalarOrSchedule, options: SgdOptions = {}): GradientTransformation {
  const { momentum = null, nesterov = false, accumulatorDtype = null } = options;
  return chain(momentum === null ? identity() : trace(momentum, { nesterov, accumulatorDtype }), downhill(learningRate));
}
/** Descent by signs (Bernstein et al., 2018).
 * @example const tx = optim.signSgd(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const signSgd = (learningRate: ScalarOrSchedule): GradientTransformation => chain(s.scaleBySign(), downhill(learningRate));
/** Options of `signum`. */
export interface SignumOptions {
  readonly beta?: ArrayLike;
  readonly accumulatorDtype?: DType | null;
}
/** Descent by the sign of an average of gradients (Bernstein et al., 2018).
 * @example const tx = optim.signum(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9, 2.1] */
export const signum = (learningRate: ScalarOrSchedule, { beta = 0.9, accumulatorDtype = null }: SignumOptions = {}): GradientTransformation =>
  chain(ema(beta, { debias: false, accumulatorDtype }), s.scaleBySign(), downhill(learningRate));
/** Options of `sm3`. */
export interface Sm3Options {
  readonly momentum?: number;
}
/** SM3 (Anil et al., 2019): AdaGrad in little memory.
 * @example const tx = optim.sm3(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.99, 2.01] */
export const sm3 = (learningRate: number, { momentum = 0.9 }: Sm3Options = {}): GradientTransformation =>
  chain(s.scaleBySm3({ b1: momentum }), s.scale(-learningRate));
/** Yogi (Zaheer et al., 2018).
 * @example const tx = optim.yogi(0.1), w = np.array([1, 2]); optim.applyUpdates(w, tx.update(np.array([0.5, -1]), tx.init(w), w)[0]) // [0.9004, 2.1] */
export const yogi = (learningRate: ScalarOrSchedule, options: Pick<a.ScaleByYogiOptions, "b1" | "b2" | "eps"> = {}): GradientTransformation =>
  chain(a.scaleByYogi(options), downhill(learningRate));
/** Options of `lbfgs`. */
export interface LbfgsOptimizerOptions extends LbfgsOptions {
  /** The line search after the direction; null for none. A zoom search of at most 20 steps by default, which needs `{ value, grad, valueFn }`. */
  readonly linesearch?: GradientTransformation | null;
}
/** L-BFGS (Liu and Nocedal, 1989): a quasi-Newton direction from the last few steps, and a line search.
 * @example const tx = optim.lbfgs(), w = np.array([3, 4]), valueFn = (p: Array) => np.sum(p.mul(p)); tx.update(w.mul(2), tx.init(w), w, { value: valueFn(w),
 * grad: w.mul(2), valueFn })[0] // [-0.6, -0.8] */
export function lbfgs(learningRate: ScalarOrSchedule | null = null, options: LbfgsOptimizerOptions = {}): GradientTransformation {
  const { linesearch = scaleByZoomLinesearch(20, { initialGuessStrategy: "one" }), ...rest } = options;
  const step = learningRate === null ? s.scale(-1) : downhill(learningRate);
  return chain(scaleByLbfgs(rest), step, linesearch ?? identity());
}
