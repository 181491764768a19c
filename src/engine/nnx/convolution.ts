// Convolutions, and pooling over windows. Axes are [batch…, spatial…, features].
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import type { DTypeLike, Precision } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";
import * as lax from "../lax/index.ts";
import type { Padding } from "../lax/options.ts";
import { lecunNormal, zeros } from "../nn/initializers.ts";
import { promoteDtype } from "./dtypes.ts";
import { type KernelOptions, precisionOf } from "./linear.ts";
import { Module } from "./module.ts";
import { Param } from "./variable.ts";

type Sizes = number | readonly number[];
/** "SAME", "VALID", "CIRCULAR", "REFLECT", "CAUSAL" (one spatial axis), or how much stands before and behind: one number, or a number or a pair an axis. */
export type LayerPadding = string | number | readonly (number | readonly [number, number])[];
/** What both kinds of convolution take. */
export interface ConvBaseOptions extends KernelOptions {
  /** The step of the window. Default 1. */
  readonly strides?: Sizes;
  /** Default "SAME". */
  readonly padding?: LayerPadding;
  /** The spacing of the kernel's elements. Default 1. */
  readonly kernelDilation?: Sizes;
  /** Zeros and ones that the kernel is multiplied by. */
  readonly mask?: Value | null;
}
/** Options of Conv. */
export interface ConvOptions extends ConvBaseOptions {
  /** The spacing of the input's elements. Default 1. */
  readonly inputDilation?: Sizes;
  /** In how many groups the features are convolved by themselves. Default 1. */
  readonly featureGroupCount?: number;
}
/** Options of ConvTranspose. */
export interface ConvTransposeOptions extends ConvBaseOptions {
  /** The kernel is that of the convolution whose gradient this is: [..., outFeatures, inFeatures], turned round. */
  readonly transposeKernel?: boolean;
}
const each = (v: Sizes | undefined, n: number): number[] => (typeof v === "object" ? [...v] : Array<number>(n).fill(v ?? 1));
function padsOf(what: string, padding: LayerPadding, n: number): Padding {
  if (typeof padding === "string") return padding;
  if (typeof padding === "number") return Array.from({ length: n }, () => [padding, padding] as const);
  if (padding.length !== n)
    throw new ShapeError(`${what}: the padding has ${padding.length} entries, expected one for each of the ${n} spatial axes, or a word`);
  return padding.map((p) => (typeof p === "number" ? ([p, p] as const) : p));
}
const dimensionNumbers = (rank: number): { lhsSpec: number[]; rhsSpec: number[]; outSpec: number[] } => {
  const spatial = Array.from({ length: rank - 2 }, (_x, i) => i),
    lhsSpec = [0, rank - 1, ...spatial.map((i) => i + 1)];
  return { lhsSpec, rhsSpec: [rank - 1, rank - 2, ...spatial], outSpec: lhsSpec };
};
/** One batch axis in place of none or several, and the way back. */
function oneBatchAxis(x: Value, rank: number): [Value, (y: Value) => Value] {
  const batch = x.shape.slice(0, x.ndim - rank - 1);
  if (batch.length === 1) return [x, (y) => y];
  return [np.reshape(x, [batch.reduce((a, b) => a * b, 1), ...x.shape.slice(batch.length)]), (y) => np.reshape(y, [...batch, ...y.shape.slice(1)])];
}
abstract class Convolution extends Module {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: LayerPadding;
  readonly kernelDilation: readonly number[];
  kernel: Param;
  bias: Param | null;
  mask: Value | null;
  dtype: DTypeLike | null;
  precision: Precision | undefined;
  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    kernelSize: Sizes,
    options: ConvBaseOptions,
    features: readonly [number, number],
  ) {
    super();
    const { rngs, paramDtype = "float32" } = options;
    this.kernelSize = typeof kernelSize === "number" ? [kernelSize] : kernelSize;
    const n = this.kernelSize.length,
      shape = [...this.kernelSize, ...features];
    this.strides = each(options.strides, n);
    this.padding = options.padding ?? "SAME";
    this.kernelDilation = each(options.kernelDilation, n);
    this.kernel = new Param((options.kernelInit ?? lecunNormal())(rngs.params(), shape, paramDtype));
    this.bias = (options.useBias ?? true) ? new Param((options.biasInit ?? zeros)(rngs.params(), [outFeatures], paramDtype)) : null;
    this.mask = options.mask ?? null;
    if (this.mask && this.mask.shape.join() !== shape.join())
      throw new ShapeError(`nnx: the mask has shape [${this.mask.shape.join()}], expected the kernel's, [${shape.join()}]`);
    this.dtype = options.dtype ?? null;
    this.precision = options.precision;
  }
  protected operands(inputs: ArrayLike): [x: Value, kernel: Value, bias: Value | null, back: (y: Value) => Value] {
    const n = this.kernelSize.length,
      x0 = asArray(inputs, "nnx"),
      who = this.constructor.name;
    if (x0.ndim < n + 1 || x0.shape.at(-1) !== this.inFeatures)
      throw new ShapeError(
        `nnx.${who}: the input is ${x0.aval}, expected [batch…, ${n} spatial ax${n === 1 ? "is" : "es"}, ${this.inFeatures} features]`,
      );
    const [flat, back] = oneBatchAxis(x0, n),
      weights = this.mask ? this.kernel.value.mul(this.mask) : this.kernel.value,
      [x, kernel, bias] = promoteDtype([flat, weights, this.bias?.value ?? null], { dtype: this.dtype });
    return [x, kernel, bias, back];
  }
}
/** A convolution: [batch…, spatial…, inFeatures] → [batch…, spatial…, outFeatures]. The kernel is [...kernelSize, inFeatures / groups, outFeatures]. Source: flax.nnx.Conv. */
export class Conv extends Convolution {
  readonly inputDilation: readonly number[];
  readonly featureGroupCount: number;
  constructor(inFeatures: number, outFeatures: number, kernelSize: Sizes, options: ConvOptions) {
    const groups = options.featureGroupCount ?? 1;
    if (inFeatures % groups !== 0) throw new ShapeError(`nnx.Conv: ${inFeatures} input features cannot be divided into ${groups} groups`);
    super(inFeatures, outFeatures, kernelSize, options, [inFeatures / groups, outFeatures]);
    this.inputDilation = each(options.inputDilation, this.kernelSize.length);
    this.featureGroupCount = groups;
  }
  /** The convolution. Throws ShapeError where the input has other features, or fewer axes. */
  call(inputs: ArrayLike): Value {
    const [x0, kernel, bias, back] = this.operands(inputs),
      n = this.kernelSize.length,
      reach = this.kernelSize.map((k, i) => (k - 1) * this.kernelDilation[i]!);
    let x = x0,
      padding = padsOf("nnx.Conv", this.padding, n);
    if (padding === "CIRCULAR" || padding === "REFLECT") {
      const pads = [
        [0, 0] as [number, number],
        ...reach.map((r) => [Math.floor(r / 2), Math.floor((r + 1) / 2)] as [number, number]),
        [0, 0] as [number, number],
      ];
      x = np.pad(x, pads, { mode: padding === "CIRCULAR" ? "wrap" : "reflect" });
      padding = "VALID";
    } else if (padding === "CAUSAL") {
      if (n !== 1) throw new ShapeError(`nnx.Conv: the padding "CAUSAL" is for one spatial axis, got ${n}`);
      x = np.pad(x, [
        [0, 0],
        [reach[0]!, 0],
        [0, 0],
      ]);
      padding = "VALID";
    }
    const y = lax.convGeneralDilated(x, kernel, this.strides, padding, {
      lhsDilation: this.inputDilation,
      rhsDilation: this.kernelDilation,
      dimensionNumbers: dimensionNumbers(x.ndim),
      featureGroupCount: this.featureGroupCount,
      ...precisionOf(this.precision),
    });
    return back(bias ? y.add(bias) : y);
  }
}
/** A convolution of the input with zeros between its elements, as many as the strides say: it makes larger. Source: flax.nnx.ConvTranspose. */
export class ConvTranspose extends Convolution {
  readonly transposeKernel: boolean;
  constructor(inFeatures: number, outFeatures: number, kernelSize: Sizes, options: ConvTransposeOptions) {
    super(inFeatures, outFeatures, kernelSize, options, options.transposeKernel ? [outFeatures, inFeatures] : [inFeatures, outFeatures]);
    this.transposeKernel = options.transposeKernel ?? false;
  }
  /** The convolution. Throws ShapeError where the input has other features, or fewer axes. */
  call(inputs: ArrayLike): Value {
    const [x, kernel, bias, back] = this.operands(inputs),
      circular = this.padding === "CIRCULAR",
      padding = padsOf("nnx.ConvTranspose", circular ? "VALID" : this.padding, this.kernelSize.length);
    let y = lax.convTranspose(x, kernel, this.strides, padding, {
      rhsDilation: this.kernelDilation,
      transposeKernel: this.transposeKernel,
      ...precisionOf(this.precision),
    });
    if (circular) y = this.#wrap(x, y);
    return back(bias ? y.add(bias) : y);
  }
  /** What stands over the edges is added at the other side: the result is padded to whole turns, and the turns are summed. */
  #wrap(x: Value, full: Value): Value {
    const turn = x.shape.slice(1, -1).map((n, i) => n * this.strides[i]!),
      missing = turn.map((n, i) => (((full.shape[i + 1]! - n) % (2 * n)) * -1 + 2 * n) % (2 * n));
    let y = np.pad(full, [
      [0, 0],
      ...missing.map((m) => {
        const [small, large] = [Math.floor(m / 2), Math.floor((m + 1) / 2)];
        return (this.transposeKernel ? [small, large] : [large, small]) as [number, number];
      }),
      [0, 0],
    ]);
    turn.forEach((n, i) => {
      const axis = i + 1;
      y = np.reshape(y, [...y.shape.slice(0, axis), y.shape[axis]! / n, n, ...y.shape.slice(axis + 1)]).sum({ axis });
    });
    return y;
  }
}

