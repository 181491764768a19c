// The built command line on Python files, with a real JAX that only --python names: checks of a baseline, and what is said of programs that XLA compiles.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { pythonWithJax } from "../python.mjs";
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
