// For tests: the WebGPU device on a software driver, or why it is not here. Where it must be (JITLENS_TEST_GPU=required), its absence is an error.
import { gpuEnvironment } from "../gpu.mjs";
import type { Device } from "../../src/engine/backends/device.ts";
import { webgpuDevice, webgpuMissing } from "../../src/engine/backends/webgpu/device.ts";

const found = gpuEnvironment();
Object.assign(process.env, found.env);
export const missing: string | null = found.missing ?? webgpuMissing();
if (missing !== null && process.env.JITLENS_TEST_GPU === "required") throw new Error(`the tests of WebGPU have no GPU: ${missing}`);
export const gpu: Device = webgpuDevice;
