// Reading and writing profiles: version 1 opens, hostile files are refused fast, unknown fields stay, types and validator agree.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import { fromColumns, toColumns } from "./columns.ts";
import { ProfileError, parseReport, parseReportText, readReport } from "./read.ts";
import { writeReport } from "./write.ts";
import { reportSchema } from "./schema.ts";
import type { Report } from "./types.ts";
import { jsonSchemaOf } from "./validate.ts";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const loop = (): Report => parseReportText(new TextDecoder().decode(fixture("loop.v1.jitprofile")));
/** Mutable copies: tests break them. */
const copy = (r: Report): Record<string, unknown> => JSON.parse(JSON.stringify(r)) as Record<string, unknown>;

describe("version 1", () => {
  test("a file that version 0.1.0 wrote opens", () => {
    const r = loop();
    expect(r.version).toBe(2);
    expect(r.function.name).toBe("run");
    expect(r.frames[r.function.at]).toMatchObject({ line: 3, func: "run" });
    const [program] = r.programs;
    expect(program!.arguments.map((a) => `${a.name}: ${a.type}`)).toEqual(["params.b: f32[16]", "params.w: f32[16,16]", "xs: f32[5,8,16]"]);
    expect(program!.levels.map((l) => l.name)).toEqual(["jaxpr", "fused"]);
    expect(program!.levels[1]!.regions[0]!.nodes.every((n) => !n.type.includes("float32"))).toBe(true);
    expect(program!.kernels!.length).toBeGreaterThan(2);
    expect(new Set(program!.kernels!.map((k) => k.name)).size).toBe(program!.kernels!.length);
    expect(r.files.every((f) => !f.path.includes("runner.mjs"))).toBe(true);
    expect(r.lines!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1, 6);
  });
  test("a gzipped one too", async () => {
    const r = await readReport(fixture("digits.v1.jitprofile.gz"));
    expect(r.function.name).toBe("trainStep");
    expect(r.programs[0]!.kernels).toHaveLength(15);
    expect(r.programs[0]!.levels[0]!.text!.text).toMatch(/^\{ lambda/);
  });
  test("what it did not know stays", () => {
    const old = JSON.parse(new TextDecoder().decode(fixture("loop.v1.jitprofile"))) as Record<string, unknown>;
    expect(parseReport({ ...old, mine: { a: [1] } })).toHaveProperty("mine", { a: [1] });
  });
});

describe("version 2", () => {
  test("reads what it writes", async () => {
    const r = loop();
    expect(parseReportText(writeReport(r))).toEqual(r);
    expect(await readReport(gzipSync(writeReport(r)))).toEqual(r);
  });
  test("unknown fields survive, at every depth", () => {
    const data = copy(loop()) as { programs: { kernels: Record<string, unknown>[] }[] } & Record<string, unknown>;
    data.later = { a: 1 };
    data.programs[0]!.kernels[0]!.later = ["x"];
    const again = JSON.parse(writeReport(parseReport(data))) as typeof data;
    expect(again.later).toEqual({ a: 1 });
    expect(again.programs[0]!.kernels[0]!.later).toEqual(["x"]);
  });
  test("long lists of spans are columns", () => {
    const spans = Array.from({ length: 20_000 }, (_v, i) => ({
      track: "kernels",
      start: i / 3,
      duration: 0.25,
      kernel: `k${i % 7}`,
      ...(i % 2 ? { run: i } : {}),
    }));
    const r: Report = { ...loop(), spans };
    const text = writeReport(r);
    expect(JSON.parse(text).spans).toHaveProperty("columns");
    expect(text.length).toBeLessThan(JSON.stringify(r).length / 1.5);
    expect(parseReportText(text).spans).toEqual(spans);
  });
  test("columns that do not fit are refused", () => {
    const columns = toColumns([{ start: 1 }, { start: 2 }])!;
    expect(fromColumns(columns)).toEqual([{ start: 1 }, { start: 2 }]);
    expect(() => fromColumns({ ...columns, length: 3 })).toThrow("not as long");
    expect(() => fromColumns({ ...columns, length: 1e12 })).toThrow("cannot be read");
    expect(() => parseReport({ ...copy(loop()), spans: { columns: { start: { type: "f64", data: "%%%" } }, length: 1 } })).toThrow(ProfileError);
  });
});

describe("the door", () => {
  const refusal = (data: unknown): string => {
    try {
      parseReport(data);
    } catch (e) {
      expect(e).toBeInstanceOf(ProfileError);
      return (e as Error).message;
    }
    return "accepted";
  };
  test("names the first fault", () => {
    expect(refusal([])).toContain("not an object");
    expect(refusal({ format: "x" })).toContain("format");
    expect(refusal({ format: "jitprofile", version: 3 })).toContain("version 3");
    const data = copy(loop()) as { programs: { kernels: { flops: unknown }[] }[] };
    data.programs[0]!.kernels[1]!.flops = "many";
    expect(refusal(data)).toContain("programs.0.kernels.1.flops");
  });
  test("indices point into their lists", () => {
    expect(refusal({ ...copy(loop()), warnings: [{ kind: "x", message: "m", stack: 99_999 }] })).toContain("stack 99999");
    const { stacks } = loop();
    const warnings = (stack: number) => [{ kind: "x", message: "m", stack }];
    expect(refusal({ ...copy(loop()), warnings: warnings(stacks.length - 1) })).toBe("accepted");
    expect(refusal({ ...copy(loop()), warnings: warnings(stacks.length) })).toContain(`stack ${stacks.length}`);
    expect(refusal({ ...copy(loop()), lines: [{ file: 77, line: 1, ms: 0, share: 1, parts: {} }] })).toContain("file 77");
  });
  test("lists end somewhere", () => {
    const row = { index: 0, function: "f", call: null, signature: "", phases: {}, causes: [] };
    const rows = (n: number) => ({ ...copy(loop()), compilations: Array.from({ length: n }, () => row) });
    expect(refusal(rows(100_000))).toBe("accepted");
    expect(refusal(rows(100_001))).toContain("too long");
  });
  for (const version of [1, 2] as const)
    for (const [n, each] of [
      [1_000_000, { bad: 1 }],
      [100_000, { bad: 1 }],
      [1_000_000, null],
    ] as const)
      test(`${n} × ${JSON.stringify(each)} in version ${version} is refused within a second, by its first fault (A3)`, () => {
        const whole = version === 1 ? (JSON.parse(new TextDecoder().decode(fixture("loop.v1.jitprofile"))) as Record<string, unknown>) : copy(loop());
        const bad = Array.from({ length: n }, () => each);
        const text = JSON.stringify(
          version === 1 ? { ...whole, kernels: bad } : { ...whole, programs: [{ ...(whole.programs as object[])[0], kernels: bad }] },
        );
        const start = performance.now();
        JSON.parse(text);
        const parsed = performance.now();
        expect(() => parseReportText(text)).toThrow(ProfileError);
        // On a busy machine reading the JSON alone may take its time.
        expect(performance.now() - parsed).toBeLessThan(Math.max(1000, 3 * (parsed - start)));
      });
  test("depth and damage are refused", async () => {
    expect(() => parseReportText("[".repeat(1_000_000))).toThrow("nested");
    expect(() => parseReportText(`{"format":"jitprofile","version":2,"x":${"[".repeat(5000)}${"]".repeat(5000)}}`)).toThrow("nested");
    expect(() => parseReportText("")).toThrow("not JSON");
    await expect(readReport(gzipSync("{}").subarray(0, 15))).rejects.toThrow(ProfileError);
  });
  test("a refusal quotes nothing of the file", () => {
    expect(refusal("[x](command:y)")).not.toContain("command");
    expect(() => parseReportText("[x](command:y)")).toThrow(/^((?!command).)*$/);
  });
});

describe("types, validator and JSON Schema say the same", () => {
  type Writable<T> = T extends readonly (infer _E)[] | object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
  test("types.ts and schema.ts", () => {
    expectTypeOf<z.infer<typeof reportSchema>>().toExtend<Writable<Report>>();
    expectTypeOf<Writable<Report>>().toExtend<z.infer<typeof reportSchema>>();
    // Optional fields would hide a missing one from assignability: the fields themselves are compared too, as far as the lists go.
    type Keys<T> = T extends readonly (infer E)[]
      ? Keys<E>
      : T extends object
        ? { [K in keyof T & string]-?: K | `${K}.${Keys<NonNullable<T[K]>>}` }[keyof T & string]
        : never;
    expectTypeOf<Keys<z.infer<typeof reportSchema>>>().toEqualTypeOf<Keys<Report>>();
  });
  test("docs/jitprofile.schema.json is generated from schema.ts (UPDATE_SCHEMA=1 writes it)", () => {
    const file = new URL("../../../docs/jitprofile.schema.json", import.meta.url);
    const text = `${JSON.stringify({ title: "JitLens profile, version 2", ...jsonSchemaOf(reportSchema) }, null, 1)}\n`;
    if (process.env.UPDATE_SCHEMA) writeFileSync(file, text);
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});
