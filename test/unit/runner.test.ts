// Runs in real runner processes: what a person gets for good files, and for every kind of bad one.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import { EXPORTERS } from "../../src/engine/report/exporters/exporters.ts";
import type { RunResult } from "../../src/host/protocol.ts";
import { startRun } from "../../src/host/run.ts";
import { findSites } from "../../src/host/sites.ts";

const dist = fileURLToPath(new URL("../../dist", import.meta.url)),
  folder = mkdtempSync(join(tmpdir(), "jitlens-runner-"));
let n = 0;
async function start(text: string, options: { args?: string; mode?: "profile" | "trace"; node?: string; index?: number } = {}) {
  const file = join(folder, `file${n++}.ts`),
    [site] = (await findSites(join(dist, "grammars"), "typescript", text)).slice(options.index ?? 0);
  writeFileSync(file, text);
  return {
    file,
    ...startRun(
      dist,
      {
        id: "t",
        file,
        text,
        languageId: "typescript",
        mode: options.mode ?? "trace",
        nodePath: options.node ?? process.execPath,
        electron: false,
        site: site!,
        args: options.args ?? null,
      },
      { progress: () => {}, output: () => {} },
    ),
  };
}
const run = async (text: string, options = {}): Promise<RunResult> => (await start(text, options)).result;
const assets = { page: "", layoutWorker: "" };
const head = 'import { jit, numpy as np, type Value } from "jitlens";\n';
const reportOf = (r: RunResult): Report => {
  if (r.kind !== "report") throw new Error(JSON.stringify(r));
  return parseReport(r.report);
};
const errorOf = (r: RunResult): string => {
  if (r.kind !== "error") throw new Error(`expected an error, got ${r.kind}`);
  return `${r.line}: ${r.message} | ${r.action}`;
};

