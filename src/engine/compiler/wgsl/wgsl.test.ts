// Kernels as compute shaders: how loops are spread, what is bound, and that texts are the same for the same work. What they compute is held on the GPU
// (backends/webgpu/webgpu.test.ts).
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { compileJaxpr } from "../compile.ts";
import { scheduleKernel } from "../kernel/schedule.ts";
import { verifyKernel, verifySchedule } from "../kernel/verify.ts";
import type { Plan } from "../plan/types.ts";
import { verifyPlan } from "../plan/verify.ts";
import { WGSL } from "../target.ts";
import { emitKernel } from "./kernel.ts";
import { tooLong, whyNot } from "./supports.ts";

const np = jl.numpy;
const f32 = (...shape: number[]) => jl.shapeDtypeStruct(shape, "float32");
function planOf(f: (...xs: Value[]) => Value | Value[], ...types: ReturnType<typeof f32>[]): Plan {
  const { graph, plan } = compileJaxpr(jl.makeJaxpr(f as never)(...(types as never[])), undefined, WGSL);
  expect(graph.nodes.length).toBeGreaterThan(0);
  verifyPlan(plan);
  return plan;
}
function shaders(plan: Plan) {
  return plan.steps.flatMap((s) => {
    if (s.kind !== "kernel") return [];
    const { kernel } = s.kernel;
    verifyKernel(kernel);
    const schedule = scheduleKernel(kernel, WGSL);
    verifySchedule(schedule, WGSL);
    expect(whyNot(kernel, WGSL)).toBeNull();
    return emitKernel(schedule, s.places, WGSL);
  });
}
const loopsOf = (plan: Plan): string[] => plan.kernels.map((k) => [...scheduleKernel(k.kernel, WGSL).loops.values()].map((l) => l.kind).join(" "));

