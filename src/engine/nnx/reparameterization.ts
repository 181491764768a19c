// Layers whose weights are divided by a norm of theirs before each call: by their largest singular value, or by their length.
import { ShapeError } from "../core/errors.ts";
import type { PathEntry } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import { type Initializer, normal, ones } from "../nn/initializers.ts";
import * as np from "../numpy/index.ts";
import type { DTypeLike } from "../numpy/options.ts";
import { type Layer, call } from "./containers.ts";
import { canonicalizeDtype } from "./dtypes.ts";
import { type Filter, PathContains, toPredicate } from "./filters.ts";
import { Module } from "./module.ts";
import type { Rngs } from "./rngs.ts";
import { iterGraph } from "./state.ts";
import { BatchStat, Param } from "./variable.ts";

/** x over its length along axes (all of them by default). */
function unit(x: Value, eps: number, axis?: readonly number[]): Value {
  return x.mul(lax.rsqrt(np.sum(np.square(x), { keepdims: true, ...(axis ? { axis } : {}) }).add(eps)));
}
/** The parameters below a layer with their paths as text, in the order of these. */
const paramsOf = (layer: unknown): [path: string, entries: readonly PathEntry[], param: Param][] =>
  [...iterGraph(layer)]
    .flatMap(([path, v]) => (v instanceof Param ? [[path.join("."), path, v as Param] as [string, readonly PathEntry[], Param]] : []))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** Options of SpectralNorm. */
export interface SpectralNormOptions {
  /** Makes the first vectors. */
  readonly rngs: Rngs;
  /** Steps of power iteration at each call. Default 1. */
  readonly nSteps?: number;
  /** Keeps divisors from zero. Default 1e-12. */
  readonly epsilon?: number;
  /** The dtype of the divided weights. Default theirs. */
  readonly dtype?: DTypeLike | null;
  /** The dtype of what is remembered. Default float32. */
  readonly paramDtype?: DTypeLike;
  /** Whether parameters of more than two axes are refused; else their last axis is that of columns. Default false. */
  readonly errorOnNonMatrix?: boolean;
  /** Whether calls remember what they found. Default true; `eval()` turns it off. */
  readonly updateStats?: boolean;
}
/** How SpectralNorm is called. */
export interface SpectralNormCallOptions {
  /** Whether this call remembers what it found. */
  readonly updateStats?: boolean;
}
interface Remembered {
  /** The right singular vector: [1, columns]. */
  readonly u: BatchStat;
  readonly sigma: BatchStat;
}
/**
 * A layer whose matrices are divided by their largest singular value before each call (Miyato et al., 2018), which power iteration follows from call to call.
 * The layer's parameters are set to the divided ones. Source: flax.nnx.SpectralNorm.
 */
export class SpectralNorm extends Module {
  readonly nSteps: number;
  readonly epsilon: number;
  readonly dtype: DTypeLike | null;
  readonly errorOnNonMatrix: boolean;
  /** `train()` and `eval()` set it: in evaluation nothing is remembered. */
  useRunningAverage: boolean;
  readonly batchStats: Readonly<Record<string, Remembered>>;
  constructor(
    readonly layerInstance: Layer,
    options: SpectralNormOptions,
  ) {
    super();
    const dtype = options.paramDtype ?? "float32";
    this.nSteps = options.nSteps ?? 1;
    this.epsilon = options.epsilon ?? 1e-12;
    this.dtype = options.dtype ?? null;
    this.errorOnNonMatrix = options.errorOnNonMatrix ?? false;
    this.useRunningAverage = !(options.updateStats ?? true);
    const found: Record<string, Remembered> = {};
    for (const [path, , param] of paramsOf(layerInstance)) {
      const matrix = this.matrix(param.value);
      if (!matrix) continue;
      const key = options.rngs.params();
      found[path] = {
        u: new BatchStat(normal()(key, [1, matrix.shape[1]!], np.dtype(dtype))),
        sigma: new BatchStat(np.ones([], { dtype })),
      };
    }
    this.batchStats = found;
  }
  /** The parameter as a matrix of its last axis's columns; null for vectors, and where there are no steps. Throws ShapeError for other ranks if so wished. */
  private matrix(x: Value): Value | null {
    if (x.ndim <= 1 || this.nSteps < 1) return null;
    if (x.ndim > 2 && this.errorOnNonMatrix)
      throw new ShapeError(`nnx.SpectralNorm: a parameter of the layer is ${x.aval}, and errorOnNonMatrix is set: expected matrices and vectors`);
    return x.reshape([-1, x.shape.at(-1)!]);
  }
  /** What the layer gives with its matrices divided. */
  call(x: ArrayLike, options: SpectralNormCallOptions = {}): unknown {
    const remember = options.updateStats ?? !this.useRunningAverage;
    for (const [path, , param] of paramsOf(this.layerInstance)) {
      const { shape } = param.value,
        matrix = this.matrix(param.value),
        stats = this.batchStats[path];
      if (!matrix || !stats) continue;
      let u = stats.u.value,
        v = u;
      for (let i = 0; i < this.nSteps; i++) {
        v = unit(u.matmul(matrix.T), this.epsilon);
        u = unit(v.matmul(matrix), this.epsilon);
      }
      [u, v] = [lax.stopGradient(u), lax.stopGradient(v)];
      const sigma = v.matmul(matrix).matmul(u.T).get(0, 0),
        divided = matrix.div(np.where(sigma.ne(0), sigma, 1)).reshape(shape);
      if (remember) {
        stats.u.value = u;
        stats.sigma.value = sigma;
      }
      param.value = divided.astype(canonicalizeDtype([divided, u, v, sigma], { dtype: this.dtype }));
    }
    return call(this.layerInstance, x);
  }
}

