// StableHLO out: programs' text reads back with the same results, and what has no counterpart is named. JAX's own parser and XLA were asked by hand (docs/python.md).
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { generatedProgram } from "../../../../test/unit/programs.ts";

const { numpy: np, lax } = jl;
const { parse, print, NoStableHLOError } = jl.interop.stablehlo;
/** Within rounding; what is no number is the same. */
function near(got: Value, want: Value, what = ""): void {
  const [a, b] = [got, want].map((v) => Array.from(v.dataSync(), Number)) as [number[], number[]];
  expect(a.length).toBe(b.length);
  b.forEach((n, k) =>
    Number.isFinite(n) ? expect(Math.abs(a[k]! - n), what).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(n))) : expect(a[k], what).toBe(n),
  );
}
const x = np.array([3, -1, 2, -5], { dtype: "float32" });

test("a function as text", () => {
  const lines = print((a: Value) => np.sum(np.exp(a).mul(2)), x)
    .split("\n")
    .map((l) => l.replace(/ loc\(.*\)$/, ""));
  expect(lines).toEqual([
    "module @jit__lambda_ {",
    "  func.func public @main(%arg0: tensor<4xf32>) -> (tensor<f32>) {",
    '    %0 = "stablehlo.exponential"(%arg0) : (tensor<4xf32>) -> tensor<4xf32>',
    '    %1 = "stablehlo.constant"() <{value = dense<2.0> : tensor<f32>}> : () -> tensor<f32>',
    '    %2 = "stablehlo.broadcast_in_dim"(%1) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<4xf32>',
    '    %3 = "stablehlo.multiply"(%0, %2) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
    '    %4 = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> : () -> tensor<f32>',
    '    %5 = "stablehlo.reduce"(%3, %4) <{dimensions = array<i64: 0>}> ({',
    "    ^bb0(%6: tensor<f32>, %7: tensor<f32>):",
    '      %8 = "stablehlo.add"(%6, %7) : (tensor<f32>, tensor<f32>) -> tensor<f32>',
    '      "stablehlo.return"(%8) : (tensor<f32>) -> ()',
    "    }) : (tensor<4xf32>, tensor<f32>) -> tensor<f32>",
    '    "func.return"(%5) : (tensor<f32>) -> ()',
    "  }",
    "}",
    "",
  ]);
});
test("lines and scopes of the person's code", () => {
  const program = parse(print((a: Value) => jl.namedScope("layer", () => np.tanh(a)), x));
  const [eqn] = program.jaxpr.eqns;
  expect(eqn!.source.frames[0]).toMatchObject({ file: expect.stringMatching(/print\.test\.ts$/), line: expect.any(Number) });
  expect(eqn!.source.nameStack.map((s) => s.name).join("/")).toMatch(/layer/);
});
describe("it reads back with the same results", () => {
  const int = np.array([4, 7, -3, 9, 2, 2], { dtype: "int32" });
  const matrix = np
    .array([
      [4, 1, 0],
      [1, 3, 1],
      [0, 1, 2],
    ])
    .astype("float32");
  const CASES: Readonly<Record<string, readonly [(...args: Value[]) => unknown, ...Value[]]>> = {
    "constants that are no numbers": [(a) => np.where(np.greater(a, 0), np.array([NaN, Infinity, -Infinity, -0]), a), x],
    "truth values": [(a) => np.logicalAnd(np.array([true, false, true, true]), np.greater(a, 0)), x],
    "a while loop that reads what stands outside it": [
      (a) =>
        lax.whileLoop(
          (s: Value) => np.less(s.sum(), 100),
          (s: Value) => s.mul(s).add(a),
          a,
        ),
      x,
    ],
    branches: [
      (a) =>
        lax.cond(
          np.greater(a.sum(), 0),
          (b: Value) => b.mul(2),
          (b: Value) => b.sub(1),
          a,
        ),
      x,
    ],
    "a scan": [(a) => lax.scan((c: Value, v: Value) => [c.add(v), c.mul(v)], np.array(1).astype("float32"), a), x],
    sorts: [(a) => [np.sort(a), np.argsort(a), lax.topK(a, 2)], x],
    "the place of the largest": [(a) => [np.argmax(a), np.argmin(a)], int],
    "sums up to each": [(a) => [np.cumsum(a), lax.cummax(a, { reverse: true }), lax.cumlogsumexp(a)], x],
    "gathers that fill and that clamp": [(a, i) => [np.take(a, i, { mode: "fill" }), np.take(a, i, { mode: "clip" })], x, int],
    scatters: [(a, i) => [a.at(i).add(1), a.at(i).set(7)], x, int],
    "random bits": [(a) => jl.random.normal(jl.random.key(3), [4]).add(a), x],
    factorizations: [(a) => [lax.linalg.cholesky(a), lax.linalg.triangularSolve(a, a, { lower: true, leftSide: true })], matrix],
    "complex numbers": [(a) => [np.abs(np.fft.fft(a)), np.conj(lax.complex(a, a))], x],
    "what is finite": [(a) => np.isfinite(a.mul(1e30).mul(1e30)), x],
  };
  test.each(Object.entries(CASES))("%s", (_name, [f, ...args]) => {
    const leaves = (v: unknown): Value[] => jl.tree.leaves(v) as Value[];
    const want = leaves(jl.jit(f)(...args));
    const got = parse(print(f, ...args)).asFun()(...args);
    expect(got.map((v) => v.shape)).toEqual(want.map((v) => v.shape));
    got.forEach((v, i) => near(v, want[i]!));
  });
  test("programs that are made up", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const { f, args } = generatedProgram(seed);
      const program = jl.makeJaxpr((...xs: Value[]) => [...(f as (...v: Value[]) => Value[])(...xs)])(...args);
      const want = jl.jaxprAsFun(program)(...args) as unknown as Value[];
      const got = parse(print(program)).asFun()(...args);
      got.forEach((v, i) => near(v, want[i]!, `program ${seed}`));
    }
  });
});
test.each<readonly [string, (a: Value) => unknown, RegExp]>([
  ["a factorization that JAX calls LAPACK for", (a) => np.linalg.qr(np.outer(a, a)), /qr has no counterpart in StableHLO: .*LAPACK/],
  [
    "a callback",
    (a) => jl.pureCallback((b: Value) => b, jl.shapeDtypeStruct([4], "float32"), a),
    /pure_callback has no counterpart in StableHLO: .*JavaScript/,
  ],
  ["a function that JAX writes a loop for", (a) => jl.scipy.special.gammainc(a, a), /igamma has no counterpart in StableHLO/],
])("%s is named", (_name, f, message) => {
  expect(() => print(f, x)).toThrow(NoStableHLOError);
  expect(() => print(f, x)).toThrow(message);
});
test("a program takes no arguments beside its types", () =>
  expect(() => print(jl.makeJaxpr((a: Value) => a.add(1))(x), x)).toThrow(/a program has its types, and takes no arguments/));
