// Arithmetic that the transformations share: counters, norms that stay finite, running averages.
import { leavesOf, type Tree } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import { isComplex, isFloat, isInteger, type DType } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import type { NormOptions } from "../numpy/linalgOptions.ts";
import { type Schedule, mapLeaves } from "./base.ts";

/** |x|², real. */
export const absSq = (x: Value): Value => (isComplex(x.dtype) ? np.real(np.conj(x).mul(x)) : x.mul(x));
export const zeroCount = (): Value => np.zeros([], { dtype: "int32" });
/** 1 − x, a plain number where x is one, so that it stays weak. */
export const oneMinus = (x: ArrayLike): ArrayLike => (typeof x === "number" ? 1 - x : np.subtract(1, x));
/** A schedule's value at a step, or the value itself. */
export const at = (v: ArrayLike | Schedule, count: Value): ArrayLike => (typeof v === "function" ? v(count) : v);

const LARGEST: Readonly<Record<string, number>> = { int8: 127, uint8: 255, int16: 32767, uint16: 65535, int32: 2147483647, uint32: 4294967295 };
/** count + 1, but never past the largest number of its type.
 * @example optim.safeIncrement(np.int32(3)) // 4 */
export function safeIncrement(count: ArrayLike): Value {
  const c = asArray(count, "optim.safeIncrement");
  const next = c.add(1);
  if (isFloat(c.dtype)) return np.where(np.isfinite(next), next, c);
  if (!isInteger(c.dtype)) throw new DTypeError(`optim.safeIncrement: a count is an integer or a float, got ${c.dtype}`);
  const largest = LARGEST[c.dtype];
  return largest === undefined ? np.where(np.greater(next, c), next, c) : np.where(c.lt(largest), next, np.fullLike(c, largest));
}

/** Options of `safeNorm`, as `numpy.linalg.norm`'s. */
export type SafeNormOptions = NormOptions;
/** max(‖x‖, minNorm), with a derivative of zero (not NaN) where the minimum holds.
 * @example optim.safeNorm(np.array([3, 4]), 0) // 5 */
export function safeNorm(x: ArrayLike, minNorm: ArrayLike, options: SafeNormOptions = {}): Value {
  const v = asArray(x, "optim.safeNorm");
  const { keepdims = false, ...rest } = options;
  const kept = np.linalg.norm(v, { ...rest, keepdims: true });
  const safe = np.where(np.lessEqual(kept, minNorm), np.onesLike(v), v);
  const axis = options.axis ?? null;
  const norm = keepdims ? kept : np.squeeze(kept, axis === null ? {} : { axis });
  return np.where(np.lessEqual(norm, minNorm), minNorm, np.linalg.norm(safe, { ...rest, keepdims }));
}
/** max(√mean(x²), minRms), with a derivative of zero where the minimum holds.
 * @example optim.safeRootMeanSquares(np.array([3, 3]), 0) // 3 */
export function safeRootMeanSquares(x: ArrayLike, minRms: ArrayLike): Value {
  const v = asArray(x, "optim.safeRootMeanSquares");
  const small = np.lessEqual(np.sqrt(np.mean(absSq(v))), minRms);
  const safe = np.where(small, np.onesLike(v), v);
  return np.where(small, minRms, np.sqrt(np.mean(absSq(safe))));
}
/** √Σ|x|² over every leaf of a tree; 0 for an empty one.
 * @example optim.globalNorm({ w: np.array([3, 4]) }) // 5 */
export const globalNorm = (updates: Tree): Value => np.sqrt(squaredNorm(updates));
/** Σ|x|² over every leaf of a tree. */
export const squaredNorm = (tree: Tree): Value =>
  sumOver(tree, (x) => np.sum(np.square(np.real(x)).add(isComplex(x.dtype) ? np.square(np.imag(x)) : 0)));
/** The sum of a function of each leaf. */
export const sumOver = (tree: Tree, fn: (x: Value) => Value): Value =>
  (leavesOf(tree) as ArrayLike[]).map((x) => fn(asArray(x, "optim"))).reduce<Value | null>((a, b) => (a ? a.add(b) : b), null) ?? np.array(0);