/** Options of WeightNorm. */
export interface WeightNormOptions {
  /** Makes the scales. */
  readonly rngs: Rngs;
  /** The axes that keep a length each; null: the whole parameter has one. Default the last one. */
  readonly featureAxes?: number | readonly number[] | null;
  /** Multiplies by a trained scale. Default true. */
  readonly useScale?: boolean;
  /** Makes the scale. Default ones. */
  readonly scaleInit?: Initializer;
  /** Keeps divisors from zero. Default 1e-12. */
  readonly epsilon?: number;
  /** The dtype of the weights. Default theirs. */
  readonly dtype?: DTypeLike | null;
  /** The dtype of the scales. Default float32. */
  readonly paramDtype?: DTypeLike;
  /** Which parameters are divided. Default those with "kernel" in their path. */
  readonly variableFilter?: Filter;
}
/**
 * A layer whose weights have length 1 for each feature, times a trained scale (Salimans and Kingma, 2016). The layer's parameters are set to the scaled
 * ones before each call. Source: flax.nnx.WeightNorm; there the scales are plain arrays, which gradients by Param leave out, here they are Params.
 */
export class WeightNorm extends Module {
  readonly featureAxes: readonly number[];
  readonly epsilon: number;
  readonly dtype: DTypeLike | null;
  readonly variableFilter: Filter;
  readonly scales: Readonly<Record<string, Param>> | null;
  constructor(
    readonly layerInstance: Layer,
    options: WeightNormOptions,
  ) {
    super();
    this.featureAxes = options.featureAxes === null ? [] : [options.featureAxes ?? -1].flat();
    this.epsilon = options.epsilon ?? 1e-12;
    this.dtype = options.dtype ?? null;
    this.variableFilter = options.variableFilter ?? PathContains("kernel");
    const init = options.scaleInit ?? ones;
    const scales = this.own().map(([path, , p]): [string, Param] => {
      const shape = this.features(p.value).map((a) => p.shape[a]!);
      return [path, new Param(init(options.rngs.params(), shape, np.dtype(options.paramDtype ?? "float32")))];
    });
    this.scales = (options.useScale ?? true) ? Object.fromEntries(scales) : null;
  }
  private own(): ReturnType<typeof paramsOf> {
    const wanted = toPredicate(this.variableFilter);
    return paramsOf(this.layerInstance).filter(([, path, p]) => wanted(path, p));
  }
  private features(x: Value): number[] {
    return this.featureAxes.map((a) => (a < 0 ? a + x.ndim : a));
  }
  /** What the layer gives with its weights normalized. */
  call(x: ArrayLike): unknown {
    for (const [path, , param] of this.own()) {
      const w = param.value,
        features = this.features(w),
        scale = this.scales?.[path]?.value.reshape(w.shape.map((n, i) => (features.includes(i) ? n : 1))),
        length1 = unit(
          w,
          this.epsilon,
          w.shape.map((_n, i) => i).filter((i) => !features.includes(i)),
        );
      param.value = (scale ? length1.mul(scale) : length1).astype(canonicalizeDtype(scale ? [w, scale] : [w], { dtype: this.dtype }));
    }
    return call(this.layerInstance, x);
  }
}
