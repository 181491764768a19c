// Transformations that keep updates from being too large.
import { leavesOf, type Tree } from "../core/pytree.ts";
import { ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { vmap } from "../transforms/vectorize.ts";
import { type GradientTransformation, mapLeaves, needParams, statelessOf } from "./base.ts";
import { absSq, globalNorm } from "./numerics.ts";

/** Every element into ±maxDelta.
 * @example const tx = optim.clip(0.7), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -0.7] */
export const clip = (maxDelta: ArrayLike): GradientTransformation =>
  statelessOf((u) => mapLeaves((g) => np.clip(g, np.negative(maxDelta), maxDelta), u));
/** Each leaf scaled down until its root mean square is at most `threshold`.
 * @example const tx = optim.clipByBlockRms(0.1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.06325, -0.1265] */
export const clipByBlockRms = (threshold: ArrayLike): GradientTransformation =>
  statelessOf((u) => mapLeaves((g) => g.div(np.maximum(1, np.sqrt(np.mean(absSq(g))).div(threshold))), u));
/** All leaves scaled together until their norm is at most `maxNorm`.
 * @example const tx = optim.clipByGlobalNorm(1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.4472, -0.8944] */
export const clipByGlobalNorm = (maxNorm: ArrayLike): GradientTransformation =>
  statelessOf((u) => {
    const norm = globalNorm(u);
    const small = np.less(norm, maxNorm);
    return mapLeaves((g) => np.where(small, g, np.multiply(g.div(norm.astype(g.dtype)), maxNorm)), u);
  });

/** Options of `adaptiveGradClip`. */
export interface AdaptiveGradClipOptions {
  /** Least norm of a unit's parameters that counts. */
  readonly eps?: number;
  /** Axes over which a unit's norm is taken; by default from the rank, the last axis being units. */
  readonly axis?: number | readonly number[] | null;
}
const CONVOLUTIONS_FROM = 4;
const LARGEST_RANK = 5;
/** The norm of the weights of each output unit, in the leaf's shape. */
function unitwiseNorm(x: Value, axis: AdaptiveGradClipOptions["axis"]): Value {
  const square = absSq(x);
  const sumOver = (axes: readonly number[] | undefined): Value =>
    np.broadcastTo(np.sqrt(axes === undefined ? np.sum(square, { keepdims: true }) : np.sum(square, { axis: axes, keepdims: true })), x.shape);
  if (axis !== undefined && axis !== null) return sumOver([axis].flat());
  if (x.shape.filter((d) => d !== 1).length <= 1) return sumOver(undefined);
  if (x.ndim > LARGEST_RANK)
    throw new ShapeError(
      `optim.adaptiveGradClip: a parameter has shape [${x.shape.join(",")}], expected at most ${LARGEST_RANK} axes. Instead: give { axis }`,
    );
  return sumOver(x.ndim < CONVOLUTIONS_FROM ? [0] : Array.from({ length: x.ndim - 1 }, (_x, i) => i));
}
/** Each unit's update to at most `clipping` times the norm of its parameters (Brock et al., 2021).
 * @example const tx = optim.adaptiveGradClip(0.1), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.1, -0.2] */
export function adaptiveGradClip(clipping: ArrayLike, options: AdaptiveGradClipOptions = {}): GradientTransformation {
  const { eps = 1e-3, axis } = options;
  return statelessOf((u, params) =>
    mapLeaves(
      (g, p) => {
        const norm = unitwiseNorm(g, axis);
        const most = np.multiply(clipping, np.maximum(unitwiseNorm(p, axis), eps));
        return np.where(norm.lt(most), g, g.mul(most.div(np.maximum(norm, 1e-6))));
      },
      u,
      needParams("adaptiveGradClip", params),
    ),
  );
}
/** Each example's gradient (the leaves' first axis) clipped to a norm, and summed: `[sum, how many were clipped]`.
 * @example optim.perExampleGlobalNormClip([np.array([[3, 4], [0.3, 0.4]])], 1)[0] // [[0.9, 1.2]] */
export function perExampleGlobalNormClip<T>(grads: T, l2NormClip: ArrayLike): [sum: T, clipped: Value] {
  const leaves = (leavesOf(grads) as ArrayLike[]).map((g) => asArray(g, "optim.perExampleGlobalNormClip"));
  const batch = leaves[0]?.shape[0];
  if (batch === undefined || leaves.some((g) => g.shape[0] !== batch))
    throw new ShapeError("optim.perExampleGlobalNormClip: every leaf needs the batch as its first axis");
  const norms = vmap((g: Tree) => globalNorm(g))(grads) as Value;
  const factors = np.nanToNum(np.minimum(np.divide(l2NormClip, norms), 1), { nan: 1 });
  return [mapLeaves((g) => np.tensordot(factors, g, { axes: 1 }), grads), np.sum(factors.lt(1))];
}
/** As `perExampleGlobalNormClip`, with a norm for each leaf: equal shares, or by size.
 * @example optim.perExampleLayerNormClip([np.array([[3, 4], [0.3, 0.4]])], 1)[0] // [[0.9, 1.2]] */
export function perExampleLayerNormClip<T>(grads: T, globalL2NormClip: number, options: { readonly uniform?: boolean } = {}): [sum: T, clipped: T] {
  const leaves = (leavesOf(grads) as ArrayLike[]).map((g) => asArray(g, "optim.perExampleLayerNormClip"));
  const sizeOf = (g: Value): number => g.size / (g.shape[0] ?? 1);
  const total = leaves.reduce((s, g) => s + sizeOf(g), 0);
  const share = (g: Value): number => ((options.uniform ?? true) ? 1 / leaves.length : sizeOf(g) / total);
  const each = (g: Value): [Value, Value] => perExampleGlobalNormClip(g, globalL2NormClip * Math.sqrt(share(g)));
  return [mapLeaves((g) => each(g)[0], grads), mapLeaves((g) => each(g)[1], grads)];
}
