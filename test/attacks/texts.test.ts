// Attack list, faults D of processes and limits: mutated jaxprs, profiles, files and argument types end in time, with an answer or a typed error.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { parseJaxpr } from "../../src/engine/interop/parseJaxpr.ts";
import { parseReportText, ProfileError } from "../../src/engine/report/read.ts";
import { parseArgumentTypes } from "../../src/host/argumentTypes.ts";
import { FrameCheck } from "../../src/host/frames.ts";
import { LineReader } from "../../src/host/lines.ts";
import { findSites } from "../../src/host/sites.ts";
import { mutated, randomFrom } from "./mutate.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url)),
  COUNT = Number(process.env.JITLENS_ATTACKS ?? 1500);
/** Applies `try_` to mutations of the texts; gives what was thrown, and how long the slowest took. */
async function attack(
  texts: readonly string[],
  seed: number,
  count: number,
  try_: (text: string) => unknown,
): Promise<{ thrown: unknown[]; slowest: number }> {
  const random = randomFrom(seed),
    thrown: unknown[] = [];
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const text = mutated(texts[i % texts.length]!, random),
      start = performance.now();
    try {
      await try_(text);
    } catch (e) {
      thrown.push(e);
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return { thrown, slowest };
}
describe("D: jaxpr text", () => {
  const samples = readFileSync(at("../samples/jaxpr-samples.txt"), "utf8")
    .split(/\n(?=\{ lambda|let )/)
    .filter((t) => t.includes("{ lambda") && t.length < 4000);
  test("mutations end with a program or one of our errors", async () => {
    expect(samples.length).toBeGreaterThan(5);
    const { thrown, slowest } = await attack(samples, 1, COUNT, (t) => parseJaxpr(t));
    expect(thrown.filter((e) => !(e instanceof jl.JitLensError))).toEqual([]);
    expect(slowest).toBeLessThan(2000);
  });
  for (const text of [
    "{ lambda ; a:f32[",
    "{ lambda ; a:f32[2]. let b:f32[2] = add a",
    "{ lambda ; a:f32[2]. let  in (",
    "{ lambda ; a:f32[2]. let  in (a,) } trailing",
    "{ lambda ; a:f32[-3,x]. let  in (a,) }",
    "{ lambda ; a:i64[]. let b:i64[] = add a 1.5:i64[] in (b,) }",
    "let",
    "",
    "(".repeat(100_000),
    `${"{ lambda ; a:f32[]. let b:f32[] = jit[jaxpr=".repeat(20_000)}`,
    "{ lambda ; a:Ref{".repeat(10_000),
  ])
    test(`${JSON.stringify(text.slice(0, 40))} is refused`, () => {
      const start = performance.now();
      expect(() => parseJaxpr(text)).toThrow(jl.JitLensError);
      expect(performance.now() - start).toBeLessThan(5000);
    });
});
describe("D, A3: profiles", () => {
  const profiles = [readFileSync(at("../../src/engine/report/fixtures/loop.v1.jitprofile"), "utf8")],
    large = gunzipSync(readFileSync(at("../../src/engine/report/fixtures/digits.v1.jitprofile.gz"))).toString();
  test("mutations open or are refused", async () => {
    const { thrown, slowest } = await attack(profiles, 2, COUNT / 3, parseReportText);
    expect(thrown.filter((e) => !(e instanceof ProfileError))).toEqual([]);
    const more = await attack([large], 3, 20, parseReportText);
    expect(more.thrown.filter((e) => !(e instanceof ProfileError))).toEqual([]);
    expect(Math.max(slowest, more.slowest)).toBeLessThan(3000);
  });
  for (const [what, text] of [
    ["a million empty kernels", `{"format":"jitprofile","version":1,"kernels":[${"{},".repeat(1e6)}{}]}`],
    ["a million wrong kernels", `{"format":"jitprofile","version":1,"kernels":[${'{"bad":1},'.repeat(1e6)}{}]}`],
    ["a hundred thousand levels", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`],
    ["lists in lists", "[".repeat(1e6)],
    ["a prototype", '{"format":"jitprofile","version":2,"__proto__":{"a":1}}'],
  ] as const)
    test(`${what} is refused in time and memory`, () => {
      const start = performance.now();
      expect(() => parseReportText(text)).toThrow(ProfileError);
      expect(performance.now() - start).toBeLessThan(10_000);
    });
});
describe("D: files and argument types", () => {
  const grammars = at("../../dist/grammars"),
    file = readFileSync(at("../../examples/digits.ts"), "utf8"),
    forms =
      'import * as jl from "jitlens";\nconst { jit: j } = jl;\n/** @trace f32[2] */\nclass A { @jl.jit({ staticArgnums: 1 }) m(x, n) { return j((y) => y)(x); } f = jl.jit((x) => x); }\nexport default j(j((x) => x));\n';
  test("mutated files: every search ends, with places inside the file", async () => {
    const { thrown, slowest } = await attack([file, forms], 4, COUNT / 3, async (text) => {
      const lines = text.split("\n").length;
      for (const s of await findSites(grammars, "typescript", text))
        if (s.line < 0 || s.endLine >= lines || s.endLine < s.line) throw new Error(`outside: ${JSON.stringify(s)}`);
    });
    expect(thrown).toEqual([]);
    expect(slowest).toBeLessThan(2000);
  });
  test("mutated argument types", async () => {
    const { thrown, slowest } = await attack(['{ a: f32[2,3], b: [i32[], "x", -1.5] }, f32[8], true'], 5, COUNT * 5, parseArgumentTypes);
    expect(thrown.filter((e) => !(e instanceof Error && e.message.startsWith("argument types: ")))).toEqual([]);
    expect(slowest).toBeLessThan(500);
  });
});
describe("B14: raw streams", () => {
  const frame = (body: string): string => `Content-Length: ${body.length}\r\n\r\n${body}`;
  test("the framing check and the line reader end on anything, in any pieces", () => {
    const random = randomFrom(6);
    for (let i = 0; i < COUNT; i++) {
      const bytes = Buffer.from(mutated(frame('{"jsonrpc":"2.0","id":1,"method":"jitlens/ping"}').repeat(2), random)),
        check = new FrameCheck(),
        lines = new LineReader(
          "t",
          () => {},
          () => {},
          1000,
        );
      for (let from = 0; from < bytes.length;) {
        const n = 1 + Math.floor(random() * 30);
        const wrong = check.push(bytes.subarray(from, from + n));
        lines.push(bytes.subarray(from, from + n));
        if (wrong !== null) break;
        from += n;
      }
    }
  });
});