test("a profile: kernels, lines that add up, lineage", async () => {
  const r = reportOf(
    await run(
      `${head}const f = jit((x: Value, w: Value) => {\n  const h = np.tanh(x.matmul(w));\n  return h.sum();\n});\nf(np.ones([32, 64]), np.ones([64, 32]));`,
      { mode: "profile" },
    ),
  );
  const [program] = r.programs;
  expect(program!.arguments).toMatchObject([
    { name: "x", type: "f32[32,64]" },
    { name: "w", type: "f32[64,32]" },
  ]);
  expect(r.timing!.repetitions).toBeGreaterThan(10);
  expect(r.lines!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1, 6);
  for (const k of program!.kernels!) {
    expect(k.time!.median).toBeGreaterThan(0);
    expect(k.lines.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1, 6);
    expect(k.nodes.length).toBeGreaterThan(0);
  }
  expect(new Set(r.lines!.filter((l) => l.parts.kernels).map((l) => l.line))).toEqual(new Set([3, 4]));
  for (const e of EXPORTERS) expect((await e.write(r, assets)).length).toBeGreaterThan(100);
  const trace = JSON.parse(EXPORTERS.find((e) => e.id === "chrome")!.write(r, assets) as string) as { traceEvents: { ph: string }[] };
  expect(trace.traceEvents.filter((e) => e.ph === "X").length).toBe(r.spans!.length);
});
test("decorated methods, with their this", async () => {
  const text = `import { jit, numpy as np, type Value } from "jitlens";\nclass Model {\n  scale = 3;\n  @jit\n  step(x: Value): Value { return np.tanh(x).mul(this.scale); }\n  @jit({ staticArgnums: 1 })\n  static power(x: Value, k: number): Value { return x.pow(k); }\n}\nModel.power(np.ones([4]), 3);\nnew Model().step(np.ones([8]));`;
  expect(reportOf(await run(text)).programs[0]!.levels[0]!.text!.text).toMatch(/tanh/);
  expect(reportOf(await run(text, { index: 1 })).programs[0]!.levels[0]!.text!.text).toMatch(/integer_pow\[y=3\]/);
});
test("a function that is never called: a tag, typed arguments, or a question", async () => {
  expect((await run(`${head}export const f = jit((x: Value) => x.mul(2));`)).kind).toBe("needs-arguments");
  expect(reportOf(await run(`${head}/** @trace f32[5] */\nexport const f = jit((x: Value) => x.mul(2));`)).programs[0]!.arguments[0]!.type).toBe(
    "f32[5]",
  );
  expect(
    reportOf(
      await run(`${head}export const f = jit((p: { w: Value; b: Value }, n: Value) => p.w.mul(n).add(p.b));`, {
        args: "{ w: f32[2], b: f32[2] }, f32[]",
      }),
    ).programs[0]!.arguments.map((a) => a.type),
  ).toEqual(["f32[2]", "f32[2]", "f32[]"]);
});
test("a call that comes late, from a timer", async () => {
  expect(
    reportOf(await run(`${head}const f = jit((x: Value) => x.mul(2));\nsetTimeout(() => f(np.ones([3])), 50);`)).programs[0]!.arguments[0]!.type,
  ).toBe("f32[3]");
});
const ERRORS: readonly [string, string, RegExp][] = [
  ["a syntax error", `${head}const f = jit((x) => x);\nconst wrong = ;`, /^3: syntax error.*Correct the line/],
  [
    "a missing module",
    `import "no-such-module-here";\n${head}const f = jit((x: Value) => x);\nf(np.ones([1]));`,
    /^1: the module "no-such-module-here" is not found \| Install it: npm install/,
  ],
  [
    "a shape mismatch",
    `${head}const f = jit((x: Value) =>\n  np.matmul(x, x));\nf(np.ones([2, 3]));`,
    /^3: matmul: .*f32\[2,3\].*\| Look at the shapes/s,
  ],
  [
    "a tracer in an if",
    `${head}const f = jit((x: Value) => {\n  if ((x as never) > 0) return x;\n  return x.neg();\n});\nf(np.ones([]));`,
    /^3: .*JavaScript number.*\| Use lax\.cond or np\.where/s,
  ],
  ["an exception of the file's own", `${head}const f = jit((x: Value) => x);\nthrow new Error("my own trouble");`, /^3: my own trouble/],
  ["an end before the call", `${head}const f = jit((x: Value) => x);\nprocess.exit(3);`, /ended with exit code 3/],
  [
    "a crash",
    `${head}const f = jit((x: Value) => x);\nprocess.kill(process.pid, "SIGSEGV");\nawait new Promise((r) => setTimeout(r, 500));`,
    /ended by SIGSEGV/,
  ],
  [
    "a misspelt function",
    `${head}const f = jit((x: Value) => (np as any).sofmax(x));\nf(np.ones([2]));`,
    /sofmax is not a function.*Did you mean nn\.softmax/s,
  ],
  ["a function of another module", `${head}const f = jit((x: Value) => (np as any).relu(x));\nf(np.ones([2]));`, /Did you mean nn\.relu/],
  ["a misspelt method", `${head}const f = jit((x: Value) => (x as any).reshap([2]));\nf(np.ones([2]));`, /Did you mean .*reshape/],
  [
    "a name of the file's own that is no function",
    `${head}const f = jit((x: Value) => (f as any).table.run(x));\n(f as any).table = {};\nf(np.ones([2]));`,
    /^2: .*is not a function \| Look at how the name is written(?!.*numpy)/,
  ],
  [
    "a value that is no Error",
    `${head}const f = jit((x: Value) => {\n  throw undefined;\n});\nf(np.ones([2]));`,
    /^2: undefined was thrown \| Throw an Error instead/,
  ],
  [
    "a text that is thrown",
    `${head}const f = jit((x: Value) => {\n  throw "trouble";\n});\nf(np.ones([2]));`,
    /^2: trouble \| Throw an Error instead/,
  ],
  ["too much memory", `${head}const f = jit((x: Value) => x);\nf(np.ones([60000, 60000]));`, /memory|allocation|length/i],
];
for (const [what, text, want] of ERRORS) test(`${what} names the line and what to do`, async () => expect(errorOf(await run(text))).toMatch(want));
test("no node", async () =>
  expect(errorOf(await run(`${head}const f = jit((x: Value) => x);`, { node: "/no/such/node" }))).toMatch(/no program.*jitlens\.nodePath/));
test("an endless loop is cancelled within a second", async () => {
  const r = await start(`${head}const f = jit((x: Value) => x);\nfor (;;) {}\nf(np.ones([1]));`);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const from = performance.now();
  r.cancel();
  expect((await r.result).kind).toBe("cancelled");
  expect(performance.now() - from).toBeLessThan(1000);
});
test("a profile of another kind is refused with the field", () => {
  expect(() => parseReport({ format: "jitprofile", version: 3 })).toThrow(/version 3/);
});
