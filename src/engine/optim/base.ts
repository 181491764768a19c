// What a gradient transformation is: a pair of pure functions over pytrees. Optimizers are chains of them; their states are pytrees, so that a whole
// training step can be jitted, vmapped and saved. Names and formulas follow Optax; options stand at the end, in camelCase.
import { type Tree } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { StructureError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

/** What some transformations need beside gradients and parameters. */
export interface ExtraArgs {
  /** The loss at the parameters (`polyakSgd`, line searches, `contrib.reduceOnPlateau`). */
  readonly value?: ArrayLike;
  /** The gradient at the parameters (line searches). */
  readonly grad?: Tree;
  /** The loss as a function of the parameters (line searches). */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly valueFn?: (params: any) => ArrayLike;
  /** The loss as a function of the parameters (`contrib.sophia`). */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly objFn?: (params: any) => ArrayLike;
  /** The gradient as a function of the parameters and of a step's number (`contrib.sam` in opaque mode). */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly gradFn?: (params: any, step: number) => Tree;
}
/** An optimizer, or a step of one. */
export interface GradientTransformation {
  /** The state to start from, for parameters of this structure. */
  init(params: Tree): OptState;
  /**
   * Gradients (or what an earlier transformation made of them) → what to add to the parameters, and the next state.
   * @param params needed by those that look at parameters, such as weight decay; they throw where it is missing
   */
  update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [updates: U, state: OptState];
}
/** A pytree of arrays. Its fields are those of Optax's state of the same transformation, in camelCase. */
// States are as many as transformations: what is inside is the transformation's own business.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type OptState = any;
/** Step number → value, such as a learning rate. */
export type Schedule = (count: Value) => ArrayLike;
/** A number, an array (also a traced one), or a schedule. */
export type ScalarOrSchedule = ArrayLike | Schedule;

export const isSchedule = (v: unknown): v is Schedule => typeof v === "function";
/** A function of the leaves at the same place of several trees, as arrays; the result has the first tree's type. */
export const mapLeaves = <T>(fn: (...leaves: Value[]) => unknown, tree: T, ...rest: Tree[]): T =>
  mapTree((...leaves: unknown[]) => fn(...leaves.map((l) => asArray(l, "optim"))), tree, ...rest) as T;

/** A transformation without memory. */
export const statelessOf = (update: (updates: Tree, params: Tree | undefined, extra: ExtraArgs) => Tree): GradientTransformation => ({
  init: () => null,
  update: (updates, state, params, extra = {}) => [update(updates, params, extra) as typeof updates, state],
});
/** The step of a stateful transformation. */
type Step<S> = (updates: Tree, state: S, params: Tree | undefined, extra: ExtraArgs) => [updates: Tree, state: S];
/** A transformation with memory. */
export const transformation = <S>(init: (params: Tree) => S, step: Step<S>): GradientTransformation => ({
  init,
  update: (updates, state, params, extra = {}) => step(updates, state as S, params, extra) as [typeof updates, OptState],
});
/** The parameters, or an error that says who needs them. */
export function needParams(who: string, params: Tree | undefined): Tree {
  if (params === undefined || params === null)
    throw new StructureError(`optim.${who}: update was called without parameters, which it needs. Instead: tx.update(grads, state, params)`);
  return params;
}
/** Leaves the updates as they are.
 * @example const tx = optim.identity(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export const identity = (): GradientTransformation => statelessOf((u) => u);
/** Updates of zero: what goes through it is not trained.
 * @example const tx = optim.setToZero(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0, 0] */
export const setToZero = (): GradientTransformation => statelessOf((u) => mapLeaves((g) => np.zerosLike(g), u));
/** A transformation from `(updates, params) → updates`.
 * @example const tx = optim.stateless((g) => tree.map((x: Array) => x.mul(2), g as never) as never), w = np.array([1]); tx.update(w, tx.init(w), w)[0] // [2] */
export const stateless = (fn: <U>(updates: U, params: Tree) => U): GradientTransformation => statelessOf((u, p) => fn(u, p));
/** A transformation from a function of one leaf of the updates and one of the parameters.
 * @example const tx = optim.statelessWithTreeMap((g) => np.negative(g)); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [-3, -4] } */
export const statelessWithTreeMap = (fn: (update: Value, param: Value | undefined) => ArrayLike): GradientTransformation =>
  statelessOf((u, p) => (p === undefined ? mapLeaves((g) => fn(g, undefined), u) : mapLeaves((g, q) => fn(g, q), u, p)));
