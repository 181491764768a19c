// StableHLO's text as programs: both forms of its operations, locations, what is told by its form, and errors. JAX's own answers are held by
// test/conformance/stablehlo.jsonl.gz.
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";

const { numpy: np } = jl;
const { parse } = jl.interop.stablehlo;
const main = (signature: string, ...lines: string[]): string =>
  `module @m {\n  func.func public @main${signature} {\n${lines.map((l) => `    ${l}`).join("\n")}\n  }\n}\n`;
const f32 = (...x: number[]): Value => np.array(x, { dtype: "float32" });
const run = (text: string, ...args: Value[]): unknown[] =>
  parse(text)
    .asFun()(...args)
    .map((v) => v.tolist());
/** A program of `%arg0: tensor<4xf32>` with one result. */
const unary = (type: string, ...lines: string[]): string => main(`(%arg0: tensor<4xf32>) -> ${type}`, ...lines);
const X = [3, -1, 2, -5];

describe("both forms of an operation are read", () => {
  test.each([
    [
      "slice",
      "stablehlo.slice %arg0 [0:4:2] : (tensor<4xf32>) -> tensor<2xf32>",
      '"stablehlo.slice"(%arg0) <{start_indices = array<i64: 0>, limit_indices = array<i64: 4>, strides = array<i64: 2>}> : (tensor<4xf32>) -> tensor<2xf32>',
      "tensor<2xf32>",
      [3, 2],
    ],
    [
      "reverse",
      "stablehlo.reverse %arg0, dims = [0] : tensor<4xf32>",
      '"stablehlo.reverse"(%arg0) <{dimensions = array<i64: 0>}> : (tensor<4xf32>) -> tensor<4xf32>',
      "tensor<4xf32>",
      [-5, 2, -1, 3],
    ],
    [
      "dot_general",
      "stablehlo.dot_general %arg0, %arg0, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>",
      '"stablehlo.dot_general"(%arg0, %arg0) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [0], rhs_contracting_dimensions = [0]>}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>',
      "tensor<f32>",
      39,
    ],
    [
      "compare",
      "stablehlo.compare LT, %arg0, %arg0, TOTALORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>",
      '"stablehlo.compare"(%arg0, %arg0) <{comparison_direction = #stablehlo<comparison_direction LT>, compare_type = #stablehlo<comparison_type FLOAT>}> : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>',
      "tensor<4xi1>",
      [false, false, false, false],
    ],
    [
      "iota",
      "stablehlo.iota dim = 0 : tensor<3xi32>",
      '"stablehlo.iota"() <{iota_dimension = 0 : i64}> : () -> tensor<3xi32>',
      "tensor<3xi32>",
      [0, 1, 2],
    ],
    [
      "reduce_precision",
      "stablehlo.reduce_precision %arg0, format = e8m7 : tensor<4xf32>",
      '"stablehlo.reduce_precision"(%arg0) <{exponent_bits = 8 : i32, mantissa_bits = 7 : i32}> : (tensor<4xf32>) -> tensor<4xf32>',
      "tensor<4xf32>",
      X,
    ],
  ])("%s", (_name, own, generic, type, want) => {
    for (const op of [own, generic]) expect(run(unary(type, `%0 = ${op}`, `return %0 : ${type}`), f32(...X))).toEqual([want]);
  });
});

describe("constants", () => {
  test.each([
    ["dense<[1.5, -2.0]> : tensor<2xf32>", "tensor<2xf32>", [1.5, -2]],
    ["dense<0xFF800000> : tensor<f32>", "tensor<f32>", -Infinity],
    ["dense<7> : tensor<3xi32>", "tensor<3xi32>", [7, 7, 7]],
    ['dense<"0x0000803F000000C0"> : tensor<2xf32>', "tensor<2xf32>", [1, -2]],
    ["dense<[true, false]> : tensor<2xi1>", "tensor<2xi1>", [true, false]],
    ["dense<(1.0,-2.0)> : tensor<complex<f32>>", "tensor<complex<f32>>", { re: 1, im: -2 }],
    ["dense<-9223372036854775808> : tensor<i64>", "tensor<i64>", -9223372036854775808n],
    ["dense<> : tensor<0xf32>", "tensor<0xf32>", []],
    ["dense<[0x3F80, 0x7F80]> : tensor<2xbf16>", "tensor<2xbf16>", [1, Infinity]],
  ])("%s", (text, type, want) => expect(run(main(`() -> ${type}`, `%c = stablehlo.constant ${text}`, `return %c : ${type}`))).toEqual([want]));
});

