// Arguments of special functions.
import type { Value } from "../core/value.ts";
import { type ArrayLike, operands } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

/** Arguments as floating arrays of one type and shape. */
export function floats(fn: string, ...xs: readonly ArrayLike[]): Value[] {
  const vs = operands(fn, xs, true);
  const shape = np.broadcastShapes(...vs.map((v) => v.shape));
  return vs.map((v) => np.broadcastTo(v, shape));
}
