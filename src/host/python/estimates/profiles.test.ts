// Estimates on profiles of real runs, as a JAX 0.10.2 on a busy machine of two cores gave them: what is found, at which line, and nothing in an ordinary program.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseReportText } from "../../../engine/report/read.ts";
import type { Insight, Report } from "../../../engine/report/types.ts";
import { withEstimates } from "./estimates.ts";

const profile = (name: string): Report =>
  parseReportText(gunzipSync(readFileSync(new URL(`../../../../test/samples/estimates/${name}.jitprofile.gz`, import.meta.url))).toString());
const found = (r: Report): readonly Insight[] => withEstimates(r).insights ?? [];
const rules = (r: Report): string[] => found(r).map((i) => `${i.rule} ${i.line}`);

test("a step that the host calls 5,000 times", () => {
  const r = profile("host");
  expect(rules(r)).toEqual(["host-loop 6"]);
  const [loop] = found(r);
  expect(loop).toMatchObject({
    of: "run",
    text: expect.stringMatching(/^The host calls step 5,000 times: a call takes 17 µs, the program in it 1\.1 µs\./),
  });
  // By hand, the same loop as one lax.scan saved 228 ms of 249 on that machine: what calls cost is the least of it.
  expect(loop!.predicted).toBeGreaterThan(50);
  expect(loop!.predicted).toBeLessThan(230);
});
test("calls of which not all were counted, and a host that does more between them than in them", () => {
  const r = profile("host");
  const calls = { ...r.calls!, atLeast: true as const, run: { inside: 600, between: 9000 } };
  expect(found({ ...r, calls }).map((i) => i.text.slice(0, 66))).toEqual([
    "The host calls step at least 5,000 times: a call takes 17 µs, the ",
    "Between two calls of step the host takes 92 µs, longer than the ca",
  ]);
  expect(found({ ...r, calls: { ...calls, count: 20 } })).toEqual([]);
});
test("kernels that read across the order in which elements lie", () => {
  const r = profile("across");
  expect(rules(r)).toEqual(["slow-memory 2", "slow-memory 2", "slow-memory 4"]);
  // The transposed operand; by hand, without it this line took 65 ms in place of 84, under load.
  expect(found(r)[2]!.text).toMatch(/moves 103 MiB at .* holds transpose, which/);
});
test("double precision, and a function that is compiled for each size", () => {
  expect(rules(profile("dbl"))).toEqual(["double-precision 4"]);
  expect(rules(profile("retr"))).toEqual(["retraces 4"]);
});
test("nothing is said of the example that reads digits but what its loop of calls costs", () => {
  expect(rules(profile("digits")).filter((x) => !x.startsWith("host-loop"))).toEqual([]);
});
