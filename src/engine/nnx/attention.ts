// Attention of several heads, with a cache for decoding step by step; and masks.
import type { Shape } from "../core/aval.ts";
import { ShapeError, StructureError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import type { DTypeLike, Precision } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";
import * as lax from "../lax/index.ts";
import * as random from "../random/index.ts";
import * as nn from "../nn/index.ts";
import { promoteDtype } from "./dtypes.ts";
import { type KernelOptions, LinearGeneral, precisionOf } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import { type RngSource, forked, keyFrom } from "./stochastic.ts";
import type { RngStream } from "./rngs.ts";
import { Cache, Intermediate } from "./variable.ts";

/** Options of dotProductAttention. */
export interface AttentionOptions {
  /** Added to the products, [batch…, heads, queries, keys]. */
  readonly bias?: ArrayLike | null;
  /** Where a query may look, [batch…, heads, queries, keys]. */
  readonly mask?: ArrayLike | null;
  /** Drops the same weights in every batch and head. Default true. */
  readonly broadcastDropout?: boolean;
  /** The key for dropping weights. */
  readonly dropoutRng?: Value | null;
  /** The share of weights that are dropped. Default 0. */
  readonly dropoutRate?: number;
  /** Drops none. Default false. */
  readonly deterministic?: boolean;
  /** The dtype of the computation. */
  readonly dtype?: DTypeLike | null;
  /** How products are computed. */
  readonly precision?: Precision;
  /** A query sees no later key. */
  readonly isCausal?: boolean;
  /** Keeps the weights in this module, as the Intermediate "attentionWeights". */
  readonly module?: Module | null;
}
/**
 * softmax(q kᵀ / √width + bias) v, with dropout on the weights. query is [batch…, queries, heads, width], key and value [batch…, keys, heads, width];
 * fewer key heads are shared by several of the query's. Source: flax.nnx.dot_product_attention (arXiv:1706.03762).
 * @example nnx.dotProductAttention(np.ones([1, 2, 1, 4]), np.ones([1, 3, 1, 4]), np.ones([1, 3, 1, 4])).shape // [1, 2, 1, 4]
 */
export function dotProductAttention(query: ArrayLike, key: ArrayLike, value: ArrayLike, options: AttentionOptions = {}): Value {
  const [q0, k0, v0] = promoteDtype([query, key, value], { dtype: options.dtype ?? null }),
    q = q0.div(np.sqrt(np.array(q0.shape.at(-1)!, { dtype: q0.dtype }))),
    heads = q.shape.at(-2)!,
    shared = heads / k0.shape.at(-2)!;
  if (!Number.isInteger(shared))
    throw new ShapeError(`nnx.dotProductAttention: the query has ${heads} heads and the key ${k0.shape.at(-2)}; expected a multiple`);
  const spread = (x: Value): Value => (shared === 1 ? x : np.repeat(x, shared, { axis: -2 })),
    [k, v] = [spread(k0), spread(v0)],
    precision = precisionOf(options.precision);
  let weights = np.einsum("...qhd,...khd->...hqk", q, k, precision);
  if (options.bias !== undefined && options.bias !== null) weights = weights.add(options.bias);
  const causal = options.isCausal ? np.tril(np.ones(weights.shape.slice(-2), { dtype: "bool" })) : null,
    given = options.mask === undefined || options.mask === null ? null : np.astype(asArray(options.mask), "bool"),
    mask = causal && given ? np.logicalAnd(causal, given) : (causal ?? given);
  if (mask) weights = np.where(mask, weights, np.finfo(weights.dtype).min);
  weights = nn.softmax(weights).astype(q.dtype);
  options.module?.sow(Intermediate, "attentionWeights", weights);
  const rate = options.dropoutRate ?? 0;
  if (rate > 0 && !(options.deterministic ?? false)) {
    if (!options.dropoutRng) throw new StructureError("nnx.dotProductAttention: dropout needs a key; give { dropoutRng }, or deterministic: true");
    const shape = (options.broadcastDropout ?? true) ? [...weights.shape.slice(0, -2).map(() => 1), ...weights.shape.slice(-2)] : weights.shape;
    weights = weights.mul(
      random
        .bernoulli(options.dropoutRng, 1 - rate, shape)
        .astype(q.dtype)
        .div(1 - rate),
    );
  }
  return np.einsum("...hqk,...khd->...qhd", weights, v, precision);
}

/** Options of MultiHeadAttention. */
export interface MultiHeadAttentionOptions extends KernelOptions {
  /** Features of queries and keys of all heads together. Default inFeatures. */
  readonly qkvFeatures?: number;
  /** Features of the result. Default inFeatures. */
  readonly outFeatures?: number;
  /** How many heads keys and values have. Default numHeads. */
  readonly numKvHeads?: number;
  /** Features of keys' and values' inputs. Default inFeatures. */
  readonly inKvFeatures?: number;
  /** Drops the same weights in every batch and head. Default true. */
  readonly broadcastDropout?: boolean;
  /** The share of weights that are dropped. Default 0. */
  readonly dropoutRate?: number;
  /** Drops none. Default false. */
  readonly deterministic?: boolean;
  /** Remembers keys and values: each call gets one more step. Default false. */
  readonly decode?: boolean;
  /** Normalizes queries and keys. Default false. */
  readonly normalizeQk?: boolean;
}
/** How MultiHeadAttention is called. */
export interface MultiHeadAttentionCallOptions {
  /** Where a query may look, [batch…, heads, queries, keys]. */
  readonly mask?: ArrayLike | null;
  readonly deterministic?: boolean;
  readonly rngs?: RngSource | null;
  /** Keeps the weights as the Intermediate "attentionWeights". */
  readonly sowWeights?: boolean;
  readonly decode?: boolean;
  /** A query sees no later key. */
  readonly isCausal?: boolean;
}
/** Attention of several heads, each with linear maps of its own. Source: flax.nnx.MultiHeadAttention (arXiv:1706.03762). */
export class MultiHeadAttention extends Module {
  readonly headDim: number;
  readonly numKvHeads: number;
  readonly broadcastDropout: boolean;
  readonly dropoutRate: number;
  deterministic: boolean;
  decode: boolean;
  query: LinearGeneral;
  key: LinearGeneral;
  value: LinearGeneral;
  queryLn: LayerNorm | null;
  keyLn: LayerNorm | null;
  out: LinearGeneral;
  rngs: RngStream | null;
  cachedKey: Cache | null = null;
  cachedValue: Cache | null = null;
  cacheIndex: Cache | null = null;
  dtype: DTypeLike | null;
  precision: Precision | undefined;
  constructor(
    readonly numHeads: number,
    readonly inFeatures: number,
    options: MultiHeadAttentionOptions,
  ) {
    super();
    const { qkvFeatures = inFeatures, outFeatures = inFeatures, inKvFeatures = inFeatures, dropoutRate = 0 } = options,
      base = options as KernelOptions;
    this.numKvHeads = options.numKvHeads ?? numHeads;
    if (qkvFeatures % numHeads !== 0 || numHeads % this.numKvHeads !== 0)
      throw new ShapeError(
        `nnx.MultiHeadAttention: ${qkvFeatures} features in ${numHeads} heads with ${this.numKvHeads} for keys do not divide evenly`,
      );
    this.headDim = qkvFeatures / numHeads;
    this.query = new LinearGeneral(inFeatures, [numHeads, this.headDim], base);
    this.key = new LinearGeneral(inKvFeatures, [this.numKvHeads, this.headDim], base);
    this.value = new LinearGeneral(inKvFeatures, [this.numKvHeads, this.headDim], base);
    const norm = (): LayerNorm | null => (options.normalizeQk ? new LayerNorm(this.headDim, { ...base, useBias: false }) : null);
    this.queryLn = norm();
    this.keyLn = norm();
    this.out = new LinearGeneral([numHeads, this.headDim], outFeatures, { ...base, axis: [-2, -1] });
    this.rngs = dropoutRate > 0 ? forked(options.rngs, "dropout") : null;
    this.broadcastDropout = options.broadcastDropout ?? true;
    this.dropoutRate = dropoutRate;
    this.deterministic = options.deterministic ?? false;
    this.decode = options.decode ?? false;
    this.dtype = options.dtype ?? null;
    this.precision = options.precision;
  }
  /** [batch…, steps, inFeatures] → [batch…, steps, outFeatures]. Keys and values come from the queries' input unless they are given. */
  call(inputsQ: ArrayLike, inputsK: ArrayLike | null = null, inputsV: ArrayLike | null = null, options: MultiHeadAttentionCallOptions = {}): Value {
    if (inputsK === null && inputsV !== null)
      throw new ShapeError("nnx.MultiHeadAttention: inputsV was given without inputsK; for both alike give inputsK and leave inputsV null");
    let query = this.query.call(inputsQ),
      key = this.key.call(inputsK ?? inputsQ),
      value = this.value.call(inputsV ?? inputsK ?? inputsQ),
      mask = options.mask ?? null;
    if (this.queryLn && this.keyLn) [query, key] = [this.queryLn.call(query), this.keyLn.call(key)];
    if (options.decode ?? this.decode) {
      const step = this.#remember(key, value);
      [key, value] = [step.key, step.value];
      mask = combineMasks([mask, step.mask]);
    }
    const drops = this.dropoutRate > 0 && !(options.deterministic ?? this.deterministic),
      source = options.rngs ?? this.rngs;
    if (drops && !source) throw new StructureError("nnx.MultiHeadAttention: dropout needs random numbers; give { rngs }, or call model.eval()");
    const x = dotProductAttention(query, key, value, {
      mask,
      dropoutRng: drops && source ? keyFrom(source, "dropout") : null,
      dropoutRate: this.dropoutRate,
      broadcastDropout: this.broadcastDropout,
      deterministic: !drops,
      dtype: this.dtype,
      isCausal: options.isCausal ?? false,
      module: options.sowWeights ? this : null,
      ...precisionOf(this.precision),
    });
    return this.out.call(x);
  }
  /** Writes one step into the cache; the mask hides what is not written yet. */
  #remember(key: Value, value: Value): { key: Value; value: Value; mask: Value } {
    const [ck, cv, ci] = [this.cachedKey, this.cachedValue, this.cacheIndex];
    if (!ck || !cv || !ci) throw new StructureError("nnx.MultiHeadAttention: decoding needs a cache; call initCache(inputShape) first");
    const shape = ck.shape,
      length = shape.at(-3)!,
      batch = shape.slice(0, -3),
      index = ci.value;
    if (key.shape.join() !== [...batch, 1, ...shape.slice(-2)].join())
      throw new ShapeError(
        `nnx.MultiHeadAttention: a step of decoding has keys of shape [${key.shape.join()}], expected [${[...batch, 1, ...shape.slice(-2)].join()}]`,
      );
    const at = [...batch.map(() => 0), index, 0, 0];
    ck.value = lax.dynamicUpdateSlice(ck.value, key.astype(ck.dtype), at);
    cv.value = lax.dynamicUpdateSlice(cv.value, value.astype(cv.dtype), at);
    ci.value = index.add(1);
    return { key: ck.value, value: cv.value, mask: np.broadcastTo(np.arange(length).le(index), [...batch, 1, 1, length]) };
  }
  /** Makes room for decoding inputs of this shape, [batch…, most steps, features]. */
  initCache(inputShape: Shape, dtype: DTypeLike = "float32"): void {
    const shape = [...inputShape.slice(0, -1), this.numKvHeads, this.headDim];
    this.cachedKey = new Cache(np.zeros(shape, { dtype }));
    this.cachedValue = new Cache(np.zeros(shape, { dtype }));
    this.cacheIndex = new Cache(np.array(0, { dtype: "int32" }));
  }
}

