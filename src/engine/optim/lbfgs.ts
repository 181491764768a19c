// L-BFGS (Liu and Nocedal, 1989): the inverse Hessian by the last few differences of parameters and gradients, as two loops over them.
import type { Tree } from "../core/pytree.ts";
import { ArgumentError } from "../core/errors.ts";
import { isComplex } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { scan } from "../lax/control.ts";
import * as np from "../numpy/index.ts";
import { type GradientTransformation, mapLeaves, needParams, transformation } from "./base.ts";
import { addScaled, globalNorm, safeIncrement, scaleTree, squaredNorm, subtract, vdot, zeroCount, zerosOf } from "./numerics.ts";

/** Options of `scaleByLbfgs`. */
export interface LbfgsOptions {
  /** How many differences are kept; 10 by default. */
  readonly memorySize?: number;
  /** Whether the first guess of the inverse Hessian is scaled by the last step. */
  readonly scaleInitPrecond?: boolean;
}
interface State {
  readonly count: Value;
  readonly params: Tree;
  readonly updates: Tree;
  readonly diffParamsMemory: Tree;
  readonly diffUpdatesMemory: Tree;
  readonly weightsMemory: Value;
}
const realDot = (x: Tree, y: Tree): Value => {
  const d = vdot(x, y);
  return isComplex(d.dtype) ? np.real(d) : d;
};
/** The gradient times the approximate inverse Hessian.
 * @example const tx = optim.scaleByLbfgs({ scaleInitPrecond: false }); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [3, 4] } */
export function scaleByLbfgs(options: LbfgsOptions = {}): GradientTransformation {
  const { memorySize = 10, scaleInitPrecond = true } = options;
  if (!Number.isInteger(memorySize) || memorySize < 1)
    throw new ArgumentError(`optim.scaleByLbfgs: memorySize is a positive integer, got ${memorySize}`);
  const init = (params: Tree): State => {
    const memory = mapLeaves((p) => np.zeros([memorySize, ...p.shape], { dtype: p.dtype }), params);
    return {
      count: zeroCount(),
      params: zerosOf(params),
      updates: zerosOf(params),
      diffParamsMemory: memory,
      diffUpdatesMemory: memory,
      weightsMemory: np.zeros([memorySize]),
    };
  };
  return transformation<State>(init, (updates, state, given) => {
    const params = needParams("scaleByLbfgs", given);
    const started = state.count.gt(0);
    const slot = np.mod(state.count.sub(1), memorySize);
    const only = <T>(tree: T): T => mapLeaves((x) => np.where(started, x, np.zerosLike(x)), tree);
    const rawParams = subtract(params, state.params);
    const rawUpdates = subtract(updates, state.updates);
    const product = realDot(rawUpdates, rawParams);
    const weight = only(np.where(product.eq(0), 0, np.divide(1, product)));
    const diffParams = only(rawParams);
    const diffUpdates = only(rawUpdates);
    const store = <T>(memory: T, now: Tree): T => mapLeaves((m, x) => m.at(slot).set(x.astype(m.dtype)), memory, now);
    const next: State = {
      count: safeIncrement(state.count),
      params,
      updates,
      diffParamsMemory: store(state.diffParamsMemory, diffParams),
      diffUpdatesMemory: store(state.diffUpdatesMemory, diffUpdates),
      weightsMemory: store(state.weightsMemory, weight),
    };
    const identityScale = scaleInitPrecond ? firstScale(updates, diffParams, diffUpdates, started) : 1;
    return [precondition(updates, next, identityScale, np.mod(state.count, memorySize), memorySize), next];
  });
}
/** The scale of the first guess: by the last step's curvature; at the first step so that the update's norm is at most 1. */
function firstScale(updates: Tree, diffParams: Tree, diffUpdates: Tree, started: Value): Value {
  const bottom = squaredNorm(diffUpdates);
  const curvature = np.where(bottom.gt(0), realDot(diffUpdates, diffParams).div(bottom), 1);
  return np.where(started, curvature, np.minimum(1, np.divide(1, globalNorm(updates))));
}
/** The two loops, from the newest difference to the oldest and back. */
function precondition(updates: Tree, state: State, identityScale: ArrayLike, newest: Value, size: number): Tree {
  const indices = np.mod(np.arange(size).add(newest), size);
  const at = (memory: Tree, i: Value): Tree => mapLeaves((m) => m.get(i), memory);
  const like = (tree: Tree): Tree => mapLeaves((x, y) => x.astype(y.dtype), tree, updates);
  const down = (vector: Tree, i: Value): [Tree, Value] => {
    const alpha = state.weightsMemory.get(i).mul(realDot(at(state.diffParamsMemory, i), vector));
    return [like(addScaled(vector, np.negative(alpha), at(state.diffUpdatesMemory, i))), alpha];
  };
  const up = (vector: Tree, [i, alpha]: readonly [Value, Value]): [Tree, null] => {
    const beta = state.weightsMemory.get(i).mul(realDot(at(state.diffUpdatesMemory, i), vector));
    return [like(addScaled(vector, alpha.sub(beta), at(state.diffParamsMemory, i))), null];
  };
  const [right, alphas] = scan(down as never, updates as never, indices as never, { reverse: true } as never) as unknown as [Tree, Value];
  const [left] = scan(up as never, like(scaleTree(identityScale, right)) as never, [indices, alphas] as never) as unknown as [Tree, null];
  return left;
}