test("outer loops are the grid; long reductions of few rows are shared by a work group", () => {
  expect(loopsOf(planOf((x) => x.mul(2), f32(100, 100)))).toEqual(["grid"]);
  expect(loopsOf(planOf((x) => x.sum({ axis: 1 }), f32(8, 4096)))).toEqual(["grid group"]);
  expect(loopsOf(planOf((x) => x.sum({ axis: 1 }), f32(4096, 8)))).toEqual(["grid reduce"]);
  expect(loopsOf(planOf((x) => np.matmul(x, x), f32(64, 64)))).toEqual(["grid grid group"]);
  expect(loopsOf(planOf((x) => np.matmul(x, x), f32(8, 8)))).toEqual(["grid grid reduce"]);
  expect(loopsOf(planOf((x) => x.sum(), f32(64, 64)))).toEqual(["group"]);
  expect(loopsOf(planOf((x) => jl.nn.softmax(x), f32(16, 1000)))).toEqual(["grid group group group"]);
  expect(loopsOf(planOf((x) => x.argmax({ axis: 1 }), f32(8, 4096)))).toEqual(["grid group"]);
});
test("running values: a thread has a short row, a work group a long one, many work groups a very long one", () => {
  const cumsum = (...shape: number[]) => planOf((x) => np.cumsum(x, { axis: 1 }), f32(...shape));
  expect(loopsOf(cumsum(16, 1000))).toEqual(["grid group"]);
  expect(loopsOf(cumsum(1000, 16))).toEqual(["grid sequential"]);
  expect(shaders(cumsum(16, 1000)).map((s) => s.groups)).toEqual([[16, 1]]);
  // Where rows lie across memory, neighbouring threads read neighbouring elements.
  expect(loopsOf(planOf((x) => np.cumsum(x, { axis: 0 }), f32(1000, 4096)))).toEqual(["grid sequential"]);
  expect(shaders(cumsum(3, 100_000)).map((s) => [s.groups, s.partials])).toEqual([
    [[75, 1], 300],
    [[75, 1], 300],
  ]);
});
test("work groups cover the grid, in two directions where one is too short", () => {
  expect(shaders(planOf((x) => x.add(1), f32(1000))).map((s) => s.groups)).toEqual([[4, 1]]);
  expect(shaders(planOf((x) => x.sum({ axis: 1 }), f32(8, 4096))).map((s) => s.groups)).toEqual([[8, 1]]);
  const [big] = shaders(planOf((x) => x.add(1), f32(20_000_000)));
  expect(big?.groups).toEqual([65_535, 2]);
  expect(big?.code).toContain("if (at >= 5000000) { return; }");
});
test("a long reduction of few elements is shared by many work groups, whose parts are added up", () => {
  const [parts, total] = shaders(planOf((x) => x.sum(), f32(1000, 1000)));
  expect([parts?.groups, total?.groups]).toEqual([
    [245, 1],
    [1, 1],
  ]);
  expect([parts?.partials, total?.partials]).toEqual([4 * 245, 4 * 245]);
});
test("a block of a product is a work group's", () => {
  const [s] = shaders(planOf((x, y) => np.matmul(x, y), f32(100, 70), f32(70, 65)));
  expect(s?.groups).toEqual([4 * 3, 1]);
  expect(s?.code).toContain("var<workgroup> left: array<f32, 512>;");
});
test("what follows what in one kernel is started one after another", () => {
  expect(shaders(planOf((x, y) => np.concatenate([x, y]), f32(10), f32(20)))).toHaveLength(2);
  // The operand is copied, then written to.
  expect(shaders(planOf((x) => x.at("2:4").set(1), f32(10)))).toHaveLength(2);
});
test("kernels that compute the same have the same text", () => {
  const codes = (f: (x: Value) => Value) => shaders(planOf(f, f32(32))).map((s) => s.code);
  expect(codes((x) => np.sin(x).mul(3))).toEqual(codes((x) => np.sin(x.mul(1)).mul(3)));
});
test("intermediate values are one binding, arguments are read only", () => {
  const plan = planOf((x) => [np.sort(x).add(1).gt(x), x], f32(32));
  const [s] = shaders(plan);
  expect(s?.bindings).toEqual([
    { slot: "arena", written: true },
    { slot: 0, written: false },
    { slot: 1, written: true },
  ]);
});
test("a thread has four neighbours where they lie together: words are read and written whole", () => {
  const code = (f: (...xs: Value[]) => Value, ...types: ReturnType<typeof f32>[]) => shaders(planOf(f, ...types))[0]!.code;
  const isFour = (text: string): boolean => text.includes("let four");
  expect(code((x) => x.add(1), f32(100))).toContain("array<vec4<f32>>");
  // Booleans and half types are not stored by parts of words.
  for (const f of [(x: Value) => x.gt(0), (x: Value) => x.astype("bfloat16")]) {
    expect(isFour(code(f, f32(7)))).toBe(true);
    expect(code(f, f32(7))).not.toContain("atomic");
  }
  // Rows that do not begin at a multiple of four, elements apart, and many functions are computed one by one.
  expect(isFour(code((x, y) => x.add(np.expandDims(y, 1)).gt(0), f32(6, 8), f32(6)))).toBe(true);
  expect(isFour(code((x) => x.get(":", "::2").gt(0), f32(6, 10)))).toBe(true);
  expect(isFour(code((x) => np.concatenate([x, x.add(1)], { axis: 1 }), f32(6, 7)))).toBe(false);
  expect(code((x) => np.concatenate([x.gt(0), x.gt(1)], { axis: 1 }), f32(6, 7))).toContain("array<atomic<u32>>");
  expect(isFour(code((x) => np.sin(np.tan(np.exp(x))), f32(100)))).toBe(false);
});
test("kernels without a form in WGSL are named with the reason", () => {
  const reasons = (f: (x: Value) => Value, ...types: ReturnType<typeof f32>[]) => planOf(f, ...types).kernels.map((k) => whyNot(k.kernel, WGSL));
  expect(reasons((x) => jl.scipy.special.gammaln(x), f32(4))).toEqual(["it calls lgamma"]);
  jl.config.update("enableX64", true);
  try {
    expect(reasons((x) => x.mul(2), jl.shapeDtypeStruct([4], "float64"))).toEqual(["it computes in float64"]);
  } finally {
    jl.config.update("enableX64", false);
  }
});
test("what would keep one thread for seconds is left to the CPU", () => {
  const steps = (f: (x: Value) => Value, n: number) => planOf(f, f32(n)).kernels.map((k) => tooLong(scheduleKernel(k.kernel, WGSL)));
  // Complex products change two words of an element together, which no atomic operation does.
  const products = (x: Value) => np.ones([4], "complex64").at(x.astype("int32")).multiply(x.astype("complex64"));
  expect(steps(products, 2 ** 24)).toContain(null);
  expect(steps(products, 20_000_000)).toContain("one thread would go through 20000000 steps");
  expect(steps((x) => x.sum(), 100_000_000)).toEqual([null]);
  expect(steps((x) => np.cumsum(x), 100_000_000)).toEqual([null]);
  expect(steps((x) => x.argmax(), 100_000_000)).toEqual([null]);
});
test("what a compiler might cancel, and what it might take for a number, is guarded", () => {
  const [exp] = shaders(planOf((x) => np.exp(x), f32(4)));
  expect(exp?.code).toMatch(/rounded\(v\d+\) - 12582912f/);
  const [log] = shaders(planOf((x) => np.log(x), f32(4)));
  expect(log?.code).toContain("nan()");
  const [nan] = shaders(planOf((x) => np.isnan(x), f32(4)));
  expect(nan?.code).toContain("is_nan(v0)");
});
test("code is as long as the kernel has values", () => {
  const length = (n: number) =>
    shaders(
      planOf((x) => {
        let y = x;
        for (let i = 0; i < n; i++) y = np.sin(y).add(np.flip(y));
        return y;
      }, f32(64)),
    ).reduce((sum, s) => sum + s.code.length, 0);
  expect(length(16)).toBeLessThan(2.6 * length(8));
});
