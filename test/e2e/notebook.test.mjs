// Notebooks in the real workbench: lenses above a cell's jit function, a click that runs the cells above it, lines of the profile that are lines of cells, text
// that was never saved, and an error in a cell above.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pythonWithJax } from "../python.mjs";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-nb-"));
const SHARED = "import jax\nimport jax.numpy as jnp";
const STEP = "@jax.jit\ndef step(x, w):\n    h = layer(x, w)\n    return (h * h).sum()";
const cell = (source, metadata = {}) => ({ cell_type: "code", metadata, outputs: [], execution_count: null, source });
writeFileSync(
  join(folder, "train.ipynb"),
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "python" } },
    cells: [
      { cell_type: "markdown", metadata: {}, source: "A step" },
      cell(SHARED),
      cell("const jit = (f) => f;\nconst g = jit((x) => x);", { vscode: { languageId: "javascript" } }),
      cell("def layer(x, w):\n    y = x @ w\n    return jnp.tanh(y)"),
      cell(STEP),
      cell("loss = step(jnp.ones((64, 32)), jnp.ones((32, 16)))"),
    ],
  }),
);
const PUT = [
  "import jax",
  "import jax.numpy as jnp",
  "@jax.jit",
  "def put(buffer, i):",
  "    return buffer.at[i].set(1)",
  "b = put(jnp.ones((4096, 1024)), 1)",
].join("\n");
writeFileSync(
  join(folder, "put.ipynb"),
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { language_info: { name: "python" } }, cells: [cell("import os"), cell(PUT)] }),
);
/** Stands for the Jupyter extension, which cannot be had here: what its public interface says of the kernel that is selected. */
function jupyterWith(python) {
  const at = mkdtempSync(join(tmpdir(), "jitlens-kernel-"));
  const manifest = { name: "jupyter", publisher: "ms-toolsai", version: "1.0.0", engines: { vscode: "^1.90.0" }, main: "./main.js" };
  writeFileSync(join(at, "package.json"), JSON.stringify({ ...manifest, activationEvents: ["onNotebook:jupyter-notebook"] }));
  const environment = { id: python, path: dirname(python), executable: { uri: { fsPath: python } } };
  writeFileSync(join(at, "main.js"), `exports.activate = () => ({ getPythonEnvironment: () => (${JSON.stringify(environment)}) });`);
  return at;
}
let w;
before(async () => {
  process.env.JAX_PLATFORMS = "cpu";
  w = await openWorkbench({ folder, beside: [jupyterWith(pythonWithJax())], settings: { "files.autoSave": "off" } });
});
after(async () => {
  await w?.screenshot(join(shots, "last.png")).catch(() => {});
  await w?.close();
});
/** The editor of the cell that has a text. */
const editor = (part) => w.page.locator(".notebookOverlay .monaco-editor", { has: w.page.locator(".view-line", { hasText: part }) }).first();
const lensOf = (part, text) => editor(part).locator(".codelens-decoration a", { hasText: text });
/** The text of the line that the cursor is on, in whatever cell it is. */
const cursorText = () =>
  w.page.evaluate(() => {
    const at = document.activeElement?.closest(".monaco-editor");
    const top = at?.querySelector(".current-line")?.parentElement?.style.top;
    return [...(at?.querySelectorAll(".view-line") ?? [])].find((l) => l.style.top === top)?.textContent?.replace(/\u00a0/g, " ") ?? "";
  });

