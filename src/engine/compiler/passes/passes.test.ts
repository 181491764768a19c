// Each pattern of the passes by one line: a graph in, what is left of it out; and what looks like a pattern and is none.
import { describe, expect, test } from "vitest";
import "../../index.ts";
import { fromTyped, scalarArray } from "../../core/arrays.ts";
import { ShapedArray } from "../../core/aval.ts";
import type { DType } from "../../core/dtypes.ts";
import { Graph, GraphBuilder, type Node } from "../../graph/graph.ts";
import { runPasses } from "./pipeline.ts";
import { PATTERNS } from "./simplify.ts";

type Build = (g: GraphBuilder, x: Node, y: Node) => Node;
const f32 = (...shape: number[]): { shape: number[]; dtype: "float32" } => ({ shape, dtype: "float32" });
const num = (g: GraphBuilder, v: number, dtype: DType = "float32"): Node => g.constant(scalarArray(v, new ShapedArray([], dtype)));
const full = (g: GraphBuilder, v: number, like: Node): Node => g.splat(num(g, v, like.dtype), like.shape);
/** What a node is, as text: `sub(0, x)`; movement with its attributes. */
function show(n: Node, params: readonly Node[]): string {
  if (n.is("parameter")) return ["x", "y"][params.indexOf(n)]!;
  if (n.is("constant")) return String(n.attrs.value.dataSync()[0]);
  const inputs = n.inputs.map((i) => show(i, params));
  if (n.is("broadcast") && n.inputs[0]!.shape.length === 0) return inputs[0]!;
  if (n.is("transpose")) inputs.push(`[${n.attrs.permutation.join()}]`);
  if (n.is("broadcast")) inputs.push(`[${n.attrs.dims.join()}]`);
  if (n.is("reshape", "broadcast")) inputs.push(`[${n.shape.join()}]`);
  if (n.is("slice")) inputs.push(`from [${n.attrs.start.join()}]`);
  if (n.is("convert")) inputs.push(n.dtype);
  return `${n.op}(${inputs.join(", ")})`;
}
/** The result after all passes, and the names of the patterns that fired. */
function simplified(build: Build, type: { shape: number[]; dtype: DType } = f32(4, 6)): { text: string; fired: string[] } {
  const g = new GraphBuilder("f");
  const [x, y] = [g.param(type), g.param(type)];
  const { graph, records } = runPasses(g.build([build(g, x, y)]));
  const fired = records.flatMap((r) => r.changed.map((c) => c.replace(/ ×\d+$/, "")));
  return { text: show(graph.outs[0]!, graph.params), fired };
}
const CASES: readonly (readonly [pattern: string, build: Build, text: string])[] = [
  ["x + 0, x − 0 → x", (g, x) => g.binary("sub", x, full(g, 0, x)), "x"],
  ["x + 0, x − 0 → x", (g, x) => g.binary("add", full(g, 0, x), x), "x"],
  ["x · 1, x / 1 → x", (g, x) => g.binary("div", x, full(g, 1, x)), "x"],
  ["x · 1, x / 1 → x", (g, x) => g.binary("mul", full(g, 1, x), x), "x"],
  ["max(x, −∞), min(x, ∞) → x", (g, x) => g.binary("max", full(g, -Infinity, x), x), "x"],
  ["fold constants", (g, x) => g.binary("mul", x, g.binary("add", full(g, 2, x), full(g, 3, x))), "mul(x, 5)"],
  [
    "fold a converted constant",
    (g, x) => g.binary("mul", x, g.convert(full(g, 2, g.iota({ shape: [4, 6], dtype: "int32" }, 0)), "float32")),
    "mul(x, 2)",
  ],
  ["neg neg, not not, conj conj → identity", (g, x) => g.unary("neg", g.unary("neg", x)), "x"],
  ["convert to the same type → x", (g, x) => g.node("convert", [x], {}, [x.type]), "x"],
  ["select by a constant", (g, x, y) => g.select(g.splat(num(g, 0, "bool"), [4, 6]), x, y), "y"],
  ["select by a constant", (g, x, y) => g.select(g.compare("lt", x, y), x, x), "x"],
  ["reshape of reshape", (g, x) => g.unary("neg", g.reshape(g.reshape(x, [24]), [6, 4])), "neg(reshape(x, [6,4]))"],
  ["reshape of a spread scalar", (g, x) => g.binary("mul", g.reshape(x, [24]), g.reshape(full(g, 2, x), [24])), "mul(reshape(x, [24]), 2)"],
  ["transpose that moves only dimensions of size 1 → reshape", (g, x) => g.transpose(g.reshape(x, [4, 1, 6]), [1, 0, 2]), "reshape(x, [1,4,6])"],
  ["broadcast of broadcast", (g, x) => g.broadcast(g.broadcast(x, [6, 4, 2], [1, 0]), [5, 2, 6, 4], [2, 3, 1]), "broadcast(x, [3,2], [5,2,6,4])"],
  ["broadcast that changes nothing → reshape", (g, x) => g.broadcast(x, [1, 4, 6], [1, 2]), "reshape(x, [1,4,6])"],
  ["slice of everything → x", (g, x) => g.slice(x, [0, 0], [4, 6], [1, 1]), "x"],
  ["pad by nothing → x", (g, x) => g.node("pad", [x, num(g, 0)], { low: [0, 0], high: [0, 0], interior: [0, 0] }, [x.type]), "x"],
  ["reduce over dimensions of size 1 → reshape", (g, x) => g.reduce(g.reshape(x, [4, 1, 6]), [1], "add"), "x"],
  [
    "matrix by columns · vector → vector · matrix",
    (g, x, y) => {
      const attrs = { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] };
      return g.node("dot", [g.transpose(x, [1, 0]), g.reduce(y, [1], "add")], attrs, [f32(6)]);
    },
    "dot(reduce(y), x)",
  ],
  ["reverse of dimensions of size 1 → x", (g, x) => g.node("reverse", [g.reshape(x, [1, 24])], { dims: [0] }, [f32(1, 24)]), "reshape(x, [1,24])"],
  ["concatenate of one → x", (g, x) => g.node("concatenate", [x, g.slice(x, [0, 0], [0, 6], [1, 1])], { dim: 0 }, [x.type]), "x"],
  [
    "dynamic slice at constants → slice",
    (g, x) => g.node("dynamic_slice", [x, num(g, 9, "int32"), num(g, -3, "int32")], {}, [f32(2, 6)]),
    "slice(x, from [2,0])",
  ],
];
describe("patterns", () => {
  test.each(CASES)("%s (%#)", (pattern, build, text) => {
    const r = simplified(build);
    expect(r.text).toBe(text);
    expect(r.fired).toContain(pattern);
  });
  test("transpose of transpose, in the order in which they are applied", () => {
    const r = simplified((g, x) => g.transpose(g.transpose(x, [2, 0, 1]), [1, 0, 2]), f32(2, 3, 4) as never);
    expect(r).toEqual({ text: "transpose(x, [0,2,1])", fired: ["transpose of transpose"] });
  });
  test("each has a case", () => {
    const named = new Set([...CASES.map(([p]) => p), "transpose of transpose"]);
    expect(PATTERNS.map((p) => p.name).filter((p) => !named.has(p))).toEqual([]);
  });
});
const NOT: readonly (readonly [string, Build, string])[] = [
  ["0 − x", (g, x) => g.binary("sub", full(g, 0, x), x), "sub(0, x)"],
  ["1 / x", (g, x) => g.binary("div", full(g, 1, x), x), "div(1, x)"],
  ["x · 0: NaN and infinities stay", (g, x) => g.binary("mul", x, full(g, 0, x)), "mul(x, 0)"],
  ["x − x", (g, x) => g.binary("sub", x, x), "sub(x, x)"],
  ["x / x", (g, x) => g.binary("div", x, x), "div(x, x)"],
  ["max(x, ∞): NaN stays", (g, x) => g.binary("max", x, full(g, Infinity, x)), "max(x, Infinity)"],
  ["a slice of a part", (g, x) => g.slice(x, [1, 0], [4, 6], [1, 1]), "slice(x, from [1,0])"],
  ["a broadcast that transposes", (g, x) => g.broadcast(x, [6, 4], [1, 0]), "broadcast(x, [1,0], [6,4])"],
  ["a conversion that rounds", (g, x) => g.convert(g.convert(x, "float16"), "float32"), "convert(convert(x, float16), float32)"],
  [
    "rounding in another order",
    (g, x) => g.binary("add", g.binary("add", x, full(g, 0.1, x)), full(g, 0.2, x)),
    `add(add(x, ${Math.fround(0.1)}), ${Math.fround(0.2)})`,
  ],
];
test.each(NOT)("is left alone: %s", (_what, build, text) => expect(simplified(build).text).toBe(text));
test("constants fold with the rounding and the wrapping of their type", () => {
  const fold = (dtype: DType, op: "add" | "mul" | "sub", a: number, b: number): string =>
    simplified((g, x) => g.binary("max", g.binary(op, full(g, a, x), full(g, b, x)), x), { shape: [4], dtype }).text;
  expect(fold("float32", "add", 16777216, 1)).toBe("max(16777216, x)");
  expect(fold("int32", "mul", 65537, 65537)).toBe("max(131073, x)");
  expect(fold("int32", "add", 2147483647, 1)).toBe("max(-2147483648, x)");
  expect(fold("uint32", "sub", 0, 1)).toBe("max(4294967295, x)");
});
describe("what is computed once", () => {
  const nodes = (build: (g: GraphBuilder, x: Node) => readonly Node[]): Graph => {
    const g = new GraphBuilder("f");
    return runPasses(g.build(build(g, g.param(f32(4))))).graph;
  };
  test("equal operations on equal operands", () => {
    const { outs } = nodes((g, x) => [g.unary("sin", x), g.unary("sin", x)]);
    expect(outs[0]).toBe(outs[1]);
  });
  test("attributes count", () => {
    const { outs } = nodes((g, x) => [g.compare("lt", x, x), g.compare("le", x, x), g.slice(x, [0], [2], [1]), g.slice(x, [2], [4], [1])]);
    expect(new Set(outs).size).toBe(4);
  });
  test("types count", () => {
    const { outs } = nodes((g, x) => [g.convert(x, "int32"), g.convert(x, "float16")]);
    expect(outs[0]).not.toBe(outs[1]);
  });
  test("0 is not −0, and 1 as float32 not 1 as int32", () => {
    const { outs } = nodes((g) => [num(g, 0), num(g, -0), num(g, 1), num(g, 1, "int32")]);
    expect(new Set(outs).size).toBe(4);
  });
  test("arrays by identity", () => {
    const array = fromTyped(new Float32Array([1, 2, 3, 4]), [4], "float32");
    const { outs } = nodes((g, x) => [g.binary("add", x, g.constant(array)), g.binary("add", x, g.constant(array))]);
    expect(outs[0]).toBe(outs[1]);
  });
  test("callbacks, loops and barriers are never joined", () => {
    const { outs } = nodes((g, x) => [g.node("barrier", [x], {}, [x.type]), g.node("barrier", [x], {}, [x.type])]);
    expect(outs[0]).not.toBe(outs[1]);
  });
  test("the equations of all stay with the one", () => {
    const g = new GraphBuilder("f");
    const x = g.param(f32(4));
    const [a, b] = [{ id: 1 }, { id: 2 }] as never[];
    g.origin = [a!];
    const first = g.unary("sin", x);
    g.origin = [b!];
    const { graph } = runPasses(g.build([first, g.unary("sin", x)]));
    expect(graph.outs[0]!.origin).toEqual([a, b]);
  });
});
test("what nothing needs is dropped, effects are kept", () => {
  const g = new GraphBuilder("f");
  const x = g.param(f32(4));
  g.unary("sin", x);
  g.node("callback", [x], { call: () => [], effectful: true }, [f32(0)]);
  const { graph } = runPasses(g.build([g.unary("cos", x)]));
  expect(graph.nodes.map((n) => n.op)).toEqual(["parameter", "callback", "cos"]);
});
