// Functions of complex numbers at infinities, NaN and zeros of either sign: real JAX 0.10.2's values on a CPU.
import { describe, expect, test } from "vitest";
import { lax, numpy as np } from "../index.ts";
import type { Value } from "../core/value.ts";

const f32 = (xs: readonly number[]): Value => np.array([...xs], { dtype: "float32" });
const complex = (...zs: readonly (readonly [number, number])[]): Value => lax.complex(f32(zs.map((z) => z[0])), f32(zs.map((z) => z[1])));
/** Parts of the values, rounded; zeros of either sign are alike, as in the recorded cases. */
const parts = (v: Value): number[][] => {
  const flat = Array.from(v.dataSync() as Float32Array, (x) => Math.round(x * 1e4) / 1e4 + 0);
  return Array.from({ length: flat.length / 2 }, (_x, i) => flat.slice(2 * i, 2 * i + 2));
};
const I = Infinity,
  PI2 = 1.5708,
  PI4 = 0.7854;

describe("inverse functions", () => {
  const z = complex([0, I], [0.5, -I], [I, I], [-I, 1], [I, NaN], [NaN, I], [NaN, 1], [0, -2], [-2, -0]);
  test.each([
    [
      "arcsin",
      [
        [0, I],
        [0, -I],
        [PI4, I],
        [-PI2, I],
        [NaN, I],
        [NaN, I],
        [NaN, NaN],
        [0, -1.4436],
        [-PI2, 1.317],
      ],
    ],
    [
      "arcsinh",
      [
        [I, PI2],
        [I, -PI2],
        [I, PI4],
        [-I, 0],
        [I, NaN],
        [I, NaN],
        [NaN, NaN],
        [1.317, -PI2],
        [-1.4436, 0],
      ],
    ],
    [
      "arccosh",
      [
        [I, PI2],
        [I, -PI2],
        [I, PI4],
        [I, 3.1416],
        [I, NaN],
        [I, NaN],
        [NaN, NaN],
        [1.4436, -PI2],
        [1.317, 3.1416],
      ],
    ],
    [
      "arctanh",
      [
        [0, PI2],
        [0, -PI2],
        [0, PI2],
        [0, PI2],
        [0, -PI2],
        [0, PI2],
        [NaN, PI2],
        [0, -1.1071],
        [-0.5493, -PI2],
      ],
    ],
  ] as const)("%s", (name, expected) => {
    expect(parts(np[name](z))).toEqual(expected.map((p) => [...p]));
  });
});
test("roots, logarithms and hyperbolic functions", () => {
  expect(parts(np.sqrt(complex([0, I], [-2, -I], [I, 1], [-2, -0], [I, NaN])))).toEqual([
    [I, I],
    [I, -I],
    [I, 0],
    [0, 1.4142],
    [NaN, NaN],
  ]);
  expect(parts(np.log(complex([I, NaN], [NaN, I], [-I, I])))).toEqual([
    [NaN, NaN],
    [NaN, NaN],
    [I, 2.3562],
  ]);
  expect(parts(np.tanh(complex([I, I], [-I, NaN], [NaN, 0], [-100, -I])))).toEqual([
    [1, 0],
    [-1, 0],
    [NaN, 0],
    [NaN, NaN],
  ]);
  expect(parts(np.cosh(complex([I, 0], [0, I])))).toEqual([
    [I, 0],
    [NaN, NaN],
  ]);
});
test("quotients and powers", () => {
  const one = complex([1, 0], [1, 0], [I, I], [I, NaN], [0, 0]);
  expect(parts(np.divide(one, complex([I, I], [NaN, I], [0, 0.75], [0.75, 0.75], [I, NaN])))).toEqual([
    [0, 0],
    [0, 0],
    [I, -I],
    [I, -I],
    [0, 0],
  ]);
  expect(parts(np.reciprocal(complex([I, NaN], [0, 0])))).toEqual([
    [0, 0],
    [I, NaN],
  ]);
  const base = complex([0, 0], [0, 0], [0, 0], [NaN, 1]);
  expect(parts(np.power(base, complex([2, 0], [-2, 0], [1, 1], [0, 0])))).toEqual([
    [0, 0],
    [NaN, NaN],
    [NaN, NaN],
    [1, 0],
  ]);
});
