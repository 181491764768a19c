// media/icon.png, the picture of the extension in shops: the lens of media/icon.svg in a Chromium that is there, on a ground of its own.
//   node scripts/icon.mjs
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium, root } from "./lib.mjs";

const SIZE = 256;
const lens = readFileSync(join(root, "media", "icon.svg"), "utf8")
  .replace(/width="\d+" height="\d+"/, `width="${0.66 * SIZE}" height="${0.66 * SIZE}"`)
  .replace(/<path d="M11\.8[^>]*\/>/, (bolt) => bolt.replace("<path", '<path stroke="#ffc94d"'));
const page = `<!doctype html><style>body{margin:0;background:transparent}
#i{width:${SIZE}px;height:${SIZE}px;border-radius:${0.2 * SIZE}px;display:grid;place-items:center;color:#e8eefc;
background:linear-gradient(150deg,#2b4a8c,#16213a 70%)}</style><div id="i">${lens}</div>`;
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
try {
  const tab = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  await tab.setContent(page);
  await tab.locator("#i").screenshot({ path: join(root, "media", "icon.png"), omitBackground: true });
} finally {
  await browser.close();
}
