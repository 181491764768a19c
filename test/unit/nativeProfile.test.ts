// Profiles of programs whose kernels the machine's C compiler made: what computed each is said, and it is predicted by native code's own costs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { findKoffi } from "../../src/engine/backends/native/koffi.ts";
import { findCompilers } from "../../src/engine/backends/native/toolchain.ts";
import { type CostTable, ORDINARY } from "../../src/engine/compiler/cost/table.ts";
import { nativeCosts } from "../../src/engine/report/record/calibrate.ts";
import { nativeText } from "../../src/engine/report/nativeKernels.ts";
import type { Kernel } from "../../src/engine/report/types.ts";
import { type RecordedOptions, recorded } from "./recorded.ts";

const folder = mkdtempSync(join(tmpdir(), "jitlens-native-profile-"));
process.env.JITLENS_CACHE = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  jl.config.update("native", null);
  jl.config.update("nativeThreads", null);
});
const koffi = findKoffi();
const missing = "failed" in koffi ? koffi.failed : findCompilers().length === 0 ? "there is no C compiler" : null;
const because = missing === null ? "" : ` (${missing})`;
function kernelOf(o: RecordedOptions, threads: number): Kernel {
  jl.config.update("native", "wait");
  jl.config.update("nativeThreads", threads);
  const report = recorded("return [jit((x) => np.tanh(x).mul(np.exp(x))), np.ones([300, 300])]", o);
  expect(nativeText(report)).toBe("native code: 1 of 1 kernels");
  return report.programs[0]!.kernels![0]!;
}
/** A machine whose native code takes a fourth of what ordinary WebAssembly does. */
const QUICK: CostTable = {
  ...ORDINARY,
  ns: Object.fromEntries(Object.entries(ORDINARY.ns).map(([k, ns]) => [k, ns / 4])) as CostTable["ns"],
  wait: ORDINARY.wait / 4,
  carry: ORDINARY.carry / 4,
  launch: ORDINARY.launch / 4,
};
describe.skipIf(missing !== null)(`native kernels in a profile${because}`, () => {
  test("they are predicted by native code's costs, and by the threads that share their loops", () => {
    const ordinary = kernelOf({}, 1);
    const quick = kernelOf({ nativeCosts: QUICK }, 1);
    expect(ordinary.route).toEqual({ code: "native" });
    expect(ordinary.predicted! / quick.predicted!).toBeCloseTo(4, 1);
    const shared = kernelOf({ nativeCosts: QUICK }, 2);
    expect(shared.route).toEqual({ code: "native", threads: 2 });
    expect(quick.predicted! / shared.predicted!).toBeCloseTo(2, 1);
  });
  test("the costs are measured with native code, and kept ones are taken as they are", () => {
    const table = nativeCosts(null, ORDINARY);
    expect(table?.from).toBe("measured");
    expect(table?.memory).toEqual(ORDINARY.memory);
    expect(nativeCosts(table, ORDINARY)).toBe(table);
  });
});
test("where there is no native code its costs are not measured", () => {
  expect(nativeCosts(null, ORDINARY, jl.internals.defaultDevice() && { ...jl.internals.defaultDevice(), target: null } as never)).toBeNull();
});
