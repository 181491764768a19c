// Options that random cases beside real JAX (0.10.2) met; the values are JAX's.
import { expect, test } from "vitest";
import { type Array, customJvp, grad, lax, nn, numpy as np, scipy } from "../index.ts";

test("negative indices may be outside", () => {
  const x = np.arange(4, { dtype: "float32" }),
    i = np.array([-1, 1, 5], { dtype: "int32" }),
    outside = { wrapNegativeIndices: false };
  expect(["clip", "fill"].map((mode) => [x.at(i).get({ mode, ...outside }), x.at(i).set(9, { mode, ...outside })].map((v) => v.tolist()))).toEqual([
    [
      [0, 1, 3],
      [9, 9, 2, 9],
    ],
    [
      [NaN, 1, NaN],
      [0, 9, 2, 3],
    ],
  ]);
  expect([
    x
      .at(-1)
      .get({ mode: "fill", ...outside })
      .item(),
    x.at(-1).set(7, outside).tolist(),
  ]).toEqual([NaN, [0, 1, 2, 3]]);
  expect(np.takeAlongAxis(np.array([1, 2, 3]), np.array([-1, 0], { dtype: "int32" }), outside).tolist()).toEqual([NaN, 1]);
});
test("attention gives the logarithm of each query's sum too", () => {
  const q = np.arange(48).astype("float32").reshape([2, 3, 2, 4]).mul(0.1),
    [out, residual] = nn.dotProductAttention(q, np.cos(q), np.sin(q), { isCausal: true, returnResidual: true });
  expect([out.shape, residual.shape, residual.dtype]).toEqual([[2, 3, 2, 4], [2, 3, 2], "float32"]);
  expect(np.allclose(residual.ravel().get(":4"), [0.29105735, 0.9189033, 2.2389379, 2.4405093]).item()).toBe(true);
});
test("arguments that are not differentiated by name, and roots with something besides", () => {
  const power = customJvp((x: Array, n: number) => x.pow(n), { nondiffArgnames: "n" });
  power.defjvp(((n: number, [x]: [Array], [t]: [Array]) => [x.pow(n), t.mul(100 * n)]) as never);
  expect(grad((x: Array) => power(x, 3))(2).item()).toBe(300);
  expect(() => customJvp((x: Array) => x, { nondiffArgnames: "y" })).toThrow(/"y", but the parameters of .* are x/);
  const [root, steps] = lax.customRoot(
    (x: Array) => x.mul(x).sub(4),
    np.array(1),
    (_f, x0) => [x0.add(1), np.array(3)] as const,
    (g, y) => y.div(g(np.ones([]))),
    { hasAux: true },
  );
  expect([root.item(), steps.item()]).toEqual([2, 3]);
});
test("matrices made of vectors take stacks of them", () => {
  const { linalg, stats } = scipy,
    b = np.array([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]),
    c = b.get(":", ":3");
  const makers: ((x: Array, y: Array) => Array)[] = [
    (x) => linalg.toeplitz(x),
    (x, y) => linalg.hankel(x, y),
    (x) => linalg.circulant(x),
    (x) => linalg.companion(x),
    (x) => linalg.convolutionMatrix(x, 5),
    (x) => linalg.fiedler(x),
    (x) => linalg.fiedlerCompanion(x),
    (x, y) => linalg.leslie(x, y),
  ];
  for (const make of makers) expect(make(b, c).tolist()).toEqual(np.stack([make(b.get(0), c.get(0)), make(b.get(1), c.get(1))]).tolist());
  // As in JAX, the mass between 0 and 1 is that of the formula.
  expect(np.allclose(stats.bernoulli.pmf(1, 0.2574, { loc: 0.5 }), 0.4372016).item()).toBe(true);
});
test("nanvar of an integer dtype, quantiles beyond the ends, spacings that broadcast", () => {
  const f32 = (xs: unknown): Array => np.array(xs as number[], { dtype: "float32" });
  const v = np.nanvar(f32([1, 2.5, NaN, 7]), { dtype: "int32" });
  expect([v.dtype, v.item()]).toEqual(["int32", 7]);
  expect(np.percentile(f32([1, 5, 2]), f32([-20, 154])).tolist()).toEqual([1, 5]);
  expect(
    np
      .trapezoid(
        f32([
          [1, 3],
          [5, 7],
        ]),
        { x: f32([0, 1, 3]) },
      )
      .tolist(),
  ).toEqual([6, 18]);
  expect(np.fft.rfftfreq(4, { dtype: "int8" }).dtype).toBe("float32");
  expect(np.argsort(f32([3, 1, 2]), { dtype: "int8" }).dtype).toBe("int8");
  expect(np.astype(f32([1.5]), "int32", { copy: true }).tolist()).toEqual([1]);
  expect(np.modf(f32([Infinity]))[0].tolist()).toEqual([NaN]);
  expect(
    lax
      .indexTake(
        f32([
          [1, 2],
          [3, 4],
        ]),
        [np.array([3, -1], { dtype: "int32" })],
        [0],
      )
      .tolist(),
  ).toEqual([
    [3, 4],
    [3, 4],
  ]);
});
