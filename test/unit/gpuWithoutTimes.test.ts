// A driver without timestamps: whole runs are timed, and the profile says why there is nothing else.
import { expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";

process.env.JITLENS_WEBGPU_WITHOUT = "timestamp-query";
const { missing } = await import("./onGpu.ts");
const { profileOnGpu } = await import("./gpuProfile.ts");

test.skipIf(missing !== null)("times are of whole runs", () => {
  const report: Report = profileOnGpu();
  expect(report.timing?.total.median).toBeGreaterThan(0);
  const kernels = report.programs[0]?.kernels ?? [];
  expect(kernels.map((k) => k.time !== undefined)).toEqual([false, false, true, false]);
  expect(report.warnings.map((w) => w.message)).toContainEqual(
    expect.stringMatching(/^times are of whole runs: the driver of .* takes none of single kernels \(it has no timestamp queries\)$/),
  );
});
