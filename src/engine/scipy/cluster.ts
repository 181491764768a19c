// scipy.cluster: vector quantization.
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";

export const vq = {
  /** The nearest code for each observation, and its distance.
   * @example scipy.cluster.vq.vq([[0, 0], [5, 5]], [[1, 1], [4, 4]])[0] // [0, 1] */
  vq(obs: ArrayLike, codeBook: ArrayLike, _checkFinite?: unknown): [Value, Value] {
    const [a0, b0] = promoteInexact("vq", [asArray(obs), asArray(codeBook)]) as [Value, Value],
      [a, b] = a0.ndim === 1 ? [a0.get(":", null), b0.get(":", null)] : [a0, b0],
      distance = np.linalg.norm(a.get(":", null, ":").sub(b.get(null, ":", ":")), { axis: -1 }),
      code = np.argmin(distance, { axis: -1 });
    return [code, o.squeeze(o.takeAlong(distance, o.expandDims(code, 1), 1), [1])];
  },
};
