// jax.flatten_util: a pytree of arrays as one vector.
import { type Tree, flatten, structure } from "./core/pytree.ts";
import { StructureError } from "./core/errors.ts";
import { sizeOf } from "./core/aval.ts";
import type { Value } from "./core/value.ts";
import { type ArrayLike, asArray } from "./numpy/convert.ts";
import * as np from "./numpy/index.ts";

/**
 * All leaves raveled and joined into one vector of their promoted dtype, and the function that makes the tree again from such a vector.
 * The second gives each leaf its own shape and dtype back; it throws for a vector of another length.
 * @example flattenUtil.ravelPytree({ w: np.ones([2]), b: np.zeros([1]) })[0] // [0, 1, 1]
 */
export function ravelPytree(tree: Tree): [Value, (flat: ArrayLike) => Tree] {
  const [leaves, def] = flatten(tree),
    arrays = leaves.map((l) => asArray(l as ArrayLike, "ravelPytree")),
    sizes = arrays.map((a) => sizeOf(a.shape)),
    ends = sizes.map((_n, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0)),
    total = ends.at(-1) ?? 0;
  const unravel = (flat: ArrayLike): Tree => {
    const v = asArray(flat, "unravel");
    if (v.shape.length !== 1 || v.shape[0] !== total)
      throw new StructureError(
        `ravelPytree's inverse: the vector has shape [${v.shape.join(", ")}], expected [${total}] for ${structure(tree).toString()}`,
      );
    return def.unflatten(arrays.map((a, i) => np.reshape(v.get(`${ends[i]! - sizes[i]!}:${ends[i]!}`), a.shape).astype(a.dtype)));
  };
  return [arrays.length ? np.concatenate(arrays.map((a) => np.ravel(a))) : np.zeros([0]), unravel];
}