test("a constant of megabytes", () => {
  const count = 500_000;
  const bytes = new Uint8Array(new Float32Array(count).map((_x, i) => i).buffer);
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0").toUpperCase()).join("");
  const type = `tensor<${count}xf32>`;
  const [out] = parse(main(`() -> ${type}`, `%c = stablehlo.constant dense<"0x${hex}"> : ${type}`, `return %c : ${type}`)).asFun()();
  expect([0, 1, 77_777, count - 1].map((i) => out!.dataSync()[i])).toEqual([0, 1, 77_777, count - 1]);
});

describe("what JAX writes at length is one operation of ours", () => {
  const primitives = (text: string): string[] => parse(text).jaxpr.eqns.map((e) => e.primitive.name);
  test("a window as long as the axis is a cumulative sum", () => {
    const text = unary(
      "tensor<4xf32>",
      "%cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>",
      '%0 = "stablehlo.reduce_window"(%arg0, %cst) <{padding = dense<[[3, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 4>}> ({',
      "^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):",
      "  %1 = stablehlo.add %arg1, %arg2 : tensor<f32>",
      "  stablehlo.return %1 : tensor<f32>",
      "}) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>",
      "return %0 : tensor<4xf32>",
    );
    expect(primitives(text)).toEqual(["cumsum"]);
    expect(run(text, f32(...X))).toEqual([[3, 2, 4, -1]]);
  });
  test("a reduction whose initial value changes the result keeps it", () => {
    const text = unary(
      "tensor<f32>",
      "%cst = stablehlo.constant dense<1.000000e+01> : tensor<f32>",
      "%0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>",
      "return %0 : tensor<f32>",
    );
    expect(run(text, f32(...X))).toEqual([9]);
  });
  test("a falling order keeps equal elements in place", () => {
    const text = main(
      "(%arg0: tensor<4xi32>, %arg1: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>)",
      '%0:2 = "stablehlo.sort"(%arg0, %arg1) <{dimension = 0 : i64, is_stable = true}> ({',
      "^bb0(%a: tensor<i32>, %b: tensor<i32>, %c: tensor<i32>, %d: tensor<i32>):",
      "  %1 = stablehlo.compare GT, %a, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>",
      "  stablehlo.return %1 : tensor<i1>",
      "}) : (tensor<4xi32>, tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>)",
      "return %0#0, %0#1 : tensor<4xi32>, tensor<4xi32>",
    );
    const int = (...x: number[]): Value => np.array(x, { dtype: "int32" });
    expect(run(text, int(1, 5, 1, 9), int(0, 1, 2, 3))).toEqual([
      [9, 5, 1, 1],
      [3, 1, 0, 2],
    ]);
  });
});

describe("control", () => {
  const choose = (index: string): string =>
    main(
      "(%arg0: tensor<f32>) -> tensor<f32>",
      `%i = stablehlo.constant dense<${index}> : tensor<i32>`,
      '%0 = "stablehlo.case"(%i) ({',
      "  stablehlo.return %arg0 : tensor<f32>",
      "}, {",
      "  %1 = stablehlo.negate %arg0 : tensor<f32>",
      "  stablehlo.return %1 : tensor<f32>",
      "}) : (tensor<i32>) -> tensor<f32>",
      "return %0 : tensor<f32>",
    );
  test.each([
    ["0", 2],
    ["1", -2],
    ["7", -2],
    ["-1", -2],
  ])("case %s: out of range is the last branch", (index, want) => expect(run(choose(index), np.array(2, { dtype: "float32" }))).toEqual([want]));
  test("a loop reads values from around it", () => {
    const text = main(
      "(%arg0: tensor<f32>) -> tensor<f32>",
      "%c = stablehlo.constant dense<3> : tensor<i32>",
      "%zero = stablehlo.constant dense<0> : tensor<i32>",
      "%two = stablehlo.add %arg0, %arg0 : tensor<f32>",
      "%0:2 = stablehlo.while(%i = %zero, %x = %arg0) : tensor<i32>, tensor<f32>",
      "cond {",
      "  %1 = stablehlo.compare LT, %i, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>",
      "  stablehlo.return %1 : tensor<i1>",
      "} do {",
      "  %one = stablehlo.constant dense<1> : tensor<i32>",
      "  %1 = stablehlo.add %i, %one : tensor<i32>",
      "  %2 = stablehlo.multiply %x, %two : tensor<f32>",
      "  stablehlo.return %1, %2 : tensor<i32>, tensor<f32>",
      "}",
      "return %0#1 : tensor<f32>",
    );
    expect(run(text, np.array(1, { dtype: "float32" }))).toEqual([8]);
  });
  test("map: a program of scalars at each place", () => {
    const text = unary(
      "tensor<4xf32>",
      '%0 = "stablehlo.map"(%arg0) <{dimensions = array<i64: 0>}> ({',
      "^bb0(%x: tensor<f32>):",
      "  %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>",
      "  %1 = stablehlo.add %x, %cst : tensor<f32>",
      "  stablehlo.return %1 : tensor<f32>",
      "}) : (tensor<4xf32>) -> tensor<4xf32>",
      "return %0 : tensor<4xf32>",
    );
    expect(run(text, f32(...X))).toEqual([[4, 0, 3, -4]]);
  });
  test("a composite that is not known is what it is made of", () => {
    const text = `module {
  func.func @main(%arg0: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.composite "my.twice" %arg0 {decomposition = @twice, version = 1 : i32} : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @twice(%arg0: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.add %arg0, %arg0 : tensor<f32>
    return %0 : tensor<f32>
  }
}`;
    expect(run(text, np.array(3, { dtype: "float32" }))).toEqual([6]);
  });
});

