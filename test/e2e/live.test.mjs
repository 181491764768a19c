// Live editing in the real workbench: after a run the shapes stand in the editor, an error is marked while it is typed and mended by one click, and the
// graph follows.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, "..", "..", "examples");
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-live-"));
cpSync(examples, folder, { recursive: true });
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
      lib: ["ES2023", "DOM"],
      types: ["node"],
      typeRoots: [join(here, "..", "..", "node_modules", "@types")],
      paths: { jitlens: [join(here, "..", "..", "src", "engine", "index.ts")] },
    },
  }),
);
const text = readFileSync(join(folder, "digits.ts"), "utf8").split("\n");
const lineOf = (part) => text.findIndex((l) => l.includes(part)) + 1;
let w;
before(async () => {
  w = await openWorkbench({ folder, file: join(folder, "digits.ts") });
});
after(async () => {
  await w?.screenshot(join(shots, "live-last.png")).catch(() => {});
  await w?.close();
});
const type = (line, from, to, now = text[line - 1]) => w.retype(line, from, to, now);
const line = (part) => w.page.locator(".monaco-editor .view-line", { hasText: part });
const h2 = lineOf("const h2 =");

test("after a run, shapes stand behind the names of variables and parameters", async () => {
  await w.lens("trace").first().waitFor();
  await w.page.waitForTimeout(2500); // a runner is started ahead
  const start = performance.now();
  await w
    .lens(/^trace$/)
    .first()
    .click();
  const graph = await w.view("graph");
  await until("the graph", () => graph.evaluate(() => document.body.dataset.report === "trainStep"));
  console.log(`click to graph: ${Math.round(performance.now() - start)} ms`);
  await w.goTo(h2, 1);
  await until("the shape of h1", async () => /h1 ?f32\[128,128\]/.test(await w.lineText("const h1")));
  assert.match(await w.lineText("const h2"), /h2 ?f32\[128,64\]/);
  assert.match(await w.lineText("function loss"), /x ?f32\[128,64\].*y ?i32\[128\]/);
  await w.screenshot(join(shots, "live-hints.png"));
});
test("a wrong operand is marked while it is typed; one click mends it, and the mark goes", async () => {
  const start = performance.now();
  await type(h2, "second.w", "first.w");
  await w.page.locator(".squiggly-error").first().waitFor();
  console.log(`typed to marked: ${Math.round(performance.now() - start)} ms, with the typing`);
  const now = text[h2 - 1].replace("second.w", "first.w");
  await w.goTo(h2, now.indexOf("h1.matmul") + 4);
  await w.screenshot(join(shots, "live-error.png"));
  await w.page.keyboard.press("Control+.");
  const fix = w.page.locator(".action-widget .monaco-list-row", { hasText: "Transpose: first.w.T instead of first.w" });
  await fix.waitFor();
  await w.screenshot(join(shots, "live-fix.png"));
  await fix.click();
  await until("the mended text", async () => (await w.lineText("const h2")).includes("first.w.T"));
  await until("no mark", async () => (await w.page.locator(".squiggly-error").count()) === 0);
});
test("the graph follows, and says what the edit changed", async () => {
  const graph = await w.view("graph");
  const now = text[h2 - 1].replace("second.w", "first.w.T");
  await type(h2, "np.tanh", "np.sin", now);
  await until("the graph as edited", () => graph.evaluate(() => document.querySelector(".header")?.textContent.includes("as edited, not measured")));
  await until("a mark for what changed", () => graph.evaluate(() => document.querySelector(".changed") !== null));
  await w.page.waitForTimeout(600);
  await w.screenshot(join(shots, "live-graph.png"));
});
test("the fusion ledger lists and marks the edges that the edits changed; the program's text too", async () => {
  const profile = await w.view("profile");
  await profile.locator('[role="tab"]', { hasText: /^Fusion/ }).click();
  const edited = profile.locator(".edited-ledger");
  await edited.locator("tr[data-change]").first().waitFor();
  const rows = await edited.locator("tr[data-change]").allInnerTexts();
  assert.ok(
    rows.some((r) => /new.*sin/s.test(r)) && rows.some((r) => /gone.*tanh/s.test(r)),
    `new edges of sin and gone ones of tanh: ${rows.join(" | ")}`,
  );
  await until("marked rows", () => profile.evaluate(() => document.querySelector("table.ledger tr.edited .edited-mark") !== null));
  await w.screenshot(join(shots, "live-ledger.png"));
  const graph = await w.view("graph");
  await graph.locator('[role="tab"]', { hasText: "Text" }).click();
  await until("a marked equation", () => graph.evaluate(() => /sin/.test(document.querySelector(".jaxpr .edited")?.textContent ?? "")));
  await graph.locator('[role="tab"]').first().click();
});
test("undo takes everything back: shapes, marks and the graph that was run", async () => {
  const graph = await w.view("graph");
  /** The line as it is; undo may have moved it out of view. */
  const now = async () => {
    if ((await line("const h2").count()) === 0) await w.goTo(h2, 1);
    return w.lineText("const h2");
  };
  await w.goTo(h2, 1);
  for (let i = 0; i < 40 && !(await now()).includes("np.tanh(h1.matmul(second.w)"); i++) await w.page.keyboard.press("Control+Z");
  await until("the graph that was run", () =>
    graph.evaluate(() => document.querySelector(".header")?.textContent.includes("as edited, not measured") === false),
  );
  assert.equal(await w.page.locator(".squiggly-error").count(), 0);
  const profile = await w.view("profile");
  await until("no marks in the ledger", () => profile.evaluate(() => document.querySelector(".edited-ledger")?.hidden === true));
});