test("notebook: lenses stand above the jit function of a Python cell, and in no other cell", async () => {
  // The Explorer knows files before the editor knows that notebooks are more than JSON.
  await w.ready();
  await w.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "train.ipynb" }).dblclick();
  await lensOf("def step", "jit & profile").waitFor();
  await until("no other", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 1);
});
test("notebook: a click runs the cells above, and shares of time stand in the cells", async () => {
  await lensOf("def step", "jit & profile").click();
  const graph = await w.view("graph");
  await until("the graph", () => graph.evaluate(() => document.body.dataset.report === "step"));
  await until("the result beside the lenses", async () => (await lensOf("def step", /[µm]?s · \d+ kernels?/).count()) > 0);
  const profile = await w.view("profile");
  await until("measured", async () => /step.*median/s.test(await profile.locator(".header").innerText()));
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "notebook.png"));
});
test("notebook: the Python is the kernel's, and the summary says so", async () => {
  const profile = await w.view("profile");
  await openTab(profile, "Summary");
  await until("the interpreter", async () => (await profile.locator("body").innerText()).includes(`${pythonWithJax()} (the notebook's kernel)`));
});
test("notebook: lines of the report lead to their cells", async () => {
  const profile = await w.view("profile");
  await openTab(profile, "Lines");
  await profile.locator(".source-line", { hasText: "y = x @ w" }).locator("a.line").click();
  await until("the cursor in the cell that is called", async () => (await cursorText()).includes("= x @ w"));
  await profile.locator(".source-line", { hasText: "(h * h).sum()" }).locator("a.line").click();
  await until("the cursor in the function's cell", async () => (await cursorText()).includes("(h * h).sum()"));
  await until("its share of the time", async () => (await editor("def step").locator("[class*=ced-]").count()) > 0);
});
test("notebook: shapes stand in the cells, and an error is marked in the cell that it is in, while they are edited", async () => {
  await until("the shape of h", async () => /h ?f32\[64,16\]/.test(await w.lineText("= layer(x, w)")));
  assert.match(await w.lineText("= x @ w"), /y ?f32\[64,16\]/);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "notebook-hints.png"));
  await editor("def layer").locator(".view-line", { hasText: "= x @ w" }).click();
  await w.page.keyboard.press("End");
  await w.page.keyboard.type(".T @ y0", { delay: 5 });
  await until("a mark in the cell", async () => (await editor("def layer").locator(".squiggly-error").count()) > 0);
  for (const _key of ".T @ y0") await w.page.keyboard.press("Backspace");
  await until("no mark", async () => (await editor("def layer").locator(".squiggly-error").count()) === 0);
});
test("notebook: what was typed and not saved is run", async () => {
  await editor("loss = step").locator(".view-line").first().click();
  await w.page.keyboard.press("Control+a");
  await w.page.keyboard.type("loss = step(jnp.ones((16, 32)), jnp.ones((32, 16)))", { delay: 5 });
  await lensOf("def step", /^trace$/).click();
  const graph = await w.view("graph");
  await graph.locator('[role="tab"]', { hasText: "Text" }).click();
  await until("the program of what was typed", () => graph.evaluate(() => document.body.innerText.includes("f32[16,32]")));
  assert.ok(!readFileSync(join(folder, "train.ipynb"), "utf8").includes("16, 32"));
});
test("notebook: an error in a cell above is said with its cell and line", async () => {
  await editor("def layer").locator(".view-line", { hasText: "def layer" }).click();
  await w.page.keyboard.press("Control+Home");
  await w.page.keyboard.type("len(1)\n", { delay: 5 });
  await lensOf("def step", /^trace$/).click();
  const panel = await w.view("profile");
  const said = panel.locator(".status, .welcome", { hasText: "TypeError" }).first();
  await said.waitFor();
  assert.match(await said.innerText(), /step failed: train\.ipynb, cell 3, line 1: TypeError: object of type 'int' has no len\(\)/);
  await until("a mark in the cell", async () => (await editor("def layer").locator(".squiggly-error").count()) > 0);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "notebook-error.png"));
});
/** The row of an action that the light bulb offers at a line of a cell. Escape leaves the cell, and results move its lines: each try begins with a click. */
async function offered(title, cell, line, keys = []) {
  const row = w.page.locator(".action-widget .monaco-list-row", { hasText: title });
  await until(`the action ${title}`, async () => {
    await editor(cell).locator(".view-line", { hasText: line }).click();
    for (const key of [...keys, "Control+."]) await w.page.keyboard.press(key);
    return row
      .waitFor({ timeout: 3000 })
      .then(() => true)
      .catch(() => w.page.keyboard.press("Escape").then(() => false));
  });
  return row;
}
test("notebook: a change that mends an error is offered at its light bulb, and made in its cell", async () => {
  await editor("len(1)").locator(".view-line", { hasText: "len(1)" }).click();
  await w.page.keyboard.press("Control+Home");
  await w.page.keyboard.press("Shift+ArrowDown");
  await w.page.keyboard.press("Delete");
  await lensOf("def step", /^trace$/).click();
  await until("the shape of h", async () => /h ?f32\[16,16\]/.test(await w.lineText("= layer(x, w)")));
  await editor("def step").locator(".view-line", { hasText: "return" }).click();
  await w.page.keyboard.press("End");
  await w.page.keyboard.press("ArrowLeft");
  await w.page.keyboard.type("dim=0", { delay: 5 });
  await until("a mark in the cell", async () => (await editor("def step").locator(".squiggly-error").count()) > 0);
  await (await offered("Use the option axis", "def step", "return", ["End", "ArrowLeft"])).click();
  await until("the option's right name", async () => (await editor("def step").innerText()).replace(/\u00a0/g, " ").includes("sum(axis=0)"));
  await until("no mark", async () => (await editor("def step").locator(".squiggly-error").count()) === 0);
});
test("notebook: the light bulb of an insight stands at its line of its cell, and does what it says", async () => {
  await w.open(join(folder, "put.ipynb"));
  await lensOf("def put", "jit & profile").click();
  const profile = await w.view("profile");
  await until("measured", async () => /put.*median/s.test(await profile.locator(".header").innerText()));
  await openTab(profile, "Insights");
  await profile.locator(".insight", { hasText: "The argument buffer (16.0 MiB) is copied" }).waitFor();
  const action = await offered("Copy the option", "def put", "@jax.jit");
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "notebook-bulb.png"));
  await action.click();
  await until("the option beside the cells", async () => (await w.lineText("donate_argnames")).includes('donate_argnames="buffer"'));
});
if (process.env.JITLENS_SHOTS)
  test("notebook: pictures in dark and in high contrast", async () => {
    await until("the result", async () => (await lensOf("def put", /\d+ kernels?/).count()) > 0);
    for (const [theme, name] of [
      ["Dark Modern", "dark"],
      ["Dark High Contrast", "hc-dark"],
      ["Light High Contrast", "hc-light"],
    ]) {
      await w.theme(theme);
      await w.screenshot(join(shots, `notebook-${name}.png`));
    }
  });
