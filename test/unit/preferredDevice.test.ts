// What a person prefers is used where it is; else the CPU, and the reason is said.
import { afterEach, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { useDevice } from "../../src/host/runner/device.ts";
import { missing } from "./onGpu.ts";

const file = import.meta.filename;
afterEach(() => jl.config.update("defaultDevice", null));

test("without a wish nothing changes", () => {
  expect(useDevice(jl, { file })).toBeNull();
  expect(jl.config.defaultDevice).toBeNull();
});
test("a device that is here becomes the default one", () => {
  expect(useDevice(jl, { file, prefers: "reference" })).toBeNull();
  expect(jl.numpy.ones([2]).device.platform).toBe("reference");
});
test("one that is not here leaves the CPU, with the reason", () => {
  expect(useDevice(jl, { file, prefers: "tpu" })).toMatch(
    /^this ran on the CPU, though the setting jitlens\.device is "tpu": the device is "tpu", expected "cpu"/,
  );
  expect(jl.numpy.ones([2]).device.platform).toBe("cpu");
});
test.skipIf(missing !== null)("the GPU", () => {
  expect(useDevice(jl, { file, prefers: "webgpu" })).toBeNull();
  expect(jl.numpy.ones([2]).mul(3).tolist()).toEqual([3, 3]);
  expect(jl.numpy.ones([2]).mul(3).device.platform).toBe("webgpu");
});
