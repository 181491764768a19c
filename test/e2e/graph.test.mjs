// The graph in a plain browser: groups that open, search, keys, outline, map, edges and their decisions, pictures, and Reports of any size.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/lib.mjs";
import { THEMES, dress } from "./themes.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-graph-"));
const shots = process.env.JITLENS_SHOTS;
const built = (name) => readFileSync(join(root, "dist", "views", name), "utf8");
const { parseReportText } = await import(pathToFileURL(join(root, "dist", "engine", "report.js")).href);
const read = (name) => parseReportText(gunzipSync(readFileSync(join(root, "src", "engine", "report", "fixtures", name))).toString());
const loop = read("loop.v2.jitprofile.gz");
const digits = read("digits.v1.jitprofile.gz");

let browser;
before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
const inScript = (v) => JSON.stringify(v).replace(/</g, "\\u003c");
/** The page as the editor makes it: `graph` alone, or with every other view. */
async function open(report, { width = 1100, height = 760, theme = "dark-modern", mode = "graph", worker = built("layoutWorker.js") } = {}) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.errors = [];
  page.on("pageerror", (e) => page.errors.push(String(e)));
  page.on("console", (m) => m.type() === "error" && page.errors.push(m.text()));
  await page.addInitScript(() => {
    window.sent = [];
    let state = {};
    window.acquireVsCodeApi = () => ({ postMessage: (m) => window.sent.push(m), getState: () => state, setState: (s) => (state = s) });
  });
  const file = join(folder, `${mode}.html`);
  writeFileSync(
    file,
    `<!DOCTYPE html><html><body data-mode="${mode}"><div id="app"></div><script type="application/json" id="worker">${inScript(worker)}</script><script>${built(mode === "full" ? "main.js" : `${mode}.js`).replace(/<\/script/gi, "<\\/script")}</script></body></html>`,
  );
  await page.goto(pathToFileURL(file).href);
  await dress(page, theme);
  page.canvas = page.locator(".canvas > canvas:first-child");
  page.status = () => page.locator(".graph-status").innerText();
  page.found = () => page.locator(".found").innerText();
  page.boxes = () => page.evaluate(() => Number(document.body.dataset.boxes));
  page.sent = (type) => page.evaluate((t) => window.sent.filter((m) => m.type === t), type);
  page.key = async (...keys) => {
    await page.canvas.focus();
    for (const k of keys) await page.keyboard.press(k);
    await page.waitForTimeout(60);
  };
  page.search = async (text) => {
    await page.locator(".graph .field").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(text);
  };
  page.show = async (r) => {
    await page.evaluate(() => (document.body.dataset.painted = "false"));
    await page.evaluate((x) => window.postMessage({ type: "report", report: x }, "*"), r);
    await page.waitForFunction(() => document.body.dataset.painted === "true", null, { timeout: 120_000 });
  };
  await page.show(report);
  return page;
}
/** How the picture looks now, in a few numbers. */
const look = (page) =>
  page.evaluate(() => {
    const c = document.querySelector(".canvas > canvas");
    const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + data[i] + 7 * data[i + 1] + 3 * data[i + 2]) % 1_000_000_007;
    return sum;
  });
const clickSelected = async (page, options = {}) => {
  const box = await page.canvas.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, options);
};
async function end(page) {
  assert.deepEqual(page.errors, []);
  await page.close();
}

