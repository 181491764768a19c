// Gradients of a part, made larger or smaller.
import { type Tree } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { customVjp } from "../transforms/customVjp.ts";

/** `inputs` themselves, a pytree, whose gradient is multiplied by a number; 0 stops it.
 * @example grad((x: Array) => optim.scaleGradient(x, 10).mul(x))(np.array(3)) as Array // 33 */
export function scaleGradient<T>(inputs: T, scale: ArrayLike): T {
  const same = customVjp((tree: Tree): Tree => tree);
  same.defvjp(
    (tree: Tree) => [tree, null],
    (_none: null, g: Tree) => [mapTree((leaf: Value) => np.multiply(scale, leaf).astype(leaf.dtype), g)],
  );
  return same(inputs) as T;
}
