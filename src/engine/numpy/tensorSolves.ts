// numpy.linalg for tensors: equations whose matrix is a tensor with several axes for its rows and columns.
import { ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, options } from "./convert.ts";
import * as f from "./factor.ts";
import type { TensorinvOptions, TensorsolveOptions } from "./linalgOptions.ts";

/** The inverse for tensordot.
 * @example np.linalg.tensorinv(np.eye(4).reshape([2, 2, 2, 2])).shape // [2, 2, 2, 2] */
export function tensorinv(a: ArrayLike, ...rest: Tail<[ind: number], TensorinvOptions>): Value {
  const { ind = 2 } = options<TensorinvOptions>("tensorinv", ["ind"], rest),
    v = asArray(a, "tensorinv"),
    rows = v.shape.slice(0, ind),
    columns = v.shape.slice(ind),
    n = rows.reduce((p, q) => p * q, 1);
  if (n !== columns.reduce((p, q) => p * q, 1))
    throw new ShapeError(`tensorinv: the first ${ind} axes of ${v.aval} and the others must have equally many elements`);
  const matrix = f.square("tensorinv", o.reshape(v, [n, n]));
  return o.reshape(f.solveMatrix(matrix, f.eye(matrix)), [...columns, ...rows]);
}
/** x with tensordot(a, x) = b.
 * @example np.linalg.tensorsolve(np.eye(4).reshape([2, 2, 2, 2]), [[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export function tensorsolve(a: ArrayLike, b: ArrayLike, ...rest: Tail<[axes: readonly number[] | null], TensorsolveOptions>): Value {
  const opts = options<TensorsolveOptions>("tensorsolve", ["axes"], rest);
  const [a0, y] = f.pair("tensorsolve", a, b),
    moved = opts.axes ? o.transpose(a0, [...a0.shape.map((_n, i) => i).filter((i) => !opts.axes!.includes(i)), ...opts.axes]) : a0,
    q = moved.shape.slice(y.ndim),
    n = q.reduce((p, k) => p * k, 1);
  const matrix = f.square("tensorsolve", o.reshape(moved, [y.size, n]));
  return o.reshape(f.solveMatrix(matrix, o.reshape(y, [y.size, 1])), q);
}
