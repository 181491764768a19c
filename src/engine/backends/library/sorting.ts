// Sorting along an axis: rows are ordered by an index permutation, then every operand follows it. NaN comes last, −0 equals +0.
import { type TypedArray, isComplex } from "../../core/dtypes.ts";
import { bfloat16ToNumber, float16ToNumber } from "../../core/half.ts";
import { type Tensor, defineRoutine } from "./registry.ts";

/** Three-way comparison of two elements of a tensor, by flat position. */
function comparator(t: Tensor): (i: number, j: number) => number {
  const d = t.data as Float64Array,
    { dtype } = t.type;
  if (isComplex(dtype)) return (i, j) => compare(d[2 * i]!, d[2 * j]!) || compare(d[2 * i + 1]!, d[2 * j + 1]!);
  if (dtype === "bfloat16") return (i, j) => compare(bfloat16ToNumber(d[i]!), bfloat16ToNumber(d[j]!));
  if (dtype === "float16") return (i, j) => compare(float16ToNumber(d[i]!), float16ToNumber(d[j]!));
  return (i, j) => compare(d[i]!, d[j]!);
}
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : a === b ? 0 : a !== a ? (b !== b ? 0 : 1) : -1);
function forRows(shape: readonly number[], axis: number, f: (base: number, stride: number, n: number) => void): void {
  const n = shape[axis] ?? 1,
    stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1),
    outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  for (let i = 0; i < outer; i++) for (let j = 0; j < stride; j++) f(i * n * stride + j, stride, n);
}
function move(to: Tensor, from: Tensor, i: number, j: number): void {
  const a = to.data as TypedArray & { [k: number]: number },
    b = from.data as typeof a;
  if (isComplex(to.type.dtype)) {
    a[2 * i] = b[2 * j]!;
    a[2 * i + 1] = b[2 * j + 1]!;
  } else a[i] = b[j]!;
}
defineRoutine("sort", ({ ins, outs, params }) => {
  const axis = params.dimension as number,
    keys = ins.slice(0, params.numKeys as number).map(comparator);
  forRows(ins[0]!.type.shape, axis, (base, stride, n) => {
    const order = Array.from({ length: n }, (_x, i) => base + i * stride);
    order.sort((i, j) => {
      for (const k of keys) {
        const c = k(i, j);
        if (c) return c;
      }
      return 0;
    });
    outs.forEach((o, k) => order.forEach((from, i) => move(o, ins[k]!, base + i * stride, from)));
  });
});
/** The first k of 0 … n − 1 in an order. A heap holds the best so far, the worst of them on top: most elements are compared with that one alone. */
function firstOf(n: number, k: number, by: (i: number, j: number) => number): number[] {
  if (4 * k > n) return Array.from({ length: n }, (_x, i) => i).sort(by);
  const heap: number[] = [];
  const sink = (at: number): void => {
    for (let low = at; ;) {
      let last = low;
      for (const c of [2 * low + 1, 2 * low + 2]) if (c < heap.length && by(heap[c]!, heap[last]!) > 0) last = c;
      if (last === low) return;
      [heap[low], heap[last]] = [heap[last]!, heap[low]!];
      low = last;
    }
  };
  for (let i = 0; i < n; i++) {
    if (heap.length < k) {
      heap.push(i);
      if (heap.length === k) for (let h = k >> 1; h >= 0; h--) sink(h);
    } else if (k > 0 && by(i, heap[0]!) < 0) {
      heap[0] = i;
      sink(0);
    }
  }
  return heap.sort(by);
}
defineRoutine("topK", ({ ins, outs, params }) => {
  const [x] = ins as [Tensor],
    [v, index] = outs as [Tensor, Tensor],
    axis = params.axis as number,
    k = params.k as number,
    by = comparator(x);
  let row = 0;
  forRows(x.type.shape, axis, (base, stride, n) => {
    // The greatest first, of equal ones the first.
    const order = firstOf(n, k, (i, j) => by(base + j * stride, base + i * stride) || i - j),
      outer = Math.floor(row / stride),
      inner = row % stride;
    for (let i = 0; i < k; i++) {
      const at = (outer * k + i) * stride + inner;
      move(v, x, at, base + order[i]! * stride);
      (index.data as Int32Array)[at] = order[i]!;
    }
    row++;
  });
});
