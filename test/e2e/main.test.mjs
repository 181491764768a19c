// The main job, end to end, in the real workbench: click above a function, see its graph, its fusions and its kernel times.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openTab, openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url)),
  examples = join(here, "..", "..", "examples"),
  shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-ws-"));
cpSync(examples, folder, { recursive: true, filter: (f) => !f.includes(`${join("examples", "out")}`) });
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    compilerOptions: {
      target: "ES2022",
      module: "ESNext",
      moduleResolution: "Bundler",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      lib: ["ES2023", "DOM"],
      types: ["node"],
      typeRoots: [join(here, "..", "..", "node_modules", "@types")],
      paths: { jitlens: [join(here, "..", "..", "src", "engine", "index.ts")] },
    },
  }),
);
writeFileSync(
  join(folder, "runaway.ts"),
  `import { jit, numpy as np } from "jitlens";\nconst spin = jit((x) => np.tanh(x));\nwhile (true) { Math.random(); }\nspin(np.ones([4]));\n`,
);
writeFileSync(
  join(folder, "mistakes.ts"),
  `import { jit, numpy as np, type Value } from "jitlens";\nconst wrong = jit(function wrong(a: Value, b: Value) {\n  return np.matmul(a, b);\n});\nconst branch = jit((x: Value) => {\n  if (Number(x) > 0) return x;\n  return x.neg();\n});\nif (Math.random() < 2) wrong(np.ones([2, 3]), np.ones([4, 5]));\nbranch(np.ones([]));\n`,
);
writeFileSync(
  join(folder, "uncalled.ts"),
  `import { jit, numpy as np, type Value } from "jitlens";\n/** @trace f32[8,16], f32[16,4] */\nexport const tagged = jit((x: Value, w: Value) => np.tanh(x.matmul(w)));\nexport const untagged = jit((x: Value) => x.mul(2).add(1));\n`,
);

let w, profile, graph;
before(async () => {
  w = await openWorkbench({ folder, file: join(folder, "digits.ts") });
});
after(async () => {
  await w?.screenshot(join(shots, "last.png")).catch(() => {});
  await w?.close();
});

