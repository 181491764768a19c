// Sorting by radix: one or several keys of any type, any operands along; the largest k. NaN come last, −0 equals 0, equal elements keep their order.
import { sizeOf } from "../../../core/aval.ts";
import { type DType, itemsize } from "../../../core/dtypes.ts";
import { heap } from "../../wasm/heap.ts";
import { withScratch } from "./code.ts";
import { DIGITS, radix } from "./radix.ts";
import { type Place, defineLaneRoutine } from "./registry.ts";

type Functions = ReturnType<typeof radix>;
type KeyName = Extract<keyof Functions, `${"u" | "s" | "f" | "bf"}${number}${string}`>;
/** The words that an element's key is made of, the least first. */
const WORDS: { readonly [D in DType]?: readonly KeyName[] } = {
  bool: ["u8"],
  uint8: ["u8"],
  int8: ["s8"],
  uint16: ["u16"],
  int16: ["s16"],
  uint32: ["u32"],
  int32: ["s32"],
  uint64: ["u32", "u32high"],
  int64: ["u32", "s32high"],
  float16: ["f16"],
  bfloat16: ["bf16"],
  float32: ["f32"],
  float64: ["f64low", "f64high"],
  complex64: ["f32imaginary", "f32"],
  complex128: ["f64imaginaryLow", "f64imaginaryHigh", "f64low", "f64high"],
};
/** Types whose elements can be made of their keys again: elements need not be moved beside them. */
const BACK: { readonly [D in DType]?: "toFloats" | "toSigned" | "toUnsigned" } = { float32: "toFloats", int32: "toSigned", uint32: "toUnsigned" };
/** Rows up to this length are sorted by insertion, from the second on by longer digits. */
const SHORT = 32;
const LONG = 4096;
/** The part of the tables that a sort takes. */
const TABLE = 4 * DIGITS.long.count * 2 ** DIGITS.long.bits;

