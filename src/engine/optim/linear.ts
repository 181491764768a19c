// Linear algebra for optimizers: the largest eigenvalue, roots of matrices, least squares without negative numbers.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { scan, whileLoop } from "../lax/control.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";

/** Options of `powerIteration`. */
export interface PowerIterationOptions {
  /** Where to start; a random vector by default. Needed where the matrix is a function. */
  readonly v0?: ArrayLike | null;
  readonly numIters?: number;
  readonly errorTolerance?: number;
  readonly key?: Value | null;
}
/** The eigenvalue of largest size and its eigenvector, `[eigenvalue, eigenvector]`, by multiplying a vector again and again.
 * @example np.round(optim.powerIteration(np.array([[2, 0], [0, 1]]), { numIters: 30 })[0], { decimals: 3 }) // 2 */
export function powerIteration(
  matrix: ArrayLike | ((v: Value) => ArrayLike),
  options: PowerIterationOptions = {},
): [eigenvalue: Value, eigenvector: Value] {
  const { numIters = 100, errorTolerance = 1e-6, key } = options;
  const times = typeof matrix === "function" ? (v: Value) => np.asarray(matrix(v)) : (v: Value) => np.matmul(matrix, v);
  const start = options.v0 ?? (typeof matrix === "function" ? null : randomStart(asArray(matrix, "optim.powerIteration"), key ?? random.key(0)));
  if (start === null) throw new TypeError("optim.powerIteration: a matrix that is a function needs a vector to start from. Instead: give { v0 }");
  const unit = (v: Value): Value => np.divide(1, np.linalg.norm(v)).mul(v);
  interface State {
    readonly vector: Value;
    readonly product: Value;
    readonly eigenvalue: Value;
    readonly iteration: Value;
  }
  const going = (s: State): Value => {
    const residual = np.linalg.norm(s.product.sub(s.eigenvalue.mul(s.vector)));
    const converged = np.abs(residual.div(s.eigenvalue)).lt(errorTolerance);
    return np.logicalAnd(np.logicalNot(converged), s.iteration.lt(numIters));
  };
  const step = (s: State): State => {
    const vector = unit(s.product);
    const product = times(vector);
    return { vector, product, eigenvalue: np.vdot(vector, product), iteration: s.iteration.add(1) };
  };
  const first = unit(asArray(start, "optim.powerIteration"));
  const product = times(first);
  const init: State = { vector: first, product, eigenvalue: np.zeros([], { dtype: product.dtype }), iteration: np.array(0, { dtype: "int32" }) };
  const end = whileLoop(going as never, step as never, init as never) as unknown as State;
  return [end.eigenvalue, unit(end.product)];
}
const randomStart = (m: Value, key: Value): Value => random.uniform(key, [m.shape[m.ndim - 1]!], { minval: -1, maxval: 1 }).astype(m.dtype);

/** Options of `matrixInversePthRoot`. */
export interface MatrixInversePthRootOptions {
  readonly numIters?: number;
  readonly ridgeEpsilon?: number;
  readonly errorTolerance?: number;
}
/** A^(−1/p) of a positive matrix and its error, by a coupled Newton iteration (Guo and Higham, 2006).
 * @example optim.matrixInversePthRoot(np.array([[16, 0], [0, 81]]), 4)[0] // [[0.5, 0], [0, 0.3333]] */
export function matrixInversePthRoot(matrix: ArrayLike, p: number, options: MatrixInversePthRootOptions = {}): [root: Value, error: Value] {
  const { numIters = 100, ridgeEpsilon = 1e-6, errorTolerance = 1e-6 } = options;
  const m = asArray(matrix, "optim.matrixInversePthRoot");
  const size = m.shape[0]!;
  const alpha = -1 / p;
  const ridge = np.multiply(ridgeEpsilon, np.maximum(powerIteration(m, { numIters: 100, errorTolerance: 1e-6 })[0], 1e-16));
  if (size === 1) return [np.power(m.add(ridge), alpha), np.array(0)];
  const identity = np.eye(size);
  const power = (x: Value): Value => {
    let out = x;
    for (let k = Math.round(Math.log2(p)); k > 0; k--) out = np.matmul(out, out);
    return out;
  };
  interface State {
    readonly i: Value;
    readonly m: Value;
    readonly h: Value;
    readonly before: Value;
    readonly error: Value;
    readonly falls: Value;
  }
  const damped = m.add(ridge.mul(identity));
  const z = np.divide(1 + p, np.linalg.norm(damped).mul(2));
  const m0 = damped.mul(z);
  const h0 = identity.mul(np.power(z, 1 / p));
  const distance = (x: Value): Value => np.max(np.abs(x.sub(identity)));
  const going = (s: State): Value => np.logicalAnd(s.i.lt(numIters), np.logicalAnd(s.error.gt(errorTolerance), s.falls));
  const step = (s: State): State => {
    const mi = np.multiply(1 - alpha, identity).add(np.multiply(alpha, s.m));
    const next = np.matmul(power(mi), s.m);
    const error = distance(next);
    return { i: s.i.add(1), m: next, h: np.matmul(s.h, mi), before: s.h, error, falls: error.lt(s.error.mul(1.2)) };
  };
  const init: State = { i: np.array(0, { dtype: "int32" }), m: m0, h: h0, before: h0, error: distance(m0), falls: np.array(true) };
  const end = whileLoop(going as never, step as never, init as never) as unknown as State;
  return [np.where(end.falls, end.h, end.before).astype(m.dtype), distance(end.m)];
}
/** argmin ‖Ax − b‖² over x ≥ 0, by accelerated projected gradients. `L` is a bound of the spectral radius of AᵀA.
 * @example optim.nnls(np.array([[1, 0], [0, 1]]), np.array([2, -1]), 50) // [2, 0] */
export function nnls(A: ArrayLike, b: ArrayLike, iters: number, options: { readonly L?: ArrayLike } = {}): Value {
  const a = asArray(A, "optim.nnls", "A");
  const right = asArray(b, "optim.nnls", "b");
  const q = np.matmul(np.transpose(a), a);
  const r = np.matmul(np.transpose(a), right);
  const bound = options.L ?? np.minimum(np.linalg.norm(q), np.max(np.sum(np.abs(q), { axis: 0 })));
  const rate = np.where(np.equal(bound, 0), 1, bound);
  type Carry = readonly [x: Value, p: Value, c: Value];
  const step = ([x, p, c]: Carry): [Carry, null] => {
    const next = np.add(1, np.sqrt(np.add(1, np.square(c).mul(4)))).div(2);
    const moved = np.maximum(p.sub(np.matmul(q, p).sub(r).div(rate)), 0);
    return [[moved, moved.add(c.sub(1).div(next).mul(moved.sub(x))), next], null];
  };
  const zero = np.zeros([a.shape[1]!, ...right.shape.slice(1)], { dtype: right.dtype });
  const [[x]] = scan(
    step as never,
    [zero, zero, np.array(0, { dtype: "float32" })] as never,
    null as never,
    { length: iters } as never,
  ) as unknown as [Carry, null];
  return x;
}