test("lenses stand above every jit function, also while the file is broken", async () => {
  await w.lens("jit & profile").waitFor();
  // Lenses are drawn anew whenever they are asked for: what is seen at once may be half of them.
  const lenses = (text) => w.page.locator(".codelens-decoration a", { hasText: text }).count();
  await until("two lenses of each kind", async () => (await lenses("jit & profile")) === 2 && (await lenses(/^trace$/)) === 2);
});
test("jit & profile shows the graph, the kernels and the fusions", async () => {
  const clicked = Date.now();
  await w.lens("jit & profile").click();
  graph = await w.drawn("graph");
  console.log(`click to first painted graph: ${Date.now() - clicked} ms`);
  profile = await w.view("profile");
  await openTab(profile, "Kernels");
  await until("its kernels", async () => (await profile.locator("table.kernels tbody tr").count()) >= 5);
  await until("measured", async () => /trainStep.*median/s.test(await profile.locator(".header").innerText()));
});
test("the numbers are those of the exported profile", async () => {
  const out = join(folder, "saved.jitprofile");
  await w.command("JitLens: Export Profile");
  await w.page.locator(".quick-input-list .monaco-list-row", { hasText: ".jitprofile" }).click();
  const name = w.page.locator(".quick-input-widget input.input");
  await until("the save dialog", async () => (await name.inputValue()).includes("jitprofile"));
  await name.fill(out);
  await w.page.keyboard.press("Enter");
  const report = await until("the file", () => {
    try {
      return JSON.parse(readFileSync(out, "utf8"));
    } catch {
      return null;
    }
  });
  assert.equal(report.format, "jitprofile");
  assert.equal(report.function.name, "trainStep");
  const rows = await profile
    .locator("table.kernels tbody tr")
    .evaluateAll((trs) => trs.map((tr) => ({ id: tr.dataset.kernel, time: tr.children[1].textContent, label: tr.children[0].textContent })));
  const [program] = report.programs;
  assert.equal(rows.length, program.kernels.length);
  for (const r of rows) {
    const k = program.kernels.find((x) => x.id === r.id),
      [value, unit] = r.time.split(" "),
      ms = Number(value) * { ns: 1e-6, µs: 1e-3, ms: 1, s: 1000 }[unit];
    assert.equal(r.label, k.label);
    assert.ok(Math.abs(ms - k.time.median) <= 0.06 * k.time.median + 1e-6, `${r.label}: shown ${r.time}, exported ${k.time.median} ms`);
  }
  assert.ok(
    program.arguments.some((a) => a.name === "params[0].w"),
    "arguments have the person's names",
  );
  assert.ok(
    report.files.every((f) => !f.path.startsWith("/")),
    "paths are relative to the workspace",
  );
  assert.ok(Math.abs(report.lines.reduce((s, l) => s + l.share, 0) - 1) < 1e-6, "the shares of the lines add up to one");
  await profile.locator(".tab", { hasText: "Fusion" }).click();
  await profile.locator("table.ledger tbody tr").first().waitFor();
  await until("every edge in the fusion view", async () =>
    (await profile.locator(".toolbar .note").innerText()).startsWith(`${program.decisions.length} edges`),
  );
  await profile.locator(".tab", { hasText: "Timeline" }).click();
  await until("a drawn timeline", async () => Number(await profile.locator(".timeline canvas").getAttribute("data-spans")) > 0);
  await profile.locator(".tab", { hasText: "Kernels" }).click();
});
test("lines carry their share of the time", async () => {
  await until("decorations", async () =>
    w.page.evaluate(() =>
      [...document.querySelectorAll(".monaco-editor .view-line span")].some((s) => /\d %/.test(getComputedStyle(s, "::after").content)),
    ),
  );
});
test("a click on a node puts the cursor on its line, and the cursor marks nodes", async () => {
  await graph.locator(".graph .field").click();
  await w.page.keyboard.type("tanh");
  await w.page.keyboard.press("Enter");
  await until("a found node", async () => /tanh/.test(await graph.locator(".graph-status").innerText()));
  const line = Number(/digits\.ts:(\d+)/.exec(await graph.locator(".graph-status").innerText())[1]),
    box = await graph.locator(".canvas > canvas:first-child").boundingBox();
  await w.page.waitForTimeout(300);
  await w.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await until("the cursor on the node's line", async () => (await w.cursorLine()) === line);
  assert.match(readFileSync(join(folder, "digits.ts"), "utf8").split("\n")[line - 1], /tanh/);
  await graph.locator(".tab", { hasText: "Text" }).click();
  await graph.locator(".jaxpr .eqn").first().waitFor();
  assert.match(await graph.locator(".jaxpr").innerText(), /lambda .*let/s);
  await until("equations of the cursor's line are marked", async () => (await graph.locator(".jaxpr .marked").count()) > 0);
  await graph.locator(".jaxpr .eqn", { hasText: "dot_general" }).first().click();
  await until("the cursor on the equation's line", async () =>
    /matmul/.test(readFileSync(join(folder, "digits.ts"), "utf8").split("\n")[(await w.cursorLine()) - 1] ?? ""),
  );
  await graph.locator(".tab", { hasText: "Graph" }).click();
});
test("screenshots in light, dark and high contrast", async () => {
  await w.dismiss();
  for (const [name, theme] of [
    ["dark", "Dark Modern"],
    ["high-contrast", "Dark High Contrast"],
    ["light", "Light Modern"],
  ]) {
    await w.theme(theme);
    await w.page.screenshot({ path: join(shots, `${name}.png`) });
  }
});
test("a saved profile opens again and shows the same", async () => {
  await w.open("saved.jitprofile");
  const full = await w.view("full");
  await full.locator(".tab", { hasText: "Kernels" }).click();
  await full.locator("table.kernels tbody tr").first().waitFor();
  const rows = await profile.locator("table.kernels tbody tr").count();
  await until("as many kernels", async () => (await full.locator("table.kernels tbody tr").count()) === rows);
  await w.page.screenshot({ path: join(shots, "profile-editor.png") });
});
test("a runaway run is cancelled", async () => {
  await w.open("runaway.ts");
  await until("its lens", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 1);
  await w.lens("jit & profile").click();
  const cancel = w.page.locator(".notifications-toasts .monaco-button", { hasText: "Cancel" });
  await cancel.waitFor();
  await w.page.waitForTimeout(1500);
  const pressed = Date.now();
  await cancel.click();
  await until("the notification is gone", async () => (await cancel.count()) === 0);
  // On a quiet machine within a second; a busy one takes as long as it takes.
  console.log(`cancel took ${Date.now() - pressed} ms`);
  await until("the run is over", async () => (await w.page.locator(".statusbar-item", { hasText: "runaway" }).count()) === 0);
});
test("a shape mismatch names the line, and the next click works", async () => {
  await w.open("mistakes.ts");
  await until("its lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
  await w.lens("jit & profile").click();
  // In the panel, which says whose error it is and whose numbers stand below; no notification repeats it.
  const status = profile.locator(".status, .welcome").first();
  const message = await until("an error", async () => (await status.innerText()).includes("matmul") && (await status.innerText()));
  assert.match(message, / failed: mistakes\.ts:3: .*f32\[2,3\].*f32\[4,5\].*What stands below is of /s);
  assert.deepEqual(await w.notifications(), []);
  // What is underlined ends with the expression, not with the line.
  const underlined = await until("the underlined expression", async () => w.page.locator(".cdr.squiggly-error").first().boundingBox());
  const line = await w.page.locator(".view-line", { hasText: "matmul" }).first().locator("span").first().boundingBox();
  assert.ok(underlined.x + underlined.width <= line.x + line.width + 1, "the underline goes beyond the line's text");
  await w.open("uncalled.ts");
  await until("its lenses", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
  await w.lens("jit & profile").click();
  await until("the profile of the tagged function", async () => /tagged/.test(await profile.locator(".header").innerText()));
  await w.page.waitForTimeout(300);
  await w.lens("jit & profile", 1).click();
  const box = w.page.locator(".quick-input-widget input.input");
  await until("the question for argument types", async () => /untagged/.test(await w.page.locator(".quick-input-widget").innerText()));
  await box.fill("f32[16,");
  await until("the syntax is explained", async () => /expected/.test(await w.page.locator(".quick-input-message").innerText()));
  await box.fill("f32[16,16]");
  await w.page.keyboard.press("Enter");
  await until("its profile", async () => /untagged/.test(await profile.locator(".header").innerText()));
});
test("Trace Function works from the command palette, without timing", async () => {
  await w.open("digits.ts");
  await w.quick("Control+G", ":34");
  await w.page.keyboard.press("Enter");
  await w.command("JitLens: Trace Function");
  await until("a traced function", async () => /trainStep.*traced/s.test(await (await w.view("profile")).locator(".header").innerText()));
});
test("A1, A2: a hostile profile runs nothing and opens nothing without a question", async () => {
  const mark = join(folder, "..", `jitlens-hostile-${process.pid}`),
    report = JSON.parse(readFileSync(join(folder, "saved.jitprofile"), "utf8")),
    link = `[digits.ts](command:runCommands?${encodeURIComponent(JSON.stringify({ commands: ["workbench.action.terminal.new", { command: "workbench.action.terminal.sendSequence", args: { text: `touch ${mark}\r` } }] }))})`;
  const hostile = (path) => JSON.stringify({ ...report, files: report.files.map((f) => ({ ...f, path })) });
  writeFileSync(join(folder, "linked.jitprofile"), hostile(`/src/${link}`));
  writeFileSync(join(folder, "secrets.jitprofile"), hostile("/etc/passwd"));
  const clickALine = async (name) => {
    // A page of another profile that is hidden would be found first.
    await w.command("View: Close All Editors");
    await until("no page of a profile", async () => !(await w.view("full", 100).catch(() => null)));
    await w.open(name);
    const page = await w.view("full");
    await page.locator(".tab", { hasText: "Kernels" }).click();
    await page.locator("table.kernels tbody tr a, table.kernels tbody tr button, table.kernels tbody tr .line").first().click();
  };
  await w.dismiss();
  await clickALine("linked.jitprofile");
  const dialog = w.page.locator(".monaco-dialog-box");
  await until(
    "a question or a refusal",
    async () => (await dialog.count()) > 0 || (await w.notifications()).some((t) => /digits\.ts|does not open/.test(t)),
  );
  assert.equal(
    await w.page.locator(".dialog-message-text a, .dialog-message-detail a, .notification-list-item-message a").count(),
    0,
    "nothing of it is a link",
  );
  if (await dialog.count()) await w.page.keyboard.press("Escape");
  await clickALine("secrets.jitprofile");
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /\/etc\/passwd/);
  await w.page.keyboard.press("Escape");
  await w.page.waitForTimeout(500);
  assert.equal(await w.page.locator(".tab", { hasText: "passwd" }).count(), 0);
  assert.ok(!existsSync(mark), "no command ran");
});
test("a host that dies comes back", async () => {
  const hosts = w.hosts();
  assert.ok(hosts.length > 0, "a host runs");
  for (const pid of hosts) process.kill(pid, "SIGKILL");
  await w.open("uncalled.ts");
  await until("the lenses again", async () => (await w.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
  await w.lens("jit & profile").click();
  await until("a profile again", async () => /tagged/.test(await (await w.view("profile")).locator(".header").innerText()));
});
test("an untrusted workspace runs nothing, and still has lenses", async () => {
  const other = await openWorkbench({
    folder,
    file: join(folder, "uncalled.ts"),
    trust: true,
    settings: {
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.enabled": true,
      "security.workspace.trust.untrustedFiles": "open",
    },
  });
  try {
    await until("lenses", async () => (await other.page.locator(".codelens-decoration a", { hasText: "jit & profile" }).count()) === 2);
    await other.lens("jit & profile").click();
    await until("the refusal", async () => (await other.notifications()).some((t) => /not trusted/.test(t)));
  } finally {
    await other.close();
  }
});
