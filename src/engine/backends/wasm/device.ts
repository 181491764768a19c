// The WebAssembly device: one memory that all arrays live in, one module a program.
import type { Device } from "../device.ts";
import { WASM } from "../../compiler/target.ts";
import { heap } from "./heap.ts";
import { Executable, caller } from "./runtime.ts";
import { WasmStorage, residentBlocks } from "./storage.ts";

export const wasmDevice: Device = Object.freeze<Device>({
  id: 0,
  platform: "cpu",
  processIndex: 0,
  description: "WebAssembly with 128-bit vectors, in this thread",
  toString: () => "CpuDevice(id=0)",
  target: WASM,
  allocate: (bytes) => new WasmStorage(wasmDevice, bytes),
  write: (to, bytes) => to.bytes().set(bytes),
  read: (from) => from.read(),
  readSync: (from) => from.bytes(),
  load: (program) => new Executable(wasmDevice, program.plan),
  caller,
  memoryStats: () => ({ bytesInUse: heap.inUse, peakBytesInUse: heap.peak, liveBuffers: residentBlocks() }),
});
