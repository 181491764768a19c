// The graph as a tab beside the code, in the real workbench: opened from the side bar's button, chosen in both, and there again after a reload of the window.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openWorkbench, until } from "./workbench.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-tab-"));
cpSync(join(root, "examples"), folder, { recursive: true, filter: (f) => !f.endsWith("out") });
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
const shots = process.env.JITLENS_SHOTS;

let w;
before(async () => {
  // The file is opened by hand: an address that names one would open it alone after the reload.
  w = await openWorkbench({ folder });
  await w.open("digits.ts");
});
after(async () => {
  if (shots) await w?.screenshot(join(shots, "graph-tab-last.png")).catch(() => {});
  await w?.close();
});
/** Frames of pages that show a graph: the side bar's and the tab's. */
const graphs = async () => {
  const found = [];
  for (const f of w.page.frames()) {
    const painted = await f.evaluate(() => document.body?.dataset?.mode === "graph" && document.body.dataset.painted === "true").catch(() => false);
    if (painted) found.push(f);
  }
  return found;
};
test("opened from the side bar, it shows the same and shares the selection", async () => {
  await w.lens("jit & profile").click();
  const [side] = await until("a graph in the side bar", async () => ((await graphs()).length ? graphs() : null));
  await w.command("JitLens: Open Graph in Editor");
  const both = await until("a graph in a tab", async () => {
    const list = await graphs();
    return list.length === 2 ? list : null;
  });
  const tab = both.find((f) => f !== side);
  await w.page.locator(".tab", { hasText: "Graph: trainStep" }).first().waitFor();
  if (shots) await w.screenshot(join(shots, "graph-tab.png"));
  await tab.locator(".graph .field").click();
  await w.page.keyboard.type("tanh");
  await w.page.keyboard.press("Enter");
  await until("the choice in the side bar", async () => /tanh/.test(await side.locator(".graph-status").innerText()));
});
test("it is there again after a reload of the window", async () => {
  // What comes back is the profile that was kept, and it is kept when it has been measured.
  await w.page.locator(".statusbar-item", { hasText: /trainStep.*[µm]s/ }).waitFor();
  await w.page.waitForTimeout(1500);
  await w.command("Developer: Reload Window");
  await w.page.waitForTimeout(3000);
  await w.page.locator(".monaco-workbench").waitFor();
  await w.page.locator(".tab", { hasText: "Graph" }).first().waitFor();
  await w.page.locator(".tab", { hasText: "Graph" }).first().click();
  const shown = await until("the graph again", async () => ((await graphs()).length ? graphs() : null));
  assert.ok(shown.length >= 1);
  assert.ok((await shown[0].evaluate(() => Number(document.body.dataset.boxes))) > 5);
});
