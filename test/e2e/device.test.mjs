// Which device runs a function is chosen in the status bar's menu: the same click then measures the GPU's kernels; where there is no GPU any more, the CPU runs it and the profile says why.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gpuEnvironment } from "../gpu.mjs";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const gpu = gpuEnvironment();
const folder = mkdtempSync(join(tmpdir(), "jitlens-device-"));
const file = join(folder, "soft.ts");
writeFileSync(
  file,
  `import { jit, nn, numpy as np } from "jitlens";\nexport const soft = jit((x) => nn.softmax(np.matmul(x, x.T)));\nsoft(np.ones([64, 64]));\n`,
);
/** The package that drives GPUs, as \`npm install webgpu\` puts it beside a person's files. */
const webgpu = join(folder, "node_modules", "webgpu");
mkdirSync(dirname(webgpu));
symlinkSync(join(here, "..", "..", "node_modules", "webgpu"), webgpu, "junction");
let w;
before(async () => {
  Object.assign(process.env, gpu.env);
  w = await openWorkbench({ folder, file });
});
after(async () => {
  await w?.screenshot(join(here, "screenshots", "last.png")).catch(() => {});
  await w?.close();
});
const menu = () => w.page.locator(".statusbar-item", { hasText: "JitLens" }).first().click();
const row = (text) => w.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();

test("the GPU, chosen in the status bar's menu, is kept as a setting and runs the next click", { skip: gpu.missing }, async () => {
  await w.lens("jit & profile").waitFor();
  await menu();
  await row("now: the CPU").click();
  await row("GPU: WebGPU").click();
  // The menu says what holds when it is opened: the setting is on its way for a moment.
  await until("the setting", async () => {
    await menu();
    await row("Choose what runs").waitFor();
    const now = await row("Choose what runs").innerText();
    await w.page.keyboard.press("Escape");
    return /now: the GPU/.test(now);
  });
  assert.equal(JSON.parse(readFileSync(join(folder, ".vscode", "settings.json"), "utf8"))["jitlens.device"], "webgpu");
  await w.lens("jit & profile").click();
  const profile = await w.view("profile");
  await openTab(profile, "Kernels");
  await until("measured on the GPU", async () => /median.*on .*SwiftShader/s.test(await profile.locator(".header").innerText()));
  await until("its kernels", async () => (await profile.locator("table.kernels tbody tr").count()) >= 2);
  if (process.env.JITLENS_SHOTS) await w.screenshot(join(process.env.JITLENS_SHOTS, "gpu.png"));
});
test("without the package the CPU runs it, and the profile says why", { skip: gpu.missing }, async () => {
  rmSync(webgpu, { recursive: true });
  await w.lens("jit & profile").click();
  const profile = await w.view("profile");
  await until("said at its head", async () => /on the CPU: there is no GPU/.test(await profile.locator(".header").innerText()));
  await openTab(profile, "Traces");
  assert.match(
    await profile.locator("section.warnings").innerText(),
    /ran on the CPU, though the setting jitlens\.device is "webgpu": .*package "webgpu" was not found/,
  );
});
