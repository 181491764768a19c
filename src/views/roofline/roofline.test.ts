// The room above kernels: what bounds them, how much of the roof they reach, what is said of it.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../../engine/report/read.ts";
import type { Kernel, Report } from "../../engine/report/types.ts";
import { kernelColumns } from "../kernels/columns.ts";
import { Lookup } from "../lookup.ts";
import type { ViewContext } from "../view.ts";
import { dotsOf } from "./model.ts";
import { headroom } from "./words.ts";

const loop: Report = parseReportText(
  gunzipSync(readFileSync(new URL("../../engine/report/fixtures/loop.v2.jitprofile.gz", import.meta.url))).toString(),
);
const CEILINGS = { bandwidth: 10, cache: 50, cacheBytes: 2 ** 20, flops: { f32: 20 }, from: "a test" };
const node = loop.programs[0]!.levels.flatMap((l) => l.regions.flatMap((r) => r.nodes)).find((n) => n.type.startsWith("f32["))!.id;
const dot = (k: Partial<Kernel>, ceilings: typeof CEILINGS | null = CEILINGS, timerOverheadNs = 0) => {
  const kernel: Kernel = { ...loop.programs[0]!.kernels![0]!, outputs: [node], calls: 1, flops: 0, bytesRead: 0, bytesWritten: 0, ...k };
  const { transcendentals: _t, ...plain } = kernel;
  const device = { name: "d", platform: "p", ...(ceilings ? { ceilings } : {}) };
  const r: Report = {
    ...loop,
    devices: [device],
    timing: { ...loop.timing!, timerOverheadNs },
    programs: [{ ...loop.programs[0]!, kernels: [plain] }],
  };
  return dotsOf(r, new Lookup(r))[0]!;
};
const time = (ms: number) => ({ min: ms, median: ms, spread: 0 });

test("a kernel that moves much and computes little is bound by memory", () => {
  const d = dot({ bytesRead: 6e6, bytesWritten: 4e6, flops: 1e6, time: time(2) });
  expect(d).toMatchObject({ intensity: 0.1, bandwidth: 5, flops: 0.5, roof: { bound: "memory", limit: 10, reached: 0.5, saves: 1 } });
  expect(headroom(d)).toBe("memory-bound, reaches 50 % of 10.0 GB/s: at most 2.0× faster");
});
test("a small one by the caches, a product by arithmetic", () => {
  expect(dot({ bytesRead: 5e5, time: time(0.02) }).roof).toMatchObject({ bound: "cache", limit: 50, reached: 0.5 });
  const d = dot({ bytesRead: 1e5, flops: 2e8, time: time(20) });
  expect(headroom(d)).toBe("bound by arithmetic, reaches 50 % of 20.0 GFLOP/s: at most 2.0× faster");
});
test("at the roof, too short, without roofs, with exponentials", () => {
  expect(headroom(dot({ bytesRead: 1e7, time: time(0.9) }))).toMatch(/at the roof of 10.0 GB\/s/);
  expect(headroom(dot({ bytesRead: 1e3, time: time(0.0001) }, CEILINGS, 60))).toBe("shorter than the clock can tell");
  expect(headroom(dot({ bytesRead: 1e3, time: time(1) }, null))).toBe("this machine's limits are not known");
  const d = dot({ bytesRead: 1e7, time: time(2) });
  expect(headroom({ ...d, kernel: { ...d.kernel, transcendentals: 5 } })).toMatch(/faster\. exp, tanh/);
});
test("a kernel that takes no longer than the clock's readings has no rates, and is at no part of its roof", () => {
  const d = dot({ calls: 500, bytesRead: 500, bytesWritten: 300, flops: 200, time: time(0.03) }, CEILINGS, 75);
  expect(d).toMatchObject({ isShort: true, flops: 0, bandwidth: 0, roof: { reached: 0, saves: 0 } });
});
test("a kernel has one time: the dot's is the table's, however short it is", () => {
  const columns = (r: Report) => kernelColumns({ report: r, lookup: new Lookup(r) } as ViewContext).find((c) => c.id === "time")!;
  for (const timerOverheadNs of [0, 40, 75]) {
    const r: Report = { ...loop, timing: { ...loop.timing!, timerOverheadNs } };
    for (const d of dotsOf(r, new Lookup(r))) expect(columns(r).value!(d.kernel)).toBe(d.ms);
  }
});
test("kernels without a time are left out; the longest come first", () => {
  const r: Report = { ...loop, programs: [{ ...loop.programs[0]!, kernels: loop.programs[0]!.kernels!.map(({ time: _time, ...k }) => k) }] };
  expect(dotsOf(r, new Lookup(r))).toEqual([]);
  const ms = dotsOf(loop, new Lookup(loop)).map((d) => d.ms);
  expect(ms).toEqual([...ms].sort((a, b) => b - a));
});