/** Options of masks. */
export interface MaskOptions {
  /** Axes of size 1 in front. Default 0. */
  readonly extraBatchDims?: number;
  /** Default float32. */
  readonly dtype?: DTypeLike;
  /** How an entry of the query meets one of the key. Default their product. */
  readonly pairwiseFn?: (query: Value, key: Value) => Value;
}
/** [batch…, queries], [batch…, keys] → [batch…, 1, queries, keys]. Source: flax.nnx.make_attention_mask.
 * @example nnx.makeAttentionMask(np.array([1, 1]), np.array([1, 0])) // [[[1, 0], [1, 0]]] */
export function makeAttentionMask(query: ArrayLike, key: ArrayLike, options: MaskOptions = {}): Value {
  const pair = options.pairwiseFn ?? ((a: Value, b: Value) => np.multiply(a, b)),
    m = np.expandDims(pair(np.expandDims(asArray(query), -1), np.expandDims(asArray(key), -2)), -3),
    extra = Array.from({ length: options.extraBatchDims ?? 0 }, (_x, i) => i);
  return (extra.length ? np.expandDims(m, extra) : m).astype(options.dtype ?? "float32");
}
/** [batch…, steps] → [batch…, 1, steps, steps]: 1 where a step sees itself and those before. Source: flax.nnx.make_causal_mask.
 * @example nnx.makeCausalMask(np.ones([3])) // [[[1, 0, 0], [1, 1, 0], [1, 1, 1]]] */
export function makeCausalMask(x: ArrayLike, options: Omit<MaskOptions, "pairwiseFn"> = {}): Value {
  const v = asArray(x),
    steps = np.broadcastTo(np.arange(v.shape.at(-1)!), v.shape);
  return makeAttentionMask(steps, steps, { ...options, pairwiseFn: (a, b) => np.greaterEqual(a, b) });
}
/** The masks' conjunction; null ones do not count, and none at all gives null. Throws ShapeError where ranks differ. Source: flax.nnx.combine_masks.
 * @example nnx.combineMasks([np.array([1, 1]), np.array([1, 0])]) // [1, 0] */
export function combineMasks(masks: readonly (ArrayLike | null)[], options: { readonly dtype?: DTypeLike } = {}): Value | null {
  const given = masks.filter((m) => m !== null).map((m) => asArray(m));
  if (given.some((m) => m.ndim !== given[0]!.ndim))
    throw new ShapeError(`nnx.combineMasks: the masks have ${given.map((m) => m.ndim).join(", ")} axes; expected as many of each`);
  return given.length ? given.reduce((a, b) => np.logicalAnd(a, b)).astype(options.dtype ?? "float32") : null;
}
