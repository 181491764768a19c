// Pass by pass: what a run records of each pass, and that the nodes that it names are those of the compiled program.
import { beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { pairs } from "../../src/views/passes/sides.ts";
import { head, reportOf, run } from "./runs.ts";

const PROGRAM = `${head}
const f = jit((x) => {
  const y = x.add(0).mul(1).add(np.exp(x)).add(np.exp(x));
  return lax.foriLoop(0, 3, (i, h) => h.mul(1).add(x.sum()), y);
});
f(np.ones([8, 8]));
`;
let r: Report;
beforeAll(async () => {
  r = reportOf(await run(PROGRAM, { collect: { calls: 1, seconds: 1 } }));
});
const passes = () => r.programs[0]!.passes!;
test("each pass over each region, with the patterns that fired", () => {
  expect(new Set(passes().map((p) => p.region))).toEqual(new Set([undefined, "while.1 condition", "while.1 body"]));
  const simplify = passes().find((p) => p.region === undefined && p.name === "simplify")!;
  expect(simplify.patterns!.map((p) => p.name)).toContain("x + 0, x − 0 → x");
  expect(simplify.patterns!.every((p) => p.times > 0 && p.file === "compiler/passes/simplify.ts")).toBe(true);
  expect(simplify.changed).toContain("x + 0, x − 0 → x ×1");
  const cse = passes().find((p) => p.region === undefined && p.name === "cse")!;
  expect(cse.patterns!.map((p) => p.name)).toContain("exp computed once");
});
test("texts differ in what changed, and values keep their names", () => {
  const { text } = passes().find((p) => p.region === undefined && p.name === "cse")!;
  const gone = pairs(text!.before, text!.after).filter((p) => p.kind === "removed");
  expect(gone.some((p) => /= exp\(%arg0\) : f32\[8,8\]$/.test(p.before!.text))).toBe(true);
  const changed = pairs(text!.before, text!.after).filter((p) => p.kind === "changed");
  expect(changed.length).toBeGreaterThan(0);
  for (const { before, after } of changed) expect(before!.text.split(" = ")[0]).toBe(after!.text.split(" = ")[0]);
});
test("a pass that changes nothing has no text", () => {
  const dce = passes().find((p) => p.region === undefined && p.name === "dce")!;
  expect(dce).toMatchObject({ changed: [] });
  expect(dce.text).toBeUndefined();
});
test("nodes are those of the compiled program", () => {
  const regions = r.programs[0]!.levels.find((l) => l.name === "fused")!.regions;
  const known = new Set(regions.flatMap((x) => x.nodes.map((n) => n.id)));
  const named = passes().flatMap((p) => p.nodes ?? []);
  expect(named.length).toBeGreaterThan(0);
  for (const id of named) expect(known).toContain(id);
});
test("a kernel's text says which operation each line computes", async () => {
  const measured = reportOf(await run(PROGRAM, { mode: "profile", collect: { calls: 1, seconds: 1 } }));
  const regions = measured.programs[0]!.levels.find((l) => l.name === "fused")!.regions;
  const op = new Map(regions.flatMap((x) => x.nodes.map((n) => [n.id, n.op] as const)));
  const kernel = measured.programs[0]!.kernels!.find((k) => k.nodes.some((n) => op.get(n) === "exp"))!;
  const code = kernel.code!.find((c) => c.language === "kernel")!;
  expect(code.lines!.some(([, id]) => op.get(id) === "exp")).toBe(true);
  const last = code.text.split("\n").length;
  for (const [line, id] of code.lines!) expect(line <= last && op.has(id)).toBe(true);
});
