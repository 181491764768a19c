// A Python function on two compilers: the newest JAX from pip runs it, our own engine runs the same program on the same values, and both stand beside
// each other.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { diffReports } from "../../src/engine/report/diff/diff.ts";
import { agreementText, diffText } from "../../src/engine/report/diff/text.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import type { Report } from "../../src/engine/report/types.ts";
import type { RunResult, UserError } from "../../src/host/protocol.ts";
import { agreementOf } from "../../src/host/runner/agreement.ts";
import { pythonWithJax } from "../python.mjs";
import { missing } from "./onGpu.ts";
import { type RunOptions, dist, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
async function compared(text: string, more: RunOptions = {}): Promise<Extract<RunResult, { kind: "report" }>> {
  const file = join(scratch, `both${n++}`, "model.py");
  const r = await run(text, { mode: "profile", file, python: { setting }, collect: { calls: 1e6, seconds: 1 }, compareEngine: true, ...more });
  if (r.kind !== "report") throw new Error(JSON.stringify(r));
  return r;
}
const engineOf = (r: Extract<RunResult, { kind: "report" }>): Report => {
  if (!r.engine || "kind" in r.engine) throw new Error(JSON.stringify(r.engine));
  return parseReport(r.engine.report);
};
const head = "import jax\nimport jax.numpy as jnp\n";

describe("a model with its gradient, a loop, a random key and a static argument", () => {
  const text = `${head}from functools import partial

def layer(x, w):
    return jnp.tanh(x @ w)

@partial(jax.jit, static_argnums=2)
def f(params, x, scale, key):
    def loss(p):
        y = jax.nn.softmax(layer(x, p["w"]) + p["b"])
        z, _ = jax.lax.scan(lambda c, a: (c + a.sum(), a), 0.0, y)
        return (y ** 2).sum() * scale + z
    return jax.value_and_grad(loss)(params), jax.random.normal(key, (4,))

f({"w": jnp.ones((64, 128)) * 0.01, "b": jnp.arange(128.0)}, jnp.ones((32, 64)), 2, jax.random.key(3))
`;
  let jax: Report;
  let engine: Report;
  beforeAll(async () => {
    const r = await compared(text);
    jax = parseReport(r.report);
    engine = engineOf(r);
  }, 180_000);
  test("our engine's Report says where the program is from, and has its kernels on the person's lines", () => {
    expect(engine.source).toMatchObject({ kind: "stablehlo", language: "python" });
    expect(engine.source.versions.program).toMatch(/^JAX 0\./);
    const [p] = engine.programs;
    expect(p!.levels.map((l) => l.name)).toEqual(["stablehlo", "jaxpr", "fused"]);
    expect(p!.arguments.map((a) => a.name)).toEqual(jax.programs[0]!.arguments.map((a) => a.name));
    expect(engine.timing!.total.median).toBeGreaterThan(0);
    const lines = new Set(p!.kernels!.flatMap((k) => k.lines.map((l) => l.line)));
    for (const line of [6, 11, 12, 13]) expect(lines).toContain(line);
  });
  test("its results are JAX's", () => {
    const { agreement } = engine;
    expect(agreement!.with).toMatch(/^JAX 0\./);
    expect(agreement!.results).toHaveLength(4);
    for (const r of agreement!.results) expect(r).toMatchObject({ close: true });
  });
  test("beside each other: kernels by lines, what each stores, figures and times of both", () => {
    const d = diffReports(jax, engine);
    expect(d.compilers).toEqual(["XLA", "JitLens"]);
    const [p] = d.programs;
    const both = p!.kernels.filter((k) => k.status === "changed");
    expect(both.length).toBeGreaterThan(2);
    // Each pair has a line in common.
    const linesOf = (r: Report, id: string): number[] => r.programs[0]!.kernels!.find((k) => k.id === id)!.lines.map((l) => l.line);
    for (const k of both) expect(linesOf(jax, k.before!.id).some((l) => linesOf(engine, k.after!.id).includes(l))).toBe(true);
    expect(new Set(p!.decisions.map((x) => x.change))).toEqual(new Set(["byFirst", "bySecond"]));
    expect(d.notes).toEqual(["XLA and JitLens ran the same program on the same values: kernels are put together by the lines they come from"]);
    const shown = diffText(d);
    expect(shown).toMatch(/^XLA {5}f /m);
    expect(shown).toMatch(/^results as JAX 0\.\S+'s: largest error/m);
    expect(shown).toMatch(/JitLens stores .*\n/);
  });
});
describe("our engine on WebGPU", () => {
  const text = `${head}
@jax.jit
def f(x, w):
    h = jnp.tanh(x @ w)
    return jax.nn.softmax(h), h.sum(0)

f(jnp.arange(96.0).reshape(8, 12) / 96, jnp.ones((12, 16)) / 12)
`;
  test.skipIf(missing !== null)(
    "its results are JAX's, its kernels are shaders, and both stand beside each other",
    async () => {
      const r = await compared(text, { prefers: "webgpu" });
      const engine = engineOf(r);
      expect(engine.devices[0]!.platform).toMatch(/^webgpu: /);
      expect(engine.warnings).toEqual([]);
      expect(engine.programs[0]!.kernels!.flatMap((k) => k.code?.map((c) => c.language) ?? [])).toContain("wgsl");
      for (const result of engine.agreement!.results) expect(result).toMatchObject({ close: true });
      expect(diffReports(parseReport(r.report), engine).programs[0]!.kernels.some((k) => k.status === "changed")).toBe(true);
    },
    120_000,
  );
  test("where there is no such device, it runs on the CPU and says why", async () => {
    const engine = engineOf(await compared(text, { prefers: "abacus" }));
    expect(engine.devices[0]!.platform).not.toMatch(/webgpu/);
    expect(engine.warnings).toMatchObject([{ kind: "deviceMissing", message: expect.stringMatching(/^this ran on the CPU, though .*abacus/) }]);
    for (const result of engine.agreement!.results) expect(result).toMatchObject({ close: true });
  }, 120_000);
});
test("what our engine cannot run says so, and JAX's profile is there", async () => {
  const r = await compared(`${head}
@jax.jit
def f(x):
    return jax.pure_callback(lambda v: v, jax.ShapeDtypeStruct((3,), "float32"), x) + 1

f(jnp.ones(3))
`);
  expect(parseReport(r.report).source.kind).toBe("jax");
  expect((r.engine as UserError).message).toMatch(/^JitLens's engine cannot run f: .*not read yet: custom_call @\S+ \(line \d+\)/);
}, 120_000);
test("what is too large to be given over says how large", async () => {
  const r = await compared(`${head}
@jax.jit
def f(x):
    return x + 1

f(jnp.ones((3000, 2000)))
`);
  expect((r.engine as UserError).message).toMatch(
    /f cannot be compared with JitLens's engine: its arguments and results have 45 MiB, and 32 MiB are compared at most/,
  );
}, 120_000);
test("jitlens profile --compare-engine prints both and writes both", () => {
  const folder = join(scratch, "both-cli");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.py"), `${head}\n@jax.jit\ndef f(x):\n    return jnp.sin(x) * 2\n\nf(jnp.ones(300))\n`);
  const r = spawnSync(
    process.execPath,
    [join(dist, "host", "cli.cjs"), "profile", "model.py#f", "--compare-engine", "--python", setting, "--seconds", "0", "--out", "out"],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  expect(r.stderr).not.toMatch(/error/i);
  expect(r.stdout).toMatch(/results as JAX .*\n[^]*Kernels/);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["model.f.jitlens.jitprofile", "model.f.jitprofile"]);
  writeFileSync(join(folder, "model.ts"), 'import { jit } from "jitlens";\nexport const f = jit((x) => x);\n');
  const ts = spawnSync(process.execPath, [join(dist, "host", "cli.cjs"), "profile", "model.ts#f", "--compare-engine"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([ts.status, ts.stderr]).toEqual([2, expect.stringContaining("--compare-engine is for Python files")]);
}, 180_000);

describe("how far two results are apart", () => {
  const of = (dtype: string, own: number[], other: number[]) => agreementOf("JAX", [{ dtype, shape: [own.length], data: own }], [other]).results[0];
  test.each([
    ["float32", [1, 2], [1, 2], { error: 0, relative: 0, close: true }],
    ["float32", [1, 2.00001], [1, 2], { close: true }],
    ["float32", [1, 2.1], [1, 2], { close: false }],
    ["bfloat16", [1, 2.02], [1, 2], { close: true }],
    ["float32", [NaN, Infinity], [NaN, Infinity], { error: 0, close: true }],
    ["float32", [NaN], [1], { error: null, relative: null, close: false }],
    ["int32", [3], [4], { error: 1, relative: 0.25, close: false }],
    ["float32", [1], [1, 2], { error: null, close: false }],
    ["float32", [0, 1e-9], [0, 0], { close: false }],
    ["float32", [], [], { error: 0, relative: 0, close: true }],
  ])("%s %j %j", (dtype, own, other, want) => expect(of(dtype, own, other)).toMatchObject(want));
  test("in words", () => {
    const words = (own: number[], other: number[]): string =>
      agreementText(agreementOf("JAX 1", [{ dtype: "float32", shape: [own.length], data: own }], [other]));
    expect(words([1], [1])).toBe("as JAX 1's: equal in every element");
    expect(words([2.00001], [2])).toBe("as JAX 1's: largest error 0.000010 in result float32[1], 0.0000050 of its largest element");
    expect(words([3], [2])).toBe("differ from JAX 1's in 1 of 1: largest error 1.0 in result float32[1], 0.50 of its largest element");
    expect(words([NaN], [2])).toBe("differ from JAX 1's in 1 of 1: result float32[1] is not finite where the other's is, or the other way round");
  });
});
