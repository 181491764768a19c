// First contact and everything around the main job, in the real workbench: a newcomer without a jit file, the history over a reload of the window, an example
// that runs, programs as documents, a line that stays in view, and the whole in another language.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openWorkbench, until } from "./workbench.mjs";

const shots = process.env.JITLENS_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-shell-"));
writeFileSync(join(folder, "plain.ts"), "export const one: number = 1;\n");
const LONG = `import { jit, numpy as np } from "jitlens";\n${"// a line\n".repeat(40)}const low = jit((x) => np.tanh(x).mul(2));\nlow(np.ones([8]));\n${"// a line\n".repeat(40)}`;
writeFileSync(join(folder, "long.ts"), LONG);

const sideBar = (w) => w.page.locator(".part.sidebar");
const openSideBar = async (w) => {
  await w.command("View: Show JitLens").catch(() => {});
  const icon = w.page.locator('.activitybar .action-item a[aria-label*="JitLens"]').first();
  if (
    !(await sideBar(w)
      .locator(".pane-header", { hasText: /IR Graph/i })
      .count())
  )
    await icon.click();
  await sideBar(w)
    .locator(".pane-header", { hasText: /Functions and Profiles/i })
    .waitFor();
};
const row = (w, text) => sideBar(w).locator(".monaco-list-row", { hasText: text });
const shot = async (w, name) => shots && w.page.screenshot({ path: join(shots, `shell-${name}.png`) });

