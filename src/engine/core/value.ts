// What users hold: arrays and tracers. Both are Values; their methods (x.add, x.sum, …) are installed by numpy/methods.ts.
import { reading } from "./transfers.ts";
import { ShapedArray } from "./aval.ts";
import { type DeviceInfo, defaultDevice } from "./device.ts";
import { type DType, type TypedArray, DTYPES, isComplex, itemsize, viewOf } from "./dtypes.ts";
import { ConcretizationTypeError, DeletedArrayError } from "./errors.ts";
import { bfloat16ToNumber, float16ToNumber } from "./half.ts";
import { type Frame, Stack, callerFrame, showFrame } from "./source.ts";
import type { Trace } from "./trace.ts";

/** The bytes of an array, wherever they live. A device gives its own implementation. */
export interface Storage {
  /** Who holds the bytes; null: they are in JavaScript's memory, and any device may take them. */
  readonly device: DeviceInfo | null;
  readonly nbytes: number;
  /** The bytes, little-endian and row-major; a view that is valid until the engine runs again. Devices that cannot read at once throw. */
  bytes(): Uint8Array;
  /** A copy of the bytes. */
  read(): Promise<Uint8Array>;
  /** Waits until the bytes are computed, on devices that compute beside this thread. */
  ready?(): Promise<void>;
  release(): void;
}
export class HostStorage implements Storage {
  readonly device = null;
  constructor(private readonly data: Uint8Array) {}
  get nbytes(): number {
    return this.data.byteLength;
  }
  bytes(): Uint8Array {
    return this.data;
  }
  async read(): Promise<Uint8Array> {
    return this.data.slice();
  }
  release(): void {}
}

/**
 * An array, concrete or traced. Immutable. Its methods are NumPy's functions of the same names.
 * (The interface is filled in by numpy/methods.ts. In the engine's own files the class goes by the name of Value, so that JavaScript's
 * Array keeps its name.)
 */
export interface Array {}
export abstract class Array {
  abstract readonly aval: ShapedArray;
  /** The sizes of the axes; [] for a scalar. */
  get shape(): number[] {
    return [...this.aval.shape];
  }
  /** The type of the elements. */
  get dtype(): DType {
    return this.aval.dtype;
  }
  /** Whether the type gives way to that of another operand, as a JavaScript number's does. */
  get weakType(): boolean {
    return this.aval.weakType;
  }
  /** The number of axes. */
  get ndim(): number {
    return this.aval.shape.length;
  }
  /** The number of elements. */
  get size(): number {
    return this.aval.size;
  }
  /** Bytes of one element. */
  get itemsize(): number {
    return itemsize(this.aval.dtype);
  }
  /** Bytes of all elements. */
  get nbytes(): number {
    return this.aval.nbytes;
  }
  /** The device that holds the array. */
  abstract readonly device: DeviceInfo;
  /** Whether it was put there by the user, or computed from what was: it does not move to another device by itself. */
  abstract readonly committed: boolean;
  // Reading out: under a transformation each of these throws ConcretizationTypeError and says what to do instead.
  /** The one element of an array of size 1.
   * @example np.array([[5]]).item() // 5 */
  abstract item(): Scalar;
  /** Nested JavaScript values; complex elements become `{ re, im }`.
   * @example np.array([[1, 2], [3, 4]]).tolist() // [[1, 2], [3, 4]] */
  abstract tolist(): Nested;
  /** The flat row-major elements at once. float16 and bfloat16 read out as Float32Array, complex64 as (re, im) pairs, 64-bit integers as bigints.
   * @example np.array([[1, 2], [3, 4]]).dataSync() // [1, 2, 3, 4] */
  abstract dataSync(): TypedArray;
  /** As `dataSync`, without blocking where the device computes by itself.
   * @example await np.array([[1, 2], [3, 4]]).data() // [1, 2, 3, 4] */
  abstract data(): Promise<TypedArray>;
  /** Waits until the elements are computed.
   * @example (await np.ones([2]).blockUntilReady()).shape // [2] */
  abstract blockUntilReady(): Promise<this>;
  /** Frees the memory now. Using the array later throws and names this place. Nobody has to call it: arrays are collected.
   * @example const x = np.ones([2]); x.delete(); x.isDeleted // true */
  abstract delete(): void;
  /** Whether the memory was given away: by `delete`, or to a function that was told to reuse it (donateArgnums). */
  abstract get isDeleted(): boolean;
  abstract [Symbol.dispose](): void;
}
export { Array as Value };
const ListOf = globalThis.Array;

export type Scalar = number | bigint | boolean;
export type Nested = Scalar | string | readonly Nested[] | { readonly re: number; readonly im: number };

