// What samplers share: keys of either form, float dtypes, and shapes that hold the parameters'.
import type { Shape } from "../core/aval.ts";
import { type DType, canonicalize, dtypeOf, isFloat } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { bind1 } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import { type ArrayLike, asArray, broadcastShapes, oneOf, shapeOf } from "../numpy/convert.ts";
import type { DTypeLike } from "../numpy/options.ts";
import * as p from "../primitives/random.ts";

/** The one generator: threefry. */
export const IMPL = "fry";
const isKey = (k: Value): boolean => k.dtype === "key<fry>";
/** Which generator a key is for. */
export interface KeyOptions {
  /** The generator, by JAX's name: "threefry2x32", the only one there. */
  readonly impl?: string | null;
}
/** Refuses generators that are not there. */
export const checkImpl = (fn: string, opts: KeyOptions): void => void oneOf(fn, "impl", opts.impl ?? "threefry2x32", ["threefry2x32", "fry"]);
/** A typed key from its two words: the inverse of keyData.
 * @example random.uniform(random.wrapKeyData(random.keyData(random.key(7)))) // 0.6741 */
export const wrapKeyData = (data: ArrayLike, opts: KeyOptions = {}): Value => {
  checkImpl("random.wrapKeyData", opts);
  return bind1(p.randomWrap, [asArray(data, "wrapKeyData")], { impl: IMPL });
};
/** A typed key, and whether the caller used the legacy form (results of the same form are then given). */
export function typed(fn: string, k: unknown): { k: Value; raw: boolean } {
  if (!(k instanceof Value)) throw new DTypeError(`random.${fn}: the key is ${String(k)}, expected a key; make one with random.key(seed)`);
  if (isKey(k)) return { k, raw: false };
  if (k.dtype !== "uint32" || k.shape.at(-1) !== 2) throw new DTypeError(`random.${fn}: the key is ${k.aval}, expected a key from random.key(seed)`);
  return { k: wrapKeyData(k), raw: true };
}
/** The float dtype that is asked for, or the default one. */
export const floatOption = (fn: string, d: DTypeLike | undefined): DType => {
  const t = d === undefined || d === null ? canonicalize("float64") : dtypeOf(d);
  if (!isFloat(t)) throw new DTypeError(`random.${fn}: dtype is ${t}, expected a floating type`);
  return t;
};
/** The shape that is asked for, or that of the parameters together. Throws ShapeError where parameters do not broadcast to it. */
export const shapeFor = (fn: string, given: number | Shape | null | undefined, ...params: Value[]): number[] =>
  given === null || given === undefined
    ? broadcastShapes(
        fn,
        params.map((v) => v.shape),
      )
    : shapeOf(fn, given);