const SQUARES = `#loc1 = loc("x")
module @jit_step {
  func.func public @main(%arg0: tensor<4xf32> loc("x")) -> (tensor<f32> {jax.result_info = "result"}) {
    %0 = stablehlo.multiply %arg0, %arg0 : tensor<4xf32> loc(#loc6)
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32> loc(unknown)
    %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32> loc("jit(step)/jit(main)/reduce_sum"("old.py":9:3))
    return %1 : tensor<f32> loc(#loc1)
  } loc(#loc1)
} loc(#loc1)
#loc2 = loc("/home/me/train.py":3:11 to :24)
#loc3 = loc("/home/me/train.py":7:10)
#loc4 = loc("square"(#loc2))
#loc5 = loc(callsite(#loc4 at "step"(#loc3)))
#loc6 = loc("jit(step)/transpose(jvp(layer))/mul"(#loc5))
`;
test("equations have the lines and scopes of the text's locations", () => {
  const { jaxpr, argumentNames, name } = parse(SQUARES);
  expect([name, argumentNames]).toEqual(["jit_step", ["x"]]);
  expect(jaxpr.eqns.map((e) => [e.primitive.name, e.source.frames, e.source.nameStack.map((n) => n.name)])).toEqual([
    [
      "mul",
      [
        { file: "/home/me/train.py", line: 3, column: 11, func: "square" },
        { file: "/home/me/train.py", line: 7, column: 10, func: "step" },
      ],
      ["transpose(jvp(layer))"],
    ],
    ["reduce_sum", [{ file: "old.py", line: 9, column: 3, func: "" }], ["jit(main)"]],
  ]);
});
test("meshes of devices and shardings say nothing of the values", () => {
  const text = `module @m {
  sdy.mesh @empty_mesh = <[]> {stablehlo.mesh = {axes = []}} loc(unknown)
  sdy.mesh @mesh = <["x"=1]>
  func.func public @main(%arg0: tensor<2xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) -> tensor<2xf32> {
    %0 = sdy.sharding_constraint %arg0 <@empty_mesh, [{}]> : tensor<2xf32> loc(unknown)
    return %0 : tensor<2xf32>
  }
}`;
  expect(run(text, f32(1, 2))).toEqual([[1, 2]]);
});
test("programs of several devices are read, or say which operations are not", () => {
  const folder = new URL("../../../../test/samples/xla/", import.meta.url);
  const found = readdirSync(folder)
    .filter((f) => f.endsWith(".stablehlo.txt"))
    .sort()
    .map((f) => {
      try {
        return `${f.slice(0, -14)}: ${parse(readFileSync(new URL(f, folder), "utf8")).name}`;
      } catch (e) {
        return `${f.slice(0, -14)}: ${(e as Error).message.split("\n")[0]}`;
      }
    });
  expect(found).toMatchInlineSnapshot(`
    [
      "sharding-1-jit-in_shardings: jit__lambda",
      "sharding-2-with_sharding_constraint: jit__lambda",
      "sharding-3-grad-data-parallel: jit__lambda",
      "sharding-4-shard_map-psum: StableHLO text: these operations are not read yet: sdy.manual_computation (line 4), stablehlo.all_reduce (line 5)",
      "sharding-5-shard_map-collectives: StableHLO text: these operations are not read yet: sdy.manual_computation (line 4), stablehlo.all_gather (line 6), stablehlo.collective_permute (line 7), stablehlo.reduce_scatter (line 8), stablehlo.all_to_all (line 13), stablehlo.partition_id (line 16), stablehlo.all_reduce (line 20)",
      "sharding-6-pmap-psum: StableHLO text: these operations are not read yet: sdy.manual_computation (line 4), stablehlo.all_reduce (line 6)",
      "sharding-7-donate: jit__lambda",
      "sharding-8-vmap-spmd_axis: jit__lambda",
      "sharding-9-gspmd-constraint: jit__lambda",
      "sharding-9-gspmd-jit-in_shardings: jit__lambda",
      "sharding-9-gspmd-shard_map: StableHLO text: these operations are not read yet: custom_call @SPMDFullToShardShape (line 4), custom_call @SPMDShardToFullShape (line 7), stablehlo.all_reduce (line 11)",
    ]
  `);
});
test("a program that was read is differentiated and batched like any other", () => {
  const f = parse(SQUARES).asFun();
  expect((jl.grad((x: Value) => f(x)[0]!)(f32(...X)) as Value).tolist()).toEqual([6, -2, 4, -10]);
  expect((jl.vmap((x: Value) => f(x)[0]!)(np.stack([f32(...X), f32(1, 1, 1, 1)])) as Value).tolist()).toEqual([39, 4]);
});

