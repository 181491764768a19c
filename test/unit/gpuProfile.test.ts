// A profile of a program on the GPU: kernels by its own clock on one timeline with the CPU's events, their WGSL and work groups, and what ran beside it.
import { describe, expect, test } from "vitest";
import { profileOnGpu } from "./gpuProfile.ts";
import { missing } from "./onGpu.ts";

describe.skipIf(missing !== null)("a profile on the GPU", () => {
  const report = missing === null ? profileOnGpu() : null!;
  const [program] = report?.programs ?? [];
  const kernels = program?.kernels ?? [];
  test("it names the adapter, with its limits, and the CPU beside it", () => {
    const [first, second] = report.devices;
    expect(first?.platform).toMatch(/^webgpu: .*, through WebGPU, linux x64$/);
    expect(first?.limits?.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
    expect(second).toMatchObject({ name: "a processor", platform: expect.stringMatching(/^cpu: kernels that .* has not/) });
    expect(kernels.map((k) => [k.kind, k.device])).toEqual([
      ["reduce", 0],
      ["reduce", 0],
      ["library", 1],
      ["reduce", 0],
    ]);
    expect(report.warnings.map((w) => w.message)).toEqual([
      expect.stringMatching(/^computed on the CPU, because webgpu has no kernel for it: .*svd is a routine of the library\)$/),
    ]);
  });
  test("every kernel has its time and WGSL, and says how it is started", () => {
    for (const k of kernels) {
      expect(k.time?.median, k.name).toBeGreaterThan(0);
      expect(k.time?.spread, k.name).toBeGreaterThanOrEqual(0);
      if (k.device === 1) continue;
      expect(k.code?.map((c) => c.language)).toEqual(["kernel", "wgsl"]);
      expect(k.code?.[1]?.text).toContain("@compute @workgroup_size(64)");
      expect(k.launch?.block).toEqual([64]);
    }
    // What the clock takes is not the kernels'.
    expect(report.timing?.clockNs).toBe(0);
  });
  test("kernels lie on a track of their own, inside the run that they are of, in their order", () => {
    expect(report.tracks?.map((t) => t.name)).toEqual(expect.arrayContaining(["Runs", "GPU queue", "Kernels"]));
    const spans = report.spans ?? [];
    const [run] = spans.filter((s) => s.track === "runs");
    const own = spans.filter((s) => s.run === run!.run && (s.track === "gpu" || s.track === "kernels"));
    expect(own.map((s) => [s.track, s.kernel])).toEqual([
      ["gpu", "k0"],
      ["gpu", "k1"],
      ["kernels", "k2"],
      ["gpu", "k3"],
    ]);
    own.forEach((s, i) => {
      expect(s.start).toBeGreaterThanOrEqual(i === 0 ? run!.start : own[i - 1]!.start);
      expect(s.start + s.duration).toBeLessThanOrEqual(run!.start + run!.duration + 0.01);
    });
  });
  test("lines add up to the steady call", () => expect(report.lines?.reduce((sum, l) => sum + l.ms, 0)).toBeCloseTo(report.timing!.total.median, 6));
});
