// Exports as their readers read them: V8's own profile beside ours, pprof's library and `go tool pprof`, d3's CSV parser, the rules of Chrome traces.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { csvParse } from "d3";
import { Profile } from "pprof-format";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseReportText } from "../read.ts";
import type { Report } from "../types.ts";
import { costStacks } from "./costStacks.ts";
import { EXPORTERS, type ExporterId } from "./exporters.ts";

const fixture = (name: string): Report => {
  const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
  return parseReportText((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
};
const REPORTS = { loop: fixture("loop.v2.jitprofile.gz"), digits: fixture("digits.v1.jitprofile.gz") };
const reports = Object.entries(REPORTS);
const written = async (id: ExporterId, r: Report): Promise<string | Uint8Array> =>
  EXPORTERS.find((e) => e.id === id)!.write(r, { page: "", layoutWorker: "" });
const text = async (id: ExporterId, r: Report): Promise<string> => (await written(id, r)) as string;
const scratch = mkdtempSync(join(tmpdir(), "jitlens-readers-"));

test.each(reports)("stacks of a steady call: they add up to what the lines say (%s)", (_name, r) => {
  const lines = r.lines!.reduce((s, l) => s + (l.parts.kernels ?? 0) + (l.parts.copies ?? 0) + (l.parts.call ?? 0), 0);
  expect(costStacks(r).reduce((s, x) => s + x.ms, 0)).toBeCloseTo(lines, 9);
});

describe("V8 CPU profile", () => {
  /** The Profiler domain of the Chrome DevTools Protocol, Profile. */
  const profile = z.strictObject({
    nodes: z.array(
      z.strictObject({
        id: z.number().int().positive(),
        callFrame: z.strictObject({
          functionName: z.string(),
          scriptId: z.string(),
          url: z.string(),
          lineNumber: z.number().int().min(-1),
          columnNumber: z.number().int().min(-1),
        }),
        hitCount: z.number().int().nonnegative(),
        children: z.array(z.number().int()).optional(),
        deoptReason: z.string().optional(),
        positionTicks: z.array(z.strictObject({ line: z.number().int(), ticks: z.number().int() })).optional(),
      }),
    ),
    startTime: z.number(),
    endTime: z.number(),
    samples: z.array(z.number().int()),
    timeDeltas: z.array(z.number().int()),
  });
  type CpuProfile = z.infer<typeof profile>;
  /** What js-profile-core and Chrome do with it: a sample lasts until the next one, the last one until the end. */
  function selfTimes(p: CpuProfile): Map<number, number> {
    const self = new Map(p.nodes.map((n) => [n.id, 0]));
    let left = p.endTime - p.startTime;
    p.samples.forEach((id, i) => {
      const lasts = i + 1 < p.timeDeltas.length ? p.timeDeltas[i + 1]! : left;
      left -= lasts;
      self.set(id, self.get(id)! + lasts);
    });
    return self;
  }
  test("the schema is V8's: a profile that it writes itself passes", async () => {
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    for (let i = 0, end = performance.now() + 20; performance.now() < end; i++) Math.sqrt(i);
    const { profile: own } = await session.post("Profiler.stop");
    session.disconnect();
    expect(profile.safeParse(JSON.parse(JSON.stringify(own))).error?.issues ?? []).toEqual([]);
  });
  test.each(reports)("one tree, samples of its nodes, times in proportion (%s)", async (_name, r) => {
    const p = profile.parse(JSON.parse(await text("cpuprofile", r)));
    const ids = new Set(p.nodes.map((n) => n.id));
    const children = p.nodes.flatMap((n) => n.children ?? []);
    expect(new Set(children).size).toBe(children.length);
    expect([...ids].filter((id) => !children.includes(id))).toEqual([p.nodes[0]!.id]);
    expect(p.samples.every((id) => ids.has(id))).toBe(true);
    expect(p.samples.length).toBe(p.timeDeltas.length);
    expect(Math.min(...p.timeDeltas)).toBeGreaterThanOrEqual(0);
    expect(p.timeDeltas.reduce((a, b) => a + b, 0)).toBe(p.endTime - p.startTime);
    const self = selfTimes(p);
    const total = costStacks(r).reduce((s, x) => s + x.ms, 0);
    for (const n of p.nodes.filter((x) => !x.children && x.hitCount)) {
      const own = costStacks(r).filter((s) => s.frames.at(-1)!.name === n.callFrame.functionName);
      expect(own.length).toBeGreaterThan(0);
    }
    const heaviest = costStacks(r).sort((a, b) => b.ms - a.ms)[0]!;
    const same = p.nodes.filter((n) => n.callFrame.functionName === heaviest.frames.at(-1)!.name).reduce((s, n) => s + self.get(n.id)!, 0);
    const want =
      costStacks(r)
        .filter((s) => s.frames.at(-1)!.name === heaviest.frames.at(-1)!.name)
        .reduce((s, x) => s + x.ms, 0) / total;
    expect(same / (p.endTime - p.startTime)).toBeCloseTo(want, 3);
    expect(p.nodes.some((n) => n.callFrame.url === r.files[0]!.path && n.callFrame.lineNumber >= 0)).toBe(true);
  });
});

describe("pprof", () => {
  test.each(reports)("read by its own library: every index is there, times add up (%s)", async (_name, r) => {
    const p = Profile.decode(gunzipSync((await written("pprof", r)) as Uint8Array));
    const { strings } = p.stringTable;
    const types = p.sampleType.map((t) => `${strings[Number(t.type)]}/${strings[Number(t.unit)]}`);
    expect(types).toEqual(["kernel_calls/count", "bytes/bytes", "flops/count", "time/nanoseconds"]);
    const locations = new Map(p.location.map((l) => [Number(l.id), l]));
    const functions = new Map(p.function.map((f) => [Number(f.id), f]));
    for (const s of p.sample) {
      expect(s.value).toHaveLength(4);
      for (const id of s.locationId)
        for (const l of locations.get(Number(id))!.line) expect(strings[Number(functions.get(Number(l.functionId))!.name)]).toBeTruthy();
    }
    const time = p.sample.reduce((sum, s) => sum + Number(s.value[3]), 0);
    expect(time / 1e6).toBeCloseTo(
      costStacks(r).reduce((s, x) => s + x.ms, 0),
      3,
    );
    expect(strings[Number(p.defaultSampleType)]).toBe("time");
  });
  const hasGo = spawnSync("go", ["version"]).status === 0;
  // The first time, Go builds the tool: minutes on a small machine.
  test.skipIf(!hasGo).each(reports)("read by go tool pprof (%s)", { timeout: 600_000 }, async (name, r) => {
    const file = join(scratch, `${name}.pb.gz`);
    writeFileSync(file, (await written("pprof", r)) as Uint8Array);
    const go = await promisify(execFile)("go", ["tool", "pprof", "-top", "-nodecount=5", file], { encoding: "utf8" });
    expect(go.stdout).toContain("Type: time");
    expect(go.stdout).toMatch(/flat%.*cum%/);
    const heaviest = new Map<string, number>();
    for (const s of costStacks(r)) heaviest.set(s.frames.at(-1)!.name, (heaviest.get(s.frames.at(-1)!.name) ?? 0) + s.ms);
    const [first] = [...heaviest].sort((a, b) => b[1] - a[1])[0]!;
    expect(go.stdout.split("\n").find((l) => /^\s*\d/.test(l))).toContain(first);
  });
});

describe("CSV", () => {
  test.each(reports)("kernels, lines and the ledger, a row each (%s)", async (_name, r) => {
    const kernels = csvParse(await text("kernels.csv", r));
    expect(kernels.map((k) => k.label)).toEqual(r.programs.flatMap((p) => p.kernels!.map((k) => k.label)));
    expect(Number(kernels[0]!.time_ms)).toBe(r.programs[0]!.kernels![0]!.time!.median);
    const lines = csvParse(await text("lines.csv", r));
    expect(lines.reduce((s, l) => s + Number(l.ms), 0)).toBeCloseTo(
      r.lines!.reduce((s, l) => s + l.ms, 0),
      9,
    );
    const ledger = csvParse(await text("ledger.csv", r));
    expect(ledger.map((d) => [d.edge, d.verdict])).toEqual(r.programs[0]!.decisions!.map((d) => [d.id, d.fused ? "fused" : "stored"]));
    for (const table of [kernels, lines, ledger])
      expect(new Set(table.map((row) => Object.keys(row).length))).toEqual(new Set([table.columns.length]));
  });
  test("insights, the largest gain first, and what was tried in vain", async () => {
    const at = { file: 0, line: 3, lines: [4, 5], text: 'a, "b"', remedy: "=c", gain: null };
    const gain = { before: { min: 3, median: 4, spread: 0.5 }, after: { min: 1, median: 2, spread: 0.25 }, runs: 3 };
    const insights = [
      { ...at, rule: "estimate", predicted: 7 },
      { ...at, rule: "tried", gain, error: 0 },
    ];
    const table = csvParse(await text("insights.csv", { ...REPORTS.loop, insights, tried: [{ ...at, rule: "in vain", gain }] }));
    expect(table.map((i) => [i.rule, i.verdict])).toEqual([
      ["tried", "gained"],
      ["estimate", "estimate"],
      ["in vain", "no gain"],
    ]);
    expect(table[0]).toMatchObject({ line: "3", lines: "4 5", text: 'a, "b"', remedy: "'=c", before: "4", after: "2", factor: "2", error: "0" });
  });
  test("quotes, line breaks and formulas in names stay text", async () => {
    const r = REPORTS.loop;
    const [program] = r.programs;
    const label = '=HYPERLINK("http://x"),\r\n"a"';
    const odd: Report = { ...r, programs: [{ ...program!, kernels: program!.kernels!.map((k) => ({ ...k, label })) }] };
    expect(csvParse(await text("kernels.csv", odd))[0]!.label).toBe(`'${label}`);
  });
});

describe("Chrome trace", () => {
  /** Trace Event Format: metadata and complete events. */
  const event = z.discriminatedUnion("ph", [
    z.strictObject({
      ph: z.literal("M"),
      pid: z.number().int(),
      tid: z.number().int().optional(),
      name: z.enum(["process_name", "thread_name", "thread_sort_index"]),
      args: z.strictObject({ name: z.string().optional(), sort_index: z.number().int().optional() }),
    }),
    z.strictObject({
      ph: z.literal("X"),
      pid: z.number().int(),
      tid: z.number().int(),
      ts: z.number().nonnegative(),
      dur: z.number().nonnegative(),
      name: z.string().min(1),
      cat: z.string(),
      args: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ]);
  const trace = z.strictObject({ displayTimeUnit: z.enum(["ms", "ns"]), otherData: z.record(z.string(), z.string()), traceEvents: z.array(event) });
  test.each(reports)("valid, tracks named, slices of a track inside one another or apart (%s)", async (_name, r) => {
    const { traceEvents } = trace.parse(JSON.parse(await text("chrome", r)));
    const slices = traceEvents.filter((e) => e.ph === "X");
    const named = new Set(traceEvents.filter((e) => e.ph === "M" && e.name === "thread_name").map((e) => e.tid));
    expect(slices.length).toBe(r.spans!.length);
    for (const tid of new Set(slices.map((e) => e.tid))) {
      expect(named.has(tid)).toBe(true);
      const open: number[] = [];
      let last = 0;
      for (const e of slices.filter((x) => x.tid === tid)) {
        expect(e.ts).toBeGreaterThanOrEqual(last);
        last = e.ts;
        while (open.length && open.at(-1)! <= e.ts + 1e-6) open.pop();
        if (open.length) expect(e.ts + e.dur).toBeLessThanOrEqual(open.at(-1)! + 1e-6);
        open.push(e.ts + e.dur);
      }
    }
  });
});

describe("texts", () => {
  test.each(reports)("collapsed stacks: names and whole nanoseconds (%s)", async (_name, r) => {
    const rows = (await text("collapsed", r))
      .trimEnd()
      .split("\n")
      .map((l) => /^(.+) (\d+)$/.exec(l)!);
    const total = rows.reduce((s, m) => s + Number(m[2]), 0);
    expect(total / 1e6).toBeCloseTo(
      costStacks(r).reduce((s, x) => s + x.ms, 0),
      3,
    );
  });
  test.each(reports)("the graph names every node once, and only nodes that are there (%s)", async (_name, r) => {
    const whole = await text("graph", r);
    const nodes = r.programs[0]!.levels.flatMap((l) => l.regions.flatMap((x) => x.nodes));
    for (const n of nodes) expect(whole.split("\n").filter((l) => l.startsWith(`  %${n.id} = `))).toHaveLength(1);
    for (const l of r.programs[0]!.levels) expect(whole).toContain(`## ${l.name}`);
  });
  test("jaxpr and code are those of the profile", async () => {
    const [program] = REPORTS.loop.programs;
    expect(await text("jaxpr", REPORTS.loop)).toBe(`${program!.levels[0]!.text!.text.trimEnd()}\n`);
    const code = await text("code", REPORTS.loop);
    for (const k of program!.kernels!) {
      expect(code).toContain(`${k.id} ${k.label}`);
      for (const c of k.code ?? []) expect(code).toContain(c.text.trimEnd());
    }
  });
});
