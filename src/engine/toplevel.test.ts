import { expect, test } from "vitest";
import * as jl from "./index.ts";
const { numpy: np, tree } = jl;

test("contexts change the configuration for one call, also where it throws", () => {
  expect(jl.enableX64(() => np.ones([2], "float64").dtype)).toBe("float64");
  expect(() => jl.debugNans(() => np.log(np.array([-1])))).toThrow(/log/);
  expect(jl.config.debugNans).toBe(false);
  const readable = jl.jit((x: jl.Value) => (Number(x.item()) > 0 ? x : x.neg()));
  expect(Number((jl.disableJit(() => readable(np.array(-2))) as jl.Value).item())).toBe(2);
  // An asynchronous body would outlive the setting.
  expect(() => jl.enableX64(async () => Promise.resolve())).toThrow(/config\.update\("enableX64", true\)/);
});
test("a switch that cannot be one says what to do instead", () => {
  expect(() => jl.config.update("checkTracerLeaks" as never, true as never)).toThrow(/await checkTracerLeaks\(\(\) => …\)/);
});
test("devices: the default first, by platform, by name", async () => {
  const platform = process.env.JITLENS_DEVICE ?? "cpu";
  // A GPU is listed where there is one.
  const others = jl.devices().filter((d) => d.platform !== "webgpu" || platform === "webgpu");
  expect(others.map(String).sort()).toEqual(["CpuDevice(id=0)", "ReferenceDevice(id=0)"]);
  expect(jl.devices()[0]?.platform).toBe(platform);
  expect(String(jl.devices("cpu")[0])).toBe("CpuDevice(id=0)");
  expect([jl.deviceCount(), jl.defaultBackend(), jl.processCount()]).toEqual([1, platform, 1]);
  expect(() => jl.devices("tpu")).toThrow(/"tpu", expected "cpu"/);
  expect(() => jl.config.update("defaultDevice", "gpu")).toThrow(/"gpu", expected "cpu" or "reference"/);
  const t = { a: np.arange(3), b: 1 };
  expect(await jl.blockUntilReady(t)).toBe(t);
  expect([...(jl.deviceGet(t) as { a: Int32Array }).a]).toEqual([0, 1, 2]);
});
test("typeof gives the abstract value", () => expect(String(jl.typeof(np.ones([2, 3])))).toBe("f32[2,3]"));
test("trees with paths", () => {
  const t = { w: [np.ones([2]), 5], b: null };
  expect(tree.leavesWithPath(t).map(([p]) => tree.keystr(p))).toEqual([".w[0]", ".w[1]"]);
  expect(tree.mapWithPath((p, x: number) => `${tree.keystr(p)}=${x}`, { a: 1, c: [2] })).toEqual({ a: ".a=1", c: [".c[0]=2"] });
  expect(tree.broadcast({ a: 1, c: 2 }, { a: [0, 0], c: 9 })).toEqual({ a: [1, 1], c: 2 });
});
test("ravelPytree there and back, under grad and vmap", () => {
  const t = { w: np.arange(4).reshape([2, 2]).astype("float32"), n: np.array([7], { dtype: "int32" }) },
    [flat, back] = jl.flattenUtil.ravelPytree(t);
  expect(flat.tolist()).toEqual([7, 0, 1, 2, 3]);
  const again = back(flat) as typeof t;
  expect([again.w.tolist(), again.n.dtype]).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    "int32",
  ]);
  expect(() => back(np.ones([4]))).toThrow(/shape \[4\], expected \[5\]/);
  const g = jl.grad((v: jl.Value) => np.sum((back(v) as typeof t).w.mul(3)))(flat.astype("float32"));
  expect((g as jl.Value).tolist()).toEqual([0, 3, 3, 3, 3]);
});
test("checkGrads passes a right derivative and throws for a wrong one", () => {
  const x = np.array([0.3, -0.7, 1.1]);
  jl.testUtil.checkGrads((v: jl.Value) => np.sin(v).mul(v), [x], 2);
  jl.testUtil.checkGrads((p: { a: jl.Value }) => ({ y: np.exp(p.a) }), [{ a: x }], 2);
  const wrong = jl.customJvp((v: jl.Value) => v.mul(v));
  wrong.defjvp(([v]: readonly jl.Value[], [t]: readonly jl.Value[]) => [v!.mul(v!), t!.mul(v!)]);
  expect(() => jl.testUtil.checkGrads(wrong as never, [x], 1)).toThrow(/checkJvp: output 0/);
});
test("XLA's generators", () => {
  const [next, bits] = jl.lax.rngBitGenerator(np.array([1, 2, 3, 4], { dtype: "uint32" }), [3]);
  expect([next.dtype, bits.dtype, bits.shape]).toEqual(["uint32", "uint32", [3]]);
  expect(() => jl.lax.rngBitGenerator(np.ones([4]), [3])).toThrow(/the state is f32\[4\], expected uint32\[4\] or uint64\[2\]/);
  const u = jl.lax.rngUniform(np.array(2.5), np.array(3.5), [50]);
  expect(np.all(u.ge(2.5).and(u.lt(3.5))).item()).toBe(true);
});
