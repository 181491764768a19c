// Arrays to measure with: the person's own, or made up where only types are known.
import { fromTyped } from "../../core/arrays.ts";
import { ShapedArray } from "../../core/aval.ts";
import { type DType, allocate } from "../../core/dtypes.ts";
import { NDArray, Tracer, type Value } from "../../core/value.ts";

/** Types whose typed arrays hold the numbers themselves; half types hold bits. */
const NUMBERS: ReadonlySet<DType> = new Set<DType>(["float32", "float64", "complex64", "complex128"]);
/** Arrays as they are; for stand-ins, data of the right type (small positive numbers, so that most functions are defined). */
export function concrete(v: Value | ShapedArray): NDArray {
  if (v instanceof NDArray) return v;
  // Whatever is not an array says its type: a tracer, or an abstract value.
  const a = v instanceof Tracer ? v.aval : (v as ShapedArray);
  const data = allocate(a.dtype, a.size);
  if (NUMBERS.has(a.dtype)) for (let i = 0; i < data.length; i++) data[i] = 0.25 + ((i * 2654435761) % 1024) / 2048;
  else if (a.dtype === "key<fry>") for (let i = 0; i < data.length; i++) data[i] = i;
  return fromTyped(data, a.shape, a.dtype, a.weakType);
}
