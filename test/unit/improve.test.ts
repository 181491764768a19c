// Slow programs made fast by calls of the tools alone, with no model in the client: what is advised is applied, results stay, the advice is gone, and the program does
// about as much work as what a person made of it. How long both take is written down by bench/agents.mjs.
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, connect } from "../insight/client.ts";
import { improve, totalsOf } from "../insight/agent.ts";

const programs = join(import.meta.dirname, "../insight/programs");
const root = realpathSync(mkdtempSync(join(tmpdir(), "jitlens-improve-")));
let server: Caller;
beforeAll(async () => {
  server = await connect([root]);
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});
// What is advised has to gain in each of three measurements, which a machine that does much else may hide once: it is asked a second time then. How long the programs take
// is not looked at here: the work of both is counted. Programs whose gain is small (torus, by pins) are in bench/agents.mjs alone.
const NEAR = 1.3;
/** What is compared, and how much of it is little: a small kernel more takes no time. */
const WORK = { launches: 2, bytes: 2 ** 16, flops: 0 };
test.each([
  ["lennard", "gas", "power by multiplications", "edit", /np\.square\(ratio\)/],
  ["nearest", "assign", "sort of which one element is read", "edit", /np\.argmin\(distances, \{ axis: 1, keepdims: true \}\)/],
  ["tone", "grade", "type without instructions", "edit", /astype\("float32"\)\.mul\(contrast\.astype\("float32"\)\)/],
  ["chain", "reach", "order of products", "edit", /links\.matmul\(weights\.matmul\(starts\)\)/],
  ["pull", "pull", "short last axis", "edit", /gap\.map\(\(c\) => c\.mul\(c\)\)/],
  ["series", "series", "carried values copied at each turn", "edit", /\[np\.onesLike\(x\), x, x\], \{ unroll: 2 \}\)/],
] as const)("%s", { timeout: 400_000, retry: 1 }, async (name, fn, rule, how, written) => {
  const [file, twin] = [`${name}.ts`, `${name}_fast.ts`];
  for (const f of [file, twin]) copyFileSync(join(programs, f), join(root, f));
  const r = await improve(server, root, `${file}#${fn}`, { budget: 10, untimed: true });
  const step = r.steps.find((s) => s.rule === rule);
  expect(step, JSON.stringify(r)).toMatchObject({ how, kept: true, samePrinted: expect.any(Boolean) });
  expect(step!.results).toMatch(name === "tone" ? /close|different/ : /bits|close/);
  const text = readFileSync(join(root, file), "utf8");
  expect(text).toMatch(written);
  expect(r.left).not.toContain(rule);
  expect(r.grown).toEqual([]);
  const own = r.totals;
  const wanted = await totalsOf(server, `${twin}#${fn}`);
  for (const [figure, little] of Object.entries(WORK))
    expect(own[figure]!, `${figure}: ${JSON.stringify({ own, wanted })}`).toBeLessThanOrEqual(NEAR * wanted[figure]! + little);
});
