// The neutral element of each reduction: what an empty one gives, and what stands for elements that a mask leaves out.
import { type DType, isFloat, isUnsigned, itemsize } from "./dtypes.ts";
import type { ReduceKind } from "../graph/graph.ts";

/** The least and the greatest value of a dtype; infinities for floats. 64-bit integers are bigints. */
function range(d: DType): readonly [number | bigint, number | bigint] {
  if (isFloat(d)) return [-Infinity, Infinity];
  if (d === "bool") return [0, 1];
  const bits = itemsize(d) * 8;
  if (bits === 64) return isUnsigned(d) ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  return isUnsigned(d) ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
/** Every bit set. */
function ones(d: DType): number | bigint {
  if (d === "bool") return 1;
  if (isUnsigned(d)) return range(d)[1];
  return itemsize(d) === 8 ? -1n : -1;
}
/** e with e ∘ x = x for every x of the dtype. */
export function neutral(kind: ReduceKind, d: DType): number | bigint {
  switch (kind) {
    case "add":
    case "or":
    case "xor":
      return 0;
    case "mul":
      return 1;
    case "and":
      return ones(d);
    case "max":
      return range(d)[0];
    case "min":
      return range(d)[1];
  }
}
