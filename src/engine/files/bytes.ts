// Arrays as bytes: little-endian and row-major, as the engine holds them, and back from what files hold.
import { sizeOf } from "../core/aval.ts";
import { fromTyped } from "../core/arrays.ts";
import { type DType, type TypedArray, allocate, canonicalize, itemsize, viewOf } from "../core/dtypes.ts";
import { ArgumentError, ConcretizationTypeError } from "../core/errors.ts";
import { NDArray, type Value } from "../core/value.ts";

/** Bytes as people have them. */
export type Bytes = ArrayBufferLike | ArrayBufferView;
/** A file of arrays that cannot be read: damaged, or of a kind that there is no array for. */
export const damaged = (what: string, why: string): ArgumentError => new ArgumentError(`${what}: ${why}`);

/** Bytes as a Uint8Array, without a copy. */
export function bytesOf(what: string, bytes: Bytes): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && bytes instanceof SharedArrayBuffer)) return new Uint8Array(bytes);
  throw new ArgumentError(`${what}: got ${bytes === null ? "null" : typeof bytes}, expected the file's bytes as a Uint8Array or an ArrayBuffer`);
}
/** The concrete array, or an error: what is being traced has no bytes. */
export function concrete(what: string, x: Value): NDArray {
  if (x instanceof NDArray) return x;
  throw new ConcretizationTypeError(
    `${what}: this value is being traced, so it has no bytes yet. Instead: return it from the function, and write it outside of jit, grad and vmap`,
  );
}
/** The bytes of an array, little-endian and row-major: a view that is valid until the engine runs again. */
export const contentOf = (what: string, x: Value): Uint8Array => concrete(what, x).storage.bytes();

/** Where a file's element type is one of 64 bits and these are off, the narrower one takes its values, as everywhere. */
const converted = (from: TypedArray, dtype: DType, to: DType): TypedArray => {
  const out = allocate(to, from.length / (dtype.startsWith("complex") ? 2 : 1));
  // Integers wrap, floats round: as JAX does.
  for (let i = 0; i < from.length; i++)
    out[i] =
      to === "int32"
        ? Number(BigInt.asIntN(32, from[i] as bigint))
        : to === "uint32"
          ? Number(BigInt.asUintN(32, from[i] as bigint))
          : Number(from[i]);
  return out;
};
/**
 * An array of bytes that a file holds. The bytes are copied.
 * @param dtype the file's element type, which may be of 64 bits
 */
export function arrayOf(bytes: Uint8Array, shape: readonly number[], dtype: DType): NDArray {
  const own = canonicalize(dtype),
    stored = viewOf(dtype, bytes.slice().buffer, 0, sizeOf(shape));
  return fromTyped(own === dtype ? stored : converted(stored, dtype, own), shape, own);
}
/** The bytes with the order of each element's bytes turned round. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = bytes.slice();
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse();
  return out;
}
/** Elements that lie in column-major order, in row-major order. */
export function rowMajor(bytes: Uint8Array, shape: readonly number[], width: number): Uint8Array {
  if (shape.filter((n) => n !== 1).length < 2) return bytes;
  const out = new Uint8Array(bytes.length),
    count = sizeOf(shape),
    index = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, n) => (strides.push(stride), stride * n), 1);
  let from = 0;
  for (let to = 0; to < count; to++) {
    for (let b = 0; b < width; b++) out[to * width + b] = bytes[from * width + b]!;
    // The next index in row-major order: the last axis is the fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
/** Bytes that an array of this shape and type takes. */
export const byteLength = (shape: readonly number[], dtype: DType): number => sizeOf(shape) * itemsize(dtype);
