// Arrays with at least so many axes.
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray } from "./convert.ts";

/** One array for one, a list of arrays for several. */
interface EachOrList {
  (x: ArrayLike): Value;
  (...xs: ArrayLike[]): Value[];
}
const atLeast = (fn: string, f: (v: Value) => Value): EachOrList => {
  function each(x: ArrayLike): Value;
  function each(...xs: ArrayLike[]): Value[];
  function each(...xs: ArrayLike[]): Value | Value[] {
    const r = xs.map((x) => f(asArray(x, fn)));
    return r.length === 1 ? r[0]! : r;
  }
  return each;
};
/** With at least one axis.
 * @example np.atleast1d(1) // [1] */
export const atleast1d = atLeast("atleast1d", (v) => (v.ndim >= 1 ? v : o.reshape(v, [1])));
/** With at least two axes, new ones in front.
 * @example np.atleast2d([1, 2]) // [[1, 2]] */
export const atleast2d = atLeast("atleast2d", (v) => (v.ndim >= 2 ? v : o.reshape(v, [1, v.size])));
/** With at least three axes.
 * @example np.atleast3d([1, 2]).shape // [1, 2, 1] */
export const atleast3d = atLeast("atleast3d", (v) => (v.ndim >= 3 ? v : v.ndim === 2 ? o.reshape(v, [...v.shape, 1]) : o.reshape(v, [1, v.size, 1])));
