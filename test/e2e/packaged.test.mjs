// The road in, as a stranger walks it: the packed extension is installed into an editor that has none, a folder of their own is opened, a function is
// profiled, and one click ends TypeScript's complaint about the library. Once with the extension of this platform, once with the one for all.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { root, run } from "../../scripts/lib.mjs";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const home = mkdtempSync(join(tmpdir(), "jitlens-packaged-"));
const packages = join(home, "packages");
const platform = `${process.platform}-${process.arch}`;
const PROGRAM = `import { type Array, grad, jit, numpy as np } from "jitlens";

const loss = (w: Array, x: Array): Array => np.square(np.tanh(x.matmul(w))).mean();
const step = jit((w: Array, x: Array): Array => w.sub(grad(loss)(w, x).mul(0.1)));

step(np.ones([8, 4]), np.ones([16, 8]));
`;
before(() => {
  if (!existsSync(join(root, "dist", "engine", "types")))
    run(process.execPath, [join(root, "scripts", "build.mjs"), "--only", "types"], { quiet: true });
  run(process.execPath, [join(root, "scripts", "package.mjs"), "--no-build", "--out", packages], { quiet: true });
});
after(() => rmSync(home, { recursive: true, force: true }));

/** A stranger's folder: nothing of this repository, and a path of every kind of letter. */
function strangersFolder(name) {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "mine", "private": true, "type": "module" }\n');
  writeFileSync(join(folder, "step.ts"), PROGRAM);
  return folder;
}
/** What TypeScript says of the file, as the list of problems has it. */
const problems = (w) => w.page.locator(".markers-panel .monaco-list-row", { hasText: "jitlens" });
const complains = async (w) => (await problems(w).filter({ hasText: "2307" }).count()) > 0;

async function mainJob(w) {
  await w.lens("jit & profile").waitFor();
  await w.lens("jit & profile").click();
  const graph = await w.drawn("graph");
  const profile = await w.view("profile");
  await openTab(profile, "Kernels");
  await profile.locator("table.kernels tbody tr").first().waitFor();
  // The graph is shown before its times are measured.
  await until("the measured time", async () => /step.*median/s.test(await profile.locator(".header").innerText()));
}
for (const [target, folderName, way] of [
  [platform, "mein Projekt ü 'q' 100% #1", "package"],
  ["universal", "проект 数据 (2) %41", "types"],
])
  describe(`the extension for ${target}`, () => {
    const folder = strangersFolder(folderName);
    let w;
    before(async () => {
      w = await openWorkbench({ folder, file: join(folder, "step.ts"), vsix: join(packages, `jitlens-${version}-${target}.vsix`) });
    });
    after(async () => {
      if (process.env.JITLENS_SHOTS) await w?.screenshot(join(process.env.JITLENS_SHOTS, `packaged-${target}.png`)).catch(() => {});
      await w?.close();
    });
    test("it carries what it needs and nothing of this folder", () => {
      const installed = join(
        w.server.extensions,
        readdirSync(w.server.extensions).find((f) => f.startsWith("jitlens.jitlens-")),
      );
      const native = existsSync(join(installed, "node_modules", "@esbuild", platform));
      assert.equal(native, target !== "universal");
      assert.equal(existsSync(join(installed, "node_modules", "esbuild-wasm")), target === "universal");
      assert.equal(existsSync(join(installed, "node_modules", "koffi")), native);
      for (const f of ["src", "test", "scripts", "examples", "node_modules/zod"]) assert.ok(!existsSync(join(installed, f)), f);
      const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
      assert.ok(!JSON.stringify(manifest).includes("example.com"), "addresses that nobody has filled in are not shipped");
      assert.doesNotMatch(readFileSync(join(installed, "readme.md"), "utf8"), /\]\((?!https:|#)/, "no picture and no link that leads nowhere");
    });
    test("the main job, in a folder of the person's own", () => mainJob(w));
    test("TypeScript does not know the library; one click, and it does", async () => {
      await w.command("View: Focus Problems");
      await until("TypeScript's error", () => complains(w));
      // A lens above the first line comes to stand above what is seen, whenever it comes: the editor keeps its text in place.
      const lens = w.lens("add jitlens to this project");
      await until("the lens", async () => {
        await w.page.locator(".monaco-editor .view-lines").first().hover();
        await w.page.mouse.wheel(0, -1000);
        return lens.isVisible();
      });
      await lens.click();
      await w.page.locator(".quick-input-list .monaco-list-row", { hasText: way === "types" ? "Types only" : "Add the package" }).click();
      const manifest = join(folder, "node_modules", "jitlens", "package.json");
      await until("the package", () => existsSync(manifest));
      await w.command("View: Focus Problems");
      await until("no error", async () => !(await complains(w)));
      assert.equal(JSON.parse(readFileSync(manifest, "utf8")).version, version);
      assert.equal(existsSync(join(folder, "node_modules", "jitlens", "dist", "engine", "index.js")), way === "package");
      if (way === "package")
        assert.equal(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies.jitlens, `file:vendor/jitlens-${version}.tgz`);
      if (way === "package") {
        const listed = run("tar", ["tzf", join(packages, `jitlens-${version}.tgz`)], { quiet: true })
          .stdout.trim()
          .split("\n");
        const missing = listed.filter((f) => !existsSync(join(folder, "node_modules", f.replace(/^package/, "jitlens"))));
        assert.deepEqual(missing, [], "what the extension makes has every file of what npm packs");
      }
      await until("no lens", async () => (await w.page.locator(".codelens-decoration a", { hasText: "add jitlens" }).count()) === 0);
    });
    test("the next profile says whose engine ran", async () => {
      await mainJob(w);
      const profile = await w.view("profile");
      await profile.locator('.tab[data-id="summary"]').click();
      await until("the engine", async () =>
        (way === "package" ? /the project's own/ : /JitLens's own/).test(await profile.locator("body").innerText()),
      );
    });
  });
