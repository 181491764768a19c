// The page in a plain browser: the single-file HTML report, and the page as a webview sees it. What a person clicks, with mouse and keyboard.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/lib.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const fixtures = join(root, "src", "engine", "report", "fixtures");
const folder = mkdtempSync(join(tmpdir(), "jitlens-views-"));
const shots = process.env.JITLENS_SHOTS;
const assets = {
  page: readFileSync(join(root, "dist", "views", "main.js"), "utf8"),
  layoutWorker: readFileSync(join(root, "dist", "views", "layoutWorker.js"), "utf8"),
};
/** The program of the page in a place. */
const program = (mode) =>
  readFileSync(join(root, "dist", "views", `${mode === "full" ? "main" : mode}.js`), "utf8").replace(/<\/script/gi, "<\\/script");
const { EXPORTERS, parseReportText } = await import(pathToFileURL(join(root, "dist", "engine", "report.js")).href);
const read = (name) => parseReportText(gunzipSync(readFileSync(join(fixtures, name))).toString());
const html = (name, report) => {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, EXPORTERS.find((e) => e.id === "html").write(report, assets));
  return pathToFileURL(file).href;
};
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
async function open(url, { width = 1200, height = 760, colorScheme = "light" } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.errors = [];
  page.on("pageerror", (e) => page.errors.push(String(e)));
  page.on("console", (m) => m.type() === "error" && page.errors.push(m.text()));
  await page.goto(url);
  await page.locator(".tab").first().waitFor();
  return page;
}
const tab = (page, id) => page.locator(`.tab[data-id="${id}"]`);
const TABS = ["graph", "text", "kernels", "fusion", "passes", "timeline", "roofline", "memory", "lines", "traces", "summary"];

