// Kernels of this machine's C compiler, wanted by a setting: the same click then measures them, and the profile says so; where the package that calls them is not to be
// had, WebAssembly does everything, and the profile says why.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "jitlens-native-e2e-"));
const file = join(folder, "soft.ts");
writeFileSync(
  file,
  `import { jit, nn, numpy as np } from "jitlens";\nexport const soft = jit((x) => nn.softmax(np.matmul(x, x.T)));\nsoft(np.ones([300, 300]));\n`,
);
const folders = (process.env.PATH ?? "").split(delimiter);
const hasCompiler = ["cc", "clang", "gcc"].some((name) => folders.some((f) => existsSync(join(f, name))));
const skip = process.platform === "win32" || hasCompiler ? undefined : "there is no C compiler";
/** What it compiles is kept where nothing else looks. */
const settings = (more) =>
  writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify({ "jitlens.native": true, "jitlens.env": { JITLENS_CACHE: folder, ...more } }));
mkdirSync(join(folder, ".vscode"));
settings({});
let w;
before(async () => {
  w = await openWorkbench({ folder, file });
});
after(async () => {
  await w?.screenshot(join(here, "screenshots", "last.png")).catch(() => {});
  await w?.close();
});
/** Profiles until the page says so: a slow machine is not done with compiling when its first run measures, and finds what it has compiled in its next. */
async function profiled(what, isSaid) {
  for (let i = 0; i < 5; i++) {
    await w.lens("jit & profile").click();
    const profile = await w.view("profile");
    const header = profile.locator(".header");
    await until("the measured time", async () => /soft.*median/s.test(await header.innerText()));
    // What stands there may be the profile before.
    const said = until(what, async () => ((text) => /median/.test(text) && isSaid(text))(await header.innerText()), 15_000);
    if (await said.then(() => true, () => false)) return profile;
  }
  throw new Error(`five profiles, and none of them says ${what}`);
}
test("the setting has kernels compiled, and the profile says so", { skip }, async () => {
  await w.lens("jit & profile").waitFor();
  const profile = await profiled("native code", (header) => /native code: 2 of 2 kernels/.test(header));
  await openTab(profile, "Kernels");
  await profile.locator("table.kernels tbody tr").first().click();
  await until("what computed the kernel", async () => /Computed by\s*native code of this machine/.test(await profile.locator("body").innerText()));
});
test("without the package that calls them WebAssembly does it, and the profile says why", { skip }, async () => {
  settings({ JITLENS_KOFFI: join(folder, "nowhere") });
  const profile = await profiled("WebAssembly", (header) => !/native code/.test(header));
  await openTab(profile, "Traces");
  assert.match(await profile.locator("section.warnings").innerText(), /no kernel ran as native code: the npm package "koffi" was not found/);
});
