// The examples of the libraries do what they say: PPO balances its pole, and the module reads unseen digits, from its checkpoint as well.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url)),
  folder = mkdtempSync(join(tmpdir(), "jitlens-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
async function printed(name: string): Promise<string[]> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    ...{ entryPoints: [join(root, "examples", `${name}.ts`)], outfile, bundle: true, format: "esm", platform: "node", logLevel: "error" },
    define: { "import.meta.dirname": JSON.stringify(join(root, "examples")) },
    alias: { jitlens: join(root, "src", "engine", "index.ts") },
  });
  return execFileSync(process.execPath, [outfile], { encoding: "utf8" }).trim().split("\n");
}
test("examples/cartpole.ts: a pole that falls after 20 steps stands for more than 80", async () => {
  const steps = (await printed("cartpole")).map((l) => Number(/stands for (\d+) steps/.exec(l)![1]));
  expect(steps.length).toBe(6);
  expect(Math.max(...steps.slice(2))).toBeGreaterThan(80);
}, 120_000);
test("examples/modules.ts reads more than 95 % of unseen digits, and so does what its checkpoint gives", async () => {
  const lines = await printed("modules"),
    shares = lines.slice(-2).map((l) => Number(/([\d.]+) %/.exec(l)![1]));
  expect(shares[0]).toBe(shares[1]);
  expect(shares[0]).toBeGreaterThan(95);
}, 120_000);
test("examples/tables.ts tells more than 90 % of unseen flowers and wines apart", async () => {
  const lines = await printed("tables");
  expect(lines.map((l) => l.split(":")[0])).toEqual(["iris", "wine"]);
  for (const l of lines) expect(Number(/([\d.]+) % of \d+ unseen/.exec(l)![1])).toBeGreaterThan(90);
}, 120_000);
