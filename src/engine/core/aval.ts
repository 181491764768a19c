// Abstract values: what a transformation knows of an array before it has one.
import { DTYPES, type DType, itemsize } from "./dtypes.ts";
import { ShapeError } from "./errors.ts";

export type Shape = readonly number[];

/** Shape, dtype and weak type of an array. Immutable. */
export class ShapedArray {
  #id = 0;
  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    readonly weakType: boolean = false,
  ) {
    // The last door: whatever function a size went through, none that is negative, fractional or NaN becomes an array.
    for (const n of shape)
      if (!Number.isSafeInteger(n) || n < 0)
        throw new ShapeError(`the shape [${shape.join()}] has the size ${n} in it; the sizes of an array are integers, 0 or more`);
  }
  get ndim(): number {
    return this.shape.length;
  }
  get size(): number {
    return sizeOf(this.shape);
  }
  get nbytes(): number {
    return this.size * itemsize(this.dtype);
  }
  /** A number for the type: equal types, weak type included, have equal numbers. What caches compare. */
  get id(): number {
    return this.#id || (this.#id = idOf(avalKey(this)));
  }
  /** JAX's short form, `f32[3,4]`; weak types are not shown, as in JAX. */
  toString(): string {
    return `${DTYPES[this.dtype].short}[${this.shape.join()}]`;
  }
  strengthen(): ShapedArray {
    return this.weakType ? new ShapedArray(this.shape, this.dtype) : this;
  }
  withShape(shape: Shape): ShapedArray {
    return new ShapedArray(shape, this.dtype, this.weakType);
  }
  withDType(dtype: DType, weakType = false): ShapedArray {
    return new ShapedArray(this.shape, dtype, weakType);
  }
}

/** A mutable reference to an array, as jaxpr text shows it: read and printed, not run. */
export class RefAval extends ShapedArray {
  constructor(readonly inner: ShapedArray) {
    super(inner.shape, inner.dtype, inner.weakType);
  }
  override toString(): string {
    return `Ref{${this.inner}}`;
  }
}

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
/** Same shape and dtype; weak types may differ. */
export const compatible = (a: ShapedArray, b: ShapedArray): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);
export const sameAval = (a: ShapedArray, b: ShapedArray): boolean => compatible(a, b) && a.weakType === b.weakType;
export const avalKey = (a: ShapedArray): string => `${a.toString()}${a.weakType ? "w" : ""}`;
const ids = new Map<string, number>();
function idOf(key: string): number {
  let i = ids.get(key);
  if (i === undefined) ids.set(key, (i = ids.size + 1));
  return i;
}
/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = s;
    s *= shape[i]!;
  }
  return strides;
}

/** A stand-in for data: shape and dtype, usable wherever tracing needs an argument. */
export class ShapeDtypeStruct {
  readonly shape: readonly number[];
  constructor(
    shape: Shape,
    readonly dtype: DType,
    readonly weakType: boolean = false,
  ) {
    this.shape = [...shape];
  }
  get aval(): ShapedArray {
    return new ShapedArray(this.shape, this.dtype, this.weakType);
  }
  toString(): string {
    return `ShapeDtypeStruct(shape=(${this.shape.join(", ")}${this.shape.length === 1 ? "," : ""}), dtype=${this.dtype})`;
  }
}
