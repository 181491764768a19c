// optim.contrib: a learning rate that falls when the loss no longer does.
import { ArgumentError } from "../../core/errors.ts";
import type { Value } from "../../core/value.ts";
import * as np from "../../numpy/index.ts";
import { type GradientTransformation, transformation } from "../base.ts";
import { choose, safeIncrement, scaleTree, zeroCount } from "../numerics.ts";

/** Options of `reduceOnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** What the scale is multiplied by. */
  readonly factor?: number;
  /** How many values without improvement are waited for. */
  readonly patience?: number;
  readonly rtol?: number;
  readonly atol?: number;
  /** How many values after a reduction do not count. */
  readonly cooldown?: number;
  /** How many values are averaged to one. */
  readonly accumulationSize?: number;
  readonly minScale?: number;
}
interface State {
  readonly scale: Value;
  readonly bestValue: Value;
  readonly plateauCount: Value;
  readonly cooldownCount: Value;
  readonly count: Value;
  readonly avgValue: Value;
}
/** Scales updates down when the loss stops falling; `update` needs `{ value }`, the loss.
 * @example const tx = optim.contrib.reduceOnPlateau({ patience: 1 }), g = np.array([10]); const [, next] = tx.update(g, tx.init(g), g,
 * { value: np.array(1) }); tx.update(g, next, g, { value: np.array(1) })[0] // [1] */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): GradientTransformation {
  const { factor = 0.1, patience = 10, rtol = 1e-4, atol = 0, cooldown = 0, accumulationSize = 1, minScale = 0 } = options;
  if (!(factor > 0 && factor < 1)) throw new ArgumentError(`optim.contrib.reduceOnPlateau: factor lies between 0 and 1, got ${factor}`);
  if (rtol < 0 || atol < 0 || rtol + atol === 0 || rtol > 1)
    throw new ArgumentError(`optim.contrib.reduceOnPlateau: one of rtol (at most 1) and atol is positive and none negative, got ${rtol} and ${atol}`);
  const init = (): State => ({
    scale: np.array(1, { dtype: "float32" }),
    bestValue: np.array(Infinity, { dtype: "float32" }),
    plateauCount: zeroCount(),
    cooldownCount: zeroCount(),
    count: zeroCount(),
    avgValue: np.array(0, { dtype: "float32" }),
  });
  const judge = (state: State): State => {
    const improved = state.avgValue.lt(state.bestValue.mul(1 - rtol).sub(atol));
    const plateau = np.where(improved, 0, safeIncrement(state.plateauCount));
    const cooling = state.cooldownCount.gt(0);
    const over = np.logicalAnd(np.logicalNot(cooling), plateau.eq(patience));
    return {
      scale: np.where(over, np.maximum(state.scale.mul(factor), minScale), state.scale),
      bestValue: np.where(improved, state.avgValue, state.bestValue),
      plateauCount: np.where(np.logicalOr(cooling, over), 0, plateau).astype("int32"),
      cooldownCount: np.where(cooling, state.cooldownCount.sub(1), np.where(over, cooldown, 0)).astype("int32"),
      count: zeroCount(),
      avgValue: np.zerosLike(state.avgValue),
    };
  };
  return transformation<State>(init, (updates, state, _params, { value }) => {
    if (value === undefined)
      throw new ArgumentError(
        "optim.contrib.reduceOnPlateau: update was called without the loss. Instead: tx.update(grads, state, params, { value })",
      );
    const count = safeIncrement(state.count);
    const avgValue = state.count.astype("float32").mul(state.avgValue).add(np.asarray(value).astype("float32")).div(count).astype("float32");
    const seen = { ...state, count, avgValue };
    const next = choose(count.eq(accumulationSize), judge(seen), seen);
    return [scaleTree(next.scale, updates), next];
  });
}
