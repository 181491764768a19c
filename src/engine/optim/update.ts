// Applying updates to parameters.
import type { Tree } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import * as np from "../numpy/index.ts";
import { cond } from "../lax/control.ts";
import { mapLeaves } from "./base.ts";
import { oneMinus } from "./numerics.ts";

/** params + updates, in the parameters' types.
 * @example optim.applyUpdates({ w: np.array([1, 2]) }, { w: np.array([0.5, -1]) }) // { w: [1.5, 1] } */
export const applyUpdates = <P>(params: P, updates: Tree): P => mapLeaves((p, u) => p.add(u).astype(p.dtype), params, updates);
/** stepSize · new + (1 − stepSize) · old: target networks, averages of weights.
 * @example optim.incrementalUpdate(np.array([2]), np.array([0]), 0.1) // [0.2] */
export const incrementalUpdate = <P>(newTensors: Tree, oldTensors: P, stepSize: ArrayLike): P =>
  mapLeaves((old, now) => np.add(np.multiply(stepSize, now), np.multiply(oneMinus(stepSize), old)), oldTensors, newTensors);
/** The new values at every `updatePeriod`-th step, the old ones otherwise.
 * @example optim.periodicUpdate({ w: np.array(1) }, { w: np.array(2) }, np.int32(4), 2) // { w: 1 } */
export const periodicUpdate = <P>(newTensors: P, oldTensors: P, steps: ArrayLike, updatePeriod: number): P =>
  cond(np.equal(np.mod(steps, updatePeriod), 0), (() => newTensors) as never, (() => oldTensors) as never) as unknown as P;
