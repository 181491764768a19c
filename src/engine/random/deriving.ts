// Keys for users: from a seed, from other keys, and to and from their words.
import { type Shape, ShapedArray } from "../core/aval.ts";
import { scalarArray } from "../core/arrays.ts";
import { canonicalize } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo, options, shapeOf, sizeArgument } from "../numpy/convert.ts";
import * as p from "../primitives/random.ts";
import { type KeyOptions, IMPL, checkImpl, typed } from "./keys.ts";
import type { SplitOptions } from "./options.ts";

/** A typed key from an integer seed.
 * @example random.uniform(random.key(42)) // 0.4887 */
export function key(seed: ArrayLike, opts: KeyOptions = {}): Value {
  checkImpl("random.key", opts);
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) throw new DTypeError(`random.key: the seed is ${seed}, expected an integer`);
  const v = typeof seed === "number" ? scalarArray(BigInt(seed), new ShapedArray([], canonicalize("int64"))) : asArray(seed, "random.key");
  return bind1(p.randomSeed, ["literal" in v && v.literal !== undefined ? castTo(v, canonicalize("int64")) : v], { impl: IMPL });
}
/** The legacy form of a key: uint32[2].
 * @example random.PRNGKey(7) // [0, 7] */
export const PRNGKey = (seed: ArrayLike, opts: KeyOptions = {}): Value => keyData(key(seed, opts));
/** The two words of a key: uint32[..., 2].
 * @example random.keyData(random.key(7)) // [0, 7] */
export const keyData = (k: Value): Value => bind1(p.randomUnwrap, [k], {});
export { wrapKeyData } from "./keys.ts";
/** The name of a key's generator. Throws DTypeError for what is no key.
 * @example random.keyImpl(random.key(0)) // "threefry2x32" */
export const keyImpl = (k: Value): string => (typed("keyImpl", k), "threefry2x32");
/** The same key again, for a draw that is meant to repeat.
 * @example random.uniform(random.clone(random.key(7))) // 0.6741 */
export const clone = (k: Value): Value => bind1(p.randomClone, [k], {});
/** Independent keys from one.
 * @example random.split(random.key(0), 3).shape // [3] */
export function split(k: Value, ...rest: Tail<[num: number | Shape], SplitOptions>): Value {
  const { k: t, raw } = typed("split", k),
    num = shapeOf("random.split", options<SplitOptions>("split", ["num"], rest).num ?? 2),
    r = bind1(p.randomSplit, [t], { shape: num, ...p.streamParams() });
  return raw ? keyData(r) : r;
}
/** A new key from a key and an integer.
 * @example random.uniform(random.foldIn(random.key(0), 1)) // 0.007294 */
export function foldIn(k: Value, data: ArrayLike): Value {
  const { k: t, raw } = typed("foldIn", k),
    d =
      typeof data === "number"
        ? scalarArray(sizeArgument("random.foldIn", "data", Math.trunc(data)) >>> 0, new ShapedArray([], "uint32"))
        : castTo(asArray(data, "foldIn"), "uint32"),
    r = bind1(p.randomFoldIn, [t, d], {});
  return raw ? keyData(r) : r;
}
