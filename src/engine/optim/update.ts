// Applying updates to parameters.
import type { Tree } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import * as np from "../numpy/index.ts";
import { cond } from "../lax/control.ts";
import { mapLeaves } from "./base.ts";
import { oneMinus } from "./numerics.ts";

/** params + updates, in the parameters' types. */
export const applyUpdates = <P>(params: P, updates: Tree): P => mapLeaves((p, u) => p.add(u).astype(p.dtype), params, updates);
/** stepSize · new + (1 − stepSize) · old: target networks, averages of weights. */
export const incrementalUpdate = <P>(newTensors: Tree, oldTensors: P, stepSize: ArrayLike): P =>
  mapLeaves((old, now) => np.add(np.multiply(stepSize, now), np.multiply(oneMinus(stepSize), old)), oldTensors, newTensors);
/** The new values at every `updatePeriod`-th step, the old ones otherwise. */
export const periodicUpdate = <P>(newTensors: P, oldTensors: P, steps: ArrayLike, updatePeriod: number): P =>
  cond(np.equal(np.mod(steps, updatePeriod), 0), (() => newTensors) as never, (() => oldTensors) as never) as unknown as P;
