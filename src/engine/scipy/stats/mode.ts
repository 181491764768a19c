// scipy.stats: the most frequent value.
import type { Value } from "../../core/value.ts";
import { type ArrayLike, asArray, axisOf, oneOf } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";

/** Options of `mode`. */
export interface ModeOptions {
  /** Default 0; null takes all elements together. */
  readonly axis?: number | null;
  /** Only "propagate", as in JAX. */
  readonly nanPolicy?: string;
  readonly keepdims?: boolean;
}
/** The most frequent value and how often it occurs, `[mode, count]`; of several the smallest.
 * @example scipy.stats.mode([1, 2, 2, 3]) // [2, 2] */
export function mode(a: ArrayLike, options: ModeOptions = {}): [mode: Value, count: Value] {
  const v = np.atleast1d(asArray(a, "mode")) as Value;
  const { axis = 0, keepdims = false } = options;
  oneOf("mode", "nanPolicy", options.nanPolicy ?? "propagate", ["propagate"]);
  const at = axis === null ? 0 : axisOf("mode", axis, v.ndim);
  const lines = np.moveaxis(axis === null ? np.reshape(v, [-1]) : v, at, -1);
  const sorted = np.sort(lines, { axis: -1 });
  const n = sorted.shape.at(-1)!;
  const equal = np.expandDims(sorted, -1).eq(np.expandDims(sorted, -2));
  const counts = np.sum(equal, { axis: -1 }).astype("int32");
  // argmax takes the first of equal counts, and values rise.
  const best = np.argmax(counts, { axis: -1, keepdims: true });
  const pick = (x: Value): Value => np.takeAlongAxis(x, best, { axis: -1 } as never);
  const shape =
    axis === null ? (keepdims ? v.shape.map(() => 1) : []) : v.shape.map((d, i) => (i === at ? 1 : d)).filter((_d, i) => keepdims || i !== at);
  if (n === 0) return [np.full(shape, NaN), np.zeros(shape)];
  return [np.reshape(pick(sorted), shape), np.reshape(pick(counts), shape)];
}
