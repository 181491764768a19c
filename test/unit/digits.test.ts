// The example does what it says: more than 96 % of unseen digits are read correctly.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("examples/digits.ts trains to at least 96 %", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url)),
    file = join(root, "examples", "digits.ts"),
    outfile = join(mkdtempSync(join(tmpdir(), "jitlens-digits-")), "digits.mjs");
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    define: { "import.meta.dirname": JSON.stringify(dirname(file)) },
    plugins: [
      {
        name: "jitlens",
        setup: (b) =>
          b.onResolve({ filter: /^jitlens$/ }, () => ({ path: pathToFileURL(join(root, "dist", "engine", "index.js")).href, external: true })),
      },
    ],
  });
  const lines = execFileSync(process.execPath, [outfile], { encoding: "utf8" }).trim().split("\n"),
    last = Number(/test accuracy ([\d.]+) %/.exec(lines.at(-1)!)![1]);
  expect(last).toBeGreaterThanOrEqual(96);
});
