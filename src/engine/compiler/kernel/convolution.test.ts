// Convolutions by tiles, against the same convolution of integers, which is a plain reduction: strides, dilation of both sides, groups, layouts,
// padding that adds and that cuts off, rows and columns that tiles do not divide, and what is computed before and after.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { compile } from "../../backends/programs.ts";
import { statements } from "./walk.ts";

const np = jl.numpy;
interface Options {
  readonly strides?: readonly number[];
  readonly padding?: "SAME" | "VALID" | readonly (readonly [number, number])[];
  readonly lhsDilation?: readonly number[];
  readonly rhsDilation?: readonly number[];
  readonly featureGroupCount?: number;
  readonly batchGroupCount?: number;
}
type Case = readonly [name: string, lhs: readonly number[], rhs: readonly number[], numbers: readonly [string, string, string], options?: Options];
const NCHW: Case[3] = ["NCHW", "OIHW", "NCHW"];
const NHWC: Case[3] = ["NHWC", "HWIO", "NHWC"];
const CASES: readonly Case[] = [
  ["same padding", [2, 3, 9, 11], [5, 3, 3, 3], NCHW],
  ["channels last", [2, 9, 8, 6], [3, 3, 6, 16], NHWC],
  ["one by one, read in place", [2, 5, 7, 8], [1, 1, 8, 12], NHWC, { padding: "VALID" }],
  ["read in place", [3, 8, 9, 4], [3, 2, 4, 9], NHWC, { padding: "VALID" }],
  ["strides", [2, 4, 13, 12], [8, 4, 3, 5], NCHW, { strides: [2, 3] }],
  [
    "strides longer than the kernel",
    [2, 12, 13, 8],
    [1, 2, 8, 8],
    NHWC,
    {
      strides: [3, 3],
      padding: [
        [1, 2],
        [0, 4],
      ],
    },
  ],
  ["dilated kernel", [1, 15, 14, 4], [3, 3, 4, 8], NHWC, { rhsDilation: [2, 3] }],
  [
    "dilated input",
    [2, 3, 5, 6],
    [8, 3, 3, 4],
    NCHW,
    {
      lhsDilation: [2, 3],
      padding: [
        [2, 1],
        [3, 2],
      ],
    },
  ],
  ...[3, 5, 12, 13].map((features): Case => [
    `dilated input, ${features} features: the last panel is not full`,
    [1, 5, 6, 24],
    [4, 4, 24, features],
    NHWC,
    {
      lhsDilation: [2, 2],
      padding: [
        [2, 2],
        [2, 2],
      ],
    },
  ]),
  [
    "dilated input with strides",
    [8, 3, 12, 13],
    [8, 3, 3, 4],
    NCHW,
    {
      lhsDilation: [4, 3],
      strides: [2, 2],
      padding: [
        [3, 3],
        [1, 4],
      ],
    },
  ],
  [
    "both dilated",
    [2, 6, 5, 4],
    [3, 2, 4, 8],
    NHWC,
    {
      lhsDilation: [2, 2],
      rhsDilation: [3, 2],
      padding: [
        [5, 4],
        [2, 3],
      ],
    },
  ],
  [
    "results that no tap meets",
    [4, 9, 9, 8],
    [1, 1, 8, 8],
    NHWC,
    {
      lhsDilation: [2, 2],
      padding: [
        [0, 1],
        [1, 0],
      ],
    },
  ],
  [
    "padding that cuts off",
    [2, 10, 12, 4],
    [3, 3, 4, 8],
    NHWC,
    {
      padding: [
        [-2, 1],
        [1, -3],
      ],
    },
  ],
  [
    "padding beyond everything",
    [1, 3, 3, 8],
    [2, 2, 8, 8],
    NHWC,
    {
      padding: [
        [5, 6],
        [4, 4],
      ],
    },
  ],
  ["groups of features", [2, 12, 8, 7], [8, 3, 3, 3], NCHW, { featureGroupCount: 4 }],
  ["groups of the batch", [6, 4, 8, 9], [9, 4, 3, 3], NCHW, { batchGroupCount: 3 }],
  ["groups, channels last", [2, 8, 7, 8], [3, 3, 4, 10], NHWC, { featureGroupCount: 2 }],
  ["narrow images of a batch", [9, 2, 1, 32], [2, 1, 32, 8], NHWC],
  ["one axis", [3, 40, 4], [5, 4, 9], ["NWC", "WIO", "NWC"]],
  ["three axes", [2, 3, 5, 6, 7], [4, 3, 2, 3, 3], ["NCDHW", "OIDHW", "NCDHW"]],
  ["deep", [4, 44, 9, 32], [40, 8, 32, 9], NHWC, { padding: "VALID" }],
  [
    "deep, padded",
    [9, 20, 20, 32],
    [17, 18, 32, 9],
    NHWC,
    {
      padding: [
        [0, 2],
        [1, 0],
      ],
    },
  ],
  ["like a kernel's gradient", [40, 18, 18, 5], [16, 16, 40, 8], ["CHWN", "HWIO", "NHWC"], { padding: "VALID" }],
  [
    "like a kernel's gradient with strides",
    [128, 5, 19, 19],
    [128, 8, 9, 9],
    ["CNHW", "IOHW", "CNHW"],
    {
      rhsDilation: [2, 2],
      padding: [
        [1, 0],
        [0, 1],
      ],
    },
  ],
  ["few columns", [4, 9, 9, 8], [3, 3, 8, 3], NHWC],
];
/** Of each kernel of a function, whether it has tiles. */
const heads = (f: (x: Value, w: Value) => Value, x: Value, w: Value): boolean[] =>
  compile(jl.makeJaxpr(f)(x, w)).compilation.plan.kernels.map(({ kernel }) => [...statements(kernel.body)].some((s) => s.kind === "tile"));
const whole = (shape: readonly number[], seed: number): Value =>
  np.array(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_x, i) => ((i * 37 + seed * 11 + (i >> 4)) % 7) - 3)).reshape([...shape]);

describe.each(CASES.map((c) => [c[0], c] as const))("%s", (_name, [, lhs, rhs, numbers, options = {}]) => {
  const { strides = lhs.slice(2).map(() => 1), padding = "SAME", ...rest } = options;
  const conv = (x: Value, w: Value): Value => jl.lax.convGeneralDilated(x, w, strides, padding, { dimensionNumbers: numbers, ...rest }) as Value;
  const [x, w] = [whole(lhs, 1), whole(rhs, 2)];
  const float = (v: Value): Value => v.astype("float32");
  test("tiled, and as the reduction says", () => {
    const want = conv(x.astype("int32"), w.astype("int32"));
    const got = jl.jit(conv)(float(x), float(w)) as Value;
    expect(got.shape).toEqual(want.shape);
    expect(got.tolist()).toEqual((want.astype("float32") as Value).tolist());
    expect(heads(conv, float(x), float(w))).toEqual([true]);
  });
  test("with operands that are computed, and arithmetic after it", () => {
    const before = (a: Value, b: Value): [Value, Value] => [np.maximum(a, -1), b.mul(2)];
    const after = (y: Value): Value => np.maximum(y.add(1), 0) as Value;
    const want = after(conv(...before(x.astype("int32"), w.astype("int32"))));
    const got = jl.jit((a: Value, b: Value) => after(conv(...before(a, b))))(float(x), float(w)) as Value;
    expect(got.tolist()).toEqual((want.astype("float32") as Value).tolist());
  });
});
