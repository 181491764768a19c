// Neural-network functions: activations, normalization, one-hot; initializers beside.
import { canonicalize, dtypeOf, isComplex, isInexact, type DType } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { jit } from "../transforms/jit.ts";
import { type CustomJvp, customJvp } from "../transforms/custom.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, type Axis, asArray, axesOf, broadcastTo, castTo, options, promoteInexact, sizeArgument } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import type { Tail } from "../core/signature.ts";
export * as initializers from "./initializers.ts";

const float = (fn: string, x: ArrayLike): Value => promoteInexact(fn, [x])[0]!;
/** Integers and booleans as weak floats: what a Python number beside them makes of them. */
const weakFloat = (fn: string, x: ArrayLike): Value => {
  const v = asArray(x, fn);
  return isInexact(v.dtype) ? v : castTo(v, canonicalize("float64"), true);
};
type Unary = (x: ArrayLike) => Value;
/** max(x, 0), with derivative 0 at 0. */
const reluImpl = customJvp(
  jit(function relu(x: Value): Value {
    return np.maximum(x, 0);
  }),
);
/** The derivative is 1 where the function follows its argument, 0 elsewhere, and 0 at the bends. */
function reluDerivative(f: CustomJvp, follows: (x: Value) => Value): void {
  f.defjvp(([x], [t]) => [f(x), o.select(follows(x), t, o.zerosLike(t.aval))]);
}
reluDerivative(reluImpl, (v) => o.gt(v, o.like(v, 0)));
/** max(x, 0), with derivative 0 at 0.
 * @example nn.relu([-1, 2]) // [0, 2] */
export const relu: Unary = (x) => reluImpl(asArray(x, "relu")) as Value;
/** min(max(x, 0), 6), with derivative 0 at both bounds. */
const relu6Impl = customJvp(
  jit(function relu6(x: Value): Value {
    return np.minimum(np.maximum(x, 0), 6);
  }),
);
reluDerivative(relu6Impl, (v) => o.and(o.gt(v, o.like(v, 0)), o.lt(v, o.like(v, 6))));
/** min(max(x, 0), 6).
 * @example nn.relu6([-1, 2, 9]) // [0, 2, 6] */
export const relu6: Unary = (x) => relu6Impl(weakFloat("relu6", x)) as Value;
/** 1 / (1 + e⁻ˣ).
 * @example nn.sigmoid([0, 2]) // [0.5, 0.8808] */
export const sigmoid: Unary = (x) => {
  const v = float("sigmoid", x);
  return o.logistic(v);
};
/** log(1 + eˣ).
 * @example nn.softplus([0, 2]) // [0.6931, 2.127] */
export const softplus: Unary = (x) => np.logaddexp(x, 0);
/** 0 below −1, x above 1, a parabola between.
 * @example nn.sparsePlus([-2, 0, 2]) // [0, 0.25, 2] */
export const sparsePlus: Unary = (x) => {
  const v = weakFloat("sparsePlus", x);
  return np.where(v.le(-1), 0, np.where(v.ge(1), v, v.add(1).pow(2).div(4)));
};
/** 0 below −1, 1 above 1, a line between.
 * @example nn.sparseSigmoid([-2, 0, 2]) // [0, 0.5, 1] */
export const sparseSigmoid: Unary = (x) => np.clip(weakFloat("sparseSigmoid", x).add(1), 0, 2).mul(0.5);
/** x / (1 + |x|).
 * @example nn.softSign([-1, 3]) // [-0.5, 0.75] */
export const softSign: Unary = (x) => {
  const v = asArray(x, "softSign");
  // JAX adds the 1 in the operand's own type, in which an integer may overflow.
  return v.dtype !== "bool" && !isInexact(v.dtype) ? v.div(v.abs().add(1)) : float("softSign", v).div(float("softSign", v).abs().add(1));
};
/** x times its logistic.
 * @example nn.silu([-1, 2]) // [-0.2689, 1.762] */
