// Initializers: factories that give (key, shape, dtype) → array.
import { type Shape, sizeOf } from "../core/aval.ts";
import { canonicalize, dtypeOf, type DType } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import type { DTypeLike, DTypeOptions } from "../numpy/options.ts";
import type { Tail } from "../core/signature.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";

export type Initializer = (key: Value, shape: Shape, dtype?: DTypeLike) => Value;
const floatOf = (d: DTypeLike | { readonly dtype?: DTypeLike } | undefined): DType =>
  typeof d === "object" ? floatOf(d.dtype) : d ? dtypeOf(d) : canonicalize("float64");
type Axes = number | readonly number[];
/** Initializers with a factor. */
export interface ScaleOptions {
  /** The factor. */
  readonly scale?: number;
  /** The dtype, where the initializer's call names none. */
  readonly dtype?: DTypeLike;
}
/** normal. */
export interface NormalOptions {
  /** The standard deviation. Default 0.01. */
  readonly stddev?: number;
  /** The dtype, where the initializer's call names none. */
  readonly dtype?: DTypeLike;
}
/** truncatedNormal. */
export interface TruncatedNormalOptions extends NormalOptions {
  /** The least value, before it is multiplied by the standard deviation. Default −2. */
  readonly lower?: number;
  /** The largest value, before it is multiplied by the standard deviation. Default 2. */
  readonly upper?: number;
}
/** Initializers that know inputs from outputs. */
export interface FanOptions {
  /** The axis of inputs, or several. Default −2. */
  readonly inAxis?: Axes;
  /** The axis of outputs, or several. Default −1. */
  readonly outAxis?: Axes;
  /** Axes that are neither. */
  readonly batchAxis?: Axes;
  /** The dtype, where the initializer's call names none. */
  readonly dtype?: DTypeLike;
}
/** varianceScaling. */
export interface VarianceScalingOptions extends FanOptions {
  /** The factor of the variance. */
  readonly scale?: number;
  /** What the variance is divided by: inputs ("fan_in"), outputs ("fan_out"), their mean ("fan_avg") or its geometric one ("fan_geo_avg"). */
  readonly mode?: string;
  /** "truncated_normal", "normal" or "uniform". */
  readonly distribution?: string;
}
/** orthogonal and deltaOrthogonal. */
export interface OrthogonalOptions extends ScaleOptions {
  /** The axis of columns. Default the last one. */
  readonly columnAxis?: number;
}
/** Zeros.
 * @example nn.initializers.zeros(random.key(0), [3]) // [0, 0, 0] */
export const zeros: Initializer = (_key, shape, dtype) => np.zeros(shape, { dtype: floatOf(dtype) });
/** Ones.
 * @example nn.initializers.ones(random.key(0), [3]) // [1, 1, 1] */
export const ones: Initializer = (_key, shape, dtype) => np.ones(shape, { dtype: floatOf(dtype) });
/** One value everywhere.
 * @example nn.initializers.constant(3)(random.key(0), [2, 2]) // [[3, 3], [3, 3]] */
export const constant =
  (value: number, opts: DTypeOptions = {}): Initializer =>
  (_key, shape, dtype) =>
    np.full(shape, value, { dtype: floatOf(dtype ?? opts.dtype) });
/** Uniform numbers in [0, scale).
 * @example nn.initializers.uniform()(random.key(0), [2, 2]) // [[0.009477, 0.009786], [0.003323, 0.004687]] */
export const uniform = (...rest: Tail<[scale: number, dtype: DTypeLike], ScaleOptions>): Initializer => {
  const p = options<ScaleOptions>("uniform", ["scale", "dtype"], rest);
  return (key, shape, dtype) => random.uniform(key, { shape, dtype: floatOf(dtype ?? p.dtype) }).mul(p.scale ?? 0.01);
};
/** Normal numbers times stddev.
 * @example nn.initializers.normal()(random.key(0), [2, 2]) // [[0.01623, 0.02025], [-0.004336, -0.0007862]] */
export const normal = (...rest: Tail<[stddev: number, dtype: DTypeLike], NormalOptions>): Initializer => {
  const p = options<NormalOptions>("normal", ["stddev", "dtype"], rest);
  return (key, shape, dtype) => random.normal(key, { shape, dtype: floatOf(dtype ?? p.dtype) }).mul(p.stddev ?? 0.01);
};
/** Normal numbers cut at lower and upper, times stddev.
 * @example nn.initializers.truncatedNormal()(random.key(0), [2, 2]) // [[0.01456, 0.01715], [-0.004127, -0.0007503]] */
