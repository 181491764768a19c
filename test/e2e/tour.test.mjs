// The tour of docs/tour.md, taken as a newcomer takes it. With JITLENS_TOUR=1 its pictures are written to docs/tour (with a folder's path, to
// that folder, in the theme JITLENS_THEME); without, its steps are only walked.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openWorkbench, until } from "./workbench.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { JITLENS_TOUR: asked } = process.env;
const pictures = asked === "1" ? join(root, "docs", "tour") : (asked ?? null);
if (pictures) mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-tour-"));
const theme = process.env.JITLENS_THEME ?? "Default Dark Modern";
let w, profile;
/** A picture of the window as it is; pages get a moment to finish what they draw. */
async function picture(name) {
  if (!pictures) return;
  await w.page.mouse.move(700, 8);
  await w.page.waitForTimeout(1200);
  await w.page.screenshot({ path: join(pictures, `${name}.png`) });
}
const tab = async (id) => {
  await profile.locator(`.tab[data-id="${id}"]`).click();
  await until(
    `the tab ${id}`,
    async () =>
      (
        await profile
          .locator(".tabpanel")
          .innerText()
          .catch(() => "")
      ).length > 0 || id === "timeline",
  );
};
const header = async () =>
  (await profile
    .locator(".header")
    .innerText()
    .catch(() => "")) ?? "";

before(async () => {
  // JITLENS_VSIX: the pictures are of the extension as it is installed.
  w = await openWorkbench({
    folder,
    vsix: process.env.JITLENS_VSIX ?? null,
    settings: { "workbench.colorTheme": theme, "editor.minimap.enabled": false, "window.zoomLevel": 0 },
  });
});
after(async () => w?.close());

test("1. the side bar says what this is", async () => {
  await w.page.locator('.activitybar .action-item a[aria-label*="JitLens"]').first().click();
  await w.page.locator(".part.sidebar .welcome-view").first().waitFor();
  await until("the way in", async () => /Open an Example/.test(await w.page.locator(".part.sidebar").innerText()));
  await picture("1-welcome");
});
test("2. an example opens, with its buttons", async () => {
  await w.command("JitLens: Open an Example");
  await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "Handwritten digits" }).click();
  await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "Into the open folder" }).click();
  await until("the copy", () => existsSync(join(folder, "jitlens-digits", "data")));
  await until("its lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
  await w.quick("Control+G", ":32");
  await w.page.keyboard.press("Enter");
  await picture("2-example");
});
test("3. one click: graph, kernels, the time of each line", async () => {
  await w.lens("jit & profile").click();
  profile = await w.view("profile");
  await until("its profile", async () => /trainStep.*median/s.test(await header()));
  const graph = await w.drawn("graph");
  await until(
    "the end of the run",
    async () => (await w.page.locator('.statusbar-item[id*="jitlens.status"]').innerText()).includes("trainStep"),
    120_000,
  );
  await picture("3-profile");
});
test("4. what fuses, and what does not", async () => {
  await tab("fusion");
  await profile.locator("table.ledger tbody tr").first().waitFor();
  await picture("4-fusion");
});
test("5. when it ran, what it held, how near it is to the machine's limits", async () => {
  for (const [n, id] of [
    ["5", "timeline"],
    ["6", "roofline"],
    ["7", "memory"],
    ["8", "lines"],
  ]) {
    if (!(await profile.locator(`.tab[data-id="${id}"]`).count())) continue;
    await tab(id);
    await picture(`${n}-${id}`);
  }
});
test("6. the graph as a tab", async () => {
  await w.command("JitLens: Open Graph");
  const page = await until(
    "the graph's tab",
    async () =>
      (
        await Promise.all(
          w.page.frames().map(async (f) => ((await f.evaluate(() => document.body?.dataset?.mode ?? "").catch(() => "")) === "graph" ? f : null)),
        )
      ).filter(Boolean).length >= 2,
  );
  assert.ok(page);
  await w.page.waitForTimeout(1500);
  await picture("9-graph");
  await w.command("View: Close Editor");
});
test("7. an edit, a second profile, and both compared", async () => {
  await w.quick("Control+G", ":23:17");
  await w.page.keyboard.press("Enter");
  // np.tanh becomes np.sin.
  await w.page.keyboard.press("Control+Shift+ArrowRight");
  await w.page.keyboard.type("sin");
  await until("the edit", async () =>
    /np\.sin\(h1/.test((await w.page.locator(".monaco-editor .view-lines").first().innerText()).replace(/\u00a0/g, " ")),
  );
  await w.lens("jit & profile").click();
  const rows = w.page.locator('.part.sidebar .monaco-list-row[aria-level="3"]');
  await until("two kept profiles", async () => (await rows.count()) >= 2);
  await w.command("JitLens: Compare Two Profiles");
  for (let i = 0; i < 2; i++) {
    const row = w.page.locator(".quick-input-list .monaco-list-row", { hasText: "trainStep" }).first();
    await row.waitFor();
    await row.click();
    await w.page.waitForTimeout(300);
  }
  const full = await w.view("full");
  await until("the comparison", async () =>
    /Compare/.test(
      await full
        .locator(".tabs")
        .innerText()
        .catch(() => ""),
    ),
  );
  await w.page.waitForTimeout(500);
  await picture("10-compare");
});
