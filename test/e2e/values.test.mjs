// Values in the real workbench: after a profile is shown the hovers say what the values were, and the first NaN is marked at its line.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openWorkbench, until } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.JITLENS_SHOTS ?? join(here, "screenshots");
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "jitlens-values-"));
const text = `import { jit, numpy as np, type Value } from "jitlens";

export const loss = jit((x: Value, w: Value) => {
  const h = x.matmul(w);
  const shifted = h.sub(0.3);
  const y = np.log(shifted);
  return y.mean();
});
loss(np.linspace(0, 1, 12).reshape([3, 4]), np.ones([4, 2]).mul(0.2));
`;
writeFileSync(join(folder, "nan.ts"), text);
const lines = text.split("\n");
let w;
before(async () => {
  w = await openWorkbench({ folder, file: join(folder, "nan.ts") });
});
after(async () => {
  await w?.screenshot(join(shots, "values-last.png")).catch(() => {});
  await w?.close();
});
/** What hovers at a word say, by keyboard. */
async function hoverAt(word, line) {
  await w.page.keyboard.press("Escape");
  await w.goTo(line, lines[line - 1].indexOf(word) + 2);
  await w.page.keyboard.press("Control+K");
  await w.page.keyboard.press("Control+I");
  const hover = w.page.locator(".monaco-hover:visible");
  await hover.first().waitFor();
  return (await hover.allInnerTexts()).join("\n").replace(/\u00a0/g, " ");
}
const lineOf = (part) => lines.findIndex((l) => l.includes(part)) + 1;

test("after a profile the first NaN is marked at its line, with its cause", async () => {
  await w.lens("jit & profile").first().waitFor();
  await w.lens("jit & profile").first().click();
  await w.page.locator(".squiggly-warning").first().waitFor({ timeout: 120_000 });
  const said = await until("the cause in the hover", async () => {
    const all = await hoverAt("log", lineOf("np.log"));
    return /log of a negative number: shifted has min -0\.1909/.test(all) && all;
  });
  assert.match(said, /2 of 6 elements are NaN, the first at \[0, 0\]/);
});
test("hovers of a line and of a variable say minimum, maximum, mean and NaN", async () => {
  await until("the line's values", async () =>
    /log: f32\[3,2\] · -2\.303 to -0\.9393, mean -1\.621; 2\/6 NaN/.test(await hoverAt("log", lineOf("np.log"))),
  );
  await until("the variable's values", async () =>
    /in the last run: -0\.1909 to 0\.3909, mean 0\.1/.test(await hoverAt("shifted", lineOf("const shifted"))),
  );
  await w.screenshot(join(shots, "values-hover.png"));
  await until("the parameter's values", async () => /in the last run: 0 to 1, mean 0\.5/.test(await hoverAt("x:", lineOf("jit((x"))));
  await w.page.keyboard.press("Escape");
});
test("Lines marks the line, and its detail has the values", async () => {
  const profile = await w.view("profile");
  await profile.locator('[role="tab"]', { hasText: /^Lines/ }).click();
  const row = profile.locator(".source-line.first-bad");
  await row.waitFor();
  assert.match(await row.innerText(), /log of a negative number/);
  await row.click();
  const cell = profile.locator('table[aria-label="Values of the line"] tr', { hasText: "log" });
  await cell.first().waitFor();
  assert.match(await cell.first().innerText(), /2\/6 NaN/);
  await w.screenshot(join(shots, "values-lines.png"));
});
