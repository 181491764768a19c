// Small programs that each weigh on one class of instructions: what a machine's costs are measured with.
import { fromTyped } from "../../core/arrays.ts";
import { scalarArray } from "../../core/arrays.ts";
import { ShapedArray } from "../../core/aval.ts";
import { type DType, allocate, isFloat } from "../../core/dtypes.ts";
import type { NDArray } from "../../core/value.ts";
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
const take: Build = (g) =>
  g.node(
    "gather",
    [g.param(f32(N)), g.param(of([N, 1], "int32"))],
    {
      offsetDims: [],
      collapsedSliceDims: [0],
      startIndexMap: [0],
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
      sliceSizes: [1],
      mode: "clip",
      fillValue: 0,
    },
    [f32(N)],
  );
const product =
  (rows: number, depth: number, columns: number): Build =>
  (g) =>
    g.node("dot", [g.param(f32(rows, depth)), g.param(f32(depth, columns))], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [
      f32(rows, columns),
    ]);

const BUILDS: Readonly<Record<string, Build>> = {
  copy: chainOf("float32", 1),
  arithmetic: chainOf("float32", 16),
  exponential: (g) => g.unary("exp", g.param(f32(N))),
  tanh: (g) => g.unary("tanh", g.param(f32(N))),
  logarithm: (g) => g.unary("log", g.param(f32(N))),
  division: (g) => {
    const x = g.param(f32(N));
    return g.binary("div", g.unary("sqrt", x), chain(g, x, 2));
  },
  doubles: chainOf("float64", 16),
  "division of doubles": (g) => {
    const x = g.param(of([N], "float64"));
    return g.binary("div", x, g.binary("add", x, x));
  },
  "long integers": chainOf("int64", 12),
  halves: chainOf("float16", 2),
  gather: take,
  transpose: (g) => g.transpose(g.param(f32(128, 128)), [1, 0]),
  reverse: (g) => g.node("reverse", [g.param(f32(N))], { dims: [0] }, [f32(N)]),
  "sums of rows": (g) => g.reduce(g.param(f32(128, 128)), [1], "add"),
  "sums of short rows": (g) => g.reduce(g.param(f32(4096, 3)), [1], "add"),
  product: product(64, 64, 64),
  "small product": product(2, 64, 64),
};
/** Larger than the caches of a core. */
export const LARGE = 2 ** 20;
const MEMORY: Build = (g) => chain(g, g.param(f32(LARGE)), 1);

/** Sorts of rows: what JavaScript takes for a step of a routine. */
const ROUTINE: Build = (g) => {
  const x = g.param(f32(4, 1024));
  return g.library("sort", [x], { dimension: 1, numKeys: 1 }, [x.type])[0]!;
};
export const routineMicro = (): Micro => micro("routine", ROUTINE);
export const micros = (): Micro[] => Object.entries(BUILDS).map(([name, build]) => micro(name, build));
export const memoryMicro = (): Micro => micro("memory", MEMORY);

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
    else data[i] = isFloat(dtype) && dtype !== "float16" ? 0.5 + ((i * 37) % 101) / 101 : 0x3c00;
  }
  return fromTyped(data, shape, dtype, false);
}
