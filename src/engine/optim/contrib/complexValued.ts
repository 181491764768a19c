// optim.contrib: optimizers that know real numbers alone, for complex ones.
import { isComplex } from "../../core/dtypes.ts";
import { type Tree, leavesOf, structure } from "../../core/pytree.ts";
import { mapTree } from "../../core/prefix.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { asArray } from "../../numpy/convert.ts";
import { complex } from "../../lax/elementwise.ts";
import * as np from "../../numpy/index.ts";
import { type GradientTransformation, type OptState, transformation } from "../base.ts";

const array = (x: ArrayLike): Value => asArray(x, "optim.contrib.splitRealAndImaginary");
/** Complex leaves as their two parts, real ones as they are. */
const parted = (tree: Tree): Tree =>
  mapTree((leaf: ArrayLike) => {
    const x = array(leaf);
    return isComplex(x.dtype) ? { real: np.real(x), imaginary: np.imag(x) } : x;
  }, tree);
/** The inner transformation sees real and imaginary parts as parameters of their own.
 * @example const tx = optim.contrib.splitRealAndImaginary(optim.sgd(0.5)); const params = { w: lax.complex(np.array([0]), np.array([0])) };
 * tx.update({ w: lax.complex(np.array([1]), np.array([2])) }, tx.init(params), params)[0] // { w: [-0.5-1i] } */
export const splitRealAndImaginary = (inner: GradientTransformation): GradientTransformation =>
  transformation<{ readonly innerState: OptState }>(
    (params) => ({ innerState: inner.init(parted(params)) as OptState }),
    (updates, state, params, extra) => {
      const [out, innerState] = inner.update(parted(updates), state.innerState as OptState, params === undefined ? undefined : parted(params), extra);
      const parts = leavesOf(out) as Value[];
      let at = 0;
      const joined = (leavesOf(updates) as ArrayLike[]).map((leaf) => {
        // Keys are sorted: the imaginary part comes first.
        if (!isComplex(array(leaf).dtype)) return parts[at++];
        const [imaginary, real] = [parts[at++]!, parts[at++]!];
        return complex(real, imaginary);
      });
      return [structure(updates).unflatten(joined), { innerState: innerState as OptState }];
    },
  );