/** Rows of an array along an axis: where each begins, elements between neighbours. */
function* rowsOf(shape: readonly number[], axis: number): Iterable<number> {
  const n = shape[axis] ?? 1;
  const stride = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let i = 0; i < outer; i++) for (let j = 0; j < stride; j++) yield i * n * stride + j;
}
/** Scratch of a sort of rows of one length. */
class Sorter {
  readonly #f = radix("f32");
  #keys: number;
  #order: number;
  #otherKeys: number;
  #otherOrder: number;
  readonly #flag: number;
  readonly #table: number;
  constructor(
    readonly n: number,
    at: number,
  ) {
    const part = 4 * n;
    [this.#keys, this.#order, this.#otherKeys, this.#otherOrder] = [at, at + part, at + 2 * part, at + 3 * part];
    this.#flag = at + 4 * part;
    this.#table = this.#flag + 4;
  }
  static bytes(n: number): number {
    return 16 * n + 4 + TABLE;
  }
  /** The order of a row. `flip` is −1 where the largest come first. */
  order(keys: readonly { readonly at: number; readonly dtype: DType; readonly stride: number }[], flip: number): number {
    const f = this.#f;
    f.number(this.#order, this.n);
    for (const { at, dtype, stride } of [...keys].reverse())
      for (const name of WORDS[dtype] ?? []) {
        f[name](at, this.#order, this.#keys, this.n, stride, flip, this.#flag);
        this.#sort(true);
      }
    return this.#order;
  }
  /** Sorts a row by its keys alone, where that can be. */
  alone(at: number, to: number, dtype: DType, stride: number): boolean {
    const back = BACK[dtype];
    const [name] = WORDS[dtype] ?? [];
    if (!back || !name || this.n <= SHORT) return false;
    const f = this.#f;
    f.number(this.#order, this.n);
    new Int32Array(heap.memory.buffer, this.#flag, 1)[0] = 0;
    f[name](at, this.#order, this.#keys, this.n, stride, 0, this.#flag);
    if (new Int32Array(heap.memory.buffer, this.#flag, 1)[0] !== 0) return false;
    this.#sort(false);
    f[back](this.#keys, to, this.n, stride);
    return true;
  }
  #sort(withOrder: boolean): void {
    const f = this.#f;
    const { n } = this;
    if (n < 2) return;
    if (n <= SHORT) return f.insert(this.#keys, this.#order, n);
    const isLong = n >= LONG;
    const { bits, count } = isLong ? DIGITS.long : DIGITS.short;
    const entries = 2 ** bits;
    heap.bytes(this.#table, 4 * count * entries).fill(0);
    (isLong ? f.countLong : f.countShort)(this.#keys, n, this.#table);
    const counts = new Int32Array(heap.memory.buffer, this.#table, count * entries);
    const first = new Int32Array(heap.memory.buffer, this.#keys, 1)[0]!;
    for (let d = 0; d < count; d++) {
      const digit = (first >>> (d * bits)) & (entries - 1);
      // Where all have the same digit, nothing moves.
      if (counts[d * entries + digit] === n) continue;
      const table = this.#table + 4 * d * entries;
      f.places(table, entries);
      (withOrder ? f.movePairs : f.moveKeys)(this.#keys, this.#order, this.#otherKeys, this.#otherOrder, n, d * bits, entries - 1, table);
      [this.#keys, this.#otherKeys] = [this.#otherKeys, this.#keys];
      if (withOrder) [this.#order, this.#otherOrder] = [this.#otherOrder, this.#order];
    }
  }
  /** Elements of a row in an order. */
  move(from: number, to: number, dtype: DType, stride: number, order: number, count = this.n): void {
    const f = this.#f;
    const size = itemsize(dtype);
    const gather = size === 1 ? f.gather1 : size === 2 ? f.gather2 : size === 4 ? f.gather4 : size === 8 ? f.gather8 : f.gather16;
    gather(from, order, to, count, stride);
  }
}
const isSortable = (places: readonly Place[]): boolean => places.every((p) => p.type.dtype in WORDS);

defineLaneRoutine("sort", ({ ins, outs, params }) => {
  const [first] = ins;
  const axis = params.dimension as number;
  const keys = ins.slice(0, params.numKeys as number);
  if (!first || !isSortable(ins)) return false;
  const { shape } = first.type;
  const n = shape[axis] ?? 1;
  const apart = sizeOf(shape.slice(axis + 1));
  if (sizeOf(shape) === 0) return true;
  withScratch(Sorter.bytes(n), "a sort", (at) => {
    const sorter = new Sorter(n, at);
    const [only] = outs.length === 1 && keys.length === 1 ? outs : [];
    for (const row of rowsOf(shape, axis)) {
      const of = ({ at: start, type }: Place): number => start + row * itemsize(type.dtype);
      const stride = ({ type }: Place): number => apart * itemsize(type.dtype);
      if (only && sorter.alone(of(first), of(only), first.type.dtype, stride(first))) continue;
      const order = sorter.order(
        keys.map((k) => ({ at: of(k), dtype: k.type.dtype, stride: stride(k) })),
        0,
      );
      outs.forEach((o, i) => sorter.move(of(ins[i]!), of(o), o.type.dtype, stride(o), order));
    }
  });
  return true;
});
defineLaneRoutine("topK", ({ ins, outs, params }) => {
  const [x] = ins;
  const [values, indices] = outs;
  const axis = params.axis as number;
  const k = params.k as number;
  if (!x || !values || !indices || !isSortable([x]) || indices.type.dtype !== "int32") return false;
  const { shape, dtype } = x.type;
  const n = shape[axis] ?? 1;
  const apart = sizeOf(shape.slice(axis + 1));
  if (sizeOf(shape) === 0) return false;
  const size = itemsize(dtype);
  withScratch(Sorter.bytes(n), "the largest elements", (at) => {
    const sorter = new Sorter(n, at);
    let r = 0;
    for (const row of rowsOf(shape, axis)) {
      const order = sorter.order([{ at: x.at + row * size, dtype, stride: apart * size }], -1);
      const to = Math.floor(r / apart) * k * apart + (r % apart);
      sorter.move(x.at + row * size, values.at + to * size, dtype, apart * size, order, k);
      const numbers = new Int32Array(heap.memory.buffer);
      for (let i = 0; i < k; i++) numbers[indices.at / 4 + to + i * apart] = numbers[order / 4 + i]!;
      r++;
    }
  });
  return true;
});
