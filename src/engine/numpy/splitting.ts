// Arrays divided into parts along an axis.
import { ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, options, sizeArgument } from "./convert.ts";
import type { AxisOptions } from "./options.ts";

function splitAt(fn: string, x: ArrayLike, parts: number | readonly number[] | Value, axis: number, equal: boolean): Value[] {
  const v = asArray(x, fn),
    a = axisOf(fn, axis, v.ndim),
    n = v.shape[a]!;
  let bounds: number[];
  if (typeof parts === "number") {
    if (sizeArgument(fn, "the number of parts", parts) === 0) throw new ShapeError(`${fn}: the number of parts is 0, expected at least one`);
    if (equal && n % parts) throw new ShapeError(`${fn}: axis ${a} has ${n} elements, which do not divide into ${parts} equal parts; use arraySplit`);
    const q = Math.floor(n / parts),
      r = n % parts;
    bounds = [0];
    for (let i = 0; i < parts; i++) bounds.push(bounds[i]! + q + (i < r ? 1 : 0));
  } else {
    const list = Array.isArray(parts) ? (parts as number[]) : ((parts as Value).tolist() as number[]);
    bounds = [0, ...list.map((i) => Math.min(Math.max(i < 0 ? i + n : i, 0), n)), n];
  }
  return bounds.slice(0, -1).map((b, i) => o.sliceInDim(v, a, Math.min(b, bounds[i + 1]!), bounds[i + 1]!));
}
type Parts = number | readonly number[] | Value;
/** Equal parts along an axis, or parts at indices.
 * @example np.split([1, 2, 3, 4], 2) // [[1, 2], [3, 4]] */
export const split = (x: ArrayLike, parts: Parts, ...rest: Tail<[axis: number], AxisOptions>): Value[] =>
  splitAt("split", x, parts, options<AxisOptions>("split", ["axis"], rest).axis ?? 0, true);
/** Parts along an axis, as equal as possible.
 * @example np.arraySplit([1, 2, 3, 4, 5], 2) // [[1, 2, 3], [4, 5]] */
export const arraySplit = (x: ArrayLike, parts: Parts, ...rest: Tail<[axis: number], AxisOptions>): Value[] =>
  splitAt("arraySplit", x, parts, options<AxisOptions>("arraySplit", ["axis"], rest).axis ?? 0, false);
/** Parts along the second axis (of vectors, the first).
 * @example np.hsplit([[1, 2], [3, 4]], 2) // [[[1], [3]], [[2], [4]]] */
export const hsplit = (x: ArrayLike, parts: Parts): Value[] => splitAt("hsplit", x, parts, asArray(x).ndim === 1 ? 0 : 1, true);
/** Parts along the first axis.
 * @example np.vsplit([[1, 2], [3, 4]], 2) // [[[1, 2]], [[3, 4]]] */
export const vsplit = (x: ArrayLike, parts: Parts): Value[] => splitAt("vsplit", x, parts, 0, true);
/** Parts along the third axis.
 * @example np.dsplit([[[1, 2], [3, 4]]], 2) // [[[[1], [3]]], [[[2], [4]]]] */
export const dsplit = (x: ArrayLike, parts: Parts): Value[] => splitAt("dsplit", x, parts, 2, true);
