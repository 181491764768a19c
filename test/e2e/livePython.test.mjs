// Live editing of a Python file in the real workbench: shapes after a run, an error that is marked on its expression while it is typed and goes away, a graph that follows.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pythonWithJax } from "../python.mjs";
import { openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-livepy-"));
cpSync(join(here, "..", "..", "examples", "python"), join(folder, "python"), { recursive: true });
cpSync(join(here, "..", "..", "examples", "data"), join(folder, "data"), { recursive: true });
const text = readFileSync(join(folder, "python", "digits.py"), "utf8").split("\n");
const lineOf = (part) => text.findIndex((l) => l.includes(part)) + 1;
let w;
before(async () => {
  process.env.JAX_PLATFORMS = "cpu";
  symlinkSync(dirname(dirname(pythonWithJax())), join(folder, ".venv"), "junction");
  w = await openWorkbench({ folder, file: join(folder, "python", "digits.py") });
});
after(async () => {
  await w?.screenshot(join(shots, "last.png")).catch(() => {});
  await w?.close();
});
const type = (line, from, to, now = text[line - 1]) => w.retype(line, from, to, now);
const product = lineOf("x = jnp.tanh(x @");

test("after a run, shapes stand behind the names of Python variables and parameters", async () => {
  await w.lens("jit & profile").first().waitFor();
  await w.goTo(lineOf("def train_step"), 1);
  await w
    .lens(/^trace$/)
    .first()
    .click();
  const graph = await w.view("graph");
  await until("the graph", () => graph.evaluate(() => document.body.dataset.report === "train_step"));
  await w.goTo(product, 1);
  await until("the shape of x", async () => /x ?f32\[128,/.test(await w.lineText("jnp.tanh")));
  assert.match(await w.lineText("def logits"), /x ?f32\[128,64\]/);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "livePython-hints.png"));
});
test("a wrong operand is marked on its expression while it is typed, and the mark goes when it is right again", async () => {
  await type(product, 'layer["w"]', 'layer["b"]');
  const now = text[product - 1].replace('layer["w"]', 'layer["b"]');
  // The mark is as wide as the product that it is about, and the line is wider. It is drawn anew with each key.
  const widthOf = (found) => found.evaluateAll((list) => list[0]?.getBoundingClientRect().width ?? 0);
  // While it is typed there are others: names that are not there yet.
  const line = w.page.locator(".monaco-editor .view-line", { hasText: "jnp.tanh" }).locator("> span");
  await until("a mark on the product", async () => {
    const [mark, width] = [await widthOf(w.page.locator(".squiggly-error")), await widthOf(line)];
    const [least, most] = [(width / (now.length + 20)) * 'x @ layer[""]'.length, (width / now.length) * 'x @ layer["b"] + layer["b"]'.length];
    return mark > least && mark < most;
  });
  await w.page.keyboard.press("F8");
  await until("the message", async () => /TypeError/.test(await w.page.locator(".marker-widget").first().innerText()));
  const message = await w.page.locator(".marker-widget").first().innerText();
  assert.match(message, /TypeError: .*contracting dimensions/);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "livePython-error.png"));
  await w.page.keyboard.press("Escape");
  await type(product, 'layer["b"]', 'layer["w"]', now);
  await until("no mark", async () => (await w.page.locator(".squiggly-error").count()) === 0);
});
test("the graph and the program's text follow, and say what the edit changed", async () => {
  const graph = await w.view("graph");
  await type(product, "jnp.tanh", "jnp.sin");
  await until("the graph as edited", () => graph.evaluate(() => document.querySelector(".header")?.textContent.includes("as edited, not measured")));
  await until("a mark for what changed", () => graph.evaluate(() => document.querySelector(".changed") !== null));
  await graph.locator('[role="tab"]', { hasText: "Text" }).click();
  await until("the text of the edited program", () => graph.evaluate(() => /\bsin\b/.test(document.body.innerText)));
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(shots, "livePython-graph.png"));
});
