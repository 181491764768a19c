// Distributions off their domains, types of numbers, and derivatives where a density ends: real JAX 0.10.2's values.
import { expect, test } from "vitest";
import { grad, jvp, lax, numpy as np, scipy } from "../../index.ts";
import type { Value } from "../../core/value.ts";

const { stats, special } = scipy;
const f32 = (xs: readonly number[] | number): Value => np.array(xs as number[], { dtype: "float32" });
const near = (v: Value): number[] => Array.from(np.ravel(v).dataSync() as Float32Array, (x) => Number(x.toPrecision(5)));

test("parameters that make no distribution give NaN", () => {
  expect(near(stats.beta.logpdf(f32([0.5, 2]), -1, 2))).toEqual([NaN, NaN]);
  expect(near(stats.betabinom.logpmf(f32([1, 2]), 4, 2, 0))).toEqual([NaN, NaN]);
  expect(near(stats.t.logpdf(f32([0.17215]), 2.6592, { loc: 0.25, scale: -100 }))).toEqual([-5.6162]);
  expect(near(stats.geom.logpmf(f32([0, NaN]), 0.5))).toEqual([-Infinity, NaN]);
  expect(near(stats.binom.pmf(f32([1]), 6, 0.7965, { loc: 0.5 }))).toEqual([0.00039652]);
  expect(near(stats.gamma.sf(f32([-1]), NaN))).toEqual([1]);
  expect(near(stats.poisson.entropy(f32([3]), { loc: 0.5 }))).toEqual([1.9315]);
});
test("what is of numbers alone is weakly typed", () => {
  const values = [
    stats.gumbelL.pdf(1.5),
    stats.beta.pdf(0.5, 2, 3),
    stats.norm.logpdf(0.3),
    stats.poisson.pmf(2.5, 3),
    stats.bernoulli.cdf(0.5, 0.5),
  ];
  expect(values.map((v) => v.weakType)).toEqual([true, true, true, true, true]);
  const strong = [stats.norm.pdf(f32(1)), stats.norm.ppf(0.3), stats.uniform.cdf(0.5), stats.norm.pdf(np.array([true]))];
  expect(strong.map((v) => v.weakType)).toEqual([false, false, false, false]);
});
test("slopes are 0 off the support", () => {
  const g = grad((x: Value) => np.sum(stats.expon.logcdf(x)));
  expect(near(g(f32([-2, 1])) as Value)).toEqual([0, 0.58198]);
  expect(near(jvp(special.ndtri, [f32([0, 0.5, 1])], [f32([1, 1, 1])])[1] as Value)).toEqual([0, 2.5066, 0]);
  expect(near(jvp((q: Value) => stats.uniform.ppf(q), [f32([NaN, 0.5])], [f32([1, 1])])[1] as Value)).toEqual([0, 1]);
});
test("samples of gamma distributions have second derivatives", () => {
  const [value, tangent] = jvp(lax.randomGammaGrad, [f32(2), f32(1)], [f32(1), f32(1)]) as [Value, Value];
  expect(near(value)).toEqual([0.75078]);
  expect(near(tangent)).toEqual([0.18263]);
});
test("zeta at and beyond its poles", () => {
  expect(near(special.zeta(f32([2, 3, 4, 1.5, 2.5, 3]), f32([0, 0, -1, -1, 0, -2])))).toEqual([Infinity, NaN, Infinity, NaN, NaN, NaN]);
});
test("the Faddeeva function of complex arguments, and its derivative", () => {
  const complex = (re: readonly number[], im: readonly number[]): Value => lax.complex(f32(re), f32(im));
  const z = complex([1, -2, 0, 3, 10, -1, 1e10], [1, 0.5, 0, -1, 0, -5, 1]);
  const w = Array.from(special.wofz(z).dataSync() as Float32Array);
  const expected = [0.304744, 0.208219, 0.103359, -0.284786, 1, 0, -0.0646736, 0.173731, 0, 0.0567054, -4.44525e10, 2.88213e10, 0, 5.641896e-11];
  expected.forEach((x, i) => expect(Math.abs(w[i]! - x)).toBeLessThan(1e-6 + 1e-5 * Math.abs(x)));
  // By finite differences of the same function: w′ = 2i/√π − 2 z w.
  const at = complex([0.3], [0.4]),
    [, slope] = jvp(special.wofz, [at], [complex([1], [0])]) as [Value, Value];
  const h = 1e-2,
    shifted = (d: number): number[] => Array.from(special.wofz(complex([0.3 + d], [0.4])).dataSync() as Float32Array);
  const [up, down, got] = [shifted(h), shifted(-h), Array.from(slope.dataSync() as Float32Array)];
  got.forEach((x, i) => expect(x).toBeCloseTo((up[i]! - down[i]!) / (2 * h), 3));
});
test("Dawson's integral near 0, between, and far out, to 5 units in the last place", () => {
  const x = [1e-30, 0.02666666731238365, 0.6999, 5.840000152587891, 16.239999771118164, 1e20];
  const expected = [1e-30, 0.026654028931366223, 0.510475512885869, 0.0869313340270125, 0.03084688189449989, 5e-21];
  const got = Array.from(special.dawsn(f32(x)).dataSync() as Float32Array);
  expected.forEach((y, i) => expect(Math.abs(got[i]! / y - 1)).toBeLessThan(5 * 2 ** -23));
});
const C = lax.complex(f32(1), f32(1)),
  pairs = (v: Value): number[] => Array.from(v.dataSync() as Float32Array, (x) => Number(x.toPrecision(4)));