export const silu: Unary = (x) => {
  const v = float("silu", x);
  return v.mul(sigmoid(v));
};
/** Another name of silu.
 * @example nn.swish([-1, 2]) // [-0.2689, 1.762] */
export const swish = silu;
/** The logarithm of the logistic.
 * @example nn.logSigmoid([0, 2]) // [-0.6931, -0.1269] */
export const logSigmoid: Unary = (x) => softplus(asArray(x).neg()).neg();
/** relu6(x + 3) / 6.
 * @example nn.hardSigmoid([-4, 0, 4]) // [0, 0.5, 1] */
export const hardSigmoid: Unary = (x) => relu6(weakFloat("hardSigmoid", x).add(3)).div(6);
/** x times hardSigmoid(x).
 * @example nn.hardSilu([-4, 0, 4]) // [0, 0, 4] */
export const hardSilu: Unary = (x) => {
  const v = weakFloat("hardSilu", x);
  return v.mul(hardSigmoid(v));
};
/** Another name of hardSilu.
 * @example nn.hardSwish([-4, 0, 4]) // [0, 0, 4] */
export const hardSwish = hardSilu;
/** x held between −1 and 1.
 * @example nn.hardTanh([-4, 0.5, 4]) // [-1, 0.5, 1] */
export const hardTanh: Unary = (x) => {
  const v = asArray(x);
  return np.where(v.gt(1), 1, np.where(v.lt(-1), -1, v));
};
/** The hyperbolic tangent.
 * @example nn.tanh([0, 1]) // [0, 0.7616] */
export const tanh: Unary = (x) => np.tanh(x);
/** x itself.
 * @example nn.identity([1, 2]) // [1, 2] */
export const identity: Unary = (x) => asArray(x, "identity");
/** x · tanh(softplus(x)).
 * @example nn.mish([0, 1]) // [0, 0.8651] */
export const mish: Unary = (x) => {
  const v = float("mish", x);
  return v.mul(np.tanh(softplus(v)));
};
/** x above 0, alpha · (eˣ − 1) below.
 * @example nn.elu([-1, 2]) // [-0.6321, 2] */
export function elu(x: ArrayLike, alpha: ArrayLike | { alpha?: ArrayLike } = 1): Value {
  const v = weakFloat("elu", x),
    a = opt(alpha, "alpha", 1),
    safe = np.where(v.gt(0), 0, v);
  return np.where(v.gt(0), v, np.multiply(a, np.expm1(safe)));
}
/** elu scaled so that activations keep mean and variance.
 * @example nn.selu([-1, 2]) // [-1.111, 2.101] */
export const selu: Unary = (x) => elu(x, 1.6732632423543772848170429916717).mul(1.0507009873554804934193349852946);
/** x above 0, alpha · (e^(x / alpha) − 1) below.
 * @example nn.celu([-1, 2]) // [-0.6321, 2] */
export function celu(x: ArrayLike, alpha: ArrayLike | { alpha?: ArrayLike } = 1): Value {
  const v = weakFloat("celu", x),
    a = opt(alpha, "alpha", 1);
  return np.maximum(v, 0).add(np.multiply(a, np.expm1(np.divide(np.minimum(v, 0), a))));
}
/** x above 0, a fraction of it (0.01) below.
 * @example nn.leakyRelu([-1, 2]) // [-0.01, 2] */
export function leakyRelu(x: ArrayLike, slope: ArrayLike | { negativeSlope?: ArrayLike } = 0.01): Value {
  const v = weakFloat("leakyRelu", x);
  return np.where(v.ge(0), v, np.multiply(opt(slope, "negativeSlope", 0.01), v));
}
/** (x + √(x² + b)) / 2.
 * @example nn.squareplus([0, 2]) // [1, 2.414] */
export function squareplus(x: ArrayLike, b: ArrayLike | { b?: ArrayLike } = 4): Value {
  const v = float("squareplus", x);
  return v.add(np.sqrt(v.mul(v).add(opt(b, "b", 4)))).div(2);
}
const isPlain = (v: unknown): boolean => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
const opt = (v: unknown, key: string, otherwise: ArrayLike): ArrayLike =>
  isPlain(v) ? ((v as Record<string, ArrayLike>)[key] ?? otherwise) : ((v as ArrayLike | undefined) ?? otherwise);