describe("errors name the line, and what was expected", () => {
  test.each([
    [
      "all that is not read",
      unary(
        "tensor<4xf32>",
        "%0 = stablehlo.foo %arg0 : tensor<4xf32>",
        "%1 = stablehlo.custom_call @bar(%0) : (tensor<4xf32>) -> tensor<4xf32>",
        "return %1 : tensor<4xf32>",
      ),
      /not read yet: stablehlo\.foo \(line 3\), custom_call @bar \(line 4\)/,
    ],
    [
      "calls that give tuples",
      unary(
        "tensor<4xf32>",
        "%0 = stablehlo.custom_call @callback(%arg0) : (tensor<4xf32>) -> tuple<tensor<4xf32>>",
        "%1 = stablehlo.get_tuple_element %0[0] : (tuple<tensor<4xf32>>) -> tensor<4xf32>",
        "return %1 : tensor<4xf32>",
      ),
      /not read yet: custom_call @callback \(line 3\), stablehlo\.get_tuple_element \(line 4\)/,
    ],
    [
      "grammar",
      unary("tensor<4xf32>", "%0 = stablehlo.add %arg0, %arg0 ]", "return %0 : tensor<4xf32>"),
      /line 3: got "]", expected a colon and types/,
    ],
    ["values", unary("tensor<4xf32>", "%0 = stablehlo.abs %7 : tensor<4xf32>", "return %0 : tensor<4xf32>"), /line 3: the value %7 is not defined/],
    [
      "types",
      unary("tensor<5xf32>", "%0 = stablehlo.reverse %arg0, dims = [0] : tensor<5xf32>", "return %0 : tensor<5xf32>"),
      /line 3: reverse gives f32\[4\], the text says f32\[5\]/,
    ],
    [
      "element types",
      "func.func @main(%arg0: tensor<2xf8E4M3FN>) -> tensor<2xf8E4M3FN> {\n  return %arg0 : tensor<2xf8E4M3FN>\n}",
      /line 1: the engine has no element type f8E4M3FN/,
    ],
    [
      "sizes",
      "func.func @main(%arg0: tensor<?xf32>) -> tensor<?xf32> {\n  return %arg0 : tensor<?xf32>\n}",
      /size that is not known; export with fixed shapes/,
    ],
    [
      "constants that were left out",
      unary("tensor<4xf32>", "%0 = stablehlo.constant dense_resource<__elided__> : tensor<4xf32>", "return %0 : tensor<4xf32>"),
      /line 3: the constant's elements were left out/,
    ],
    [
      "functions",
      unary("tensor<4xf32>", "%0 = call @f(%arg0) : (tensor<4xf32>) -> tensor<4xf32>", "return %0 : tensor<4xf32>"),
      /the function @f is called, the module has @main/,
    ],
    [
      "recursion",
      unary("tensor<4xf32>", "%0 = call @main(%arg0) : (tensor<4xf32>) -> tensor<4xf32>", "return %0 : tensor<4xf32>"),
      /@main calls itself/,
    ],
    ["no module", "", /it has no function/],
    ["other text", "HloModule m\n", /line 1: got "m", expected func.func/],
    ["an end that is missing", "module @m {\n  func.func @main() -> tensor<f32> {\n", /line 3: got the end/],
    ["nesting", `func.func @main() attributes {a = ${"[".repeat(500)}} {}`, /at most 200 levels of nesting/],
  ])("%s", (_name, text, message) => expect(() => parse(text)).toThrow(message));
  test("arguments of other types", () =>
    expect(() => parse(SQUARES).asFun()(f32(1, 2))).toThrow("jit_step: the arguments are f32[2], the program takes f32[4]"));
});
