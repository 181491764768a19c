// Exports in the programs that they are for: a CPU profile opens in the viewer that VS Code has of its own.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { root } from "../../scripts/lib.mjs";
import { openWorkbench, until } from "./workbench.mjs";

const { EXPORTERS, parseReportText } = await import(pathToFileURL(join(root, "dist", "engine", "report.js")).href);

test("VS Code's own viewer shows the kernels of a CPU profile, by time, with their lines", async () => {
  const report = parseReportText(gunzipSync(readFileSync(join(root, "src/engine/report/fixtures/digits.v1.jitprofile.gz"))).toString());
  const folder = mkdtempSync(join(tmpdir(), "jitlens-exports-"));
  writeFileSync(join(folder, "step.cpuprofile"), EXPORTERS.find((e) => e.id === "cpuprofile").write(report, {}));
  const w = await openWorkbench({ folder, settings: { "security.workspace.trust.enabled": false } });
  try {
    await w.open("step.cpuprofile");
    const slowest = [...report.programs[0].kernels].sort((a, b) => b.time.median - a.time.median)[0];
    const file = report.files[slowest.lines[0].file].path;
    const texts = () => Promise.all(w.page.frames().map((f) => f.evaluate(() => document.body?.innerText ?? "").catch(() => "")));
    const shown = async () => (await texts()).find((t) => t.includes("Self Time") && t.includes(slowest.label));
    await until("the table", shown);
    const rows = await shown();
    assert.match(rows, /Total Time/);
    assert.ok(rows.includes(`${file}:${slowest.lines[0].line}`), rows);
  } finally {
    await w.close();
  }
});
