// Rewards of auxiliary tasks, from what is observed (Jaderberg et al., 2017).
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { checked, float, matrix } from "./check.ts";

/**
 * The mean change of the pixels of each cell from one picture to the next.
 * @param observations pictures with values from 0 to 1, floats [T + 1, H·c, W·c, C]
 * @param cellSize c, the pixels of a cell's side
 * @returns [T, H, W]. ShapeError where the pictures are no whole number of cells.
 * @example rl.pixelControlRewards(np.array([0, 0, 0, 0, 1, 0, 1, 0]).reshape([2, 2, 2, 1]), 2) // [[[0.5]]]
 */
export function pixelControlRewards(observations: ArrayLike, cellSize: number): Value {
  const x = checked("pixelControlRewards", { observations: float(observations, 4) }).observations;
  const [, height, width, channels] = x.shape as [number, number, number, number];
  if (height % cellSize !== 0 || width % cellSize !== 0)
    throw new ShapeError(`rl.pixelControlRewards: pictures of ${height}×${width} are no whole number of cells of ${cellSize}×${cellSize}; crop them`);
  const change = np.abs(x.get("1:").sub(x.get(":-1")));
  return np.mean(change.reshape([-1, height / cellSize, cellSize, width / cellSize, cellSize, channels]), { axis: [2, 4, 5] });
}
/** What of features is a reward: themselves, |change|, what they grow or shrink by, or γ·next − this. */
export type CumulantType = "feature" | "absolute_change" | "increase" | "decrease" | "potential";
/** Options of `featureControlRewards`. */
export interface FeatureControlOptions {
  /** What is the reward; "absolute_change". */
  readonly cumulantType?: CumulantType;
  /** The discount γ of "potential". */
  readonly discount?: ArrayLike | null;
}
/** A reward for each feature at each step: floats [T + 1, D] → [T, D]. ArgumentError for a cumulant that there is not.
 * @example rl.featureControlRewards(np.array([[1, 5], [3, 2]]), "increase") // [[2, -3]] */
export function featureControlRewards(
  features: ArrayLike,
  ...rest: Tail<[cumulantType: CumulantType, discount: ArrayLike | null], FeatureControlOptions>
): Value {
  const fn = "featureControlRewards";
  const q = options<FeatureControlOptions>(`rl.${fn}`, ["cumulantType", "discount"], rest);
  const { cumulantType = "absolute_change", discount = null } = q;
  const x = checked(fn, { features: matrix(features) }).features;
  const [now, next] = [x.get(":-1"), x.get("1:")];
  switch (cumulantType) {
    case "feature":
      return next;
    case "absolute_change":
      return np.abs(next.sub(now));
    case "increase":
      return next.sub(now);
    case "decrease":
      return now.sub(next);
    case "potential":
      if (discount === null) throw new ArgumentError(`rl.${fn}: the cumulant "potential" needs { discount }`);
      return np.multiply(discount, next).sub(now);
    default:
      throw new ArgumentError(
        `rl.${fn}: cumulantType is ${JSON.stringify(cumulantType)}, expected "feature", "absolute_change", "increase", "decrease" or "potential"`,
      );
  }
}
