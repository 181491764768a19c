// An argument that the caller puts the result in the place of: found by the line that calls, tried with its memory given away, and told as a Report of its own.
import { expect, test, vi } from "vitest";
import { jit, numpy as np, type Value } from "../../../src/engine/index.ts";
import { Facts } from "../../../src/engine/report/advice/facts.ts";
import { donated } from "../../../src/engine/report/advice/rules/donated.ts";
import { factsOf } from "../../../src/engine/report/advice/testFacts.ts";
import type { Change } from "../../../src/engine/report/advice/types.ts";
import type { Jitted } from "../../../src/engine/transforms/jit.ts";

const FILE = "/person/program.js";
/** Facts of a run that calls the function on a line of a text. */
function factsCalling(f: unknown, args: readonly unknown[], text: string): Facts {
  const { report, context } = factsOf(f as Jitted, args, { file: FILE, text });
  const frame = { file: 0, line: 1, column: 1, func: "" };
  const { frames, stacks } = report;
  const calls = { count: 9, wall: report.timing!.total, from: [{ stack: stacks.length, count: 9 }] };
  const files = report.files.length ? report.files : [{ path: "program.js", hash: "", text }];
  return new Facts({ ...report, files, frames: [...frames, frame], stacks: [...stacks, [frames.length]], calls }, context);
}
const buffer = (): Value => np.zeros([300, 64]);
const set = (b: Value, row: Value): Value => b.at(3).set(row);
test("is found, tried and said", () => {
  const f = factsCalling(jit(set), [buffer(), np.ones([64])], "b = f(b, row);");
  const [c, ...more] = donated.find(f);
  expect(more).toEqual([]);
  expect(c).toMatchObject({ argnums: [0], names: ["b"], bytes: 76800, mask: [false, true, false] });
  const change = donated.change(c!, f) as Extract<Change, { kind: "experiment" }>;
  // On a busy machine the first look may show no gain.
  const e = change.run(2000);
  expect(e?.error ?? 0).toBe(0);
  const said = donated.say(c!, { of: "call", before: [2, 2, 2], after: [1, 1, 1], error: 0, gained: true, factor: 2 }, f);
  expect(said.text.text).toBe(
    "Line 1 puts the result in the place of b, but each call makes another array [300, 64] for it (75.0 KiB in all), and what does not change is copied there.",
  );
  expect(said.remedy.text).toMatch(
    /^Donate b: with donateArgnums the result is written where the argument is, and 75\.0 KiB less are held\. 2 times faster\./,
  );
  expect(said.action).toMatchObject({ kind: "snippet", snippet: "{ donateArgnums: [0] }" });
});
test("parts of an argument go together, after what the function closes over", () => {
  const w = np.ones([64]);
  const step = (p: { m: Value; v: Value }, x: Value): { m: Value; v: Value } => ({ m: p.m.add(x), v: p.v.mul(w) });
  const [c] = donated.find(factsCalling(jit(step), [{ m: buffer(), v: buffer() }, np.ones([64])], "p = f(p, x);"));
  expect(c).toMatchObject({ argnums: [0], names: ["p"], mask: [false, true, true, false] });
});
test("what the caller keeps, small arrays, types without a result and donated arguments are left alone", () => {
  const args = [buffer(), np.ones([64])];
  expect(donated.find(factsCalling(jit(set), args, "const next = f(b, row);"))).toEqual([]);
  expect(donated.find(factsCalling(jit(set), [np.zeros([9, 64]), np.ones([64])], "b = f(b, row);"))).toEqual([]);
  expect(
    donated.find(
      factsCalling(
        jit((b: Value, row: Value) => b.sum().add(row)),
        args,
        "b = f(b, row);",
      ),
    ),
  ).toEqual([]);
  expect(donated.find(factsCalling(jit(set, { donateArgnums: 0 }), args, "b = f(b, row);"))).toEqual([]);
});
test("a Report of a donating function: the memory is held once, and runs of it change nothing of the person's", () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const b = buffer();
  const { report } = factsOf(jit(set, { donateArgnums: 0 }) as unknown as Jitted, [b, np.ones([64])]);
  const kept = factsOf(jit(set) as unknown as Jitted, [b, np.ones([64])]).report;
  expect(report.memory!.saved?.donation).toBe(76800);
  expect(report.memory!.could?.donation).toBeUndefined();
  expect(kept.memory!.peak - report.memory!.peak).toBe(76800);
  expect(report.results).toEqual(kept.results);
  expect(Number(b.sum())).toBe(0);
});