/** x times the normal distribution at x; the tanh form unless `approximate: false`.
 * @example nn.gelu([-1, 2]) // [-0.1588, 1.955] */
export function gelu(x: ArrayLike, options: boolean | { approximate?: boolean } = true): Value {
  const v0 = float("gelu", x),
    v = castTo(v0, v0.dtype),
    approximate = typeof options === "boolean" ? options : (options.approximate ?? true);
  if (!approximate) return v.mul(0.5).mul(bind1(primitiveNamed("erfc"), [v.neg().mul(Math.SQRT1_2)], {}));
  return v.mul(
    np
      .tanh(v.add(v.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)))
      .add(1)
      .mul(0.5),
  );
}
/** The first half of an axis times the logistic of the second.
 * @example nn.glu([1, 2, 0, 0]) // [0.5, 1] */
export function glu(x: ArrayLike, options: number | { axis?: number } = -1): Value {
  const v = asArray(x, "glu"),
    axis = typeof options === "number" ? options : (options.axis ?? -1),
    [a, b] = np.split(v, 2, { axis });
  return a!.mul(sigmoid(b!));
}
const log1mexpOf = customJvp(function log1mexp(v: Value): Value {
  const e = v.neg();
  return np.where(v.lt(Math.LN2), np.log(np.expm1(e).neg()), np.log1p(np.exp(e).neg()));
}).defjvp(([x]: [Value], [t]: [Value]) => [log1mexpOf(x), t.div(np.expm1(x))]);
/** log(1 − e⁻ˣ) for x > 0.
 * @example nn.log1mexp([1, 2]) // [-0.4587, -0.1454] */
export const log1mexp: Unary = (x) => log1mexpOf(float("log1mexp", x));

export interface SoftmaxOptions {
  readonly axis?: Axis;
  readonly where?: ArrayLike | null;
}
const stop = (v: Value): Value => bind1(primitiveNamed("stop_gradient"), [v], {});
/** Elements outside the mask taken for −∞ (or another value), so that neither they nor their gradients count. */
const maskedOut = (v: Value, where: Value | null, fill = -Infinity): Value => (where ? np.where(where, v, fill) : v);
const maskOf = (where: ArrayLike | null | undefined): Value | null => (where === undefined || where === null ? null : castTo(asArray(where), "bool"));
const softmaxOf = customJvp(
  function softmax(x: Value, where: Value | null, axis: Axis): Value {
    const at = { axis, keepdims: true, ...(where ? { where } : {}) },
      e = np.exp(maskedOut(x, where).sub(np.max(x, { ...at, initial: -Infinity }))),
      r = e.div(np.sum(e, at));
    return where ? np.where(where, r, 0) : r;
  },
  { nondiffArgnums: 2 },
);
softmaxOf.defjvp((axis: Axis, [x, where], [t]) => {
  const y = softmaxOf(x, where, axis) as Value;
  return [y, y.mul(t.sub(np.sum(y.mul(t), { axis, keepdims: true, ...(where ? { where } : {}) })))];
});
/** exp(x) / Σ exp(x) along an axis, shifted by the maximum so that it cannot overflow. Elements outside `where` give 0.
 * @example nn.softmax([1, 2, 3]) // [0.09003, 0.2447, 0.6652] */
export function softmax(x: ArrayLike, ...rest: Tail<[axis: Axis, where: ArrayLike | null], SoftmaxOptions>): Value {
  const p = options<SoftmaxOptions>("softmax", ["axis", "where"], rest);
  return softmaxOf(float("softmax", x), maskOf(p.where), p.axis === undefined ? -1 : p.axis) as Value;
}
/** log(softmax(x)), without the logarithm of a rounded-off zero. Elements outside `where` give −∞.
 * @example nn.logSoftmax([1, 2, 3]) // [-2.408, -1.408, -0.4076] */