/** Options of pooling. */
export interface PoolOptions {
  /** The steps of the window. Default 1. */
  readonly strides?: readonly number[] | null;
  /** "SAME", "VALID" (the default), or pairs. */
  readonly padding?: Padding;
}
/** Options of avgPool. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether the padding counts as elements. Default true. */
  readonly countIncludePad?: boolean;
}
/** Folds windows of [batch…, spatial…, features] with a function, from an initial value. Source: flax.nnx.pool.
 * @example nnx.pool(np.arange(4).astype("float32").reshape([1, 4, 1]), 0, lax.add, [2], { strides: [2] }) // [[[1], [5]]] */
export function pool(
  inputs: ArrayLike,
  init: ArrayLike,
  reduceFn: (a: Value, b: Value) => Value,
  windowShape: readonly number[],
  options: PoolOptions = {},
): Value {
  const x0 = asArray(inputs, "nnx.pool"),
    n = windowShape.length;
  if (x0.ndim < n + 1)
    throw new ShapeError(`nnx.pool: the input is ${x0.aval}, expected [batch…, ${n} spatial axes, features] for a window of ${n} axes`);
  const strides = options.strides ?? windowShape.map(() => 1),
    padding = options.padding ?? "VALID",
    [x, back] = oneBatchAxis(x0, n);
  return back(
    lax.reduceWindow(x, asArray(init).astype(x.dtype), reduceFn as never, [1, ...windowShape, 1], {
      windowStrides: [1, ...strides, 1],
      padding: typeof padding === "string" ? padding : [[0, 0], ...padding, [0, 0]],
    }),
  );
}
/** The largest of each window. Source: flax.nnx.max_pool.
 * @example nnx.maxPool(np.arange(4).reshape([1, 2, 2, 1]), [2, 2]) // [[[[3]]]] */
