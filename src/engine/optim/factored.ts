// Second moments of matrices as a row and a column (Shazeer and Stern, 2018): memory of n + m in place of n·m.
import { type Tree, leavesOf, structure } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { type GradientTransformation, needParams, transformation } from "./base.ts";
import { absSq, safeIncrement, zeroCount } from "./numerics.ts";

/** Options of `scaleByFactoredRms`. */
export interface ScaleByFactoredRmsOptions {
  readonly factored?: boolean;
  readonly decayRate?: number;
  readonly stepOffset?: number;
  /** Arrays whose second largest axis is smaller keep all second moments. */
  readonly minDimSizeToFactor?: number;
  readonly epsilon?: number;
  /** The decay at a step; 1 − (step + 1)^(−rate) by default. */
  readonly decayRateFn?: (step: Value, rate: number) => ArrayLike;
}
/** The two largest axes, the larger one last; null where an array is not factored. */
function factoredAxes(shape: readonly number[], least: number): [d1: number, d0: number] | null {
  if (shape.length < 2) return null;
  const order = shape.map((_d, i) => i).sort((a, b) => shape[a]! - shape[b]! || a - b);
  const d1 = order[order.length - 2]!;
  return shape[d1]! < least ? null : [d1, order[order.length - 1]!];
}
interface State {
  readonly count: Value;
  readonly vRow: Tree;
  readonly vCol: Tree;
  readonly v: Tree;
}
interface Parts {
  readonly update: Value;
  readonly vRow: Value;
  readonly vCol: Value;
  readonly v: Value;
}
const defaultDecay = (step: Value, rate: number): Value => np.subtract(1, np.power(step.add(1).astype("float32"), -rate));
/** By the root of second moments that are kept as a row and a column; needs parameters for their shapes.
 * @example const tx = optim.scaleByFactoredRms(); const params = { w: np.array([1, 2]) };
 * tx.update({ w: np.array([3, 4]) }, tx.init(params), params)[0] // { w: [1, 1] } */
export function scaleByFactoredRms(options: ScaleByFactoredRmsOptions = {}): GradientTransformation {
  const { factored = true, decayRate = 0.8, stepOffset = 0, minDimSizeToFactor = 128, epsilon = 1e-30, decayRateFn = defaultDecay } = options;
  const axesOf = (p: Value): [number, number] | null => (factored ? factoredAxes(p.shape, minDimSizeToFactor) : null);
  const arrays = (tree: Tree): Value[] => (leavesOf(tree) as ArrayLike[]).map((p) => asArray(p, "optim.scaleByFactoredRms"));
  const stateOf = (count: Value, like: Tree, parts: readonly Omit<Parts, "update">[]): State => {
    const def = structure(like);
    return {
      count,
      vRow: def.unflatten(parts.map((p) => p.vRow)),
      vCol: def.unflatten(parts.map((p) => p.vCol)),
      v: def.unflatten(parts.map((p) => p.v)),
    };
  };
  const start = (p: Value): Omit<Parts, "update"> => {
    const none = np.zeros([1], { dtype: p.dtype });
    const axes = axesOf(p);
    if (!axes) return { vRow: none, vCol: none, v: np.zerosLike(p) };
    const lacking = (axis: number): Value =>
      np.zeros(
        p.shape.filter((_d, i) => i !== axis),
        { dtype: p.dtype },
      );
    return { vRow: lacking(axes[1]), vCol: lacking(axes[0]), v: none };
  };
  const step = (g: Value, p: Value, before: Omit<Parts, "update">, decay: ArrayLike): Parts => {
    const none = np.zeros([1], { dtype: p.dtype });
    const square = absSq(g).add(epsilon);
    const mix = (old: Value, now: Value): Value =>
      np
        .multiply(decay, old)
        .add(np.multiply(np.subtract(1, decay), now))
        .astype(p.dtype);
    const axes = axesOf(p);
    if (!axes) {
      const v = mix(before.v, square);
      return { update: g.mul(np.power(v, -0.5)), vRow: none, vCol: none, v };
    }
    const [d1, d0] = axes;
    const vRow = mix(before.vRow, np.mean(square, { axis: d0 }));
    const vCol = mix(before.vCol, np.mean(square, { axis: d1 }));
    const mean = np.mean(vRow, { axis: d1 > d0 ? d1 - 1 : d1, keepdims: true });
    const rows = np.expandDims(np.power(vRow.div(mean), -0.5), d0);
    const columns = np.expandDims(np.power(vCol, -0.5), d1);
    return { update: g.mul(rows).mul(columns), vRow, vCol, v: none };
  };
  return transformation<State>(
    (params) => stateOf(zeroCount(), params, arrays(params).map(start)),
    (updates, state, params) => {
      const ps = arrays(needParams("scaleByFactoredRms", params));
      const rows = arrays(state.vRow);
      const columns = arrays(state.vCol);
      const all = arrays(state.v);
      const decay = decayRateFn(state.count.sub(stepOffset), decayRate);
      const parts = arrays(updates).map((g, i) => step(g, ps[i]!, { vRow: rows[i]!, vCol: columns[i]!, v: all[i]! }, decay));
      return [structure(updates).unflatten(parts.map((p) => p.update)), stateOf(safeIncrement(state.count), updates, parts)];
    },
  );
}