export const truncatedNormal = (
  ...rest: Tail<[stddev: number, dtype: DTypeLike, lower: number, upper: number], TruncatedNormalOptions>
): Initializer => {
  const p = options<TruncatedNormalOptions>("truncatedNormal", ["stddev", "dtype", "lower", "upper"], rest);
  return (key, shape, dtype) =>
    random.truncatedNormal(key, p.lower ?? -2, p.upper ?? 2, { shape, dtype: floatOf(dtype ?? p.dtype) }).mul(p.stddev ?? 0.01);
};

function fans(shape: Shape, p: FanOptions): [number, number] {
  if (shape.length < 2)
    throw new ShapeError(`an initializer of this kind needs at least two axes to know inputs and outputs, got the shape [${shape.join()}]`);
  const axes = (a: unknown, otherwise: number): number[] => ([a ?? otherwise].flat() as number[]).map((i) => (i < 0 ? i + shape.length : i)),
    i = axes(p.inAxis, -2),
    o = axes(p.outAxis, -1),
    b = p.batchAxis === undefined ? [] : axes(p.batchAxis, 0);
  const size = (list: number[]): number => list.reduce((n, k) => n * shape[k]!, 1),
    receptive = sizeOf(shape) / size(i) / size(o) / size(b);
  return [size(i) * receptive, size(o) * receptive];
}
/** Random numbers whose variance is a share of the inputs or outputs that the shape has. Throws ShapeError below two axes.
 * @example nn.initializers.varianceScaling({ scale: 1, mode: "fan_in", distribution: "normal" })(random.key(0), [2, 2]) // [[1.147, 1.432], [-0.3066, -0.05559]] */
export function varianceScaling(
  ...rest: Tail<
    [scale: number, mode: string, distribution: string, inAxis: Axes, outAxis: Axes, batchAxis: Axes, dtype: DTypeLike],
    VarianceScalingOptions
  >
): Initializer {
  const p = options<VarianceScalingOptions>("varianceScaling", ["scale", "mode", "distribution", "inAxis", "outAxis", "batchAxis", "dtype"], rest),
    scale = p.scale ?? 1;
  return (key, shape, d) => {
    const dtype = floatOf(d ?? p.dtype),
      [fanIn, fanOut] = fans(shape, p),
      n = p.mode === "fan_in" ? fanIn : p.mode === "fan_out" ? fanOut : p.mode === "fan_geo_avg" ? Math.sqrt(fanIn * fanOut) : (fanIn + fanOut) / 2,
      variance = scale / n;
    if (p.distribution === "normal") return random.normal(key, { shape, dtype }).mul(Math.sqrt(variance));
    if (p.distribution === "uniform") return random.uniform(key, { shape, dtype, minval: -1 }).mul(Math.sqrt(3 * variance));
    // The standard deviation of a normal cut at ±2 is 0.8796….
    return random.truncatedNormal(key, -2, 2, { shape, dtype }).mul(Math.sqrt(variance) / 0.87962566103423978);
  };
}
const scaled =
  (scale: number, mode: string, distribution: string) =>
  (...rest: Tail<[inAxis: Axes, outAxis: Axes, batchAxis: Axes, dtype: DTypeLike], FanOptions>): Initializer =>
    varianceScaling({ scale, mode, distribution, ...options<FanOptions>("initializer", ["inAxis", "outAxis", "batchAxis", "dtype"], rest) });
/** Uniform, variance 1 / mean of inputs and outputs.
 * @example nn.initializers.glorotUniform()(random.key(0), [2, 2]) // [[1.097, 1.172], [-0.4108, -0.07675]] */
export const glorotUniform = scaled(1, "fan_avg", "uniform");
/** Normal, cut at two deviations, variance 1 / mean of inputs and outputs.
 * @example nn.initializers.glorotNormal()(random.key(0), [2, 2]) // [[1.17, 1.378], [-0.3317, -0.06032]] */
export const glorotNormal = scaled(1, "fan_avg", "truncated_normal");
/** Another name of glorotUniform.
 * @example nn.initializers.xavierUniform()(random.key(0), [2, 2]) // [[1.097, 1.172], [-0.4108, -0.07675]] */
export const xavierUniform = glorotUniform;
/** Another name of glorotNormal.
 * @example nn.initializers.xavierNormal()(random.key(0), [2, 2]) // [[1.17, 1.378], [-0.3317, -0.06032]] */
export const xavierNormal = glorotNormal;
/** Uniform, variance 1 / inputs.
 * @example nn.initializers.lecunUniform()(random.key(0), [2, 2]) // [[1.097, 1.172], [-0.4108, -0.07675]] */
