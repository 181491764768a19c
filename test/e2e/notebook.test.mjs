// A notebook in the real workbench, without any other extension: lenses in its Python cells, runs of the text as it stands, lines of cells, errors in cells.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pythonWithJax } from "../python.mjs";
import { openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-nb-"));
const notebook = (name, cells, language = "python") =>
  writeFileSync(
    join(folder, name),
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: language, display_name: language, language }, language_info: { name: language } },
      cells: cells.map((source, i) => ({ cell_type: "code", id: `c${i}`, source, metadata: {}, outputs: [], execution_count: null })),
    }),
  );
cpSync(join(here, "..", "..", "examples", "python", "spirals.ipynb"), join(folder, "spirals.ipynb"));
notebook("small.ipynb", [
  "%matplotlib inline\nimport jax\nimport jax.numpy as jnp\nn = 8",
  "@jax.jit\ndef f(x):\n    y = jnp.tanh(x)\n    return (y * y).sum()",
  "f(jnp.ones(n))",
]);
notebook("broken.ipynb", ["import jax", "values = [1, 2, 3]\nvalues[7]", "@jax.jit\ndef g(x):\n    return x + 1\n\ng(1.0)"]);
notebook("other.ipynb", ["using JAX", "jit(f)"], "julia");
let w;
before(async () => {
  process.env.JAX_PLATFORMS = "cpu";
  symlinkSync(dirname(dirname(pythonWithJax())), join(folder, ".venv"), "junction");
  w = await openWorkbench({ folder, settings: { "files.autoSave": "off" } });
  await w.open("small.ipynb");
});
after(async () => {
  await w?.screenshot(join(shots, "last.png")).catch(() => {});
  await w?.close();
});
/** The code cell of a number, as it is drawn. */
const cell = (number) =>
  w.page
    .locator(".notebookOverlay:visible .cell-list-container .code-cell-row, .notebookOverlay:visible .monaco-list-row.code-cell-row")
    .nth(number - 1);
const profiled = async (pattern) => {
  const profile = await w.view("profile");
  await until(`a profile of ${pattern}`, async () => pattern.test(await profile.locator(".header").innerText()));
  return profile;
};

test("Notebook: lenses stand in the Python cells that have jit functions, without other extensions", async () => {
  await cell(2).locator(".codelens-decoration a", { hasText: "jit & profile" }).waitFor();
  assert.equal(await w.page.locator(".notebookOverlay .codelens-decoration a", { hasText: "jit & profile" }).count(), 1);
});
test("Notebook: jit & profile runs the cells and shows lines of cells; results stand in the cell", async () => {
  await cell(2).locator(".codelens-decoration a", { hasText: "jit & profile" }).click();
  const profile = await profiled(/f\b.*median/s);
  await profile.locator("table.kernels tbody tr").first().waitFor();
  await cell(2)
    .locator(".codelens-decoration a", { hasText: /· \d+ kernels?/ })
    .waitFor();
  await until("line shares in the cell", async () => (await cell(2).locator("[class*=ced-]").count()) > 0);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "notebook.png"));
});