export function logSoftmax(x: ArrayLike, ...rest: Tail<[axis: Axis, where: ArrayLike | null], SoftmaxOptions>): Value {
  const p = options<SoftmaxOptions>("logSoftmax", ["axis", "where"], rest),
    v = float("logSoftmax", x),
    w = maskOf(p.where),
    at = { axis: p.axis === undefined ? -1 : p.axis, keepdims: true, ...(w ? { where: w } : {}) },
    shifted = maskedOut(v, w).sub(stop(np.max(v, { ...at, initial: -Infinity }))),
    r = shifted.sub(np.log(np.sum(np.exp(shifted), at)));
  return w ? np.where(w, r, -Infinity) : r;
}
export interface LogsumexpOptions {
  readonly axis?: Axis;
  readonly b?: ArrayLike | null;
  readonly keepdims?: boolean;
  readonly returnSign?: boolean;
  readonly where?: ArrayLike | null;
}
/** log Σ b exp(x) over axes, shifted by the maximum. With `returnSign`, log |Σ| and the sign. Elements outside `where` do not count.
 * @example nn.logsumexp([0, 0]) // 0.6931 */
export function logsumexp(
  x: ArrayLike,
  ...rest: Tail<[axis: Axis, b: ArrayLike | null, keepdims: boolean, returnSign: boolean, where: ArrayLike | null], LogsumexpOptions>
): Value | [Value, Value] {
  const p = options<LogsumexpOptions>("logsumexp", ["axis", "b", "keepdims", "returnSign", "where"], rest),
    where = maskOf(p.where),
    given = where ? np.where(where, asArray(x, "logsumexp"), 0) : x,
    [v0, b] = p.b === undefined || p.b === null ? [float("logsumexp", given), null] : (promoteInexact("logsumexp", [given, p.b]) as [Value, Value]),
    v = b ? np.where(b.ne(0), v0, -Infinity) : v0,
    at = { axis: axesOf("logsumexp", p.axis, v.ndim), ...(where ? { where } : {}) },
    complex = isComplex(v.dtype);
  const top = np.max(complex ? o.real(v) : v, { ...at, keepdims: true, initial: -Infinity }),
    m = stop(o.select(o.isFinite_(top), top, o.zerosLike(top.aval))),
    e0 = o.exp(np.subtract(v, castTo(m, v.dtype, v.weakType))),
    total = np.sum(b ? e0.mul(b) : e0, { ...at, keepdims: p.keepdims ?? false }),
    sign = o.sign(total),
    size = p.returnSign || !complex ? o.abs(total) : total,
    out = o.add(o.log(size), castTo(p.keepdims ? m : o.reshape(m, size.shape), size.dtype, m.weakType));
  if (p.returnSign) return [out, sign];
  return b && !complex ? np.where(sign.lt(0), NaN, out) : out;
}
/** The logarithm of the mean of exp over axes.
 * @example nn.logmeanexp([1, 1]) // 1 */
export function logmeanexp(x: ArrayLike, ...rest: Tail<[axis: Axis, where: ArrayLike | null, keepdims: boolean], LogsumexpOptions>): Value {
  const p = options<LogsumexpOptions>("logmeanexp", ["axis", "where", "keepdims"], rest),
    v = float("logmeanexp", x),
    axes = axesOf("logmeanexp", p.axis, v.ndim),
    l = logsumexp(v, { axis: axes, keepdims: p.keepdims ?? false, ...(p.where === undefined ? {} : { where: p.where }) }) as Value;
  if (p.where === undefined || p.where === null) return l.sub(Math.log(axes.reduce((n, a) => n * v.shape[a]!, 1)));
  return l.sub(np.log(np.sum(castTo(broadcastTo(asArray(p.where), v.shape), v.dtype), { axis: axes, keepdims: p.keepdims ?? false })));
}
function varianceOf(v: Value, mean: Value, at: { readonly axis: Axis; readonly keepdims: boolean }, algorithm: string): Value {
  if (algorithm === "stable") return np.mean(np.square(v.sub(mean)), at);
  // The difference may come out a little below zero, which the root must not see.
  if (algorithm === "fast") return np.clip(np.mean(np.square(v), at).sub(np.square(mean)), 0);
  throw new TypeError(`standardize: the algorithm is "${algorithm}", expected "fast" or "stable"`);
}
export interface StandardizeOptions {
  readonly axis?: Axis;
  readonly mean?: ArrayLike | null;
  readonly variance?: ArrayLike | null;
  readonly epsilon?: number;
  readonly where?: ArrayLike | null;
  /** How the variance is computed: "fast" (the mean of squares less the square of the mean, the default) or "stable" (in two passes). */
  readonly algorithm?: "fast" | "stable";
}
/** Mean 0 and variance 1 along axes (the last one).
 * @example nn.standardize([1, 2, 3]) // [-1.225, 0, 1.225] */
