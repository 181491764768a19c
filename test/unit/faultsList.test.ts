// docs/faults.md names the tests that hold what was mended: every file and every title in it exists.
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const text = readFileSync(at("docs/faults.md"), "utf8");
const PATH = String.raw`(?:src|test|scripts|docs|bench)/[\w./-]+\.\w+`;
const files = [...new Set(text.match(new RegExp(PATH, "g")))];

test("every file that docs/faults.md names exists", () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((f) => !existsSync(at(f)))).toEqual([]);
});
test("every title stands in its file", () => {
  const lost: string[] = [];
  // A title follows its file's name and a colon, up to the next file or the end of the cell; titles of one file are parted by semicolons.
  for (const [, file, title] of text.matchAll(new RegExp(String.raw`(${PATH}): ([^|;()]+?)(?= ?[|;(.])`, "g"))) {
    const source = readFileSync(at(file!), "utf8").toLowerCase();
    for (const part of title!.split(" … ")) if (!source.includes(part.replace(/ …$/, "").toLowerCase())) lost.push(`${file}: ${part}`);
  }
  expect(lost).toEqual([]);
});
