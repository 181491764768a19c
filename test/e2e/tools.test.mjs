// The editor's language-model tools, called by another extension in the real workbench: what a chat gets.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "./pages.mjs";
import { openWorkbench, until } from "./workbench.mjs";

const folder = mkdtempSync(join(tmpdir(), "jitlens-tools-"));
const file = join(folder, "powers.ts");
writeFileSync(file, 'import { jit, numpy as np } from "jitlens";\nconst f = jit((x) => np.sin(np.power(x, 3)));\nf(np.ones([300, 300]));\n');
let w;
before(async () => {
  w = await openWorkbench({ folder, file, beside: [join(root, "test", "e2e", "toolCaller")] });
  await until("the extension's lens", async () => (await w.lens("jit & profile").count()) === 1);
});
after(async () => {
  await w?.close();
  rmSync(folder, { recursive: true, force: true });
});
/** @param question what the editor asks before code runs; it is answered with yes */
async function call(tool, input, question) {
  const answer = join(folder, "answer.json");
  rmSync(answer, { force: true });
  writeFileSync(join(folder, "ask.json"), JSON.stringify({ tool, input }));
  await w.command("Tool Caller: Call a Tool");
  if (question) {
    const dialog = w.page.locator(".monaco-dialog-box", { hasText: question });
    await dialog.waitFor();
    assert.ok(!existsSync(answer), "nothing runs before the person has said yes");
    await dialog.getByRole("button", { name: "Yes" }).click();
  }
  await until(`the answer of ${tool}`, async () => existsSync(answer) && readFileSync(answer, "utf8").endsWith("}"));
  return JSON.parse(readFileSync(answer, "utf8"));
}
test("all tools are there, and one that runs no code answers", async () => {
  const { text, error, tools } = await call("jitlens_list_jit_functions", { file: "powers.ts" });
  assert.equal(error, undefined);
  assert.deepEqual([...tools].sort(), [
    "jitlens_advise",
    "jitlens_check",
    "jitlens_compare",
    "jitlens_explain_edge",
    "jitlens_list_jit_functions",
    "jitlens_profile",
    "jitlens_show",
    "jitlens_try_pin",
  ]);
  assert.match(text, /powers\.ts/);
});
test("the editor asks before code runs; a profile then runs the function, and answers with what it takes", async () => {
  const { text, error } = await call("jitlens_profile", { target: "powers.ts#f" }, /Run code for an agent\?.*powers\.ts#f/s);
  assert.equal(error, undefined);
  assert.match(text, /"call"|median|ms/);
});
