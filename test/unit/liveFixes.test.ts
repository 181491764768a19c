// Errors while typing: the part of the text they are about, and the changes that are offered: those with which the function can be traced, no others.
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { edited } from "../../src/host/live/fixes.ts";
import { LiveService } from "../../src/host/live/service.ts";
import { WarmRunners } from "../../src/host/live/warm.ts";
import type { LiveAnswer, LiveFix } from "../../src/host/protocol.ts";
import { type Started, dist, reportOf, start } from "./runs.ts";

const warm = new WarmRunners();
const service = new LiveService(join(dist, "grammars"), warm);
let run: Started;
let serial = 0;
afterAll(() => run.close());
/** Runs a file, edits it, and gives the answer with the fixes that are offered. */
async function fixesOf(
  before: string,
  after: string,
): Promise<{ answer: LiveAnswer; marked: string; fixes: LiveFix[]; texts: string[]; again: LiveAnswer }> {
  const id = `run${++serial}`;
  run = await start(before, {
    live: true,
    onLive: (m) => warm.message(id, m),
    liveEnded: () => warm.ended(id),
  });
  const { file } = run;
  warm.starting({ root: null, file: "/work" });
  warm.add(id, { root: "/work", file }, run);
  reportOf(await run.result);
  warm.ready(id);
  const p = { run: id, file, languageId: "typescript", line: 0 };
  const answer = await service.edit({ ...p, text: after });
  if (answer?.kind !== "failed") throw new Error(JSON.stringify(answer));
  const r = answer.range!;
  const marked = r.line === r.endLine ? after.split("\n")[r.line]!.slice(r.column, r.endColumn) : "several lines";
  const at = { line: answer.error.line! - 1, column: answer.error.column! - 1 };
  const fixes = await service.fixes({ ...p, text: after, name: answer.name, message: answer.error.message, at });
  const again = await service.edit({ ...p, text: after });
  run.close();
  return { answer, marked, fixes, texts: fixes.map((f) => edited(after, f.edits)), again };
}
const program = (body: string, call = "np.ones([4, 8]), np.ones([8, 16])", imports = "jit, lax, numpy as np, type Value"): string =>
  `import { ${imports} } from "jitlens";\nconst f = jit((x: Value, w: Value) => {\n  ${body}\n});\nf(${call});\n`;

test("shapes that do not match: the one operand whose transpose fits", async () => {
  const r = await fixesOf(program("return x.matmul(w);"), program("return x.add(1).matmul(w.T);"));
  expect(r.marked).toBe("x.add(1).matmul(w.T)");
  expect(r.fixes.map((f) => [f.kind, f.before, f.after])).toEqual([["transpose", "w.T", "w"]]);
  expect(r.again).toMatchObject({ kind: "failed", name: "ShapeError" });
  const s = await fixesOf(program("return np.matmul(x, w);"), program("return np.matmul(x, w.T);"));
  expect(s.marked).toBe("np.matmul(x, w.T)");
  expect(s.texts).toEqual([program("return np.matmul(x, w);")]);
});
test("a shape that has another size: each size that fits", async () => {
  const r = await fixesOf(program("return x;"), program("return x.reshape([4, 2, 5]);"));
  expect(r.marked).toBe("x.reshape([4, 2, 5])");
  expect(r.fixes.map((f) => f.after)).toEqual(["[4, 2, 4]"]);
});
test("shapes that do not broadcast: axes of size 1 put in", async () => {
  const call = "np.ones([4, 8]), np.ones([4])";
  const r = await fixesOf(program("return x.sum().add(w);", call), program("return x.add(w);", call));
  expect(r.texts).toEqual([program("return x.add(w.reshape([4, 1]));", call)]);
});
test("an axis that is not there, and an option that is called otherwise", async () => {
  const r = await fixesOf(program("return x;"), program("return x.sum({ axis: 2 });"));
  expect(r.marked).toBe("x.sum({ axis: 2 })");
  expect(r.texts).toEqual([program("return x.sum({ axis: 1 });")]);
  const s = await fixesOf(program("return x;"), program("return np.sum(x, { axs: 0 });"));
  expect(s.texts).toEqual([program("return np.sum(x, { axis: 0 });")]);
});
test("a choice by an array becomes where or cond; what is not imported is", async () => {
  const r = await fixesOf(program("return x;"), program("return x.sum().gt(0) ? x : x.mul(2);"));
  expect(r.texts).toEqual([program("return np.where(x.sum().gt(0), x, x.mul(2));")]);
  const before = program("return x;", undefined, "jit, numpy as np, type Value");
  const s = await fixesOf(before, before.replace("return x;", "if (x.sum().gt(0)) {\n    return x;\n  }\n  return x.mul(2);"));
  expect(s.texts).toEqual([before.replace("{ jit", "{ lax, jit").replace("return x;", "return lax.cond(x.sum().gt(0), () => x, () => x.mul(2));")]);
});
test("a number of the program: maximum, and a static argument", async () => {
  const r = await fixesOf(program("return x;"), program("return Math.max(x.sum() as unknown as number, 1);"));
  expect(r.fixes.map((f) => [f.kind, f.before, f.after])).toEqual([["maximum", "Math.max", "np.maximum"]]);
  const call = "np.ones([4]), 3";
  const s = await fixesOf(program("return x;", call), program("return x.mul(np.ones([w as unknown as number, 1]));", call));
  expect(s.fixes.map((f) => [f.kind, f.after])).toEqual([["static", "staticArgnums: 1"]]);
});
