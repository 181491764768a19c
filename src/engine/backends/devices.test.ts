// Arrays know their device: where they are put they stay, calls run where their arguments are, and two devices in one call are refused.
import { afterEach, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { NDArray, Value } from "../core/value.ts";

const np = jl.numpy;
const cpu = jl.devices("cpu")[0]!;
const reference = jl.devices("reference")[0]!;
afterEach(() => jl.config.update("defaultDevice", null));
const onDefault = process.env.JITLENS_DEVICE ?? "cpu";

test("an array is on the default device until it is put elsewhere", () => {
  expect(np.ones([2]).device.platform).toBe(onDefault);
  expect(np.array([1, 2]).add(1).device.platform).toBe(onDefault);
  jl.config.update("defaultDevice", "reference");
  expect(jl.devices()[0]).toBe(reference);
  expect(np.sin(np.ones([2])).device).toBe(reference);
  jl.config.update("defaultDevice", cpu);
  expect(np.sin(np.ones([2])).device).toBe(cpu);
  expect(jl.defaultDevice("reference", () => np.sin(1).device)).toBe(reference);
  expect(jl.defaultBackend()).toBe("cpu");
});
test("devicePut moves trees and commits them; results stay there", () => {
  const t = jl.devicePut({ a: np.arange(3), b: [2] }, reference);
  expect([t.a.device, (t.a as NDArray).committed]).toEqual([reference, true]);
  const r = jl.jit((x: Value) => np.sum(np.multiply(x, 2)))(t.a) as NDArray;
  expect([r.device, r.committed, r.item()]).toEqual([reference, true, 6]);
  const back = jl.devicePut(r, "cpu");
  expect([back.device, back.add(1).device, back.item()]).toEqual([cpu, cpu, 6]);
  // What is committed nowhere follows: constants, and arrays of the default device.
  expect(t.a.add(np.ones([3]).mul(2)).tolist()).toEqual([2, 3, 4]);
});
test("arrays of two devices in one call are refused with both names", () => {
  const a = jl.devicePut(np.ones([2]), cpu);
  const b = jl.devicePut(np.ones([2]), reference);
  const both = /CpuDevice\(id=0\).*ReferenceDevice\(id=0\).*devicePut/;
  expect(() => a.add(b)).toThrow(both);
  expect(() => jl.jit((x: Value, y: Value) => x.mul(y))(a, b)).toThrow(both);
  expect(() => jl.grad((x: Value) => x.mul(b).sum())(a)).toThrow(both);
  expect(a.add(jl.devicePut(b, cpu)).tolist()).toEqual([2, 2]);
});
test("a tracer has no device", () => {
  expect(() => jl.jit((x: Value) => x.mul(x.device ? 1 : 2))(np.ones([2]))).toThrow(/x\.device needs the value of a traced array/);
});
test("memory is counted by device, and devices of other platforms are refused by name", () => {
  const before = reference.memoryStats().bytesInUse;
  const x = jl.devicePut(np.ones([1024]), reference) as NDArray;
  const held = reference.memoryStats().bytesInUse;
  expect(held - before).toBeGreaterThanOrEqual(4096);
  x.delete();
  expect(reference.memoryStats().bytesInUse).toBe(held - 4096);
  expect(() => jl.devicePut(1, "tpu")).toThrow(/devicePut: the device is "tpu", expected "cpu" or "reference"/);
});
test("a report is recorded on the device of the arguments", () => {
  const f = jl.jit(function scaled(x: Value) {
    return np.sin(x).mul(2);
  });
  const x = jl.devicePut(np.arange(4).astype("float32"), reference) as NDArray;
  const report = jl.internals.record({
    name: "scaled",
    position: { file: "devices.test.ts", line: 1, column: 1, func: "" },
    jitted: f as never, // the recorder takes any jitted function
    args: [x],
    traced: f.trace(x),
    traceMilliseconds: 0,
    values: [x],
    sources: [],
    root: null,
    versions: {},
    machine: { cpu: "", cores: 1, platform: "" },
    retraces: [],
    warnings: [],
  });
  expect(JSON.stringify(report.devices)).toMatch(/reference: plain JavaScript/);
  expect(x.device).toBe(reference);
});
