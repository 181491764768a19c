// The nearest point of a set, for trees as one vector (Duchi et al., 2008, for the simplex).
import { type Tree, leavesOf, structure } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { relu } from "../nn/index.ts";
import { customJvp } from "../transforms/custom.ts";
import { mapLeaves } from "./base.ts";
import { addScaled, choose, scaleTree, squaredNorm, sumOver, vdot } from "./numerics.ts";

/** Options of projections onto balls, spheres and the simplex. */
export interface ProjectionOptions {
  /** Radius, or sum. */
  readonly scale?: ArrayLike;
}
/** No element below zero.
 * @example optim.projections.projectionNonNegative(np.array([-1, 2])) // [0, 2] */
export const projectionNonNegative = <T>(tree: T): T => mapLeaves((x) => relu(x), tree);
/** Every element between two bounds: numbers, or trees of them.
 * @example optim.projections.projectionBox(np.array([-1, 0.5, 3]), 0, 1) // [0, 0.5, 1] */
export function projectionBox<T>(tree: T, lower: Tree, upper: Tree): T {
  const def = structure(tree);
  const spread = (bound: Tree): Tree =>
    structure(bound).leafCount === 1 && def.leafCount !== 1 ? def.unflatten(Array(def.leafCount).fill(leavesOf(bound)[0])) : bound;
  return mapLeaves((x, a, b) => np.clip(x, a, b), tree, spread(lower), spread(upper));
}
/** Every element between 0 and `scale`.
 * @example optim.projections.projectionHypercube(np.array([-1, 2])) // [0, 1] */
export const projectionHypercube = <T>(tree: T, { scale = 1 }: ProjectionOptions = {}): T => mapLeaves((x) => np.clip(x, 0, scale), tree);

/** A vector onto {x ≥ 0, Σx = 1}: by the largest set of elements that stay positive when all are lowered by the same amount. */
const unitSimplex = customJvp((values: Value): Value => {
  const falling = np.flip(np.sort(values));
  const sums = np.cumsum(falling);
  const counts = np.arange(1, values.size + 1);
  const stays = np
    .divide(1, counts)
    .add(falling.sub(sums.div(counts)))
    .gt(0);
  const support = np.countNonzero(stays);
  return relu(np.divide(1, support).add(values.sub(np.take(sums, support.sub(1)).div(support))));
});
unitSimplex.defjvp(([values], [tangent]) => {
  const out = unitSimplex(values as Value) as Value;
  const support = out.gt(0).astype(out.dtype);
  const t = np.asarray(tangent as Value);
  const mean = np.dot(support, t).div(np.sum(support));
  return [out, support.mul(t).sub(mean.mul(support))];
});
/** Onto {x ≥ 0, Σx = scale}.
 * @example optim.projections.projectionSimplex(np.array([0.5, 1.5])) // [0, 1] */
export function projectionSimplex<T>(tree: T, { scale = 1 }: ProjectionOptions = {}): T {
  const leaves = (leavesOf(tree) as ArrayLike[]).map((x) => asArray(x, "optim.projections.projectionSimplex"));
  const vector = np.concatenate(leaves.map((x) => np.reshape(x, [-1])));
  const projected = np.multiply(scale, unitSimplex(vector.div(scale)) as Value);
  let start = 0;
  const parts = leaves.map((x) => {
    const part = np.reshape(projected.get(`${start}:${start + x.size}`), x.shape);
    start += x.size;
    return part;
  });
  return structure(tree).unflatten(parts) as T;
}
/** Onto {Σ|x| = scale}.
 * @example optim.projections.projectionL1Sphere(np.array([1, 3])) // [0, 1] */
export function projectionL1Sphere<T>(tree: T, options: ProjectionOptions = {}): T {
  const sizes = projectionSimplex(
    mapLeaves((x) => np.abs(x), tree),
    options,
  );
  return mapLeaves((x, size) => np.sign(x).mul(size), tree, sizes);
}
/** Onto {Σ|x| ≤ scale}.
 * @example optim.projections.projectionL1Ball(np.array([1, 3])) // [0, 1] */
export function projectionL1Ball<T>(tree: T, options: ProjectionOptions = {}): T {
  const norm = sumOver(tree, (x) => np.sum(np.abs(x)));
  return choose(np.lessEqual(norm, options.scale ?? 1), tree, projectionL1Sphere(tree, options));
}
/** Onto {‖x‖ = scale}.
 * @example optim.projections.projectionL2Sphere(np.array([3, 4])) // [0.6, 0.8] */
export const projectionL2Sphere = <T>(tree: T, { scale = 1 }: ProjectionOptions = {}): T =>
  scaleTree(np.divide(scale, np.sqrt(squaredNorm(tree))), tree);
/** Onto {‖x‖ ≤ scale}.
 * @example optim.projections.projectionL2Ball(np.array([3, 4])) // [0.6, 0.8] */
export const projectionL2Ball = <T>(tree: T, { scale = 1 }: ProjectionOptions = {}): T =>
  scaleTree(np.divide(scale, np.sqrt(np.maximum(squaredNorm(tree), np.square(scale)))), tree);
/** Onto {max|x| ≤ scale}.
 * @example optim.projections.projectionLinfBall(np.array([-3, 0.5])) // [-1, 0.5] */
export const projectionLinfBall = <T>(tree: T, { scale = 1 }: ProjectionOptions = {}): T =>
  mapLeaves((x) => np.clip(x, np.negative(scale), scale), tree);
/** Onto the line through a.
 * @example optim.projections.projectionVector(np.array([1, 2]), np.array([1, 0])) // [1, 0] */
export const projectionVector = <T>(x: Tree, a: T): T => scaleTree(vdot(x, a).div(vdot(a, a)), a);
/** Onto {x : a·x = b}.
 * @example optim.projections.projectionHyperplane(np.array([1, 2]), np.array([1, 0]), 3) // [3, 2] */
export const projectionHyperplane = <T>(x: T, a: Tree, b: ArrayLike): T => addScaled(x, np.subtract(b, vdot(x, a)).div(vdot(a, a)), a);
/** Onto {x : a·x ≤ b}.
 * @example optim.projections.projectionHalfspace(np.array([1, 2]), np.array([1, 0]), 0) // [0, 2] */
export const projectionHalfspace = <T>(x: T, a: Tree, b: ArrayLike): T => addScaled(x, np.minimum(np.subtract(b, vdot(x, a)).div(vdot(a, a)), 0), a);
