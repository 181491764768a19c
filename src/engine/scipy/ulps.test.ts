// Errors of float32 functions in units of the last place, against float64 values of SciPy at the float32 points.
import { expect, test } from "vitest";
import { jit, numpy as np, scipy } from "../index.ts";
import type { Value } from "../core/value.ts";

type Case = readonly [name: string, f: (x: Value) => Value, most: number, points: readonly number[], want: readonly number[]];
const special = scipy.special;
const FRESNEL = [0.19, 1.23, 1.27, 5.9321, 100.3, 299.7],
  TANH = [1e-30, 0.3, 0.59, 0.61, -1.2, 2.9, -5.9465, 7.9067, 9, 12],
  ERF = [1e-30, 0.3, 0.99, 1.01, -1.7, 2.8733, -3.3159, 3.9, 5];
const CASES: readonly Case[] = [
  [
    "fresnel S",
    (x) => special.fresnel(x)[0],
    3,
    FRESNEL,
    [0.003590539081020982, 0.6453769664673423, 0.6707201284168415, 0.48470481984261643, 0.49685849988412123, 0.4989502896415699],
  ],
  [
    "fresnel C",
    (x) => special.fresnel(x)[1],
    3,
    FRESNEL,
    [0.1899389114201161, 0.6950398940958089, 0.6641459807201365, 0.4485786083123433, 0.5004500827587228, 0.5001617218740331],
  ],
  [
    "dawsn",
    special.dawsn,
    2,
    [0.97, -1.3, 2.5, 4.9, 5.84, 19],
    [0.53993890790536, -0.4833975296316017, 0.22308372216743555, 0.10431487149673468, 0.0869313340270125, 0.026352390442567056],
  ],
  [
    "tanh",
    np.tanh,
    2,
    TANH,
    [
      1.0000000031710769e-30, 0.2913126233608736, 0.5298955886654794, 0.5441271089233053, -0.8336546215566415, 0.993963168498542, -0.9999863238799295,
      0.999999728757674, 0.9999999695400409, 0.9999999999244973,
    ],
  ],
  [
    "erf",
    special.erf,
    2,
    ERF,
    [
      1.1283791706736896e-30, 0.32862677175271543, 0.838508073593712, 0.8468104923482801, -0.9837904615810698, 0.9999516493754799,
      -0.9999972598048216, 0.9999999652077781, 0.9999999999984626,
    ],
  ],
];
test.each(CASES)("%s of float32", (_name, f, most, points, want) => {
  const got = jit(f)(np.array(Float32Array.from(points))).tolist() as number[];
  want.forEach((w, i) => {
    const ulp = 2 ** (Math.floor(Math.log2(Math.abs(w))) - 23);
    expect(Math.abs(got[i]! - w) / ulp, `at ${points[i]}`).toBeLessThan(most);
  });
});
test.each([np.tanh, special.erf, special.dawsn])("infinities, NaN and zeros of either sign %#", (f) => {
  const end = f === special.dawsn ? 0 : 1;
  const got = jit(f)(np.array(Float32Array.of(Infinity, -Infinity, NaN, -0, 0))).tolist() as number[];
  expect(got.map(Math.abs)).toEqual([end, end, NaN, 0, 0]);
  expect(got.slice(3).map((v) => Object.is(v, -0))).toEqual([true, false]);
});
test("float64 keeps its digits", () => {
  const wide = (x: number): Value => np.array(x, { dtype: "float64" });
  if (wide(1).dtype !== "float64") return;
  expect(special.dawsn(wide(2.5)).item()).toBeCloseTo(0.22308372216743555, 12);
});