export const maxPool = (inputs: ArrayLike, windowShape: readonly number[], options: PoolOptions = {}): Value =>
  pool(inputs, -Infinity, (a, b) => lax.max(a, b), windowShape, options);
/** The smallest of each window. Source: flax.nnx.min_pool.
 * @example nnx.minPool(np.arange(4).reshape([1, 2, 2, 1]), [2, 2]) // [[[[0]]]] */
export const minPool = (inputs: ArrayLike, windowShape: readonly number[], options: PoolOptions = {}): Value =>
  pool(inputs, Infinity, (a, b) => lax.min(a, b), windowShape, options);
/** The mean of each window. Source: flax.nnx.avg_pool.
 * @example nnx.avgPool(np.arange(4).reshape([1, 2, 2, 1]), [2, 2]) // [[[[1.5]]]] */
export function avgPool(inputs: ArrayLike, windowShape: readonly number[], options: AvgPoolOptions = {}): Value {
  const { countIncludePad = true, ...rest } = options,
    add = (a: Value, b: Value): Value => lax.add(a, b),
    sums = pool(inputs, 0, add, windowShape, rest);
  if (countIncludePad) return sums.div(windowShape.reduce((a, b) => a * b, 1));
  return sums.div(pool(np.onesLike(asArray(inputs)), 0, add, windowShape, rest));
}
