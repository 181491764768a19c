// Transformations made of others: in a row, under a condition, on one flat vector.
import { type Tree, leavesOf, structure } from "../core/pytree.ts";
import { ArgumentError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { cond } from "../lax/control.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { allFinite } from "./accumulation.ts";
import { type ExtraArgs, type GradientTransformation, type OptState, mapLeaves, transformation } from "./base.ts";
import { choose, safeIncrement, zeroCount, zerosOf } from "./numerics.ts";

/** Transformations one after the other; the state is the list of theirs.
 * @example const tx = optim.chain(optim.clip(0.7), optim.scale(-0.1)), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [-0.05, 0.07] */
export function chain(...transforms: readonly GradientTransformation[]): GradientTransformation {
  return {
    init: (params) => transforms.map((t) => t.init(params)),
    update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [U, OptState] {
      const states = state as readonly OptState[];
      if (!Array.isArray(states) || states.length !== transforms.length)
        throw new ArgumentError(`optim.chain: the state is not one of ${transforms.length} transformations. Instead: start from tx.init(params)`);
      let out = updates;
      const next = transforms.map((t, i) => {
        const [u, s] = t.update(out, states[i], params, extra);
        out = u;
        return s as OptState;
      });
      return [out, next];
    },
  };
}
/** As `chain`, with a name for each; the state is an object by these names.
 * @example const tx = optim.namedChain(["clip", optim.clip(1)], ["step", optim.sgd(0.5)]); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [-0.5, -0.5] } */
export function namedChain(...named: readonly (readonly [name: string, transform: GradientTransformation])[]): GradientTransformation {
  const names = named.map(([name]) => name);
  if (new Set(names).size !== names.length) throw new ArgumentError(`optim.namedChain: names are unique, got ${names.join(", ")}`);
  const inner = chain(...named.map(([, t]) => t));
  const byName = (states: readonly OptState[]): OptState => Object.fromEntries(names.map((name, i) => [name, states[i]]));
  return {
    init: (params) => byName(inner.init(params) as OptState[]),
    update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [U, OptState] {
      const [u, s] = inner.update(
        updates,
        names.map((name) => (state as Record<string, OptState>)[name]),
        params,
        extra,
      );
      return [u, byName(s as OptState[])];
    },
  };
}
/** Runs a transformation on all leaves as one vector: fewer, larger kernels. Norms over a leaf become norms over everything.
 * @example const tx = optim.flatten(optim.clipByGlobalNorm(1)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [0.6, 0.8] } */
export function flatten(inner: GradientTransformation): GradientTransformation {
  const vector = (tree: Tree): Value => np.concatenate((leavesOf(tree) as ArrayLike[]).map((x) => np.reshape(asArray(x, "optim.flatten"), [-1])));
  return {
    init: (params) => inner.init(vector(params)),
    update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [U, OptState] {
      const [flat, next] = inner.update(vector(updates), state, params === undefined ? undefined : vector(params), extra);
      let start = 0;
      const parts = (leavesOf(updates) as ArrayLike[]).map((x) => {
        const { shape, size } = asArray(x, "optim.flatten");
        const part = np.reshape(flat.get(`${start}:${start + size}`), shape);
        start += size;
        return part;
      });
      return [structure(updates).unflatten(parts) as U, next];
    },
  };
}
/** Says whether a transformation acts at a step, which counts from 0. */
export type ConditionFunction = (step: Value, extra: ExtraArgs) => ArrayLike;
/** Options of `conditionallyTransform` and `conditionallyMask`. */
export interface ConditionallyOptions {
  /** Whether the condition gets the extra arguments of `update`. */
  readonly forwardExtraArgs?: boolean;
}
/** The transformation where a condition on the step holds; elsewhere updates pass unchanged.
 * @example const tx = optim.conditionallyTransform(optim.sgd(0.5), (step) => step.gt(0)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [3, 4] } */
export const conditionallyTransform = (
  inner: GradientTransformation,
  should: ConditionFunction,
  options: ConditionallyOptions = {},
): GradientTransformation => conditionally(inner, should, options, (u) => u);
/** The transformation where a condition on the step holds; elsewhere updates are zero.
 * @example const tx = optim.conditionallyMask(optim.sgd(0.5), (step) => step.gt(0)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [0, 0] } */
export const conditionallyMask = (
  inner: GradientTransformation,
  should: ConditionFunction,
  options: ConditionallyOptions = {},
): GradientTransformation => conditionally(inner, should, options, (u) => zerosOf(u));
interface Conditional {
  readonly step: Value;
  readonly innerState: OptState;
}
function conditionally(
  inner: GradientTransformation,
  should: ConditionFunction,
  options: ConditionallyOptions,
  otherwise: (u: Tree) => Tree,
): GradientTransformation {
  return transformation<Conditional>(
    (params) => ({ innerState: inner.init(params), step: zeroCount() }),
    (updates, state, params, extra) => {
      const act = (): unknown => inner.update(updates, state.innerState, params, extra);
      const stay = (): unknown => [otherwise(updates), state.innerState];
      const [out, innerState] = cond(should(state.step, options.forwardExtraArgs ? extra : {}), act, stay) as unknown as [Tree, OptState];
      return [out, { innerState, step: safeIncrement(state.step) }];
    },
  );
}
interface ApplyIfFiniteState {
  readonly notfiniteCount: Value;
  readonly lastFinite: Value;
  readonly totalNotfinite: Value;
  readonly innerState: OptState;
}
/** Leaves out updates that are not finite, but no more than `maxConsecutiveErrors` in a row.
 * @example const tx = optim.applyIfFinite(optim.sgd(0.5), 5); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([1, NaN]) }, tx.init(params), params)[0] // { w: [0, 0] } */
export function applyIfFinite(inner: GradientTransformation, maxConsecutiveErrors: number): GradientTransformation {
  return transformation<ApplyIfFiniteState>(
    (params) => ({ notfiniteCount: zeroCount(), lastFinite: np.array(true), totalNotfinite: zeroCount(), innerState: inner.init(params) }),
    (updates, state, params, extra) => {
      const finite = allFinite(updates);
      const notfiniteCount = np.where(finite, zeroCount(), safeIncrement(state.notfiniteCount));
      const act = (): unknown => inner.update(updates, state.innerState, params, extra);
      const stay = (): unknown => [zerosOf(updates), state.innerState];
      const go = np.logicalOr(finite, notfiniteCount.gt(maxConsecutiveErrors));
      const [out, innerState] = cond(go, act, stay) as unknown as [Tree, OptState];
      const totalNotfinite = np.where(finite, state.totalNotfinite, safeIncrement(state.totalNotfinite));
      return [out, { notfiniteCount, lastFinite: finite, totalNotfinite, innerState }];
    },
  );
}
/** Fast and slow weights of `lookahead`. */
export interface LookaheadParams<P = Tree> {
  readonly fast: P;
  readonly slow: P;
}
/**
 * Lookahead (Zhang et al., 2019): the slow weights follow the fast ones every `syncPeriod` steps by `slowStepSize`. Parameters and updates are
 * `{ fast, slow }`; gradients are those of the fast weights.
 * @example const tx = optim.lookahead(optim.sgd(0.1), 1, 0.5), w = np.array([1, 2]), both = { fast: w, slow: w }; tx.update(np.array([1, -1]), tx.init(both),
 * both)[0] // { fast: [-0.05, 0.05], slow: [-0.05, 0.05] }
 */
export function lookahead(
  fastOptimizer: GradientTransformation,
  syncPeriod: number,
  slowStepSize: number,
  options: { readonly resetState?: boolean } = {},
): GradientTransformation {
  if (syncPeriod < 1) throw new ArgumentError(`optim.lookahead: syncPeriod is at least 1, got ${syncPeriod}`);
  return transformation<{ readonly fastState: OptState; readonly stepsSinceSync: Value }>(
    (params) => ({ fastState: fastOptimizer.init((params as LookaheadParams).fast), stepsSinceSync: zeroCount() }),
    (updates, state, params) => {
      const { fast, slow } = params as LookaheadParams;
      const [fastUpdates, stepped] = fastOptimizer.update(updates, state.fastState, fast);
      const next = np.mod(state.stepsSinceSync.add(1), syncPeriod);
      const sync = state.stepsSinceSync.eq(syncPeriod - 1);
      const { mapped, slowMove } = syncUpdates({ fast, slow }, fastUpdates, sync, slowStepSize);
      const fastState = options.resetState ? choose(sync, fastOptimizer.init(fast), stepped) : (stepped as OptState);
      return [
        { fast: mapped, slow: slowMove },
        { fastState, stepsSinceSync: next },
      ];
    },
  );
}
/** At a synchronization the slow weights go a part of the way, and the fast ones go where the slow ones are. */
function syncUpdates({ fast, slow }: LookaheadParams, fastUpdates: Tree, sync: Value, slowStepSize: number): { mapped: Tree; slowMove: Tree } {
  const ahead = mapLeaves((f, u, s) => f.add(u).sub(s), fast, fastUpdates, slow);
  const slowMove = mapLeaves((d) => sync.astype(d.dtype).mul(slowStepSize).mul(d), ahead);
  const mapped = mapLeaves((u, d) => np.where(sync, u.sub(np.multiply(1 - slowStepSize, d)), u), fastUpdates, ahead);
  return { mapped, slowMove };
}
