// optim.contrib: sharpness-aware minimization (Foret et al., 2021): the gradient is taken where a step uphill leads to.
import { ArgumentError, StructureError } from "../../core/errors.ts";
import type { Tree } from "../../core/pytree.ts";
import type { Value } from "../../core/value.ts";
import { pmean } from "../../lax/collectives.ts";
import * as np from "../../numpy/index.ts";
import { type GradientTransformation, type OptState, mapLeaves, needParams, statelessOf, transformation } from "../base.ts";
import * as n from "../numerics.ts";
import { applyUpdates } from "../update.ts";

/** Updates of norm 1 over all leaves.
 * @example const tx = optim.contrib.normalize(), w = np.array([1, 2]); tx.update(np.array([0.5, -1]), tx.init(w), w)[0] // [0.4472, -0.8944] */
export const normalize = (): GradientTransformation =>
  statelessOf((updates) => {
    const norm = n.globalNorm(updates);
    return mapLeaves((g) => g.div(norm), updates);
  });
/** Options of `sam`. */
export interface SamOptions {
  /** Every so many updates the outer optimizer steps; the others go uphill. 2. */
  readonly syncPeriod?: number;
  /** Whether the uphill optimizer forgets after each outer step. True. */
  readonly resetState?: boolean;
  /**
   * Whether one update does all of it, so that nobody sees parameters uphill: `update` then needs `{ gradFn }`, which gives the gradients at parameters (and
   * takes the number of the uphill step). For models that keep statistics of batches. False.
   */
  readonly opaqueMode?: boolean;
  /** In opaque mode: a named axis of vmap over which gradients are averaged. */
  readonly batchAxisName?: string | null;
}
interface SamState {
  readonly stepsSinceSync: Value;
  readonly optState: OptState;
  readonly advState: OptState;
  readonly cache: Tree;
}
/**
 * Steps uphill by `advOptimizer` (`chain(contrib.normalize(), sgd(rho))`), then a step of `optimizer` from where these began. Needs parameters.
 * Each uphill step is an update that shows, unless `opaqueMode` is on.
 * @example const uphill = optim.chain(optim.contrib.normalize(), optim.sgd(0.5)), tx = optim.contrib.sam(optim.sgd(0.1), uphill), w = np.array([3, 4]);
 * tx.update(w, tx.init(w), w)[0] // [0.3, 0.4]
 */
export function sam(optimizer: GradientTransformation, advOptimizer: GradientTransformation, options: SamOptions = {}): GradientTransformation {
  const { syncPeriod = 2, resetState = true, opaqueMode = false, batchAxisName = null } = options;
  if (!Number.isInteger(syncPeriod) || syncPeriod < 1)
    throw new ArgumentError(`optim.contrib.sam: syncPeriod is ${syncPeriod}, expected an integer of at least 1`);
  const init = (params: Tree): SamState => ({
    stepsSinceSync: n.zeroCount(),
    optState: optimizer.init(params) as OptState,
    advState: advOptimizer.init(params) as OptState,
    cache: opaqueMode ? null : params,
  });
  const uphill = (updates: Tree, state: OptState, params: Tree): [Tree, OptState] => {
    const [down, next] = advOptimizer.update(updates, state, params);
    return [mapLeaves((u) => np.negative(u), down), next];
  };
  if (opaqueMode)
    return transformation<SamState>(init, (updates, state, given, extra) => {
      const params = needParams("contrib.sam", given),
        { gradFn } = extra;
      if (!gradFn)
        throw new StructureError(
          "optim.contrib.sam: in opaque mode update needs the gradient. Instead: tx.update(grads, state, params, { gradFn: grad(loss) })",
        );
      let [at, g, advState] = [params, updates, state.advState as OptState];
      for (let i = 0; i < syncPeriod - 1; i++) {
        const [up, next] = uphill(g, advState, at);
        advState = next as OptState;
        at = applyUpdates(at, up);
        const there = gradFn(at, i) as Tree;
        g = batchAxisName === null ? there : pmean(there, batchAxisName);
      }
      const [out, optState] = optimizer.update(g, state.optState as OptState, params);
      return [
        out,
        { stepsSinceSync: n.zeroCount(), optState, advState: resetState ? (advOptimizer.init(params) as OptState) : advState, cache: null },
      ];
    });
  return transformation<SamState>(init, (updates, state, given) => {
    const params = needParams("contrib.sam", given);
    const first = state.stepsSinceSync.eq(0),
      last = state.stepsSinceSync.eq(syncPeriod - 1);
    const [up, advNext] = uphill(updates, state.advState as OptState, params);
    const [down, optNext] = optimizer.update(updates, state.optState as OptState, state.cache);
    const back = mapLeaves((c, p, u) => c.sub(p).add(u), state.cache, params, down);
    const advLast = (resetState ? advOptimizer.init(params) : state.advState) as OptState;
    return [
      n.choose(last, back, up),
      {
        stepsSinceSync: np.remainder(state.stepsSinceSync.add(1), syncPeriod),
        optState: n.choose(last, optNext as OptState, state.optState as Tree) as OptState,
        advState: n.choose(last, advLast, advNext as Tree) as OptState,
        cache: n.choose(first, params, state.cache),
      },
    ];
  });
}
