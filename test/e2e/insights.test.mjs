// Insights: the tab in a plain browser, and in the real workbench from the lens over the tab to a changed source and back by undo.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { insightsOf } from "./insightReport.mjs";
import { close, fixture, launch, open, root, source, tab, webview } from "./pages.mjs";
import { openWorkbench, until } from "./workbench.mjs";

describe("the tab", () => {
  const digits = fixture("digits.v1.jitprofile.gz");
  const edits = [{ file: 0, line: 23, column: 1, endLine: 23, endColumn: 1, text: "  const scale = 2;\n" }];
  const found = insightsOf(digits, { lines: [22, 23, 24], edits, pins: [`${digits.programs[0].decisions[0].id}=split`] });
  const rich = { ...digits, ...found };
  const cards = (page) => page.locator(".insight");
  before(launch);
  after(close);

  test("opens first where there are insights, ranked by what was measured; estimates are marked", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: rich, live: true, acts: true });
    await cards(page).first().waitFor();
    assert.equal(await page.locator(".tab").first().getAttribute("data-id"), "insights");
    assert.equal(await tab(page, "insights").getAttribute("aria-selected"), "true");
    assert.equal(await tab(page, "insights").innerText(), "Insights (4)");
    const texts = await cards(page).allInnerTexts();
    assert.match(texts[0], /^−76 %[^]*nine times[^]*with lines 23, 24[^]*4\.1× ± [\d.]+, 3 runs in turns · same bits in all results/);
    assert.match(texts[1], /^−20 %[^]*1\.25×[^]*results differ by at most 2e-7 of the largest/);
    assert.match(texts[2], /1\.8 → 1\.2 MiB of memory at its peak/);
    assert.match(texts[3], /estimate[^]*An estimate, not tried: would save about 812 ms of compiling/i);
    assert.deepEqual(page.errors, []);
    await page.close();
  });
  test("without insights another tab opens, and this one says what was tried", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: { ...digits, insights: [], tried: found.tried } });
    await page.locator(".tab").first().waitFor();
    assert.equal(await tab(page, "kernels").getAttribute("aria-selected"), "true");
    await tab(page, "insights").click();
    assert.match(await page.locator(".insights-empty").innerText(), /Nothing was found that gains 5 % or more/);
    await page.locator(".tried summary").click();
    assert.match(await page.locator(".tried").innerText(), /2 remedies were tried without gain[^]*Transpose u[^]*0\.99×/);
    await page.close();
  });
  test("trials in the background: progress and cancel; what they find comes without the page being made anew", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: { ...rich, insights: [found.insights[0]], tried: [] }, acts: true });
    await cards(page).first().waitFor();
    await page.post({ type: "trials", trials: { done: 1, total: 3, rule: "computed again", line: 7 } });
    await page.locator(".trials:visible").waitFor();
    assert.match(await page.locator(".trials").innerText(), /1 of 3 done: computed again, line 7/);
    await page.locator(".insight summary").first().click();
    await page.evaluate(() => (document.querySelector(".insight").dataset.mark = "same"));
    await page.post({ type: "insights", report: rich.id, insights: found.insights, tried: [] });
    await page.waitForFunction(() => document.querySelectorAll(".insight").length === 4);
    const same = page.locator('.insight[data-mark="same"]');
    assert.match(await same.innerText(), /np\.power/);
    assert.equal(await same.locator("details").getAttribute("open"), "");
    assert.match(await same.locator(".change-lines").innerText(), /const scale = 2/);
    await page.locator(".trials vscode-button").click();
    assert.ok((await page.sent()).some((m) => m.type === "stopTrials"));
    await page.post({ type: "trials", trials: null });
    await page.locator(".trials").waitFor({ state: "hidden" });
    await page.close();
  });
  test("what is found takes the front of a page that nobody has used, and of no other", async () => {
    for (const [used, expected] of [
      [false, "insights"],
      [true, "kernels"],
    ]) {
      const page = await webview("profile");
      await page.post({ type: "report", report: digits });
      await page.locator("table.kernels tbody tr").first().waitFor();
      if (used) await page.locator("table.kernels tbody tr").first().click();
      await page.post({ type: "insights", report: digits.id, ...found });
      await page.waitForFunction(() => document.querySelector('.tab[data-id="insights"]').textContent.includes("4"));
      assert.equal(await page.locator('.tab[aria-selected="true"]').getAttribute("data-id"), expected);
      await page.close();
    }
  });
  test("by keyboard: apply names the insight, the graph is asked for, the line is shown", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: rich, live: true, acts: true });
    await cards(page).first().waitFor();
    await cards(page).nth(1).locator("a.line").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const sent = await page.sent();
    assert.ok(sent.some((m) => m.type === "reveal" && m.line === 23));
    const apply = sent.find((m) => m.type === "apply");
    assert.deepEqual([apply.report, apply.insight.rule, apply.insight.line], [rich.id, "pow-constant", 23]);
    assert.ok(sent.some((m) => m.type === "graph") && sent.some((m) => m.type === "select" && m.selection.kind === "line"));
    await page.post({ type: "show", tab: "insights", insight: apply.insight });
    await page.waitForFunction(() => /np\.power/.test(document.activeElement.textContent));
    await page.close();
  });
  test("an edit by hand: what it gained against the last profile; the same text again says nothing", async () => {
    const { diffReports } = await source("src/engine/report/diff/diff.ts");
    const slow = (m) => ({ min: m.min * 3, median: m.median * 3, spread: m.spread });
    const before = { ...digits, id: "before", timing: { ...digits.timing, total: slow(digits.timing.total) } };
    const edited = { ...before, files: digits.files.map((f, i) => (i ? f : { ...f, text: `${f.text}// edited\n` })) };
    for (const [older, shown] of [
      [before, false],
      [edited, true],
    ]) {
      const page = await webview("profile");
      await page.post({ type: "report", report: rich, baseline: { created: before.created } });
      await page.waitForFunction(() => window.sent.some((m) => m.type === "compare"));
      await page.post({ type: "diff", diff: diffReports(older, rich) });
      if (shown) assert.match(await page.locator(".gained").innerText(), /Your edit since the last profile: .* → .*: 3\.0× faster/);
      await page.waitForTimeout(50);
      assert.equal(await page.locator(".gained").isVisible(), shown);
      await page.close();
    }
  });
  test("a saved profile says what would be done, and does nothing", async () => {
    const page = await open("insights", rich);
    await cards(page).first().waitFor();
    assert.equal(await tab(page, "insights").getAttribute("aria-selected"), "true");
    assert.match(await cards(page).first().locator("vscode-button[disabled]").getAttribute("title"), /saved profile/);
    await page.close();
  });
});
describe("in the workbench", () => {
  const folder = mkdtempSync(join(tmpdir(), "jitlens-insights-"));
  const file = join(folder, "powers.ts");
  const TEXT = `import { jit, numpy as np } from 'jitlens';\nconst f = jit((x) => {\n\tconst y = np.power(x, 3);\n\treturn np.sin(y);\n});\nf(np.ones([300, 300]));\n`;
  writeFileSync(file, TEXT);
  copyFileSync(join(root, "test", "insight", "programs", "lennard.ts"), join(folder, "lennard.ts"));
  let w, profile;
  before(async () => {
    w = await openWorkbench({ folder, file, settings: { "jitlens.insights.hints": "inline", "editor.detectIndentation": false } });
  });
  after(async () => {
    await w?.close();
  });
  const kept = () => {
    const found = readdirSync(w.server.data, { recursive: true }).map(String);
    return found.filter((f) => /history[\\/].*\.jitprofile$/.test(f)).map((f) => join(w.server.data, f));
  };
  const text = () => w.page.locator(".monaco-editor .view-lines").first().innerText();
  const line = /np\s*\.\s*square\(x\)\s*\.\s*mul\(x\)/;

  test("a kept profile with insights: lens, text behind the line, tab", async () => {
    await w.lens("jit & profile").click();
    profile = await w.view("profile");
    await until("a measured report", async () => /median/.test(await profile.locator(".header .muted").innerText()));
    const [path] = await until("a kept profile", () => (kept().length ? kept() : null));
    const report = JSON.parse(gunzipSync(readFileSync(path)).toString());
    const edits = [{ file: report.frames[report.function.at].file, line: 3, column: 12, endLine: 3, endColumn: 26, text: "np.square(x).mul(x)" }];
    const found = insightsOf(report, { lines: [4, 3, 2], edits, pins: ["1>2=split"] });
    writeFileSync(path, gzipSync(JSON.stringify({ ...report, ...found })));
    await w.command("View: Show JitLens");
    const row = w.page.locator('.part.sidebar .monaco-list-row[aria-level="3"]').first();
    await row.click();
    await w.lens("4 insights, −76 %").click();
    await until("the tab", async () => (await profile.locator(".tab[data-id=insights]").getAttribute("aria-selected")) === "true");
    await until("its cards", async () => (await profile.locator(".insight").count()) === 4);
  });
  test("apply: the source changes in its own style and is profiled again; undo takes it back", async () => {
    await profile.locator(".insight", { hasText: "np.power" }).locator("vscode-button", { hasText: "Write as products" }).click();
    await until("the new source", async () => line.test((await text()).replace(/\u00a0/g, " ")));
    await until("the new profile", async () => (await profile.locator(".gained:visible, .insights-empty:visible").count()) > 0);
    await until("no lens of what was mended", async () => (await w.lens("insights").count()) === 0);
    await w.page.locator(".monaco-editor .view-line").first().click();
    await w.page.keyboard.press("Control+Z");
    await until("the old source", async () => /np\.power\(x, 3\)/.test((await text()).replace(/\u00a0/g, " ")));
  });
  test("what was tried in the runner: from the lens above the function to the changed line, what it gained, and back", async () => {
    const power = /np\s*\.\s*power\(ratio, 6\.5\)/;
    const products = /np\s*\.\s*square\(ratio\)\s*\.\s*mul\(np\s*\.\s*square\(np\s*\.\s*square\(ratio\)\)\)\s*\.\s*mul\(np\s*\.\s*sqrt\(ratio\)\)/;
    const shows = async (what) => what.test((await text()).replace(/\u00a0/g, " "));
    const card = profile.locator(".insight", { hasText: "power" });
    const apply = card.locator("vscode-button", { hasText: "Multiply" });
    await w.command("View: Close All Editors");
    await w.open("lennard.ts");
    await until("its lens", async () => (await w.lens("jit & profile").count()) === 1);
    await w.lens("jit & profile").click();
    await until("its report", async () => /gas.*median/s.test(await profile.locator(".header").innerText()));
    await w.lens(/\d insights?, −\d+ %/).click();
    await until("the tab", async () => (await profile.locator(".tab[data-id=insights]").getAttribute("aria-selected")) === "true");
    await until("its card", async () => /−\d+ %[^]*constant exponent 6\.5[^]*3 runs in turns/.test(await card.first().innerText()));
    await apply.click();
    await until("the new source", () => shows(products));
    await until("what the edit gained", async () => /faster/.test((await profile.locator(".gained:visible").allInnerTexts()).join()));
    await until("its card gone", async () => (await apply.count()) === 0);
    await w.page.locator(".monaco-editor .view-line").first().click();
    await w.page.keyboard.press("Control+Z");
    await until("the old source", () => shows(power));
  });
});