test.each<[string, () => Value, number[]]>([
  ["norm.pdf", () => stats.norm.pdf(f32([0.5, 1.5]), C), [0.5094, -0.2783, 0.5094, 0.2783]],
  ["norm.logpdf by scale", () => stats.norm.logpdf(f32([0.5, 1.5]), 0, C), [-1.266, -0.7229, -1.266, -0.2229]],
  ["logistic.cdf", () => stats.logistic.cdf(f32([0.5, 1.5]), C), [0.3438, -0.2523, 0.6562, -0.2523]],
  ["logistic.isf", () => stats.logistic.isf(f32([0.5, 1.5]), C), [1, 1, -0.09861, 4.142]],
  ["cauchy.logpdf", () => stats.cauchy.logpdf(f32([0.5, 1.5]), C), [-1.175, -1.326, -1.175, 1.326]],
  ["cauchy.cdf by scale", () => stats.cauchy.cdf(f32([0.5, 1.5]), 0, C), [0.5826, -0.07604, 0.7632, -0.1399]],
  ["cauchy.logcdf", () => stats.cauchy.logcdf(f32([0.5, 1.5]), C), [-1.175, -0.8185, -0.1978, -0.2783]],
  ["expon.ppf", () => stats.expon.ppf(f32([0.5, 0.7]), 0, C), [0.6931, 0.6931, 1.204, 1.204]],
  ["uniform.ppf", () => stats.uniform.ppf(f32([0.5, 0.7]), C), [1.5, 1, 1.7, 1]],
])("%s takes complex parameters", (_name, f, want) => {
  const v = f();
  expect(v.dtype).toBe("complex64");
  expect(pairs(v)).toEqual(want);
});
test.each(["norm.cdf", "norm.sf", "expon.pdf", "expon.logcdf", "laplace.cdf", "laplace.logpdf", "uniform.cdf", "uniform.logpdf", "gumbelR.cdf"])(
  "%s refuses complex parameters, as in JAX",
  (name) => {
    const [family, fn] = name.split(".") as ["norm", "cdf"];
    expect(() => stats[family][fn](f32([0.5, 1.5]), C)).toThrow(/its arguments have dtype complex64, expected floating ones/);
  },
);
