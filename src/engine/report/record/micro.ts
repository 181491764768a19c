// Small programs that each weigh on one cost: what a machine's costs are measured with.
import { fromTyped } from "../../core/arrays.ts";
import { scalarArray } from "../../core/arrays.ts";
import { ShapedArray } from "../../core/aval.ts";
import { type DType, allocate, isFloat } from "../../core/dtypes.ts";
import type { NDArray } from "../../core/value.ts";
import type { CostClass } from "../../compiler/cost/table.ts";
import { type Graph, GraphBuilder, type Node } from "../../graph/graph.ts";

export interface Micro {
  readonly name: string;
  readonly graph: Graph;
  readonly args: readonly NDArray[];
}
const N = 16_384;
type Build = (g: GraphBuilder) => Node;
const f32 = (...shape: number[]) => ({ shape, dtype: "float32" as DType });
const of = (shape: number[], dtype: DType) => ({ shape, dtype });
const splat = (g: GraphBuilder, value: number, x: Node): Node => g.splat(g.constant(scalarArray(value, new ShapedArray([], x.dtype))), x.shape);
/** A chain of multiplications and additions, as long as a common elementwise kernel. */
function chain(g: GraphBuilder, x: Node, length: number): Node {
  const half = splat(g, 1, x);
  let y = x;
  for (let i = 0; i < length; i++) y = g.binary(i % 2 ? "mul" : "add", y, i % 3 ? x : half);
  return y;
}
const chainOf =
  (dtype: DType, length: number): Build =>
  (g) =>
    chain(g, g.param(of([N], dtype)), length);
const product =
  (rows: number, depth: number, columns: number): Build =>
  (g) =>
    g.node("dot", [g.param(f32(rows, depth)), g.param(f32(depth, columns))], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [
      f32(rows, columns),
    ]);

/** A chain of functions: each waits for the one before it. */
const functions: Build = (g) => g.unary("tanh", g.unary("sin", g.unary("tanh", g.param(f32(N / 4)))));
/** Six arrays, added up. */
const six: Build = (g) => {
  const [first, ...rest] = Array.from({ length: 6 }, () => g.param(f32(N / 4)));
  return rest.reduce((s, x) => g.binary("add", s, x), first!);
};
const padded: Build = (g) => {
  const zero = g.constant(scalarArray(0, new ShapedArray([], "float32")));
  return g.node("pad", [g.param(f32(64, 128)), zero], { low: [2, 2], high: [2, 2], interior: [0, 0] }, [f32(68, 132)]);
};
/** Doubles that end in booleans: such loops have no lanes. */
const compared =
  (size: number, compute: (g: GraphBuilder, x: Node) => Node): Build =>
  (g) => {
    const x = g.param(of([size], "float64"));
    return g.compare("lt", compute(g, x), x);
  };
/** What each cost is solved from: a program that weighs on it more than on any other, beside those that are known by then. */
const BUILDS: readonly (readonly [Solved, string, Build])[] = [
  ["lanes", "exponential", (g) => g.unary("exp", g.param(f32(N)))],
  ["access", "six arrays", six],
  ["iteration", "copy", chainOf("float32", 1)],
  [
    "lanesDivide",
    "division",
    (g) => {
      const x = g.param(f32(N));
      return g.binary("div", g.unary("sqrt", x), chain(g, x, 2));
    },
  ],
  ["wait", "functions", functions],
  ["carry", "sums of columns", (g) => g.reduce(g.param(f32(150, 76)), [0], "add")],
  ["single", "comparison of doubles", compared(N, (g, x) => chain(g, x, 1))],
  ["scalar", "doubles", compared(N, (g, x) => chain(g, x, 16))],
  ["divide", "division of doubles", compared(N / 4, (g, x) => g.binary("div", x, g.binary("add", x, x)))],
  [
    "quotient",
    "remainders",
    (g) => {
      const x = g.param(of([N / 4], "int32"));
      return g.binary("rem", x, g.param(x.type));
    },
  ],
  ["pack", "reverse", (g) => g.node("reverse", [g.param(f32(N))], { dims: [0] }, [f32(N)])],
  ["integer", "padding", padded],
  ["strided", "transpose", (g) => g.transpose(g.param(f32(1000, 250)), [1, 0])],
  ["crowded", "columns of a power of two", (g) => g.transpose(g.slice(g.param(f32(512, 1024)), [0, 0], [512, 32], [1, 1]), [1, 0])],
  ["half", "halves", chainOf("float16", 2)],
  ["loop", "sums of short rows", (g) => g.reduce(g.param(f32(2048, 5)), [1], "add")],
  ["tile", "product", product(64, 64, 64)],
  ["launch", "eight elements", (g) => chain(g, g.param(f32(8)), 1)],
];
/** The costs that are solved, one from each program. */
export type Solved = CostClass | "wait" | "carry" | "launch";

/** A routine in lanes and a plain one: what routines take on this machine. */
const ROUTINES = {
  lanes(g) {
    const x = g.param(f32(16, 1024));
    return g.library("sort", [x], { dimension: 1, numKeys: 1 }, [x.type])[0]!;
  },
  plain(g) {
    const x = g.param(f32(24, 24));
    return g.library("qr", [x], { fullMatrices: false, pivoting: false }, [x.type, x.type])[1]!;
  },
} satisfies Record<string, Build>;
export const routineMicros = () => ({ lanes: micro("sort", ROUTINES.lanes), plain: micro("qr", ROUTINES.plain) });
export const micros = (): (Micro & { readonly solves: Solved })[] => BUILDS.map(([solves, name, build]) => ({ solves, ...micro(name, build) }));

function micro(name: string, build: Build): Micro {
  const g = new GraphBuilder(name);
  const graph = g.build([build(g)]);
  return { name, graph, args: graph.params.map((p) => values(p.shape, p.dtype)) };
}
/** Numbers around one; indices all over the array. */
function values(shape: readonly number[], dtype: DType): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = allocate(dtype, size);
  for (let i = 0; i < size; i++) {
    if (dtype === "int64") data[i] = BigInt((i % 7) + 1);
    else if (dtype === "int32") data[i] = (i * 7919) % N;
    else data[i] = isFloat(dtype) && dtype !== "float16" ? 0.5 + (Math.imul(i + 1, 0x9e3779b1) >>> 8) / 2 ** 24 : 0x3c00;
  }
  return fromTyped(data, shape, dtype, false);
}
