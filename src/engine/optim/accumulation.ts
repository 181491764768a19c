// Transformations that remember updates: momentum, running means, and steps that come only now and then.
import type { Tree } from "../core/pytree.ts";
import { leavesOf } from "../core/pytree.ts";
import type { DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { cond } from "../lax/control.ts";
import * as np from "../numpy/index.ts";
import { type ExtraArgs, type GradientTransformation, type OptState, mapLeaves, transformation } from "./base.ts";
import * as n from "./numerics.ts";

/** Options of `trace`. */
export interface TraceOptions {
  readonly nesterov?: boolean;
  readonly accumulatorDtype?: DType | null;
}
/** Momentum: a decaying sum of updates.
 * @example const tx = optim.trace(0.9), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export function trace(decay: ArrayLike, options: TraceOptions = {}): GradientTransformation {
  const { nesterov = false, accumulatorDtype } = options;
  const into = (g: Value, t: Value): Value => g.add(np.multiply(decay, t));
  return transformation<{ readonly trace: Tree }>(
    (params) => ({ trace: n.zerosOf(params, accumulatorDtype) }),
    (updates, state) => {
      const next = mapLeaves(into, updates, state.trace);
      return [nesterov ? mapLeaves(into, updates, next) : next, { trace: n.castTree(next, accumulatorDtype) }];
    },
  );
}
/** Options of `ema`. */
export interface EmaOptions {
  /** Whether the start at zero is corrected for; true by default. */
  readonly debias?: boolean;
  readonly accumulatorDtype?: DType | null;
}
/** The exponential moving average of updates.
 * @example const tx = optim.ema(0.9), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.5, -1] */
export function ema(decay: ArrayLike, options: EmaOptions = {}): GradientTransformation {
  const { debias = true, accumulatorDtype } = options;
  return transformation<{ readonly count: Value; readonly ema: Tree }>(
    (params) => ({ count: n.zeroCount(), ema: n.zerosOf(params, accumulatorDtype) }),
    (updates, state) => {
      const next = n.updateMoment(updates, state.ema, decay, 1);
      const count = n.safeIncrement(state.count);
      return [debias ? n.biasCorrection(next, decay, count) : next, { count, ema: n.castTree(next, accumulatorDtype) }];
    },
  );
}
/** The sum of k updates at every k-th step, zeros between.
 * @example const tx = optim.applyEvery(2); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [0, 0] } */
export const applyEvery = (k: number = 1): GradientTransformation =>
  transformation<{ readonly count: Value; readonly gradAcc: Tree }>(
    (params) => ({ count: n.zeroCount(), gradAcc: n.zerosOf(params) }),
    (updates, state) => {
      const at = np.mod(state.count, k);
      const gradAcc = mapLeaves((g, sum) => at.ne(0).astype(sum.dtype).mul(sum).add(g), updates, state.gradAcc);
      const out = mapLeaves(
        (sum) =>
          at
            .eq(k - 1)
            .astype(sum.dtype)
            .mul(sum),
        gradAcc,
      );
      return [out, { count: np.mod(n.safeIncrement(state.count), k), gradAcc }];
    },
  );

/** Says whether a step is left out, and what is to be remembered of why. */
export type ShouldSkipUpdateFunction = (updates: Tree, gradientStep: Value, params: Tree | undefined) => [skip: Value, state: Tree];
/** Skips a step whose updates are not all finite.
 * @example optim.skipNotFinite({ w: np.array([1, NaN]) }, np.int32(0), { w: np.array([3, 4]) })[0] // true */
export const skipNotFinite: ShouldSkipUpdateFunction = (updates) => {
  const numNotFinite = n.sumOver(updates, (p) => np.sum(np.logicalNot(np.isfinite(p))));
  const shouldSkip = numNotFinite.gt(0);
  return [shouldSkip, { shouldSkip, numNotFinite }];
};
/** Skips a step whose updates' squared norm is not below a bound.
 * @example optim.skipLargeUpdates(10)({ w: np.array([3, 4]) }, np.int32(0), { w: np.array([3, 4]) })[0] // true */
export const skipLargeUpdates =
  (maxSquaredNorm: ArrayLike): ShouldSkipUpdateFunction =>
  (updates) => {
    const normSquared = n.sumOver(updates, (p) => np.sum(p.mul(p)));
    const shouldSkip = np.logicalNot(np.less(normSquared, maxSquaredNorm));
    return [shouldSkip, { shouldSkip, normSquared }];
  };
/** Options of `MultiSteps`. */
export interface MultiStepsOptions {
  /** Whether gradients are averaged (true) or added. */
  readonly useGradMean?: boolean;
  readonly shouldSkipUpdateFn?: ShouldSkipUpdateFunction;
  readonly accumulatorDtype?: DType;
}
interface MultiStepsState {
  readonly miniStep: Value;
  readonly gradientStep: Value;
  readonly innerOptState: OptState;
  readonly accGrads: Tree;
  readonly skipState: Tree;
}
/** An optimizer that takes one step for every k gradients: large batches in small memory. */
export class MultiSteps implements GradientTransformation {
  readonly #every: (step: Value) => ArrayLike;
  constructor(
    readonly innerOpt: GradientTransformation,
    everyKSchedule: number | ((step: Value) => ArrayLike),
    private readonly options: MultiStepsOptions = {},
  ) {
    this.#every = typeof everyKSchedule === "number" ? () => everyKSchedule : everyKSchedule;
  }
  #skip(updates: Tree, step: Value, params: Tree | undefined): [Value, Tree] {
    return this.options.shouldSkipUpdateFn?.(updates, step, params) ?? [np.array(false), null];
  }
  init(params: Tree): MultiStepsState {
    const gradientStep = n.zeroCount();
    return {
      miniStep: n.zeroCount(),
      gradientStep,
      innerOptState: this.innerOpt.init(params),
      accGrads: n.zerosOf(params, this.options.accumulatorDtype ?? "float32"),
      skipState: this.#skip(n.zerosOf(params), gradientStep, params)[1],
    };
  }
  update<U>(updates: U, state: OptState, params?: Tree, extra: ExtraArgs = {}): [U, OptState] {
    const before = state as MultiStepsState;
    const k = this.#every(before.gradientStep);
    const [skip, skipState] = this.#skip(updates, before.gradientStep, params);
    const { useGradMean = true, accumulatorDtype = "float32" } = this.options;
    const accumulate = (sum: Value, g: Value): Value => (useGradMean ? sum.add(g.sub(sum).div(before.miniStep.add(1))) : g.add(sum));
    const step = (): [U, MultiStepsState] => {
      const sums = mapLeaves(accumulate, before.accGrads, updates);
      const typed = mapLeaves((sum, u) => sum.astype(u.dtype), sums, updates) as U;
      const [out, inner] = this.innerOpt.update(typed, before.innerOptState, params, extra);
      const emit = before.miniStep.eq(np.subtract(k, 1));
      return [
        mapLeaves((u) => emit.astype(u.dtype).mul(u), out),
        {
          miniStep: np.mod(n.safeIncrement(before.miniStep), k).astype("int32"),
          gradientStep: np.where(emit, n.safeIncrement(before.gradientStep), before.gradientStep),
          innerOptState: mapLeaves((old, now) => np.where(emit, now, old).astype(old.dtype), before.innerOptState, inner),
          accGrads: mapLeaves((sum) => np.logicalNot(emit).astype(sum.dtype).mul(sum).astype(accumulatorDtype), sums),
          skipState,
        },
      ];
    };
    const stay = (): [U, MultiStepsState] => [n.zerosOf(updates), { ...before, skipState }];
    return cond(skip, stay as () => unknown, step as () => unknown) as unknown as [U, OptState];
  }
  /** Whether the last update was a step of the inner optimizer. */
  hasUpdated(state: MultiStepsState): Value {
    return np.logicalAnd(state.miniStep.eq(0), state.gradientStep.gt(0));
  }
  /** Itself, as a plain transformation. */
  gradientTransformation(): GradientTransformation {
    return { init: (p) => this.init(p), update: (u, s, p, e) => this.update(u, s, p, e) };
  }
}
/** Whether the leaves of a tree are all finite.
 * @example optim.allFinite({ w: np.array([1, NaN]) }) // false */
export const allFinite = (tree: Tree): Value =>
  (leavesOf(tree) as ArrayLike[]).map((x) => np.all(np.isfinite(x))).reduce<Value>((a, b) => np.logicalAnd(a, b), np.array(true));
