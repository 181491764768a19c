// Two Reports beside each other, as the editor's tab shows them: the comparison is asked for once, and every part of it is there for mouse, keys and screen readers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, fixture, launch, open, source, tab, webview } from "./pages.mjs";

const newer = fixture("digits.v1.jitprofile.gz");
const slower = (m, by) => m && { min: m.min * by, median: m.median * by, spread: m.spread };
const [program] = newer.programs;
/** The same function half as fast, with a kernel more and another line of text. */
const older = {
  ...newer,
  id: "older",
  created: "2026-01-01T00:00:00.000Z",
  timing: { ...newer.timing, total: slower(newer.timing.total, 2), program: slower(newer.timing.program, 2) },
  programs: [
    {
      ...program,
      kernels: [
        ...program.kernels.map((k) => ({ ...k, time: slower(k.time, 2) })),
        { ...program.kernels[0], id: "k999", label: "gone = x + 1", nodes: [], outputs: [] },
      ],
      levels: program.levels.map((l) => (l.text ? { ...l, text: { ...l.text, text: l.text.text.replace(/= tanh (\w+)/, "= logistic $1") } } : l)),
    },
  ],
};
let diff;
before(async () => {
  await launch();
  diff = (await source("src/engine/report/diff/diff.ts")).diffReports(older, newer);
});
after(close);
async function compared() {
  const page = await webview("full");
  await page.post({ type: "report", report: newer, baseline: { created: older.created }, tab: "compare" });
  await page.waitForFunction(() => window.sent.some((m) => m.type === "compare"));
  await page.post({ type: "diff", diff });
  await page.locator(".compare-head").waitFor();
  return page;
}
test("without a baseline there is no such tab", async () => {
  const page = await open("no-baseline", newer);
  assert.equal(await tab(page, "compare").count(), 0);
  await page.close();
});
test("the headline says how much and which way; figures, kernels, text, lines follow", async () => {
  const page = await compared();
  assert.equal(await tab(page, "compare").getAttribute("aria-selected"), "true");
  assert.match(await page.locator(".compare-head h2").innerText(), /→ .*: 2\.0× faster/);
  const figures = page.locator("table[aria-label='Figures of both']");
  assert.match(await figures.innerText(), /A steady call/);
  assert.match(await figures.innerText(), new RegExp(`Kernels\\s+${program.kernels.length + 1}\\s+${program.kernels.length}`));
  await page.getByRole("radio", { name: /^Kernels/ }).click();
  const kernels = page.locator("table[aria-label='Kernels of both']");
  assert.equal(await kernels.locator("tbody tr", { hasText: "gone = x + 1" }).count(), 1);
  assert.match(await kernels.innerText(), /−50 %, faster/);
  await page.getByRole("radio", { name: "Program text" }).click();
  assert.match(await page.locator(".text-line.removed").innerText(), /removed:\s.*logistic/s);
  assert.match(await page.locator(".text-line.added").innerText(), /added:\s.*tanh/s);
  assert.match(await page.locator(".hunk").last().innerText(), /equal lines/);
  await page.getByRole("radio", { name: "Lines" }).click();
  assert.ok((await page.locator("table[aria-label='Lines of both'] tbody tr").count()) > 0);
  // Asked for once, however often the view is opened.
  await tab(page, "kernels").click();
  await tab(page, "compare").click();
  assert.equal((await page.sent()).filter((m) => m.type === "compare").length, 1);
  assert.deepEqual(page.errors, []);
  await page.close();
});
test("a kernel that is chosen here is chosen in the other views; keys walk the parts and the rows", async () => {
  const page = await compared();
  await page.getByRole("radio", { name: "Figures" }).focus();
  await page.keyboard.press("ArrowRight");
  const kernels = page.locator("table[aria-label='Kernels of both']");
  await kernels.locator("tbody tr", { hasText: "tanh" }).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  const name = await kernels.locator("tr.chosen td").first().innerText();
  await tab(page, "kernels").click();
  assert.ok((await page.locator("table.kernels tr.chosen").innerText()).includes(name));
  await page.close();
});
