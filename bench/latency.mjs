// Where the time of a click goes, in the real workbench: node bench/latency.mjs [--rounds N] [--wait MS] [--python]
// Drives code-server in Chromium as a person does, reads the extension's line about each click, and times an empty webview beside it: what that takes is
// VS Code's own. A round is a new server and a new browser. `--wait`: how long the window stands before the first click (a runner is started ahead then).
// `--python`: the digits in Python; what JAX itself takes of it is said by bench/live.mjs pythonClick.
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openWorkbench, until } from "../test/e2e/workbench.mjs";
import { pythonWithJax } from "../test/python.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    wait: { type: "string", default: "4000" },
    frames: { type: "boolean", default: false },
    profile: { type: "string" },
    lines: { type: "boolean", default: true },
    "no-lines": { type: "boolean" },
    python: { type: "boolean", default: false },
  },
});
if (values["no-lines"]) values.lines = false;
const pause = (ms) => new Promise((r) => setTimeout(r, ms));
const logs = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? logs(join(folder, e.name)) : e.name === "JitLens.log" ? [join(folder, e.name)] : [],
  );
const clicksOf = (w) =>
  logs(join(w.server.data, "logs"))
    .flatMap((f) => readFileSync(f, "utf8").split("\n"))
    .flatMap((line) => {
      const m = /click to graph of \S+: (\d+) ms \((.*)\)/.exec(line);
      return m ? [{ total: Number(m[1]), stations: m[2].split(/(?<= -?\d+), /).map((s) => /^(.*) (-?\d+)$/.exec(s).slice(1)) }] : [];
    });
/** The moment of the next mouse press in the workbench, as the page has it. */
const watchPress = (w) =>
  w.page.evaluate(() => {
    window.pressed = 0;
    window.addEventListener("mousedown", () => (window.pressed ||= performance.timeOrigin + performance.now()), { capture: true, once: true });
  });
if (values.profile) process.env.FLOOR_PROFILES = values.profile;
/** Profiles of the browser's main thread and of the extension host around a click: --profile FOLDER. */
async function profiled(w, name, run) {
  if (!values.profile) return run();
  const button = w.page.locator(".statusbar-item", { hasText: "record" });
  const cdp = await w.page.context().newCDPSession(w.page);
  await cdp.send("Profiler.enable");
  await button.click();
  await pause(500);
  await cdp.send("Profiler.start");
  const result = await run();
  const { profile } = await cdp.send("Profiler.stop");
  writeFileSync(join(values.profile, `${name}-page.cpuprofile`), JSON.stringify(profile));
  await button.click();
  await pause(1500);
  renameSync(join(values.profile, "extensions.cpuprofile"), join(values.profile, `${name}-extensions.cpuprofile`));
  return result;
}
async function clickLens(w, n) {
  const before = clicksOf(w).length;
  for (const f of w.page.frames()) await f.evaluate(() => delete document.body?.dataset.painted).catch(() => {});
  await watchPress(w);
  await w.lens("jit & profile", n).click();
  const graph = await w.view("graph", 60_000);
  const at = await graph.waitForFunction(() => document.body.dataset.painted === "true" && performance.timeOrigin + performance.now(), null, {
    polling: 10,
    timeout: 60_000,
  });
  const painted = (await at.jsonValue()) - (await w.page.evaluate(() => window.pressed));
  // An extension of before has no such line.
  const click = values.lines ? await until("the line about the click", async () => clicksOf(w)[before], 10_000) : { stations: [] };
  return { stations: click.stations, total: painted, load: loadavg()[0] };
}
async function floor(w) {
  await watchPress(w);
  await w.page.locator(".statusbar-item", { hasText: "floor" }).click();
  const f = await w.view("floor");
  await f.waitForFunction(() => document.body.dataset.painted, null, { polling: 20 });
  const pressed = await w.page.evaluate(() => window.pressed);
  const { asked, run, painted } = await f.evaluate(() => ({ ...document.body.dataset }));
  return { asked: asked - pressed, run: run - pressed, painted: painted - pressed };
}
/** What VS Code's frames around our page noted. */
async function frames(w) {
  for (const f of w.page.frames()) {
    const seen = await f
      .evaluate(() => ({
        url: location.pathname.split("/").at(-1),
        id: new URLSearchParams(location.search).get("extensionId") ?? document.body?.dataset.mode ?? "",
        marks: performance
          .getEntriesByType("mark")
          .map((m) => `${m.name.split("/").slice(1).join("/")} ${Math.round(performance.timeOrigin + m.startTime) % 1e6}`),
        origin: Math.round(performance.timeOrigin) % 1e6,
      }))
      .catch(() => null);
    if (seen && seen.url !== "") console.log(JSON.stringify(seen));
  }
  console.log("pressed", await w.page.evaluate(() => Math.round(window.pressed) % 1e6));
}
const rows = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const folder = mkdtempSync(join(tmpdir(), "jitlens-latency-"));
  cpSync(join(root, "examples"), folder, { recursive: true });
  if (values.python) symlinkSync(dirname(dirname(pythonWithJax())), join(folder, ".venv"), "junction");
  const file = values.python ? join(folder, "python", "digits.py") : join(folder, "digits.ts");
  // Which comes first pays for the service worker and the browser's caches: they take turns.
  for (const emptyFirst of [false, true]) {
    const w = await openWorkbench({ folder, file, beside: [join(root, "bench", "floor")] });
    try {
      await w.lens("jit & profile").waitFor({ timeout: 120_000 });
      await w.page.locator(".statusbar-item", { hasText: "floor" }).waitFor();
      await pause(Number(values.wait));
      if (emptyFirst) rows.push({ what: "empty page, first of the window", ...(await floor(w)) });
      if (emptyFirst) await pause(1500);
      rows.push({
        what: emptyFirst ? "first click, another page was there" : "first click of the window",
        ...(await profiled(w, emptyFirst ? "first-after" : "first", () => clickLens(w, 0))),
      });
      if (values.frames) await frames(w);
      await pause(6000);
      rows.push({ what: "second click", ...(await profiled(w, emptyFirst ? "second-after" : "second", () => clickLens(w, 0))) });
      await pause(6000);
      if (!emptyFirst) rows.push({ what: "empty page, another was there", ...(await floor(w)) });
    } finally {
      await w.close();
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
console.log(
  `Node ${process.versions.node}, ${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()
    .map((l) => l.toFixed(1))
    .join(" ")}\n`,
);
for (const what of new Set(rows.map((r) => r.what))) {
  const same = rows.filter((r) => r.what === what);
  const total = same.map((r) => r.total ?? r.painted);
  console.log(`${what}: ${median(total).toFixed(0)} ms (${Math.min(...total).toFixed(0)}–${Math.max(...total).toFixed(0)}, ${total.length} rounds)`);
  for (const r of same)
    console.log(
      `    ${r.stations ? r.stations.map(([s, at]) => `${s} ${at}`).join(" · ") : `asked for ${r.asked.toFixed(0)} · script runs ${r.run.toFixed(0)} · painted ${r.painted.toFixed(0)}`}`,
    );
}
process.exit(0);
