// A pin by a click, in the real workbench: the function runs again with the other verdict, and both results stand side by side.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openWorkbench, until } from "./workbench.mjs";

const folder = mkdtempSync(join(tmpdir(), "jitlens-pins-"));
const file = join(folder, "pins.ts");
writeFileSync(
  file,
  `import { jit, numpy as np } from "jitlens";\nconst f = jit((x) => {\n  const y = np.exp(x);\n  return np.sin(y.mul(2));\n});\nf(np.ones([200, 200]));\n`,
);
let w, profile;
before(async () => {
  w = await openWorkbench({ folder, file });
});
after(async () => {
  await w?.close();
});
const kernels = () => profile.locator(".header .muted").innerText();

test("pin apart: two kernels instead of one, measured against the compiler's own", async () => {
  await w.lens("jit & profile").click();
  profile = await w.view("profile");
  await profile.locator(".tab", { hasText: "Fusion" }).click();
  await profile.locator("table.ledger tbody tr").first().waitFor({ timeout: 120_000 });
  await until("a measured report", async () => /median, 1 kernel/.test(await kernels()));
  await profile.locator("table.ledger tr", { hasText: "exp" }).locator("button.pin", { hasText: "pin apart" }).first().click();
  await profile.locator("section.pins .trial").waitFor({ timeout: 120_000 });
  const text = await profile.locator("section.pins").innerText();
  assert.match(text, /1 pin.*apart.*rounds in turns; results the same to the last bit/s);
  assert.match(text, /Kernels\s+1\s+2/);
  assert.match(await kernels(), /2 kernels/);
});
test("removed: one kernel again", async () => {
  await profile.locator("vscode-button", { hasText: "Remove pins" }).click();
  await until("one kernel", async () => /median, 1 kernel/.test(await kernels()));
  assert.equal(await profile.locator("section.pins").isVisible(), false);
});
