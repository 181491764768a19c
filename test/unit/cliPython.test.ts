// The built command line on Python files, with a real JAX that only --python names: checks of a baseline, and what is said of programs that XLA compiles.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { pythonWithJax } from "../python.mjs";
import { parseReport } from "../../src/engine/report/read.ts";
import { dist } from "./runs.ts";

const MODEL = `import jax, jax.numpy as jnp

@jax.jit
def step(w, x):
    h = jnp.sin(x) @ w
    return jnp.tanh(h) / (1 + jnp.sum(h * h, axis=1, keepdims=True))

step(jnp.ones((8, 4)), jnp.ones((16, 8)))
`;
const cwd = mkdtempSync(join(tmpdir(), "jitlens-cli-python-"));
let python: string;
beforeAll(() => {
  python = pythonWithJax();
  writeFileSync(join(cwd, "model.py"), MODEL);
});
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
/** Without a Python on the PATH, and none in the folder: what --python says is all that there is. */
function jitlens(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(dist, "host", "cli.cjs"), ...args], { cwd, env: { ...process.env, GITHUB_ACTIONS: "", PATH: "" } });
  const said = { out: "", err: "" };
  child.stdout.on("data", (d: Buffer) => (said.out += d.toString()));
  child.stderr.on("data", (d: Buffer) => (said.err += d.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}
test("check without targets runs the functions of a baseline with the Python that is named", async () => {
  expect(await jitlens("check", "model.py#step", "--baseline", "b.json", "--update", "--python", python)).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, "b.json"), "utf8")).not.toContain(python);
  const again = await jitlens("check", "--baseline", "b.json", "--python", python);
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {2}model\.py#step/) });
});
test("what is for our own compiler is not proposed for XLA's programs", async () => {
  const edges = await jitlens("explain", "model.py#step", "--json", "-q", "--python", python);
  const { edges: all } = JSON.parse(edges.out) as { edges: { id: string }[] };
  if (all[0]) expect((await jitlens("explain", "model.py#step", all[0].id, "-q", "--python", python)).out).not.toContain("--pin");
  const advice = await jitlens("advise", "model.py#step", "-q", "--python", python, "--budget", "1");
  expect(advice.out).not.toContain("Nothing that was tried");
  const values = await jitlens("profile", "model.py#step", "--values", "--python", python);
  expect(values).toMatchObject({ code: 2, err: expect.stringContaining("--values is for programs on JitLens's own engine") });
});
test("products of a matrix and a vector, of which XLA's text says no place, stand at their own lines", async () => {
  const text = `import jax, jax.numpy as jnp

@jax.jit
def step(w, v, x):
    h = jnp.tanh(w @ x)
    y = v @ h
    z = y @ w
    return jnp.sum(z * 2)

@jax.jit
def other(x):
    return x + 1

@jax.jit
def never(a, b, c=2):
    return a + b

other(jnp.ones(3)), other(jnp.ones(4))
step(jnp.ones((128, 128)), jnp.ones((128, 128)), jnp.ones(128))
`;
  writeFileSync(join(cwd, "vectors.py"), text);
  const traced = await jitlens("trace", "vectors.py#step", "--python", python, "--format", "jitprofile", "--out", "out", "-q");
  expect(traced.err).not.toContain("Error");
  const [kernels = []] = parseReport(JSON.parse(readFileSync(join(cwd, "out", "vectors.step.jitprofile"), "utf8"))).programs.map((p) => p.kernels);
  expect(kernels.filter((k) => k.kind === "dot").map((k) => k.lines.map((l) => l.line))).toEqual([[5], [6], [7]]);
  const checked = await jitlens("check", "vectors.py#step", "--baseline", "v.json", "--update", "--python", python);
  expect(checked.out).toMatch(/compilations 1\b/);
});
test("argument types of the wrong number end with what the function takes", async () => {
  for (const [types, said] of [
    ["f32[2]", "1 argument type for never(a, b, c), which takes 2 to 3"],
    ["f32[2],f32[2],f32[2],f32[2]", "4 argument types for never(a, b, c), which takes 2 to 3"],
  ] as const) {
    const r = await jitlens("trace", "vectors.py#never", "--args", types, "--python", python, "-q");
    expect(r).toMatchObject({ code: 2, err: expect.stringContaining(`--args: ${said}`) });
    expect(r.err).not.toContain("Traceback");
  }
});
test("options that would do nothing are refused", async () => {
  for (const [args, said] of [
    [["--python", ""], "--python names no program"],
    [["--python", python, "--sections", "lines"], "--sections is for --json"],
    [["--python", python, "--full", "--json"], "--full is for the text"],
  ] as const) {
    const r = await jitlens("profile", "model.py#step", ...args);
    expect(r.code).toBe(2);
    // With --json the error is JSON too.
    expect(r.out + r.err).toContain(said);
  }
});
