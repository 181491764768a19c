// Axe over every tab of the page, in VS Code's four kinds of themes, with something chosen and with nothing: nothing serious and nothing critical.
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { after, before, describe, test } from "node:test";
import { close, fixture, launch, source, tab, webview } from "./pages.mjs";
import { insightsOf } from "./insightReport.mjs";
import { THEMES, dress } from "./themes.mjs";

const BAD = new Set(["serious", "critical"]);
const loop = fixture("loop.v2.jitprofile.gz");
const digits = fixture("digits.v1.jitprofile.gz");
/** What older fixtures lack: roofs, lifetimes, retraces of every cause, warnings. */
const rich = {
  ...digits,
  devices: [{ ...digits.devices[0], ceilings: { bandwidth: 12, cache: 60, cacheBytes: 2 ** 20, flops: { f32: 40 }, from: "a test" } }],
  memory: {
    ...digits.memory,
    at: 1,
    lifetimes: (digits.programs[0].steps ?? []).map((_s, i) => ({
      bytes: 1024 * (i + 1),
      what: i % 2 ? "temporary" : "residual",
      text: `value ${i}`,
      from: i,
      to: i + 1,
      readers: [i + 1],
      line: 22,
      file: 0,
    })),
    could: { donation: { bytes: 10, names: ["x"] }, checkpoint: { bytes: 20, names: ["h1"] } },
  },
  compilations: [
    ...digits.compilations,
    ...digits.compilations.map((c, i) => ({
      ...c,
      index: 10 + i,
      causes: [{ kind: "shape", argument: "x", before: "f32[2]", now: "f32[3]", text: "x was f32[2], is f32[3]" }],
    })),
  ],
  ...insightsOf(digits, {
    lines: [22, 23, 24],
    pins: [`${digits.programs[0].decisions[0].id}=split`],
    edits: [{ file: 0, line: 22, column: 1, endLine: 22, endColumn: 1, text: "// changed\n" }],
  }),
  warnings: [{ kind: "largeConstant", message: "a constant of 4 MiB", stack: null }],
};
let diff;
before(async () => {
  await launch();
  diff = (await source("src/engine/report/diff/diff.ts")).diffReports(loop, rich);
});
after(close);
async function findings(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter((v) => BAD.has(v.impact))
    .flatMap((v) => v.nodes.slice(0, 4).map((n) => `${v.id} (${v.impact}): ${n.target.join(" ")} ${n.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}
for (const theme of Object.keys(THEMES))
  describe(theme, () => {
    test("every tab, with nothing chosen and with a row chosen", async () => {
      const page = await webview("full", { width: 1000, height: 700 });
      await page.post({ type: "report", report: rich, baseline: { created: loop.created } });
      await page.locator(".tab").first().waitFor();
      await dress(page, theme);
      const found = [];
      for (const id of await page.locator(".tab").evaluateAll((list) => list.map((t) => t.dataset.id))) {
        await tab(page, id).click();
        if (id === "compare") await page.post({ type: "diff", diff });
        if (id === "insights") await page.post({ type: "trials", trials: { done: 1, total: 4, rule: "computed again", line: 3 } });
        await page.waitForTimeout(150);
        found.push(...(await findings(page)).map((f) => `${id}: ${f}`));
        const row = page.locator(".tabpanel [data-row], .tabpanel [role=row], .tabpanel .dot").first();
        if (await row.count()) {
          await row.click({ timeout: 2000 }).catch(() => {});
          await page.waitForTimeout(80);
          found.push(...(await findings(page)).map((f) => `${id}, chosen: ${f}`));
        }
      }
      assert.deepEqual([...new Set(found)], []);
      await page.close();
    });
    test("welcome, status, parts of Compare", async () => {
      const page = await webview("profile", { width: 500, height: 500 });
      await dress(page, theme);
      assert.deepEqual(await findings(page), []);
      await page.post({ type: "report", report: rich, baseline: { created: loop.created }, tab: "compare" });
      await page.locator(".tab").first().waitFor();
      await page.post({ type: "diff", diff });
      await page.post({ type: "status", text: "Running …", busy: true });
      const found = [];
      const parts = page.getByRole("radiogroup", { name: "What is compared" }).getByRole("radio");
      for (let i = 0; i < (await parts.count()); i++) {
        await parts.nth(i).click();
        await page.waitForTimeout(60);
        found.push(...(await findings(page)));
      }
      assert.deepEqual([...new Set(found)], []);
      await page.close();
    });
  });
