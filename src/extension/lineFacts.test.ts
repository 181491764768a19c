// What is said of a line in hovers.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../engine/report/read.ts";
import type { Report } from "../engine/report/types.ts";
import { type Words, argumentStats, factLines, factsByLine, variableStats } from "./lineFacts.ts";

const read = (name: string): Report =>
  parseReportText(gunzipSync(readFileSync(new URL(`../engine/report/fixtures/${name}`, import.meta.url))).toString());
const words: Words = {
  ofCall: (share, time, name) => `${share} of ${name}: ${time}`,
  predicted: (share, name) => `${share} of ${name}, predicted`,
  backward: (n) => `${n} backward`,
  more: (n) => `${n} more`,
  part: (part, time) => `${part} ${time}`,
  values: { all: (v) => `all ${v}`, range: (min, max, mean) => `${min}..${max} ~${mean}`, nan: (n) => `${n} NaN`, inf: (n) => `${n} inf` },
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
test("what the values were: of each operation, of the line's variable, of a parameter; why the first NaN comes from the line", () => {
  const plain = read("digits.v1.jitprofile.gz");
  const at = plain.files.findIndex((f) => f.path.endsWith("digits.ts"));
  const line = plain.files[at]!.text!.split("\n").findIndex((l) => l.includes("const h1 =")) + 1;
  const nodes = plain.programs[0]!.levels[0]!.regions.flatMap((x) => x.nodes);
  const tanh = nodes.find((n) => n.op === "tanh" && n.type === "f32[128,128]")!;
  const [input] = nodes.filter((n) => n.name === "x");
  const of = [
    { node: tanh.id, min: -0.5, max: 0.75, mean: 0.1, elements: 100, nan: 2, inf: 0, times: 1 },
    { node: input!.id, min: 0, max: 0, mean: 0, elements: 4, nan: 0, inf: 1, times: 1 },
  ];
  const r: Report = { ...plain, values: { of, firsts: [{ kind: "nan", node: tanh.id, text: "why", stack: tanh.stack! }], milliseconds: 1 } };
  const said = factLines(factsByLine(r, at).get(line)!, "trainStep", words);
  expect(said[1]).toBe("why");
  expect(said).toContain("tanh: f32[128,128] · -0.5..0.75 ~0.1; 2/100 NaN");
  expect(variableStats(r, at, line, ["f32[128,128]"])).toMatchObject({ min: -0.5, max: 0.75 });
  expect(argumentStats(r, "x")).toMatchObject({ min: 0, inf: 1 });
  expect(argumentStats(r, "nobody")).toBe(null);
});