export const lecunUniform = scaled(1, "fan_in", "uniform");
/** Normal, cut at two deviations, variance 1 / inputs.
 * @example nn.initializers.lecunNormal()(random.key(0), [2, 2]) // [[1.17, 1.378], [-0.3317, -0.06032]] */
export const lecunNormal = scaled(1, "fan_in", "truncated_normal");
/** Uniform, variance 2 / inputs.
 * @example nn.initializers.heUniform()(random.key(0), [2, 2]) // [[1.551, 1.658], [-0.581, -0.1085]] */
export const heUniform = scaled(2, "fan_in", "uniform");
/** Normal, cut at two deviations, variance 2 / inputs.
 * @example nn.initializers.heNormal()(random.key(0), [2, 2]) // [[1.655, 1.949], [-0.4691, -0.0853]] */
export const heNormal = scaled(2, "fan_in", "truncated_normal");
/** Another name of heUniform.
 * @example nn.initializers.kaimingUniform()(random.key(0), [2, 2]) // [[1.551, 1.658], [-0.581, -0.1085]] */
export const kaimingUniform = heUniform;
/** Another name of heNormal.
 * @example nn.initializers.kaimingNormal()(random.key(0), [2, 2]) // [[1.655, 1.949], [-0.4691, -0.0853]] */
export const kaimingNormal = heNormal;

/**
 * Uniformly distributed orthogonal matrices times `scale`; where the shape is not square, the shorter side's vectors are orthonormal.
 * `columnAxis` holds the columns, all other axes together the rows. Throws for shapes of fewer than two axes.
 * @example nn.initializers.orthogonal()(random.key(0), [2, 2]) // [[0.9661, 0.2582], [-0.2582, 0.9661]]
 */
export function orthogonal(...rest: Tail<[scale: number, columnAxis: number, dtype: DTypeLike], OrthogonalOptions>): Initializer {
  const p = options<OrthogonalOptions>("orthogonal", ["scale", "columnAxis", "dtype"], rest);
  return (key, shape, d) => {
    const dtype = floatOf(d ?? p.dtype);
    if (shape.length < 2) throw new ShapeError(`nn.initializers.orthogonal: the shape is [${shape.join()}], expected at least two axes`);
    if (sizeOf(shape) === 0) return np.zeros(shape, { dtype });
    const given = p.columnAxis ?? -1,
      axis = given < 0 ? given + shape.length : given,
      columns = shape[axis];
    if (columns === undefined)
      throw new ShapeError(`nn.initializers.orthogonal: columnAxis is ${given}, out of range for the shape [${shape.join()}]`);
    const q = random.orthogonal(key, sizeOf(shape) / columns, { shape: [], dtype, m: columns }),
      rows = shape.filter((_n, i) => i !== axis);
    return np.moveaxis(np.reshape(q, [...rows, columns]), -1, axis).mul(p.scale ?? 1);
  };
}
/**
 * Convolution kernels of 1, 2 or 3 spatial axes that are an orthogonal matrix at their centre and zero elsewhere (Xiao et al., arXiv:1806.05393):
 * a layer that keeps norms. The last two axes are inputs and outputs; there may not be more inputs than outputs.
 * @example nn.initializers.deltaOrthogonal()(random.key(0), [3, 2, 2]).shape // [3, 2, 2]
 */
export function deltaOrthogonal(...rest: Tail<[scale: number, columnAxis: number, dtype: DTypeLike], OrthogonalOptions>): Initializer {
  const p = options<OrthogonalOptions>("deltaOrthogonal", ["scale", "columnAxis", "dtype"], rest),
    matrix = orthogonal(p);
  return (key, shape, d) => {
    const dtype = floatOf(d ?? p.dtype),
      [inputs, outputs] = shape.slice(-2);
    if (shape.length < 3 || shape.length > 5)
      throw new ShapeError(`nn.initializers.deltaOrthogonal: the shape is [${shape.join()}], expected three, four or five axes`);
    if (outputs! < inputs!)
      throw new ShapeError(
        `nn.initializers.deltaOrthogonal: the shape [${shape.join()}] has ${inputs} inputs and ${outputs} outputs; expected no more inputs than outputs`,
      );
    const centre = shape.slice(0, -2).map((n) => [Math.floor((n - 1) / 2), n] as const),
      around = [...centre.map(([c, n]) => [c, n - 1 - c] as [number, number]), [0, 0] as [number, number], [0, 0] as [number, number]];
    return np.pad(np.reshape(matrix(key, [inputs!, outputs!], dtype), [...centre.map(() => 1), inputs!, outputs!]), around);
  };
}
