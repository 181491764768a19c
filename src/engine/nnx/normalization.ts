// Normalizations: mean 0 and variance 1 over some axes, then a trained scale and bias.
import { isComplex } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, castTo } from "../numpy/convert.ts";
import type { DTypeLike } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";
import * as lax from "../lax/index.ts";
import { type Initializer, ones, zeros } from "../nn/initializers.ts";
import { canonicalizeDtype, promoteDtype } from "./dtypes.ts";
import type { LayerOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { BatchStat, Param } from "./variable.ts";

type Axes = number | readonly number[];
/** What all normalizations take. */
export interface NormOptions extends LayerOptions {
  /** Added to the variance. */
  readonly epsilon?: number;
  /** Multiplies by a trained scale. Default true. */
  readonly useScale?: boolean;
  /** Makes the scale. Default ones. */
  readonly scaleInit?: Initializer;
  /** Names of axes of vmap over which the statistics are averaged too. */
  readonly axisName?: string | null;
  /** The variance as the mean of squares less the square of the mean (the default), or in two passes. */
  readonly useFastVariance?: boolean;
}
/** Normalizations with a bias. */
export interface BiasNormOptions extends NormOptions {
  /** Adds a trained bias. Default true. */
  readonly useBias?: boolean;
  /** Makes the bias. Default zeros. */
  readonly biasInit?: Initializer;
}
/** Options of BatchNorm. */
export interface BatchNormOptions extends BiasNormOptions {
  /** Uses the running statistics instead of the batch's. Default false. */
  readonly useRunningAverage?: boolean;
  /** The axis of features, or several. Default the last one. */
  readonly axis?: Axes;
  /** How much of the running statistics stays at each call. Default 0.99. */
  readonly momentum?: number;
}
/** Options of LayerNorm and RMSNorm. */
export interface AxesNormOptions extends BiasNormOptions {
  /** The axes of the statistics. Default the last one. */
  readonly reductionAxes?: Axes;
  /** The axes of scale and bias. Default the last one. */
  readonly featureAxes?: Axes;
}
/** Options of GroupNorm. */
export interface GroupNormOptions extends BiasNormOptions {
  /** How many groups. Default 32; null where groupSize says it. */
  readonly numGroups?: number | null;
  /** How many features are in a group. */
  readonly groupSize?: number | null;
}
/** Options of InstanceNorm. */
export interface InstanceNormOptions extends BiasNormOptions {
  /** The axes of features. Default the last one. */
  readonly featureAxes?: Axes;
}
/** How a normalization is called. */
export interface NormCallOptions {
  /** Elements that count. */
  readonly mask?: ArrayLike | null;
}
const axesIn = (axes: Axes, rank: number): number[] => [
  ...new Set((typeof axes === "number" ? [axes] : [...axes]).map((a) => (a < 0 ? a + rank : a))),
];
const square = (x: Value): Value => (isComplex(x.dtype) ? lax.square(lax.real(x)).add(lax.square(lax.imag(x))) : lax.square(x));

interface StatsOptions {
  readonly dtype: DTypeLike | null;
  readonly axisName: string | null;
  readonly useMean: boolean;
  readonly fast: boolean;
  readonly mask: ArrayLike | null;
}
/** Mean and variance over axes, in float32 at least. */
function statistics(x0: Value, axes: readonly number[], p: StatsOptions): [mean: Value, variance: Value] {
  const x = castTo(x0, np.promoteTypes(p.dtype ?? x0.dtype, "float32")),
    mean = (v: Value): Value => {
      const m = np.mean(v, { axis: [...axes], ...(p.mask === null ? {} : { where: p.mask }) });
      return p.axisName === null ? m : lax.pmean(m, p.axisName);
    };
  if (!p.useMean) {
    const variance = mean(square(x));
    return [np.zerosLike(variance), variance];
  }
  const mu = mean(x);
  if (p.fast) return [mu, np.maximum(0, mean(square(x)).sub(square(mu)))];
  return [mu, mean(square(x.sub(np.expandDims(mu, [...axes]))))];
}
abstract class Normalization extends Module {
  scale: Param | null;
  bias: Param | null;
  readonly epsilon: number;
  readonly axisName: string | null;
  readonly useFastVariance: boolean;
  dtype: DTypeLike | null;
  constructor(
    readonly numFeatures: number,
    options: BiasNormOptions,
    epsilon: number,
    hasBias = true,
  ) {
    super();
    const { rngs, paramDtype = "float32" } = options;
    this.scale = (options.useScale ?? true) ? new Param((options.scaleInit ?? ones)(rngs.params(), [numFeatures], paramDtype)) : null;
    this.bias = hasBias && (options.useBias ?? true) ? new Param((options.biasInit ?? zeros)(rngs.params(), [numFeatures], paramDtype)) : null;
    this.epsilon = options.epsilon ?? epsilon;
    this.axisName = options.axisName ?? null;
    this.useFastVariance = options.useFastVariance ?? true;
    this.dtype = options.dtype ?? null;
  }
  protected operands(inputs: ArrayLike): [x: Value, scale: Value | null, bias: Value | null] {
    return promoteDtype([inputs, this.scale?.value ?? null, this.bias?.value ?? null], { dtype: this.dtype });
  }
  protected statistics(x: Value, axes: readonly number[], mask: ArrayLike | null, useMean = true): [Value, Value] {
    return statistics(x, axes, { dtype: this.dtype, axisName: this.axisName, useMean, fast: this.useFastVariance, mask });
  }
  /** (x − mean) · scale / √(variance + ε) + bias. */
  protected normalize(
    x: Value,
    [mean, variance]: readonly [Value, Value],
    [scale, bias]: readonly [Value | null, Value | null],
    reduction: readonly number[],
    features: readonly number[],
  ): Value {
    const stats = x.shape.map((n, i) => (reduction.includes(i) ? 1 : n)),
      along = x.shape.map((n, i) => (features.includes(i) ? n : 1)),
      factor = lax.rsqrt(np.reshape(variance, stats).add(this.epsilon)),
      y = x.sub(np.reshape(mean, stats)).mul(scale ? factor.mul(np.reshape(scale, along)) : factor),
      shifted = bias ? y.add(np.reshape(bias, along)) : y;
    return castTo(shifted, canonicalizeDtype([x, scale, bias], { dtype: this.dtype }));
  }
}
/** Normalizes each feature over the batch; keeps running statistics (BatchStats) for evaluation. Source: flax.nnx.BatchNorm (arXiv:1502.03167). */
export class BatchNorm extends Normalization {
  mean: BatchStat;
  var: BatchStat;
  useRunningAverage: boolean;
  readonly axis: Axes;
  readonly momentum: number;
  constructor(numFeatures: number, options: BatchNormOptions) {
    super(numFeatures, options, 1e-5);
    this.mean = new BatchStat(np.zeros([numFeatures], { dtype: "float32" }));
    this.var = new BatchStat(np.ones([numFeatures], { dtype: "float32" }));
    this.useRunningAverage = options.useRunningAverage ?? false;
    this.axis = options.axis ?? -1;
    this.momentum = options.momentum ?? 0.99;
  }
  /** The input normalized, and the running statistics moved unless they are used. */
  call(inputs: ArrayLike, options: NormCallOptions & { readonly useRunningAverage?: boolean } = {}): Value {
    const [x, scale, bias] = this.operands(inputs),
      features = axesIn(this.axis, x.ndim),
      reduction = x.shape.map((_n, i) => i).filter((i) => !features.includes(i));
    let stats: [Value, Value];
    if (options.useRunningAverage ?? this.useRunningAverage) stats = promoteDtype([this.mean.value, this.var.value], { dtype: this.dtype });
    else {
      stats = this.statistics(x, reduction, options.mask ?? null);
      const moved = (old: Value, now: Value): Value => lax.stopGradient(old.mul(this.momentum).add(now.mul(1 - this.momentum)));
      this.mean.value = moved(this.mean.value, stats[0]);
      this.var.value = moved(this.var.value, stats[1]);
    }
    return this.normalize(x, stats, [scale, bias], reduction, features);
  }
}
/** Normalizes each example over its features. Source: flax.nnx.LayerNorm (arXiv:1607.06450). */
export class LayerNorm extends Normalization {
  readonly reductionAxes: Axes;
  readonly featureAxes: Axes;
  constructor(numFeatures: number, options: AxesNormOptions) {
    super(numFeatures, options, 1e-6);
    this.reductionAxes = options.reductionAxes ?? -1;
    this.featureAxes = options.featureAxes ?? -1;
  }
  /** The input normalized. */
  call(inputs: ArrayLike, options: NormCallOptions = {}): Value {
    const [x, scale, bias] = this.operands(inputs),
      reduction = axesIn(this.reductionAxes, x.ndim);
    return this.normalize(x, this.statistics(x, reduction, options.mask ?? null), [scale, bias], reduction, axesIn(this.featureAxes, x.ndim));
  }
}
/** Divides each example by the root of the mean of its squares. Source: flax.nnx.RMSNorm (arXiv:1910.07467). */
export class RMSNorm extends Normalization {
  readonly reductionAxes: Axes;
  readonly featureAxes: Axes;
  constructor(numFeatures: number, options: Omit<AxesNormOptions, "useBias" | "biasInit">) {
    super(numFeatures, options, 1e-6, false);
    this.reductionAxes = options.reductionAxes ?? -1;
    this.featureAxes = options.featureAxes ?? -1;
  }
  /** The input normalized. */
  call(inputs: ArrayLike, options: NormCallOptions = {}): Value {
    const [x, scale] = this.operands(inputs),
      reduction = axesIn(this.reductionAxes, x.ndim);
    return this.normalize(x, this.statistics(x, reduction, options.mask ?? null, false), [scale, null], reduction, axesIn(this.featureAxes, x.ndim));
  }
}
/** Normalizes each example over groups of its features. Source: flax.nnx.GroupNorm (arXiv:1803.08494). */
export class GroupNorm extends Normalization {
  readonly numGroups: number;
  readonly groupSize: number;
  constructor(numFeatures: number, options: GroupNormOptions) {
    super(numFeatures, options, 1e-6);
    const size = options.groupSize ?? null,
      groups = size === null ? (options.numGroups ?? 32) : numFeatures / size;
    if (size !== null && options.numGroups !== undefined && options.numGroups !== null)
      throw new ShapeError("nnx.GroupNorm: give numGroups or groupSize, not both");
    if (!Number.isInteger(groups) || groups <= 0 || numFeatures % groups !== 0)
      throw new ShapeError(
        `nnx.GroupNorm: ${numFeatures} features cannot be divided into groups ${size === null ? `by numGroups ${groups}` : `of ${size}`}`,
      );
    this.numGroups = groups;
    this.groupSize = numFeatures / groups;
  }
  /** The input, [batch, …, features], normalized. */
  call(inputs: ArrayLike, options: NormCallOptions = {}): Value {
    const [x, scale, bias] = this.operands(inputs),
      inner = Array.from({ length: x.ndim - 2 }, (_v, i) => i + 1),
      grouped = (v: Value): Value => np.reshape(v, [...v.shape.slice(0, -1), this.numGroups, this.groupSize]),
      mask = options.mask === undefined || options.mask === null ? null : grouped(np.broadcastTo(asArray(options.mask), x.shape));
    const stats = this.statistics(grouped(x), [...inner, x.ndim], mask).map((s) => np.repeat(s, this.groupSize, { axis: 1 })) as [Value, Value];
    return this.normalize(x, stats, [scale, bias], inner, [x.ndim - 1]);
  }
}
/** Normalizes each feature of each example over the axes between. Source: flax.nnx.InstanceNorm (arXiv:1607.08022). */
export class InstanceNorm extends Normalization {
  readonly featureAxes: Axes;
  constructor(numFeatures: number, options: InstanceNormOptions) {
    super(numFeatures, options, 1e-6);
    this.featureAxes = options.featureAxes ?? -1;
  }
  /** The input, [batch, …, features], normalized. Throws ShapeError where the features lie along the batch's axis. */
  call(inputs: ArrayLike, options: NormCallOptions = {}): Value {
    const [x, scale, bias] = this.operands(inputs),
      features = axesIn(this.featureAxes, x.ndim);
    if (features.includes(0)) throw new ShapeError("nnx.InstanceNorm: featureAxes has axis 0, which is the batch; expected others");
    const reduction = x.shape.map((_n, i) => i).filter((i) => i > 0 && !features.includes(i));
    return this.normalize(x, this.statistics(x, reduction, options.mask ?? null), [scale, bias], reduction, features);
  }
}
