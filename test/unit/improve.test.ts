// Slow programs made fast by calls of the tools alone, with no model in the client: what is advised is applied, results stay, the advice is gone, and the program takes
// about as long as what a person made of it. Both are profiled in turns; bench/agents.mjs writes the figures down.
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, connect } from "../insight/client.ts";
import { besides, improve } from "../insight/agent.ts";

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
// A test has more time than others: eight calls of tools, each a process. What is advised has to gain in each of three measurements, which a machine that does much else
// may hide once: it is asked a second time then. Programs whose gain is small (torus, by pins) are in bench/agents.mjs alone.
const NEAR = 1.3;
test.each([
  ["lennard", "gas", "power by multiplications", "edit", /np\.square\(ratio\)/],
  ["nearest", "assign", "sort of which one element is read", "edit", /np\.argmin\(distances, \{ axis: 1, keepdims: true \}\)/],
  ["tone", "grade", "type without instructions", "edit", /astype\("float32"\)\.mul\(contrast\.astype\("float32"\)\)/],
  ["chain", "reach", "order of products", "edit", /links\.matmul\(weights\.matmul\(starts\)\)/],
  ["best", "lead", "sort of which one element is read", "edit", /np\.max\(scores, \{ axis: 1, keepdims: true \}\)/],
] as const)("%s", { timeout: 400_000, retry: 1 }, async (name, fn, rule, how, written) => {
  const file = `${name}.ts`;
  for (const f of [file, `${name}_fast.ts`]) copyFileSync(join(programs, f), join(root, f));
  const r = await improve(server, root, `${file}#${fn}`, { budget: 10, untimed: true });
  const step = r.steps.find((s) => s.rule === rule);
  expect(step, JSON.stringify(r)).toMatchObject({ how, kept: true, samePrinted: expect.any(Boolean) });
  expect(step!.results).toMatch(name === "tone" ? /close|different/ : /bits|close/);
  const text = readFileSync(join(root, file), "utf8");
  expect(text).toMatch(written);
  expect(r.left).not.toContain(rule);
  expect(r.grown).toEqual([]);
  const least = await besides(server, { target: `${file}#${fn}`, pins: r.pins }, `${name}_fast.ts#${fn}`);
  expect(least.own / least.twin, JSON.stringify({ ...least, before: r.before })).toBeLessThanOrEqual(NEAR);
});