export function standardize(
  x: ArrayLike,
  ...rest: Tail<
    [axis: Axis, mean: ArrayLike | null, variance: ArrayLike | null, epsilon: number, where: ArrayLike | null, algorithm: "fast" | "stable"],
    StandardizeOptions
  >
): Value {
  const p = options<StandardizeOptions>("standardize", ["axis", "mean", "variance", "epsilon", "where", "algorithm"], rest),
    // Integers stay what they are, and their squares may overflow: as in JAX.
    v = asArray(x, "standardize"),
    at = { axis: p.axis === undefined ? -1 : p.axis, keepdims: true, ...(p.where === undefined || p.where === null ? {} : { where: p.where }) };
  const mean = p.mean === undefined || p.mean === null ? np.mean(v, at) : asArray(p.mean),
    variance = p.variance === undefined || p.variance === null ? varianceOf(v, mean, at, p.algorithm ?? "fast") : asArray(p.variance);
  return v.sub(mean).mul(o.rsqrt(float("standardize", variance.add(p.epsilon ?? 1e-5))));
}
/** A new axis of numClasses with a 1 at the index; zeros for an index outside.
 * @example nn.oneHot(np.int32([0, 2]), 3) // [[1, 0, 0], [0, 0, 1]] */
export function oneHot(x: ArrayLike, numClasses: number, options: { dtype?: DType | string; axis?: number } = {}): Value {
  sizeArgument("oneHot", "numClasses", numClasses);
  const v0 = asArray(x, "oneHot"),
    v = v0.dtype === "float32" && Array.isArray(x) ? castTo(v0, "int32") : v0,
    rank = v.ndim + 1,
    axis = (options.axis ?? -1) < 0 ? rank + (options.axis ?? -1) : options.axis!,
    shape = [...v.shape.slice(0, axis), numClasses, ...v.shape.slice(axis)];
  const spread = o.broadcastInDim(
      v,
      shape,
      shape.map((_n, i) => i).filter((i) => i !== axis),
    ),
    classes = o.iota(v.dtype, shape, axis);
  return o.convert(o.eq(spread, classes), options.dtype ? dtypeOf(options.dtype) : canonicalize("float64"));
}

export interface AttentionOptions {
  /** Gives `[result, residual]`, the residual being the logarithm of each query's sum of exponentials, float32 [batch, time, heads]. */
  readonly returnResidual?: boolean;
  readonly bias?: ArrayLike | null;
  readonly mask?: ArrayLike | null;
  readonly scale?: number | null;
  readonly isCausal?: boolean;
  readonly querySeqLengths?: ArrayLike | null;
  readonly keyValueSeqLengths?: ArrayLike | null;
  readonly localWindowSize?: number | readonly [number, number] | null;
  readonly implementation?: string | null;
}
/**
 * softmax(q kᵀ · scale + bias) v, a head each. query is [batch, time, heads, width], key and value are [batch, source, key heads, width]; all three
 * may lack the batch axis. Several query heads share a key head where there are fewer of those.
 * @example nn.dotProductAttention(np.ones([1, 2, 1, 4]), np.ones([1, 3, 1, 4]), np.ones([1, 3, 1, 4])).shape // [1, 2, 1, 4]
 */
