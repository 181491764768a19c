// What the editor loads when the extension starts. The rest is a bundle of its own, read with its first use.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EDITOR_STUB } from "../../scripts/editorStub.mjs";
import { dist } from "./runs.ts";

test("the extension's program starts without readers, exporters, validators and the line to the host", () => {
  const main = join(dist, "extension", "main.cjs");
  const code = `${EDITOR_STUB}
require(${JSON.stringify(main)});
console.log(Object.keys(require.cache).map((f) => require("node:path").basename(f)).join(" "));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe("main.cjs");
  expect(statSync(main).size).toBeLessThan(150_000);
});