/** Σ conj(x)·y over the leaves of two trees. */
export function vdot(x: Tree, y: Tree): Value {
  const products = leavesOf(mapTree(((a: Value, b: Value) => np.vdot(a, b)) as (...l: never[]) => unknown, x, y)) as Value[];
  return products.reduce<Value | null>((a, b) => (a ? a.add(b) : b), null) ?? np.array(0);
}

const power = (g: Value, order: number): Value => (order === 1 ? g : order === 2 ? g.mul(g) : np.power(g, order));
/** decay·moments + (1 − decay)·updatesᵒʳᵈᵉʳ, leaf by leaf.
 * @example optim.updateMoment({ w: np.array([2]) }, { w: np.array([1]) }, 0.9, 1) // { w: [1.1] } */
export const updateMoment = <T>(updates: Tree, moments: T, decay: ArrayLike, order: number): T =>
  mapLeaves((t, g) => np.add(np.multiply(oneMinus(decay), power(g, order)), np.multiply(decay, t)), moments, updates);
/** As `updateMoment`, of absolute values, which matters for complex numbers.
 * @example optim.updateMomentPerElemNorm({ w: np.array([1, 2]) }, { w: np.array([0, 0]) }, 0.5, 2) // { w: [0.5, 2] } */
export const updateMomentPerElemNorm = <T>(updates: Tree, moments: T, decay: ArrayLike, order: number): T =>
  mapLeaves(
    (t, g) => {
      const powered = isComplex(g.dtype) ? np.power(absSq(g), order / 2) : power(g, order);
      return np.add(np.multiply(oneMinus(decay), powered), np.multiply(decay, t));
    },
    moments,
    updates,
  );
/** max(|updates| + eps, decay·moments), leaf by leaf.
 * @example optim.updateInfinityMoment({ w: np.array([1, -4]) }, { w: np.array([2, 2]) }, 0.9, 0) // { w: [1.8, 4] } */
export const updateInfinityMoment = <T>(updates: Tree, moments: T, decay: ArrayLike, eps: ArrayLike): T =>
  mapLeaves((t, g) => np.maximum(np.abs(g).add(eps), np.multiply(decay, t)), moments, updates);
/** moment / (1 − decayᶜᵒᵘⁿᵗ): takes out that the average started at zero.
 * @example optim.tree.biasCorrection({ w: np.array([0.1]) }, 0.9, 1) // { w: [1] } */
export function biasCorrection<T>(moment: T, decay: ArrayLike, count: ArrayLike): T {
  const correction = np.subtract(1, np.power(decay, count));
  return mapLeaves((t) => t.div(correction.astype(t.dtype)), moment);
}

/** Zeros of the leaves' shapes, in their types or another one. */
export const zerosOf = <T>(tree: T, dtype?: DType | null): T => fullOf(tree, 0, dtype);
/** A number in every place of the leaves' shapes. */
export const fullOf = <T>(tree: T, fill: ArrayLike, dtype?: DType | null): T =>
  mapLeaves((x) => np.fullLike(asArray(x, "optim"), fill, dtype ? { dtype } : {}), tree);
/** The leaves in another type, where one is given. */
export const castTree = <T>(tree: T, dtype?: DType | null): T => (dtype ? mapLeaves((x) => x.astype(dtype), tree) : tree);
/** `scalar · tree`. */
export const scaleTree = <T>(scalar: ArrayLike, tree: T): T => mapLeaves((x) => np.multiply(scalar, x), tree);
/** `x + scalar · y`. */
export const addScaled = <T>(x: T, scalar: ArrayLike, y: Tree): T => mapLeaves((a, b) => np.add(a, np.multiply(scalar, b)), x, y);
/** `x − y`. */
export const subtract = <T>(x: T, y: Tree): T => mapLeaves((a, b) => a.sub(b), x, y);
/** One of two trees, leaf by leaf, by a condition. */
export const choose = <T>(condition: ArrayLike, x: T, y: Tree): T => mapLeaves((a, b) => np.where(condition, a, b), x, y);
