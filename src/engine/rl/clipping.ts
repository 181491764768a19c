// Bounded gradients: of a loss, and of whatever a value came from.
import { type Tree } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import type { Tail } from "../core/signature.ts";
import { options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { customVjp } from "../transforms/customVjp.ts";
import { floats } from "./check.ts";

/** Options of `huberLoss`. */
export interface HuberLossOptions {
  /** Where the parabola goes over into lines. 1. */
  readonly delta?: ArrayLike;
}
/** x²/2 up to |x| = δ, δ·|x| − δ²/2 beyond, element by element (Huber, 1964). Floats of any shape.
 * @example rl.huberLoss(np.array([0.5, 3])) // [0.125, 2.5] */
export function huberLoss(x: ArrayLike, ...rest: Tail<[delta: ArrayLike], HuberLossOptions>): Value {
  const { delta = 1 } = options<HuberLossOptions>("rl.huberLoss", ["delta"], rest);
  const size = np.abs(floats("huberLoss", "x", x)),
    quadratic = np.minimum(size, delta);
  return np
    .square(quadratic)
    .mul(0.5)
    .add(np.multiply(delta, size.sub(quadratic)));
}
/** `x` itself, a pytree of floats, whose gradient is held between two bounds, element by element (Mnih et al., 2015).
 * @example grad((x: Array) => np.sum(np.square(rl.clipGradient(x, -1, 1))))(np.array([0.25, 3])) as Array // [0.5, 1] */
export function clipGradient<T>(x: T, gradientMin: ArrayLike, gradientMax: ArrayLike): T {
  const same = customVjp((tree: Tree): Tree => tree);
  same.defvjp(
    (tree: Tree) => [mapTree((leaf: ArrayLike) => floats("clipGradient", "x", leaf), tree), null],
    (_none: null, g: Tree) => [mapTree((leaf: Value) => np.clip(leaf, gradientMin, gradientMax), g)],
  );
  return same(x) as T;
}
