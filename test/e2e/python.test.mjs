// The same main job for a Python file: lenses above @jax.jit, a click, the graph and the kernels that the user's own JAX makes of it.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pythonWithJax } from "../python.mjs";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-py-"));
cpSync(join(here, "..", "..", "examples"), folder, { recursive: true, filter: (f) => !f.includes(join("examples", "out")) });
writeFileSync(
  join(folder, "mistake.py"),
  "import jax\nimport jax.numpy as jnp\n\n\n@jax.jit\ndef wrong(x):\n    if x > 0:\n        return x\n    return -x\n\n\nwrong(1.0)\n",
);
writeFileSync(
  join(folder, "compared.py"),
  "import jax\nimport jax.numpy as jnp\n\n\n@jax.jit\ndef both(x, w):\n    y = jnp.tanh(x @ w)\n    return (y * y).sum()\n\n\nboth(jnp.ones((64, 32)), jnp.ones((32, 16)))\n",
);
writeFileSync(join(folder, "typed.py"), "import jax\nimport jax.numpy as jnp\n");
let w;
before(async () => {
  process.env.JAX_PLATFORMS = "cpu";
  // The workspace's own environment is found without a setting.
  symlinkSync(dirname(dirname(pythonWithJax())), join(folder, ".venv"), "junction");
  w = await openWorkbench({ folder, file: join(folder, "python", "digits.py"), settings: { "files.autoSave": "off" } });
});
after(async () => {
  await w?.screenshot(join(shots, "last.png")).catch(() => {});
  await w?.close();
});

test("Python: lenses stand above @jax.jit", async () => {
  await w.lens("jit & profile").waitFor();
  // The editor draws what is in view alone: both functions stand near the file's end.
  await w.page.locator(".view-line").first().click();
  await w.page.keyboard.press("Control+End");
  await until("two lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
});
test("Python: jit & profile shows XLA's graph, its kernels and the lines", async () => {
  const clicked = Date.now();
  await w.lens("jit & profile").click();
  const graph = await w.drawn("graph");
  console.log(`click to first painted graph: ${Date.now() - clicked} ms`);
  const profile = await w.view("profile");
  await openTab(profile, "Kernels");
  await until("its kernels", async () => (await profile.locator("table.kernels tbody tr").count()) >= 5);
  await until("measured", async () => /train_step.*median/s.test(await profile.locator(".header").innerText()));
  await until(
    "line shares",
    async () => (await w.page.locator(".view-line", { hasText: "%" }).count()) > 0 || (await w.page.locator("[class*=ced-]").count()) > 0,
  );
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "python.png"));
});
test("Python: Compare with JitLens's Engine shows XLA and JitLens beside each other", async () => {
  await w.open(join(folder, "compared.py"));
  await w.lens("jit & profile").first().waitFor();
  await w.page.locator(".view-line", { hasText: "def both" }).first().click();
  await w.command("JitLens: Compare with JitLens's Engine");
  const page = await w.view("full");
  await page.locator(".compare-head").waitFor();
  const said = await page.locator(".compare-head").innerText();
  assert.match(said, /Results: as those of JAX 0\.|Results: equal to those of JAX 0\./);
  assert.match(said, /XLA.*JitLens/s);
  await page.getByRole("radio", { name: /^Kernels/ }).click();
  const kernels = page.locator("table[aria-label='Kernels of both']");
  await kernels.locator("tbody tr", { hasText: "both" }).first().waitFor();
  await until("both names", async () => /XLA\s+JitLens/.test(await kernels.innerText()));
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "compare-engine.png"));
});
test("Python: an error stands on its line, with what to do about it", async () => {
  await w.open(join(folder, "mistake.py"));
  await w.lens("jit & profile").first().waitFor();
  await w.lens("jit & profile").first().click();
  const panel = await w.view("profile");
  const said = panel.locator(".status, .welcome", { hasText: "TracerBoolConversionError" }).first();
  await said.waitFor({ timeout: 120_000 });
  assert.match(await said.innerText(), / failed: mistake\.py:7: .*jax\.lax\.cond/s);
  // In one place: no notification repeats it.
  assert.deepEqual(
    (await w.notifications()).filter((t) => t.includes("TracerBoolConversionError")),
    [],
  );
});
test("Python: what was typed and not saved is profiled", async () => {
  await w.open(join(folder, "typed.py"));
  await w.page.locator(".view-line", { hasText: "jax.numpy" }).first().click();
  await w.page.keyboard.press("Control+End");
  await w.page.keyboard.type("@jax.jit\ndef typed(x): return x * 2\n\ny = typed(jnp.ones(7))\n", { delay: 5 });
  await w.lens("jit & profile").click();
  const profile = await w.view("profile");
  await until("its profile", async () => /typed.*median/s.test(await profile.locator(".header").innerText()));
  assert.ok(!readFileSync(join(folder, "typed.py"), "utf8").includes("typed"));
});
