// What goes wrong on a GPU: memory that is used up, a device that is gone, a shader that is refused, features that a driver has not.
import { afterEach, describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { NDArray, Value } from "../../core/value.ts";
import { gpu, missing } from "../../../../test/unit/onGpu.ts";
import { Connection } from "./connection.ts";
import { loseWebgpu, setWebgpuBudget } from "./device.ts";

const np = jl.numpy;
const MiB = 2 ** 20;
describe.skipIf(missing !== null)("faults of a GPU", () => {
  let budget: number | null = null;
  afterEach(() => {
    if (budget !== null) setWebgpuBudget(budget);
    budget = null;
  });
  test("arrays that no program uses are moved out when the budget is used up, and come back", () => {
    const used = gpu.memoryStats().bytesInUse;
    budget = setWebgpuBudget(used + 8 * MiB);
    const many = Array.from({ length: 20 }, (_v, i) => jl.devicePut(np.full([MiB / 4], i), gpu) as NDArray);
    expect(gpu.memoryStats().bytesInUse).toBeLessThanOrEqual(used + 8 * MiB);
    const f = jl.jit((a: Value, b: Value) => a.add(b).sum());
    expect(f(many[3]!, many[17]!).item()).toBe((20 * MiB) / 4);
    many.forEach((x, i) => expect(x.get(i).item()).toBe(i));
    for (const x of many) x.delete();
  });
  test("a program that would not fit is refused before it runs, with the numbers", () => {
    budget = setWebgpuBudget(gpu.memoryStats().bytesInUse + 8 * MiB);
    const x = jl.devicePut(np.ones([MiB / 4]), gpu) as NDArray;
    const f = jl.jit((a: Value) => np.sort(np.tile(a, [16])));
    expect(() => f(x)).toThrow(/out of memory: this program, with its arguments, results and intermediate values, takes .* MiB, which does not fit/);
    expect(x.sum().item()).toBe(MiB / 4);
    x.delete();
  });
  const open = (): Connection => {
    const line = Connection.open();
    if (typeof line === "string") throw new Error(line);
    return line;
  };
  test("a device that is gone says so, and what to do", async () => {
    const line = open();
    line.send({ kind: "buffer", buffer: 0, bytes: 256 });
    expect(line.ask({ kind: "read", buffer: 0, at: 0, bytes: 8 }).data).toEqual(new Uint8Array(8));
    line.close();
    const lost = /webgpu: the device was lost \(.*\): run again, or use another device/;
    expect(() => line.ask({ kind: "wait" })).toThrow(lost);
    await expect(line.later({ kind: "read", buffer: 0, at: 0, bytes: 8 })).rejects.toThrow(lost);
    // The other connection of this process goes on.
    expect(jl.devicePut(np.arange(3), gpu).add(1).tolist()).toEqual([1, 2, 3]);
  });
  test("a shader that is refused is told of once, with its place and text", () => {
    const line = open();
    line.send({ kind: "pipeline", pipeline: 0, code: "@compute @workgroup_size(1)\nfn main() { let x = 1.0 + true; }", written: [] });
    line.send({ kind: "run", dispatches: [{ pipeline: 0, buffers: [], x: 1, y: 1, mark: 0 }], timed: false });
    expect(() => line.ask({ kind: "wait" })).toThrow(/webgpu: Error while parsing WGSL: :2:21 error: no matching overload/);
    expect(line.ask({ kind: "wait" }).failed).toBeUndefined();
    line.close();
  });
  test("features that are not wanted are not used: without timestamps there are no times of kernels", () => {
    process.env.JITLENS_WEBGPU_WITHOUT = "timestamp-query,shader-f16";
    const line = open();
    delete process.env.JITLENS_WEBGPU_WITHOUT;
    expect(line.adapter.features).not.toContain("timestamp-query");
    line.close();
  });
  test("after a device was lost the next run has a new one; what was on the old one says so", async () => {
    const f = jl.jit((a: Value) => np.cumsum(a.mul(2)));
    const [x, y] = [jl.devicePut(np.arange(4), gpu) as NDArray, np.arange(4)];
    const before = f(x) as NDArray;
    expect(before.tolist()).toEqual([0, 2, 6, 12]);
    loseWebgpu();
    const gone = /webgpu: an array of 16 bytes was on a device that was lost \(.*\): make it again, then run again/;
    expect(() => f(x)).toThrow(gone);
    expect(() => before.tolist()).toThrow(gone);
    await expect(before.data()).rejects.toThrow(gone);
    expect(f(jl.devicePut(y, gpu)).tolist()).toEqual([0, 2, 6, 12]);
    expect(f(y).tolist()).toEqual([0, 2, 6, 12]);
  });
});
