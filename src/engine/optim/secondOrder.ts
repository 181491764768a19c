// optim.secondOrder: second derivatives of a loss `(params, inputs, targets) → scalar`, of pytrees as vectors.
import type { Tree } from "../core/pytree.ts";
import type { AnyFunction, ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { grad, jvp } from "../transforms/autodiff.ts";
import { vmap } from "../transforms/vectorize.ts";
import { asArray } from "../numpy/convert.ts";
import { leavesOf, structure } from "../core/pytree.ts";

/** A loss of parameters on one batch. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type LossFn = (params: any, inputs: any, targets: any) => ArrayLike;
const flat = (tree: Tree): Value => np.concatenate((leavesOf(tree) as ArrayLike[]).map((l) => np.ravel(l)));
function unravel(like: Tree, v: Value): Tree {
  let at = 0;
  const parts = (leavesOf(like) as ArrayLike[]).map((l) => {
    const x = asArray(l, "optim.secondOrder");
    return v.get(`${at}:${(at += x.size)}`).reshape(x.shape);
  });
  return structure(like).unflatten(parts);
}
/** The Hessian times a vector of as many elements as all parameters have; in the parameters' structure.
 * @example optim.secondOrder.hvp((p: Array, x: Array, _y: Array) => p.mul(p).mul(x).sum(), np.array([1]), np.array([2]), np.array([3]), np.array([0])) // [6] */
export function hvp<P>(loss: LossFn, v: ArrayLike, params: P, inputs: ArrayLike, targets: ArrayLike): P {
  const gradient: AnyFunction = grad((p: P) => loss(p, inputs, targets));
  return jvp(gradient, [params], [unravel(params, asArray(v, "optim.secondOrder.hvp", "v"))])[1] as P;
}
/** The diagonal of the Hessian, a vector: one product with the Hessian for each parameter.
 * @example optim.secondOrder.hessianDiag((p: Array, x: Array, _y: Array) => p.mul(p).mul(x).sum(), np.array([1, 2]), np.array([3, 4]), np.array([0])) // [6, 8] */
export function hessianDiag(loss: LossFn, params: Tree, inputs: ArrayLike, targets: ArrayLike): Value {
  const size = flat(params).size;
  return vmap((v: Value) => np.vdot(v, flat(hvp(loss, v, params, inputs, targets))))(np.eye(size));
}
/** The diagonal of the observed Fisher information, a vector: squares of the gradient of the negative log likelihood.
 * @example optim.secondOrder.fisherDiag((p: Array, x: Array, _y: Array) => p.mul(x).sum(), np.array([1, 2]), np.array([3, 4]), np.array([0])) // [9, 16] */
export const fisherDiag = (negativeLogLikelihood: LossFn, params: Tree, inputs: ArrayLike, targets: ArrayLike): Value =>
  np.square(flat(grad((p: Tree) => negativeLogLikelihood(p, inputs, targets))(params)));
