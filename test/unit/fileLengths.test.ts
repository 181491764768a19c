// Files stay readable in one sitting: no file of the sources is longer than 400 lines, apart from those below, which are not to grow.
import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));
const LIMIT = 400;
/** Why these are longer, and how long they may be. */
const LONGER: Readonly<Record<string, number>> = {
  // Made by scripts/signatures.mjs.
  "engine/signatures.ts": Infinity,
  // The contract of the Report: one commented file.
  "engine/report/types.ts": 600,
  // One class that builds one kernel: its methods share the loops that it is inside of.
  "engine/compiler/kernel/convolution.ts": 520,
};
const lines = (file: string): number => readFileSync(join(src, file), "utf8").split("\n").length - 1;

test("no source file is longer than 400 lines", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).map((f) => f.split(sep).join("/"));
  const long = files.filter((f) => f.endsWith(".ts")).flatMap((f) => (lines(f) > (LONGER[f] ?? LIMIT) ? [`${f}: ${lines(f)} lines`] : []));
  expect(long).toEqual([]);
  expect(Object.keys(LONGER).filter((f) => !files.includes(f) || lines(f) <= LIMIT)).toEqual([]);
});