describe("the HTML report", () => {
  for (const [name, report] of [
    ["loop", loop],
    ["digits", digits],
  ])
    for (const colorScheme of ["light", "dark"])
      test(`${name}, ${colorScheme}: every view opens, also in a narrow window`, async () => {
        const page = await open(html(`${name}-${colorScheme}`, report), { colorScheme });
        for (const width of [1200, 360])
          for (const id of TABS) {
            await page.setViewportSize({ width, height: 760 });
            await tab(page, id).click();
            await page.waitForTimeout(60);
            assert.ok((await page.locator(".tabpanel").innerText()).length > 0 || id === "graph", `${id} is empty`);
            if (shots) await page.screenshot({ path: join(shots, `${name}-${id}-${colorScheme}-${width}.png`) });
          }
        assert.deepEqual(page.errors, []);
        assert.equal(await page.locator("h1").innerText(), report.function.name);
        assert.equal(await page.locator("main").count(), 1);
        await page.close();
      });
  test("a kernel that is chosen shows its code, and every other view points at it (C5)", async () => {
    const page = await open(html("choose", loop));
    await tab(page, "kernels").click();
    const row = page.locator("table.kernels tbody tr", { hasText: "tanh" });
    await row.click();
    assert.equal(await row.getAttribute("aria-selected"), "true");
    assert.match(await page.locator(".detail").innerText(), /tanh/);
    assert.match(await page.locator(".detail .code").first().innerText(), /for i in 0/);
    await tab(page, "fusion").click();
    assert.ok((await page.locator("table.ledger tr.related").count()) > 0);
    await tab(page, "lines").click();
    assert.ok((await page.locator(".source-line.chosen").count()) > 0);
    await tab(page, "text").click();
    assert.ok((await page.locator(".jaxpr .chosen").count()) > 0);
    await tab(page, "graph").click();
    await page.waitForFunction(() => /kernel .*tanh/.test(document.querySelector(".graph-status").textContent));
    // The kernel stands in a loop: it was opened.
    await page.waitForFunction(() => /body/.test(document.querySelector(".crumbs").textContent));
    await page.close();
  });
  test("an edge that is chosen opens its region and marks its kernel", async () => {
    const page = await open(html("edge", loop));
    await tab(page, "fusion").click();
    await page.locator("table.ledger tbody tr", { hasText: "tanh" }).first().click();
    assert.match(await page.locator(".detail:visible").innerText(), /Fused: .*tanh.*Rule\s+\w.*Edges\s+\d+>\d+/s);
    await tab(page, "kernels").click();
    assert.ok((await page.locator("table.kernels tr.related").count()) > 0);
    await page.close();
  });
  test("line links go to the source in the report (C19)", async () => {
    const page = await open(html("links", loop));
    await tab(page, "kernels").click();
    await page.locator("table.kernels tbody tr", { hasText: "tanh" }).locator("a.line").first().click();
    assert.equal(await tab(page, "lines").getAttribute("aria-selected"), "true");
    assert.match(await page.locator(".source-line.chosen").first().innerText(), /tanh/);
    await page.close();
  });
  test("sorting keeps the focus, and rows are walked with the arrows (C3)", async () => {
    const page = await open(html("sort", digits));
    await tab(page, "kernels").click();
    const head = page.locator("table.kernels th", { hasText: "Bytes" });
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Bytes/);
    await page.keyboard.press("Enter");
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await page.locator("table.kernels tbody tr").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const at = await page.evaluate(() => [...document.querySelectorAll("table.kernels tbody tr")].indexOf(document.activeElement));
    assert.equal(at, 2);
    assert.equal(await page.locator("table.kernels tbody tr[aria-selected=true]").count(), 1);
    await page.close();
  });
  test("tabs and radio groups have their keys", async () => {
    const page = await open(html("keys", digits));
    await tab(page, "graph").focus();
    await page.keyboard.press("End");
    assert.equal(await tab(page, "summary").getAttribute("aria-selected"), "true");
    await page.keyboard.press("Home");
    assert.equal(await tab(page, "graph").getAttribute("aria-selected"), "true");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await tab(page, "summary").getAttribute("aria-selected"), "true");
    await tab(page, "fusion").click();
    const radios = page.locator("[role=radiogroup][aria-label=Verdict] [role=radio]");
    const checked = () => radios.evaluateAll((list) => list.map((r) => r.getAttribute("aria-checked")));
    assert.deepEqual(await checked(), ["true", "false", "false"]);
    await radios.first().focus();
    await page.keyboard.press("ArrowRight");
    assert.deepEqual(await checked(), ["false", "true", "false"]);
    assert.equal(await page.locator("table.ledger tbody tr.fused").count(), 0);
    assert.ok((await page.locator("table.ledger tbody tr.missed").count()) > 0);
    await page.close();
  });
  test("the graph stays in sight when the window is resized, fitted or not (B9)", async () => {
    const page = await open(html("resize", digits));
    const drawn = () =>
      page.evaluate(() => {
        const c = document.querySelector(".canvas canvas");
        const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
        let other = 0;
        for (let i = 4; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2]) other++;
        return other / (data.length / 4);
      });
    for (const fit of [false, true]) {
      await page.setViewportSize({ width: 1200, height: 760 });
      if (fit) await page.getByRole("button", { name: "Fit the graph" }).click();
      for (const width of [1200, 400, 230, 900]) {
        await page.setViewportSize({ width, height: 600 });
        await page.waitForTimeout(120);
        assert.ok((await drawn()) > 0.005, `nothing is drawn at ${width} pixels${fit ? ", fitted" : ""}`);
        const box = await page.getByRole("button", { name: "Fit the graph" }).boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= width, `Fit is cut off at ${width} pixels`);
      }
    }
    await page.close();
  });
});
describe("fusion", () => {
  const [program] = digits.programs;
  const decision = (id, more) => ({ ...program.decisions[0], id, rule: "r", cost: { bytes: 64 }, ...more });
  const ends = program.decisions.slice(0, 4).map(({ producer, consumer }) => ({ producer, consumer }));
  const ranked = {
    ...digits,
    programs: [
      {
        ...program,
        decisions: [
          decision("1>2", { ...ends[0], fused: true, reason: "one kernel computes both", ms: { fused: 0, kept: 0.2 } }),
          decision("3>4", { ...ends[1], fused: false, kept: "cheaper", reason: "it costs less to store", ms: { fused: 2, kept: 1 } }),
          decision("5>6", { ...ends[2], fused: false, kept: "limit", reason: "a small loss", ms: { fused: 0, kept: 0.1 } }),
          decision("7>8", {
            ...ends[3],
            fused: false,
            kept: "limit",
            reason: "a large loss",
            otherwise: "give both the same shape",
            ms: { fused: 0, kept: 0.9 },
          }),
        ],
      },
    ],
  };
  const reasons = (page) => page.locator("table.ledger tbody tr[data-decision] .wide:nth-child(1) > div:first-child").allInnerTexts();
  test("leads with what costs time; groups, filters and searches", async () => {
    const page = await open(html("ranked", ranked));
    await tab(page, "fusion").click();
    const order = async () =>
      (await page.locator("table.ledger tbody tr[data-decision]").evaluateAll((l) => l.map((r) => r.dataset.decision))).join();
    assert.equal(await order(), "7>8,5>6,3>4,1>2");
    assert.match((await reasons(page)).join("|"), /A large loss/);
    assert.match(
      await page.locator("table.ledger tbody tr").first().innerText(),
      /missed.*900\.0 µs\s*predicted.*To fuse it: give both the same shape/s,
    );
    await page.locator("[role=radio][data-id=stored]").click();
    assert.equal(await order(), "3>4");
    await page.locator("[role=radio][data-id=all]").click();
    await page.locator("vscode-text-field:visible").first().click();
    await page.keyboard.type("small");
    assert.equal(await order(), "5>6");
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.locator("[role=radio][data-id=line]").click();
    assert.ok((await page.locator("table.ledger tr.heading").count()) > 0);
    await page.locator("[role=radio][data-id=kernel]").click();
    assert.ok((await page.locator("table.ledger tr.heading").count()) > 0);
    assert.deepEqual(page.errors, []);
    await page.close();
  });
  test("a saved profile says why a pin cannot be tried", async () => {
    const page = await open(html("saved", ranked));
    await tab(page, "fusion").click();
    const pin = page.locator("tr[data-decision='1>2'] button.pin");
    assert.equal(await pin.getAttribute("aria-disabled"), "true");
    assert.match(await pin.getAttribute("title"), /saved profile/);
    await page.close();
  });
  test("pins in force stand above, with both results side by side", async () => {
    const side = (median, kernels, changed) => ({ total: { min: median, median, spread: 0.01 }, kernels, bytes: 4096, changed });
    const trial = {
      pins: ["1>2=split"],
      rounds: 9,
      error: 0,
      without: side(1, 2, [{ label: "h1 = tanh(x)", ms: 0.5 }]),
      with: side(0.5, 3, [{ label: "h1 = x + 1", ms: 0.1 }]),
    };
    const pinned = { ...ranked, programs: [{ ...ranked.programs[0], pins: ["1>2=split"], trial }] };
    const page = await open(html("pinned", pinned));
    await tab(page, "fusion").click();
    const text = await page.locator("section.pins").innerText();
    assert.match(text, /1 pin.*apart.*remove.*−50 %: faster with the pins.*9 rounds in turns; results the same to the last bit/s);
    assert.match(text, /Without pins\s+With pins.*1\.00 ms.*500\.0 µs.*h1 = tanh\(x\) 500\.0 µs\s+h1 = x \+ 1 100\.0 µs/s);
    await page.close();
  });
});
describe("colours that can be read (B10)", () => {
  for (const colorScheme of ["light", "dark"])
    test(colorScheme, async () => {
      const page = await open(html(`colours-${colorScheme}`, digits), { colorScheme });
      await tab(page, "fusion").click();
      const ratios = await page.evaluate(() => {
        const rgb = (s) =>
          s
            .match(/[\d.]+/g)
            .slice(0, 3)
            .map(Number);
        const luminance = (s) => {
          const [r, g, b] = rgb(s).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const page = luminance(getComputedStyle(document.body).backgroundColor);
        return [...document.querySelectorAll(".verdict, .otherwise, .id, td, .tab, .note")].map((e) => {
          const own = luminance(getComputedStyle(e).color);
          return [e.className || e.tagName, (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05)];
        });
      });
      for (const [what, ratio] of ratios) assert.ok(ratio >= 4.5, `${what}: ${ratio.toFixed(2)}`);
      await page.close();
    });
  test("the editor's own style of code, light on dark in Light High Contrast, does not reach the lines of a source", async () => {
    const page = await open(html("colours-code", digits), { colorScheme: "light" });
    await page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "code { color: #fff; background-color: #09345f; padding: 1px 3px; }";
      document.head.prepend(style);
    });
    await tab(page, "lines").click();
    const line = page.locator(".source-line code").first();
    await line.waitFor();
    assert.deepEqual(
      await line.evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color === getComputedStyle(e.parentElement).color]),
      ["rgba(0, 0, 0, 0)", true],
    );
    await page.close();
  });
});
describe("reports of any size", () => {
  const measurement = { min: 1, median: 1, spread: 0 };
  const text = Array.from({ length: 200_000 }, (_v, i) => `const x${i} = f(${i});`).join("\n");
  const huge = {
    ...loop,
    files: [{ path: "big.ts", hash: "", text }],
    programs: [
      {
        ...loop.programs[0],
        kernels: Array.from({ length: 60_000 }, (_v, i) => ({
          ...loop.programs[0].kernels[0],
          id: `k${i}`,
          label: `kernel ${i}`,
          nodes: [],
          outputs: [],
          code: [],
          time: { ...measurement, median: i + 1 },
          lines: [{ file: 0, line: i + 1, share: 1 }],
        })),
        decisions: Array.from({ length: 60_000 }, (_v, i) => ({
          ...loop.programs[0].decisions[0],
          id: `${i}>${i + 1}`,
          fused: i % 2 === 0,
          reason: `reason ${i}`,
        })),
      },
    ],
    spans: Array.from({ length: 200_000 }, (_v, i) => ({ track: "kernels", start: i, duration: 0.9, kernel: `k${i % 70_000}`, run: 0 })),
    lines: Array.from({ length: 200_000 }, (_v, i) => ({ file: 0, line: i + 1, ms: 1, share: 5e-6, parts: { kernels: 1 } })),
    memory: {
      peak: 30_000,
      holders: [],
      lifetimes: Array.from({ length: 20_000 }, (_v, i) => ({
        bytes: 1 + (i % 500),
        what: i % 3 ? "temporary" : "residual",
        text: `v${i}`,
        from: i,
        to: i + (i % 40),
      })),
    },
    devices: [{ ...loop.devices[0], ceilings: { bandwidth: 10, cache: 50, cacheBytes: 2 ** 20, flops: { f32: 40 }, from: "a test" } }],
    compilations: Array.from({ length: 20_000 }, (_v, i) => ({ ...loop.compilations[0], index: i })),
  };
  test("60,000 kernels, 200,000 spans and lines: every view opens, with few rows in the page (B13)", async () => {
    const page = await open(html("huge", huge));
    for (const id of ["kernels", "fusion", "timeline", "roofline", "memory", "lines", "traces", "summary"]) {
      const took = await page.evaluate(async (name) => {
        const started = performance.now();
        document.querySelector(`.tab[data-id="${name}"]`).click();
        await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
        return performance.now() - started;
      }, id);
      console.log(`${id}: ${took.toFixed(0)} ms`);
      assert.ok((await page.locator(".tabpanel [data-row]").count()) < 500, `${id} made every row`);
    }
    assert.deepEqual(page.errors, []);
    // The last row is one key away.
    await tab(page, "kernels").click();
    await page.locator("table.kernels tbody tr[data-row]").first().focus();
    await page.keyboard.press("End");
    await page.locator('tr[data-kernel="k0"]').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.kernel), "k0");
    await page.close();
  });
});
describe("the page of a webview", () => {
  async function webview(mode) {
    const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
    page.errors = [];
    page.on("pageerror", (e) => page.errors.push(String(e)));
    await page.addInitScript(() => {
      window.sent = [];
      window.alive = 0;
      for (const name of ["ResizeObserver", "MutationObserver"]) {
        const Original = window[name];
        window[name] = class extends Original {
          observe(...args) {
            if (!this.counted) window.alive++;
            this.counted = true;
            super.observe(...args);
          }
          disconnect() {
            if (this.counted) window.alive--;
            this.counted = false;
            super.disconnect();
          }
        };
      }
      let state = {};
      window.acquireVsCodeApi = () => ({ postMessage: (m) => window.sent.push(m), getState: () => state, setState: (s) => (state = s) });
    });
    const file = join(folder, `webview-${mode}.html`);
    writeFileSync(
      file,
      `<!DOCTYPE html><html><body data-mode="${mode}" class="vscode-dark"><div id="app"></div><script>${program(mode)}</script></body></html>`,
    );
    await page.goto(pathToFileURL(file).href);
    page.post = (m) => page.evaluate((x) => window.postMessage(x, "*"), m);
    page.sent = () => page.evaluate(() => window.sent);
    return page;
  }
  test("a report after another leaves nothing behind (F11)", async () => {
    const page = await webview("full");
    const shown = async (report) => {
      await page.post({ type: "report", report });
      await page.waitForFunction((name) => document.body.dataset.report === name, report.function.name);
      for (const id of TABS) await tab(page, id).click();
      await page.waitForTimeout(50);
      return page.evaluate(() => window.alive);
    };
    await shown(loop);
    const first = await shown({ ...digits, id: "a" });
    for (let i = 0; i < 5; i++) {
      await shown({ ...loop, id: `x${i}` });
      assert.equal(await shown({ ...digits, id: `y${i}` }), first);
    }
    assert.deepEqual(page.errors, []);
    await page.close();
  });
  test("a pin is asked for with its edges, where the run can be repeated", async () => {
    const page = await webview("profile");
    const [first, ...others] = digits.programs[0].decisions.filter((d) => d.fused);
    const program = { ...digits.programs[0], decisions: [{ ...first, id: "1>2" }, ...others], pins: ["9>10=split"] };
    await page.post({ type: "report", report: { ...digits, programs: [program] }, live: true });
    await tab(page, "fusion").click();
    // A pin that names several edges says how many, and which.
    const pin = page.locator("tr[data-decision='1>2'] button.pin");
    assert.equal(await pin.innerText(), "pin apart");
    await pin.click();
    const asked = (await page.sent()).find((m) => m.type === "pin");
    assert.equal(asked.keep, false);
    assert.equal(asked.pins[0], "9>10=split");
    assert.ok(asked.pins.includes("1>2=split"));
    // Edges of an older version's profile have no names that the compiler knows.
    assert.equal(await page.locator("tr:not([data-decision*='>']) button.pin").first().getAttribute("aria-disabled"), "true");
    await page.locator("vscode-button", { hasText: "Keep pins" }).click();
    assert.deepEqual((await page.sent()).filter((m) => m.type === "pin")[1], { type: "pin", pins: ["9>10=split"], keep: true });
    await page.close();
  });
  test("choices travel between pages, and do not come back", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: loop });
    const row = page.locator("table.kernels tbody tr").nth(1);
    await row.click();
    const kernel = await row.getAttribute("data-kernel");
    const chosen = async () => (await page.sent()).filter((m) => m.type === "select");
    assert.deepEqual(await chosen(), [{ type: "select", selection: { kind: "kernel", id: kernel } }]);
    await page.post({ type: "select", selection: { kind: "kernel", id: loop.programs[0].kernels[0].id } });
    await page.locator(`tr.chosen[data-kernel="${loop.programs[0].kernels[0].id}"]`).waitFor();
    assert.equal((await chosen()).length, 1);
    await page.close();
  });
  test("while another run goes on, the report stays; an empty status leaves it alone (B5, C2)", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: loop });
    await page.locator("table.kernels").waitFor();
    await page.post({ type: "status", text: "Running loop.ts", busy: true });
    await page.locator(".status", { hasText: "Running loop.ts" }).waitFor();
    assert.equal(await page.locator("table.kernels").count(), 1);
    await page.post({ type: "status", text: "", busy: false });
    await page.locator(".status").waitFor({ state: "hidden" });
    assert.equal(await page.locator("table.kernels").count(), 1);
    await page.close();
  });
  test("the same report, completed, keeps what is open and chosen", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: loop });
    await page.locator("table.kernels tbody tr").nth(1).click();
    const kernel = await page.locator("tr.chosen").getAttribute("data-kernel");
    await page.post({ type: "report", report: { ...loop, warnings: [{ kind: "x", message: "late", stack: null }] } });
    await page.locator(".tab", { hasText: "1 warning" }).waitFor();
    assert.equal(await page.locator("tr.chosen").getAttribute("data-kernel"), kernel);
    await page.close();
  });
  test("reveals name files as the report does", async () => {
    const page = await webview("profile");
    await page.post({ type: "report", report: loop });
    await page.locator("table.kernels a.line").first().click();
    const reveal = (await page.sent()).find((m) => m.type === "reveal");
    assert.ok(loop.files.some((f) => f.path === reveal.file));
    assert.ok(reveal.line > 0);
    await page.close();
  });
});
