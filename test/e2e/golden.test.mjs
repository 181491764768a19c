// Golden pictures: what every panel draws of a stored profile, in light and dark, compared with pictures that a person has looked at.
//   UPDATE_GOLDEN=1 node --test test/e2e/golden.test.mjs   writes them anew; look at each before it is committed
// A picture that differs leaves what was drawn and where it differs in test/e2e/out.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { insightsOf } from "./insightReport.mjs";
import { close, fixture, launch, root, tab, webview } from "./pages.mjs";
import { dress } from "./themes.mjs";

const GOLDEN = join(root, "test", "e2e", "golden");
const OUT = join(root, "test", "e2e", "out");
/** Edges of letters differ by the machine; a line that moved or a colour that changed is more than this. */
const SHARE = 0.005;
const SIZE = { width: 1000, height: 640 };
/** The fonts that the tests' machine installs, whatever else is there. */
const FONTS = `:root { --vscode-font-family: "DejaVu Sans"; --vscode-editor-font-family: "DejaVu Sans Mono"; --vscode-font-size: 13px; }
* { caret-color: transparent !important; transition: none !important; animation: none !important; }`;

const digits = fixture("digits.v2.jitprofile.gz");
const report = {
  ...digits,
  ...insightsOf(digits, {
    lines: [28, 30, 31],
    pins: [`${digits.programs[0].decisions[0].id}=split`],
    edits: [{ file: 0, line: 28, column: 1, endLine: 28, endColumn: 1, text: "  const scale = 2;\n" }],
  }),
};
/** Panels, and what is done in each before its picture is taken. */
const PANELS = {
  graph: null,
  fusion: (page) =>
    page
      .locator(".tabpanel tbody tr[data-row]")
      .first()
      .click({ position: { x: 4, y: 4 } }),
  timeline: null,
  kernels: (page) =>
    page
      .locator(".tabpanel tbody tr[data-row]")
      .first()
      .click({ position: { x: 4, y: 4 } }),
  roofline: null,
  memory: null,
  lines: null,
  insights: null,
};
/** Null where the two are the same but for the edges of letters; else what differs. */
function difference(name, drawn) {
  if (!existsSync(join(GOLDEN, `${name}.png`)))
    return `${name}: no golden picture yet: look at test/e2e/out/${name}.png, and write it with UPDATE_GOLDEN=1`;
  const golden = PNG.sync.read(readFileSync(join(GOLDEN, `${name}.png`)));
  const actual = PNG.sync.read(drawn);
  if (golden.width !== actual.width || golden.height !== actual.height)
    return `${name}: ${actual.width}×${actual.height} pixels, the golden picture has ${golden.width}×${golden.height}`;
  const diff = new PNG({ width: golden.width, height: golden.height });
  const pixels = pixelmatch(golden.data, actual.data, diff.data, golden.width, golden.height, { threshold: 0.15 });
  const share = pixels / (golden.width * golden.height);
  if (share <= SHARE) return null;
  writeFileSync(join(OUT, `${name}.diff.png`), PNG.sync.write(diff));
  return `${name}: ${(100 * share).toFixed(2)} % of the pixels differ (${pixels}); see ${name}.png and ${name}.diff.png in test/e2e/out`;
}
before(async () => {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await launch();
});
after(close);
for (const theme of ["light", "dark"])
  describe(theme, () => {
    let page;
    before(async () => {
      page = await webview("full", { ...SIZE, reducedMotion: "reduce", locale: "en-US", timezoneId: "UTC", deviceScaleFactor: 1 });
      await page.post({ type: "report", report, live: true, acts: true });
      await page.locator(".tab").first().waitFor();
      await dress(page, `${theme}-modern`);
      await page.addStyleTag({ content: FONTS });
    });
    after(() => page.close());
    for (const [id, prepare] of Object.entries(PANELS))
      test(id, async () => {
        await tab(page, id).click();
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(300);
        await prepare?.(page);
        await page.mouse.move(SIZE.width - 1, SIZE.height - 1);
        await page.waitForTimeout(200);
        const name = `${id}-${theme}`;
        const drawn = await page.screenshot();
        if (process.env.UPDATE_GOLDEN) mkdirSync(GOLDEN, { recursive: true });
        if (process.env.UPDATE_GOLDEN) return writeFileSync(join(GOLDEN, `${name}.png`), drawn);
        const fault = difference(name, drawn);
        if (fault) writeFileSync(join(OUT, `${name}.png`), drawn);
        assert.equal(fault, null);
        assert.deepEqual(page.errors, []);
      });
  });
test("a picture in which a line moved is told from one that only has other edges", () => {
  const picture = (x) => {
    const png = new PNG({ width: 100, height: 100 });
    png.data.fill(255);
    for (let y = 0; y < 100; y++) png.data.set([0, 0, 0, 255], 4 * (100 * y + x));
    return png;
  };
  const count = (a, b) => pixelmatch(a.data, b.data, null, 100, 100, { threshold: 0.15 }) / 1e4;
  assert.equal(count(picture(50), picture(50)), 0);
  assert.ok(count(picture(50), picture(53)) > SHARE);
});
