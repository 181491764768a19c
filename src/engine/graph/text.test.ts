// Graph text out and in: what is printed reads back to the same graph, and text that a person writes is checked.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import { generatedProgram } from "../../../test/unit/programs.ts";
import type { Value } from "../core/value.ts";
import { compileJaxpr } from "../compiler/compile.ts";
import { routine } from "../backends/library/registry.ts";
import { evaluate } from "./evaluate.ts";
import { build } from "./evaluate/tensor.ts";
import type { Graph } from "./graph.ts";
import { parseGraph } from "./parse.ts";
import { printGraph } from "./print.ts";

const exact = (g: Graph): string => printGraph(g, "main", { exact: true });
const N = Math.max(50, Math.floor(Number(process.env.JITLENS_LAWS ?? 2000) / 10));

test(`the graphs of ${N} programs, as traced and after all passes, read back as they are`, () => {
  for (let seed = 1; seed <= N; seed++) {
    const { f, args } = generatedProgram(seed);
    const c = compileJaxpr(jl.makeJaxpr((x: Value, y: Value) => [...f(x, y)])(...args));
    for (const [level, g] of [
      ["traced", c.traced],
      ["optimized", c.graph],
    ] as const) {
      const text = exact(g);
      expect(exact(parseGraph(text)), `program ${seed}, ${level}`).toBe(text);
    }
  }
});
test("what is read has the meaning of what was printed", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { f: program, args } = generatedProgram(seed);
    const { graph } = compileJaxpr(jl.makeJaxpr((x: Value, y: Value) => [...program(x, y)])(...args));
    const ins = graph.params.map((p, k) =>
      build(p.shape, p.dtype, (i) => (p.dtype.endsWith("64") && p.dtype.includes("int") ? BigInt(i % 3) : (i % 5) - k)),
    );
    const read = evaluate(parseGraph(exact(graph)), ins, { routine });
    evaluate(graph, ins, { routine }).forEach((want, i) => expect([...read[i]!.data], `program ${seed}`).toEqual([...want.data]));
  }
});
test("text by hand", () => {
  const text = `func.func @softplus(%arg0: tensor<2x3xf32>) -> (tensor<2xf32>) {
  %1 = stablehlo.constant dense<[[1.0, -0.0, nan], [inf, -inf, 0.1]]> : tensor<2x3xf32>
  %2 = "stablehlo.exponential"(%arg0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = "stablehlo.add"(%2, %1) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = "stablehlo.reduce"(%3) {dimensions = [1], kind = "add"} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %4 : tensor<2xf32>
}`;
  const g = parseGraph(text);
  expect(g.nodes.map((n) => n.op)).toEqual(["parameter", "constant", "exp", "add", "reduce"]);
  expect(g.nodes.map((n) => n.id).slice(1)).toEqual([1, 2, 3, 4]);
  expect(printGraph(g)).toBe(text);
});
test("numbers keep their type's every bit", () => {
  const text = (element: string, type: string): string => `func.func @c() -> (tensor<${type}>) {
  %0 = stablehlo.constant dense<${element}> : tensor<${type}>
  return %0 : tensor<${type}>
}`;
  for (const [element, type] of [
    ["18446744073709551615", "ui64"],
    ["-9223372036854775808", "i64"],
    ["0.1", "f32"],
    ["0.30000000000000004", "f64"],
    ["(1.5,-0.0)", "complex<f32>"],
    ["true", "i1"],
    ["[1.0, 0.5]", "2xbf16"],
    ["", "0x2xf32"],
    ["3.0", "4x4xf32"],
  ] as const)
    expect(printGraph(parseGraph(text(element, type)))).toBe(text(element, type));
});
test.each([
  [
    "func.func @f(%arg0: tensor<2xf32>) -> (tensor<2xf32>) {\n  return %arg1 : tensor<2xf32>\n}",
    /line 2: got %arg1, expected a value that is defined above/,
  ],
  [
    'func.func @f(%arg0: tensor<2xf32>) -> (tensor<2xf32>) {\n %1 = "stablehlo.sing"(%arg0) : (tensor<2xf32>) -> tensor<2xf32>\n return %1 : tensor<2xf32>\n}',
    /line 2: got "stablehlo\.sing"/,
  ],
  [
    'func.func @f(%arg0: tensor<2xf32>) -> (tensor<3xf32>) {\n %1 = "stablehlo.sine"(%arg0) : (tensor<2xf32>) -> tensor<3xf32>\n return %1 : tensor<3xf32>\n}',
    /%1 sin: it claims float32\[3\], its operands give float32\[2\]/,
  ],
  ["func.func @f(%arg0: tensor<2xq32>) -> () {\n return\n}", /expected a type such as tensor<2x3xf32> instead of tensor<2xq32>/],
  ["func.func @f(", /line 1: got the end/],
  ["func.func @f() -> () { $ }", /line 1: "\$ }" is no graph text/],
])("refused: %s", (text, message) => expect(() => parseGraph(text)).toThrow(message));