describe("first contact", () => {
  let w;
  before(async () => {
    w = await openWorkbench({ folder, file: join(folder, "plain.ts") });
  });
  after(async () => {
    await shot(w, "last").catch(() => {});
    await w?.close();
  });
  test("a file without jit starts nothing; the side bar says what this is, and offers a way in", async () => {
    await w.page.locator(".monaco-editor .view-line").first().waitFor();
    await openSideBar(w);
    const welcome = sideBar(w).locator(".welcome-view").first();
    await welcome.waitFor();
    await until("the welcome text", async () => /jit & profile/.test(await welcome.innerText()));
    assert.match(await welcome.innerText(), /New Jit File/);
    assert.match(await welcome.innerText(), /Open an Example/);
    await w.page.waitForTimeout(1500);
    assert.deepEqual(w.hosts(), [], "no host was started");
    await shot(w, "welcome");
  });
  test("a new jit file runs with one click, without being saved", async () => {
    await sideBar(w).locator(".welcome-view a", { hasText: "walkthrough" }).first().click();
    const walkthrough = w.page.locator(".gettingStartedContainer");
    await until("the walkthrough's steps", async () => /Read the graph/.test(await walkthrough.innerText().catch(() => "")));
    await walkthrough.locator(".button-link, .monaco-button", { hasText: "New Jit File" }).first().click();
    await until("three lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 3);
    await w.lens("jit & profile").click();
    const profile = await w.view("profile");
    await until(
      "its profile",
      async () =>
        /layer.*median/s.test(
          await profile
            .locator(".header")
            .innerText()
            .catch(() => ""),
        ),
      120_000,
    );
    await until("shares at the lines of a document without a file", async () =>
      w.page.evaluate(() =>
        [...document.querySelectorAll(".monaco-editor .view-line span")].some((s) => /\d %/.test(getComputedStyle(s, "::after").content)),
      ),
    );
    assert.equal((await w.notifications()).length, 0, "nothing popped up");
    await until("its time in the status bar", async () =>
      /layer [\d.]+ [µm]s/.test(await w.page.locator('.statusbar-item[id*="jitlens.status"]').innerText()),
    );
    await openSideBar(w);
    await until("the functions of the file", async () => (await row(w, "normalize").count()) > 0);
    await until("the kept profile", async () => (await row(w, "Recent profiles").count()) > 0);
    await shot(w, "new-file");
  });
  test("the tree runs a function too", async () => {
    const normalize = row(w, "normalize").first();
    await normalize.hover();
    await normalize.locator('.actions a[aria-label*="Jit & Profile"]').click();
    const profile = await w.view("profile");
    await until("its profile", async () => /normalize.*median/s.test(await profile.locator(".header").innerText()));
    await until("its time beside its name", async () => /normalize\s*[\d.]+ [µm]s/s.test(await row(w, "normalize").first().innerText()));
  });
  test("the jaxpr opens as a document of the editor, read-only and coloured", async () => {
    await w.command("JitLens: Open Program as Text");
    await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "jaxpr" }).first().click();
    const tab = w.page.locator(".tab", { hasText: "normalize.jaxpr" });
    await tab.waitFor();
    const editor = w.page.locator(".editor-instance .monaco-editor").last();
    await until("its text", async () => /lambda/.test(await editor.innerText()));
    await until("its language", async () => (await w.page.locator(".statusbar-item", { hasText: "jaxpr" }).count()) > 0);
    await until(
      "colours",
      async () => (await editor.locator(".view-line span[class*=mtk]").evaluateAll((s) => new Set(s.map((x) => x.className)).size)) > 3,
    );
    await shot(w, "jaxpr");
  });
  test("a reload of the window loses nothing", async () => {
    await w.page.reload();
    await w.page.locator(".monaco-workbench").waitFor();
    const profile = await w.view("profile");
    await until(
      "the profile again",
      async () =>
        /normalize.*median/s.test(
          await profile
            .locator(".header")
            .innerText()
            .catch(() => ""),
        ),
      120_000,
    );
    const graph = await w.view("graph").catch(() => null);
    if (graph) await until("the graph again", async () => (await graph.evaluate(() => document.body.dataset.painted)) === "true");
    await openSideBar(w);
    await until("the history again", async () => (await row(w, "Recent profiles").count()) > 0);
    await shot(w, "reloaded");
  });
  test("a kept profile opens again, and goes when it is deleted", async () => {
    const profiles = sideBar(w).locator('.monaco-list-row[aria-level="3"]');
    await until("its profiles", async () => (await profiles.count()) >= 2);
    const count = await profiles.count();
    await profiles.last().click();
    const profile = await w.view("profile");
    await until("the older profile", async () => /layer/.test(await profile.locator(".header").innerText()));
    await profiles.last().hover();
    await profiles.last().locator('.actions a[aria-label*="Delete"]').click();
    await until("one less", async () => (await profiles.count()) === count - 1);
  });
  test("an example is copied, opens and runs", async () => {
    await w.command("JitLens: Open an Example");
    await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "First steps" }).first().click();
    await w.page.locator(".quick-input-list .monaco-list-row", { hasText: "Into the open folder" }).click();
    await until("the copy", () => existsSync(join(folder, "jitlens-first-steps", "first-steps.ts")));
    await w.page.locator(".tab", { hasText: "first-steps.ts" }).waitFor();
    await until("its lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 3);
    await w.lens("jit & profile", 2).click();
    const profile = await w.view("profile");
    await until("its profile", async () => /slope.*median/s.test(await profile.locator(".header").innerText()));
    assert.match(readFileSync(join(folder, "jitlens-first-steps", "first-steps.ts"), "utf8"), /jit\(/);
  });
  test("C1: the panel that opens does not cover the line that was clicked", async () => {
    await w.command("View: Toggle Panel Visibility");
    await w.open("long.ts");
    await w.quick("Control+G", ":42");
    await w.page.keyboard.press("Enter");
    await w.lens("jit & profile").waitFor();
    await w.lens("jit & profile").click();
    const profile = await w.view("profile");
    await until("its profile", async () => /low/.test(await profile.locator(".header").innerText()));
    const line = w.page.locator(".monaco-editor .view-line", { hasText: "np.tanh(x).mul(2)" }).first();
    await until("the line above the panel", async () => {
      const [at, panel] = [await line.boundingBox(), await w.page.locator(".part.panel").boundingBox()];
      return at && panel && at.y + at.height <= panel.y;
    });
  });
  test("the walkthrough opens", async () => {
    await w.command("JitLens: Open Walkthrough");
    await until("its steps", async () =>
      /Read the graph/.test(
        await w.page
          .locator(".gettingStartedContainer")
          .innerText()
          .catch(() => ""),
      ),
    );
    await until(
      "a step that is done",
      async () => (await w.page.locator(".gettingStartedContainer .codicon-getting-started-step-checked").count()) > 0,
    );
    await shot(w, "walkthrough");
  });
});
