// float64 and integers of 64 bits: two at a time in lanes, with what stands beside them (comparisons, choices, narrower values), against plain arithmetic.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
let before: boolean;
beforeAll(() => {
  before = jl.config.enableX64;
  jl.config.update("enableX64", true);
});
afterAll(() => jl.config.update("enableX64", before));
const EXTENTS = [1, 2, 3, 5, 8, 9, 15, 16, 17, 33, 1027];
/** Multiples of a quarter: sums of them are exact, in whatever order. */
const numbers = (n: number, from = 0): number[] => Array.from({ length: n }, (_v, i) => (((i + from) * 37) % 101) / 4 - 12);
const list = (v: Value): number[] => (v.tolist() as (number | boolean | bigint)[]).map(Number);
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 5e-324, 1.7976931348623157e308, -1, 2.5, 3.5, -2.5, 0.1];

describe("float64", () => {
  test.each(EXTENTS)("%i elements: arithmetic, comparisons, choices, roundings, casts from booleans and float32", (n) => {
    const [x, y] = [numbers(n), numbers(n, 7)];
    const f = jl.jit((a: Value, b: Value, c: Value) => [
      a.mul(b).sub(a).div(4),
      np.where(a.gt(b), a, b.mul(2)),
      np
        .floor(a)
        .add(np.ceil(b))
        .sub(np.trunc(a.mul(3))),
      np.abs(np.negative(a)).add(np.sqrt(np.square(b))),
      a.gt(0).astype("float64").mul(b),
      c.astype("float64").mul(a),
      np
        .where(np.logicalAnd(a.lt(b), b.ne(3)), 1, 0)
        .astype("float64")
        .sub(a),
      a.astype("float32").add(1),
      np.rint(a),
      np.copysign(a, b),
    ]);
    const got = f(np.array(x, { dtype: "float64" }), np.array(y, { dtype: "float64" }), np.array(y, { dtype: "float32" }));
    expect(got.map((v) => String(v.dtype))).toEqual([...Array(7).fill("float64"), "float32", "float64", "float64"]);
    const even = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v)) + 0;
    const wanted: readonly ((a: number, b: number) => number)[] = [
      (a, b) => (a * b - a) / 4,
      (a, b) => (a > b ? a : b * 2),
      (a, b) => Math.floor(a) + Math.ceil(b) - Math.trunc(a * 3),
      (a, b) => Math.abs(a) + Math.abs(b),
      (a, b) => (a > 0 ? b : 0 * b),
      (a, b) => a * b,
      (a, b) => (a < b && b !== 3 ? 1 : 0) - a,
      (a) => a + 1,
      even,
      (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
    ];
    wanted.forEach((w, k) =>
      expect(
        list(got[k]!).map((v) => v + 0),
        String(k),
      ).toEqual(x.map((a, i) => w(a, y[i]!) + 0)),
    );
  });
  test.each(EXTENTS)("sums, products, largest and least of %i elements, along memory and across", (n) => {
    const rows = [numbers(n), numbers(n, 3), numbers(n, 50)];
    const f = jl.jit((v: Value) => [v.sum({ axis: 1 }), v.max({ axis: 1 }), v.min({ axis: 1 }), v.sum({ axis: 0 }), np.square(v).sum()]);
    const [sum, max, min, across] = f(np.array(rows, { dtype: "float64" })).map((v) => v.tolist());
    expect(sum).toEqual(rows.map((r) => r.reduce((a, b) => a + b, 0)));
    expect(max).toEqual(rows.map((r) => Math.max(...r)));
    expect(min).toEqual(rows.map((r) => Math.min(...r)));
    expect(across).toEqual(rows[0]!.map((_v, i) => rows.reduce((a, r) => a + r[i]!, 0)));
  });
  test("NaN, infinities, zeros of both signs, the least and the largest numbers", () => {
    const x = SPECIAL.flatMap((a) => SPECIAL.map(() => a));
    const y = SPECIAL.flatMap(() => SPECIAL);
    const f = jl.jit((a: Value, b: Value) => [
      np.maximum(a, b),
      np.minimum(a, b),
      a.div(b),
      np.where(a.le(b), a, b),
      a.sub(b),
      np.sqrt(a),
      np.floor(a),
    ]);
    const got = f(np.array(x, { dtype: "float64" }), np.array(y, { dtype: "float64" })).map((v) => v.tolist() as number[]);
    const wanted: readonly ((a: number, b: number) => number)[] = [
      (a, b) => Math.max(a, b),
      (a, b) => Math.min(a, b),
      (a, b) => a / b,
      (a, b) => (a <= b ? a : b),
      (a, b) => a - b,
      (a) => Math.sqrt(a),
      (a) => Math.floor(a),
    ];
    wanted.forEach((w, k) => expect(got[k], String(k)).toEqual(x.map((a, i) => w(a, y[i]!))));
    expect(
      jl
        .jit((a: Value) => [a.max(), a.min()])(np.array(x, { dtype: "float64" }))
        .map((v) => Number(v.item())),
    ).toEqual([NaN, NaN]);
  });
});
describe.each(["int64", "uint64"] as const)("%s", (d) => {
  const wrap = (x: bigint): bigint => (d === "int64" ? BigInt.asIntN(64, x) : BigInt.asUintN(64, x));
  const values = (n: number, from: number): bigint[] =>
    Array.from({ length: n }, (_v, i) => wrap(((BigInt(i + from) * 0x9e3779b97f4a7c15n) >> BigInt(i % 5)) - (i % 7 ? 0n : 2n ** 63n)));
  test.each(EXTENTS)("%i elements: arithmetic that wraps around, bits, shifts, comparisons, sums", (n) => {
    const [x, y] = [values(n, 1), values(n, 99)];
    const f = jl.jit((a: Value, b: Value) => [
      a.mul(b).sub(a),
      np.bitwiseXor(a, np.bitwiseAnd(b, np.bitwiseNot(a))),
      np.leftShift(a, 5),
      np.rightShift(a, 7),
      jl.lax.shiftRightLogical(a, jl.lax.fullLike(a, 9)),
      np.where(a.lt(b), a, b),
      np.where(a.eq(b), a, a.add(1)),
      a.sum().reshape([1]),
    ]);
    const got = f(np.array(x, { dtype: d }), np.array(y, { dtype: d })).map((v) =>
      [...(v.dataSync() as unknown as BigInt64Array)].map((b) => wrap(BigInt(b))),
    );
    const each = (w: (a: bigint, b: bigint) => bigint): bigint[] => x.map((a, i) => wrap(w(a, y[i]!)));
    expect(got[0]).toEqual(each((a, b) => a * b - a));
    expect(got[1]).toEqual(each((a, b) => a ^ (b & ~a)));
    expect(got[2]).toEqual(each((a) => a << 5n));
    expect(got[3]).toEqual(each((a) => a >> 7n));
    expect(got[4]).toEqual(each((a) => BigInt.asUintN(64, a) >> 9n));
    expect(got[5]).toEqual(each((a, b) => (a < b ? a : b)));
    expect(got[6]).toEqual(each((a, b) => (a === b ? a : a + 1n)));
    expect(got[7]).toEqual([wrap(x.reduce((a, b) => a + b, 0n))]);
  });
});
