// The timeline's plain functions: rows of spans, time that is busy, memory over time, ranges, ticks.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseReportText } from "../../engine/report/read.ts";
import type { Lifetime, Report, Span } from "../../engine/report/types.ts";
import { moved, ticksOf, zoomed } from "./axis.ts";
import { heldBySteps, heldIn, heldOver } from "./held.ts";
import { busyIn, firstAfter, placeOfSpan, rowOf, spanAt, stretches, timelineOf } from "./model.ts";
import { shareOf, summaryOf } from "./rangeSummary.ts";

const loop: Report = parseReportText(
  gunzipSync(readFileSync(new URL("../../engine/report/fixtures/loop.v2.jitprofile.gz", import.meta.url))).toString(),
);
const span = (track: string, start: number, duration: number, more: Partial<Span> = {}): Span => ({ track, start, duration, ...more });
const withSpans = (spans: readonly Span[], more: Partial<Report> = {}): Report => ({
  ...loop,
  tracks: [
    { id: "runs", name: "Runs", kind: "run" },
    { id: "kernels", name: "Kernels", kind: "kernels" },
  ],
  spans,
  ...more,
});

describe("tracks", () => {
  test("have rows: spans inside others one below, equal times of clocks beside each other", () => {
    const t = timelineOf(withSpans([span("runs", 0, 10), span("runs", 1, 2), span("runs", 3, 1), span("runs", 1.5, 1), span("runs", 10, 2)]));
    expect(t.tracks.map((x) => x.rows.map((r) => r.spans.map((s) => s.start)))).toEqual([[[0, 10], [1, 3], [1.5]]]);
    expect(t.whole).toEqual({ from: 0, to: 12 });
  });
  test("those without spans are left out, those that the Report does not list are shown", () =>
    expect(timelineOf(withSpans([span("gpu", 0, 1, { kernel: "no" })])).tracks.map((x) => x.name)).toEqual(["gpu"]));
  test("a Report without spans has none", () => {
    const { spans: _spans, tracks: _tracks, ...rest } = loop;
    expect(timelineOf(rest)).toMatchObject({ tracks: [], count: 0 });
  });
  test("stretches to look at: everything, compiling, runs, the first of them", () => {
    const t = timelineOf(loop);
    const ids = stretches(t).map((s) => s.id);
    expect(ids).toEqual(["all", "compile", "runs", "first"]);
    for (const { range } of stretches(t)) expect(range.to).toBeGreaterThan(range.from);
  });
});
describe("time that is busy", () => {
  const row = rowOf([span("k", 0, 1), span("k", 2, 1), span("k", 5, 5)]);
  test("in any stretch, by halving", () => {
    expect(busyIn(row, 0, 10)).toBeCloseTo(7, 12);
    expect(busyIn(row, 0.5, 2.5)).toBeCloseTo(1, 12);
    expect(busyIn(row, 3, 5)).toBe(0);
    expect(busyIn(row, 6, 7)).toBeCloseTo(1, 12);
    expect(busyIn(row, 11, 12)).toBe(0);
  });
  test("200,000 spans are laid out, found and added up fast", () => {
    const spans = Array.from({ length: 200_000 }, (_v, i) => span("kernels", i, 0.5, { kernel: "k0" }));
    const started = performance.now();
    const t = timelineOf(withSpans(spans));
    const [r] = t.tracks[0]!.rows;
    let sum = 0;
    for (let px = 0; px < 1000; px++) sum += busyIn(r!, px * 200, (px + 1) * 200);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(sum).toBeCloseTo(100_000, 3);
    expect(firstAfter(r!, 1234.4)).toBe(1234);
    expect(firstAfter(r!, 1234.5)).toBe(1235);
    expect(placeOfSpan(t, spans[77_777]!)).toEqual({ track: 0, row: 0, span: 77_777 });
    expect(spanAt(t, { track: 0, row: 0, span: 5 })).toBe(spans[5]);
  });
});
describe("memory over time", () => {
  const lifetime = (bytes: number, from: number, to: number): Lifetime => ({ bytes, what: "temporary", text: "", from, to });
  const [a, b, d] = loop.programs[0]!.kernels!.map((k) => k.id);
  const report = withSpans(
    [span("kernels", 0, 1, { kernel: a!, run: 0 }), span("kernels", 1.5, 1, { kernel: b!, run: 0 }), span("kernels", 9, 1, { kernel: a!, run: 1 })],
    {
      memory: { peak: 30, holders: [], lifetimes: [lifetime(10, 0, 2), lifetime(20, 1, 1)] },
      programs: [
        {
          ...loop.programs[0]!,
          steps: [a, b, d].map((kernel) => ({ kind: "kernel" as const, region: "r", kernel: kernel! })),
        },
      ],
    },
  );
  test("lifetimes add up at each step", () => expect([...heldBySteps(report)!]).toEqual([10, 30, 10]));
  test("and while each kernel runs; between kernels of a run it is held on, between runs nothing is known", () => {
    const held = heldOver(report, timelineOf(report))!;
    expect(held.most).toBe(30);
    expect(heldIn(held, 0, 0.5)).toBe(10);
    expect(heldIn(held, 1.1, 1.2)).toBe(10);
    expect(heldIn(held, 0.5, 2)).toBe(30);
    expect(heldIn(held, 5, 6)).toBe(0);
  });
  test("without lifetimes there is no such track", () => {
    const { memory: _memory, ...rest } = report;
    expect(heldOver(rest, timelineOf(rest))).toBe(null);
  });
});
test("a range says what it holds: spans cut at its ends, kernels by their part of the time in kernels", () => {
  const report = withSpans([
    span("runs", 0, 10, { name: "run 1", run: 0 }),
    span("kernels", 0, 4, { kernel: "k0", run: 0 }),
    span("kernels", 4, 2, { kernel: "no", run: 0 }),
    span("kernels", 6, 4, { kernel: "k0", run: 0 }),
  ]);
  const s = summaryOf(timelineOf(report), { from: 2, to: 8 }, new Map([["k0", { label: "h = tanh(x)" }]]));
  expect(s).toMatchObject({ length: 6, count: 4, kernels: 6 });
  expect(s.parts.map((p) => [p.name, p.count, p.total, shareOf(p, s)])).toEqual([
    ["run 1", 1, 6, 1],
    ["h = tanh(x)", 2, 4, 4 / 6],
    ["no", 1, 2, 2 / 6],
  ]);
});
describe("the axis", () => {
  const texts = (from: number, to: number): readonly string[] => ticksOf({ from, to }, 5).ticks.map((x) => x.text);
  test("one unit for all ticks, as precise as their step", () => {
    expect(texts(0, 10)).toEqual(["0 ms", "2 ms", "4 ms", "6 ms", "8 ms", "10 ms"]);
    expect(texts(0, 1)).toEqual(["0 µs", "200 µs", "400 µs", "600 µs", "800 µs", "1000 µs"]);
    expect(texts(0, 5000)).toEqual(["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]);
    expect(texts(0, 0.0005)).toEqual(["0 ns", "100 ns", "200 ns", "300 ns", "400 ns", "500 ns"]);
  });
  test("a short stretch late in the run counts from a time that is said once", () => {
    const { ticks, base } = ticksOf({ from: 1000, to: 1000.01 }, 4);
    expect(base).toBe("1000.0000 ms");
    expect(ticks.map((x) => x.text)).toContain("+2 µs");
  });
  test("zooming keeps the time under the pointer, and something stays in sight", () => {
    const whole = { from: 0, to: 100 };
    const r = zoomed(whole, 25, 5, whole);
    expect([r.from, r.to].map((v) => Math.round(v))).toEqual([20, 40]);
    expect(moved(r, 1e9, whole).from).toBeLessThan(100);
    expect(moved(r, -1e9, whole).to).toBeGreaterThan(0);
    expect(zoomed(whole, 50, 1e-9, whole).to).toBeLessThan(120);
  });
});
