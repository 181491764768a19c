// Pages in a plain browser, for tests of views: the single-file HTML report, and the page as a webview has it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/lib.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-pages-"));
export const assets = {
  page: readFileSync(join(root, "dist", "views", "main.js"), "utf8"),
  layoutWorker: readFileSync(join(root, "dist", "views", "layoutWorker.js"), "utf8"),
};
/** The program of the page in a place. */
const program = (mode) =>
  readFileSync(join(root, "dist", "views", `${mode === "full" ? "main" : mode}.js`), "utf8").replace(/<\/script/gi, "<\\/script");
export const tools = await import(pathToFileURL(join(root, "dist", "engine", "report.js")).href);
export const fixture = (name) => tools.parseReportText(gunzipSync(readFileSync(join(root, "src", "engine", "report", "fixtures", name))).toString());
/** A module of the sources, bundled for this process. */
export async function source(path) {
  const { outputFiles } = await esbuild.build({ entryPoints: [join(root, path)], bundle: true, format: "esm", platform: "node", write: false });
  const file = join(folder, `${path.replaceAll("/", "-")}.mjs`);
  writeFileSync(file, outputFiles[0].text);
  return import(pathToFileURL(file).href);
}
let browser = null;
export async function launch() {
  return (browser ??= await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] }));
}
export async function close() {
  await browser?.close();
  browser = null;
  rmSync(folder, { recursive: true, force: true });
}
function watched(page) {
  page.errors = [];
  page.on("pageerror", (e) => page.errors.push(String(e)));
  page.on("console", (m) => m.type() === "error" && page.errors.push(m.text()));
  return page;
}
/** The HTML report in a browser. */
export async function open(name, report, { width = 1200, height = 760, tab } = {}) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, tools.EXPORTERS.find((e) => e.id === "html").write(report, assets));
  const page = watched(await (await launch()).newPage({ viewport: { width, height } }));
  await page.goto(pathToFileURL(file).href);
  await page.locator(".tab").first().waitFor();
  if (tab) await page.locator(`.tab[data-id="${tab}"]`).click();
  return page;
}
/** The page as a webview has it: `page.post` is the extension's side, `page.sent` what it hears. */
export async function webview(mode = "full", { width = 1200, height = 760, ...context } = {}) {
  const page = watched(await (await launch()).newPage({ viewport: { width, height }, ...context }));
  await page.addInitScript(() => {
    window.sent = [];
    let state = {};
    window.acquireVsCodeApi = () => ({ postMessage: (m) => window.sent.push(m), getState: () => state, setState: (s) => (state = s) });
  });
  const file = join(folder, `webview-${mode}.html`);
  writeFileSync(
    file,
    `<!DOCTYPE html><html lang="en"><head><title>JitLens</title></head><body data-mode="${mode}" class="vscode-dark"><div id="app"></div><script>${program(mode)}</script></body></html>`,
  );
  await page.goto(pathToFileURL(file).href);
  page.post = (m) => page.evaluate((x) => window.postMessage(x, "*"), m);
  page.sent = () => page.evaluate(() => window.sent);
  return page;
}
export const tab = (page, id) => page.locator(`.tab[data-id="${id}"]`);
