// The summary is short, ranked, and says what its schema says; a check finds what grew.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import { baselineOf, checkReport } from "./check.ts";
import { parseReportText } from "./read.ts";
import { SECTIONS, type Summary, summary } from "./summary.ts";
import { summarySchema } from "./summarySchema.ts";
import type { Report } from "./types.ts";
import { VERSION } from "./version.ts";

const fixture = (name: string): Report => {
  const bytes = readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
  return parseReportText((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
};
const loop = (): Report => fixture("loop.v2.jitprofile.gz");
const digits = (): Report => fixture("digits.v1.jitprofile.gz");
const size = (s: Summary): number => Buffer.byteLength(JSON.stringify(s));

describe("summary", () => {
  test("is at most 2 KB, and still says what matters", () => {
    const s = summary(digits());
    expect(size(s)).toBeLessThanOrEqual(2048);
    expect(s.kernels!.length).toBeGreaterThan(1);
    expect(s.lines!.length).toBeGreaterThan(1);
    expect(s.left.kernels).toBe(s.totals.kernels! - s.kernels!.length);
  });
  test("is ranked by time", () => {
    const s = summary(digits(), { top: 1000 });
    for (const list of [s.kernels!, s.lines!, s.missed!]) {
      const ms = list.map((x) => x.ms ?? 0);
      expect(ms).toEqual([...ms].sort((a, b) => b - a));
    }
    expect(s.left).toEqual({});
  });
  test("has the sections and rows that were asked for", () => {
    const s = summary(digits(), { top: 2, sections: ["lines"] });
    expect(s.lines).toHaveLength(2);
    for (const other of SECTIONS.filter((x) => x !== "lines")) expect(s[other]).toBe(undefined);
  });
  test("follows its schema, in types and data", () => {
    type Plain<T> = T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;
    expectTypeOf<Plain<Summary>>().toExtend<z.infer<typeof summarySchema>>();
    expectTypeOf<z.infer<typeof summarySchema>>().toExtend<Plain<Summary>>();
    for (const r of [loop(), digits()]) expect(summarySchema.strict().parse(summary(r, { top: 1000 }))).toEqual(summary(r, { top: 1000 }));
  });
});
describe("check", () => {
  test("a report against itself is well", () => expect(checkReport(loop(), baselineOf(loop()), { time: { part: 0.1 } })).toEqual([]));
  test("each figure that grew is named, with both numbers; what shrank is not", () => {
    const now = baselineOf(loop());
    const before = {
      ...now,
      figures: { ...now.figures, kernels: now.figures.kernels! - 1, bytes: now.figures.bytes! / 2, flops: 1e12 },
      kernels: now.kernels!.slice(1),
    };
    const failures = checkReport(loop(), before);
    expect(failures.map((f) => f.figure)).toEqual(["kernels", "bytes"]);
    expect(failures[0]!.text).toBe(
      `the number of kernels grew from ${now.figures.kernels! - 1} to ${now.figures.kernels} (+${(100 / (now.figures.kernels! - 1)).toFixed(1)} %); new: ${now.kernels![0]}`,
    );
    expect(failures[1]!.text).toContain("(+100.0 %)");
  });
  test("limits let a figure grow so far", () => {
    const now = baselineOf(loop());
    const before = { ...now, figures: { ...now.figures, kernels: now.figures.kernels! - 1, bytes: now.figures.bytes! / 1.04 } };
    expect(checkReport(loop(), before, { kernels: { count: 1 }, bytes: { part: 0.05 } })).toEqual([]);
    expect(checkReport(loop(), before, { kernels: { count: 0 }, bytes: { part: 0.03 } })).toHaveLength(2);
  });
  test("time counts only when asked", () => {
    const before = { ...baselineOf(loop()), ms: 1e-9 };
    expect(checkReport(loop(), before)).toEqual([]);
    expect(checkReport(loop(), before, { time: { part: 0.5 } }).map((f) => f.figure)).toEqual(["time"]);
  });
  test("other arguments are not compared", () => {
    const [failure] = checkReport(loop(), { ...baselineOf(loop()), arguments: ["x: f32[1]"] });
    expect(failure).toMatchObject({ figure: "arguments", text: expect.stringContaining("the baseline with (x: f32[1])") });
  });
});
test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string };
  expect(VERSION).toBe(version);
});
