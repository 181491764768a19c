// How long a frame of the graph takes with all of a large program in view: node bench/frames.mjs [--operations N]
// In headless Chromium: what the page itself does for a frame, and how far frames are apart while the picture is moved and zoomed (raster included).
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { close, fixture, webview } from "../test/e2e/pages.mjs";

const { values } = parseArgs({ options: { operations: { type: "string", default: "10000" }, wide: { type: "boolean", default: false } } });
const loop = fixture("loop.v2.jitprofile.gz");
const kernel = loop.programs[0].kernels[0];
/** A program of n operations in 12 layers of a name stack, three operations a kernel: that of test/e2e/graph.test.mjs. */
function large(n, layers) {
  const nodes = Array.from({ length: n }, (_v, i) => ({
    id: `g${i}`,
    op: ["dot", "add", "tanh"][i % 3],
    category: i % 3 ? "elementwise" : "contraction",
    type: "f32[64,64]",
    // Wide: sixteen chains beside each other, which meet now and then.
    inputs: values.wide
      ? i < 16
        ? []
        : [`g${i - 16}`, ...(i % 11 === 0 ? [`g${i - 16 - (i % 13)}`] : [])].filter((id) => Number(id.slice(1)) >= 0)
      : i === 0
        ? []
        : [`g${i - 1}`, ...(i > 40 && i % 7 === 0 ? [`g${i - 40}`] : [])],
    scope: values.wide ? "" : `block${Math.floor((i / n) * layers)}/part${Math.floor(i / 30) % 4}`,
  }));
  const kernels = Array.from({ length: Math.floor(n / 3) }, (_v, i) => ({
    ...kernel,
    id: `k${i}`,
    name: `k${i}`,
    label: `x = tanh(x·w + b) #${i}`,
    region: "r",
    nodes: (values.wide ? [0, 16, 32] : [0, 1, 2]).map((k) => `g${(values.wide ? Math.floor(i / 16) * 48 + (i % 16) : 3 * i) + k}`),
    outputs: [`g${values.wide ? Math.floor(i / 16) * 48 + (i % 16) + 32 : 3 * i + 2}`],
    code: [],
    lines: [],
    time: { min: 0.001, median: 0.001, spread: 0 },
  }));
  const region = { id: "r", name: "big", parent: null, nodes, parameters: [], outputs: [`g${n - 1}`] };
  const program = { ...loop.programs[0], arguments: [], results: [], levels: [{ name: "fused", regions: [region] }], kernels, decisions: [] };
  return { ...loop, id: `big${n}`, programs: [program], lines: [], memory: undefined };
}
const page = await webview("graph", { width: 1100, height: 760 });
await page.post({ type: "report", report: large(Number(values.operations), 12) });
await page.waitForFunction(() => document.body.dataset.painted === "true", null, { timeout: 60_000 });
const canvas = page.locator(".canvas > canvas:first-child");
await canvas.focus();
await page.keyboard.press("9");
await page.waitForFunction((n) => Number(document.body.dataset.boxes) > n, Number(values.operations), { timeout: 60_000 });
const boxes = await page.evaluate(() => Number(document.body.dataset.boxes));
/** Keys, one a frame: the page's own time and the distance of frames. */
const frames = (keys, count) =>
  page.evaluate(
    async ([list, n]) => {
      const canvas = document.querySelector(".canvas > canvas");
      const next = () => new Promise((r) => requestAnimationFrame(r));
      const own = [];
      const apart = [];
      await next();
      let before = performance.now();
      for (let i = 0; i < n; i++) {
        canvas.dispatchEvent(new KeyboardEvent("keydown", list[i % list.length]));
        await next();
        const now = performance.now();
        apart.push(now - before);
        own.push(Number(canvas.dataset.paintMs));
        before = now;
      }
      const sorted = (l) => [...l].sort((a, b) => a - b);
      const say = (l) => `${sorted(l)[l.length >> 1].toFixed(1)} ms (${sorted(l)[0].toFixed(1)}–${sorted(l).at(-1).toFixed(1)})`;
      return `${say(own)} | ${say(apart)}`;
    },
    [keys, count],
  );
const rest = () => page.waitForTimeout(500);
const rows = [];
async function measure(what, keys, count = 40) {
  rows.push(`| ${what} | ${await frames(keys, count)} |`);
  await rest();
}
const up = { key: "ArrowUp", shiftKey: true };
const down = { key: "ArrowDown", shiftKey: true };
await page.keyboard.press("w");
await rest();
await measure(`all ${boxes.toLocaleString("en")} boxes in view, moved`, [up, down]);
await measure("the same, zoomed in and out", [{ key: "+" }, { key: "-" }]);
await measure("the same, drawn sharp each time (the chosen box changes)", [{ key: "Home" }, { key: "End" }], 12);
await page.keyboard.press("Escape");
await page.keyboard.press("w");
for (let i = 0; i < 8; i++) await page.keyboard.press("+");
await rest();
await measure("zoomed in eight steps, moved", [up, down]);
for (let i = 0; i < 7; i++) await page.keyboard.press("+");
await rest();
await measure("zoomed in fifteen steps, moved", [up, down]);
if (process.env.JITLENS_SHOTS) {
  await page.keyboard.press("w");
  await rest();
  await page.screenshot({ path: `${process.env.JITLENS_SHOTS}/far.png` });
}
// A large screen, at the least scale at which boxes are drawn as boxes.
await page.setViewportSize({ width: 2560, height: 1440 });
await canvas.focus();
await page.keyboard.press("w");
for (let i = 0; i < 30; i++) {
  const { k } = await page.evaluate(() => JSON.parse(document.querySelector(".canvas > canvas").dataset.place ?? "{}"));
  if (k === undefined || k >= 0.2) break;
  await page.keyboard.press("+");
  await page.waitForTimeout(60);
}
await rest();
await measure("2560 × 1440, the least scale with boxes as boxes, moved", [up, down]);
if (process.env.JITLENS_SHOTS) await page.screenshot({ path: `${process.env.JITLENS_SHOTS}/near.png` });
console.log(
  `${values.wide ? "wide" : "in a column"}: Chromium, ${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}\n\n| what | the page's own time | frames apart |\n|---|---|---|\n${rows.join("\n")}`,
);
if (page.errors.length) console.log(page.errors);
await close();
