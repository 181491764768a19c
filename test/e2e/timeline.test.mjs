// The timeline in a plain browser: zoom, move, ranges, the way from a span to its kernel, the table behind it; and 200,000 spans that stay fluid.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, fixture, launch, open as openPage } from "./pages.mjs";

const loop = fixture("loop.v2.jitprofile.gz");
before(launch);
after(close);
async function open(name, report) {
  const page = await openPage(`timeline-${name}`, report, { tab: "timeline" });
  const canvas = page.locator(".timeline canvas");
  await canvas.waitFor();
  page.shown = async () => {
    await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
    const [from, to] = (await canvas.getAttribute("data-shown")).split(" ").map(Number);
    return { from, to, length: to - from };
  };
  return page;
}
test("wheel and keys zoom and move", async () => {
  const page = await open("keys", loop);
  const canvas = page.locator(".timeline canvas");
  const start = await page.shown();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 600, box.y + 60);
  await page.mouse.wheel(0, -400);
  const wheel = await page.shown();
  assert.ok(wheel.length < 0.6 * start.length);
  await canvas.focus();
  await page.keyboard.press("s");
  assert.ok((await page.shown()).length > 1.3 * wheel.length);
  await page.keyboard.press("w");
  const before = await page.shown();
  await page.keyboard.press("d");
  assert.ok((await page.shown()).from > before.from);
  await page.keyboard.press("a");
  assert.ok(Math.abs((await page.shown()).from - before.from) < 1e-6);
  await page.mouse.move(box.x + 600, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, box.y + 100, { steps: 4 });
  await page.mouse.up();
  assert.ok((await page.shown()).from > before.from);
  await page.keyboard.press("f");
  assert.ok((await page.shown()).length >= start.length);
  assert.deepEqual(page.errors, []);
  await page.close();
});
test("arrows walk, say what a span is, choose its kernel everywhere; M and Shift+arrows make a range with a summary", async () => {
  const page = await open("walk", loop);
  await page.locator(".timeline canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".unseen[role=status]").innerText(), /into run 1/);
  assert.equal(await page.locator(".tip").isVisible(), true);
  await page.keyboard.press("m");
  const summary = page.locator("section[aria-label='Chosen range']");
  assert.match(await summary.innerText(), /after the click: \d+ spans/);
  const one = await summary.locator("tbody tr").count();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  assert.ok((await summary.locator("tbody tr").count()) >= one);
  await page.keyboard.press("Escape");
  assert.equal(await summary.isVisible(), false);
  await page.locator('.tab[data-id="kernels"]').click();
  assert.equal(await page.locator("table.kernels tr.chosen").count(), 1);
  await page.close();
});
test("a range is drawn with the mouse over the axis", async () => {
  const page = await open("range", loop);
  const box = await page.locator(".timeline canvas").boundingBox();
  await page.mouse.move(box.x + 200, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 900, box.y + 8, { steps: 3 });
  await page.mouse.up();
  const rows = page.locator("section[aria-label='Chosen range'] tbody tr");
  assert.ok((await rows.count()) > 1);
  const totals = await page.locator("section[aria-label='Chosen range'] p").innerText();
  assert.match(totals, /in kernels \(\d/);
  await page.close();
});
test("the table behind has every span, and what is chosen there is chosen in the chart", async () => {
  const page = await open("table", loop);
  await page.getByRole("radio", { name: "Table" }).click();
  const table = page.locator("table.spans");
  await table.waitFor();
  assert.equal(await table.getAttribute("aria-rowcount"), String(loop.spans.length + 1));
  const row = table.locator("tbody tr", { hasText: "tanh" }).first();
  await row.click();
  assert.equal(await row.getAttribute("aria-selected"), "true");
  await page.locator('.tab[data-id="kernels"]').click();
  assert.match(await page.locator("table.kernels tr.chosen").innerText(), /tanh/);
  await page.close();
});
test("200,000 spans: opened in a second, each frame of a pan and a zoom within 16 ms of painting", async () => {
  const kernels = Array.from({ length: 500 }, (_v, i) => ({ ...loop.programs[0].kernels[0], id: `k${i}`, label: `kernel ${i}` }));
  const spans = Array.from({ length: 200_000 }, (_v, i) => ({
    track: "kernels",
    start: i * 0.01,
    duration: 0.008,
    kernel: `k${(i * 7) % 500}`,
    run: 0,
  }));
  const page = await open("huge", { ...loop, programs: [{ ...loop.programs[0], kernels }], spans });
  const result = await page.evaluate(async () => {
    const canvas = document.querySelector(".timeline canvas");
    const frame = () => new Promise((r) => requestAnimationFrame(r));
    const times = [];
    for (let i = 0; i < 60; i++) {
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key: i < 30 ? "w" : i % 2 ? "d" : "a" }));
      await frame();
      await frame();
      times.push(Number(canvas.dataset.paintMs));
    }
    times.sort((a, b) => a - b);
    return { median: times[30], worst: times.at(-1), spans: canvas.dataset.spans };
  });
  console.log(`200,000 spans: a frame paints in ${result.median} ms (worst ${result.worst})`);
  assert.equal(result.spans, "200000");
  assert.ok(result.median < 16, `a frame takes ${result.median} ms`);
  assert.deepEqual(page.errors, []);
  await page.close();
});
