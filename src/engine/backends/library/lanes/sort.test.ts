// Sorting by radix, against an order made by comparisons: every type, short, middle and long rows, every axis, several keys, operands that follow.
import { describe, expect, test } from "vitest";
import * as jl from "../../../index.ts";
import type { Value } from "../../../core/value.ts";

const { numpy: np, lax } = jl;
function numbers(n: number, seed = 1): number[] {
  let s = seed * 7919;
  return Array.from({ length: n }, () => (s = (Math.imul(s, 1664525) + 1013904223) | 0) / 2 ** 24);
}
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1);
const stable = (keys: readonly number[]): number[] => [...keys.keys()].sort((i, j) => compare(keys[i]!, keys[j]!) || i - j);
const list = (x: Value): number[] => Array.from(x.dataSync() as Float32Array, Number);

describe.each([1, 2, 7, 32, 33, 500, 5000])("rows of %i", (n) => {
  test.each(["float32", "int32", "uint32", "int8", "uint8", "int16", "uint16", "float16", "bfloat16"])("%s", (dtype) => {
    const x = np.array(numbers(n).map((v) => (dtype.startsWith("u") ? Math.abs(v) : v))).astype(dtype) as Value;
    const keys = list(x.astype("float32") as Value);
    const order = stable(keys);
    expect(list(np.argsort(x) as Value)).toEqual(order);
    expect(list(np.sort(x).astype("float32") as Value)).toEqual(order.map((i) => keys[i]!));
  });
});
const SPECIAL = [NaN, 0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3, -0, 0, NaN, -3];
test.each([12, 480])("NaN last, zeros of both signs equal and in their order: %i", (n) => {
  const keys = Array.from({ length: n }, (_x, i) => SPECIAL[(i * 7) % SPECIAL.length]!).map(Math.fround);
  const order = stable(keys);
  expect(list(np.argsort(np.array(keys)) as Value)).toEqual(order);
  expect(list(np.sort(np.array(keys)) as Value)).toEqual(order.map((i) => keys[i]!));
});
test("along any axis", () => {
  const x = np.array(numbers(3 * 40 * 5)).reshape([3, 40, 5]) as Value;
  for (const axis of [0, 1, 2]) {
    const got = np.moveaxis(np.sort(x, { axis }), axis, -1).reshape([-1, x.shape[axis]!]).tolist() as number[][];
    const rows = np.moveaxis(x, axis, -1).reshape([-1, x.shape[axis]!]).tolist() as number[][];
    expect(got).toEqual(rows.map((row) => row.sort(compare)));
  }
});
test("several keys, and operands of other types", () => {
  const n = 300;
  const first = numbers(n).map((v) => Math.round(v) % 5);
  const second = numbers(n, 2).map((v) => (Math.round(v) % 7) + 0);
  const along = [np.array(first), np.array(second).astype("int32"), np.arange(n).astype("int16"), np.arange(n).mul(2)] as const;
  const got = lax.sort([...along], { numKeys: 2 }) as readonly Value[];
  const order = [...first.keys()].sort((i, j) => compare(first[i]!, first[j]!) || compare(second[i]!, second[j]!) || i - j);
  expect(list(got[0]!)).toEqual(order.map((i) => first[i]!));
  expect(list(got[1]!)).toEqual(order.map((i) => second[i]!));
  expect(list(got[2]!.astype("int32") as Value)).toEqual(order);
  expect(list(got[3]!)).toEqual(order.map((i) => 2 * i));
});
test("complex numbers, by the real and then the imaginary part", () => {
  const re = numbers(200).map((v) => Math.round(v) % 3);
  const im = numbers(200, 3);
  const x = lax.complex(np.array(re), np.array(im)) as Value;
  const order = [...re.keys()].sort((i, j) => compare(re[i]!, re[j]!) || compare(im[i]!, im[j]!));
  expect(list(np.imag(np.sort(x)) as Value)).toEqual(order.map((i) => Math.fround(im[i]!)));
});
test("64 bits", () => {
  jl.enableX64(() => {
    const keys = [...numbers(100).map((v) => v * 2 ** 30), NaN, -0, 0, Infinity, -Infinity, 5e-324, -5e-324, 1 + 2 ** -52, 1];
    const order = stable(keys);
    expect(list(np.argsort(np.array(keys)) as Value)).toEqual(order);
    expect(list(np.sort(np.array(keys)) as Value)).toEqual(order.map((i) => keys[i]!));
    const whole = np.array([2n ** 40n, -1n, -(2n ** 40n), 3n, 0n, -(2n ** 62n)]) as Value;
    expect(list(np.argsort(whole) as Value)).toEqual([5, 2, 1, 4, 3, 0]);
  });
});
test("the largest: NaN first, of equal ones the first", () => {
  const x = np.array([
    [1, 5, NaN, 5, -0, 0, 2],
    [3, 3, 3, 1, 2, 9, 9],
  ]) as Value;
  const [values, indices] = lax.topK(x, 4) as readonly [Value, Value];
  expect(values.tolist()).toEqual([
    [NaN, 5, 5, 2],
    [9, 9, 3, 3],
  ]);
  expect(indices.tolist()).toEqual([
    [2, 1, 3, 6],
    [5, 6, 0, 1],
  ]);
});
