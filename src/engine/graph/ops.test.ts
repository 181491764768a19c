// The table of operations: a row has a meaning for every element type that it accepts, and a new scalar operation is one row and its kernel form.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import { type DType, DTYPES, isComplex, isFloat } from "../core/dtypes.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { UNARY_FORMS } from "../compiler/kernel/scalar.ts";
import type { Expr, ExprBuilder } from "../compiler/kernel/ir.ts";
import { unary } from "../primitives/define.ts";
import { foldScalars } from "./evaluate/fold.ts";
import { GraphBuilder } from "./graph.ts";
import { type BinaryOp, GraphError, OPS, type UnaryOp, categoryOf, flopsOf, opNames, rowOf, transcendentalsOf, workOf } from "./ops.ts";
import { scalarRow } from "./ops/row.ts";

const np = jl.numpy;
const f32 = (...shape: number[]): { shape: number[]; dtype: DType } => ({ shape, dtype: "float32" });
const accepts = (op: UnaryOp | BinaryOp, d: DType): boolean => {
  const operands = Array.from({ length: rowOf(op).arity! }, () => ({ shape: [], dtype: d }));
  try {
    rowOf(op).infer(operands, {}, []);
    return true;
  } catch (e) {
    if (e instanceof GraphError) return false;
    throw e;
  }
};
const scalars = opNames().filter((op) => rowOf(op).scalar !== null) as (UnaryOp | BinaryOp)[];

test("a scalar row has a meaning for every type that it accepts", () => {
  for (const op of scalars)
    for (const d of Object.keys(DTYPES).filter((k) => k !== "key<fry>" && k !== "float0") as DType[]) {
      if (!accepts(op, d)) continue;
      const { real, int, long, complex } = rowOf(op).scalar!;
      const form = isComplex(d) ? complex : isFloat(d) ? real : d === "int64" || d === "uint64" ? long : int;
      expect(form, `${op} of ${d}`).toBeTypeOf("function");
    }
});
test("costs and names are said, none is a default", () => {
  for (const op of opNames()) {
    expect(rowOf(op).stablehlo, op).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(rowOf(op).flops, op).toBeGreaterThanOrEqual(0);
  }
  const g = new GraphBuilder();
  const [x, y] = [g.param(f32(4, 8)), g.param(f32(8, 2))];
  const dot = g.node("dot", [x, y], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [f32(4, 2)]);
  expect(workOf(dot)).toBe(2 * 4 * 8 * 2);
  expect([categoryOf(dot), categoryOf(g.convert(x, "int32")), categoryOf(g.transpose(x, [1, 0])), categoryOf(x)]).toEqual([
    "contraction",
    "elementwise",
    "movement",
    "input",
  ]);
  expect(flopsOf(g.binary("igamma", x, x))).toBeGreaterThan(100);
});
test("types are inferred and operands checked", () => {
  const g = new GraphBuilder();
  const [x, i] = [g.param(f32(2, 3)), g.param({ shape: [2, 3], dtype: "int32" })];
  expect(g.unary("is_finite", x).type).toEqual({ shape: [2, 3], dtype: "bool" });
  expect(g.binary("complex", x, x).dtype).toBe("complex64");
  expect(() => g.binary("add", x, i)).toThrow(/add: the operands are float32\[2,3\] and int32\[2,3\]/);
  expect(() => g.unary("sin", i)).toThrow(/sine is not defined for int32/);
  expect(() => g.transpose(x, [0, 0])).toThrow(GraphError);
  expect(() => g.slice(x, [0, 2], [2, 5], [1, 1])).toThrow(/do not lie in float32\[2,3\]/);
  expect(() => g.reshape(x, [7])).toThrow(/differ in size/);
});
test("constants fold to the type's own arithmetic, and only where a row says so", () => {
  expect(foldScalars("add", [2 ** 31 - 1, 1], "int32", "int32")).toBe(-(2 ** 31));
  expect(foldScalars("mul", [200, 2], "uint8", "uint8")).toBe(144);
  expect(foldScalars("add", [2n ** 63n - 1n, 1n], "int64", "int64")).toBe(-(2n ** 63n));
  expect(foldScalars("add", [1, 2 ** -9], "bfloat16", "bfloat16")).toBe(1);
  expect(foldScalars("sub", [0, 3], "float32", "float32")).toBe(-3);
  expect(foldScalars("sin", [1], "float32", "float32")).toBeNull();
});

describe("a new scalar operation", () => {
  // What adding one takes: its row, and its form in kernels. Both tables refuse at compile time to leave one out.
  const name = "softsign" as UnaryOp;
  const row = scalarRow(1, { stablehlo: "softsign", kinds: ["f"], flops: 3, real: (x) => x / (1 + Math.abs(x)) });
  const form = (b: ExprBuilder, x: Expr): Expr => b.op("div", [x, b.op("add", [b.const(1, x.dtype), b.op("abs", [x], x.dtype)], x.dtype)], x.dtype);
  const ops = OPS as Record<string, typeof row>;
  const forms = UNARY_FORMS as Record<string, typeof form>;
  beforeAll(() => {
    ops[name] = row;
    forms[name] = form;
  });
  afterAll(() => {
    delete ops[name];
    delete forms[name];
  });
  const softsign = unary("softsign_of_a_test", { dtypes: ["f"], jvp: "zero", lower: (g, x) => g.unary(name, x) });
  const f = jl.jit(function program(x: Value) {
    return bind1(softsign, [x.mul(2)], {}).add(1);
  });
  const x = np.array([-1.5, 0, 0.5, 3]);
  const want = [-0.75 + 1, 1, 1.5, 6 / 7 + 1];

  test("is inferred, printed and costed", () => {
    const lowered = f.lower(x);
    expect(lowered.asText()).toMatch(/"stablehlo\.softsign"\(.*\) : \(tensor<4xf32>\) -> tensor<4xf32>/);
    expect(lowered.compile().costAnalysis()).toMatchObject({ flops: 12, transcendentals: 0 });
    const g = new GraphBuilder();
    const n = g.unary(name, g.param(f32(4)));
    expect([n.type, categoryOf(n), flopsOf(n), workOf(n), transcendentalsOf(n)]).toEqual([f32(4), "elementwise", 3, 4, 0]);
    expect(() => g.unary(name, g.param({ shape: [4], dtype: "int32" }))).toThrow(/softsign is not defined for int32/);
  });
  test.each(["cpu", "reference"])("runs on %s", (device) => {
    const got = jl.defaultDevice(device, () => f(x).tolist()) as number[];
    got.forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 5));
  });
  test("cannot be half there", () => {
    // @ts-expect-error a table over the operations that lacks one does not compile
    const costs: Readonly<Record<UnaryOp, number>> = { abs: 1 };
    expect(costs.abs).toBe(1);
  });
});
