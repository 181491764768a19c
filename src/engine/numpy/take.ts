// Taking elements at positions that are known while tracing.
import type { Value } from "../core/value.ts";
import { arrayFrom } from "../core/arrays.ts";
import * as o from "../primitives/ops.ts";

/** Slices of an axis, in the order of a list of positions. */
export function take(v: Value, positions: readonly number[], axis: number): Value {
  const index = arrayFrom(positions, [positions.length], "int32"),
    spread = o.broadcastInDim(
      index,
      v.shape.map((n, i) => (i === axis ? positions.length : n)),
      [axis],
    );
  return v.shape[axis] === 0 ? v : o.takeAlong(v, spread, axis);
}
/** The flat values repeated, or cut, to a length. */
export function resize(v: Value, n: number): Value {
  const flat = o.reshape(v, [v.size]),
    times = Math.ceil(n / Math.max(v.size, 1));
  return o.sliceInDim(times === 1 ? flat : o.reshape(o.broadcastInDim(flat, [times, v.size], [1]), [times * v.size]), 0, 0, n);
}