type ArrayWatch = (array: NDArray) => void;
let arrayWatch: ArrayWatch | null = null;
/** Tells of every concrete array that is made. One watch; null takes it away. */
export const watchArrays = (watch: ArrayWatch | null): void => void (arrayWatch = watch);
type ReadListener = (array: NDArray) => void;
let readListener: ReadListener | null = null;
/** Tells of every array whose values the host is about to read: `item()`, `tolist()`, `dataSync()`, … One listener; null takes it away. */
export const onReadBack = (listener: ReadListener | null): void => void (readListener = listener);
/** A concrete array. Immutable; its memory is given back by collection, or at once by `delete()`. */
export class NDArray extends Array {
  #storage: Storage | null;
  #deleted: { readonly how: string; readonly by: Stack } | null = null;
  /** Set for scalars that came from a JavaScript number: staged as literals, as JAX does with Python scalars. */
  readonly literal: Scalar | undefined;
  constructor(
    readonly aval: ShapedArray,
    storage: Storage,
    literal?: Scalar,
    readonly committed: boolean = false,
  ) {
    super();
    this.#storage = storage;
    this.literal = literal;
    if (arrayWatch) arrayWatch(this);
  }
  get storage(): Storage {
    if (!this.#storage)
      throw new DeletedArrayError(
        `this ${this.aval} array was ${this.#howDeleted()} and cannot be used any more: keep using the result that replaced it, or do not delete or donate it`,
      );
    return this.#storage;
  }
  /** Where the array is; the default device where no device holds it yet. */
  get device(): DeviceInfo {
    return this.#storage?.device ?? defaultDevice();
  }
  /** Moves the array to other memory: for devices. */
  relocate(storage: Storage): void {
    this.#storage = storage;
  }
  get isDeleted(): boolean {
    return this.#storage === null;
  }
  /** Frees the memory now. Using the array later throws and names this place, or the one given as `by`. */
  delete(how = "deleted", by = new Stack(undefined, 12)): void {
    if (!this.#storage) return;
    this.#storage.release();
    this.#storage = null;
    this.#deleted = { how, by };
  }
  /** Hands the memory over, which something else holds now. Using the array later throws, as after `delete`. */
  handOver(how: string, by: Stack): void {
    this.#storage = null;
    this.#deleted = { how, by };
  }
  #howDeleted(): string {
    const frame = this.#deleted?.by.frames[0];
    return `${this.#deleted?.how}${frame ? ` at ${showFrame(frame)}` : ""}`;
  }
  [Symbol.dispose](): void {
    this.delete();
  }
  /** The elements as stored: half types as bits, complex types interleaved. A copy. */
  raw(): TypedArray {
    return viewOf(this.dtype, this.storage.bytes().slice().buffer, 0, this.size);
  }
  /** `dataSync`, for those who ask for a move by name: jax.device_get. */
  fetch(): TypedArray {
    readListener?.(this);
    reading(this.aval, this.storage.device, true);
    return readable(this.raw(), this.dtype);
  }
  /** The flat row-major elements at once. float16 and bfloat16 read out as Float32Array, complex64 as (re, im) pairs. */
  dataSync(): TypedArray {
    readListener?.(this);
    reading(this.aval, this.storage.device, false);
    return readable(this.raw(), this.dtype);
  }
  /** The flat row-major elements. */
  async data(): Promise<TypedArray> {
    readListener?.(this);
    reading(this.aval, this.storage.device, false);
    const bytes = await this.storage.read();
    return readable(viewOf(this.dtype, bytes.buffer, bytes.byteOffset, this.size), this.dtype);
  }
  async blockUntilReady(): Promise<this> {
    await this.#storage?.ready?.();
    return this;
  }
  /** Nested JavaScript values; complex elements become `{re, im}`. */
  tolist(): Nested {
    const flat = this.dataSync(),
      complex = isComplex(this.dtype),
      bool = this.dtype === "bool";
    let at = 0;
    const build = (axis: number): Nested => {
      if (axis === this.ndim) {
        const i = at++;
        return complex ? { re: Number(flat[2 * i]), im: Number(flat[2 * i + 1]) } : bool ? flat[i] === 1 : (flat[i] as number | bigint);
      }
      return ListOf.from({ length: this.aval.shape[axis]! }, () => build(axis + 1));
    };
    return build(0);
  }
  /** The one element of an array of size 1. */
  item(): Scalar {
    if (this.size !== 1)
      throw new TypeError(`item(): the array is ${this.aval} and has ${this.size} elements, expected exactly one; index it first, x.get(i).item()`);
    const v = this.dataSync()[0]!;
    return this.dtype === "bool" ? v === 1 : v;
  }
  [Symbol.toPrimitive](hint: string): Scalar | string {
    if (hint === "string") return this.toString();
    if (this.size !== 1)
      throw new TypeError(`an array ${this.aval} of ${this.size} elements cannot become one number: use x.get(i) or a reduction such as x.sum()`);
    return this.item();
  }
  /** The values, as NumPy would print them, shortened in the middle when they are many. */
  override toString(): string {
    if (this.isDeleted) return `Array(${this.aval}, deleted)`;
    if (this.dtype === "key<fry>") return `Array((${this.shape.join(", ")}), dtype=key<fry>) overlaying: ${this.raw().join(" ")}`;
    const show = (v: Nested): string => {
      if (!ListOf.isArray(v))
        return typeof v === "object" && v !== null && "re" in v
          ? `${v.re}${v.im < 0 || Object.is(v.im, -0) ? "-" : "+"}${Math.abs(v.im)}j`
          : typeof v === "number" && !Number.isInteger(v)
            ? String(+v.toPrecision(8))
            : String(v);
      const parts = v.length > 12 ? [...v.slice(0, 5).map(show), "…", ...v.slice(-5).map(show)] : v.map(show);
      return `[${parts.join(ListOf.isArray(v[0]) ? ",\n " : ", ")}]`;
    };
    return this.ndim === 0 ? show(this.tolist()) : `Array(${show(this.tolist())}, dtype=${this.dtype})`;
  }
  toJSON(): Nested {
    return this.tolist();
  }
  get [Symbol.toStringTag](): string {
    return "Array";
  }
}

/** Elements as people read them: half types as numbers. */
function readable(raw: TypedArray, dtype: DType): TypedArray {
  if (dtype === "bfloat16") return Float32Array.from(raw as Uint16Array, bfloat16ToNumber);
  if (dtype === "float16") return Float32Array.from(raw as Uint16Array, float16ToNumber);
  return raw;
}

type TracerWatch = (t: Tracer) => void;
const tracerWatches = new Set<TracerWatch>();
/** Tells of every tracer that is made, while leaks are looked for; several may look at the same time. */
export const watchTracers = (w: TracerWatch): void => void tracerWatches.add(w);
export const unwatchTracers = (w: TracerWatch): void => void tracerWatches.delete(w);
/** A value inside a transformation: knows its shape and dtype, not its elements. */
export abstract class Tracer extends Array {
  constructor(readonly owner: Trace) {
    super();
    if (tracerWatches.size) for (const w of tracerWatches) w(this);
  }
  /** For messages: which argument or operation this value comes from. */
  origin(): string {
    return "";
  }
  #concretize(operation: string, remedy: string): never {
    const frame = callerFrame(),
      origin = this.origin();
    throw new ConcretizationTypeError(
      `${operation} needs the value of a traced array (${DTYPES[this.dtype].short}[${this.shape.join()}]${this.weakType ? ", weak type" : ""}), but while ${this.owner.describe()} only its shape and dtype are known.${origin ? `\n  This value ${origin}.` : ""}\n  Instead: ${remedy}`,
      frame,
    );
  }
  /** The array behind the tracer, where its value is known all the same: one that is only being differentiated, outside jit. */
  concrete(): NDArray | null {
    return null;
  }
  [Symbol.toPrimitive](hint: string): Scalar | string {
    if (hint === "string")
      return this.#concretize("turning it into a string", 'print it with debug.print("x = {x}", { x }), or return it and print it outside');
    return (
      this.concrete()?.[Symbol.toPrimitive](hint) ??
      this.#concretize(
        hint === "number" ? "turning it into a JavaScript number (as +x, Math.max(x, 1), x > 0 or x * 2 do)" : "a JavaScript operator (==, +)",
        "compute with x.add(y), x.mul(y), np.maximum; branch with lax.cond or np.where; or make the argument static with jit(f, { staticArgnums })",
      )
    );
  }
  /** Arrays have shapes, not lengths; a tracer has no JavaScript length. */
  get length(): never {
    return this.#concretize("x.length", "use x.shape[0], which is known while tracing");
  }
  get committed(): never {
    return this.#concretize("x.committed", "read it outside the transformation: a program runs where its arguments are");
  }
  get device(): never {
    return this.#concretize("x.device", "read it outside the transformation: a program runs where its arguments are");
  }
  item(): Scalar {
    return this.concrete()?.item() ?? this.#concretize("item()", "return the value and call item() outside the transformation");
  }
  tolist(): Nested {
    return this.concrete()?.tolist() ?? this.#concretize("tolist()", "return the value and call tolist() outside the transformation");
  }
  dataSync(): TypedArray {
    return this.concrete()?.dataSync() ?? this.#concretize("dataSync()", "return the value and read it outside the transformation");
  }
  data(): Promise<TypedArray> {
    return this.concrete()?.data() ?? this.#concretize("data()", "return the value and read it outside the transformation");
  }
  delete(): never {
    return this.#concretize("delete()", "leave it to the compiler: a traced program frees what it no longer needs");
  }
  [Symbol.dispose](): void {}
  get isDeleted(): boolean {
    return false;
  }
  async blockUntilReady(): Promise<this> {
    return this;
  }
  toJSON(): string {
    return `Traced<${this.aval}>`;
  }
}

export type { Frame };