export function dotProductAttention(
  query: ArrayLike,
  key: ArrayLike,
  value: ArrayLike,
  options: AttentionOptions & { readonly returnResidual: true },
): [attended: Value, residual: Value];
export function dotProductAttention(
  query: ArrayLike,
  key: ArrayLike,
  value: ArrayLike,
  ...rest: Tail<[bias: ArrayLike | null, mask: ArrayLike | null], AttentionOptions>
): Value;
export function dotProductAttention(
  query: ArrayLike,
  key: ArrayLike,
  value: ArrayLike,
  ...rest: Tail<[bias: ArrayLike | null, mask: ArrayLike | null], AttentionOptions>
): Value | [Value, Value] {
  const p = options<AttentionOptions>("dotProductAttention", ["bias", "mask"], rest),
    [q0, k0, v0] = [query, key, value].map((x) => float("dotProductAttention", x)) as [Value, Value, Value],
    lift = (x: Value): Value => (x.ndim === 3 ? o.expandDims(x, 0) : x),
    [q, k, v] = [lift(q0), lift(k0), lift(v0)],
    [B, T, N, H] = q.shape as [number, number, number, number],
    [, S, K] = k.shape as [number, number, number];
  if (q.ndim !== 4 || k.shape.join() !== v.shape.join() || N % K !== 0)
    throw new ShapeError(
      `dotProductAttention: the query is ${q0.aval}, the key ${k0.aval}, the value ${v0.aval}; expected [batch, time, heads, width] with as many query heads as a multiple of key heads`,
    );
  const grouped = np.reshape(q, [B, T, K, N / K, H]),
    at = (axis: number): Value => o.iota("int32", [T, S], axis);
  let logits = castTo(np.reshape(np.einsum("btkgh,bskh->bkgts", grouped, k), [B, N, T, S]), "float32").mul(p.scale ?? 1 / Math.sqrt(H)),
    keep: Value | null = p.mask === undefined || p.mask === null ? null : broadcastTo(asArray(p.mask), [B, N, T, S]);
  const also = (m: Value): void => void (keep = keep ? np.logicalAnd(keep, m) : broadcastTo(m, [B, N, T, S]));
  if (p.bias !== undefined && p.bias !== null) logits = logits.add(p.bias);
  if (p.isCausal) also(at(0).ge(at(1)));
  if (p.localWindowSize !== undefined && p.localWindowSize !== null) {
    const [left, right] = typeof p.localWindowSize === "number" ? [p.localWindowSize, p.localWindowSize] : p.localWindowSize;
    also(
      at(1)
        .ge(at(0).sub(left))
        .and(at(1).le(at(0).add(right))),
    );
  }
  const lengths = (n: ArrayLike, axis: number): Value =>
    at(axis)
      .get(null, null)
      .lt(asArray(n).get(":", null, null, null));
  if (p.querySeqLengths !== undefined && p.querySeqLengths !== null) also(lengths(p.querySeqLengths, 0));
  if (p.keyValueSeqLengths !== undefined && p.keyValueSeqLengths !== null) also(lengths(p.keyValueSeqLengths, 1));
  const masked = keep ? np.where(keep, logits, -0.7 * 3.4028234663852886e38) : logits,
    weights = castTo(softmax(masked, { axis: -1 }), k.dtype),
    attended = np.reshape(np.einsum("bkgts,bskh->btkgh", np.reshape(weights, [B, K, N / K, T, S]), v), [B, T, N, v.shape[3]!]);
  // A query past its length has no key at all, for which softmax would give the mean of the values: its result is zero.
  const inside =
      p.querySeqLengths === undefined || p.querySeqLengths === null
        ? null
        : o.iota("int32", [B, T, 1, 1], 1).lt(asArray(p.querySeqLengths).get(":", null, null, null)),
    out = inside ? np.where(inside, attended, 0) : attended;
  const plain = (x: Value): Value => (q0.ndim === 3 ? o.squeeze(x, [0]) : x);
  return p.returnResidual ? [plain(out), plain(np.swapaxes(logsumexp(masked, { axis: -1 }), 1, 2))] : plain(out);
}
