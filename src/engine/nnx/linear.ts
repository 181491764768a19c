// Linear layers and embeddings.
import type { Shape } from "../core/aval.ts";
import { isInteger } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import type { DTypeLike, Precision } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";
import * as lax from "../lax/index.ts";
import { type Initializer, lecunNormal, varianceScaling, zeros } from "../nn/initializers.ts";
import { promoteDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable.ts";

/** What every layer with parameters takes. */
export interface LayerOptions {
  /** Where the parameters' keys come from. */
  readonly rngs: Rngs;
  /** The dtype of the computation; by default what input and parameters promote to. */
  readonly dtype?: DTypeLike | null;
  /** The dtype of the parameters. Default float32. */
  readonly paramDtype?: DTypeLike;
}
/** Layers with a kernel and a bias. */
export interface KernelOptions extends LayerOptions {
  /** Adds a bias. Default true. */
  readonly useBias?: boolean;
  /** How products are computed. */
  readonly precision?: Precision;
  /** Makes the kernel. Default lecunNormal. */
  readonly kernelInit?: Initializer;
  /** Makes the bias. Default zeros. */
  readonly biasInit?: Initializer;
}
export const precisionOf = (p: Precision | undefined): { precision?: Precision } => (p === undefined ? {} : { precision: p });

/** x · kernel + bias over the last axis. The kernel is [inFeatures, outFeatures]. Source: flax.nnx.Linear. */
export class Linear extends Module {
  kernel: Param;
  bias: Param | null;
  dtype: DTypeLike | null;
  precision: Precision | undefined;
  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: KernelOptions,
  ) {
    super();
    const { rngs, paramDtype = "float32" } = options;
    this.kernel = new Param((options.kernelInit ?? lecunNormal())(rngs.params(), [inFeatures, outFeatures], paramDtype));
    this.bias = (options.useBias ?? true) ? new Param((options.biasInit ?? zeros)(rngs.params(), [outFeatures], paramDtype)) : null;
    this.dtype = options.dtype ?? null;
    this.precision = options.precision;
  }
  /** [..., inFeatures] → [..., outFeatures]. Throws ShapeError where the last axis has another size. */
  call(inputs: ArrayLike): Value {
    const [x, kernel, bias] = promoteDtype([inputs, this.kernel.value, this.bias?.value ?? null], { dtype: this.dtype });
    if (x.shape.at(-1) !== kernel.shape[0])
      throw new ShapeError(`nnx.Linear: the input is ${x.aval}, expected ${kernel.shape[0]} features along its last axis (inFeatures)`);
    const y = np.matmul(x, kernel, precisionOf(this.precision));
    return bias ? y.add(bias) : y;
  }
}
const list = (v: number | readonly number[]): readonly number[] => (typeof v === "number" ? [v] : v);
const product = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
/** Options of LinearGeneral. */
export interface LinearGeneralOptions extends KernelOptions {
  /** The axes that are contracted. Default the last one. */
  readonly axis?: number | readonly number[];
  /** Leading axes, by number, with sizes, that have a kernel each. */
  readonly batchAxis?: Readonly<Record<number, number>>;
}
/** A linear map over several axes: [...others, ...inFeatures] → [...others, ...outFeatures]. Source: flax.nnx.LinearGeneral. */
export class LinearGeneral extends Module {
  readonly inFeatures: readonly number[];
  readonly outFeatures: readonly number[];
  readonly axis: readonly number[];
  readonly batchAxis: readonly number[];
  kernel: Param;
  bias: Param | null;
  dtype: DTypeLike | null;
  precision: Precision | undefined;
  constructor(inFeatures: number | readonly number[], outFeatures: number | readonly number[], options: LinearGeneralOptions) {
    super();
    const { rngs, paramDtype = "float32", batchAxis = {} } = options;
    this.inFeatures = list(inFeatures);
    this.outFeatures = list(outFeatures);
    this.axis = list(options.axis ?? -1);
    this.batchAxis = Object.keys(batchAxis).map(Number);
    if (this.inFeatures.length !== this.axis.length)
      throw new ShapeError(
        `nnx.LinearGeneral: inFeatures has ${this.inFeatures.length} entries and axis ${this.axis.length}; expected one size for each contracted axis`,
      );
    const batch = Object.values(batchAxis),
      shape = [...batch, ...this.inFeatures, ...this.outFeatures],
      flat = [product(batch) * product(this.inFeatures), product(this.outFeatures)];
    this.kernel = new Param(np.reshape((options.kernelInit ?? lecunNormal())(rngs.params(), flat, paramDtype), shape));
    const biasShape = [...batch, ...this.outFeatures];
    this.bias =
      (options.useBias ?? true)
        ? new Param(np.reshape((options.biasInit ?? zeros)(rngs.params(), [product(biasShape)], paramDtype), biasShape))
        : null;
    this.dtype = options.dtype ?? null;
    this.precision = options.precision;
  }
  /** The map applied; batch axes come first in the result, then the others, then outFeatures. */
  call(inputs: ArrayLike): Value {
    const [x, kernel, bias] = promoteDtype([inputs, this.kernel.value, this.bias?.value ?? null], { dtype: this.dtype }),
      from = (a: number): number => (a < 0 ? a + x.ndim : a),
      axis = this.axis.map(from).sort((a, b) => a - b),
      batch = this.batchAxis.map(from),
      nb = batch.length;
    const y = lax.dotGeneral(
      x,
      kernel,
      [
        [axis, axis.map((_a, i) => nb + i)],
        [batch, batch.map((_a, i) => i)],
      ],
      precisionOf(this.precision),
    );
    if (!bias) return y;
    const kept = x.shape.map((n, i) => ({ n, i })).filter(({ i }) => !axis.includes(i));
    return y.add(np.reshape(bias, [...kept.map(({ n, i }) => (batch.includes(i) ? n : 1)), ...this.outFeatures]));
  }
}
/** Options of Einsum. */
export interface EinsumOptions extends Omit<KernelOptions, "useBias"> {
  /** The shape of the bias; none by default. */
  readonly biasShape?: readonly number[] | null;
}
/** einsum(input, kernel) + bias, by a text such as "abc,cd->abd". Source: flax.nnx.Einsum. */
export class Einsum extends Module {
  kernel: Param;
  bias: Param | null;
  dtype: DTypeLike | null;
  precision: Precision | undefined;
  constructor(
    readonly einsumStr: string,
    readonly kernelShape: readonly number[],
    options: EinsumOptions,
  ) {
    super();
    checkEinsum(einsumStr);
    const { rngs, paramDtype = "float32" } = options;
    this.kernel = new Param((options.kernelInit ?? lecunNormal())(rngs.params(), kernelShape, paramDtype));
    this.bias = options.biasShape ? new Param((options.biasInit ?? zeros)(rngs.params(), options.biasShape, paramDtype)) : null;
    this.dtype = options.dtype ?? null;
    this.precision = options.precision;
  }
  /** The sum, by the layer's text or another one. */
  call(inputs: ArrayLike, einsumStr: string = this.einsumStr): Value {
    checkEinsum(einsumStr);
    const [x, kernel, bias] = promoteDtype([inputs, this.kernel.value, this.bias?.value ?? null], { dtype: this.dtype }),
      y = np.einsum(einsumStr, x, kernel, precisionOf(this.precision));
    if (!bias) return y;
    const text = einsumStr.replace(/\s/g, ""),
      letters = text.split("->")[0]!.split(",")[1]!,
      out = text.split("->")[1]!.replace("...", ".".repeat(Math.max(0, y.ndim - text.split("->")[1]!.replace("...", "").length)));
    return y.add(
      np.reshape(
        bias,
        [...out].map((c) => (letters.includes(c) && c !== "." ? kernel.shape[letters.indexOf(c)]! : 1)),
      ),
    );
  }
}
function checkEinsum(text: string): void {
  if (!text.includes("->") || text.split(",").length !== 2)
    throw new ShapeError(`nnx.Einsum: "${text}" must have two operands and say the result, as "abc,cd->abd" does`);
}
/** Options of Embed. */
export interface EmbedOptions extends LayerOptions {
  /** Makes the table. Default normal with variance 1 / features. */
  readonly embeddingInit?: Initializer;
}
/** A table of vectors: integers become rows. Source: flax.nnx.Embed. */
export class Embed extends Module {
  embedding: Param;
  dtype: DTypeLike;
  constructor(
    readonly numEmbeddings: number,
    readonly features: number,
    options: EmbedOptions,
  ) {
    super();
    const { rngs, paramDtype = "float32" } = options,
      init = options.embeddingInit ?? varianceScaling({ scale: 1, mode: "fan_in", distribution: "normal", outAxis: 0 });
    this.embedding = new Param(init(rngs.params(), [numEmbeddings, features], paramDtype));
    this.dtype = options.dtype ?? this.embedding.value.dtype;
  }
  /** int[...] → [..., features]. Throws DTypeError for numbers that are no integers. */
  call(inputs: ArrayLike): Value {
    const x = asArray(inputs, "nnx.Embed");
    if (!isInteger(x.dtype)) throw new DTypeError(`nnx.Embed: the input has dtype ${x.dtype}, expected an integer one; use x.astype("int32")`);
    const [table] = promoteDtype([this.embedding.value], { dtype: this.dtype, inexact: false });
    return this.numEmbeddings === 1 ? np.broadcastTo(table, [...x.shape, this.features]) : np.take(table, x, { axis: 0 });
  }
  /** How much each row is like the query: query · embeddingᵀ. */
  attend(query: ArrayLike): Value {
    const [q, table] = promoteDtype([query, this.embedding.value], { dtype: this.dtype });
    return np.dot(q, table.T);
  }
}
/** max(x, slope · x), with a slope that is trained. Source: flax.nnx.PReLU. */
export class PReLU extends Module {
  negativeSlope: Param;
  constructor(options: { readonly negativeSlopeInit?: number; readonly paramDtype?: DTypeLike } = {}) {
    super();
    this.negativeSlope = new Param(np.array(options.negativeSlopeInit ?? 0.01, { dtype: options.paramDtype ?? "float32" }));
  }
  /** Elementwise. */
  call(inputs: ArrayLike): Value {
    const [x, slope] = promoteDtype([inputs, this.negativeSlope.value]);
    return np.where(x.ge(0), x, slope.mul(x));
  }
}
