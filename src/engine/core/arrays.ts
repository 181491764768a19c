// Making concrete arrays from JavaScript values, on the host: no backend needed.
import { type Shape, ShapedArray, sizeOf } from "./aval.ts";
import { type DType, type TypedArray, allocate, isComplex, kindOf } from "./dtypes.ts";
import { numberToBfloat16, numberToFloat16 } from "./half.ts";
import { HostStorage, NDArray, type Scalar } from "./value.ts";

type Element = Scalar | readonly [number, number];

/** Writes one element; numbers wrap into integer types as C casts do, and round into half types. */
function writeElement(out: TypedArray, dtype: DType, i: number, v: Element): void {
  const [re, im] = typeof v === "object" ? v : [v, 0];
  switch (dtype) {
    case "complex64":
    case "complex128":
      out[2 * i] = Number(re);
      out[2 * i + 1] = im;
      return;
    case "bfloat16":
      out[i] = numberToBfloat16(Number(re));
      return;
    case "float16":
      out[i] = numberToFloat16(Number(re));
      return;
    case "bool":
      out[i] = re ? 1 : 0;
      return;
    case "int64":
    case "uint64":
      (out as BigInt64Array)[i] = toBigInt(re);
      return;
    default:
      out[i] = typeof re === "bigint" ? Number(kindOf(dtype) === "f" ? re : BigInt.asIntN(32, re)) : Number(re);
  }
}
const toBigInt = (v: Scalar): bigint =>
  typeof v === "bigint" ? v : typeof v === "boolean" ? BigInt(v) : Number.isFinite(v) ? BigInt(Math.trunc(v)) : 0n;

/** A concrete array from flat row-major elements. */
export function arrayFrom(values: ArrayLike<Element>, shape: Shape, dtype: DType, weakType = false): NDArray {
  const n = sizeOf(shape),
    out = allocate(dtype, n);
  for (let i = 0; i < n; i++) writeElement(out, dtype, i, values[i]!);
  return fromTyped(out, shape, dtype, weakType);
}
/** Takes a typed array as the storage of an array, without copying it. */
export function fromTyped(data: TypedArray, shape: Shape, dtype: DType, weakType = false): NDArray {
  return new NDArray(new ShapedArray(shape, dtype, weakType), new HostStorage(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}
/** A scalar that remembers its JavaScript value, so that staging writes it as a literal. */
export function scalarArray(value: Element, aval: ShapedArray): NDArray {
  const out = allocate(aval.dtype, 1);
  writeElement(out, aval.dtype, 0, value);
  return new NDArray(aval, new HostStorage(new Uint8Array(out.buffer)), typeof value === "object" || isComplex(aval.dtype) ? undefined : value);
}
export function full(shape: Shape, value: Element, dtype: DType): NDArray {
  const n = sizeOf(shape),
    out = allocate(dtype, n);
  if (n > 0) {
    writeElement(out, dtype, 0, value);
    const per = isComplex(dtype) ? 2 : 1;
    for (let k = 0; k < per; k++)
      if (per === 1) (out as Float32Array).fill(out[0] as number);
      else for (let i = 1; i < n; i++) out[i * per + k] = out[k]!;
  }
  return fromTyped(out, shape, dtype);
}
