// Padding as people write it ("SAME", "VALID", pairs) as pairs of numbers.
import { ShapeError } from "../core/errors.ts";

/** Low and high padding of each axis, from the extents of operand and window.
 * @example lax.padtypeToPads([5], [3], [2], "SAME") // [[1, 1]] */
export function padtypeToPads(
  inShape: readonly number[],
  window: readonly number[],
  strides: readonly number[],
  padding: unknown,
): [number, number][] {
  if (typeof padding !== "string") return padding as [number, number][];
  const kind = padding.toUpperCase();
  if (!["VALID", "SAME", "SAME_LOWER"].includes(kind))
    throw new ShapeError(`padding: got "${padding}", expected "SAME", "SAME_LOWER", "VALID" or a [low, high] pair for each axis`);
  return inShape.map((n, i) => {
    if (kind === "VALID") return [0, 0];
    const out = Math.ceil(n / strides[i]!),
      total = Math.max(0, (out - 1) * strides[i]! + window[i]! - n),
      low = kind === "SAME_LOWER" ? total - Math.floor(total / 2) : Math.floor(total / 2);
    return [low, total - low];
  });
}