describe("boxes that open", () => {
  test("kernels and groups, by keyboard and mouse", async () => {
    const page = await open(digits);
    const closed = await page.boxes();
    assert.ok(closed >= 10 && closed < 40, `${closed} boxes at first`);
    await page.key("Home");
    assert.match(await page.status(), /kernel .*tanh.*Enter opens it/);
    await page.key("Enter");
    const opened = await page.boxes();
    assert.ok(opened > closed);
    await page.key("Enter");
    assert.equal(await page.boxes(), closed);
    // By mouse: what was found stands in the middle of the view.
    await page.search("tanh");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(150);
    await page.key("Backspace", "Enter", "Enter");
    await page.key("c");
    assert.ok((await page.boxes()) < closed, "everything is closed");
    await page.key("9");
    assert.ok((await page.boxes()) > opened, "everything is open");
    await end(page);
  });
  test("a loop: its body opens with it, what is inside is found from outside (A6)", async () => {
    const page = await open(loop);
    await page.search("while");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^while/.test(document.querySelector(".graph-status").textContent));
    const outside = await page.boxes();
    await page.key("Enter");
    assert.ok((await page.boxes()) > outside + 1);
    await page.key("c");
    await page.search("tanh");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /body/.test(document.querySelector(".crumbs").textContent));
    assert.match(await page.status(), /tanh/);
    // The way out, by crumbs.
    await page.locator(".crumbs button", { hasText: "while" }).click();
    assert.match(await page.status(), /^while/);
    await end(page);
  });
  test("a double click opens, a click chooses", async () => {
    const page = await open(digits);
    await page.search("h2·params2[2].w");
    if ((await page.found()) === "none found") await page.search("dot");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(200);
    await page.key("Backspace");
    const kernel = (await page.sent("select")).at(-1).selection;
    assert.equal(kernel.kind, "kernel");
    await end(page);
  });
  test("inputs, constants and movements stand on what reads them; a switch shows them", async () => {
    const page = await open(digits);
    await page.key("9");
    const folded = await page.boxes();
    await page.key("i");
    await page.key("9");
    assert.ok((await page.boxes()) > folded + 20);
    await end(page);
  });
});
describe("search", () => {
  test("by name, shape, line and variable; Enter and Shift+Enter cycle, the count is said (C4)", async () => {
    const page = await open(digits);
    for (const [query, least] of [
      ["tanh", 2],
      ["f32[128,64]", 4],
      ["digits.ts:24", 1],
      ["h1", 1],
    ]) {
      await page.search(query);
      const [, n] = /^(\d+) found$/.exec(await page.found()) ?? [];
      assert.ok(Number(n) >= least, `${query}: ${await page.found()}`);
    }
    await page.search("tanh");
    const seen = [];
    for (const key of ["Enter", "Enter", "Enter", "Shift+Enter"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(150);
      seen.push(await page.found());
    }
    assert.deepEqual(seen, ["1 of 2", "2 of 2", "1 of 2", "2 of 2"]);
    await page.search("no such thing");
    assert.equal(await page.found(), "none found");
    // An argument that is folded away: what reads it is shown.
    await page.search("velocity");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(150);
    assert.ok((await page.status()).length > 10);
    await end(page);
  });
});
describe("the outline", () => {
  test("a tree that a screen reader walks, with the same selection and the same groups open", async () => {
    const page = await open(digits);
    await page.key("o");
    const tree = page.getByRole("tree", { name: "Outline of the graph" });
    await tree.waitFor();
    const rows = page.getByRole("treeitem");
    assert.equal(await rows.count(), await page.boxes());
    for (const attribute of ["aria-level", "aria-setsize", "aria-posinset", "aria-label"])
      assert.ok(await rows.first().getAttribute(attribute), attribute);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(80);
    const focused = () =>
      page.evaluate(() => ({ label: document.activeElement.getAttribute("aria-label"), open: document.activeElement.getAttribute("aria-expanded") }));
    const at = await focused();
    assert.ok((await page.status()).includes(at.label.split(",")[0]));
    assert.equal(at.open, "false");
    const before = await page.boxes();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((n) => Number(document.body.dataset.boxes) > n, before);
    assert.equal((await focused()).open, "true");
    assert.equal(await page.locator("[role=treeitem][tabindex='0']").count(), 1);
    // A choice in the picture is chosen in the tree.
    await page.key("Home");
    assert.equal(await page.locator("[role=treeitem][aria-selected=true]").count(), 1);
    await end(page);
  });
});
describe("edges", () => {
  test("an edge that is chosen chooses its decision; one that is chosen elsewhere is shown", async () => {
    const page = await open(digits, { mode: "full" });
    await page.key("Home", "e");
    const { selection } = (await page.sent("select")).at(-1);
    assert.equal(selection.kind, "decision");
    const status = await page.status();
    assert.match(status, /→/);
    await page.key("e");
    await page.locator('.tab[data-id="fusion"]').click();
    await page.locator("table tbody tr.chosen, [aria-selected=true]").first().waitFor();
    const decision = digits.programs[0].decisions.find((d) => !d.fused);
    await page.locator('.tab[data-id="graph"]').click();
    await page.evaluate((id) => window.postMessage({ type: "select", selection: { kind: "decision", id } }, "*"), decision.id);
    await page.waitForFunction((reason) => document.querySelector(".graph-status").textContent.includes(reason), decision.reason);
    await end(page);
  });
  test("a kernel and a line that are chosen elsewhere are shown", async () => {
    const page = await open(digits);
    const kernel = digits.programs[0].kernels.at(-1);
    await page.evaluate((id) => window.postMessage({ type: "select", selection: { kind: "kernel", id } }, "*"), kernel.id);
    await page.waitForFunction((label) => document.querySelector(".graph-status").textContent.includes(label), kernel.label);
    await end(page);
  });
});
describe("seeing it all", () => {
  test("the map moves the view; keys zoom, fit and pan", async () => {
    const page = await open(digits, { width: 700, height: 420 });
    const at = await look(page);
    const map = page.locator(".minimap");
    assert.equal(await map.isVisible(), true);
    const box = await map.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForTimeout(80);
    assert.notEqual(await look(page), at);
    await page.key("0");
    assert.equal(await look(page), at, "0 fits again");
    await page.key("-");
    assert.notEqual(await look(page), at);
    await page.key("0", "Shift+ArrowDown");
    assert.notEqual(await look(page), at);
    await page.key("w");
    assert.equal(await map.isVisible(), false, "the whole picture needs no map");
    await end(page);
  });
  test("the wheel zooms, dragging moves and is no click", async () => {
    const page = await open(digits);
    const at = await look(page);
    const box = await page.canvas.boundingBox();
    await page.mouse.move(box.x + 500, box.y + 300);
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(60);
    const zoomed = await look(page);
    assert.notEqual(zoomed, at);
    const chosen = (await page.sent("select")).length;
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 200, { steps: 5 });
    await page.mouse.up();
    await page.waitForTimeout(60);
    assert.notEqual(await look(page), zoomed);
    assert.equal((await page.sent("select")).length, chosen);
    await end(page);
  });
  test("a narrow side bar: all controls are within reach, and the picture is there", async () => {
    const page = await open(digits, { width: 200, height: 700 });
    for (const name of ["Zoom in", "Fit the graph", "More for the graph"]) {
      const box = await page.getByRole("button", { name }).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 200, `${name} is cut off`);
    }
    await page.getByRole("button", { name: "More for the graph" }).click();
    const menu = await page.getByRole("menu").boundingBox();
    assert.ok(menu.x >= 0 && menu.x + menu.width <= 200, "the menu is cut off");
    await page.keyboard.press("Escape");
    await end(page);
  });
});
describe("pictures", () => {
  test("SVG and PNG go to the extension, whole and well formed", async () => {
    const page = await open(digits);
    for (const [item, format] of [
      ["Save as SVG…", "svg"],
      ["Save as PNG…", "png"],
    ]) {
      await page.getByRole("button", { name: "More for the graph" }).click();
      await page.getByRole("menuitem", { name: item }).click();
      const m = (await page.sent("picture")).at(-1);
      assert.equal(m.format, format);
      if (format === "png") assert.equal(Buffer.from(m.data, "base64").subarray(1, 4).toString(), "PNG");
      else {
        const fault = await page.evaluate(
          (text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? null,
          m.data,
        );
        assert.equal(fault, null);
        assert.match(m.data, /tanh/);
      }
    }
    await end(page);
  });
  for (const theme of Object.keys(THEMES))
    test(`${theme}: drawn, wide and narrow`, async () => {
      for (const [name, report] of [
        ["digits", digits],
        ["loop", loop],
      ])
        for (const width of [1200, 300]) {
          const page = await open(report, { theme, width });
          await page.key("Home", "Enter");
          if (shots) await page.screenshot({ path: join(shots, `graph-${name}-${theme}-${width}.png`) });
          await end(page);
        }
    });
});
describe("graphs of any size", () => {
  const kernel = loop.programs[0].kernels[0];
  /** A program of n operations in `layers` layers of a name stack, three operations a kernel. */
  function large(n, layers) {
    const nodes = Array.from({ length: n }, (_v, i) => ({
      id: `g${i}`,
      op: ["dot", "add", "tanh"][i % 3],
      category: i % 3 ? "elementwise" : "contraction",
      type: "f32[64,64]",
      inputs: i === 0 ? [] : [`g${i - 1}`, ...(i > 40 && i % 7 === 0 ? [`g${i - 40}`] : [])],
      scope: layers ? `block${Math.floor((i / n) * layers)}/part${Math.floor(i / 30) % 4}` : "",
    }));
    const kernels = Array.from({ length: Math.floor(n / 3) }, (_v, i) => ({
      ...kernel,
      id: `k${i}`,
      name: `k${i}`,
      label: `x = tanh(x·w + b) #${i}`,
      region: "r",
      nodes: [0, 1, 2].map((k) => `g${3 * i + k}`),
      outputs: [`g${3 * i + 2}`],
      code: [],
      lines: [],
      time: { min: 0.001, median: 0.001, spread: 0 },
    }));
    const region = { id: "r", name: "big", parent: null, nodes, parameters: [], outputs: [`g${n - 1}`] };
    const program = { ...loop.programs[0], arguments: [], results: [], levels: [{ name: "fused", regions: [region] }], kernels, decisions: [] };
    return { ...loop, id: `big${n}${layers}`, programs: [program], lines: [], memory: undefined };
  }
  for (const layers of [0, 24])
    test(`100,000 operations, ${layers || "no"} layers: opened, closed`, async () => {
      const page = await open(digits);
      const report = large(100_000, layers);
      const took = await page.evaluate(async (r) => {
        document.body.dataset.painted = "false";
        await new Promise((done) => setTimeout(done, 300));
        const start = performance.now();
        window.postMessage({ type: "report", report: r }, "*");
        await new Promise((done) => {
          const look = () => (document.body.dataset.painted === "true" ? done() : setTimeout(look, 5));
          look();
        });
        return performance.now() - start;
      }, report);
      console.log(`100,000 operations, ${layers} layers: ${took.toFixed(0)} ms, ${await page.boxes()} boxes`);
      assert.ok((await page.boxes()) < 300);
      await page.search("g77777");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => /f32\[64,64\]/.test(document.querySelector(".graph-status").textContent), null, { timeout: 120_000 });
      await end(page);
    });
  test("everything open: laid out in the worker, then moved at every frame", async () => {
    const page = await open(large(10_000, 12));
    const before = await page.boxes();
    await page.key("9");
    await page.waitForFunction((n) => Number(document.body.dataset.boxes) > n + 9000, before, { timeout: 120_000 });
    await page.key("w");
    const times = await page.evaluate(async () => {
      const canvas = document.querySelector(".canvas > canvas");
      const times = [];
      for (let i = 0; i < 20; i++) {
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key: i % 2 ? "ArrowUp" : "ArrowDown", shiftKey: true }));
        await new Promise((r) => requestAnimationFrame(r));
        times.push(Number(canvas.dataset.paintMs));
      }
      return times.sort((a, b) => a - b);
    });
    console.log(`${await page.boxes()} boxes in view: a frame takes ${times[10].toFixed(1)} ms (median), ${times.at(-1).toFixed(1)} ms (worst)`);
    await end(page);
  });
  test("a layout that takes long can be cancelled; the picture stays", async () => {
    const page = await open(large(3000, 12), { worker: "self.onmessage = () => { for (;;); };" });
    const before = await page.boxes();
    const at = await look(page);
    await page.key("9");
    const cancel = page.getByRole("button", { name: "Cancel" });
    await cancel.waitFor();
    await cancel.click();
    await cancel.waitFor({ state: "hidden" });
    assert.equal(await page.boxes(), before);
    assert.equal(await look(page), at);
    await end(page);
  });
  test("of two requests in flight the later one is shown, never the other's answer", async () => {
    const page = await open(large(3000, 12));
    await page.canvas.focus();
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press("9");
      await page.keyboard.press("c");
    }
    await page.waitForTimeout(1500);
    assert.equal(await page.boxes(), 12);
    await page.keyboard.press("c");
    await page.keyboard.press("9");
    await page.waitForFunction(() => Number(document.body.dataset.boxes) > 3000, null, { timeout: 120_000 });
    await end(page);
  });
});
