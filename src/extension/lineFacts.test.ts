// What is said of a line in hovers.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../engine/report/read.ts";
import type { Report } from "../engine/report/types.ts";
import { type Words, factLines, factsByLine } from "./lineFacts.ts";

const read = (name: string): Report =>
  parseReportText(gunzipSync(readFileSync(new URL(`../engine/report/fixtures/${name}`, import.meta.url))).toString());
const words: Words = {
  ofCall: (share, time, name) => `${share} of ${name}: ${time}`,
  predicted: (share, name) => `${share} of ${name}, predicted`,
  backward: (n) => `${n} backward`,
  more: (n) => `${n} more`,
  part: (part, time) => `${part} ${time}`,
};
test("values with their types, forward and backward apart, kernels with their time", () => {
  const r = read("digits.v1.jitprofile.gz");
  const at = r.files.findIndex((f) => f.path.endsWith("digits.ts"));
  const facts = factsByLine(r, at);
  const text = r.files[at]!.text!.split("\n");
  const line = text.findIndex((l) => l.includes("const h1 =")) + 1;
  const said = factLines(facts.get(line)!, "trainStep", words);
  expect(said[0]).toMatch(/^\d+(\.\d)? % of trainStep: /);
  expect(said).toContain("tanh: f32[128,128]");
  expect(said.some((l) => / backward$/.test(l))).toBe(true);
  expect(said.at(-1)).toMatch(/ · \d/);
});
test("a line that nothing is known of is not there; a file that has none says nothing", () => {
  const r = read("loop.v2.jitprofile.gz");
  expect(factsByLine(r, 0).get(100_000)).toBe(undefined);
  expect(factsByLine(r, 99).size).toBe(0);
});
