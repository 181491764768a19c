// Every export format against a golden file (UPDATE_GOLDEN=1 writes them), and the properties that its readers rely on.
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseReport, parseReportText } from "../read.ts";
import type { Report, Span } from "../types.ts";
import { EXPORTERS, type Exporter, type ExporterId } from "./exporters.ts";

const at = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url);
const loop = (): Report => parseReportText(gunzipSync(readFileSync(at("loop.v2.jitprofile.gz"))).toString());
const old = (): Report => parseReportText(readFileSync(at("loop.v1.jitprofile"), "utf8"));
const assets = { page: 'console.log("</script>");', layoutWorker: "self.onmessage = () => {};" };
const write = (id: ExporterId, r: Report): string => EXPORTERS.find((e) => e.id === id)!.write(r, assets) as string;
/** What is packed, unpacked: packers differ from system to system. */
async function written(e: Exporter, r: Report): Promise<Uint8Array> {
  const data = await e.write(r, assets);
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** A profile is written before remedies are tried: the table of insights has one of its own. */
const tried = (): Report => {
  const at = { file: 0, lines: [4], text: 'x is computed "again", at each read.', remedy: "Store it." };
  const gain = { before: { min: 3, median: 4, spread: 0.5 }, after: { min: 1, median: 2, spread: 0.25 }, runs: 3 };
  return {
    ...loop(),
    insights: [
      { ...at, rule: "computed again", line: 3, gain, error: 0 },
      { ...at, rule: "estimate", line: 5, gain: null, predicted: 1 },
    ],
  };
};
describe("golden files", () => {
  for (const e of EXPORTERS)
    test(e.id, async () => {
      const report = e.id === "insights.csv" ? tried() : loop();
      expect(e.lacks?.(report) ?? null).toBe(null);
      const bytes = await written(e, report);
      const golden = at(`golden/loop.${e.extension.replace(/\.gz$/, "")}`);
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, bytes);
      expect(Buffer.from(bytes).toString("latin1")).toBe(readFileSync(golden).toString("latin1"));
    });
});
test("ids and extensions are each one format's", () => {
  for (const key of ["id", "extension"] as const) expect(new Set(EXPORTERS.map((e) => e[key])).size).toBe(EXPORTERS.length);
});
interface TraceEvent {
  readonly ph: string;
  readonly tid?: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly args: Record<string, unknown>;
}
const events = (r: Report): TraceEvent[] => (JSON.parse(write("chrome", r)) as { traceEvents: TraceEvent[] }).traceEvents;

describe("Chrome trace", () => {
  test("runs, kernels and phases of the compilation, from time 0", () => {
    const list = events(loop());
    const tracks = list.filter((e) => e.name === "thread_name").map((e) => e.args.name);
    expect(tracks).toEqual(["Trace and compile", "Runs", "Kernels"]);
    const slices = list.filter((e) => e.ph === "X");
    expect(slices.map((e) => e.name)).toEqual(expect.arrayContaining(["trace", "generate code", "run 1", "run 3"]));
    expect(Math.min(...slices.map((e) => e.ts))).toBe(0);
  });
  test("kernels lie inside their run, each with its own name (C20)", () => {
    const slices = events(loop()).filter((e) => e.ph === "X");
    const runs = slices.filter((e) => e.name.startsWith("run "));
    for (const k of slices.filter((e) => e.args.kernel)) {
      const run = runs[Number(k.args.run) - 1]!;
      expect(k.ts).toBeGreaterThanOrEqual(run.ts - 0.01);
      expect(k.ts + k.dur).toBeLessThanOrEqual(run.ts + run.dur + 0.01);
    }
  });
});
interface Profile {
  readonly events: readonly { readonly type: "O" | "C"; readonly frame: number; readonly at: number }[];
  readonly startValue: number;
  readonly endValue: number;
}
const profiles = (r: Report): Profile[] => (JSON.parse(write("speedscope", r)) as { profiles: Profile[] }).profiles;

describe("speedscope", () => {
  for (const [what, report] of [
    ["version 2", loop],
    ["version 1", old],
  ] as const)
    test(`spans open, last and close, properly nested (M9), ${what}`, () => {
      for (const p of profiles(report())) {
        const open: { frame: number; at: number }[] = [];
        let last = p.startValue;
        let lasted = 0;
        for (const e of p.events) {
          expect(e.at).toBeGreaterThanOrEqual(last);
          last = e.at;
          if (e.type === "O") open.push(e);
          else {
            const begun = open.pop()!;
            expect(begun.frame).toBe(e.frame);
            lasted += e.at - begun.at;
          }
        }
        expect(open).toEqual([]);
        expect(lasted).toBeGreaterThan(0);
        expect(p.endValue).toBe(last);
      }
    });
  test("a span lasts as long as it was measured", () => {
    const r: Report = {
      ...loop(),
      tracks: [{ id: "kernels", name: "Kernels", kind: "kernels" }],
      spans: [{ track: "kernels", start: 5, duration: 3, name: "x" }],
    };
    expect(profiles(r)[0]!.events.map((e) => [e.type, e.at])).toEqual([
      ["O", 0],
      ["C", 3],
    ]);
  });
});
describe("profiles from elsewhere", () => {
  const spans = Array.from({ length: 200_000 }, (_v, i): Span => ({
    track: "kernels",
    start: i,
    duration: 0.5,
    kernel: i % 2 ? "k0" : "no-such-kernel",
  }));
  const strange = parseReport({ ...(JSON.parse(JSON.stringify(loop())) as object), spans, tracks: undefined });
  for (const e of EXPORTERS)
    test(`${e.id}: 200,000 spans, half of them of a kernel that is not there (B13)`, async () => {
      const text = new TextDecoder().decode(await written(e, strange));
      expect(text.length).toBeGreaterThan(100);
      if (e.id === "chrome") {
        expect(text).toContain("unknown kernel no-such-kernel");
        expect(events(strange).filter((x) => x.ph === "X").length).toBe(200_000);
      }
      if (e.id === "jitprofile") expect(parseReportText(text).spans!.length).toBe(200_000);
    });
  test("a report with nothing but a function: what a format lacks is said, and nothing fails", async () => {
    const { format, version, id, created, tool, source, devices, files, frames, stacks } = loop();
    const bare: Report = {
      format,
      version,
      id,
      created,
      tool,
      source,
      devices,
      files,
      frames,
      stacks,
      function: loop().function,
      programs: [],
      compilations: [],
      warnings: [],
    };
    expect(parseReport(bare)).toBe(bare);
    const whole = ["jitprofile", "text", "html"];
    for (const e of EXPORTERS) {
      expect([e.id, e.lacks?.(bare) ?? null]).toEqual([e.id, whole.includes(e.id) ? null : expect.stringMatching(/^this profile has no /)]);
      await written(e, bare);
    }
  });
});
test("the HTML report cannot be broken out of, and says nothing to the network", () => {
  const r: Report = { ...loop(), function: { ...loop().function, name: '</script><script>alert("x")</script>\u2028' } };
  const text = write("html", r);
  expect(text.match(/<script/g)!.length).toBe(3);
  expect(text.match(/<\/script>/g)!.length).toBe(3);
  expect(text).toContain("default-src 'none'");
  expect(text).not.toMatch(/\bhttps?:\/\/(?!www\.speedscope)/);
});
