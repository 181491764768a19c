// Runs on the GPU in real runner processes: a shader that does not end goes with its process, and the next run works.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { missing } from "./onGpu.ts";
import { dist, reportOf, run, start } from "./runs.ts";

const HEAD = 'import { devicePut, jit, numpy as np } from "jitlens";\n';
/** A program of an engine that is built, which leaves work to the GPU, and ends. */
const ending = (how: string): string => `import * as jl from ${JSON.stringify(pathToFileURL(join(dist, "engine", "index.js")).href)};
const y = jl.jit((x) => jl.numpy.sin(x).sum())(jl.devicePut(jl.numpy.ones([100]), "webgpu"));
${how}`;
describe.skipIf(missing !== null)("runs on the GPU", () => {
  test("one is cancelled in the middle of a long kernel, and the next one works", async () => {
    const long = await start(
      `${HEAD}const f = jit((x) => Array.from({ length: 60 }).reduce((y) => np.cumsum(y), x));\nf(devicePut(np.ones([2 ** 24]), "webgpu"));\n`,
      { mode: "profile" },
    );
    await new Promise((r) => setTimeout(r, 2500));
    long.cancel();
    // What was known before it was measured is kept; nothing of it was measured.
    const ended = await long.result;
    expect(ended.kind === "cancelled" || reportOf(ended).timing === undefined).toBe(true);
    const report = reportOf(await run(`${HEAD}const f = jit((x) => x.mul(2));\nf(devicePut(np.ones([8]), "webgpu"));\n`, { mode: "profile" }));
    expect(report.devices[0]?.platform).toMatch(/^webgpu: /);
    expect(report.programs[0]?.kernels?.[0]?.time?.median).toBeGreaterThan(0);
  });
  test.each([
    ["at its end", "", 0],
    ["by process.exit", "process.exit(3);", 3],
    ["by an error", 'throw new Error("its own");', 1],
    ["after a result", "y.item();", 0],
  ])("a process ends as it would without a GPU: %s", (_how, text, code) => {
    const r = spawnSync(process.execPath, ["--input-type=module", "-e", ending(text)], { encoding: "utf8", timeout: 60_000 });
    expect([r.signal, r.status]).toEqual([null, code]);
  });
});
